import pytest

from pipelines.steps.health.contact_count import ContactCounts, count
from pipelines.store.contacts import count_history
from pipelines.store.contacts.count_history import ContactCount
from tests.small_project import SmallProject


def counted(project: SmallProject, run_id: str = "run2", *, accept: bool = False) -> ContactCounts:
    return count(project.project, project.connection, run_id, accept=accept)


@pytest.fixture
def after_150(project: SmallProject) -> SmallProject:
    """A project that had 150 contacts in its last accepted run."""
    count_history.accept(project.connection, "run1", ContactCount(200, 150))
    return project


def let_there_be(project: SmallProject, contacts: int) -> None:
    project.connection.execute(
        """INSERT INTO contact (contact_id, source, status, status_reason, status_as_of, tags, attributes, channels,
                                records, run_id)
           SELECT uuid(), 'import:crm', 'inactive', 'never_interacted', now(), [], MAP {}, [], 1, 'run2'
           FROM range(?)""",
        [contacts],
    )


def test_the_first_run_is_accepted(project: SmallProject) -> None:
    let_there_be(project, 5_000)
    assert counted(project).is_accepted
    assert count_history.last_accepted(project.connection, "run3") == ContactCount(0, 5_000)


@pytest.mark.parametrize(("contacts", "is_accepted"), [(75, True), (74, False), (225, True), (226, False), (0, False)])
def test_the_number_of_contacts_may_move_by_the_share_that_is_allowed(
    after_150: SmallProject, contacts: int, *, is_accepted: bool
) -> None:
    let_there_be(after_150, contacts)
    assert counted(after_150).is_accepted is is_accepted


def test_what_is_not_accepted_is_measured_by_the_same_run_again(after_150: SmallProject) -> None:
    let_there_be(after_150, 300)
    assert not counted(after_150).is_accepted
    found = counted(after_150, "run3")
    assert (found.before, found.is_accepted) == (ContactCount(200, 150), False)
    assert "150 contacts (200 records) in the last accepted run are 300 (0 records) now: 100% of them" in found.verdict


def test_somebody_can_accept_it_and_the_next_run_is_measured_by_that(after_150: SmallProject) -> None:
    let_there_be(after_150, 300)
    assert counted(after_150, accept=True).is_accepted
    assert counted(after_150, "run3").before == ContactCount(0, 300)


def test_a_raised_setting_accepts_it(after_150: SmallProject) -> None:
    let_there_be(after_150, 300)
    after_150.configure(health={"max_change": 1.0})
    assert counted(after_150).is_accepted


def test_where_there_were_few_any_change_is_accepted(project: SmallProject) -> None:
    count_history.accept(project.connection, "run1", ContactCount(99, 99))
    let_there_be(project, 5_000)
    assert counted(project).is_accepted
