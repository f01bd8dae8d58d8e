"""Who fits a segment, in the columns that it names."""

from collections.abc import Iterator

import polars as pl

from pipelines.project import OpenProject
from pipelines.query.bind import Bound, Either, Every, Found, Negated, Question, Related
from pipelines.query.suppression import IS_SUPPRESSED, consents, reaching_columns, with_suppression
from pipelines.query.to_polars import Fitting, predicate
from pipelines.query.to_sql import to_sql
from pipelines.store.reads.contact_rows import Chosen, collation_of, contacts_in_order
from pipelines.store.reads.fitting_contacts import existing_values, fitting_contacts
from pipelines.store.reads.suppressed_addresses import suppressed_contacts
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment

ALWAYS = ("status", "status_reason")  # read of every contact: whether it is blocked, and whether it is suppressed


def suppressed_of(project: OpenProject, connection: Connection, segment: Segment, asked: Bound) -> pl.DataFrame | None:
    """Contacts that a segment would reach at a suppressed address, and why; None where its file reaches nobody."""
    reaching = reaching_columns(segment)
    if not reaching:
        return None
    fields = {*fields_of(asked)}
    wanted = [name for name in consents(project.settings.attributes) if f"attr.{name}" in fields]
    return suppressed_contacts(connection, reaching, wanted)


def contacts_that_fit(
    project: OpenProject, connection: Connection, segment: Segment, asked: Bound, suppressed: pl.DataFrame | None
) -> Iterator[pl.DataFrame]:
    """Contacts that fit the filter of a segment, in its order, in batches; their reason says if they are suppressed."""
    refused = None if suppressed is None or suppressed.is_empty() else suppressed
    columns = {*ALWAYS, *segment.columns, *(() if refused is None else fields_of(asked))}
    fitting = contacts_in_order(
        connection,
        project.settings.attributes,
        columns,
        segment.order_by,
        collation_of(connection, project.settings.sorting_locale()),
        chosen_by(connection, asked),
    )
    if refused is None:
        yield from fitting
        return
    condition = predicate(asked, fitting_beside(connection))
    for batch in fitting:
        yield with_suppression(batch, condition, refused)


def in_file(segment: Segment, fitting: pl.DataFrame) -> pl.DataFrame:
    """Of the contacts that fit, those that are in the file: without those suppressed, unless it asks for them."""
    return fitting if segment.include_suppressed else fitting.filter(~IS_SUPPRESSED)


def chosen_by(connection: Connection, asked: Bound) -> Chosen:
    """The contacts that a filter is true of."""
    return Chosen(*to_sql(asked, existing_values(connection)))


def fitting_beside(connection: Connection) -> Fitting:
    """What a predicate over frames of contacts needs to answer what is asked of anything else."""
    return lambda asked: fitting_contacts(connection, *chosen_by(connection, asked))


def fields_of(asked: Bound) -> Iterator[str]:
    """The fields of contacts that a filter asks about, those of the segments in it included."""
    match asked:
        case Every(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from fields_of(part)
        case Negated(part=part):
            yield from fields_of(part)
        case Question(relation=None, field=field):
            yield field
        case Question() | Related() | Found():
            pass
