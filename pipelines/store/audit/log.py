"""The trail as it is read: events by contact, actor, action and time, with the values that are still there."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from pipelines.audit.commitments import contact_commitment, field_commitments
from pipelines.audit.events import Action
from pipelines.store.audit.contact_changes import stored_values
from pipelines.store.warehouse.connection import Connection, query, register

BATCH_ROWS = 20_000
IDS = """
    WITH RECURSIVE own AS (
        SELECT $1::UUID AS contact_id
        UNION
        SELECT c.old_id FROM id_changes c JOIN own ON c.new_id = own.contact_id WHERE c.kind = 'merged'
    )
    SELECT contact_id::VARCHAR AS contact_id FROM own ORDER BY contact_id"""
CHANGES = {
    "field": pl.String, "before": pl.List(pl.String), "after": pl.List(pl.String), "source": pl.String,
    "file_name": pl.String, "is_proven": pl.Boolean,
}  # fmt: skip


class LogFilter(NamedTuple):
    """Which events are asked for; empty is all. `last` of them at most, 0 is no limit."""

    contact_id: str | None = None
    actor: str | None = None
    action: str | None = None  # or the beginning of one, as `contact`
    since: datetime | None = None
    last: int = 0


def log(connection: Connection, wanted: LogFilter) -> pl.DataFrame:
    """Events, the oldest first.

    Columns seq, recorded_at, action, actor, on_behalf_of, role, outcome, reason, run_id, object_type, object_id,
    related, fields, details; and of the decision that an event is, or that led to it, as far as it is still there:
    kind, field, value, said (the reason in words), decided_by.
    """
    ids = query(connection, IDS, [wanted.contact_id])["contact_id"].to_list() if wanted.contact_id else None
    return query(
        connection,
        """
        WITH chosen AS (
            FROM audit_event
            WHERE ($ids::VARCHAR[] IS NULL OR list_contains($ids, object_id) OR list_has_any($ids, related))
              AND ($actor::VARCHAR IS NULL OR $actor IN (actor, on_behalf_of))
              AND ($action::VARCHAR IS NULL OR starts_with(action, $action))
              AND ($since::TIMESTAMPTZ IS NULL OR recorded_at >= $since)
            ORDER BY seq DESC LIMIT CASE WHEN $last = 0 THEN 9223372036854775807 ELSE $last END
        )
        SELECT e.seq, e.recorded_at, e.action, e.actor, e.on_behalf_of, e.role, e.outcome, e.reason, e.run_id,
               e.object_type, e.object_id, e.related, e.fields, e.details,
               d.kind, d.field, d.value, d.reason AS said, d.actor AS decided_by
        FROM chosen e
        LEFT JOIN decision d ON d.decision_id = CASE
            WHEN e.object_type = 'decision' THEN try_cast(e.object_id AS UUID)
            WHEN starts_with(e.run_id, 'decision:') THEN try_cast(substr(e.run_id, 10) AS UUID) END
        ORDER BY e.seq""",
        {"ids": ids, "actor": wanted.actor, "action": wanted.action, "since": wanted.since, "last": wanted.last},
    )


def log_batches(connection: Connection, wanted: LogFilter) -> Iterator[pl.DataFrame]:
    """All events since a time, in batches, the oldest first: columns of `log` but for those of decisions."""
    reader = connection.execute(
        """
        SELECT seq, recorded_at, action, actor, on_behalf_of, role, outcome, reason, run_id, object_type, object_id,
               related, fields, details
        FROM audit_event WHERE ?::TIMESTAMPTZ IS NULL OR recorded_at >= ? ORDER BY seq""",
        [wanted.since, wanted.since],
    ).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        frame = pl.from_arrow(batch)
        if isinstance(frame, pl.DataFrame):
            yield frame


def changes_of(connection: Connection, events: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    """What events changed, as far as the values are still there: rows of CHANGES by the number of the event.

    `is_proven`: the commitments in the event are to these very values; null where the salt is gone.
    """
    with register(connection, wanted=events.select("seq")):
        rows = query(
            connection,
            """
            SELECT v.seq, v.field, v.before, v.after, d.source, d.file_name, s.salt,
                   e.before[list_position(e.fields, v.field)] AS committed_before,
                   e.after[list_position(e.fields, v.field)] AS committed_after, len(e.before) = len(e.fields) AS each
            FROM audit_value v JOIN wanted USING (seq) JOIN audit_event e USING (seq)
            LEFT JOIN audit_salt s ON s.object_id = v.contact_id
            LEFT JOIN delivery d USING (delivery_id)
            ORDER BY v.seq, v.field""",
        )
    fits = [
        field_commitments(rows.with_columns(pl.col("salt").fill_null(b"")), name).eq_missing(rows[f"committed_{name}"])
        for name in ("before", "after")
    ]
    proven = rows.with_columns(is_proven=pl.when(pl.col("salt").is_not_null() & pl.col("each")).then(fits[0] & fits[1]))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in proven.select("seq", *CHANGES).iter_rows(named=True):
        found.setdefault(row.pop("seq"), []).append(row)
    return found


def created_as(connection: Connection, contact_id: str, seq: int, fields: Sequence[str]) -> list[dict[str, Any]]:
    """What a contact was made of, as rows of CHANGES: what later changes replaced, and what it still has."""
    later = query(
        connection,
        """
        SELECT field, arg_min(v.before, v.seq) AS value
        FROM audit_value v WHERE contact_id = $1 AND seq > $2
          AND seq < coalesce((SELECT min(seq) FROM audit_event
                              WHERE seq > $2 AND object_id = $1::VARCHAR AND action = $3), 9223372036854775807)
        GROUP BY field""",
        [contact_id, seq, str(Action.CONTACT_CREATED)],
    )
    replaced: dict[str, list[str]] = dict(later.iter_rows())
    for _, field, value in stored_values(connection, pl.Series("contact_id", [contact_id])).sort("value").iter_rows():
        if field not in later["field"]:
            replaced.setdefault(field, []).append(value)
    made = {field: values for field in fields if (values := replaced.get(field))}
    row = connection.execute(
        "SELECT e.after[1], s.salt FROM audit_event e, audit_salt s WHERE e.seq = ? AND s.object_id = ?",
        [seq, contact_id],
    ).fetchone()
    cells = [(field, value) for field, values in made.items() for value in values]
    is_proven = row and contact_commitment(row[1], cells) == row[0]
    empty: dict[str, Any] = {"before": [], "source": None, "file_name": None}
    return [{"field": field, "after": values, "is_proven": is_proven, **empty} for field, values in made.items()]
