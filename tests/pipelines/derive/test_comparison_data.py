from collections.abc import Mapping

import polars as pl
import pytest

from pipelines.derive import comparison_data
from pipelines.derive.comparison_data import (
    NOBODY,
    ComparisonData,
    extend_comparison_data,
    keyed,
    match_keys,
)


def data(said: Mapping[str, str]) -> ComparisonData:
    """Records by key, each with a given name, which is a fact and an exclusive attribute of theirs as well."""
    keys = sorted(said)
    numbers = pl.Series(range(len(keys)), dtype=pl.UInt32)
    values = [said[key] for key in keys]
    names = pl.DataFrame({"record": numbers, "given_name": values, "middle_name": None, "family_name": None})
    facts = pl.DataFrame({"record": numbers, "field": "city", "value": values})
    exclusive = pl.DataFrame({"record": numbers, "exclusive": [[f"id={value}"] for value in values]})
    parts = zip((names, facts, exclusive), NOBODY[1:], strict=True)
    return ComparisonData(pl.Series("record_key", keys, pl.String), *(mine.cast(none.schema) for mine, none in parts))


def told(own: ComparisonData) -> dict[str, list[object]]:
    """What each record says, by key."""
    joined = own.names.join(own.facts, on="record").join(own.exclusive, on="record")
    return {
        key: each for key, *each in keyed(joined, own).select("record_key", "given_name", "value", "exclusive").rows()
    }


@pytest.fixture
def warehouse(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Records are read from here: which were asked for, each time."""
    asked: list[list[str]] = []

    def load(_: object, __: object, records: pl.Series) -> ComparisonData:
        asked.append(records.to_list())
        return data({key: f"new {key}" for key in records})

    monkeypatch.setattr(comparison_data, "load_comparison_data", load)
    return asked


def extended(known: ComparisonData, *records: str) -> ComparisonData:
    return extend_comparison_data(None, None, known, pl.Series(records, dtype=pl.String))  # type: ignore[arg-type]


def test_records_that_are_lacking_are_read_and_all_are_numbered_in_the_order_of_their_keys(
    warehouse: list[list[str]],
) -> None:
    both = extended(data({"b": "ben", "d": "dora"}), "a", "b", "c", "e")
    assert warehouse == [["a", "c", "e"]]
    assert both.keys.to_list() == ["a", "b", "c", "d", "e"]
    values = {"a": "new a", "b": "ben", "c": "new c", "d": "dora", "e": "new e"}
    assert told(both) == {key: [each, each, [f"id={each}"]] for key, each in values.items()}
    assert [part["record"].to_list() for part in both[1:]] == [[0, 1, 2, 3, 4]] * 3
    assert [part.schema for part in both[1:]] == [part.schema for part in NOBODY[1:]]


def test_what_is_known_is_not_read_again(warehouse: list[list[str]]) -> None:
    known = data({"b": "ben"})
    assert extended(known, "b") is known
    assert warehouse == []
    assert told(extended(NOBODY, "b")) == {"b": ["new b", "new b", ["id=new b"]]}


def test_what_people_decided_is_compared_under_all_its_spellings() -> None:
    decided = pl.DataFrame(
        [(0, "phone", "+4915123456789"), (1, "email", "Anna@Example.com")],
        schema={"record": pl.UInt32, "field": pl.String, "value": pl.String},
        orient="row",
    )
    found = match_keys(decided)
    assert found.columns == ["record", "field", "value"]
    assert (1, "email", "anna@example.com") in found.rows()
    assert 0 in found["record"].to_list()
    assert found["value"].null_count() == 0
