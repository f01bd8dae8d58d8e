"""A fingerprint of all that the file of a segment depends on."""

import hashlib
from datetime import datetime
from importlib.metadata import version

import polars as pl

from pipelines.project import OpenProject, digest
from pipelines.query.bind import asked_fields, is_relative
from pipelines.steps.segments.fitting import ALWAYS
from pipelines.store.reads.contact_rows import collation_of, fingerprint
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment

WRITING = 2  # raise it in the change that makes a file another one though its contacts are the same
LIBRARIES = ("onecontact", "polars", "pyarrow", "xlsxwriter")  # what writes files


def needed_columns(segment: Segment) -> set[str]:
    """The columns of contacts that the file of a segment, its filter and its order depend on."""
    return {*ALWAYS, *segment.columns, *asked_fields(segment.where), *segment.sorted_by}


def inputs_of(
    project: OpenProject, connection: Connection, segment: Segment, as_of: datetime, suppressed: pl.DataFrame | None
) -> str:
    """A fingerprint of all that the file of a segment depends on: with the same one, it would be the same file.

    That is its definition and the attributes it names, what every contact holds in its columns, its filter and its
    order, who is suppressed, how text is sorted, the moment if it asks for relative dates, and what writes it.
    """
    columns = needed_columns(segment)
    attributes = {name: each for name, each in sorted(project.settings.attributes.items()) if f"attr.{name}" in columns}
    refused = None if suppressed is None else hashlib.sha256(suppressed.write_csv().encode()).hexdigest()
    moves = is_relative(segment.where) and segment.as_of == "run"
    moment = (as_of, project.settings.timezone) if moves else project.settings.timezone
    return digest(
        segment,
        list(attributes),
        *attributes.values(),
        fingerprint(connection, columns),
        refused,
        collation_of(connection, project.settings.sorting_locale()),
        moment,
        WRITING,
        {library: version(library) for library in LIBRARIES},
    )
