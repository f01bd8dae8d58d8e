import pytest

from pipelines.decide.annotate import note, tag
from pipelines.decide.block import block
from pipelines.decide.create import create
from pipelines.decide.edit import edit
from pipelines.decide.merge import dismiss, merge
from pipelines.decide.revoke import revoke
from pipelines.derive.merge import Merged
from pipelines.errors import DecisionRefused
from pipelines.store.decisions.decisions import Decision
from pipelines.store.reads import health
from tests.deciding import decision_rows, rebuilt, ruling, shown
from tests.small_project import SmallProject, starting_point


@starting_point
def two(project: SmallProject) -> None:
    """Two people, and one more who may be the first."""
    project.deliver(
        "crm",
        "2026-01-05",
        """id,name,phone,email
        1,Anna Berg,0151 23456789,anna@example.com
        2,Robert Kern,,robert@example.com
        3,Anja Berg,0151 23456789,""",
    )
    project.run()


def revoked(project: SmallProject, decision: Decision, on: int = 20) -> Decision:
    return revoke(project.project, project.connection, decision.decision_id, ruling(on, "a mistake", "Ole"))


def merged(project: SmallProject, *records: str, on: int = 15) -> Decision:
    contacts = [project.contact_of(record) for record in records]
    return merge(project.project, project.connection, contacts, ruling(on))


def decided(project: SmallProject, kind: str) -> Decision:
    """A decision of each kind about the first contact."""
    where = project.project, project.connection
    anna, said = project.contact_of("crm:1"), ruling(15)
    match kind:
        case "block":
            return block(*where, anna, said)
        case "merge":
            return merged(project, "crm:1", "crm:2")
        case "dismiss":
            return dismiss(*where, anna, project.contact_of("crm:3"), said)
        case "edit":
            return edit(*where, anna, "email", "robert@example.com", said)
        case "tag":
            return tag(*where, anna, "vip", said)
        case _:
            return note(*where, anna, "called back", said)


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["block", "merge", "dismiss", "edit", "tag", "note"])
def test_what_is_taken_back_leaves_everything_as_it_was(two: SmallProject, kind: str) -> None:
    before = shown(two), two.rows("FROM review_queue")
    decision = decided(two, kind)
    two.run()
    assert (shown(two), two.rows("FROM review_queue")) != before
    revoked(two, decision)
    two.run()

    assert (shown(two), two.rows("FROM review_queue")) == before
    assert rebuilt(two) == before[0]


@pytest.mark.heavy
def test_who_took_it_back_and_why_is_kept_with_both(two: SmallProject) -> None:
    decision = merged(two, "crm:1", "crm:2")
    back = revoked(two, decision)

    [first, second] = decision_rows(two)
    assert (first["kind"], first["revoked_at"], first["revoked_by"]) == ("merge", back.decided_at, "Ole")
    assert (second["kind"], second["reason"], second["revoked_at"]) == ("revoke", "a mistake", None)
    assert back.target == decision.decision_id


@pytest.mark.heavy
def test_what_was_taken_back_cannot_be_taken_back_once_more(two: SmallProject) -> None:
    decision = merged(two, "crm:1", "crm:2")
    back = revoked(two, decision)

    with pytest.raises(DecisionRefused, match="already"):
        revoked(two, decision, on=21)
    with pytest.raises(DecisionRefused, match="make a new one"):
        revoked(two, back, on=21)


@pytest.mark.parametrize("text", ["00000000-0000-4000-8000-000000000000", "nothing at all"])
def test_a_decision_that_is_not_there_is_refused(two: SmallProject, text: str) -> None:
    with pytest.raises(DecisionRefused, match="onecontact decisions"):
        revoke(two.project, two.connection, text, ruling(15))


@pytest.mark.heavy
def test_a_merge_that_a_later_one_holds_as_well_is_taken_back_after_it(two: SmallProject) -> None:
    before = shown(two)
    first = merged(two, "crm:1", "crm:2", on=15)
    second = merged(two, "crm:1", "crm:3", on=16)

    with pytest.raises(DecisionRefused, match=f"revoke {second.decision_id}"):
        revoked(two, first)
    revoked(two, second, on=20)
    revoked(two, first, on=21)
    assert shown(two) == before


@pytest.mark.heavy
def test_a_contact_that_somebody_added_goes_with_its_decision(two: SmallProject) -> None:
    before = shown(two)
    made, contact = create(two.project, two.connection, {"name": "Clara Weiss", "phone": "0151 23456700"}, ruling(15))
    revoked(two, made)
    two.run()

    assert shown(two) == before == rebuilt(two)
    assert two.rows("SELECT kind FROM id_changes WHERE old_id = ?", contact) == [{"kind": "withdrawn"}]
    assert two.rows("FROM record WHERE source = 'manual'") == []


@pytest.mark.heavy
def test_a_record_that_was_matched_with_others_goes_and_they_are_what_they_were(two: SmallProject) -> None:
    before = shown(two)
    fields = {"name": "Anna Berg", "phone": "0151 23456789", "email": "anna@example.com"}
    made, _ = create(two.project, two.connection, fields, ruling(15))
    two.run()
    assert two.contact("crm:1")["records"] == 2
    revoked(two, made)
    two.run()

    assert shown(two) == before == rebuilt(two)


@pytest.mark.heavy
def test_what_was_decided_about_a_contact_stays_with_it_when_the_record_that_carried_it_goes(
    project: SmallProject,
) -> None:
    where = project.project, project.connection
    made, contact = create(*where, {"name": "Anna Berg", "email": "anna@example.com"}, ruling(10))
    project.deliver("crm", "2026-01-05", "id,name,email,tier\n1,Anna Berg,anna@example.com,gold")
    project.run()
    assert project.contact_of("crm:1") == contact
    tag(*where, contact, "vip", ruling(12))
    edit(*where, contact, "attr.tier", "silver", ruling(13))
    note(*where, contact, "called back", ruling(14))

    revoked(project, made)
    project.run()

    left = project.contact("crm:1")
    assert (left["tags"], dict(left["attributes"])) == (["vip"], {"tier": "silver"})
    assert project.rows("SELECT text FROM timeline WHERE kind = 'note'") == [{"text": "called back"}]


@pytest.mark.heavy
def test_a_merge_with_a_record_that_is_no_more_holds_the_others(two: SmallProject) -> None:
    made, contact = create(two.project, two.connection, {"name": "Clara Weiss"}, ruling(15))
    contacts = [two.contact_of("crm:1"), two.contact_of("crm:2"), contact]
    merge(two.project, two.connection, contacts, ruling(16))
    revoked(two, made)

    assert two.run() == Merged()
    assert two.people() == {frozenset({"crm:1", "crm:2"}), frozenset({"crm:3"})}
    assert health.one_contact_each(two.connection) == (0, 3)
