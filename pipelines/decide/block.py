"""Blocking contacts and lifting blocks.

A block is kept with the records a contact is made of, so that it goes where they go. The newest decision about a record
counts; one record that is blocked blocks its whole contact, and lifting the block of a contact lifts it of all of them.
"""

import polars as pl

from pipelines.decide.batch import DecisionBatch
from pipelines.decide.commit import Attribution, commit
from pipelines.errors import DecisionRefused
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind


def block(
    project: OpenProject,
    connection: Connection,
    contact_id: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Block a contact from now on, until `attribution.expires_at` if that is given.

    Conversations that begin afterwards are set aside: kept, but no part of its history while the block stands.

    Raises:
        DecisionRefused: It says no reason or nobody who takes it, or its times cannot be.
    """
    as_of = runs.last_as_of(connection) or attribution.decided_at
    if attribution.expires_at is not None and attribution.expires_at <= max(attribution.decided_at, as_of):
        raise DecisionRefused("the block would be over already: name a date after today and after that of the last run")
    return commit(project, connection, DecisionKind.BLOCK, attribution, _whole(connection, contact_id), batch=batch)


def unblock(
    project: OpenProject,
    connection: Connection,
    contact_id: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Lift every block of a contact, with all that was set aside meanwhile.

    Raises:
        DecisionRefused: It is not blocked, or it says no reason or nobody who takes it.
    """
    if decisions.blocks(connection, contact_id).is_empty():
        raise DecisionRefused("the contact is not blocked, so there is nothing to lift")
    return commit(project, connection, DecisionKind.UNBLOCK, attribution, _whole(connection, contact_id), batch=batch)


def _whole(connection: Connection, contact_id: str) -> pl.DataFrame:
    return decisions.members(connection, contact_id).to_frame("record_key").with_columns(side=pl.lit(0, pl.UInt16))
