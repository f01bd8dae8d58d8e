from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from pipelines.query.short_form.parsed import parse_filter
from pipelines.query.short_form.printed import literal, print_filter, quoted
from schemas.filter import Where
from tests.pipelines.query.populations import FIELDS

FILTERS: TypeAdapter[Where] = TypeAdapter(Where)
VIP = {"field": "tags", "op": "has_any", "value": ["vip"]}
NAMED = {"field": "name", "op": "is_set"}


def printed(said: dict[str, Any]) -> str:
    """The short form of a filter; it is read as what it was."""
    where = FILTERS.validate_python(said)
    text = print_filter(where, FIELDS)
    assert parse_filter(text, FIELDS).where == where
    return text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"all": []}, ""),
        ({"all": [VIP, NAMED]}, "tags:vip name:*"),
        ({"any": [VIP, NAMED]}, "(tags:vip OR name:*)"),
        ({"all": [{"all": [VIP, NAMED]}, {"any": [VIP, NAMED]}]}, "(tags:vip name:*) (tags:vip OR name:*)"),
        ({"not": VIP}, "-tags:vip"),
        ({"not": {"all": [VIP, NAMED]}}, "-(tags:vip name:*)"),
        ({"search": "Anna Berg"}, '"Anna Berg"'),
        ({"in_segment": "vip-2"}, "in:vip-2"),
        ({"exists": "messages"}, "messages()"),
        ({"none": "messages", "where": {"field": "source", "op": "is_not_set"}}, "!messages(source!=*)"),
        ({"count": "notes", "op": "eq", "value": 0}, "notes()=0"),
        ({"count": "notes", "op": "ne", "value": 1}, "notes()!=1"),
        ({"count": "notes", "op": "lte", "value": 2}, "notes()<=2"),
        (
            {"count": "notes", "op": "gt", "value": 2, "where": {"any": [{"field": "source", "op": "is_set"}] * 2}},
            "notes((source:* OR source:*))>2",
        ),
    ],
)
def test_a_filter_is_printed_in_its_short_form(said: dict[str, Any], text: str) -> None:
    assert printed(said) == text


@pytest.mark.parametrize(
    ("field", "op", "value", "text"),
    [
        ("name", "eq", "anna", "name:anna"),
        ("name", "ne", "anna", "name!=anna"),
        ("name", "in", ["anna", "bea"], "name:anna,bea"),
        ("name", "in", ["anna"], "name:anna,"),
        ("name", "not_in", ["anna", "bea"], "name!=anna,bea"),
        ("name", "not_in", ["anna"], "name!=anna,"),
        ("name", "contains", "anna", "name~anna"),
        ("name", "not_contains", "anna", "name!~anna"),
        ("name", "starts_with", "anna", 'name:"anna"*'),
        ("name", "ends_with", "anna", 'name:*"anna"'),
        ("name", "matches", "^a/b$", r"name:/^a\/b$/"),
        ("name", "is_set", None, "name:*"),
        ("name", "is_not_set", None, "name!=*"),
        ("attr.seats", "gt", 2, "attr.seats>2"),
        ("attr.seats", "between", [1, 2.5], "attr.seats:1..2.5"),
        ("attr.seats", "between", [1, 2, 3], "attr.seats:between(1,2,3,)"),
        ("attr.news", "is_true", None, "attr.news:yes"),
        ("attr.news", "is_false", None, "attr.news:no"),
        ("attr.signup", "on", date(2026, 3, 31), "attr.signup:on(2026-03-31)"),
        ("attr.signup", "within_last", {"days": 30}, "attr.signup>-30d"),
        ("attr.signup", "not_within_last", {"weeks": 2}, "attr.signup<-2w"),
        ("attr.signup", "within_last", {"months": 6}, "attr.signup>-6m"),
        ("attr.signup", "within_last", {"years": 1}, "attr.signup>-1y"),
        ("tags", "eq", "vip", "tags=vip"),
        ("tags", "ne", "vip", "tags:ne(vip)"),
        ("tags", "in", ["vip"], "tags:in(vip,)"),
        ("tags", "in", ["vip", "press"], "tags:in(vip,press,)"),
        ("tags", "not_in", ["vip"], "tags:not_in(vip,)"),
        ("tags", "has_any", ["vip", "press"], "tags:vip,press"),
        ("tags", "has_all", ["vip", "press"], "tags:vip+press"),
        ("tags", "has_all", ["vip"], "tags:vip+"),
        ("tags", "has_none", ["vip"], "tags!=vip"),
        ("tags", "has_none", ["vip", "press"], "tags!=vip,press"),
        ("name", "has_any", ["anna"], "name:has_any(anna,)"),
        ("name", "has_none", ["anna"], "name:has_none(anna,)"),
    ],
)
def test_a_question_is_printed_so_that_it_is_read_as_what_it_was(field: str, op: str, value: Any, text: str) -> None:
    assert printed({"field": field, "op": op, "value": value}) == text


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"all": [NAMED]}, "`all` of one has no short form"),
        ({"not": {"all": [NAMED]}}, "`all` of one, or of none, has no short form within another"),
        ({"not": {"all": []}}, "`all` of one, or of none, has no short form within another"),
        ({"any": [NAMED]}, "`any` of one has no short form"),
        ({"exists": "notes", "where": {"all": []}}, "a filter of nothing has no short form"),
        ({"field": "name", "op": "in", "value": []}, "in without a value has no short form"),
        ({"field": "name", "op": "eq"}, "eq without a value has no short form"),
        ({"field": "attr.seats", "op": "eq", "value": float("inf")}, "what is no finite number has no short form"),
        ({"field": "name", "op": "starts_with", "value": 7}, "starts_with of what is no text has no short form"),
        ({"field": "name", "op": "ends_with", "value": 7}, "ends_with of what is no text has no short form"),
        ({"field": "name", "op": "matches", "value": 7}, "matches of what is no text has no short form"),
    ],
)
def test_what_has_no_short_form_is_told(said: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        print_filter(FILTERS.validate_python(said), FIELDS)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (2.5, "2.5"),
        (date(2026, 3, 31), "2026-03-31"),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), "2026-03-31T12:00:00+00:00"),
        ("anna", "anna"),
        ("+4930901820", "+4930901820"),
        ("1.2.3", "1.2.3"),
        # what would be read as something else is quoted
        *((word, f'"{word}"') for word in ("true", "false", "yes", "no", "OR", "AND", "NOT")),
        *((word, f'"{word}"') for word in ("7", "-2.5", "1e3", "2026-03-31", "2026-03-31T12:00Z", "", "a b", "a..b")),
        *((word, f'"{word}"') for word in ("/a", "*a", "a*", "-a", "a,b", "a+b", "(a)")),
    ],
)
def test_a_value_is_quoted_where_it_would_be_read_as_another(value: Any, text: str) -> None:
    assert literal(value) == text


def test_between_quotes_a_backslash_stands_before_what_would_end_them() -> None:
    assert quoted('a"b\\c\nd\te\rf') == r'"a\"b\\c\nd\te\rf"'
