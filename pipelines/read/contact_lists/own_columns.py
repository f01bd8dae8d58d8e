"""What readers of lists whose columns have names of their own share: opening them, their meanings, rows left out."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipelines.read.contact_lists.open_table import open_table
from pipelines.read.containers.zip import ZIP
from pipelines.read.core.batch import BATCH_ROWS
from pipelines.read.csv.code_pages import likely_encodings, unmarked_utf16
from pipelines.read.csv.text import BOMS, mostly_in
from pipelines.read.tables.contact_table import understand
from pipelines.read.tables.header_words import fold
from pipelines.read.tables.table import Rows, Table
from pipelines.read.workbook.workbook import OLE
from schemas import received
from schemas.contact_list import ContactTable
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

LEGACY = "windows-1252"  # what desktop programs write that do not write UTF-8; ISO-8859-1 is a part of it
TELLING = (ZIP, OLE, *BOMS)
HEAD = 32  # bytes, of the header of a table, whose first letters are plain

Tidy = Callable[[pl.DataFrame], pl.DataFrame]


@contextmanager
def opened(path: Path, source: ContactTable, rows: int = BATCH_ROWS) -> Iterator[Table]:
    """Open a list, CSV or workbook; of a text that is neither marked nor UTF-8 the likeliest encoding is assumed."""
    encoding = source.encoding or encoding_of(path)
    assumed = None if encoding in (source.encoding, "utf-8") else encoding
    with open_table(path, encoding, locale=source.locale, header_row=source.header_row, rows=rows) as table:
        yield table._replace(rows=(some._replace(assumed_encoding=assumed) for some in table.rows))


def encoding_of(path: Path) -> str | None:
    """The encoding of a text that does not say which it is in; None for a marked one, or a workbook."""
    with path.open("rb") as file:
        start = file.read(HEAD)
    if start.startswith(TELLING):
        return None
    if not unmarked_utf16(start) and mostly_in(path, "utf-8"):
        return "utf-8"
    return next(iter(likely_encodings(path)), LEGACY)


def aliases(spelt: Mapping[str, str]) -> dict[str, str]:
    """Meanings by folded header, out of headers parted by `|` by their meaning."""
    return {fold(header): meaning for meaning, headers in spelt.items() for header in headers.split("|")}


def meanings_of(header: list[str], source: ContactTable, own: Mapping[str, str]) -> list[str]:
    """What columns mean: what the source's options say, then `own` (by folded header), then what any list's would."""
    told = source.told()
    taken = {fold(name) for name in told}
    here = {
        name: own[name]
        for name in map(fold, header)
        if name in own and name not in taken and not (source.key and own[name] == "record_id")
    }
    return understand(header, source.key, here | told)


def places(header: Sequence[str], chosen: Callable[[str], object]) -> list[str]:
    """The columns of cells (c0, c1, ...) whose folded header is chosen."""
    return [f"c{place}" for place, name in enumerate(header) if chosen(fold(name))]


def middle_names(header: Sequence[str], source: ContactTable, names: Container[str]) -> list[str]:
    """The columns (c0, c1, ...) of middle names, by folded header, of which the source's options say nothing else."""
    told = {fold(name) for name in source.told()}
    return places(header, lambda name: name in names and name not in told)


def with_middle_names(contacts: pl.DataFrame, cells: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Contacts whose whole name, where the list has none, holds the middle name that stands in one of the columns."""
    if not columns:
        return contacts
    middle = cells.select(
        "row", middle=pl.coalesce(pl.col(column).str.strip_chars().replace("", None) for column in columns)
    )
    whole = pl.concat_str("first_name", "middle", "last_name", separator=" ", ignore_nulls=True)
    partly = pl.col("first_name").is_not_null() | pl.col("last_name").is_not_null()
    return (
        contacts.join(middle, on="row", how="left", maintain_order="left")
        .with_columns(
            name=pl.when(pl.col("name").is_null() & pl.col("middle").is_not_null() & partly)
            .then(whole)
            .otherwise("name")
        )
        .drop("middle")
    )


def left_out(rows: Rows, header: Sequence[str], chosen: pl.Expr, code: ErrorCode, why: str) -> Rows:
    """Rows without those that are chosen (a Boolean over the cells as delivered): they are skipped, not refused."""
    chosen = chosen.fill_null(value=False)
    gone = skipped(delivered(rows.cells.filter(chosen), header), code, why)
    if gone.is_empty():
        return rows
    return rows._replace(cells=rows.cells.filter(~chosen), refused=pl.concat([rows.refused, gone]).sort("row"))


def delivered(cells: pl.DataFrame, header: Sequence[str]) -> pl.DataFrame:
    """Rows as they are given back: row, line, raw."""
    names = [pl.col(f"c{place}").alias(name) for place, name in enumerate(header)]
    return cells.select("row", "line", raw=pl.struct(names).struct.json_encode())


def skipped(rows: pl.DataFrame, code: ErrorCode, why: str) -> pl.DataFrame:
    """Rows as delivered (row, line, raw) that count for nothing, as `schemas.received.Refusal`."""
    told = {"outcome": Outcome.SKIPPED.value, "code": code.value, "expected": why}
    columns = received.empty(received.Refusal).schema
    return (
        rows.with_columns(pl.lit(word).alias(name) for name, word in told.items()).select(columns.names()).cast(columns)
    )
