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
        (row("name", "equal_to", "anna"), "name:anna"),
        (row("name", "equal_to", "anna", "bea"), "name:anna,bea"),
        (row("name", "not_equal_to", "anna"), "name!=anna"),
        (row("name", "not_equal_to", "anna", "bea"), "name!=anna,bea"),
        (row("name", "does_not_contain", "anna"), "name!~anna"),
        (row("name", "contains", "anna", "bea"), "name~anna"),
        (row("email", "is_present"), "email:*"),
        (row("email", "is_not_present", "whatever"), "email!=*"),
        (row("phone_number", "starts_with", "+49"), 'phone:"+49"*'),
        (row("labels", "equal_to", "vip", "press"), "tags:vip,press"),
        (row("labels", "not_equal_to", "vip"), "tags!=vip"),
        (row("labels", "contains", "vip"), "tags:vip"),
        (row("labels", "does_not_contain", "vip"), "tags!=vip"),
        (row("labels", "is_present"), "tags:*"),
        (row("created_at", "is_greater_than", "2026-01-05"), 'first_seen_at:after("2026-01-05")'),
        (row("created_at", "is_less_than", "2026-01-05"), 'first_seen_at:before("2026-01-05")'),
        (row("created_at", "equal_to", "2026-01-05"), 'first_seen_at:on("2026-01-05")'),
        (row("signup", "equal_to", "2026-01-05"), 'attr.signup:"2026-01-05"'),
        (row("last_activity_at", "days_before", 1), "last_interaction_at<-1d"),
        (row("last_activity_at", "days_before", 36_500), "last_interaction_at<-36500d"),
        (row("last_activity_at", "days_before", "30"), "last_interaction_at<-30d"),
        (row("tier", "equal_to", "Gold", "Ⅷ"), "attr.tier:Gold,Ⅷ"),
        (row("tier", "equal_to", {"id": "Gold", "name": "the gold one"}), "attr.tier:Gold"),
        (row("tier", "equal_to", {"name": "Gold"}), "attr.tier:Gold"),
        (row("seats", "is_greater_than", "5"), "attr.seats>5.0"),
        (row("seats", "is_less_than", 5), "attr.seats<5"),
        (row("seats", "equal_to", "5", "6"), "attr.seats:5.0,6.0"),
        (row("news", "equal_to", "true"), "attr.news:true"),
        (row("news", "equal_to", "False"), "attr.news:false"),
        (row("news", "equal_to", True), "attr.news:true"),
        ({"attribute_key": "remark", "filter_operator": "contains", "values": "anna"}, "attr.remark~anna"),
        (row("blocked", "equal_to", "true"), "status:blocked"),
        (row("blocked", "equal_to", True), "status:blocked"),
        (row("blocked", "equal_to", "false"), "status!=blocked"),
        (row("blocked", "not_equal_to", "true"), "status!=blocked"),
        (row("blocked", "not_equal_to", "false"), "status:blocked"),
        (row("blocked", "equal_to"), "status!=blocked"),
        ({"attribute_key": "blocked", "values": "true"}, "status:blocked"),
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
    assert imported.warnings == (
        "AND and OR stood side by side: they are grouped from the left, as written here; check them",
    )


def test_that_blocked_is_a_status_here_is_told() -> None:
    rows = [row("name", "contains", "a", then="or"), row("blocked", "equal_to", "true", then="and")]
    assert import_chatwoot(rows, FIELDS).warnings == ("payload[1]: blocked is a status here",)


def test_questions_without_a_word_between_them_are_all_to_hold() -> None:
    rows = [row("name", "contains", "a"), row("email", "is_present", then=None)]
    assert import_chatwoot(rows, FIELDS) == import_chatwoot([rows[0] | {"query_operator": "and"}, rows[1]], FIELDS)
    assert short(*rows) == "name~a email:*"


def test_a_filter_of_no_questions_is_one_of_everybody() -> None:
    assert short() == ""


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
        ({"name": "mine"}, "payload: is a list of questions"),
        (["x", row("name", "contains", "a")], "payload[0]: is no question"),
        ([row("name", "contains", "a"), row("nam", "contains", "a")], "payload[1].attribute_key: no field attr.nam"),
        ([row("company", "equal_to", "x")], "payload[0].attribute_key: no field attr.company"),
        ([row("name", "is_like", "x")], "payload[0].filter_operator: no operator is_like"),
        ([row("name", "equal_to")], "payload[0].values: equal_to needs a value"),
        (["x"], "payload[0]: is no question"),
        ([row("name", "contains", "a", then="xor"), row("email", "is_present")], "is and or or, not xor"),
        ([row("name", "contains", "a", then="XOR")], "payload[0].query_operator: is and or or, not xor"),
        ([row("last_activity_at", "days_before", "soon")], "payload[0].values: days_before needs a number of days"),
        ([row("last_activity_at", "days_before", "0")], "payload[0].values: days_before needs a number of days"),
        ([row("last_activity_at", "days_before", "36501")], "payload[0].values: days_before needs a number of days"),
    ],
)
def test_what_cannot_be_imported_is_told_with_its_place(payload: Any, says: str) -> None:
    with pytest.raises(FilterFault) as error:
        import_chatwoot(payload, FIELDS)
    assert says in str(error.value)


@pytest.mark.parametrize(("key", "value"), [("news", "perhaps"), ("seats", "many")])
def test_a_value_of_no_such_kind_is_left_for_whoever_asks_the_filter(key: str, value: str) -> None:
    where = import_chatwoot([row(key, "equal_to", value)], FIELDS).where
    with pytest.raises(FilterFault, match=f"attr.{key} is compared with"):
        bind(where, Scope(FIELDS, AS_OF))
