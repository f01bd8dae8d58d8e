"""Who would be in a segment now: how many, some of them with masked values, and what its expectations say."""

from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from pipelines.project import OpenProject
from pipelines.publish.writers.columns import columns_of
from pipelines.steps.segments.compile import compile_segment
from pipelines.steps.segments.expectations import size_of, unmet
from pipelines.steps.segments.fitting import suppressed_of
from pipelines.steps.segments.inspect.masked import masked
from pipelines.steps.segments.write import Tally, passing
from pipelines.store.reads import exports as store
from pipelines.store.runs.runs import last_as_of
from pipelines.store.warehouse.connection import Connection
from schemas.fields import field_kinds
from schemas.segment import Segment

SAMPLE = 5


class SegmentPreview(NamedTuple):
    """What the next publication would be: `sample` holds masked values, `unmet` what of its expectations fails."""

    contacts: int
    before: int | None
    suppressed: store.Suppressed
    left_out_by_one_per: int
    sample: pl.DataFrame
    unmet: list[str]


def preview_segment(
    project: OpenProject, connection: Connection, segment: Segment, sample: int = SAMPLE
) -> SegmentPreview:
    """What a publication of a segment would hold. Raises ConfigurationError with everything that is wrong with it."""
    asked = compile_segment(project, segment, now_of(connection))
    refused = suppressed_of(project, connection, segment, asked)
    tally = Tally(segment)
    columns = columns_of(segment.columns, segment.headings, field_kinds(project.settings.attributes))
    shown = pl.DataFrame(schema=dict.fromkeys(segment.columns, pl.String))
    for chosen in passing(project, connection, segment, asked, refused, tally):
        if shown.height < sample:
            shown = pl.concat([shown, masked(chosen.head(sample - shown.height), columns)])
    before = size_of(store.last_publication(connection, segment.segment))
    return SegmentPreview(
        tally.contacts,
        before,
        tally.suppressed,
        tally.distinct.left_out,
        shown,
        [*unmet(segment.expect, tally.contacts, before, tally.duplicates.counts())],
    )


def now_of(connection: Connection) -> datetime:
    """The moment that contacts were last derived as of; before any run, this one."""
    return last_as_of(connection) or datetime.now(UTC)
