"""Writing the file of a segment, and finding out on the way what is kept of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.project import OpenProject
from pipelines.publish.files import atomic_write, sha256_of
from pipelines.publish.writers.formats import file_columns, open_format
from pipelines.publish.writers.sink import Sink, encrypted
from pipelines.query.bind import Bound
from pipelines.query.suppression import IS_SUPPRESSED
from pipelines.steps.segments.changes import KEPT, Changes, changes_since
from pipelines.steps.segments.distinct import Distinct, Duplicates
from pipelines.steps.segments.fitting import contacts_that_fit, in_file
from pipelines.store.reads import exports as store
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment
from schemas.settings.publication import Content


class Written(NamedTuple):
    """A file that has been written.

    `members`: contact_id, and of a file of changes what became of each (change, fingerprint), also of those not in it.
    `in_segment` is how many contacts the segment has; `rows` how many the file has. `duplicates` counts the values that
    stand twice, by column of `expect.unique`.
    """

    file_sha256: str
    content_sha256: str
    rows: int
    in_segment: int
    members: pl.DataFrame
    suppressed: store.Suppressed
    counts: dict[str, int]
    duplicates: dict[str, int]


class Tally:
    """What is counted while contacts pass."""

    def __init__(self, segment: Segment) -> None:
        self.suppressed = store.NOBODY
        self.distinct = Distinct(segment.one_per)
        self.duplicates = Duplicates(segment.expect.unique)
        self.contacts = 0

    def passed(self, segment: Segment, fitting: pl.DataFrame) -> pl.DataFrame:
        """Of contacts that fit, those that are in the segment."""
        unsuppressed = in_file(segment, fitting)
        counted = (fitting.height - unsuppressed.height, unsuppressed.filter(IS_SUPPRESSED).height)
        self.suppressed = store.Suppressed(*map(sum, zip(self.suppressed, counted, strict=True)))
        chosen = self.distinct.first_of_each(unsuppressed)
        self.duplicates.add(chosen)
        self.contacts += chosen.height
        return chosen

    def counts(self, segment: Segment, changes: Changes | None) -> dict[str, int]:
        """What a manifest tells of rows beside how many there are."""
        told = {} if changes is None else changes.counts
        return told | ({"left_out_by_one_per": self.distinct.left_out} if segment.one_per else {})


def write_rows(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    asked: Bound,
    refused: pl.DataFrame | None,
    path: Path,
    since: store.Publication | None = None,
) -> Written:
    """Write the file of a segment; a file of changes has those `since` a publication."""
    attributes = project.settings.attributes
    tally = Tally(segment)
    changes = changes_since(connection, since) if segment.content is Content.CHANGES else None
    members, rows = [pl.DataFrame(schema=KEPT if changes else ["contact_id"])], 0
    with atomic_write(path) as file, encrypted(file, segment.encrypt_to) as clear:
        sink = Sink(clear)
        with open_format(sink.file(), segment, file_columns(segment, attributes), attributes) as write:
            fitting = contacts_that_fit(project, connection, segment, asked, refused)
            for batch, kept in batches(segment, fitting, tally, changes):
                write(batch)
                members.append(kept)
                rows += batch.height
    return Written(
        str(sha256_of(path)) if segment.encrypt_to else sink.sha256(),
        sink.sha256(),
        rows,
        tally.contacts,
        pl.concat(members, how="vertical_relaxed"),
        tally.suppressed,
        tally.counts(segment, changes),
        tally.duplicates.counts(),
    )


def batches(
    segment: Segment, fitting: Iterator[pl.DataFrame], tally: Tally, changes: Changes | None
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Rows of the file, each batch with those of whom it is kept that they are in the segment."""
    like = pl.DataFrame(schema=dict.fromkeys(segment.columns, pl.String))
    for found in fitting:
        like = found.select(segment.columns)
        chosen = tally.passed(segment, found)
        yield (chosen, chosen.select("contact_id")) if changes is None else changes.of(chosen, segment.columns)
    if changes is not None:
        yield changes.left(like)


def passing(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    asked: Bound,
    refused: pl.DataFrame | None,
    tally: Tally,
) -> Iterator[pl.DataFrame]:
    """The contacts that are in a segment, in batches, with nothing written."""
    for found in contacts_that_fit(project, connection, segment, asked, refused):
        yield tally.passed(segment, found)
