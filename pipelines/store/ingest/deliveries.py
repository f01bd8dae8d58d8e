"""Deliveries: what is known of each file, what became of its rows, what was refused and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, register
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


class EarlierDelivery(NamedTuple):
    """What became of a file when it came the last time, and how many of its rows have not arrived since."""

    state: str
    code: str | None
    config_digest: str
    way_out: str | None
    open_rows: int
    attributes: Mapping[str, str | None]  # those it speaks of, with the digest of the definition each had


Hashes = dict[tuple[str, int, int], str]  # SHA-256 of landed files, by path, size and time of modification (ns)

# Rows that were given back, each with whether it has arrived since.
RETURNED_ROWS = """
    SELECT r.delivery_id, r.row_number, r.outcome, (r.delivery_id, r.row_number) IN (
        SELECT (delivery_id, row_number) FROM corrected_row) AS corrected
    FROM rejected_row r WHERE r.outcome IN ('rejected', 'quarantined')"""


def earlier_delivery(connection: Connection, delivery_ids: Iterable[str]) -> dict[str, EarlierDelivery]:
    """What the warehouse knows of deliveries, by id, as far as it has seen them."""
    asked = list(delivery_ids)
    originals = _originals(connection, asked)
    wanted = pl.DataFrame({"delivery_id": [*asked, *originals.values()]}, schema={"delivery_id": pl.String})
    with register(connection, wanted=wanted):
        rows = connection.execute(f"""
            SELECT delivery_id::VARCHAR, state, code, config_digest, remediation, coalesce(g.open_rows, 0)
            FROM delivery
            LEFT JOIN (SELECT delivery_id, count(*) AS open_rows FROM ({RETURNED_ROWS})
                       WHERE NOT corrected GROUP BY delivery_id) g USING (delivery_id)
            WHERE delivery_id IN (SELECT delivery_id::UUID FROM wanted)""").fetchall()
        kept = connection.execute("""
            SELECT delivery_id::VARCHAR, attribute, digest FROM delivery_attribute
            WHERE delivery_id IN (SELECT delivery_id::UUID FROM wanted)""").fetchall()
    attributes: dict[str, dict[str, str | None]] = defaultdict(dict)
    for delivery_id, attribute, digest in kept:
        attributes[delivery_id][attribute] = digest
    known = {
        delivery_id: EarlierDelivery._make((*told, attributes.get(delivery_id, {}))) for delivery_id, *told in rows
    }
    return known | {each: known[original] for each, original in originals.items() if original in known}


def _originals(connection: Connection, delivery_ids: Sequence[str]) -> dict[str, str]:
    """What files from which somebody was taken out had been when they were delivered, by their ids."""
    rows = connection.execute(
        "SELECT delivery_id::VARCHAR, original_id::VARCHAR FROM rewritten_file "
        "WHERE list_contains($1, delivery_id::VARCHAR)",
        [list(delivery_ids)],
    )
    return dict(rows.fetchall())


def keep_rewritten(connection: Connection, originals: Mapping[str, str]) -> None:
    """Note the ids of files from which somebody was taken out, and what they were before: they bring nothing new."""
    before = _originals(connection, list(originals.values()))
    rows = [(new, before.get(old, old)) for new, old in originals.items()]
    if rows:
        connection.executemany("INSERT INTO rewritten_file VALUES (?, ?)", rows)


def known_hashes(connection: Connection, stamps: Iterable[tuple[str, int, int]]) -> Hashes:
    """SHA-256 of landed files (path, size, modified_ns) that have not been touched since they were hashed."""
    with register(connection, seen=_stamps(stamps)):
        rows = connection.execute("""
            SELECT s.path, s.size_bytes, s.modified_ns,
                   unmasked_sha256(f.masked_sha256, s.path, s.size_bytes, s.modified_ns)
            FROM seen s JOIN landed_file f
                ON f.path_digest = keyed_digest('path', s.path) AND f.size_bytes = s.size_bytes
               AND f.modified_ns = s.modified_ns""").fetchall()
    return {(path, size, modified_ns): sha256 for path, size, modified_ns, sha256 in rows}


def remember_hashes(connection: Connection, hashes: Hashes) -> None:
    """Save hashing landed files again as long as they are not touched."""
    if not hashes:
        return
    found = _stamps(hashes).with_columns(file_sha256=pl.Series(list(hashes.values()), dtype=pl.String))
    with register(connection, hashed_file=found.unique("path", keep="last")):
        connection.execute("""
            INSERT OR REPLACE INTO landed_file
            SELECT keyed_digest('path', path), size_bytes, modified_ns,
                   masked_sha256(file_sha256, path, size_bytes, modified_ns)
            FROM hashed_file""")


def _stamps(stamps: Iterable[tuple[str, int, int]]) -> pl.DataFrame:
    schema = {"path": pl.String, "size_bytes": pl.Int64, "modified_ns": pl.Int64}
    return pl.DataFrame([tuple(stamp) for stamp in stamps], schema=schema, orient="row")


def placed(delivery: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of one delivery with their place, as everything that is stored of a delivery has it.

    That is `delivery_id`, its `declared_at`, and `row_number`: the number of the row in it.
    """
    declared_at = pl.lit(delivery.declared_at).dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    return rows.with_columns(delivery_id=pl.lit(delivery.delivery_id), declared_at=declared_at, row_number="row")


def begin_delivery(connection: Connection, delivery: Delivery) -> None:
    """Forget what an earlier attempt at this delivery left: it was held or refused, and is read again now."""
    for table in ("delivery", "delivery_attribute", "rejected_row", "problem"):
        connection.execute(f"DELETE FROM {table} WHERE delivery_id = ?", [delivery.delivery_id])
    connection.execute("DELETE FROM corrected_row WHERE corrected_by = ?", [delivery.delivery_id])
    begin(connection)


def begin(connection: Connection) -> None:
    """Prepare to store one delivery in one or more batches, or several in one."""
    connection.execute("CREATE OR REPLACE TEMP TABLE in_this_delivery (record_key UUID, version UUID)")
    connection.execute("CREATE OR REPLACE TEMP TABLE new_in_this_delivery (record_key UUID)")
    connection.execute("CREATE OR REPLACE TEMP TABLE merged_in_this_delivery (record_key UUID, into_key UUID)")


class Finished(NamedTuple):
    """What became of a delivery, and of its rows."""

    delivery: Delivery
    outcomes: Mapping[Outcome, int]
    state: DeliveryState
    received_at: datetime
    code: str | None = None
    way_out: str | None = None
    text_rows: int | None = None  # counted in its text, apart from reading it


def finish(connection: Connection, finished: Sequence[Finished], run_id: str) -> None:
    """Write deliveries with what became of their rows.

    Where all of it was of people who were erased, or its name looks like one, its name is not kept.
    """
    rows = [
        each.delivery._asdict()
        | {outcome.value: each.outcomes.get(outcome, 0) for outcome in Outcome}
        | {"rows_read": sum(each.outcomes.values()), "state": each.state.value, "received_at": each.received_at}
        | {"code": each.code, "remediation": each.way_out, "run_id": run_id, "text_rows": each.text_rows}
        for each in finished
    ]
    optional = {**dict.fromkeys(("retry_of", "code", "remediation"), pl.String), "text_rows": pl.Int64}
    with register(connection, finished=pl.DataFrame(rows, schema_overrides=optional, infer_schema_length=None)):
        connection.execute("""
            INSERT INTO delivery BY NAME
            SELECT * EXCLUDE file_sha256 REPLACE (
                       CASE WHEN suppressed > 0 AND (suppressed = rows_read OR regexp_matches(file_name, '@|[+][0-9]'))
                            THEN delivery_id ELSE file_name END AS file_name),
                   keyed_digest('file', file_sha256) AS file_digest
            FROM finished""")


def keep_attributes(connection: Connection, attributes: Mapping[str, Mapping[str, str | None]]) -> None:
    """Store which attributes deliveries speak of, by delivery, with the digest of the definition of each."""
    rows = [(delivery_id, *each) for delivery_id, own in attributes.items() for each in own.items()]
    if not rows:
        return
    schema = dict.fromkeys(("delivery_id", "attribute", "digest"), pl.String)
    with register(connection, arriving=pl.DataFrame(rows, schema=schema, orient="row")):
        connection.execute("INSERT INTO delivery_attribute BY NAME FROM arriving")


def keep_rejected(connection: Connection, rows: pl.DataFrame) -> None:
    """Store refused entries for correction.

    Columns line, outcome, raw, and their place (`placed`); and for rows that came back before, retry_of and place:
    where they were refused first.
    """
    if rows.is_empty():
        return
    with register(connection, arriving=rows):
        connection.execute("""
            INSERT INTO rejected_row
            SELECT delivery_id, row_number, line, outcome, raw, retry_of, place FROM arriving""")


def keep_problems(connection: Connection, problems: pl.DataFrame) -> None:
    """Store what was wrong, with its place (`placed`)."""
    if problems.is_empty():
        return
    with register(connection, arriving=problems):
        connection.execute("""
            INSERT INTO problem
            SELECT delivery_id, row_number, line, field, code, severity, action, expected, suggestion FROM arriving""")
