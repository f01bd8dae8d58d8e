from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.merge.choice import CANDIDATES, MOST_LOST
from pipelines.merge.survivorship import Golden, apply_survivorship
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType
from tests.examples import examples

MOBILE, OFFICE = "+4915123456789", "+4930901820"
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def candidate(record: str, field: str, value: str, **said: Any) -> dict[str, Any]:
    """A value that a record states, on Monday by a source of priority 10 if nothing else is said."""
    place = {"delivery_id": f"delivery of {record}", "row_number": 1, "line_number": 2}
    plain = {
        "scope": "",
        "validity": "valid",
        "position": 0,
        "priority": 10,
        "observed_at": MONDAY,
        "only_fills": False,
        "silenced": False,
        "primary": 0,
        "flat": False,
        "display_name": False,
    }
    return {"contact_id": "c", "record_key": record, "field": field, "value": value, **plain, **place, **said}


def name(record: str, full: str, **said: Any) -> dict[str, Any]:
    first, _, last = full.rpartition(" ")
    parts = {"first_name": first or None, "last_name": last or None, "form": " ".join(sorted(full.lower().split()))}
    return candidate(record, "name", full, **parts | said)


def survivors(candidates: Sequence[Mapping[str, Any]], **attributes: Attribute) -> Golden:
    return apply_survivorship(pl.DataFrame(candidates, schema=CANDIDATES), attributes)


def chosen(field: str, *candidates: Mapping[str, Any], **attributes: Attribute) -> tuple[str, str]:
    """The one value of a field and the rule that chose it."""
    found = survivors(candidates, **attributes).fields.filter(pl.col("field") == field)
    value, rule = found.select("value", "rule").row(0)
    assert found.height == 1
    return value, rule


def test_the_only_value_survives() -> None:
    assert chosen("name", name("a", "Anna Berg")) == ("Anna Berg", "only_value")


def test_a_display_name_loses_to_a_stated_name_however_often_and_late_it_is_said() -> None:
    shown = [name(each, "Oskar L", display_name=True, priority=1, observed_at=MONDAY + timedelta(9)) for each in "abc"]
    assert chosen("name", *shown, name("d", "Oskar Lund")) == ("Oskar Lund", "stated_name")
    assert chosen("name", *shown, name("d", "Oskar Lund", flat=True)) == ("Oskar Lund", "stated_name")


def test_a_handle_is_no_stated_name() -> None:
    assert chosen("name", name("a", "Oskar L", display_name=True), name("b", "oskar_92")) == ("Oskar L", "proper_name")


def test_among_display_names_the_usual_rule_decides() -> None:
    one, other = name("a", "Oskar L", display_name=True), name("b", "Oskar", display_name=True, priority=20)
    assert chosen("name", other, one) == ("Oskar L", "source_priority")


def test_a_value_on_which_all_agree_is_the_only_value() -> None:
    assert chosen("name", name("a", "Anna Berg"), name("b", "Anna Berg", priority=20)) == ("Anna Berg", "only_value")


def test_the_name_of_the_better_source_survives() -> None:
    frequent = [name(record, "Anna Maria Berg", priority=20) for record in "bcd"]

    assert chosen("name", name("a", "Anna Berg"), *frequent) == ("Anna Berg", "source_priority")


def test_of_names_of_equal_sources_the_most_frequent_survives() -> None:
    later = name("a", "Ana Berg", observed_at=MONDAY + timedelta(days=1))

    assert chosen("name", later, name("b", "Anna Berg"), name("c", "Anna Berg")) == ("Anna Berg", "most_frequent")


def test_names_in_another_order_count_as_one() -> None:
    later = name("a", "Ana Berg", observed_at=MONDAY + timedelta(days=1))

    assert chosen("name", later, name("b", "Anna Berg"), name("c", "Berg Anna"))[0] == "Anna Berg"


def test_of_names_as_frequent_the_most_recent_survives() -> None:
    later = name("b", "Anna Otto", observed_at=MONDAY + timedelta(days=1))

    assert chosen("name", name("a", "Anna Berg"), later) == ("Anna Otto", "most_recent")


def test_where_nothing_else_decides_the_smallest_record_does() -> None:
    assert chosen("name", name("b", "Anna Otto"), name("a", "Anna Berg")) == ("Anna Berg", "lowest_record_key")


def test_a_name_written_without_regard_to_capitals_loses_to_any_other() -> None:
    shouted = name("a", "Anna Berg", priority=1, flat=True)

    assert chosen("name", shouted, name("b", "Anne Berg", priority=90)) == ("Anne Berg", "proper_name")
    assert chosen("name", shouted) == ("Anna Berg", "only_value")


@pytest.mark.parametrize("handle", ["Anna.berg", "maria_92", "Anna82", "Tel 0151 234567"])
def test_what_stands_in_place_of_a_name_loses_to_any_name(handle: str) -> None:
    named = name("b", "Anna Berg", priority=90, flat=True)

    assert chosen("name", name("a", handle, priority=1), named) == ("Anna Berg", "proper_name")


@pytest.mark.parametrize("rare", ["Anne-Marie Berg", "Anna B.", "J. R. Berg", "Anna Berg 2", "O'Neill"])
def test_an_unusual_name_is_a_name(rare: str) -> None:
    later = name("b", "Karl Otto", observed_at=MONDAY + timedelta(days=1), priority=90)

    assert chosen("name", name("a", rare, priority=1), later) == (rare, "source_priority")


def test_the_values_that_lost_are_told_each_once_and_the_best_first() -> None:
    stated = [
        name("a", "Anna Berg"),
        *(name(record, "Ann Berg", priority=20) for record in "bc"),
        name("d", "A. Berg", priority=30),
    ]

    [lost] = survivors(stated).fields.filter(pl.col("field") == "name")["lost"].to_list()

    assert [(each["value"], each["record_key"], each["line_number"]) for each in lost] == [
        ("Ann Berg", "b", 2),
        ("A. Berg", "d", 2),
    ]


def test_where_nothing_lost_nothing_is_told() -> None:
    assert survivors([name("a", "Anna Berg"), name("b", "Anna Berg")]).fields["lost"].null_count() == 3


def test_of_very_many_values_that_lost_the_best_are_kept() -> None:
    stated = [name(f"{number:02}", f"Anna Berg {number}", priority=number) for number in range(MOST_LOST + 3)]
    [lost] = survivors(stated).fields.filter(pl.col("field") == "name")["lost"].to_list()
    assert [each["record_key"] for each in lost] == [f"{number:02}" for number in range(1, MOST_LOST + 1)]


def test_a_number_that_may_exist_comes_before_one_that_cannot() -> None:
    possible = candidate("a", "phone", MOBILE, validity="possible", priority=90)
    assert chosen("phone", possible, candidate("b", "phone", OFFICE, validity="invalid")) == (MOBILE, "validity")


def test_a_value_that_stands_alone_is_the_only_candidate_and_one_that_lost_is_another() -> None:
    alone = survivors([name("a", "Anna Berg"), name("b", "Anna Berg")]).fields
    assert set(alone["candidates"]) == {1}
    both = survivors([name("a", "Anna Berg"), name("b", "Ann Berg", priority=20)]).fields
    assert set(both["candidates"]) == {2}


PREFERRED = {  # the value that each rule takes, and one that it does not
    AttributeMerge.SOURCE_PRIORITY: ("1", "2"),
    AttributeMerge.MOST_RECENT: ("1", "2"),
    AttributeMerge.MIN: ("1", "2"),
    AttributeMerge.MAX: ("2", "1"),
    AttributeMerge.ANY_TRUE: ("true", "false"),
    AttributeMerge.ALL_TRUE: ("false", "true"),
    AttributeMerge.MOST_RESTRICTIVE: ("false", "true"),
}
RULED = [(rule, AttributeType.BOOLEAN if "true" in PREFERRED[rule] else AttributeType.NUMBER) for rule in PREFERRED]


def two_values(rule: AttributeMerge, **better: Any) -> list[dict[str, Any]]:
    """The value that a rule prefers, stated with `better`, and the other one."""
    preferred, other = PREFERRED[rule]
    later = {"observed_at": MONDAY + timedelta(days=1), "priority": 5}
    return [candidate("a", "attr.x", preferred, **later | better), candidate("b", "attr.x", other)]


@pytest.mark.parametrize(("rule", "kind"), RULED)
def test_each_rule_of_merging_prefers_its_value(rule: AttributeMerge, kind: AttributeType) -> None:
    found = chosen("attr.x", *two_values(rule), x=Attribute(type=kind, merge=rule))
    assert found == (PREFERRED[rule][0], rule.value)


@pytest.mark.parametrize(("rule", "kind"), RULED)
def test_a_value_that_only_fills_a_blank_overrides_no_other_whatever_the_rule(
    rule: AttributeMerge, kind: AttributeType
) -> None:
    attribute = Attribute(type=kind, merge=rule)
    filling, other = two_values(rule, only_fills=True)
    assert chosen("attr.x", filling, other, x=attribute) == (PREFERRED[rule][1], "not_only_filling")
    assert chosen("attr.x", filling, x=attribute) == (PREFERRED[rule][0], "only_value")


@pytest.mark.parametrize(("rule", "kind"), [each for each in RULED if each[1] is AttributeType.NUMBER])
def test_the_values_of_the_primary_contact_of_a_merge_come_before_the_rule(
    rule: AttributeMerge, kind: AttributeType
) -> None:
    found = chosen("attr.x", *two_values(rule, primary=1), x=Attribute(type=kind, merge=rule))
    assert found == (PREFERRED[rule][1], "primary")


def test_only_so_many_losing_values_are_kept_but_all_are_counted() -> None:
    fields = survivors([candidate(f"{nth:03}", "email", f"p{nth}@example.com") for nth in range(30)]).fields

    assert (fields["candidates"].item(), fields["lost"].list.len().item()) == (30, MOST_LOST)


def test_the_parts_of_a_name_survive_together() -> None:
    whole = name("a", "Anna Berg", observed_at=MONDAY + timedelta(days=1))
    first_only = name("b", "Annalena", first_name="Annalena", last_name=None, priority=5)

    fields = survivors([whole, first_only]).fields

    assert fields.select("field", "value").rows() == [("first_name", "Annalena"), ("name", "Annalena")]


def test_every_part_of_a_name_says_where_it_comes_from() -> None:
    fields = survivors([name("a", "Anna Berg"), name("b", "Anna Otto", priority=20)]).fields

    found = set(fields.drop("contact_id", "field", "value", "lost").rows())

    assert found == {("a", "delivery of a", 1, 2, "source_priority", 2)}


def test_a_valid_number_goes_before_one_that_is_possible() -> None:
    possible = candidate("a", "phone", "+4930", validity="possible", priority=1)

    assert chosen("phone", possible, candidate("b", "phone", OFFICE)) == (OFFICE, "validity")


def test_a_whatsapp_number_goes_before_a_phone_number_nobody_has_verified() -> None:
    written = candidate("a", "phone", OFFICE, priority=1)

    assert chosen("phone", written, candidate("b", "wa_id", MOBILE, priority=40)) == (MOBILE, "channel_verified")


def test_a_whatsapp_number_that_is_only_possible_goes_behind_a_valid_phone_number() -> None:
    verified = candidate("a", "wa_id", "+4930", validity="possible")

    assert chosen("phone", verified, candidate("b", "phone", OFFICE)) == (OFFICE, "validity")


def test_the_address_of_the_better_source_survives() -> None:
    later = candidate("a", "email", "new@example.com", priority=20, observed_at=MONDAY + timedelta(days=1))

    assert chosen("email", later, candidate("b", "email", "old@example.com")) == ("old@example.com", "source_priority")


def test_of_addresses_of_equal_sources_the_most_recent_survives() -> None:
    later = candidate("b", "email", "new@example.com", observed_at=MONDAY + timedelta(days=1))

    assert chosen("email", candidate("a", "email", "old@example.com"), later) == ("new@example.com", "most_recent")


def test_of_two_numbers_on_a_row_the_first_survives() -> None:
    second = candidate("a", "phone", OFFICE, position=1)

    assert chosen("phone", second, candidate("a", "phone", MOBILE)) == (MOBILE, "place_on_row")


def test_numbers_that_do_not_survive_stay_as_identifiers() -> None:
    known = survivors([candidate("a", "phone", MOBILE), candidate("b", "phone", OFFICE, priority=20)]).identifiers

    assert known.select("type", "value", "is_primary").rows() == [("phone", MOBILE, True), ("phone", OFFICE, False)]


@pytest.mark.parametrize(
    ("field", "best", "other"), [("phone", MOBILE, OFFICE), ("email", "a@a.example", "b@b.example")]
)
def test_the_number_and_the_address_that_survive_are_the_primary_ones(field: str, best: str, other: str) -> None:
    ids = [candidate("a", "external_id", best), candidate("a", field, best), candidate("b", field, other, priority=20)]
    known = survivors(ids).identifiers.filter(type=field)

    assert known.select("value", "is_primary").rows() == [(best, True), (other, False)]


def test_a_number_that_is_a_whatsapp_number_too_is_known_once() -> None:
    known = survivors([candidate("a", "phone", MOBILE, priority=1), candidate("b", "wa_id", MOBILE)]).identifiers

    assert known.select("type", "value", "record_key").rows() == [("phone", MOBILE, "b")]


def test_ids_of_two_sources_are_both_known() -> None:
    ids = [candidate(scope, "external_id", "17", scope=scope) for scope in ("crm", "shop")]

    assert survivors(ids).identifiers.select("scope", "is_primary").rows() == [("crm", False), ("shop", False)]


def test_all_tags_survive_each_once() -> None:
    tags = [candidate("a", "tags", "vip"), candidate("b", "tags", "vip"), candidate("b", "tags", "b2b")]

    fields = survivors(tags).fields

    assert fields.select("value", "rule", "candidates").rows() == [("b2b", "union", 2), ("vip", "union", 2)]


def attribute(kind: AttributeType, rule: AttributeMerge) -> Attribute:
    values = ("gold", "silver") if kind is AttributeType.DROPDOWN else ()
    return Attribute(type=kind, merge=rule, values=values)


def attr(record: str, value: str, **said: Any) -> dict[str, Any]:
    return candidate(record, "attr.x", value, **said)


def test_the_most_recent_value_of_an_attribute_survives() -> None:
    newer = attr("b", "silver", priority=20, observed_at=MONDAY + timedelta(days=1))
    rule = attribute(AttributeType.DROPDOWN, AttributeMerge.MOST_RECENT)

    assert chosen("attr.x", attr("a", "gold"), newer, x=rule) == ("silver", "most_recent")


def test_the_value_of_the_better_source_survives() -> None:
    newer = attr("b", "silver", priority=20, observed_at=MONDAY + timedelta(days=1))
    rule = attribute(AttributeType.DROPDOWN, AttributeMerge.SOURCE_PRIORITY)

    assert chosen("attr.x", attr("a", "gold"), newer, x=rule) == ("gold", "source_priority")


NUMBER, DATE, BOOLEAN = AttributeType.NUMBER, AttributeType.DATE, AttributeType.BOOLEAN


@pytest.mark.parametrize(
    ("kind", "rule", "values", "survivor"),
    [
        (NUMBER, AttributeMerge.MAX, ["9", "10"], "10"),
        (NUMBER, AttributeMerge.MIN, ["9", "10"], "9"),
        (NUMBER, AttributeMerge.MIN, ["-2", "1"], "-2"),
        (NUMBER, AttributeMerge.MAX, ["9007199254740992", "9007199254740993"], "9007199254740993"),
        (DATE, AttributeMerge.MAX, ["2025-12-31", "2026-01-01"], "2026-01-01"),
        (DATE, AttributeMerge.MIN, ["2025-12-31", "2026-01-01"], "2025-12-31"),
        (BOOLEAN, AttributeMerge.ANY_TRUE, ["false", "true"], "true"),
        (BOOLEAN, AttributeMerge.ALL_TRUE, ["true", "false"], "false"),
        (BOOLEAN, AttributeMerge.MOST_RESTRICTIVE, ["true", "false"], "false"),
    ],
)
def test_a_rule_about_values_decides_by_value(
    kind: AttributeType, rule: AttributeMerge, values: list[str], survivor: str
) -> None:
    stated = [attr(record, value) for record, value in zip("ab", values, strict=True)]

    assert chosen("attr.x", *stated, x=attribute(kind, rule)) == (survivor, rule.value)


@pytest.mark.parametrize("rule", [AttributeMerge.ANY_TRUE, AttributeMerge.ALL_TRUE, AttributeMerge.MOST_RESTRICTIVE])
@pytest.mark.parametrize("value", ["true", "false"])
def test_a_boolean_on_which_all_agree_stays(rule: AttributeMerge, value: str) -> None:
    assert chosen("attr.x", attr("a", value), attr("b", value), x=attribute(BOOLEAN, rule)) == (value, "only_value")


def test_a_sum_keeps_the_value_of_every_record() -> None:
    rule = attribute(NUMBER, AttributeMerge.SUM)

    fields = survivors([attr("a", "2"), attr("b", "2"), attr("c", "3")], x=rule).fields

    assert fields.select("record_key", "value").rows() == [("a", "2"), ("b", "2"), ("c", "3")]
    assert fields["rule"].unique().to_list() == ["sum"]


def test_a_union_keeps_each_value_once_from_the_best_source() -> None:
    rule = attribute(AttributeType.TEXT, AttributeMerge.UNION)

    fields = survivors([attr("a", "Hamburg", priority=20), attr("b", "Hamburg"), attr("c", "Berlin")], x=rule).fields

    assert fields.select("value", "record_key", "rule").rows() == [("Berlin", "c", "union"), ("Hamburg", "b", "union")]


def test_an_attribute_that_is_no_longer_defined_does_not_survive() -> None:
    assert survivors([attr("a", "gold")]).fields.is_empty()


@pytest.mark.parametrize(
    ("kind", "rule", "now"),
    [
        (NUMBER, AttributeMerge.MAX, "3"),
        (NUMBER, AttributeMerge.MOST_RECENT, "3"),
        (DATE, AttributeMerge.MIN, "2026-01-05"),
        (BOOLEAN, AttributeMerge.ANY_TRUE, "true"),
        (AttributeType.DROPDOWN, AttributeMerge.MOST_RECENT, "gold"),
    ],
)
def test_a_value_of_the_type_an_attribute_once_had_does_not_survive(
    kind: AttributeType, rule: AttributeMerge, now: str
) -> None:
    assert chosen("attr.x", attr("a", "many"), attr("b", now), x=attribute(kind, rule)) == (now, "only_value")


def test_contacts_do_not_mix() -> None:
    fields = survivors([name("a", "Anna Berg"), name("b", "Karl Otto", contact_id="d")]).fields

    assert set(fields.filter(pl.col("field") == "name").select("contact_id", "value", "rule").rows()) == {
        ("c", "Anna Berg", "only_value"),
        ("d", "Karl Otto", "only_value"),
    }


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    value = draw(st.sampled_from([MOBILE, OFFICE]))
    return candidate(
        draw(st.sampled_from("abc")),
        draw(st.sampled_from(["phone", "wa_id", "attr.x"])),
        value,
        position=int(value == OFFICE),
        priority=draw(st.sampled_from([10, 20])),
        validity=draw(st.sampled_from(["valid", "possible"])),
    )


def place(stated: Mapping[str, Any]) -> tuple[str, ...]:
    value = "" if stated["field"] == "attr.x" else stated["value"]  # a record has one value of an attribute
    return stated["record_key"], stated["field"], value


@settings(max_examples=examples(30, light=6), deadline=None)
@given(st.lists(statements(), min_size=1, max_size=6, unique_by=place), st.randoms(use_true_random=False))
def test_the_order_of_candidates_decides_nothing(stated: list[dict[str, Any]], random: Random) -> None:
    rule = attribute(AttributeType.TEXT, AttributeMerge.MOST_RECENT)

    one, other = survivors(stated, x=rule), survivors(random.sample(stated, len(stated)), x=rule)

    assert one.fields.equals(other.fields)
    assert one.identifiers.equals(other.identifiers)


# Values that only fill blanks


def test_a_value_that_only_fills_blanks_loses_to_any_other() -> None:
    filling = candidate("a", "phone", MOBILE, priority=1, only_fills=True)
    possible = candidate("b", "phone", OFFICE, validity="possible", priority=90)
    assert chosen("phone", filling, possible) == (OFFICE, "not_only_filling")


def test_a_value_that_only_fills_blanks_is_taken_where_there_is_no_other() -> None:
    assert chosen("name", name("a", "Anna Berg", only_fills=True)) == ("Anna Berg", "only_value")


def test_tags_that_only_fill_blanks_are_no_part_of_a_union_with_others() -> None:
    tags = [candidate("a", "tags", "vip", only_fills=True), candidate("b", "tags", "b2b")]
    assert survivors(tags).fields["value"].to_list() == ["b2b"]
    assert survivors(tags[:1]).fields["value"].to_list() == ["vip"]


def test_twenty_values_that_lost_are_enough_to_see_why() -> None:
    assert MOST_LOST == 20


def test_of_records_that_state_one_tag_the_same_one_speaks_for_it_whatever_their_order() -> None:
    said = [candidate(record, "tags", "vip") for record in "bac"]

    found = [survivors(order).fields["record_key"].to_list() for order in (said, said[::-1])]
    assert found == [["a"], ["a"]]


@pytest.mark.parametrize("field", ["name", "email"])
def test_the_primary_of_a_merge_comes_before_a_better_source(field: str) -> None:
    value = {"name": ("Anna Berg", "Ana Berg"), "email": ("anna@example.com", "ana@example.com")}[field]
    make = name if field == "name" else lambda record, text, **said: candidate(record, field, text, **said)
    better, primary = make("a", value[0], primary=1), make("b", value[1], priority=20)

    assert chosen(field, better, primary) == (value[1], "primary")


def test_a_value_that_somebody_has_overruled_is_not_among_those_that_survive_side_by_side() -> None:
    union = Attribute(type=AttributeType.TEXT, merge=AttributeMerge.UNION)
    said = [candidate("a", "attr.x", "old", silenced=True), candidate("b", "attr.x", "new")]

    assert survivors(said, x=union).fields["value"].to_list() == ["new"]


@pytest.mark.parametrize("field", ["name", "email", "attr.x"])
def test_a_value_that_only_fills_blanks_loses_to_any_other_of_its_field(field: str) -> None:
    better, other = ("Anna Berg", "Ana Berg") if field == "name" else ("anna@example.com", "ana@example.com")
    make = name if field == "name" else lambda record, text, **said: candidate(record, field, text, **said)
    said = make("a", better, only_fills=True), make("b", other, priority=20)

    assert chosen(field, *said, x=Attribute(type=AttributeType.TEXT)) == (other, "not_only_filling")
