"""Deriving everything anew from what was received and decided, or only proving that it would come out the same."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.audit.events import Action, Event
from pipelines.derive import match, merge
from pipelines.derive.merge import Merged
from pipelines.derive.withdraw import withdraw_inherited
from pipelines.errors import NeverMatched
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.store.audit.record import record
from pipelines.store.matching import models
from pipelines.store.matching.evidence import require_matched
from pipelines.store.reads import health
from pipelines.store.runs import rebuild as store
from pipelines.store.runs import runs
from pipelines.store.runs.work_queue import CONTACTS, MATCH, enqueue_all, queued_records
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import rolled_back, transaction
from pipelines.wording import plural

RUN = "rebuild"  # id of a rebuild that leaves nothing behind


class Rebuilt(NamedTuple):
    """What a rebuild has made of everything."""

    model: str  # version of the match model, which is an input and not fitted anew
    as_of: datetime
    records: int
    contacts: int
    changes: Merged


class Comparison(NamedTuple):
    """What a rebuild would make otherwise than it is stored; nothing was changed."""

    model: str
    as_of: datetime
    records: int
    contacts: int  # stored
    pending: int  # records the next run would have looked at; they were derived before comparing
    tables: pl.DataFrame  # table, stored, rebuilt, missing, surplus
    contacts_that_differ: list[str]  # ids

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not self.rows

    @property
    def rows(self) -> int:
        """How many rows differ."""
        return int(self.tables.select(pl.sum("missing") + pl.sum("surplus")).item())

    @property
    def verdict(self) -> str:
        """What was found, in words."""
        derived = f"{plural(self.records, 'record')} and {plural(self.contacts, 'contact')}"
        if self.is_equal:
            return f"{derived}: everything stored is what a rebuild gives"
        are, contacts = "is" if self.rows == 1 else "are", plural(len(self.contacts_that_differ), "contact")
        return (
            f"{derived}: {plural(self.rows, 'stored row')} {are} not what a rebuild gives, which concerns {contacts}. "
            "`onecontact rebuild` derives everything anew"
        )


def rebuild(project: OpenProject, connection: Connection, run_id: str) -> Rebuilt:
    """Derive everything anew, in one transaction, by the model in use and as of the last run.

    Contacts that come out as they were keep the run that last changed them, and their memberships.

    Raises:
        NeverMatched: No run has derived anything yet.
    """
    as_of = _as_of(connection)
    with transaction(connection):
        changes = derive_all(project, connection, run_id, as_of)
        model, _ = models.current_parameters(connection)
        record(connection, Event(Action.CONTACTS_REBUILT, "run", run_id, run_id, details={"model": model}))
        return Rebuilt(model, as_of, health.count(connection, "record"), health.count(connection, "contact"), changes)


def compare(project: OpenProject, connection: Connection) -> Comparison:
    """Rebuild in a transaction that is undone, and compare that with what is stored.

    What waits for the next run, be it records or a changed configuration, is derived first, the way that run will:
    otherwise everything it has still to do would show as a difference.

    Raises:
        NeverMatched: No run has derived anything yet.
    """
    as_of = _as_of(connection)
    model, _ = models.current_parameters(connection)
    with rolled_back(connection):
        withdraw_inherited(connection, RUN)
        waiting = waiting_for_a_run(project, connection).len()
        if waiting or health.count(connection, "stale_conversation_stats"):
            match.match_pending(project, connection, model, RUN)
            merge.merge_pending(project, connection, RUN, as_of)
        records, contacts = health.count(connection, "record"), health.count(connection, "contact")
        progress("noting what is stored", 0)
        store.keep_stored_copy(connection)
        derive_all(project, connection, RUN, as_of)
        progress("comparing", 0)
        tables, contact_ids = store.differences(connection), store.contacts_that_differ(connection)
    return Comparison(model, as_of, records, contacts, waiting, tables, contact_ids)


def waiting_for_a_run(project: OpenProject, connection: Connection) -> pl.Series:
    """Keys of the records that a run with nothing new would look at; all of them under another configuration."""
    model, _ = models.current_parameters(connection)
    versions = {MATCH: match.version_of(project, model), CONTACTS: merge.version_of(project)}
    return pl.concat([queued_records(connection, step, version) for step, version in versions.items()]).unique().sort()


def derive_all(project: OpenProject, connection: Connection, run_id: str, as_of: datetime) -> Merged:
    """Empty what is derived and derive it, inside a transaction."""
    progress("emptying what is derived", 0)
    records = store.clear_derived(connection, run_id)
    model, _ = models.current_parameters(connection)
    enqueue_all(connection, MATCH, records)
    match.match_pending(project, connection, model, run_id)
    enqueue_all(connection, CONTACTS, records)
    return merge.merge_pending(project, connection, run_id, as_of)


def _as_of(connection: Connection) -> datetime:
    require_matched(connection)
    as_of = runs.last_as_of(connection)
    if as_of is None:
        raise NeverMatched("nothing has been merged yet: `onecontact run` takes in what has arrived and merges it")
    return as_of
