from typing import Any

import pytest

from pipelines.decide.edit import clear, edit, pin
from pipelines.decide.merge import merge
from pipelines.decide.resolve_contact import contacts_meant
from pipelines.decide.revoke import revoke
from pipelines.errors import DecisionRefused
from pipelines.store.decisions.decisions import Decision
from pipelines.store.reads import contact_details
from tests.deciding import rebuilt, ruling, shown
from tests.small_project import SETTINGS, SmallProject, starting_point

HEADER = "id,name,phone,email,tier,seats"
ANNA = "1,Anna Berg,0151 23456789,anna@example.com,gold,4"
OTHER = "0151 23456780"
ATTRIBUTES = SETTINGS["attributes"] | {"newsletter": {"type": "boolean", "merge": "most_restrictive"}}


@starting_point
def anna(project: SmallProject) -> None:
    """Anna in the CRM and the shop, as one contact."""
    project.deliver("crm", "2026-01-05", f"{HEADER}\n{ANNA}")
    project.deliver("shop", "2026-01-06", f"{HEADER}\n7,Annie Berg,{OTHER},anna@example.com,silver,9")
    project.run()
    assert project.people() == {frozenset({"crm:1", "shop:7"})}


def edited(project: SmallProject, field: str, text: str, on: int = 15, record: str = "crm:1") -> Decision:
    return edit(project.project, project.connection, project.contact_of(record), field, text, ruling(on))


def cleared(project: SmallProject, field: str, on: int = 15, record: str = "crm:1") -> Decision:
    return clear(project.project, project.connection, project.contact_of(record), field, ruling(on))


def pinned(project: SmallProject, field: str, text: str | None, on: int = 15, record: str = "crm:1") -> Decision:
    return pin(project.project, project.connection, project.contact_of(record), field, text, ruling(on))


def merged(project: SmallProject, *records: str, on: int = 20) -> Decision:
    contacts = [project.contact_of(record) for record in records]
    return merge(project.project, project.connection, contacts, ruling(on))


def value(project: SmallProject, field: str, record: str = "crm:1") -> Any:
    contact = project.contact(record)
    return contact["attributes"].get(field) if field in ATTRIBUTES else contact[field]


def phones(project: SmallProject) -> dict[str, bool]:
    known = project.rows("SELECT value, is_primary FROM contact_identifier WHERE type = 'phone'")
    return {each["value"]: each["is_primary"] for each in known}


# editing ----------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("phone", "030 90182001", "+493090182001"),
        ("email", " Anna.Berg@Example.com ", "anna.berg@example.com"),
        ("attr.tier", "SILVER", "silver"),
        ("attr.seats", "12", "12"),
        ("name", "ANNIKA BERG", "Annika Berg"),
    ],
)
def test_a_value_is_normalised_as_in_a_list_and_wins_at_once(
    anna: SmallProject, field: str, text: str, kept: str
) -> None:
    edited(anna, field, text)
    assert value(anna, field.removeprefix("attr.")) == kept
    assert anna.field("crm:1", field)["rule"] == "edited"


def test_the_parts_of_an_edited_name_are_those_of_that_name(anna: SmallProject) -> None:
    edited(anna, "name", "von Berg, Annika")
    contact = anna.contact("crm:1")
    assert (contact["name"], contact["first_name"], contact["last_name"]) == ("Annika von Berg", "Annika", "von Berg")


def test_what_an_edit_beat_is_told_with_its_place(anna: SmallProject) -> None:
    edited(anna, "name", "Annika Berg")
    lost = contact_details.losing_values(anna.connection, anna.contact_of("crm:1"), "name")
    assert lost.select("value", "source", "record_id", "file_name", "line_number").rows() == [
        ("Anna Berg", "crm", "1", "crm-2026-01-05.csv", 2),
        ("Annie Berg", "shop", "7", "shop-2026-01-06.csv", 2),
    ]
    assert contact_details.losing_values(anna.connection, anna.contact_of("crm:1"), "last_name").equals(lost)


def test_an_edited_value_says_who_decided_it_when_and_why(anna: SmallProject) -> None:
    decision = edited(anna, "attr.tier", "silver")
    [found] = contact_details.origin_of(anna.connection, anna.contact_of("crm:1"), "attr.tier").to_dicts()
    said = (found["actor"], found["decided_at"], found["reason"], found["decision_id"], found["record_id"])
    assert said == ("Ina", decision.decided_at, "they told us", decision.decision_id, "1")
    assert (found["file_name"], found["line_number"], found["row_number"]) == (None, None, None)
    fields = contact_details.fields(anna.connection, anna.contact_of("crm:1")).to_dicts()
    assert {each["field"] for each in fields if each["actor"] == "Ina"} == {"attr.tier"}


def test_the_other_numbers_stay_known_and_the_new_one_is_found(anna: SmallProject) -> None:
    edited(anna, "phone", "030 90182001")
    assert phones(anna) == {"+493090182001": True, "+4915123456789": False, "+4915123456780": False}
    for text in ("+493090182001", "030 90182001"):
        assert contacts_meant(anna.connection, [text], "DE") == {text: [anna.contact_of("crm:1")]}


@pytest.mark.heavy
def test_an_edited_number_brings_records_together(anna: SmallProject) -> None:
    anna.deliver("crm", "2026-01-05", f"{HEADER}\n3,Anna Berg,030 90182001,,,", "more-2026-01-05.csv")
    anna.run()
    assert len(anna.people()) == 2
    decision = edited(anna, "phone", "030 90182001")
    anna.run()
    assert anna.people() == {frozenset({"crm:1", "crm:3", "shop:7"})}
    revoke(anna.project, anna.connection, decision.decision_id, ruling(20))
    anna.run()
    assert len(anna.people()) == 2


@pytest.mark.heavy
def test_what_was_said_before_stays_silenced_however_late_it_arrives(anna: SmallProject) -> None:
    edited(anna, "attr.tier", "silver")
    anna.deliver("crm", "2026-07-01", f"{HEADER}\n{ANNA}")
    anna.run()
    assert value(anna, "tier") == "silver"


@pytest.mark.heavy
def test_an_edit_gives_way_to_what_is_stated_for_the_first_time_later(anna: SmallProject) -> None:
    edited(anna, "attr.tier", "silver")
    edited(anna, "name", "Annika Berg", on=16)
    anna.deliver("crm", "2026-07-01", f"{HEADER}\n1,Antonia Berg,0151 23456789,anna@example.com,,4")
    anna.deliver("crm", "2026-07-02", f"{HEADER}\n1,Antonia Berg,0151 23456789,anna@example.com,gold,5")
    edited(anna, "attr.seats", "3", on=17)
    anna.run()
    assert anna.field("crm:1", "attr.seats")["value"] == "5"  # the greatest, and nine was silenced
    assert value(anna, "name") == "Antonia Berg"
    assert value(anna, "tier") == "silver"  # gold is only repeated


@pytest.mark.heavy
def test_the_newer_of_two_edits_wins_also_of_contacts_that_were_two(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", f"{HEADER}\n{ANNA}\n2,Karl Otto,030 90182001,,,")
    project.run()
    edited(project, "attr.seats", "9", on=10, record="crm:1")
    edited(project, "attr.seats", "3", on=11, record="crm:2")
    project.deliver("crm", "2026-06-20", f"{HEADER}\n3,Anna Berg,0151 23456789,,,")
    project.run()
    edited(project, "attr.seats", "5", on=21, record="crm:1")
    assert value(project, "seats") == "5"


@pytest.mark.heavy
def test_an_edit_goes_with_the_record_that_gives_the_contact_its_id(anna: SmallProject) -> None:
    edited(anna, "name", "Annika Berg")
    anna.deliver("shop", "2026-07-01", f"{HEADER}\n7,Karl Otto,{OTHER},karl@example.com,silver,9")
    anna.run()
    assert anna.people() == {frozenset({"crm:1"}), frozenset({"shop:7"})}
    assert (value(anna, "name"), value(anna, "name", "shop:7")) == ("Annika Berg", "Karl Otto")


@pytest.mark.heavy
def test_edits_survive_a_rebuild(anna: SmallProject) -> None:
    edited(anna, "name", "Annika Berg")
    edited(anna, "phone", "030 90182001", on=16)
    cleared(anna, "attr.tier", on=17)
    pinned(anna, "email", None, on=18)
    anna.run()
    before = shown(anna)
    assert rebuilt(anna) == before


# clearing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["name", "phone", "email", "attr.tier"])
def test_a_cleared_field_is_empty(anna: SmallProject, field: str) -> None:
    cleared(anna, field)
    assert value(anna, field.removeprefix("attr.")) is None


def test_a_cleared_number_is_formerly_known(anna: SmallProject) -> None:
    cleared(anna, "phone")
    former = contact_details.former_identifiers(anna.connection, anna.contact_of("crm:1"))
    assert former["value"].to_list() == ["+4915123456780", "+4915123456789"]


@pytest.mark.heavy
def test_a_cleared_whatsapp_number_is_no_longer_the_phone(project: SmallProject) -> None:
    project.chat("+49 151 23456789", "2026-06-10 10:00 Anna Berg: Hello")
    project.run()
    cleared(project, "phone", on=400, record="whatsapp:wa:4915123456789")
    assert value(project, "phone", "whatsapp:wa:4915123456789") is None


@pytest.mark.heavy
def test_a_cleared_field_takes_what_is_said_anew(anna: SmallProject) -> None:
    cleared(anna, "attr.tier")
    anna.deliver("crm", "2026-07-01", f"{HEADER}\n1,Anna Berg,0151 23456789,anna@example.com,silver,4")
    anna.run()
    assert value(anna, "tier") == "silver"


def test_what_is_empty_cannot_be_cleared(anna: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="empty already"):
        cleared(anna, "attr.account_id")


def test_what_is_required_cannot_be_cleared(anna: SmallProject) -> None:
    anna.configure(attributes=ATTRIBUTES | {"tier": ATTRIBUTES["tier"] | {"required": True}})
    with pytest.raises(DecisionRefused, match="required"):
        cleared(anna, "attr.tier")


# pinning ----------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_pin_holds_against_what_is_said_anew(anna: SmallProject) -> None:
    pinned(anna, "attr.tier", None)
    kept = value(anna, "tier")
    other = "silver" if kept == "gold" else "gold"
    anna.deliver("crm", "2026-07-01", f"{HEADER}\n1,Anna Maria Berg,0151 23456789,anna@example.com,{other},4")
    anna.run()
    assert value(anna, "tier") == kept
    assert anna.field("crm:1", "attr.tier")["rule"] == "pinned"


@pytest.mark.heavy
def test_a_pinned_field_takes_no_edit_but_another_pin(anna: SmallProject) -> None:
    decision = pinned(anna, "attr.tier", "gold")
    way_out = f"onecontact revoke {decision.decision_id}"
    with pytest.raises(DecisionRefused, match=way_out):
        edited(anna, "attr.tier", "silver", on=16)
    with pytest.raises(DecisionRefused, match=way_out):
        cleared(anna, "attr.tier", on=16)
    pinned(anna, "attr.tier", "silver", on=16)
    assert value(anna, "tier") == "silver"


def test_what_is_empty_cannot_be_pinned(anna: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="say which value"):
        pinned(anna, "attr.account_id", None)


# merges -----------------------------------------------------------------------------------------------------------


@starting_point
def two(project: SmallProject) -> None:
    """Two people of two sources; the later one has no e-mail address."""
    project.configure(attributes=ATTRIBUTES)
    header = f"{HEADER},newsletter"
    project.deliver("crm", "2026-01-05", f"{header}\n1,Anna Berg,0151 23456789,anna@example.com,gold,4,no")
    project.deliver("shop", "2026-01-04", f"{header}\n7,Karl Otto,030 90182001,,silver,2,yes")
    project.run()


@pytest.mark.heavy
def test_what_the_primary_contact_says_wins_and_where_it_says_nothing_the_other_does(two: SmallProject) -> None:
    merged(two, "shop:7", "crm:1")
    found = {name: value(two, name) for name in ("name", "phone", "email", "tier", "seats")}
    assert found == {
        "name": "Karl Otto",
        "phone": "+493090182001",
        "email": "anna@example.com",
        "tier": "silver",
        "seats": "2",
    }
    assert two.field("crm:1", "name")["rule"] == "primary"


@pytest.mark.heavy
def test_no_merge_relaxes_a_consent(two: SmallProject) -> None:
    pinned(two, "attr.newsletter", "yes", record="shop:7")
    merged(two, "shop:7", "crm:1")
    assert value(two, "newsletter") == "false"


def test_somebody_may_give_a_consent_that_was_missing(two: SmallProject) -> None:
    edited(two, "attr.newsletter", "yes")
    assert value(two, "newsletter") == "true"


@pytest.mark.heavy
def test_an_edit_after_a_merge_wins_over_the_primary_contact_and_one_before_it_does_not(two: SmallProject) -> None:
    edited(two, "attr.tier", "gold", on=10, record="crm:1")
    merged(two, "shop:7", "crm:1")
    assert value(two, "tier") == "silver"
    edited(two, "attr.tier", "gold", on=21)
    assert value(two, "tier") == "gold"


@pytest.mark.heavy
def test_the_primary_contact_of_the_newest_merge_comes_first(two: SmallProject) -> None:
    two.deliver("crm", "2026-01-05", f"{HEADER}\n3,Robert Kern,,robert@example.com,gold,", "more-2026-01-05.csv")
    two.run()
    merged(two, "shop:7", "crm:1")
    merged(two, "crm:3", "crm:1", on=21)
    assert (value(two, "name"), value(two, "phone"), value(two, "seats")) == ("Robert Kern", "+493090182001", "2")


# refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "complaint"),
    [
        ("phone", "call me", "phone: PHONE_UNPARSEABLE, expected one phone number"),
        ("phone", f"{OTHER}; 030 90182001", "PHONE_UNPARSEABLE"),
        ("email", "anna(at)example", "email: EMAIL_SYNTAX"),
        ("attr.tier", "brass", "attr.tier: ATTR_NOT_IN_LIST, expected a value of the list"),
        ("attr.seats", "1,234", r"attr.seats: NUMBER_AMBIGUOUS, expected a number such as 1234\.5$"),
        ("attr.nothing", "x", "no field of that name"),
        ("status", "blocked", "no field of that name"),
        ("name", "n/a", "says nothing"),
        ("email", "  ", "clear it"),
        ("email", "\\N", "says nothing"),
        ("name", "x" * 70_000, "65,536"),
    ],
)
def test_what_is_no_value_of_the_field_is_refused_without_telling_it(
    anna: SmallProject, field: str, text: str, complaint: str
) -> None:
    before = shown(anna)
    with pytest.raises(DecisionRefused, match=complaint) as refused:
        edited(anna, field, text)
    assert not text.strip() or text not in str(refused.value)
    assert shown(anna) == before
    assert anna.rows("FROM decision") == []
