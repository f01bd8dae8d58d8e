"""Rows of a list that is no delivery, by the roles of its columns: a CSV, a workbook or a Parquet file."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.read.catalogue.detect import encoding_of, sample
from pipelines.read.contact_lists.open_table import open_table
from pipelines.read.core.batch import BATCH_ROWS
from pipelines.read.tables.contact_table import LISTS, parts
from pipelines.read.tables.parquet import PARQUET, open_parquet
from pipelines.read.tables.spreadsheet_cells import CLEAR, clean_cells
from pipelines.read.tables.table import Rows, Table
from schemas.list_roles import NO_EVIDENCE, ListRole
from schemas.match_fields import fields_by_column, role_of

LOOKED_AT = 1_000  # rows, to tell roles


class ListRows(NamedTuple):
    """Some rows of a list, and how many rows beside them were left out because they do not fit the header.

    `rows`: record (UInt32, the number of the row, counted from `before`), record_id (String, null without one), and
    for each field a List(String).
    """

    rows: pl.DataFrame
    refused: int


def open_list(path: Path, *, rows: int = BATCH_ROWS) -> AbstractContextManager[Table]:
    """Open a list as a table. Raises DeliveryRefused for a file that is none."""
    seen = sample(path)
    if seen.start.startswith(PARQUET):
        return open_parquet(path, rows=rows)
    return open_table(path, encoding_of(seen.start), rows=rows)


def first_values(path: Path) -> dict[str, pl.Series]:
    """The header of a list, with the first values of each column, blank ones left out."""
    with open_list(path, rows=LOOKED_AT) as table:
        first = next(table.rows, None)
    columns = {header: f"c{place}" for place, header in enumerate(table.header)}
    if first is None:
        return {header: pl.Series(dtype=pl.String) for header in columns}
    cells = clean_cells(first.cells, list(columns.values())).with_columns(pl.col(pl.String).replace(CLEAR, None))
    return {header: cells[column].drop_nulls() for header, column in columns.items()}


def read_list(path: Path, roles: Mapping[str, ListRole], before: int) -> Iterator[ListRows]:
    """The rows of a list in batches. `roles` may name columns that this list does not have.

    `before`: how many rows there were in the lists before it; the first row of this one is `before` + 1.
    """
    fields = fields_by_column({name: str(role) for name, role in roles.items()})
    with open_list(path) as table:
        columns = {f"c{place}": fields[name] for place, name in enumerate(table.header) if name in roles}
        for rows in table.rows:
            yield ListRows(by_field(rows, columns, fields_compared(roles), before), rows.refused.height)


def fields_compared(roles: Mapping[str, ListRole]) -> list[str]:
    """The fields that lists of these roles are compared by, sorted."""
    fields = fields_by_column({name: str(role) for name, role in roles.items()})
    return sorted(set(fields.values()) - set(map(str, NO_EVIDENCE)))


def by_field(rows: Rows, columns: Mapping[str, str], used: list[str], before: int) -> pl.DataFrame:
    """Cells of a table by the field of their columns. A cell may hold several phones or addresses."""
    cells = clean_cells(rows.cells, list(columns)).with_columns(pl.col(list(columns)).replace(CLEAR, None))
    of_field = {field: [name for name, each in columns.items() if each == field] for field in used}
    ids = [name for name, each in columns.items() if each == ListRole.RECORD_ID]
    nothing = pl.lit([], dtype=pl.List(pl.String))
    told = {
        field: pl.concat_list(values(cells[name], role_of(field)) for name in own) if own else nothing
        for field, own in of_field.items()
    }
    return cells.select(
        (pl.col("row") + before).cast(pl.UInt32).alias("record"),
        (pl.col(ids[0]) if ids else pl.lit(None, pl.String)).alias("record_id"),
        **told,
    )


def values(cells: pl.Series, role: str) -> pl.Series:
    """The values of each cell."""
    if role in LISTS:
        return parts(cells, LISTS[role])
    return pl.select(pl.concat_list(cells).list.drop_nulls()).to_series()
