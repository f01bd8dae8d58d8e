from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import TypeAdapter

from pipelines.query.bind import Scope, bind
from pipelines.query.to_sql import Compiled, to_sql
from schemas.filter import Relation, Where
from tests.pipelines.query.populations import AS_OF, FIELDS

FILTERS: TypeAdapter[Where] = TypeAdapter(Where)
VALUES = {
    (Relation.CONVERSATIONS, "inbox"): ["Support Berlin", "SUPPORT BERLIN", "Sales"],
    (Relation.CONVERSATIONS, "labels"): ["VIP", "vip", "Press"],
    (Relation.CONVERSATIONS, "assignee"): ["Anna", "Bea"],
    (Relation.NOTES, "written_by"): ["Anna", "Bea"],
    (Relation.IDENTIFIERS, "scope"): ["Anna", "Bea"],
}


def existing(relation: Relation | None, field: str) -> Sequence[str]:
    assert relation is not None
    return VALUES[relation, field]


def compiled(said: dict[str, Any]) -> Compiled:
    return to_sql(bind(FILTERS.validate_python(said), Scope(FIELDS, AS_OF)), existing)


def of(relation: str, field: str, op: str, value: Any = None) -> Compiled:
    """What a question to a relation is."""
    return compiled({"exists": relation, "where": {"field": field, "op": op, "value": value}})


@pytest.mark.parametrize(
    ("op", "value", "fitting"),
    [
        ("eq", "support berlin", ["Support Berlin", "SUPPORT BERLIN"]),
        ("contains", "ales", ["Sales"]),
        ("matches", "^s.*n$", ["Support Berlin", "SUPPORT BERLIN"]),
        ("in", ["sales", "anna"], ["Sales"]),
    ],
)
def test_a_field_of_few_values_is_one_of_those_that_fit(op: str, value: Any, fitting: list[str]) -> None:
    found = of("conversations", "inbox", op, value)
    assert f"r.inbox IN ({', '.join('?' for _ in fitting)})" in found.sql
    assert found.parameters == fitting


def test_a_field_of_few_values_of_which_none_fits_is_so_of_nobody() -> None:
    assert of("conversations", "inbox", "eq", "anna") == Compiled(
        "(c.contact_id IN (SELECT r.contact_id FROM published.conversations r WHERE FALSE))", []
    )


@pytest.mark.parametrize(
    ("relation", "field"), [("conversations", "assignee"), ("notes", "written_by"), ("identifiers", "scope")]
)
def test_names_in_relations_are_compared_as_they_are_spelt(relation: str, field: str) -> None:
    assert of(relation, field, "eq", "ANNA").parameters == ["Anna"]


def test_whether_there_is_a_value_at_all_is_asked_of_the_column() -> None:
    assert "WHERE coalesce(r.inbox IS NOT NULL, FALSE)" in of("conversations", "inbox", "is_set").sql
    assert "WHERE coalesce(len(r.labels) > 0, FALSE)" in of("conversations", "labels", "is_set").sql


def test_labels_are_all_spellings_of_each_that_is_asked_for() -> None:
    either = of("conversations", "labels", "has_any", ["vip", "press"])
    assert either.sql.count("list_has_any") == 1
    assert either.parameters == [["VIP", "vip", "Press"]]

    each = of("conversations", "labels", "has_all", ["vip", "press"])
    assert " AND " in each.sql
    assert each.parameters == [["VIP", "vip"], ["Press"]]

    none = of("conversations", "labels", "has_all", ["vip", "anna"])
    assert none.sql.endswith("FALSE) AND FALSE)))")
    assert none.parameters == [["VIP", "vip"]]


@pytest.mark.parametrize(
    ("op", "number", "counted"),
    [("gte", 1, False), ("gt", 1, True), ("gte", 2, True), ("eq", 1, True), ("ne", 0, True), ("gt", 0, True)],
)
def test_rows_are_counted_unless_one_is_enough(op: str, number: int, counted: bool) -> None:
    found = compiled({"count": "messages", "op": op, "value": number})
    assert ("HAVING count(*)" in found.sql) is counted
    assert found.parameters == ([number] if counted else [])


def test_nothing_is_asked_for_values_that_a_filter_does_not_compare() -> None:
    bound = bind(FILTERS.validate_python({"field": "name", "op": "eq", "value": "Anna"}), Scope(FIELDS, AS_OF))
    assert to_sql(bound) == Compiled("coalesce(c.name_folded = ?, FALSE)", ["anna"])


def test_each_field_is_compared_by_its_folded_column() -> None:
    columns = {}
    for field in ("contact_id", "name", "first_name", "last_name", "email", "phone", "source"):
        columns[field] = compiled({"field": field, "op": "starts_with", "value": "1"}).sql
    assert columns == {
        "contact_id": "coalesce(starts_with(CAST(c.contact_id AS VARCHAR), ?), FALSE)",
        **{name: f"coalesce(starts_with(c.{name}_folded, ?), FALSE)" for name in ("name", "first_name", "last_name")},
        "email": "coalesce(starts_with(c.email_folded, ?), FALSE)",
        "phone": "coalesce(starts_with(c.phone, ?), FALSE)",
        "source": "coalesce(starts_with(c.source, ?), FALSE)",
    }
    assert compiled({"field": "tags", "op": "has_any", "value": ["A"]}) == Compiled(
        "coalesce(list_has_any(c.tags_folded, ?), FALSE)", [["a"]]
    )
