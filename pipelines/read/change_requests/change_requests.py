"""Change requests: tables in which each row is a decision that somebody asks for."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from difflib import get_close_matches
from typing import Any, NamedTuple

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.normalise.text import split_cells
from pipelines.read.contact_lists.open_table import open_table
from pipelines.read.core.batch import BATCH_ROWS, Batch
from pipelines.read.tables.contact_table import IGNORE, meaning_of
from pipelines.read.tables.header_words import fold, shared
from pipelines.read.tables.refusals import set_aside
from pipelines.read.tables.spreadsheet_cells import CLEAR, clean_cells
from pipelines.read.tables.table import Rows, Table
from schemas.error_codes import ErrorCode

FORMAT = "change_requests"
COLUMNS = ("decision", "contact", "others", "records", "field", "value", "reason", "by", "until")
CREATES = ("name", "first_name", "last_name", "phone", "email", "tags", "notes")  # beside custom attributes
LISTS = ("others", "records")
TABLES = (".csv", ".tsv", ".xlsx")
TEMPLATE = "onecontact template --decisions --to requests.csv"


class Requests(NamedTuple):
    """Some consecutive requests of a file.

    `rows`: row (UInt32), line (UInt32, nullable), every one of COLUMNS (String, null where blank; LISTS are
    List[String]), and of CREATES and `attr.<name>` those that the file has. `batch`: the same rows as delivered, with
    what is refused for its shape and what is skipped.
    """

    rows: pl.DataFrame
    batch: Batch


def read(path: Any, attributes: Collection[str], *, rows: int = BATCH_ROWS) -> Iterator[Requests]:
    """Read a file of change requests in batches; `attributes` are the custom ones a contact may be created with.

    Raises DeliveryRefused for a file that is none, or has a column that means nothing here: what was meant by it would
    otherwise be left out of the decision.
    """
    with opened(path, rows) as table:
        meanings = understand(table.header, attributes)
        for some in table.rows:
            yield requests_of(table.header, some, meanings)


def opened(path: Any, rows: int) -> AbstractContextManager[Table]:
    """Open a file as a table. Raises DeliveryRefused for one whose name ends as no table's."""
    if path.suffix.lower() not in TABLES:
        known = ", ".join(TABLES)
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, f"change requests are {known} files: `{TEMPLATE}` makes one")
    return open_table(path, rows=rows)


def understand(header: list[str], attributes: Collection[str]) -> list[str]:
    """What each column means: one of COLUMNS or CREATES, `attr.<name>`, or `ignore`."""
    meanings = [meant_by(name, attributes) for name in shared(header)]
    for place, (name, meaning) in enumerate(zip(header, meanings, strict=True), 1):
        if meaning is None:
            close = get_close_matches(fold(name), [*COLUMNS, *CREATES, *attributes], n=1)
            known = ", ".join((*COLUMNS, *CREATES))
            meant = f"did you mean `{close[0]}`?" if close else f"known are {known} and the names of attributes"
            raise DeliveryRefused(
                ErrorCode.HEADER_UNKNOWN, f"column {place} means nothing in a change request; {meant}"
            )
    known_meanings = [meaning or IGNORE for meaning in meanings]
    twice = [meaning for meaning, count in Counter(known_meanings).items() if count > 1 and meaning != IGNORE]
    if twice:
        raise DeliveryRefused(ErrorCode.HEADER_DUPLICATE, f"several columns mean `{twice[0]}`; keep one of them")
    if "decision" not in known_meanings:
        raise DeliveryRefused(ErrorCode.HEADER_MISSING, "no column `decision`, which says what is to be done")
    return known_meanings


def meant_by(header: str, attributes: Collection[str]) -> str | None:
    """What a column means, `ignore` for one of ours that begins with `_`, None for a strange one."""
    name = fold(header)
    if name in COLUMNS or name.startswith("_"):
        return name if name in COLUMNS else IGNORE
    meaning = meaning_of(name, {}, has_key=False)
    known = meaning in CREATES or meaning.removeprefix("attr.") in attributes
    return meaning if known else None


def requests_of(header: list[str], rows: Rows, meanings: list[str]) -> Requests:
    """Rows of a table as requests. Those that say nothing, or only show how to fill a template, are skipped."""
    cells = clean_cells(rows.cells, [f"c{place}" for place in range(len(header))])
    aside = set_aside(cells, rows.cells, header)
    left = cells.join(aside, on="row", how="anti", maintain_order="left")
    places = {meaning: f"c{place}" for place, meaning in enumerate(meanings) if meaning != IGNORE}
    stated = {meaning: left[column].replace(CLEAR, None) for meaning, column in places.items()}
    blank = pl.Series([None] * left.height, dtype=pl.String)
    plain = {name: stated.get(name, blank) for name in [*COLUMNS, *(each for each in stated if each not in COLUMNS)]}
    texts = {name: split_cells(cell, ";") if name in LISTS else cell for name, cell in plain.items()}
    batch = Batch(
        refused=pl.concat([rows.refused, aside]).sort("row"),
        original=rows.cells.drop("line").rename({f"c{place}": f"c.{name}" for place, name in enumerate(header)}),
        meanings=dict(zip(header, meanings, strict=True)),
        text_rows=rows.text_rows,
    )
    return Requests(left.select("row", "line").with_columns(**texts), batch)


def looks_like(header: Collection[str]) -> bool:
    """Whether a file that lies anywhere asks for decisions, by its folded header."""
    return "decision" in header
