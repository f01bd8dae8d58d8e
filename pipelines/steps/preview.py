"""What other edges would make of contacts and segments: derived as a run would, counted, and undone."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.derive.merge import rederive
from pipelines.project import OpenProject
from pipelines.query.bind import Bound
from pipelines.steps.segments.compile import compile_each
from pipelines.steps.segments.fitting import contacts_that_fit, in_file, suppressed_of
from pipelines.store.matching import changed_edges, evidence
from pipelines.store.reads import health
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import rolled_back
from schemas.segment import Segment

RUN = "preview"  # id of a run that leaves nothing behind


class SegmentChange(NamedTuple):
    """How a published dataset would change, in contacts."""

    segment: str
    before: int
    after: int
    joining: int
    leaving: int


class Preview(NamedTuple):
    """What would become of pairs, contacts and segments."""

    pairs: dict[str, tuple[int, int]]  # by zone, before and after
    contacts: tuple[int, int]  # before and after
    merged: int  # contacts that would go into another
    split: int  # contacts that would be parted from another
    waiting: tuple[int, int]  # pairs of contacts for a person to decide, before and after
    segments: list[SegmentChange]


def preview(project: OpenProject, connection: Connection, change: Callable[[], pl.Series]) -> Preview:
    """Let `change` give the warehouse other edges and say which records that stirs; what would follow. All is undone.

    Raises:
        NeverMatched: There is nothing yet that could change.
    """
    evidence.require_matched(connection)
    as_of = runs.last_as_of(connection)
    with rolled_back(connection):
        before = _standing(project, connection, as_of)
        stirred = change()
        happened = None
        if not stirred.is_empty() and as_of is not None:
            happened = rederive(project, connection, stirred, RUN, as_of)
        after = _standing(project, connection, as_of)
    return Preview(
        pairs={zone: (before.zones.get(zone, 0), after.zones.get(zone, 0)) for zone in ("merge", "review")},
        contacts=(before.contacts, after.contacts),
        merged=happened.merged if happened else 0,
        split=happened.split if happened else 0,
        waiting=(before.waiting, after.waiting),
        segments=[_compared(name, old, after.members[name]) for name, old in before.members.items()],
    )


class _Standing(NamedTuple):
    zones: dict[str, int]
    contacts: int
    waiting: int
    members: dict[str, pl.Series]


def _standing(project: OpenProject, connection: Connection, as_of: datetime | None) -> _Standing:
    return _Standing(
        dict(changed_edges.count_by_zone(connection).iter_rows()),
        health.count(connection, "contact"),
        health.count(connection, "review_queue"),
        all_members(project, connection, as_of) if as_of else {},
    )


def _compared(segment: str, before: pl.Series, after: pl.Series) -> SegmentChange:
    joining = after.filter(~after.is_in(before.implode())).len()
    leaving = before.filter(~before.is_in(after.implode())).len()
    return SegmentChange(segment, before.len(), after.len(), joining, leaving)


def all_members(project: OpenProject, connection: Connection, as_of: datetime) -> dict[str, pl.Series]:
    """Ids of the contacts that each segment would hold if it were published now; a broken one would not be."""
    filters = compile_each(project, as_of).filters
    return {
        each.segment: members(project, connection, each, filters[each.segment])
        for each in project.segments
        if each.segment in filters
    }


def members(project: OpenProject, connection: Connection, segment: Segment, asked: Bound) -> pl.Series:
    """Ids of the contacts a segment would hold if it were published now."""
    suppressed = suppressed_of(project, connection, segment, asked)
    fitting = contacts_that_fit(project, connection, segment, asked, suppressed)
    found = [in_file(segment, batch)["contact_id"] for batch in fitting]
    return pl.concat([pl.Series("contact_id", [], pl.String), *found])
