from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.filter import All, AnyOf, Condition, Not, Operator, Span
from schemas.segment import Dialect, Segment


def segment(**said: Any) -> Segment:
    return Segment.model_validate(
        {"segment": "vip", "columns": ["contact_id"], "where": {"field": "name", "op": "is_set"}} | said
    )


def test_a_segment_that_says_little_is_sorted_by_contact() -> None:
    assert (segment().order_by, segment().as_of, segment().description) == (("contact_id",), "run", "")


@pytest.mark.parametrize("key", ["all", "any"])
def test_conditions_nest(key: str) -> None:
    inner = {"field": "name", "op": "is_set"}
    where = segment(where={key: [{"not": inner}, inner]}).where
    asked = Condition(field="name", op=Operator.IS_SET)
    form = All if key == "all" else AnyOf
    assert where == form.model_validate({key: (Not.model_validate({"not": asked}), asked)})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("gold", "gold"),
        (True, True),
        (3, 3),
        (2.5, 2.5),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        ({"days": 30}, Span(days=30)),
        (["a", 1], ("a", 1)),
        (None, None),
    ],
)
def test_a_value_keeps_the_type_it_was_written_in(written: object, meant: object) -> None:
    value = Condition.model_validate({"field": "x", "op": "eq", "value": written}).value
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize("days", [0, 36_501, 10**12])
def test_a_span_is_a_length_that_a_calendar_can_count_back(days: int) -> None:
    with pytest.raises(ValidationError, match="days"):
        Span(days=days)


@pytest.mark.parametrize("key", ["columns", "order_by"])
def test_a_list_of_columns_may_not_be_empty(key: str) -> None:
    with pytest.raises(ValidationError, match="must not be empty"):
        segment(**{key: []})


def test_a_column_is_named_once() -> None:
    with pytest.raises(ValidationError, match="names a column twice"):
        segment(columns=["name", "email", "name"])


@pytest.mark.parametrize("name", ["", "VIP", "vip customers", "../vip", "_vip"])
def test_the_name_of_a_segment_fits_into_a_path(name: str) -> None:
    with pytest.raises(ValidationError, match="segment"):
        segment(segment=name)


def test_a_condition_and_a_list_of_conditions_are_not_mixed() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        segment(where={"all": [{"field": "name", "op": "is_set"}], "any": [{"field": "name", "op": "is_set"}]})


def test_a_segment_written_down_reads_back_as_itself() -> None:
    where = {"any": [{"not": {"field": "tags", "op": "has_any", "value": ["vip"]}}, {"field": "name", "op": "is_set"}]}
    made = segment(where=where)
    assert Segment.model_validate(made.model_dump(by_alias=True)) == made


def test_a_segment_is_written_for_programs_unless_it_says_otherwise() -> None:
    assert (segment().dialect, segment(dialect="excel").dialect) == (Dialect.PLAIN, Dialect.EXCEL)


def test_a_segment_cannot_have_the_name_of_what_every_project_publishes() -> None:
    with pytest.raises(ValidationError, match="give the segment another name"):
        Segment.model_validate({"segment": "id_changes", "where": {"all": []}, "columns": ["contact_id"]})
