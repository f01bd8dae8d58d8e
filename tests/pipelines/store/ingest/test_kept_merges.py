"""Merges that were done in a source, as they are kept and followed."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipelines.store.ingest.deliveries import begin
from pipelines.store.ingest.source_merges import LONGEST_CHAIN, keep_merges, merged_with
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
Row = tuple[int, int, int, int, int]  # row, the record that went, the one it went into, delivery, number of the row


def merges(*rows: Row) -> pl.DataFrame:
    """Rows of deliveries, of which each has its number as its day."""
    return pl.DataFrame(
        [
            (row, uid(lost), uid(kept), uid(delivery), FIRST + timedelta(days=delivery), number)
            for row, lost, kept, delivery, number in rows
        ],
        schema={
            "row": pl.UInt32,
            "record_key": pl.String,
            "into_key": pl.String,
            "delivery_id": pl.String,
            "declared_at": pl.Datetime("us", "UTC"),
            "row_number": pl.UInt32,
        },
        orient="row",
    )


@pytest.fixture
def ready(tables: Tables) -> Tables:
    """Tables into which deliveries can be taken; those of the days 1 to 9 are known."""
    begin(tables.connection)
    for day in range(1, 10):
        tables.put("delivery", {"delivery_id": uid(day), "declared_at": FIRST + timedelta(days=day)})
    return tables


def kept(tables: Tables, *rows: Row) -> list[str]:
    """What became of each row."""
    found = keep_merges(tables.connection, merges(*rows))
    assert found["row"].to_list() == sorted(row for row, *_ in rows)
    return [str(each) for each in found["outcome"]]


def stored(tables: Tables) -> list[tuple[int, int, int, int]]:
    return [
        (int(lost[-2:], 16), int(kept[-2:], 16), int(delivery[-2:], 16), row)
        for lost, kept, delivery, row in tables.rows("FROM source_merge ORDER BY ALL")
    ]


def waiting(tables: Tables) -> list[str]:
    return [key for _, key in tables.rows("SELECT DISTINCT step, record_key FROM work_queue ORDER BY ALL")]


def test_a_merge_is_kept_once_and_said_again_it_is_a_duplicate_in_its_file(ready: Tables) -> None:
    rows: list[Row] = [(1, 21, 20, 2, 1), (2, 22, 20, 2, 2), (3, 21, 20, 2, 3)]
    assert kept(ready, *rows) == ["created", "created", "duplicate_in_file"]
    assert stored(ready) == [(21, 20, 2, 1), (22, 20, 2, 2)]


def test_of_several_deliveries_the_first_has_created_a_merge_and_another_leaves_it_as_it_is(ready: Tables) -> None:
    rows: list[Row] = [(1, 21, 20, 3, 1), (2, 21, 20, 2, 1), (3, 21, 20, 2, 2), (4, 23, 20, 2, 3)]
    assert kept(ready, *rows) == ["created", "unchanged", "duplicate_in_file", "created"]
    assert stored(ready) == [(21, 20, 2, 1), (23, 20, 2, 3)]


def test_a_merge_of_an_earlier_batch_of_the_file_is_a_duplicate_and_one_of_another_file_is_known(ready: Tables) -> None:
    ready.put("source_merge", {"record_key": uid(22), "into_key": uid(20), "delivery_id": uid(1)})
    assert kept(ready, (1, 21, 20, 2, 1)) == ["created"]
    assert kept(ready, (2, 21, 20, 2, 2), (3, 22, 20, 2, 3), (4, 20, 21, 2, 4)) == [
        *("duplicate_in_file", "unchanged", "created"),
    ]


@pytest.mark.parametrize(
    ("delivery", "number", "place"),
    [(1, 9, (1, 9)), (2, 6, (2, 6)), (2, 7, (2, 7)), (2, 8, (2, 7)), (3, 1, (2, 7))],
)
def test_a_merge_stands_where_it_was_said_first(
    ready: Tables, delivery: int, number: int, place: tuple[int, int]
) -> None:
    for lost in (21, 22):
        ready.put(
            "source_merge",
            {"record_key": uid(lost), "into_key": uid(20), "delivery_id": uid(2), "row_number": 7},
        )
    assert kept(ready, (1, 21, 20, delivery, number)) == ["unchanged"]
    assert stored(ready) == [(21, 20, *place), (22, 20, 2, 7)]


def test_where_there_are_no_merges_nothing_is_kept(ready: Tables) -> None:
    assert keep_merges(ready.connection, merges()).is_empty()


def test_a_new_merge_leaves_those_pending_that_it_ties_however_many_merges_away(ready: Tables) -> None:
    for lost, into in ((31, 21), (32, 31), (20, 40), (40, 41), (50, 51)):
        ready.put("source_merge", {"record_key": uid(lost), "into_key": uid(into), "delivery_id": uid(1)})
    for key in (21, 32, 41, 50, 22):
        ready.put("record", {"record_key": uid(key)})
    ready.put("record", {"record_key": uid(60), "id_key": uid(40)})  # another person with that id
    kept(ready, (1, 21, 20, 2, 1), (2, 50, 51, 2, 2))
    assert waiting(ready) == [uid(key) for key in (21, 32, 41, 60)]
    assert ready.rows("SELECT DISTINCT step FROM work_queue") == [("match",)]


def paired(tables: Tables, *of: int) -> list[tuple[int, int]]:
    records = pl.Series([uid(each) for each in of], dtype=pl.String)
    return [(int(lo[-2:], 16), int(hi[-2:], 16)) for lo, hi in merged_with(tables.connection, records).rows()]


def test_records_are_one_that_a_source_has_merged_also_through_such_as_never_arrived(ready: Tables) -> None:
    for lost, into in ((21, 22), (22, 23), (24, 23), (30, 31)):
        ready.put("source_merge", {"record_key": uid(lost), "into_key": uid(into), "delivery_id": uid(1)})
    for key in (21, 23, 24, 30):
        ready.put("record", {"record_key": uid(key)})
    assert paired(ready, 21) == [(21, 23)]
    assert paired(ready, 23) == [(21, 23), (23, 24)]
    assert paired(ready, 22) == []  # is not there itself
    assert paired(ready, 30) == []
    assert paired(ready, 21, 24) == [(21, 23), (23, 24)]


def test_a_record_that_was_merged_into_itself_is_no_pair(ready: Tables) -> None:
    ready.put("source_merge", {"record_key": uid(21), "into_key": uid(21), "delivery_id": uid(1)})
    ready.put("record", {"record_key": uid(21)})
    assert paired(ready, 21) == []


def test_a_chain_of_merges_is_followed_so_far_and_no_farther(ready: Tables) -> None:
    first, last = 100, 100 + LONGEST_CHAIN
    for key in range(first, last + 1):
        ready.put("source_merge", {"record_key": uid(key), "into_key": uid(key + 1), "delivery_id": uid(1)})
    for key in (first, last, last + 1):
        ready.put("record", {"record_key": uid(key)})
    found = merged_with(ready.connection, pl.Series([uid(first)])).rows()
    assert found == [(uid(first), uid(last))]
