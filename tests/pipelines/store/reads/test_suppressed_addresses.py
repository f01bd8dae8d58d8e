import pytest

from pipelines.store.reads.suppressed_addresses import refusals_of_others, suppressed_contacts
from tests.small_project import AS_OF, SmallProject

ID = "00000000-0000-0000-0000-00000000000{}"
DESK = "desk@example.com"


@pytest.fixture
def desk(project: SmallProject) -> SmallProject:
    """Three who have the address of a front desk, the third as the second of two; the first refuses news."""
    for number, answer in ((1, "false"), (2, "true"), (3, None)):
        project.connection.execute(
            """INSERT INTO contact (contact_id, source, status, status_reason, status_as_of, tags, attributes, channels,
                                    records, run_id)
               VALUES (?, 'import:crm', 'inactive', 'never_interacted', ?, [], ?, [], 1, 'run1')""",
            [ID.format(number), AS_OF, {"news": answer} if answer else {}],
        )
        project.connection.execute(
            "INSERT INTO contact_identifier VALUES (?, 'email', '', ?, 'valid', ?, ?, ?, 1, 1, NULL)",
            [ID.format(number), DESK, number < 3, ID.format(number), ID.format(9)],
        )
    return project


def suppressed(project: SmallProject, *columns: str) -> list[tuple[str, str | None]]:
    return [
        (contact[-1], consent) for contact, consent in suppressed_contacts(project.connection, columns, ["news"]).rows()
    ]


def blocked(project: SmallProject, number: int) -> SmallProject:
    project.connection.execute("UPDATE contact SET status = 'blocked' WHERE contact_id = ?", [ID.format(number)])
    return project


def test_a_refusal_holds_for_whoever_else_would_be_reached(desk: SmallProject) -> None:
    assert suppressed(desk, "email") == [("2", "news")]
    assert suppressed(desk, "emails") == [("2", "news"), ("3", "news")]
    assert suppressed(desk, "phone", "phones") == []


def test_a_consent_nobody_asks_for_is_not_looked_at(desk: SmallProject) -> None:
    assert suppressed_contacts(desk.connection, ["emails"], []).is_empty()


def test_of_several_blocked_with_one_address_each_is_another_to_the_rest(desk: SmallProject) -> None:
    assert suppressed(blocked(desk, 1), "emails") == [("2", "news"), ("2", None), ("3", "news"), ("3", None)]
    assert [each for each in suppressed(blocked(desk, 2), "emails") if each[1] is None] == [
        ("1", None),
        ("2", None),
        ("3", None),
    ]


def test_a_contact_is_told_whose_no_it_is_and_never_that_it_is_its_own(desk: SmallProject) -> None:
    told = refusals_of_others(blocked(desk, 1).connection, ID.format(2), ["news"])
    assert sorted(told.rows(), key=str) == [(DESK, "news", ID.format(1)), (DESK, None, ID.format(1))]
    assert refusals_of_others(desk.connection, ID.format(1), ["news"]).is_empty()
