"""Taking a decision back, whatever it was: everything is what it would be without it."""

import polars as pl

from pipelines.decide.batch import DecisionBatch
from pipelines.decide.commit import Attribution, commit
from pipelines.derive.merge import rederive
from pipelines.derive.withdraw import withdraw
from pipelines.errors import DecisionRefused
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions, links
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import in_transaction
from schemas.vocabulary import DecisionKind


def revoke(
    project: OpenProject,
    connection: Connection,
    decision_id: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Take a decision back. Where that was to take back another one itself, the other one stands again.

    The record of a contact that somebody added is withdrawn, with what was decided about that record alone.

    Raises:
        DecisionRefused: There is no such decision, it has been revoked, it is a revoke, or a later merge holds the same
            contacts together.
    """
    target = decisions.decision_of(connection, decision_id)
    if target is None:
        raise DecisionRefused("there is no such decision: `onecontact decisions` lists them")
    if target.kind == DecisionKind.REVOKE:
        raise DecisionRefused("a revoked decision cannot be restored; make a new one")
    if not decisions.is_in_force(connection, decision_id):
        raise DecisionRefused("that has been taken back already")
    if target.kind == DecisionKind.MERGE and (later := links.other_merge_of_same(connection, target.decision_id)):
        raise DecisionRefused(f"another merge holds these contacts as well: `onecontact revoke {later}` comes first")
    records = decisions.subject(connection, target.decision_id)
    with in_transaction(connection):
        decision = commit(
            project,
            connection,
            DecisionKind.REVOKE,
            attribution,
            records,
            field=target.field,
            target=target.decision_id,
            batch=batch,
        )
        if target.kind == DecisionKind.CREATE:
            _withdraw(project, connection, records["record_key"], f"decision:{decision.decision_id}")
    return decision


def _withdraw(project: OpenProject, connection: Connection, records: pl.Series, run_id: str) -> None:
    """Take out records, and derive anew who shared a contact with them."""
    left = withdraw(connection, records, run_id)
    as_of = runs.last_as_of(connection)
    if as_of is not None and not left.is_empty():
        rederive(project, connection, left, run_id, as_of)
    decisions.keep_suppressed(connection)
