"""docs/filters.md is made of the table of operators, and each of its examples can be asked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.looking.filters import EXAMPLES, FIELDS, FILTERS, FORMS, page
from pipelines.query.bind import Definition, Scope, bind
from pipelines.query.operators import RULES
from pipelines.query.short_form.parsed import parse_filter
from pipelines.query.short_form.printed import print_filter
from schemas.filter import All, Operator

PAGE = Path(__file__).parents[3] / "docs" / "filters.md"
EVERYBODY = {"vip": Definition(All(all=()))}


def test_the_page_is_made_of_the_table_of_operators() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs"


def test_every_operator_has_an_example() -> None:
    assert set(EXAMPLES) == set(Operator) == {rule.op for rule in RULES}


@pytest.mark.parametrize("said", [*({**each, "op": op} for op, each in EXAMPLES.items()), *FORMS], ids=str)
def test_an_example_can_be_asked_and_is_read_from_its_short_form(said: dict[str, object]) -> None:
    where = FILTERS.validate_python(said)
    assert bind(where, Scope(FIELDS, datetime(2026, 3, 31, tzinfo=UTC), EVERYBODY))
    assert parse_filter(print_filter(where, FIELDS), FIELDS).where == where
