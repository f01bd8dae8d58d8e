"""Decisions as events: what they are and about which contacts; the words in them are committed alone."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

import polars as pl

from pipelines.audit.commitments import commitment
from pipelines.audit.events import Action, Event
from pipelines.audit.login import login
from pipelines.store.audit.record import record
from pipelines.store.audit.salts import salts_of
from pipelines.store.warehouse.connection import Connection, query, register

WORDS = ("reason", "value")
CONTACTS = """
    SELECT list(DISTINCT m.contact_id::VARCHAR ORDER BY m.contact_id::VARCHAR)
    FROM decision_record r JOIN membership m USING (record_key)
    WHERE r.decision_id = d.decision_id AND m.run_to IS NULL"""


def record_decisions(connection: Connection, decisions: Sequence[str], run_id: str = "") -> None:
    """Record decisions that have been stored, by their ids and in their order."""
    if not decisions:
        return
    with register(connection, taken=_frame(decisions)):
        rows = query(
            connection,
            f"""
            SELECT d.decision_id, d.kind, d.actor, d.role, d.reason, d.value, d.field, d.target, d.expires_at,
                   d.delivery_id, coalesce(({CONTACTS}), []) AS contacts
            FROM decision d JOIN taken t ON d.decision_id = t.decision_id::UUID ORDER BY t.place""",
        ).to_dicts()
    salts = dict(salts_of(connection, _frame(decisions)["decision_id"]).iter_rows())
    record(connection, *(_event(row, salts[row["decision_id"]], run_id) for row in rows))


def record_decisions_of(connection: Connection, delivery_id: str, run_id: str) -> None:
    """Record the decisions that a file of change requests has led to."""
    found = query(
        connection, "SELECT decision_id FROM decision WHERE delivery_id = ? ORDER BY row_number", [delivery_id]
    )
    known = query(
        connection,
        "SELECT object_id AS decision_id FROM audit_event WHERE action = ? AND reason = ?",
        [str(Action.DECISION_CREATED), f"delivery:{delivery_id}"],
    )
    record_decisions(connection, found.join(known, on="decision_id", how="anti")["decision_id"].to_list(), run_id)


def _event(row: dict[str, Any], salt: bytes, run_id: str) -> Event:
    fields = tuple(name for name in WORDS if row[name])
    details = {name: str(row[name]) for name in ("kind", "field", "target") if row[name]}
    if (expires := row["expires_at"]) is not None:
        details["expires"] = f"{expires.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Event(
        Action.DECISION_CREATED,
        "decision",
        str(row["decision_id"]),
        run_id,
        on_behalf_of=None if row["actor"] == login() else str(row["actor"]),
        role=row["role"],
        reason=row["delivery_id"] and f"delivery:{row['delivery_id']}",
        related=tuple(row["contacts"]),
        fields=fields,
        before=(None,) * len(fields),
        after=tuple(commitment(salt, name, [str(row[name])]) for name in fields),
        details=details,
    )


def _frame(decisions: Sequence[str]) -> pl.DataFrame:
    once = list(dict.fromkeys(decisions))
    return pl.DataFrame({"decision_id": once}, schema={"decision_id": pl.String}).with_row_index("place")
