import pytest

from tests.small_project import SmallProject

FIRST = "id,name,email,phone\n1,Ann Berg,ann@example.com,030 90182001"


def warned(project: SmallProject, second: str, code: str = "ID_REUSED") -> list[int]:
    """Numbers of the rows that are warned of when a second list comes after the first."""
    project.deliver("crm", "2026-01-05", FIRST)
    project.deliver("crm", "2026-01-06", f"id,name,email,phone\n{second}")
    project.receive()
    found = project.rows("SELECT row_number, severity, action FROM problem WHERE code = ?", code)
    assert {(each["severity"], each["action"]) for each in found} <= {("warning", "kept_with_warning")}
    return [each["row_number"] for each in found]


@pytest.mark.parametrize("row", ["1,Zoe Tal,zoe@example.com,", "1,Zoe Tal,,", "1,Zoe Tal,nonsense,030 90182002"])
def test_another_name_and_no_identifier_in_common_is_warned_of(project: SmallProject, row: str) -> None:
    assert warned(project, f"2,Ben Tal,ben@example.com,\n{row}") == [2]


@pytest.mark.parametrize(
    "row",
    [
        "1,Ann Berg,zoe@example.com,",  # who moved to another address
        "1,Ann Tal,ann@example.com,",  # who has married
        "1,Zoe Tal,,+49 30 90182001",
        "1,Annie Berg,,",
        "1,Ann Tal,,",
        "1,Berg,,",
        "1,,zoe@example.com,",
        "2,Zoe Tal,zoe@example.com,",
    ],
)
def test_what_may_be_the_same_person_is_not(project: SmallProject, row: str) -> None:
    assert warned(project, row) == []


def test_the_row_begins_a_record_of_its_own(project: SmallProject) -> None:
    warned(project, "1,Zoe Tal,zoe@example.com,")
    assert project.rows("SELECT created, updated, rejected FROM delivery ORDER BY declared_at") == [
        {"created": 1, "updated": 0, "rejected": 0},
        {"created": 1, "updated": 0, "rejected": 0},
    ]


def test_records_known_by_their_identifiers_have_no_id_to_be_used_again(project: SmallProject) -> None:
    project.deliver("helpdesk", "2026-01-05", "name,email,phone_number\nAnn Berg,desk@example.com,")
    project.deliver("helpdesk", "2026-01-06", "name,email,phone_number\nZoe Tal,desk@example.com,")
    project.receive()
    assert project.rows("SELECT code FROM problem") == []


def test_of_two_in_one_file_the_second_is_warned_of(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Ann Berg,ann@example.com\n1,Zoe Tal,zoe@example.com")
    project.receive()
    assert project.rows("SELECT row_number, code FROM problem") == [{"row_number": 2, "code": "ID_REUSED"}]


@pytest.mark.parametrize("row", ["1,Ann Tal,ann@example.com,", "1,Zoe Tal,,+49 30 90182001"])
def test_a_contradicting_name_with_the_same_number_or_address_is_warned_of(project: SmallProject, row: str) -> None:
    assert warned(project, f"2,Ben Tal,ben@example.com,\n{row}\n{row}", "NAME_CONTRADICTS") == [2]
    project.deliver("crm", "2026-01-07", f"id,name,email,phone\n{row}\n1,Ann Berg,ann@example.com,")
    project.receive()
    assert len(project.rows("FROM problem WHERE code = 'NAME_CONTRADICTS'")) == 1  # both names are known by now


def test_a_row_that_makes_two_people_of_an_id_one_is_warned_of(project: SmallProject) -> None:
    row = "1,Zoe Tal,zoe@example.com,030 90182001"  # who was another one, by the number of the first
    assert warned(project, "1,Zoe Tal,zoe@example.com,") == [1]
    project.deliver("crm", "2026-01-07", f"id,name,email,phone\n{row}")
    project.receive()
    found = project.rows(
        "SELECT p.code FROM problem p JOIN delivery USING (delivery_id) WHERE declared_at > '2026-01-06'"
    )
    assert found == [{"code": "NAME_CONTRADICTS"}]


@pytest.mark.parametrize(
    "row",
    [
        "1,Ann Berg,zoe@example.com,",
        "1,Annie Berg,ann@example.com,",
        "1,Berg,ann@example.com,",
        "1,Ann Tal,,",  # no number or address that makes it doubtful
        "1,Zoe Tal,zoe@example.com,",  # another person
    ],
)
def test_a_name_that_fits_or_is_another_persons_is_no_change_of_name(project: SmallProject, row: str) -> None:
    assert warned(project, row, "NAME_CONTRADICTS") == []
