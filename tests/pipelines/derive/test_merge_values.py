import pytest

from tests.small_project import SETTINGS, SmallProject

ANNA = "id,name,phone,email\n1,Anna Berg,0151 23456789,anna@example.com"
CHAT = "whatsapp:wa:4915123456789"
NUMBER = "+49 151 23456789"


@pytest.mark.heavy
def test_the_source_with_priority_wins_and_the_other_number_stays_known(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-06", "id,name,phone,email\n1,Anna Berg,0151 23456780,anna@example.com")
    project.run()

    known = project.rows("SELECT value, is_primary FROM contact_identifier WHERE type = 'phone' ORDER BY ALL")

    assert project.field("crm:1", "phone") == {
        "value": "+4915123456789",
        "rule": "source_priority",
        "candidates": 2,
        "record": "crm:1",
    }
    assert [(each["value"], each["is_primary"]) for each in known] == [
        ("+4915123456780", False),
        ("+4915123456789", True),
    ]


@pytest.mark.heavy
def test_a_field_says_on_which_line_of_which_delivery_it_stood(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n9,Karl Otto,karl@example.com\n1,Anna Berg,anna@example.com")
    project.run()

    [found] = project.rows(
        """SELECT f.row_number, f.line_number, d.file_name FROM contact_field f JOIN delivery d USING (delivery_id)
           WHERE f.value = 'anna@example.com'"""
    )

    assert found == {"row_number": 2, "line_number": 3, "file_name": "crm-2026-01-05.csv"}


@pytest.mark.heavy
def test_another_priority_of_the_sources_changes_who_wins(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-06", "id,name,email\n1,Annie Berg,anna@example.com")
    project.run()
    sources = SETTINGS["sources"]
    project.configure(sources=sources | {"crm": sources["crm"] | {"priority": 90}})
    project.run()

    assert project.contact("crm:1")["name"] == "Annie Berg"


@pytest.mark.heavy
@pytest.mark.parametrize("field", ["name", "email", "tags", "tier"])
def test_a_blank_cell_never_beats_a_value(project: SmallProject, field: str) -> None:
    project.deliver(
        "crm", "2026-01-05", "id,name,phone,email,tags,tier\n1,Anna Berg,0151 23456789,anna@example.com,vip,gold"
    )
    project.run()
    before = project.contact("crm:1")
    project.deliver("crm", "2026-01-06", "id,name,phone,email,tags,tier\n1,,0151 23456789,,,")
    project.run()

    column = "attributes" if field == "tier" else field
    assert project.contact("crm:1")[column] == before[column]
    assert before[column]


@pytest.mark.heavy
@pytest.mark.parametrize(("day", "tier"), [("2026-01-06", {}), ("2026-01-04", {"tier": "gold"})])
def test_a_field_is_cleared_by_what_is_newer_than_its_value(
    project: SmallProject, day: str, tier: dict[str, str]
) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone,tier\n1,Anna Berg,0151 23456789,gold")
    project.run()
    project.deliver("crm", day, "id,name,phone,tier\n1,Anna Berg,0151 23456789,\\N")
    project.run()

    assert project.contact("crm:1")["attributes"] == tier


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("field", "cell"), [("name", "Anna Berg"), ("phone", "0151 23456780"), ("email", "anna@example.com")]
)
def test_a_cleared_field_is_empty_on_the_contact(project: SmallProject, field: str, cell: str) -> None:
    project.deliver("crm", "2026-01-05", f"id,whatsapp,{field}\n1,+4915123456789,{cell}")
    project.run()
    project.deliver("crm", "2026-01-06", f"id,whatsapp,{field}\n1,+4915123456789,\\N")
    project.run()

    expected = "+4915123456789" if field == "phone" else None
    assert project.contact("crm:1")[field] == expected


@pytest.mark.heavy
def test_what_one_source_clears_another_may_still_say(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    project.run()
    project.deliver("crm", "2026-01-06", "id,name,phone,email\n1,Anna Berg,\\N,anna@example.com")
    project.run()

    assert project.field("crm:1", "phone")["record"] == "shop:1"


@pytest.mark.heavy
def test_a_number_somebody_writes_from_goes_before_one_that_was_typed_in(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone,mobile\n1,Anna Berg,030 901820,0151 23456789")
    project.chat(NUMBER, "2026-06-20 10:00 Anna Berg: Hello")
    project.run()

    assert project.people() == {frozenset({"crm:1", CHAT})}
    found = project.field("crm:1", "phone")
    assert (found["value"], found["rule"], found["record"]) == ("+4915123456789", "channel_verified", CHAT)


@pytest.mark.heavy
def test_a_value_received_under_another_type_does_not_stop_the_run(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone,seats\n1,Anna Berg,0151 23456789,4")
    project.deliver("crm", "2026-01-06", "id,name,phone,tier\n2,Karl Otto,0151 23456780,gold")
    project.run()
    project.configure(attributes={"tier": {"type": "number", "merge": "max"}, "seats": {"type": "text"}})
    project.run()

    assert project.contact("crm:1")["attributes"] == {"seats": "4"}
    assert project.contact("crm:2")["attributes"] == {}
