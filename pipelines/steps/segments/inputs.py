"""A fingerprint of all that the file of a segment depends on."""

import hashlib
from datetime import datetime
from importlib.metadata import version

import polars as pl

from pipelines.project import OpenProject, digest
from pipelines.query.bind import Bound, is_relative
from pipelines.steps.segments.compile import scope_of
from pipelines.steps.segments.fitting import ALWAYS, chosen_by, fields_of
from pipelines.store.reads.contact_rows import collation_of, fingerprint
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment

WRITING = 2  # raise it in the change that makes a file another one though its contacts are the same
LIBRARIES = ("onecontact", "polars", "pyarrow", "xlsxwriter")  # what writes files


def needed_columns(segment: Segment, asked: Bound) -> set[str]:
    """The columns of contacts that the file of a segment, its filter and its order depend on."""
    return {*ALWAYS, *segment.columns, *fields_of(asked), *segment.sorted_by}


def inputs_of(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    asked: Bound,
    as_of: datetime,
    suppressed: pl.DataFrame | None,
) -> str:
    """A fingerprint of all that the file of a segment depends on: with the same one, it would be the same file.

    That is its definition and the attributes it names, who fits its filter and what they hold in its columns, its
    filter and its order, who is suppressed (and of relative dates then, the moment), how text is sorted, and what
    writes it.
    """
    columns = needed_columns(segment, asked)
    attributes = {name: each for name, each in sorted(project.settings.attributes.items()) if f"attr.{name}" in columns}
    scope = scope_of(project, segment, as_of)
    moves = suppressed is not None and not suppressed.is_empty() and is_relative(segment.where, scope.segments)
    refused = None if suppressed is None else hashlib.sha256(suppressed.write_csv().encode()).hexdigest()
    return digest(
        segment,
        list(attributes),
        *attributes.values(),
        fingerprint(connection, columns, chosen_by(connection, asked)),
        refused,
        scope.as_of if moves else None,
        collation_of(connection, project.settings.sorting_locale()),
        WRITING,
        {library: version(library) for library in LIBRARIES},
    )
