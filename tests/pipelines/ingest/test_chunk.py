from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.ingest.chunk import FRAMES, alike, combine_deliveries, single_chunk
from pipelines.read.core.batch import Batch
from pipelines.store.ingest.deliveries import Delivery
from schemas import received


def delivery(key: str, day: int) -> Delivery:
    return Delivery(key, "crm", "contacts_csv", "", "", 0, datetime(2026, 6, day, tzinfo=UTC), "name", "")


def batch(rows: int, refused: int = 0, threads: int = 0) -> Batch:
    """Rows of a list, then as many that were refused, and threads beside them."""
    original = pl.DataFrame(
        {"row": pl.Series(range(1, rows + 1), dtype=pl.UInt32), "c.name": [f"n{n}" for n in range(rows)]}
    )
    empty, held = received.empty(received.Refusal), received.empty(received.Conversation)
    numbers = pl.DataFrame({"row": pl.Series(range(rows + 1, rows + refused + 1), dtype=pl.UInt32)})
    keys = pl.DataFrame({"key": [f"t{n}" for n in range(threads)]}, schema={"key": pl.String})
    return Batch(
        original=original,
        refused=pl.concat([empty, numbers], how="diagonal"),
        conversations=pl.concat([held, keys], how="diagonal"),
    )


FIRST, SECOND, THIRD = (delivery(f"d{nth}", nth) for nth in (1, 2, 3))


def test_rows_are_numbered_through_all_deliveries_and_know_their_place_in_each() -> None:
    chunk = combine_deliveries([FIRST, SECOND, THIRD], [batch(2, refused=1, threads=1), batch(0), batch(2, threads=2)])
    assert chunk.starts.to_list() == [0, 3, 3]
    assert chunk.batch.original["row"].to_list() == [1, 2, 4, 5]
    assert chunk.batch.refused["row"].to_list() == [3]
    assert chunk.threads.to_list() == [0, 2, 2]
    placed = chunk.placed(chunk.batch.original.select("row"))
    assert placed.select("row", "delivery_id", "row_number").rows() == [
        *((1, "d1", 1), (2, "d1", 2), (4, "d3", 1), (5, "d3", 2)),
    ]
    assert placed["declared_at"].to_list()[-1] == datetime(2026, 6, 3, tzinfo=UTC)
    assert chunk.placed(chunk.batch.refused.select("row")).select("delivery_id", "row_number").rows() == [("d1", 3)]


def test_a_batch_of_one_delivery_stays_as_it_is() -> None:
    own = batch(2, threads=2)
    chunk = single_chunk(FIRST, own)
    assert chunk.batch is own
    assert chunk.threads.to_list() == [0, 0]
    assert chunk.placed(own.original.select("row"))["row_number"].to_list() == [1, 2]


def test_tables_are_alike_by_their_columns_what_they_mean_and_their_encoding() -> None:
    one = batch(1)._replace(meanings={"name": "name"}, assumed_encoding="cp1252")
    assert alike(one, batch(3)._replace(meanings={"name": "name"}, assumed_encoding="cp1252"))
    assert not alike(one, one._replace(meanings={"name": "notes"}))
    assert not alike(one, one._replace(assumed_encoding=None))
    assert not alike(one, one._replace(original=one.original.rename({"c.name": "c.other"})))


def test_a_chunk_has_the_meanings_and_the_encoding_of_its_tables() -> None:
    told = batch(1)._replace(meanings={"name": "name"}, assumed_encoding="cp1252")
    found = combine_deliveries([FIRST, SECOND], [told, told]).batch
    assert (dict(found.meanings), found.assumed_encoding) == ({"name": "name"}, "cp1252")


def at_row(name: str, row: int) -> Batch:
    """A batch with one entry, in one of its frames."""
    empty: pl.DataFrame = getattr(Batch(), name)
    entry = pl.DataFrame({"row": [row]}, schema={"row": pl.UInt32})
    filled: dict[str, Any] = {name: pl.concat([empty, entry], how="diagonal")}
    return Batch()._replace(**filled)


@pytest.mark.parametrize("name", [name for name, frame in Batch().frames().items() if "row" in frame.columns])
def test_whatever_an_entry_says_it_has_a_row_of_its_own(name: str) -> None:
    assert name in FRAMES
    chunk = combine_deliveries([FIRST, SECOND, THIRD], [at_row(name, 7), at_row(name, 2), at_row("contacts", 1)])
    assert chunk.starts.to_list() == [0, 7, 9]
    assert getattr(chunk.batch, name)["row"].to_list()[:2] == [7, 9]
