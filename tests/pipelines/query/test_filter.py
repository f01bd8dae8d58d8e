from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import ConfigurationError
from pipelines.query.filter import compile_filter
from pipelines.query.operators import FITS, NEGATIVE, OPERATORS, Takes
from schemas.attribute import Attribute
from schemas.fields import Kind, field_kinds
from schemas.filter import Operator, Where
from schemas.segment import Segment
from schemas.vocabulary import AttributeType
from tests.examples import examples

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
FIELDS = field_kinds(
    {
        "tier": Attribute(type=AttributeType.DROPDOWN, values=("gold", "silver")),
        "seats": Attribute(type=AttributeType.NUMBER),
        "signup": Attribute(type=AttributeType.DATE),
        "news": Attribute(type=AttributeType.BOOLEAN),
    }
)
SCHEMA: dict[str, Any] = {
    "name": pl.String,
    "attr.tier": pl.String,
    "attr.seats": pl.String,
    "attr.signup": pl.String,
    "attr.news": pl.String,
    "tags": pl.List(pl.String),
    "last_inbound_at": pl.Datetime("us", "UTC"),
    "records": pl.UInt32,
}
FIELD_OF = {
    Kind.TEXT: "name",
    Kind.CHOICE: "attr.tier",
    Kind.NUMBER: "attr.seats",
    Kind.DATE: "attr.signup",
    Kind.BOOLEAN: "attr.news",
    Kind.LIST: "tags",
    Kind.INSTANT: "last_inbound_at",
}


def where(said: dict[str, Any]) -> Where:
    return Segment.model_validate({"segment": "x", "columns": ["contact_id"], "where": said}).where


def answers(said: dict[str, Any], *rows: dict[str, Any]) -> list[bool]:
    """What a filter says of contacts that have these values and no others."""
    frame = pl.DataFrame([dict.fromkeys(SCHEMA) | row for row in rows], schema=SCHEMA)
    answered: list[bool] = frame.select(compile_filter(where(said), FIELDS, AS_OF)).to_series().to_list()
    return answered


def holds(field: str, op: str, value: object, has: object) -> bool:
    """What a question says of one contact."""
    [answer] = answers({"field": field, "op": op} | ({} if value is None else {"value": value}), {field: has})
    return answer


def fault(said: dict[str, Any]) -> str:
    with pytest.raises(ConfigurationError) as error:
        compile_filter(where(said), FIELDS, AS_OF)
    return str(error.value)


# Every operator


@pytest.mark.parametrize(("op", "value"), [("eq", 2), ("in", [2, 3])])
def test_a_number_in_yaml_is_a_text_where_texts_or_choices_are_asked_for(op: str, value: Any) -> None:
    fields = field_kinds({"tier": Attribute(type=AttributeType.DROPDOWN, values=("1", "2", "3"))})
    contacts = pl.DataFrame({"attr.tier": ["2", "1"], "name": ["2", "1"]})
    for field in ("attr.tier", "name"):
        asked = where({"field": field, "op": op, "value": value})
        assert contacts.select(compile_filter(asked, fields, AS_OF)).to_series().to_list() == [True, False]


@pytest.mark.parametrize(
    ("op", "value", "has", "answer"),
    [
        ("eq", " JANE doe", "Jane  Doe", True),
        ("eq", "Jane", "Jane Doe", False),
        ("eq", "straße", "STRASSE", True),
        ("ne", "jane", "Joe", True),
        ("ne", "jane", "Jane", False),
        ("in", ["joe", "JANE"], "Jane", True),
        ("in", ["joe"], "Jane", False),
        ("not_in", ["joe"], "Jane", True),
        ("not_in", ["jane"], "Jane", False),
        ("contains", "NE D", "Jane Doe", True),
        ("contains", ".", "Jane Doe", False),
        ("starts_with", "jan", "Jane Doe", True),
        ("starts_with", "doe", "Jane Doe", False),
        ("is_set", None, "Jane", True),
        ("is_not_set", None, "Jane", False),
    ],
)
def test_text_is_compared_without_case_and_width(op: str, value: object, has: str, answer: bool) -> None:
    assert holds("name", op, value, has) is answer


@pytest.mark.parametrize(
    ("op", "value", "has", "answer"),
    [
        ("eq", "gold", "gold", True),
        ("ne", "gold", "silver", True),
        ("in", ["gold", "silver"], "silver", True),
        ("not_in", ["gold"], "gold", False),
    ],
)
def test_a_choice_is_one_of_its_values(op: str, value: object, has: str, answer: bool) -> None:
    assert holds("attr.tier", op, value, has) is answer


@pytest.mark.parametrize(
    ("op", "value", "has", "answer"),
    [
        ("eq", 10, "10", True),
        ("eq", 10.0, "10", True),
        ("ne", 10, "9", True),
        ("in", [9, 10], "10", True),
        ("not_in", [9, 10], "10", False),
        ("gt", 9, "10", True),
        ("gt", 10, "10", False),
        ("gte", 10, "10", True),
        ("lt", 9.5, "9.25", True),
        ("lte", -1, "-1", True),
        ("lte", -2, "-1", False),
    ],
)
def test_a_number_is_compared_as_a_number(op: str, value: object, has: str, answer: bool) -> None:
    assert holds("attr.seats", op, value, has) is answer


@pytest.mark.parametrize(
    ("op", "value", "has", "answer"),
    [
        ("eq", date(2026, 3, 31), "2026-03-31", True),
        ("eq", "2026-03-31", "2026-03-31", True),
        ("ne", date(2026, 3, 31), "2026-04-01", True),
        ("in", [date(2026, 3, 31)], "2026-03-31", True),
        ("not_in", [date(2026, 3, 31)], "2026-03-31", False),
        ("gt", date(2026, 3, 31), "2026-04-01", True),
        ("gte", date(2026, 3, 31), "2026-03-31", True),
        ("lt", date(2026, 3, 31), "2026-03-31", False),
        ("lte", date(2026, 3, 31), "2026-03-31", True),
        ("within_last", {"days": 30}, "2026-05-31", True),
        ("within_last", {"days": 30}, "2026-05-30", False),
        ("within_last", {"days": 30}, "2026-06-30", True),
        ("within_last", {"days": 30}, "2026-07-01", False),
        ("not_within_last", {"days": 30}, "2026-05-30", True),
    ],
)
def test_a_date_is_compared_as_a_day(op: str, value: object, has: str, answer: bool) -> None:
    assert holds("attr.signup", op, value, has) is answer


@pytest.mark.parametrize(
    ("op", "value", "has", "answer"),
    [
        ("gt", AS_OF, datetime(2026, 6, 30, 12, 0, 1, tzinfo=UTC), True),
        ("gte", AS_OF, AS_OF, True),
        ("lt", AS_OF, AS_OF, False),
        ("lte", AS_OF, AS_OF, True),
        ("within_last", {"days": 30}, datetime(2026, 5, 31, 12, tzinfo=UTC), True),
        ("within_last", {"days": 30}, datetime(2026, 5, 31, 11, 59, 59, tzinfo=UTC), False),
        ("within_last", {"days": 30}, datetime(2026, 6, 30, 12, 0, 1, tzinfo=UTC), False),
        ("not_within_last", {"days": 30}, datetime(2026, 1, 1, tzinfo=UTC), True),
        ("within_last", {"days": 36_500}, datetime(2026, 1, 1, tzinfo=UTC), True),
        ("is_set", None, AS_OF, True),
    ],
)
def test_an_instant_is_compared_to_the_second_and_both_ends_of_a_span_belong_to_it(
    op: str, value: object, has: datetime, answer: bool
) -> None:
    assert holds("last_inbound_at", op, value, has) is answer


@pytest.mark.parametrize(
    ("op", "value", "has", "answer"),
    [
        ("eq", True, "true", True),
        ("eq", False, "false", True),
        ("eq", True, "false", False),
        ("ne", True, "false", True),
    ],
)
def test_a_boolean_is_true_or_false(op: str, value: bool, has: str, answer: bool) -> None:
    assert holds("attr.news", op, value, has) is answer


@pytest.mark.parametrize(
    ("op", "value", "has", "answer"),
    [
        ("has_any", ["VIP", "x"], ["vip", "press"], True),
        ("has_any", ["x"], ["vip"], False),
        ("has_all", ["press", "vip"], ["vip", "press"], True),
        ("has_all", ["press", "x"], ["vip", "press"], False),
        ("has_none", ["x"], ["vip"], True),
        ("has_none", ["vip", "x"], ["vip"], False),
        ("has_any", ["vip"], [], False),
        ("has_none", ["vip"], [], True),
        ("is_set", None, [], False),
        ("is_set", None, ["vip"], True),
        ("is_not_set", None, [], True),
    ],
)
def test_a_list_is_asked_what_it_holds(op: str, value: object, has: list[str], answer: bool) -> None:
    assert holds("tags", op, value, has) is answer


# Missing values

VALUE_OF: dict[Kind, Any] = {
    Kind.TEXT: "a",
    Kind.CHOICE: "gold",
    Kind.NUMBER: 1,
    Kind.DATE: date(2026, 3, 31),
    Kind.BOOLEAN: True,
    Kind.LIST: "vip",
    Kind.INSTANT: AS_OF,
}
EVERY_QUESTION = [(kind, op) for kind, operators in FITS.items() for op in sorted(operators)]


def question(kind: Kind, op: Operator) -> dict[str, Any]:
    """A question with a value that fits."""
    asked: dict[str, Any] = {"field": FIELD_OF[kind], "op": op}
    value = VALUE_OF[kind]
    stated = {
        Takes.NOTHING: None,
        Takes.SPAN: {"days": 30},
        Takes.DAY: date(2026, 3, 31),
        Takes.ONE: value,
        Takes.MANY: [value],
        Takes.TWO: [value, value],
    }[OPERATORS[op].takes]
    return asked if stated is None else asked | {"value": stated}


@pytest.mark.parametrize(("kind", "op"), EVERY_QUESTION)
def test_a_missing_value_fails_every_positive_question_and_passes_every_negative_one(kind: Kind, op: Operator) -> None:
    assert answers(question(kind, op), {}) == [op in NEGATIVE]


@pytest.mark.parametrize(
    ("field", "stale", "value"), [("attr.seats", "many", 1), ("attr.signup", "soon", date(2026, 3, 31))]
)
def test_a_value_kept_while_its_attribute_had_another_type_is_missing(field: str, stale: str, value: object) -> None:
    assert [holds(field, "eq", value, stale), holds(field, "ne", value, stale)] == [False, True]


# Laws

ROW = st.fixed_dictionaries(
    {
        "name": st.none() | st.sampled_from(["a", "A ", "b", ""]),
        "attr.tier": st.none() | st.sampled_from(["gold", "silver"]),
        "attr.seats": st.none() | st.sampled_from(["1", "2.5"]),
        "attr.signup": st.none() | st.sampled_from(["2026-03-31", "2026-06-29"]),
        "attr.news": st.none() | st.sampled_from(["true", "false"]),
        "tags": st.none() | st.lists(st.sampled_from(["vip", "VIP", "press"]), max_size=2),
        "last_inbound_at": st.none() | st.sampled_from([AS_OF, datetime(2026, 1, 1, tzinfo=UTC)]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=5)
QUESTION = st.sampled_from(EVERY_QUESTION).map(lambda each: question(*each))
FILTER = st.recursive(
    QUESTION,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=4,
)


EQUAL, ORDER, RECENT = "eq ne in not_in", "gt gte lt lte", "within_last not_within_last"
ASKED = {
    Kind.TEXT: f"{EQUAL} contains not_contains starts_with ends_with matches",
    Kind.CHOICE: EQUAL,
    Kind.NUMBER: f"{EQUAL} {ORDER} between",
    Kind.DATE: f"{EQUAL} {ORDER} between on before after {RECENT}",
    Kind.INSTANT: f"{ORDER} between on before after {RECENT}",
    Kind.BOOLEAN: "eq ne is_true is_false",
    Kind.LIST: "has_any has_all has_none",
}


@pytest.mark.parametrize("kind", Kind)
def test_of_each_kind_of_field_these_questions_can_be_asked_and_no_others(kind: Kind) -> None:
    assert {str(op) for op in FITS[kind]} == {"is_set", "is_not_set", *ASKED[kind].split()}


@pytest.mark.parametrize(("negative", "positive"), NEGATIVE.items())
@given(rows=ROWS)
@settings(max_examples=examples(30, light=6), deadline=None)
def test_a_negative_question_is_answered_as_its_positive_one_is_not(
    negative: Operator, positive: Operator, rows: list[dict[str, Any]]
) -> None:
    kinds = [kind for kind, operators in FITS.items() if negative in operators]
    assert kinds
    for kind in kinds:
        assert answers(question(kind, negative), *rows) == [
            not answer for answer in answers(question(kind, positive), *rows)
        ]


@given(parts=st.lists(FILTER, min_size=1, max_size=3), rows=ROWS)
@settings(max_examples=examples(40, light=8), deadline=None)
def test_all_any_and_not_mean_what_they_mean_of_each_contact(
    parts: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    each = list(zip(*(answers(part, *rows) for part in parts), strict=True))
    assert answers({"all": parts}, *rows) == [all(said) for said in each]
    assert answers({"any": parts}, *rows) == [any(said) for said in each]
    assert answers({"not": {"all": parts}}, *rows) == [not all(said) for said in each]


# What cannot be asked


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"field": "nam", "op": "is_set"}, "where.field: no field nam; did you mean name?"),
        ({"field": "attr.teir", "op": "is_set"}, "where.field: no field attr.teir; did you mean attr.tier?"),
        (
            {"field": "tags", "op": "eq", "value": "vip"},
            (
                "where.op: eq cannot be asked of tags, which is a list; "
                "possible are has_all, has_any, has_none, is_not_set, is_set; use has_any"
            ),
        ),
        ({"field": "attr.tier", "op": "eq", "value": "bronze"}, "where.value: attr.tier is one of gold, silver"),
        (
            {"field": "status", "op": "in", "value": ["activ"]},
            "where.value: status is one of blocked, active, inactive; did you mean active?",
        ),
        ({"field": "attr.seats", "op": "gt", "value": "9"}, "where.value: attr.seats is compared with a number"),
        ({"field": "attr.seats", "op": "eq", "value": True}, "where.value: attr.seats is compared with a number"),
        (
            {"field": "attr.signup", "op": "gt", "value": "31.3.2026"},
            "where.value: attr.signup is compared with a date such as 2026-03-31",
        ),
        (
            {"field": "last_inbound_at", "op": "gt", "value": datetime(2026, 3, 31, 12)},
            "where.value: last_inbound_at is compared with a time such as 2026-03-31T12:00:00Z, or a day",
        ),
        (
            {"field": "last_inbound_at", "op": "within_last", "value": 30},
            "where.value: within_last needs a length of time such as {days: 30}",
        ),
        ({"field": "attr.news", "op": "eq", "value": "yes"}, "where.value: attr.news is compared with true or false"),
        ({"field": "name", "op": "eq", "value": " "}, "where.value: name is compared with a text"),
        ({"field": "name", "op": "eq"}, "where.value: eq needs one value"),
        ({"field": "name", "op": "eq", "value": ["a"]}, "where.value: eq needs one value"),
        ({"field": "name", "op": "eq", "value": {"days": 1}}, "where.value: eq needs one value"),
        ({"field": "name", "op": "in", "value": "a"}, "where.value: in needs a list of values"),
        ({"field": "name", "op": "not_in", "value": []}, "where.value: not_in needs a list of values"),
        ({"field": "name", "op": "is_set", "value": False}, "where.value: is_set takes no value"),
        ({"field": "name", "op": "is_not_set", "value": True}, "where.value: is_not_set takes no value"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_place_and_what_can(said: dict[str, Any], told: str) -> None:
    assert fault(said) == told


def test_all_of_nothing_is_everybody() -> None:
    assert answers({"all": []}, {}, {}) == [True, True]


def test_the_place_of_a_nested_question_is_told() -> None:
    deep = {"all": [{"field": "name", "op": "is_set"}, {"any": [{"not": {"field": "nam", "op": "is_set"}}]}]}
    assert fault(deep).startswith("where.all[1].any[0].not.field: ")


def test_a_negative_question_is_the_opposite_of_a_positive_one() -> None:
    assert {f"{negative} {positive}" for negative, positive in NEGATIVE.items()} == {
        "ne eq",
        "not_in in",
        "not_contains contains",
        "not_within_last within_last",
        "has_none has_any",
        "is_not_set is_set",
    }
