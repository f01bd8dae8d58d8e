from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.merge.choice import CANDIDATES, STATED
from pipelines.merge.decided_values import Decisions, with_decisions
from pipelines.merge.survivorship import Golden, apply_survivorship
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType
from tests.examples import examples

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
TEXTS = pl.String()
INSTANT = pl.Datetime("us", "UTC")
VALUES = pl.Schema(
    {
        "contact_id": TEXTS,
        "record_key": TEXTS,
        "decision_id": TEXTS,
        "kind": TEXTS,
        "field": TEXTS,
        "value": TEXTS,
        "decided_at": INSTANT,
        "turn": TEXTS,
    }
)
OVER = pl.Schema({"contact_id": TEXTS, "decision_id": TEXTS, "record_key": TEXTS})
SINCE = pl.Schema({"record_key": TEXTS, "field": TEXTS, "value": TEXTS, "stated_since": INSTANT})
PRIMARIES = pl.Schema({"contact_id": pl.String, "decision_id": pl.String, "turn": pl.String, "record_key": pl.String})
TEXT = {"x": Attribute(type=AttributeType.TEXT)}


def on(day: int) -> datetime:
    return MONDAY + timedelta(days=day)


def stated(record: str, value: str, day: int = 0, field: str = "attr.x", **said: Any) -> dict[str, Any]:
    """What a record of contact `c` has stated since a day."""
    plain = {"priority": 10, "only_fills": False, "observed_at": on(day), "position": 0, "validity": "valid"}
    plain |= {"silenced": False, "display_name": False}
    place = {"delivery_id": f"delivery of {record}", "row_number": 1, "scope": "" if field == "phone" else None}
    return {"contact_id": "c", "record_key": record, "field": field, "value": value, **plain, **place, **said}


def decision(kind: str, value: str | None, day: int, record: str = "a", field: str = "attr.x") -> dict[str, Any]:
    """A decision for a record of contact `c`."""
    known = {"decision_id": f"{kind} of {day}", "kind": kind, "field": field, "value": value}
    return {"contact_id": "c", "record_key": record, **known, "decided_at": on(day), "turn": f"{day:02}"}


def candidates(
    said: Sequence[Mapping[str, Any]],
    decided: Sequence[Mapping[str, Any]],
    over: str = "ab",
    primaries: Sequence[tuple[int, str]] = (),
    attributes: Mapping[str, Attribute] = TEXT,
) -> pl.DataFrame:
    """Candidates where edits and pins speak over the records `over` if they do not say it themselves.

    Merges of these days have these primaries.
    """
    spoken = [
        ("c", each["decision_id"], record)
        for each in decided
        if each["kind"] in ("edit", "pin")
        for record in each.get("over", over)
    ]
    since = [
        (each["record_key"], each["field"], each["value"], each["observed_at"])
        for each in said
        if each["contact_id"] == "c"
    ]
    merges = [("c", f"merge of {day}", f"{day:02}", record) for day, record in primaries]
    return with_decisions(
        pl.DataFrame(said, schema=STATED),
        Decisions(
            pl.DataFrame(decided, schema=VALUES),
            pl.DataFrame(spoken, schema=OVER, orient="row"),
            pl.DataFrame(since, schema=SINCE, orient="row").unique(),
            pl.DataFrame(merges, schema=PRIMARIES, orient="row"),
        ),
        attributes,
    )


def survivors(
    said: Sequence[Mapping[str, Any]],
    decided: Sequence[Mapping[str, Any]],
    attributes: Mapping[str, Attribute] = TEXT,
    over: str = "ab",
    primaries: Sequence[tuple[int, str]] = (),
) -> Golden:
    return apply_survivorship(candidates(said, decided, over, primaries, attributes), attributes)


def values(
    said: Sequence[Mapping[str, Any]], decided: Sequence[Mapping[str, Any]], **options: Any
) -> list[tuple[str, str]]:
    return survivors(said, decided, **options).fields.select("value", "rule").rows()


def test_what_was_silenced_before_decisions_stays_so() -> None:
    aside = stated("b", "y", 3, silenced=True)
    assert values([stated("a", "x"), aside], []) == [("x", "only_value")]
    assert candidates([stated("a", "x"), aside], [decision("edit", "z", 2)])["silenced"].to_list().count(True) == 2


def test_a_display_name_is_not_newer_than_an_edit() -> None:
    shown = stated("b", "Oskar L", 3, "name", form="l oskar", display_name=True)
    edited = decision("edit", "Oskar Lund", 2, field="name")
    assert ("Oskar Lund", "edited") in values([shown], [edited])
    listed = stated("b", "Oskar Lund Olsen", 3, "name", form="lund olsen oskar")
    assert ("Oskar Lund Olsen", "stated_after_edit") in values([listed], [edited])


def test_without_decisions_candidates_are_what_is_stated() -> None:
    found = candidates([stated("a", "x")], [])
    assert found.columns == list(CANDIDATES)
    assert found.select("decided", "silenced", "primary").row(0) == (None, False, 0)


def test_an_edit_silences_what_its_records_have_stated_until_then() -> None:
    assert values([stated("a", "old", 1), stated("b", "other", 5)], [decision("edit", "new", 5)]) == [("new", "edited")]


def test_an_edit_does_not_silence_records_that_joined_later() -> None:
    found = values([stated("a", "old"), stated("z", "theirs", 9)], [decision("edit", "new", 5)])
    assert found == [("theirs", "stated_after_edit")]


def test_an_edit_beats_what_a_record_that_joined_later_had_stated_before_it() -> None:
    said = [stated("z", "theirs", 3, observed_at=on(3), priority=0)]
    assert values(said, [decision("edit", "new", 5)]) == [("new", "edited")]


@pytest.mark.parametrize(
    ("field", "edited", "stated_later"),
    [
        ("name", "Anna Berg", "Antonia Berg"),
        ("phone", "+493090182001", "+4915123456780"),
        ("email", "anna@example.com", "antonia@example.com"),
        ("attr.x", "gold", "silver"),
    ],
)
def test_an_edit_of_any_field_gives_way_to_what_is_stated_for_the_first_time_later(
    field: str, edited: str, stated_later: str
) -> None:
    ranks_lower = {"priority": 99, "validity": "possible"}
    said = [stated("b", stated_later, 6, field=field, **ranks_lower)]
    found = survivors(said, [decision("edit", edited, 5, field=field)]).fields.filter(pl.col("field") == field)
    assert found.select("value", "rule").rows() == [(stated_later, "stated_after_edit")]
    pinned = survivors(said, [decision("pin", edited, 5, field=field)]).fields.filter(pl.col("field") == field)
    assert pinned.select("value", "rule").rows() == [(edited, "pinned")]


@pytest.mark.parametrize(
    ("field", "edited", "junk"), [("name", "Anna Berg", "anna_92"), ("phone", "+493090182001", "1")]
)
def test_an_edit_does_not_give_way_to_what_is_no_value(field: str, edited: str, junk: str) -> None:
    said = [stated("b", junk, 6, field=field, validity="invalid")]
    found = survivors(said, [decision("edit", edited, 5, field=field)]).fields.filter(pl.col("field") == field)
    assert found.select("value", "rule").rows() == [(edited, "edited")]


def test_an_older_edit_of_a_contact_that_was_another_loses_to_the_newer_one() -> None:
    number = {"x": Attribute(type=AttributeType.NUMBER, merge=AttributeMerge.MAX)}
    edits = [decision("edit", "9", 5, record="a"), decision("edit", "3", 6, record="z")]
    assert values([stated("b", "7", 9)], edits, over="", attributes=number) == [("7", "max")]
    assert values([stated("b", "1", 9)], edits, over="", attributes=number) == [("3", "edited")]


def test_what_is_stated_in_the_moment_of_an_edit_is_not_newer_than_it() -> None:
    said = [stated("z", "theirs", 5, priority=0)]
    assert values(said, [decision("edit", "new", 5)]) == [("new", "edited")]


def test_an_edit_of_another_contact_silences_no_record_of_this_one() -> None:
    edited = decision("edit", "new", 5, record="d") | {"contact_id": "another"}
    decisions = Decisions(
        pl.DataFrame([edited], schema=VALUES),
        pl.DataFrame([("another", "edit of 5", record) for record in "ad"], schema=OVER, orient="row"),
        pl.DataFrame([("a", "attr.x", "old", on(0))], schema=SINCE, orient="row"),
        pl.DataFrame(schema=PRIMARIES),
    )
    found = with_decisions(pl.DataFrame([stated("a", "old")], schema=STATED), decisions, TEXT)
    assert sorted(found.select("record_key", "silenced").rows()) == [("a", False), ("d", False)]


def test_a_clear_leaves_what_is_stated_afterwards() -> None:
    said = [stated("a", "old"), stated("b", "new", 6)]
    assert values(said, [decision("edit", None, 5)]) == [("new", "only_value")]
    assert values(said, [decision("edit", None, 6)]) == []


def test_a_clear_takes_an_earlier_edit_with_it() -> None:
    assert values([stated("a", "old")], [decision("edit", "new", 5), decision("edit", None, 6)]) == []


def test_a_pin_beats_a_later_edit_and_all_that_is_stated() -> None:
    decided = [decision("pin", "kept", 5), decision("edit", "new", 6, record="z")]
    assert values([stated("z", "said", 9)], decided) == [("kept", "pinned")]


def test_of_a_consent_neither_pin_nor_merge_silences_what_another_contact_says() -> None:
    consent = {"x": Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.MOST_RESTRICTIVE)}
    decided = [decision("pin", "true", 5)]
    said = [stated("a", "false"), stated("z", "false")]
    assert values(said[:1], decided, attributes=consent) == [("true", "pinned")]
    assert values(said, decided, primaries=[(6, "a")], attributes=consent) == [("false", "most_restrictive")]


def test_a_silenced_number_stays_known_and_a_cleared_one_does_not() -> None:
    said = [stated("a", "+4915123456789", field="phone"), stated("b", "+4915123456789", field="wa_id", scope="")]
    new = decision("edit", "+493090182001", 5, field="phone")
    known = survivors(said, [new]).identifiers
    assert known.select("value", "is_primary", "record_key").rows() == [
        ("+4915123456789", False, "b"),
        ("+493090182001", True, "a"),
    ]
    assert survivors(said, [decision("edit", None, 5, field="phone")]).identifiers.is_empty()


def test_a_number_that_was_edited_in_stays_known_when_another_is_edited_in_and_not_when_it_is_cleared() -> None:
    said = [stated("a", "+4915123456789", field="phone")]
    first, second = (
        decision("edit", number, day, field="phone") for day, number in ((5, "+493090182001"), (6, "+493090182002"))
    )
    known = survivors(said, [first, second]).identifiers
    assert known.select("value", "is_primary").rows() == [
        ("+4915123456789", False),
        ("+493090182001", False),
        ("+493090182002", True),
    ]
    assert survivors(said, [first, second, decision("edit", None, 7, field="phone")]).identifiers.is_empty()


def test_what_is_not_decided_of_an_edited_contact_stays_as_it_was() -> None:
    said = [stated("a", "old"), stated("a", "gold", field="attr.tier")]
    found = survivors(said, [decision("edit", "new", 5)], TEXT | {"tier": TEXT["x"]}).fields
    assert found.select("field", "value").rows() == [("attr.tier", "gold"), ("attr.x", "new")]


def test_a_removed_tag_is_no_candidate_until_it_is_stated_or_added_anew() -> None:
    said = [stated("a", "vip", field="tags"), stated("z", "vip", 3, field="tags")]
    removed = decision("untag", "vip", 5, field="tags")
    assert values(said, [removed]) == []
    assert values([*said, stated("b", "vip", 6, field="tags")], [removed]) == [("vip", "union")]
    assert values(said, [removed, decision("tag", "vip", 6, field="tags")]) == [("vip", "tagged")]


def test_the_primary_of_the_newest_merge_comes_before_that_of_the_one_before() -> None:
    said = [stated("a", "first"), stated("b", "second", 9), stated("z", "third", 10)]
    assert values(said, [], primaries=[(5, "a")]) == [("first", "primary")]
    assert values(said, [], primaries=[(5, "a"), (6, "b")]) == [("second", "primary")]
    assert values(said[1:], [], primaries=[(5, "a"), (6, "b")]) == [("second", "primary")]


def test_what_was_decided_after_a_merge_counts_and_what_the_same_record_had_stated_does_not() -> None:
    said = [stated("a", "x"), stated("b", "y")]
    tagged = [decision("tag", "early", 4, record="b"), decision("tag", "late", 6, record="b")]
    ranks = candidates(said, tagged, primaries=[(5, "a")]).sort("value").select("value", "primary").rows()
    assert ranks == [("early", 2), ("late", 1), ("x", 1), ("y", 2)]


# the law ----------------------------------------------------------------------------------------------------------

several = st.lists(
    st.builds(stated, st.sampled_from("abz"), st.sampled_from(["x", "y"]), st.integers(0, 9)),
    max_size=5,
    unique_by=lambda each: each["record_key"],
)
taken = st.lists(
    st.builds(
        decision,
        st.sampled_from(["edit", "pin"]),
        st.sampled_from(["x", "z", None]),
        st.integers(0, 9),
        st.sampled_from("az"),
    ),
    max_size=4,
    unique_by=lambda each: each["decided_at"],
).map(lambda some: [each for each in some if each["kind"] == "edit" or each["value"]])
merges = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abz")), max_size=2, unique_by=lambda each: each[0])


@settings(max_examples=examples(40, light=8), deadline=None)
@given(several, taken, merges, st.randoms(use_true_random=False))
def test_the_order_of_what_was_stated_and_decided_changes_nothing(
    said: list[dict[str, Any]], decided: list[dict[str, Any]], primaries: list[tuple[int, str]], random: Random
) -> None:
    one = survivors(said, decided, primaries=primaries)
    other = survivors(
        random.sample(said, len(said)),
        random.sample(decided, len(decided)),
        primaries=random.sample(primaries, len(primaries)),
    )
    assert one.fields.equals(other.fields)


@settings(max_examples=examples(40, light=8), deadline=None)
@given(several, taken)
def test_no_decision_makes_a_blank_of_what_is_said_after_it(
    said: list[dict[str, Any]], decided: list[dict[str, Any]]
) -> None:
    last = stated("b", "word", 10)
    assert values([*(each for each in said if each["record_key"] != "b"), last], decided)


def test_a_tag_that_is_removed_leaves_those_beside_it() -> None:
    said = [stated("a", tag, field="tags") for tag in ("fair", "vip")] + [stated("b", "vip", 1, field="tags")]
    removed = [decision("untag", "vip", 2, field="tags"), decision("untag", "new", 3, field="tags")]

    assert candidates(said, removed)["value"].to_list() == ["fair"]


def test_a_tag_that_is_stated_after_its_removal_is_there_again() -> None:
    said = [stated("a", "vip", field="tags"), stated("b", "vip", 5, field="tags")]

    assert candidates(said, [decision("untag", "vip", 4, field="tags")])["record_key"].to_list() == ["b"]
    assert candidates(said, [decision("untag", "vip", 5, field="tags")]).is_empty()


@settings(max_examples=examples(60, light=8), deadline=None)
@given(several, taken)
def test_the_newest_edit_holds_until_something_is_stated_for_the_first_time_after_it(
    said: list[dict[str, Any]], decided: list[dict[str, Any]]
) -> None:
    pins = [each for each in decided if each["kind"] == "pin"]
    newest = max(decided, key=lambda each: each["decided_at"], default=None)
    if pins or newest is None or newest["value"] is None:
        return
    later = [each["value"] for each in said if each["observed_at"] > newest["decided_at"]]
    [(value, rule)] = values(said, decided, over="abz")
    assert (value in later) if later else (value, rule) == (newest["value"], "edited")


def test_records_of_another_contact_than_the_merged_one_have_no_rank() -> None:
    other = stated("d", "z") | {"contact_id": "another"}
    ranks = candidates([stated("a", "x"), stated("b", "y"), other], [], primaries=[(1, "b")])
    found = dict(ranks.select("record_key", "primary").iter_rows())

    assert found["b"] < found["a"]
    assert found["d"] == 0


def test_what_was_decided_of_another_contact_silences_nothing_here() -> None:
    elsewhere = {"contact_id": "another", "record_key": "d"}
    decided = [decision("edit", "x", 1), decision("edit", "y", 5) | elsewhere]
    found = candidates([stated("a", "old"), stated("d", "old") | elsewhere], decided)

    edited = found.filter(pl.col("decided") == "edited").select("contact_id", "value", "silenced")
    assert sorted(edited.rows()) == [("another", "y", False), ("c", "x", False)]


def silenced(said: Sequence[Mapping[str, Any]], decided: Sequence[Mapping[str, Any]]) -> list[str]:
    """What records state and is silenced, by record and field."""
    found = candidates(said, decided).filter(pl.col("decided").is_null(), "silenced")
    return sorted(f"{field} of {record}" for record, field in found.select("record_key", "field").rows())


def test_the_newest_of_several_edits_says_until_when_a_record_is_silenced() -> None:
    edits = [decision("edit", "new", 3), decision("edit", "newer", 6)]
    assert silenced([stated("a", "old", 5)], edits) == ["attr.x of a"]
    assert silenced([stated("a", "old", 7)], edits) == []


def test_an_edit_silences_its_own_field_of_the_records_it_speaks_over() -> None:
    said = [stated(record, "old", field=field) for record in "ab" for field in ("attr.x", "attr.y")]
    edits = [decision("edit", "new", 5) | {"over": "a"}, decision("edit", "new", 6, field="attr.y") | {"over": "b"}]
    assert silenced(said, edits) == ["attr.x of a", "attr.y of b"]


def test_the_newest_of_several_clears_says_until_when_a_value_is_left_out() -> None:
    clears = [decision("edit", None, 3), decision("edit", None, 6)]
    assert values([stated("a", "old", 5)], clears) == []
    assert values([stated("a", "old", 5)], [*clears[:1], decision("edit", "new", 6)]) == [("new", "edited")]
    assert values([stated("a", "new", 7)], clears) == [("new", "only_value")]


def test_the_newest_removal_of_a_tag_counts() -> None:
    removals = [decision("untag", "vip", 3, field="tags"), decision("untag", "vip", 6, field="tags")]
    assert values([stated("a", "vip", 5, field="tags")], removals) == []
    added = decision("tag", "vip", 5, field="tags")
    assert values([], [*removals, added]) == []


def test_a_decided_number_is_a_candidate_of_its_record_that_comes_from_the_decision() -> None:
    [row] = candidates([], [decision("edit", "+4915123456789", 5, field="phone")]).rows(named=True)
    said = {key: each for key, each in row.items() if each is not None}
    assert said == {
        "contact_id": "c",
        "record_key": "a",
        "field": "phone",
        "value": "+4915123456789",
        "display_name": False,
        "scope": "",
        "validity": "valid",
        "position": 0,
        "priority": -1,
        "only_fills": False,
        "silenced": False,
        "observed_at": on(5),
        "delivery_id": "edit of 5",
        "row_number": 1,
        "decided": "edited",
        "primary": 0,
        "stated_after_edit": 1,
    }


def test_a_decided_name_is_cut_into_its_parts() -> None:
    [row] = candidates([], [decision("pin", "Anna Maria Berg", 5, field="name")]).rows(named=True)
    assert (row["first_name"], row["last_name"], row["validity"]) == ("Anna Maria", "Berg", None)
    assert sorted(row["form"].split()) == ["anna", "berg", "maria"]


def test_a_number_that_somebody_decided_may_be_one_that_cannot_exist() -> None:
    [row] = candidates([], [decision("edit", "+491", 5, field="phone")]).rows(named=True)
    assert row["validity"] == "invalid"


def test_what_somebody_decided_speaks_before_the_best_of_sources() -> None:
    said = [stated("a", "vip", field="tags", priority=0, observed_at=on(9))]
    assert values(said, [decision("tag", "vip", 5, field="tags")]) == [("vip", "tagged")]


@pytest.mark.parametrize(
    ("kind", "merge", "both"),
    [
        (AttributeType.TEXT, AttributeMerge.UNION, ["2", "3"]),
        (AttributeType.NUMBER, AttributeMerge.SUM, ["2", "3"]),
        (AttributeType.NUMBER, AttributeMerge.MIN, ["3"]),
        (AttributeType.TEXT, AttributeMerge.MOST_RECENT, ["3"]),
    ],
)
def test_edits_of_two_contacts_that_are_one_now_stand_side_by_side_where_values_do(
    kind: AttributeType, merge: AttributeMerge, both: list[str]
) -> None:
    edits = [decision("edit", "2", 5, record="a"), decision("edit", "3", 6, record="z")]
    found = survivors([], edits, {"x": Attribute(type=kind, merge=merge)}, over="").fields
    assert found["value"].to_list() == both


def test_the_newest_of_two_pins_holds() -> None:
    assert values([], [decision("pin", "old", 5), decision("pin", "new", 6, record="z")]) == [("new", "pinned")]


def test_of_a_consent_that_two_contacts_edited_the_stricter_counts() -> None:
    consent = {"x": Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.MOST_RESTRICTIVE)}
    edits = [decision("edit", "false", 5, record="a"), decision("edit", "true", 6, record="z")]
    assert values([], edits, over="", attributes=consent)[0][0] == "false"


def test_what_decisions_do_not_speak_of_stays_as_it_is_stated() -> None:
    elsewhere = stated("d", "y", contact_id="another")
    found = candidates([stated("a", "x"), elsewhere], [decision("edit", "new", 5)])
    [row] = found.filter(pl.col("contact_id") == "another").rows(named=True)
    assert (row["value"], row["silenced"], row["stated_after_edit"], row["primary"]) == ("y", False, 0, 0)


def test_a_pin_outlives_a_later_clear_of_a_contact_that_is_the_same_now() -> None:
    assert values([], [decision("pin", "kept", 3), decision("edit", None, 6, record="z")]) == [("kept", "pinned")]
