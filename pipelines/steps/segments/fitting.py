"""Who fits a segment, in the columns that it names."""

from collections.abc import Iterator

import polars as pl

from pipelines.project import OpenProject
from pipelines.query.bind import asked_fields
from pipelines.query.suppression import IS_SUPPRESSED, asked_consents, reaching_columns, with_suppression
from pipelines.store.reads.contact_rows import collation_of, contacts_as_stored, contacts_in_order
from pipelines.store.reads.suppressed_addresses import suppressed_contacts
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment

ALWAYS = ("status", "status_reason")  # read of every contact: whether it is blocked, and whether it is suppressed
FEW = 0.5  # of all contacts at most, whose other columns are read by their ids


def suppressed_of(project: OpenProject, connection: Connection, segment: Segment) -> pl.DataFrame | None:
    """Contacts that a segment would reach at a suppressed address, and why; None where its file reaches nobody."""
    reaching = reaching_columns(segment)
    consents = asked_consents(segment, project.settings.attributes)
    return suppressed_contacts(connection, reaching, consents) if reaching else None


def contacts_that_fit(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    predicate: pl.Expr,
    suppressed: pl.DataFrame | None,
) -> Iterator[pl.DataFrame]:
    """Contacts that fit the filter of a segment, in its order, in batches; their reason says if they are suppressed.

    Where they are few, the columns of the filter are read of everybody, and the others of them alone.
    """
    attributes = project.settings.attributes
    asked = {*ALWAYS, *asked_fields(segment.where)}
    few = few_that_fit(project, connection, asked, predicate)
    collation = collation_of(connection, project.settings.sorting_locale())
    columns = {*asked, *segment.columns}
    for batch in contacts_in_order(connection, attributes, columns, segment.order_by, collation, few):
        chosen = batch.filter(predicate)
        yield chosen if suppressed is None else with_suppression(chosen, predicate, suppressed)


def few_that_fit(project: OpenProject, connection: Connection, asked: set[str], predicate: pl.Expr) -> pl.Series | None:
    """Ids of the contacts that fit a filter which asks for these columns; None where they are not few."""
    everybody, fitting = 0, [pl.Series("contact_id", [], pl.String)]
    for batch in contacts_as_stored(connection, project.settings.attributes, asked):
        everybody += batch.height
        fitting.append(batch.filter(predicate)["contact_id"])
    ids = pl.concat(fitting)
    return ids if ids.len() <= FEW * everybody else None


def in_file(segment: Segment, fitting: pl.DataFrame) -> pl.DataFrame:
    """Of the contacts that fit, those that are in the file: without those suppressed, unless it asks for them."""
    return fitting if segment.include_suppressed else fitting.filter(~IS_SUPPRESSED)
