"""Deliveries: what is known of each file, what became of its rows, what was refused and why."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, lent, value
from schemas.vocabulary import DeliveryState, Outcome


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
    retry_of: str | None = None


class Earlier(NamedTuple):
    """What became of a file when it came the last time, and how many of its rows have not arrived since."""

    state: str
    code: str | None
    config_digest: str
    way_out: str | None
    open_rows: int


# Rows that were given back, each with whether it has arrived since.
GIVEN_BACK = """
    SELECT r.delivery_id, r.row_number, r.outcome, (r.delivery_id, r.row_number) IN (
        SELECT (delivery_id, row_number) FROM corrected_row) AS corrected
    FROM rejected_row r WHERE r.outcome IN ('rejected', 'quarantined')"""


def earlier(connection: Connection, delivery_id: str) -> Earlier | None:
    """What the warehouse knows of a delivery, if it has seen it."""
    row = connection.execute(
        f"""
        SELECT state, code, config_digest, remediation,
               (SELECT count(*) FROM ({GIVEN_BACK}) g WHERE g.delivery_id = d.delivery_id AND NOT g.corrected)
        FROM delivery d WHERE delivery_id = ?""",
        [delivery_id],
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
    connection.execute("DELETE FROM corrected_row WHERE corrected_by = ?", [delivery.delivery_id])
    connection.execute("CREATE OR REPLACE TEMP TABLE in_this_delivery (record_key UUID, version UUID)")
    connection.execute("CREATE OR REPLACE TEMP TABLE new_in_this_delivery (record_key UUID)")
    connection.execute("CREATE OR REPLACE TEMP TABLE merged_in_this_delivery (record_key UUID, into_key UUID)")


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
                declared_from, config_digest, retry_of, state, code, remediation, rows_read, {", ".join(Outcome)},
                received_at, run_id)
            VALUES ({", ".join("?" * (16 + len(counts)))})""",
        [*delivery, state, code, way_out, sum(counts), *counts, received_at, run_id],
    )


def keep_rejected(connection: Connection, delivery: Delivery, rows: pl.DataFrame) -> None:
    """Store refused entries for correction.

    Columns row, line, outcome, raw; and for rows that came back before, retry_of and place: where they were refused
    first.
    """
    with lent(connection, arriving=rows):
        connection.execute(
            "INSERT INTO rejected_row SELECT ?, row, line, outcome, raw, retry_of, place FROM arriving",
            [delivery.delivery_id],
        )


def keep_problems(connection: Connection, delivery: Delivery, problems: pl.DataFrame) -> None:
    """Store what was wrong, with its place."""
    with lent(connection, arriving=problems):
        connection.execute(
            """INSERT INTO problem
               SELECT ?, row, line, field, code, severity, action, expected, suggestion FROM arriving""",
            [delivery.delivery_id],
        )
