from typing import Any

import pytest

from pipelines.errors import FilterFault
from pipelines.query.bind import Scope, bind
from pipelines.query.chatwoot import import_chatwoot
from pipelines.query.short_form.printed import print_filter
from tests.pipelines.query.populations import AS_OF, FIELDS


def row(key: str, operator: str, *values: object, then: str | None = None) -> dict[str, Any]:
    return {"attribute_key": key, "filter_operator": operator, "values": [*values], "query_operator": then}


def short(*rows: dict[str, Any]) -> str:
    """What an imported filter is in its short form; it can be asked."""
    where = import_chatwoot({"payload": [*rows]}, FIELDS).where
    bind(where, Scope(FIELDS, AS_OF))
    return print_filter(where, FIELDS)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (row("name", "contains", "anna"), "name~anna"),
        (row("email", "is_present"), "email:*"),
        (row("phone_number", "starts_with", "+49"), 'phone:"+49"*'),
        (row("labels", "equal_to", "vip", "press"), "tags:vip,press"),
        (row("labels", "not_equal_to", "vip"), "tags!=vip"),
        (row("created_at", "is_greater_than", "2026-01-05"), 'first_seen_at:after("2026-01-05")'),
        (row("last_activity_at", "days_before", "30"), "last_interaction_at<-30d"),
        (row("tier", "equal_to", "Gold", "Ⅷ"), "attr.tier:Gold,Ⅷ"),
        (row("seats", "is_greater_than", "5"), "attr.seats>5.0"),
        (row("news", "equal_to", "true"), "attr.news:true"),
        (row("blocked", "equal_to", "true"), "status:blocked"),
    ],
)
def test_a_question_of_chatwoot_is_one_of_ours(asked: dict[str, Any], text: str) -> None:
    assert short(asked) == text


def test_and_and_or_are_grouped_from_the_left_with_a_warning() -> None:
    rows = [
        row("name", "contains", "a", then="AND"),
        row("labels", "equal_to", "vip", then="or"),
        row("labels", "equal_to", "press", then="and"),
        row("email", "is_present"),
    ]
    imported = import_chatwoot({"name": "mine", "query": {"payload": rows}}, FIELDS)
    assert print_filter(imported.where, FIELDS) == "((name~a tags:vip) OR tags:press) email:*"
    assert imported.warnings[0].startswith("AND and OR stood side by side")


def test_one_word_alone_needs_no_warning() -> None:
    rows = [
        row("name", "contains", "a", then="or"),
        row("name", "contains", "b", then="or"),
        row("email", "is_present"),
    ]
    imported = import_chatwoot(rows, FIELDS)
    assert print_filter(imported.where, FIELDS) == "(name~a OR name~b OR email:*)"
    assert imported.warnings == ()


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"payload": "x"}, "payload: is a list of questions"),
        ([row("company", "equal_to", "x")], "payload[0].attribute_key: no field attr.company"),
        ([row("name", "is_like", "x")], "payload[0].filter_operator: no operator is_like"),
        ([row("name", "equal_to")], "payload[0].values: equal_to needs a value"),
        (["x"], "payload[0]: is no question"),
        ([row("name", "contains", "a", then="xor"), row("email", "is_present")], "is and or or, not xor"),
        ([row("last_activity_at", "days_before", "soon")], "days_before needs a number of days"),
    ],
)
def test_what_cannot_be_imported_is_told_with_its_place(payload: Any, says: str) -> None:
    with pytest.raises(FilterFault) as error:
        import_chatwoot(payload, FIELDS)
    assert says in str(error.value)
