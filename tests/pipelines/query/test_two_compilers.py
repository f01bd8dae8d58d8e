"""The law of the two compilers: whatever is asked of whomever, SQL and Polars give the same contacts."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import Phase, find, given, settings
from pydantic import TypeAdapter

from pipelines.errors import FilterFault
from pipelines.query.bind import bind
from pipelines.query.to_polars import predicate
from pipelines.query.to_sql import Compiled, to_sql
from schemas.filter import Where
from schemas.published.views import VIEWS
from tests.examples import examples
from tests.pipelines.query.populations import Case, Population, cases, publish, scope_of

FILTERS: TypeAdapter[Where] = TypeAdapter(Where)
FILTERS_EACH = 5  # of the same contacts


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def by_polars(said: dict[str, Any], asked: Population) -> list[str]:
    bound = bind(FILTERS.validate_python(said), scope_of(asked))
    fitting = asked.contacts.filter(predicate(bound, asked.frames.fitting))
    return sorted(fitting["contact_id"].to_list())


def as_it_is(sql: str) -> str:
    return sql


def by_sql(
    connection: duckdb.DuckDBPyConnection,
    said: dict[str, Any],
    asked: Population,
    fault: Callable[[str], str] = as_it_is,
) -> list[str]:
    compiled = compiled_sql(said, asked)
    rows = connection.execute(
        f"SELECT contact_id::VARCHAR FROM published.contacts c WHERE {fault(compiled.sql)} ORDER BY 1",
        compiled.parameters,
    ).fetchall()
    return [contact_id for (contact_id,) in rows]


def compiled_sql(said: dict[str, Any], asked: Population) -> Compiled:
    return to_sql(bind(FILTERS.validate_python(said), scope_of(asked)), asked.existing)


def differences(
    connection: duckdb.DuckDBPyConnection, case: Case, fault: Callable[[str], str] = as_it_is
) -> list[dict[str, Any]]:
    """The filters that the two compilers answer differently, or would with a fault in the SQL."""
    publish(connection, case.asked.published)
    different = []
    for said in case.filters:
        with suppress(FilterFault):  # what cannot be asked is so before anything is compiled
            if by_sql(connection, said, case.asked, fault) != by_polars(said, case.asked):
                different.append(said)
    return different


@given(case=cases(FILTERS_EACH))
@settings(max_examples=examples(5000, light=60) // FILTERS_EACH, deadline=None)
def test_both_compilers_find_the_same_contacts(engine: duckdb.DuckDBPyConnection, case: Case) -> None:
    assert differences(engine, case) == []


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("part", "instead", "field"),
    [
        ("coalesce", "ifnull_not", "phone"),
        ("coalesce", "ifnull_not", "tags"),
        ("c.name_folded", "c.name", "name"),
        ("c.email_folded", "c.email", "email"),
        ("c.tags_folded", "c.tags", "tags"),
        ("a.value_folded", "a.value_text", "attr.remark"),
        ("a.value_folded", "a.value_text", "attr.topics"),
    ],
)
def test_a_missing_coalesce_or_folded_column_is_noticed(
    engine: duckdb.DuckDBPyConnection, part: str, instead: str, field: str
) -> None:
    engine.execute("CREATE OR REPLACE MACRO ifnull_not(value, instead) AS value")

    def is_noticed(case: Case) -> bool:
        return bool(differences(engine, case, lambda sql: sql.replace(part, instead)))

    noticed = find(
        cases(FILTERS_EACH, (field,)),
        is_noticed,
        settings=settings(max_examples=500, deadline=None, phases=[Phase.generate], database=None),
        random=Random(1),
    )
    assert is_noticed(noticed)


KEYWORDS = "AND OR NOT TRUE FALSE SELECT FROM WHERE IN IS NULL BETWEEN GROUP BY HAVING CAST AS VARCHAR"
NAMES = {*VIEWS, *(column.name for view in VIEWS.values() for column in view.columns), "published", *"acrs"}
FUNCTIONS = "coalesce count len contains starts_with ends_with regexp_matches list_has_any list_has_all"
KNOWN = {*KEYWORDS.split(), *FUNCTIONS.split(), *NAMES}


@given(case=cases(FILTERS_EACH))
@settings(max_examples=examples(400, light=20), deadline=None)
def test_sql_holds_names_of_the_views_and_marks_and_no_value_of_a_filter(case: Case) -> None:
    for said in case.filters:
        with suppress(FilterFault):
            compiled = compiled_sql(said, case.asked)
            assert re.fullmatch(r"[\w\s.,()?=<>*]+", compiled.sql)
            assert set(re.findall(r"\w+", compiled.sql)) - {"0"} <= KNOWN
            assert compiled.sql.count("?") == len(compiled.parameters)


@given(case=cases(2))
@settings(max_examples=examples(300, light=15), deadline=None)
def test_the_laws_of_two_values_hold(engine: duckdb.DuckDBPyConnection, case: Case) -> None:
    publish(engine, case.asked.published)
    one, other = case.filters

    def found(said: dict[str, Any]) -> list[str]:
        return by_sql(engine, said, case.asked)

    with suppress(FilterFault):
        assert found({"not": {"not": one}}) == found(one)
        assert found({"not": {"all": [one, other]}}) == found({"any": [{"not": one}, {"not": other}]})
        assert found({"not": {"any": [one, other]}}) == found({"all": [{"not": one}, {"not": other}]})
    assert found({"all": []}) == sorted(case.asked.contacts["contact_id"])
