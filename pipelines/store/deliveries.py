"""Deliveries: what is known of each file, what became of its rows, what was refused and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.store.connection import Connection, lent, query, value
from schemas.vocabulary import DeliveryState, Outcome

BATCH_ROWS = 20_000


class Delivery(NamedTuple):
    """A file that arrived, before it was read."""

    delivery_id: str
    source: str
    format: str
    file_name: str
    file_sha256: str
    size_bytes: int
    declared_at: datetime
    declared_from: str
    config_digest: str


class Earlier(NamedTuple):
    """What became of a file when it came the last time."""

    state: str
    code: str | None
    config_digest: str


def earlier(connection: Connection, delivery_id: str) -> Earlier | None:
    """What the warehouse knows of a delivery, if it has seen it."""
    row = connection.execute(
        "SELECT state, code, config_digest FROM delivery WHERE delivery_id = ?", [delivery_id]
    ).fetchone()
    return Earlier(*row) if row else None


def known_hash(connection: Connection, path: str, size: int, modified_ns: int) -> str | None:
    """SHA-256 of a landed file that has not been touched since it was hashed."""
    found = value(
        connection,
        "SELECT file_sha256 FROM landed_file WHERE path = ? AND size_bytes = ? AND modified_ns = ?",
        [path, size, modified_ns],
    )
    return None if found is None else str(found)


def remember_hash(connection: Connection, path: str, size: int, modified_ns: int, sha256: str) -> None:
    """Save hashing a landed file again as long as it is not touched."""
    connection.execute("INSERT OR REPLACE INTO landed_file VALUES (?, ?, ?, ?)", [path, size, modified_ns, sha256])


def begin_delivery(connection: Connection, delivery: Delivery) -> None:
    """Forget what an earlier attempt at this delivery left: it was held or refused, and is read again now."""
    for table in ("delivery", "rejected_row", "problem"):
        connection.execute(f"DELETE FROM {table} WHERE delivery_id = ?", [delivery.delivery_id])
    connection.execute("CREATE OR REPLACE TEMP TABLE in_this_delivery (record_key UUID, version UUID)")


def finish_delivery(
    connection: Connection,
    delivery: Delivery,
    outcomes: dict[Outcome, int],
    state: DeliveryState,
    run_id: str,
    received_at: datetime,
    code: str | None = None,
    way_out: str | None = None,
) -> None:
    """Write the delivery with what became of its rows."""
    counts = [outcomes.get(outcome, 0) for outcome in Outcome]
    connection.execute(
        f"""INSERT INTO delivery (delivery_id, source, format, file_name, file_sha256, size_bytes, declared_at,
                declared_from, config_digest, state, code, way_out, rows_read, {", ".join(Outcome)},
                received_at, run_id)
            VALUES ({", ".join("?" * (15 + len(counts)))})""",
        [*delivery, state, code, way_out, sum(counts), *counts, received_at, run_id],
    )


def keep_rejected(connection: Connection, delivery: Delivery, rows: pl.DataFrame) -> None:
    """Store refused entries for correction: row, line, outcome, raw."""
    with lent(connection, arriving=rows):
        connection.execute(
            "INSERT INTO rejected_row SELECT ?, row, line, outcome, raw FROM arriving", [delivery.delivery_id]
        )


def keep_problems(connection: Connection, delivery: Delivery, problems: pl.DataFrame) -> None:
    """Store what was wrong, with its place."""
    with lent(connection, arriving=problems):
        connection.execute(
            """INSERT INTO problem
               SELECT ?, row, line, field, code, severity, action, expected, suggestion FROM arriving""",
            [delivery.delivery_id],
        )


def rejected(connection: Connection, delivery_id: str) -> Iterator[pl.DataFrame]:
    """Refused rows of a delivery with their reasons, in batches: row_number, raw, codes, expected, suggestions."""
    reader = connection.execute(
        """
        SELECT r.row_number, r.raw,
               list(p.code ORDER BY p.field, p.code) AS codes,
               list(CASE p.field WHEN '' THEN p.expected ELSE p.field || ': ' || p.expected END
                    ORDER BY p.field, p.code) AS expected,
               list(p.suggestion ORDER BY p.field, p.code) FILTER (p.suggestion IS NOT NULL) AS suggestions
        FROM rejected_row r
        JOIN problem p USING (delivery_id, row_number)
        WHERE r.delivery_id = ? AND r.outcome = 'rejected' AND p.severity = 'error'
        GROUP BY ALL ORDER BY r.row_number""",
        [delivery_id],
    ).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        yield pl.DataFrame(pl.from_arrow(batch))


def not_given_back(connection: Connection, formats: list[str]) -> pl.DataFrame:
    """Deliveries of these formats with refused rows that no file holds yet: delivery_id, source, file_sha256."""
    return query(
        connection,
        """
        SELECT delivery_id, source, file_sha256 FROM delivery
        WHERE rejected > 0 AND rejected_file IS NULL AND list_contains(?::VARCHAR[], format)
        ORDER BY source, file_sha256""",
        [formats],
    )


def note_given_back(connection: Connection, delivery_id: str, file_name: str) -> None:
    """Remember the file that holds a delivery's refused rows: it may be moved away, and must not come back."""
    connection.execute("UPDATE delivery SET rejected_file = ? WHERE delivery_id = ?", [file_name, delivery_id])
