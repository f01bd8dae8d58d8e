from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.blocking.rules import paired_keys
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.clusters.components import components
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.engines.engine import distinct
from pipelines.match.engines.polars import IN_MEMORY, PolarsEngine, lazy
from pipelines.match.model import sample
from pipelines.match.model.fit import fit, fit_on
from pipelines.store.matching.duckdb_engine import DuckDBEngine, temporary_engine
from pipelines.store.warehouse.database import in_memory
from tests.examples import examples
from tests.resolved import resolve

ROLES = {
    "Name": "full_name",
    "NAME": "middle_name",
    "record": "phone",
    "mail": "email",
    "town": "city",
    "firm": "company",
}
NAMES = ["Anna Berg", "A. Berg", "Berg, Anna", "Otto Kern", "Ötto Kern", "Anna", "Thomas Weber", "Tom Weber", None]
PHONES = ["+49 30 901820 11", "030 90182011", "+49 30 901820 12", "+44 20 7946 0011", None]
MAILS = ["anna.berg@example.com", "a.berg@example.com", "otto@example.org", "info@example.com", None]
TOWNS = ["Köln", "Koeln", "Ulm", None]
PEOPLE = st.lists(
    st.tuples(
        *(st.sampled_from(each) for each in (NAMES, [None, "M"], PHONES, MAILS, TOWNS, ["Kern GmbH", "Kern", None]))
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with temporary_engine("500MB", at_once=7) as made:
        yield made


def listed(rows: list[tuple[str | None, ...]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String), orient="row")
    return frame.with_columns(record_id=pl.int_range(pl.len()) + 100)


@pytest.mark.heavy
@settings(max_examples=examples(6, light=3), deadline=None)
@given(PEOPLE)
def test_a_list_has_the_same_contacts_on_every_engine(engine: DuckDBEngine, rows: list[tuple[str | None, ...]]) -> None:
    found = resolve(listed(rows), ROLES)
    assert resolve(listed(rows), ROLES, engine=PolarsEngine(at_once=8)).equals(found)
    assert resolve(listed(rows), ROLES, engine=engine).equals(found)


def test_a_model_is_fitted_alike_on_every_engine(engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE", 20)
    people = [f"{given} {family}" for given in ("Anna", "Otto", "Ines") for family in ("Berg", "Kern", "Sol")]
    rows = pl.DataFrame({"name": people * 4, "town": ["Ulm", "Bonn"] * 18})
    names, facts = prepare_list(rows, {"name": "full_name", "town": "city"})
    keys, crowded = paired_keys(names, facts), count_shared_identifiers(names, facts)
    persons = names.select("record", person=pl.col("record") % 20)
    frames = [engine.frame([each], each.schema) for each in (names, facts, keys, crowded, persons)]
    models = [fit(names, facts, keys, crowded, persons), fit_on(engine, *frames)]
    one, other = models
    assert one.names.equals(other.names)
    assert one._replace(shares={}) == other._replace(shares={}, names=one.names)
    assert one.shares.keys() == other.shares.keys()
    assert all(one.shares[field].equals(other.shares[field]) for field in one.shares)


def test_functions_see_whole_groups_and_numbers_as_large_as_a_hash(engine: DuckDBEngine) -> None:
    keys = [2**64 - 1, 2**63 + 5, 3, 3, 2, 1, 2**62] * 9
    rows = pl.DataFrame({"key": keys}, schema={"key": pl.UInt64})
    schema = pl.Schema({"key": pl.UInt64, "size": pl.UInt32})
    frame = engine.checkpoint(engine.frame([rows[:20], rows[20:]], rows.schema), "key")
    sizes = engine.map_groups([frame], "key", lambda each: each.group_by("key").agg(size=pl.len()), schema)
    assert sorted(engine.collect(sizes).rows()) == sorted(rows.group_by("key").agg(size=pl.len()).rows())


def test_groups_may_be_of_text(engine: DuckDBEngine) -> None:
    rows = pl.DataFrame({"word": ["Öl", "öl", "", "ol", "Öl", "ﬂ", "🙂", "zz", "a"] * 3})
    schema = pl.Schema({"word": pl.String, "size": pl.UInt32})
    own = engine.frame([rows], rows.schema)
    sizes = engine.map_groups([own], "word", lambda each: each.group_by("word").agg(size=pl.len()), schema)
    assert sorted(engine.collect(sizes).rows()) == sorted(rows.group_by("word").agg(size=pl.len()).rows())


def test_a_function_gets_every_row_in_some_batch(engine: DuckDBEngine) -> None:
    rows = pl.DataFrame({"number": range(23)}, schema={"number": pl.UInt32})
    asked = []

    def seen(batch: pl.DataFrame) -> pl.DataFrame:
        asked.append(batch.height)
        return batch

    found = engine.collect(engine.map_batches(engine.frame([rows], rows.schema), seen, rows.schema))
    assert (asked, found["number"].sort().to_list()) == ([7, 7, 7, 2], list(range(23)))
    assert engine.rows(engine.map_batches(engine.frame([], rows.schema), seen, rows.schema)) == 0


def test_components_are_found_by_joins_as_in_memory(engine: DuckDBEngine) -> None:
    edges = pl.DataFrame(
        {"lo": [0, 1, 2, 3, 10, 12], "hi": [1, 2, 3, 4, 11, 13]}, schema={"lo": pl.UInt32, "hi": pl.UInt32}
    )
    joined = engine.collect(components(engine, engine.frame([edges], edges.schema), on_driver=0))
    assert sorted(joined.rows()) == sorted(IN_MEMORY.collect(components(IN_MEMORY, lazy(edges))).rows())


@pytest.mark.heavy
def test_what_does_not_fit_is_spilled_and_cannot_be_read(tmp_path: Path) -> None:
    value = "planted-" * 8
    with in_memory(tmp_path / "spill", "60MB") as connection:
        small = DuckDBEngine(connection, 200_000)
        rows = pl.DataFrame({"number": range(200_000)}).select("number", text=value + pl.col("number").cast(pl.String))
        frame = small.frame((rows for _ in range(6)), rows.schema)
        assert small.rows(distinct(frame)) == 200_000
        spilled = [file.read_bytes() for file in (tmp_path / "spill").iterdir()]
        assert sum(map(len, spilled)) > 10_000_000
        assert not any(value.encode() in content for content in spilled)
    assert not (tmp_path / "spill").exists() or not list((tmp_path / "spill").iterdir())
