from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import TypeAdapter

from pipelines.errors import FilterFault
from pipelines.query.bind import (
    DEEPEST,
    Bound,
    Definition,
    Either,
    Every,
    Found,
    Negated,
    Question,
    Related,
    Scope,
    asked_fields,
    bind,
    filter_faults,
    is_relative,
)
from schemas.fields import Kind
from schemas.filter import Operator, Relation, Where
from tests.pipelines.query.populations import AS_OF, FIELDS

FILTERS: TypeAdapter[Where] = TypeAdapter(Where)
NAMED = {"field": "name", "op": "is_set"}
RECENT = {"field": "last_interaction_at", "op": "within_last", "value": {"days": 30}}
IS_NAMED = Question(None, "name", Kind.TEXT, Operator.IS_SET, ())
IS_BLOCKED = Question(None, "status", Kind.CHOICE, Operator.EQ, ("blocked",))


def where(said: dict[str, Any]) -> Where:
    return FILTERS.validate_python(said)


def definition(said: dict[str, Any], **more: Any) -> Definition:
    return Definition(where(said), **more)


def bound(said: dict[str, Any], **more: Any) -> Bound:
    return bind(where(said), Scope(FIELDS, AS_OF, **more))


def fault(said: dict[str, Any], **more: Any) -> str:
    with pytest.raises(FilterFault) as error:
        bound(said, **more)
    return str(error.value)


def faults(said: dict[str, Any], **more: Any) -> list[str]:
    return [str(each) for each in filter_faults(where(said), Scope(FIELDS, AS_OF, **more))]


def existing(relation: Relation | None, field: str) -> Sequence[str]:
    return ["vip", "press"]


# Relations


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"exists": "messages"}, Related(Relation.MESSAGES, None, Operator.GTE, 1)),
        ({"none": "messages"}, Negated(Related(Relation.MESSAGES, None, Operator.NE, 0))),
        # what is so of none as well is what is not otherwise
        ({"count": "notes", "op": "gte", "value": 2}, Related(Relation.NOTES, None, Operator.GTE, 2)),
        ({"count": "notes", "op": "gte", "value": 0}, Negated(Related(Relation.NOTES, None, Operator.LT, 0))),
        ({"count": "notes", "op": "gt", "value": 0}, Related(Relation.NOTES, None, Operator.GT, 0)),
        ({"count": "notes", "op": "lt", "value": 2}, Negated(Related(Relation.NOTES, None, Operator.GTE, 2))),
        ({"count": "notes", "op": "lt", "value": 0}, Related(Relation.NOTES, None, Operator.LT, 0)),
        ({"count": "notes", "op": "lte", "value": 0}, Negated(Related(Relation.NOTES, None, Operator.GT, 0))),
        ({"count": "notes", "op": "eq", "value": 0}, Negated(Related(Relation.NOTES, None, Operator.NE, 0))),
        ({"count": "notes", "op": "eq", "value": 1}, Related(Relation.NOTES, None, Operator.EQ, 1)),
        ({"count": "notes", "op": "ne", "value": 1}, Negated(Related(Relation.NOTES, None, Operator.EQ, 1))),
        ({"count": "notes", "op": "ne", "value": 0}, Related(Relation.NOTES, None, Operator.NE, 0)),
    ],
)
def test_how_many_of_a_relation_there_are_is_asked_as_what_is_false_of_none(
    said: dict[str, Any], expected: Bound
) -> None:
    assert bound(said) == expected


def test_what_a_relation_is_asked_is_asked_of_each_alone() -> None:
    said = {"exists": "notes", "where": {"all": [{"field": "source", "op": "ne", "value": "crm"}]}}
    is_of_crm = Question(Relation.NOTES, "source", Kind.TEXT, Operator.EQ, ("crm",))
    assert bound(said) == Related(Relation.NOTES, Every((Negated(is_of_crm),)), Operator.GTE, 1)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (
            {"count": "notes", "op": "within_last", "value": 1},
            "where.op: a number of notes is asked eq, ne, gt, gte, lt, lte",
        ),
        (
            {"exists": "notes", "where": {"field": "writen_at", "op": "is_set"}},
            "where.where.field: no field writen_at; did you mean written_at?",
        ),
        (
            {"exists": "exports", "where": {"any": [{"search": "anna"}]}},
            "where.where.any[0]: of exports only their fields can be asked: published_at, segment",
        ),
        (
            {"exists": "exports", "where": {"exists": "notes"}},
            "where.where: of exports only their fields can be asked: published_at, segment",
        ),
    ],
)
def test_what_cannot_be_asked_of_a_relation_is_told(said: dict[str, Any], says: str) -> None:
    assert fault(said) == says


def test_numbers_of_contacts_are_read_as_phone_numbers_and_those_of_relations_as_they_are() -> None:
    said = {"field": "phone", "op": "eq", "value": "030 901820"}
    assert bound(said, region="DE") == Question(None, "phone", Kind.TEXT, Operator.EQ, ("+4930901820",))
    of_relation = {"exists": "identifiers", "where": {"field": "value", "op": "eq", "value": "030 901820"}}
    assert "030 901820" in str(bound(of_relation, region="DE"))


# Segments


def test_a_segment_is_its_filter_and_nobody_who_is_blocked() -> None:
    segments = {"named": definition(NAMED), "all": definition(NAMED, include_blocked=True)}
    assert bound({"in_segment": "named"}, segments=segments) == Every((IS_NAMED, Negated(IS_BLOCKED)))
    assert bound({"in_segment": "all"}, segments=segments) == IS_NAMED


def test_a_segment_is_asked_as_of_its_own_moment() -> None:
    earlier = AS_OF.replace(year=2025)
    segments = {
        "then": definition(RECENT, include_blocked=True, as_of=earlier),
        "now": definition(RECENT, include_blocked=True),
    }
    assert bound({"in_segment": "then"}, segments=segments) == bind(where(RECENT), Scope(FIELDS, earlier))
    assert bound({"in_segment": "now"}, segments=segments) == bind(where(RECENT), Scope(FIELDS, AS_OF))


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"in_segment": "one"}, "where.in_segment: segments go round in a circle: one → two → one"),
        ({"in_segment": "zero"}, "where.in_segment: segments go round in a circle: one → two → one"),
        ({"in_segment": "zer"}, "where.in_segment: no segment zer; did you mean zero?"),
        ({"in_segment": "xx"}, "where.in_segment: no segment xx; known are odd, one, two, zero"),
        (
            {"in_segment": "odd"},
            "where.in_segment: segment odd cannot be asked for: where.field: no field nam; did you mean name?",
        ),
    ],
)
def test_a_segment_that_cannot_be_asked_for_is_told(said: dict[str, Any], says: str) -> None:
    segments = {
        "zero": definition({"in_segment": "one"}),
        "one": definition({"in_segment": "two"}),
        "two": definition({"in_segment": "one"}),
        "odd": definition({"field": "nam", "op": "is_set"}),
    }
    assert fault(said, segments=segments) == says


def test_where_there_are_no_segments_that_is_told() -> None:
    assert fault({"in_segment": "vip"}) == "where.in_segment: no segment vip; there are none"


def test_a_segment_may_be_asked_for_more_than_once() -> None:
    segments = {"named": definition(NAMED), "both": definition({"all": [{"in_segment": "named"}] * 2})}
    assert isinstance(bound({"any": [{"in_segment": "both"}, {"in_segment": "named"}]}, segments=segments), Either)


# Words, depth, values that are there


def test_a_quick_search_needs_something_to_look_for() -> None:
    found = bound({"search": "Anna, Berg"})
    assert isinstance(found, Found)
    assert [word.folded for word in found.words] == ["anna", "berg"]
    assert fault({"search": " ,"}) == ("where.search: there is nothing in it to look for: it needs a letter or a digit")


@pytest.mark.parametrize(("deep", "fits"), [(DEEPEST, True), (DEEPEST + 1, False)])
def test_filters_go_so_deep_and_no_deeper(deep: int, fits: bool) -> None:
    said: dict[str, Any] = NAMED
    for _ in range(deep):
        said = {"not": said}
    if fits:
        assert isinstance(bound(said), Negated)
    else:
        assert fault(said).endswith("filters within filters go 50 deep at most")


TAGGED = {"field": "tags", "op": "has_any", "value": ["newcomer"]}
UNTAGGED = {"field": "tags", "op": "has_none", "value": ["newcomer"]}


@pytest.mark.parametrize(
    ("said", "is_fault"),
    [
        (TAGGED, True),
        ({"not": {"not": TAGGED}}, True),
        ({"not": UNTAGGED}, True),
        # who leaves somebody out may do so before there is anybody
        (UNTAGGED, False),
        ({"not": TAGGED}, False),
        ({"all": [{"not": {"any": [TAGGED]}}]}, False),
        ({"not": {"not": UNTAGGED}}, False),
    ],
)
def test_what_nobody_has_can_only_be_asked_to_leave_people_out(said: dict[str, Any], is_fault: bool) -> None:
    assert bool(faults(said, existing=existing)) is is_fault
    if is_fault:
        assert "there are press, vip" in fault(said, existing=existing)
    else:
        assert bound(said, existing=existing)


def test_everything_that_cannot_be_asked_is_told_at_once() -> None:
    odd = {"field": "nam", "op": "is_set"}
    said = {"all": [odd, NAMED, {"not": {"any": [odd, {"in_segment": "vip"}]}}]}
    assert [each.partition(": ")[0] for each in faults(said)] == [
        "where.all[0].field",
        "where.all[2].not.any[0].field",
        "where.all[2].not.any[1].in_segment",
    ]


# What a filter asks about

SEGMENTS = {
    "named": definition(NAMED),
    "recent": definition({"any": [RECENT, {"in_segment": "named"}]}),
    "round": definition({"all": [NAMED, {"in_segment": "round"}]}),
}


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"all": [NAMED, {"not": {"any": [RECENT, {"search": "anna"}]}}]}, ["name", "last_interaction_at"]),
        ({"exists": "notes", "where": {"field": "source", "op": "is_set"}}, []),
        ({"in_segment": "recent"}, ["status", "last_interaction_at", "status", "name"]),
        ({"in_segment": "round"}, ["status", "name", "status"]),
        ({"in_segment": "nowhere"}, ["status"]),
    ],
)
def test_a_filter_asks_about_its_fields_and_those_of_its_segments(said: dict[str, Any], fields: list[str]) -> None:
    assert [*asked_fields(where(said), SEGMENTS)] == fields


def test_a_segment_that_is_not_known_is_asked_for_its_status() -> None:
    assert [*asked_fields(where({"in_segment": "recent"}))] == ["status"]


SENT = {"field": "sent_at", "op": "not_within_last", "value": {"days": 1}}


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        (NAMED, False),
        (RECENT, True),
        ({"all": [NAMED, {"not": RECENT}]}, True),
        ({"exists": "messages"}, False),
        ({"all": [NAMED, {"exists": "messages", "where": {"any": [SENT]}}]}, True),
        ({"none": "messages", "where": SENT}, True),
        ({"count": "messages", "op": "eq", "value": 2, "where": SENT}, True),
        ({"exists": "messages", "where": {"field": "source", "op": "is_set"}}, False),
        ({"in_segment": "recent"}, True),
        ({"in_segment": "named"}, False),
        ({"in_segment": "round"}, False),
    ],
)
def test_an_answer_that_time_changes_is_a_relative_one(said: dict[str, Any], is_so: bool) -> None:
    assert is_relative(where(said), SEGMENTS) is is_so
