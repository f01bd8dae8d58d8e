"""A table with one contact a row becomes contact, identifier and attribute rows, by the names of its columns."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.read.batch import Batch
from pipelines.read.csv_rows import CsvFile, CsvRow, open_csv
from schemas import received
from schemas.vocabulary import ErrorCode, IdentifierType, Outcome

CLEAR = "\\N"  # a cell that says "this is now empty", where a blank one says nothing
BATCH_CHARACTERS = 16_000_000  # a batch of long rows ends before it has all its rows
NAMES = ("name", "first_name", "last_name")
SCALARS = ("record_id", *NAMES, "notes", "observed_at", "channel")
LISTS = {"phone": ";", "wa_id": ";", "email": "[;,]", "messenger_thread": ";", "external_id": "$^", "tags": "[;,]"}
IDENTIFIERS = {
    "phone": IdentifierType.PHONE,
    "wa_id": IdentifierType.WA_ID,
    "email": IdentifierType.EMAIL,
    "messenger_thread": IdentifierType.MESSENGER_THREAD,
    "external_id": IdentifierType.EXTERNAL_ID,
}
FIELDS = (*SCALARS, *LISTS)
IGNORE = "ignore"
OVER = "_extra"  # column of refused rows that holds the cells for which their file had no column

ALIASES = {
    "name": "name|full name|fn|display name|file as|contact name|nome completo|vollständiger name",
    "first_name": "first name|firstname|first|given name|fname|vorname|prénom|nombre|nome",
    "last_name": "last name|lastname|last|family name|surname|nachname|nom|apellidos|sobrenome",
    "email": "email|e mail|e mail address|email address|mail|primary email|work email|e mail 1 value|e mail adresse",
    "phone": "phone|phone number|mobile|mobile phone|mobilephone|mobile number|tel|telephone|telefon|telefone|"
    "handy|phone 1 value|mobil|teléfono",
    "wa_id": "whatsapp|whatsapp number|wa id",
    "messenger_thread": "messenger thread|facebook chat",
    "record_id": "id|record id|contact id|hs object id|unique external id|kontakt id",
    "external_id": "identifier|external id",
    "tags": "tags|labels|categories|schlagwörter",
    "notes": "notes|note|notizen|bemerkung|comments",
    "observed_at": "last modified|last modified date|lastmodifieddate|updated at|modified|geändert am",
    "channel": "channel|source channel",
}
MEANINGS = {alias: field for field, aliases in ALIASES.items() for alias in aliases.split("|")}


def read_contacts(
    path: Path, *, key: str | None, columns: Mapping[str, str], encoding: str | None, rows: int
) -> Iterator[Batch]:
    """Read a delimited contact list in batches.

    `columns` says what columns mean, by header; for the others their name decides, and a column that means nothing here
    is offered as a custom attribute of its own name. `key` is the header of the source's own record id. Headers are
    compared without regard to case, spaces, hyphens and underscores; those that begin with `_` are ignored unless they
    are named here.
    """
    with open_csv(path, encoding) as file:
        meanings = understand(file.header, key, columns)
        while taken := list(gathered(file.rows, rows)):
            yield batch_of(file, taken, meanings)


def gathered(rows: Iterator[CsvRow], most: int) -> Iterator[CsvRow]:
    """The rows of the next batch: so many, or fewer where they are long."""
    characters = 0
    for row in islice(rows, most):
        yield row
        characters += sum(map(len, row.cells))
        if characters >= BATCH_CHARACTERS:
            return


def fold(header: str) -> str:
    """A header as it is compared; one that begins with `_` still does."""
    words = " ".join(re.split(r"[\s_\-]+", unicodedata.normalize("NFKC", header).casefold())).strip()
    return f"_{words}" if header.startswith("_") else words or header


def understand(header: list[str], key: str | None, columns: Mapping[str, str]) -> list[str]:
    """What each column of a file means: a field of FIELDS, `attr.<name>`, or `ignore`."""
    folded = [fold(cell) for cell in header]
    counted = Counter(folded)
    twice = [place for place, name in enumerate(folded, 1) if counted[name] > 1]
    if twice:
        raise DeliveryRefused(ErrorCode.HEADER_DUPLICATE, f"columns {twice} have the same header; give each its own")
    told = {fold(name): meaning for name, meaning in columns.items()}
    missing = sorted(set(told) - set(folded))
    if key:
        told[fold(key)] = "record_id"
    meanings = [meaning_of(name, told, has_key=key is not None) for name in folded]
    if key and fold(key) not in folded:
        raise DeliveryRefused(ErrorCode.HEADER_MISSING, f"no column `{key}`, which the source names as its key")
    if not set(meanings) & {*NAMES, *IDENTIFIERS}:
        raise DeliveryRefused(
            ErrorCode.HEADER_MISSING,
            "no column is a name, phone or e-mail; add a header row, or say in `columns:` what the columns mean"
            + (f" (not found: {', '.join(missing)})" if missing else ""),
        )
    return meanings


def meaning_of(name: str, told: Mapping[str, str], *, has_key: bool) -> str:
    """What a folded header means."""
    if name.startswith("_") and name not in told:
        return IGNORE
    meaning = told.get(name) or MEANINGS.get(name) or f"attr.{name.replace(' ', '_')}"
    if meaning == "record_id" and has_key and told.get(name) != "record_id":
        return IGNORE
    return meaning if meaning in FIELDS or meaning == IGNORE or meaning.startswith("attr.") else f"attr.{meaning}"


def batch_of(file: CsvFile, taken: list[CsvRow], meanings: list[str]) -> Batch:
    """Rows of a file as a batch; rows with too many, too few or no cells are refused."""
    width = len(file.header)
    fitting = [fits(row, file.header) for row in taken]
    whole = [row for row, fit in zip(taken, fitting, strict=True) if fit]
    refused = [refusal(row, file.header) for row, fit in zip(taken, fitting, strict=True) if not fit]
    original = pl.DataFrame(
        [[row.row, row.line, *row.cells] for row in whole],
        schema={"row": pl.UInt32, "line": pl.UInt32} | {f"c{place}": pl.String for place in range(width)},
        orient="row",
    )
    cells = original.with_columns(_said(pl.col(f"c{place}")) for place in range(width))
    return Batch(
        contacts=contacts_of(cells, meanings),
        identifiers=identifiers_of(cells, meanings, file.header),
        attributes=attributes_of(cells, meanings, file.header),
        refused=pl.DataFrame(refused, schema=received.empty(received.Refusal).schema, orient="row"),
        original=original.drop("line").rename({f"c{place}": f"c.{name}" for place, name in enumerate(file.header)}),
    )


def _said(cell: pl.Expr) -> pl.Expr:
    trimmed = cell.str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def fits(row: CsvRow, header: list[str]) -> bool:
    """Whether a row has a cell for each column and says something, and nothing is left over from when it had more."""
    return len(row.cells) == len(header) and any(map(str.strip, row.cells)) and not left_over(row, header)


def left_over(row: CsvRow, header: list[str]) -> list[str]:
    """Cells beyond the header, or those that came back in the column of refused rows that holds them."""
    if len(row.cells) == len(header) and OVER in header:
        cell = row.cells[header.index(OVER)].strip()
        return [cell] if cell else []
    return row.cells[len(header) :]


def refusal(row: CsvRow, header: list[str]) -> tuple[int, int, str, str, str, str]:
    """A row whose cells do not fit the header, given back as its columns and what was over."""
    cells = dict(zip(header, row.cells, strict=False))
    over = left_over(row, header)
    came_back = len(row.cells) == len(header) and OVER in header
    raw = json.dumps(cells if came_back else cells | {OVER: over}, ensure_ascii=False)
    expected = f"{len(header)} cells, as many as the header has; the row has {len(row.cells)}"
    if over:
        expected += f"; move the cells in {OVER} to the columns they belong to, and empty it"
    if not any(map(str.strip, row.cells)):
        return row.row, row.line, Outcome.SKIPPED, ErrorCode.ROW_BLANK, "a row with at least one value", raw
    code = ErrorCode.ROW_TOO_MANY_FIELDS if over else ErrorCode.ROW_TOO_FEW_FIELDS
    return row.row, row.line, Outcome.REJECTED, code, expected, raw


def contacts_of(cells: pl.DataFrame, meanings: list[str]) -> pl.DataFrame:
    """The contact rows: for each field the first of its columns that says something."""

    def first(field: str) -> pl.Expr:
        columns = [pl.col(f"c{place}") for place, meaning in enumerate(meanings) if meaning == field]
        value = pl.coalesce(columns) if columns else pl.lit(None, pl.String)
        return pl.when(value != CLEAR).then(value).alias(field)

    tags = [_parts(f"c{place}", "tags") for place, meaning in enumerate(meanings) if meaning == "tags"]
    cleared = [
        pl.when(pl.col(f"c{place}") == CLEAR).then(pl.lit("name" if meaning in NAMES else meaning))
        for place, meaning in enumerate(meanings)
        if meaning != IGNORE
    ]
    return cells.select(
        "row",
        "line",
        *(first(field) for field in ("record_id", "channel", "name", "first_name", "last_name")),
        (pl.concat_list(tags) if tags else pl.lit([], pl.List(pl.String))).alias("tags"),
        first("notes"),
        first("observed_at"),
        pl.concat_list(cleared).list.drop_nulls().list.unique(maintain_order=True).alias("cleared"),
    )


def identifiers_of(cells: pl.DataFrame, meanings: list[str], names: list[str]) -> pl.DataFrame:
    """Every phone, address and channel id of the rows, in the order of the columns."""
    parts = [
        cells.select(
            "row",
            type=pl.lit(IDENTIFIERS[meaning].value),
            scope=pl.lit(""),
            raw=_parts(f"c{place}", meaning),
            field=pl.lit(names[place]),
        ).explode("raw")
        for place, meaning in enumerate(meanings)
        if meaning in IDENTIFIERS
    ]
    empty = received.empty(received.IdentifierRow)
    return pl.concat([empty, *parts]).drop_nulls("raw").sort("row", maintain_order=True)


def attributes_of(cells: pl.DataFrame, meanings: list[str], names: list[str]) -> pl.DataFrame:
    """Every custom attribute of the rows, as written: of the columns that mean it, the first that says something."""
    parts = [
        cells.select(
            "row",
            attribute=pl.lit(meaning.removeprefix("attr.")),
            raw=pl.col(f"c{place}"),
            field=pl.lit(names[place]),
        ).filter(pl.col("raw") != CLEAR)
        for place, meaning in enumerate(meanings)
        if meaning.startswith("attr.")
    ]
    said = pl.concat([received.empty(received.AttributeRow), *parts]).drop_nulls("raw")
    return said.unique(["row", "attribute"], keep="first", maintain_order=True)


def _parts(column: str, field: str) -> pl.Expr:
    """The values of a cell that may hold several."""
    said = pl.when(pl.col(column) != CLEAR).then(pl.col(column))
    values = said.str.replace_all(LISTS[field], "\x1f").str.split("\x1f").list.eval(pl.element().str.strip_chars())
    return values.list.eval(pl.element().filter(pl.element() != "")).fill_null([])
