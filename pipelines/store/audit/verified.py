"""What verification reads: events as texts, leaves and seals; and what it found last."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import polars as pl

from pipelines.audit.events import EVENT
from pipelines.store.warehouse.connection import Connection, query, value

BATCH = 200_000  # events
HEXADECIMAL = "to_json(list_transform({0}, each -> lower(hex(each))))::VARCHAR AS {0}"
AS_JSON = "to_json({0})::VARCHAR AS {0}"
MOMENT = "strftime({0} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS {0}"
SHOWN = {"before": HEXADECIMAL, "after": HEXADECIMAL, "recorded_at": MOMENT}

LISTS = [name for name, kind in EVENT.items() if isinstance(kind, pl.List)]


class Batch(NamedTuple):
    """Events and leaves of a range of numbers, each with the numbers that are there."""

    numbers: Sequence[int]
    events: Mapping[str, Sequence[Any]]
    leaf_numbers: Sequence[int]
    leaves: Sequence[bytes]


class Extent(NamedTuple):
    """How many events and leaves there are, and the number after the last of either."""

    events: int
    leaves: int
    end: int


class Verification(NamedTuple):
    """When the whole trail was verified, what was wrong with it, and up to which event it has been verified since."""

    verified_at: datetime
    faults: list[str]
    verified_to: int


def extent(connection: Connection) -> Extent:
    """How far the trail goes."""
    [found] = connection.execute("""
        SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM audit_leaf),
               greatest((SELECT coalesce(max(seq) + 1, 0) FROM audit_event),
                        (SELECT coalesce(max(seq) + 1, 0) FROM audit_leaf))
        """).fetchall()
    return Extent(*found)


def batches(connection: Connection, since: int, end: int) -> Iterator[Batch]:
    """Events and leaves with these numbers, in order."""
    for first in range(since, end, BATCH):
        bounds = [first, min(first + BATCH, end)]
        yield read_batch(connection, *bounds)


def read_batch(connection: Connection, first: int, end: int) -> Batch:
    """Events and leaves from a number on, up to another."""
    columns = ", ".join(SHOWN.get(name, AS_JSON if name in LISTS else "{0}").format(name) for name in EVENT)
    within = "WHERE seq >= ? AND seq < ? ORDER BY seq"
    events = query(connection, f"SELECT seq, {columns} FROM audit_event {within}", [first, end])
    leaves = query(connection, f"SELECT seq, hash FROM audit_leaf {within}", [first, end])
    said = {name: _lists(events[name]) if name in LISTS else events[name].to_list() for name in EVENT}
    return Batch(events["seq"].to_list(), said, leaves["seq"].to_list(), leaves["hash"].to_list())


def _lists(texts: pl.Series) -> list[Any]:
    """What JSON texts say, each text read once: most events are alike in most of what they say."""
    said = {text: msgspec.json.decode(text) for text in texts.unique().to_list()}
    return [said[text] for text in texts.to_list()]


def seal_before_last(connection: Connection) -> tuple[int, list[bytes], list[str]]:
    """The tree under the seal before the last, as its size and peaks, and the lines of these two seals."""
    rows = connection.execute("SELECT size, peaks, line FROM audit_seal ORDER BY number DESC LIMIT 2").fetchall()[::-1]
    size, peaks = rows[0][:2] if len(rows) == 2 else (0, [])
    return size, peaks, [line for _, _, line in rows]


def keep_verification(connection: Connection, verification: Verification) -> None:
    """Keep when the whole trail was verified, what was wrong with it, and how far it has been verified since."""
    connection.execute("DELETE FROM audit_verification")
    connection.execute("INSERT INTO audit_verification VALUES (?, ?, ?)", list(verification))


def last_verification(connection: Connection) -> Verification | None:
    """The last time that the whole trail was verified, if ever."""
    row = connection.execute("SELECT verified_at, faults, verified_to FROM audit_verification").fetchone()
    return Verification(*row) if row else None


def event_of(connection: Connection, number: int) -> dict[str, Any] | None:
    """An event as it is hashed, by its number."""
    batch = read_batch(connection, number, number + 1)
    return {name: values[0] for name, values in batch.events.items()} if batch.numbers else None


def leaves_up_to(connection: Connection, size: int, since: int = 0) -> list[bytes]:
    """The first leaves, in order; without those before `since`."""
    wanted = "SELECT hash FROM audit_leaf WHERE seq >= ? AND seq < ? ORDER BY seq"
    found: list[bytes] = query(connection, wanted, [since, size])["hash"].to_list()
    return found


def first_seal_over(connection: Connection, number: int) -> tuple[int, str] | None:
    """The oldest seal that an event is under: its size and line."""
    row = connection.execute(
        "SELECT size, line FROM audit_seal WHERE size > ? ORDER BY number LIMIT 1", [number]
    ).fetchone()
    return (row[0], row[1]) if row else None


def sealed_size(connection: Connection) -> int:
    """How many events are under a seal."""
    return int(value(connection, "SELECT coalesce(max(size), 0) FROM audit_seal"))
