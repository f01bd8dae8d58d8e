"""A table with one contact a row becomes contact, identifier and attribute rows, by the names of its columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.normalise.number import whole_numbers
from pipelines.normalise.text import NO_VALUE, split_cells
from pipelines.read.core.batch import Batch
from pipelines.read.tables import system_headers
from pipelines.read.tables.duplicate_headers import attribute_names
from pipelines.read.tables.header_words import MEANINGS, fold, holds_a_person, shared
from pipelines.read.tables.name_columns import hold_given_names, only_family_name
from pipelines.read.tables.refusals import NAMES, ONE_VALUE, set_aside
from pipelines.read.tables.several_values import listed_tags, part_addresses, part_phones
from pipelines.read.tables.spreadsheet_cells import CLEAR, clean_cells
from pipelines.read.tables.table import Rows, Table
from schemas import received
from schemas.error_codes import ErrorCode
from schemas.vocabulary import IdentifierType

SCALARS = (*ONE_VALUE, "notes")
LISTS: dict[str, str] = {
    "phone": ";",
    "wa_id": ";",
    "email": "[;,]",
    "messenger_thread": ";",
    "external_id": "$^",
    "tags": "[;,]",
}
IDENTIFIERS = {
    "phone": IdentifierType.PHONE,
    "wa_id": IdentifierType.WA_ID,
    "email": IdentifierType.EMAIL,
    "messenger_thread": IdentifierType.MESSENGER_THREAD,
    "external_id": IdentifierType.EXTERNAL_ID,
}
FIELDS = (*SCALARS, *LISTS)
PARTED = {"phone": part_phones, "wa_id": part_phones, "email": part_addresses}  # before their cells are split
NAMESAKES = ("None", "Null", "Nan", *NO_VALUE)  # what stands for no value, and may be somebody's name
IGNORE = "ignore"
NOTHING_SPECIAL: Mapping[str, str] = MappingProxyType({})


class Layout(NamedTuple):
    """What the columns of a list mean.

    `meanings`: for each column a field of FIELDS, `attr.<name>`, or `ignore`. `lists`: for each field that may hold
    several values in a cell, the pattern that parts them. `tidy` puts into words of our own what a format writes in its
    own way; it gets the cells (c0, c1, ..., trimmed, null where blank) and gives them back. `addresses`: the places of
    the columns of each postal address, where there are several; the first that a row states is read, as a whole.
    `unsure`: the place of a column that is the family name by its header, and the whole name if its values say so.
    """

    meanings: list[str]
    lists: Mapping[str, str] = LISTS
    tidy: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    addresses: Sequence[Sequence[int]] = ()
    unsure: int | None = None


def read_contacts(table: Table, layout: Layout) -> Iterator[Batch]:
    """The rows of a contact list as batches, by what its columns mean (`understand`, `made_sure`)."""
    for rows in table.rows:
        layout = made_sure(layout, rows.cells)
        yield batch_of(table.header, rows, layout)


def layout_of(header: list[str], key: str | None, columns: Mapping[str, str]) -> Layout:
    """The layout of a list of any system, by its headers and what its source says of them (`understand`)."""
    folded = list(map(fold, header))
    system = system_headers.SYSTEMS.get(system_headers.system_of(folded) or "")
    meanings = understand(header, key, columns)
    unsure = only_family_name(folded, meanings)
    if unsure is not None and folded[unsure] not in map(fold, columns):
        meanings[unsure] = "last_name"
    else:
        unsure = None
    return Layout(meanings, {**LISTS, **(system.lists if system else {})}, unsure=unsure)


def made_sure(layout: Layout, cells: pl.DataFrame) -> Layout:
    """A layout without doubt, once there are rows that can tell."""
    if layout.unsure is None or cells.is_empty():
        return layout
    given = pl.concat([cells[column] for column in of(layout.meanings, "first_name")])
    is_whole = hold_given_names(cells[f"c{layout.unsure}"], given)
    whole = ["name" if is_whole and place == layout.unsure else each for place, each in enumerate(layout.meanings)]
    return layout._replace(meanings=whole, unsure=None)


def understand(header: list[str], key: str | None, columns: Mapping[str, str]) -> list[str]:
    """What each column of a file means: a field of FIELDS, `attr.<name>`, or `ignore`."""
    folded = [fold(cell) for cell in header]
    told = {fold(name): meaning for name, meaning in columns.items()}
    if holds_a_person(header, told):
        raise DeliveryRefused(
            ErrorCode.HEADER_MISSING, "the first row is no header, it holds an address or a number: add a header row"
        )
    missing = sorted(set(told) - set(folded))
    if key:
        told[fold(key)] = "record_id"
    names = zip(folded, shared(header), strict=True)
    special = system_headers.OWN.get(system_headers.system_of(folded) or "", {})
    meanings = [meaning_of(own if own in told else name, told, special, has_key=key is not None) for own, name in names]
    if key and fold(key) not in folded:
        raise DeliveryRefused(ErrorCode.HEADER_MISSING, f"no column `{key}`, which the source names as its key")
    if not set(meanings) & {*NAMES, *IDENTIFIERS}:
        raise DeliveryRefused(
            ErrorCode.HEADER_MISSING,
            "no column is a name, phone or e-mail; add a header row, or say in `columns:` what the columns mean"
            + (f" (not found: {', '.join(missing)})" if missing else ""),
        )
    return meanings


def meaning_of(
    name: str, told: Mapping[str, str], special: Mapping[str, str] = NOTHING_SPECIAL, *, has_key: bool
) -> str:
    """What a folded header means: as the source says (`told`), in lists of its system (`special`), or in any."""
    if name.startswith("_") and name not in told:
        return IGNORE
    meaning = (
        told.get(name)
        or special.get(name)
        or MEANINGS.get(name)
        or f"attr.{name.removeprefix('attr.').replace(' ', '_')}"
    )
    if meaning == "record_id" and has_key and told.get(name) != "record_id":
        return IGNORE
    return meaning if meaning in FIELDS or meaning == IGNORE or meaning.startswith("attr.") else f"attr.{meaning}"


def batch_of(header: list[str], rows: Rows, layout: Layout) -> Batch:
    """Rows of a table as a batch. Rows that say nothing, or only show how to fill a template, are skipped."""
    columns = [f"c{place}" for place in range(len(header))]
    cells = clean_cells(rows.cells, columns)
    aside = set_aside(cells, rows.cells, header, layout.meanings)
    if not aside.is_empty():
        cells = cells.join(aside, on="row", how="anti", maintain_order="left")
    tidy = layout.tidy(cells) if layout.tidy else cells
    return Batch(
        contacts=contacts_of(tidy, layout),
        identifiers=identifiers_of(tidy, layout, header),
        attributes=attributes_of(tidy, layout, header),
        refused=pl.concat([rows.refused, aside]).sort("row"),
        original=rows.cells.drop("line").rename({f"c{place}": f"c.{name}" for place, name in enumerate(header)}),
        meanings=dict(zip(header, layout.meanings, strict=True)),
        text_rows=rows.text_rows,
        assumed_encoding=rows.assumed_encoding,
    )


def contacts_of(cells: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """The contact rows: for each field the first of its columns that says something; all of the notes."""
    meanings = layout.meanings

    def stated(field: str) -> list[pl.Expr]:
        silent = [CLEAR] if field in NAMES else [CLEAR, *NO_VALUE]
        return [pl.col(column).replace(silent, None) for column in of(meanings, field)]

    def first(field: str) -> pl.Expr:
        columns = stated(field)
        return (pl.coalesce(columns) if columns else pl.lit(None, pl.String)).alias(field)

    def every(field: str) -> pl.Expr:
        columns = stated(field)
        if len(columns) < 2:
            return first(field)
        texts = pl.concat_list(columns).list.drop_nulls().list.unique(maintain_order=True)
        return texts.list.join("\n").replace("", None).alias(field)

    cells = without_program_names(cells, meanings)
    tags = [tags_of(cells[column], layout.lists["tags"]) for column in of(meanings, "tags")]
    empty = pl.lit([], pl.List(pl.String))
    return cells.select(
        "row",
        "line",
        *(first(field) for field in ("record_id", "channel", "name", "first_name", "last_name")),
        (pl.concat_list(tags) if tags else empty).alias("tags"),
        every("notes"),
        first("observed_at"),
        cleared(cells, meanings).alias("cleared"),
    )


def of(meanings: list[str], field: str) -> list[str]:
    """The columns that mean a field."""
    return [f"c{place}" for place, meaning in enumerate(meanings) if meaning == field]


def cleared(cells: pl.DataFrame, meanings: list[str]) -> pl.Expr:
    """The fields that each row says are empty now."""
    clearing = {
        f"c{place}": "name" if meaning in NAMES else meaning
        for place, meaning in enumerate(meanings)
        if meaning != IGNORE and (cells[f"c{place}"] == CLEAR).any()
    }
    if not clearing:
        return pl.lit([], pl.List(pl.String))
    fields = [pl.when(pl.col(column) == CLEAR).then(pl.lit(field)) for column, field in clearing.items()]
    return pl.concat_list(fields).list.drop_nulls().list.unique(maintain_order=True)


def identifiers_of(cells: pl.DataFrame, layout: Layout, names: list[str]) -> pl.DataFrame:
    """Every phone, address and channel id of the rows, in the order of the columns."""
    found = [
        cells.select(
            "row",
            type=pl.lit(IDENTIFIERS[meaning].value),
            scope=pl.lit(""),
            raw=parts(PARTED.get(meaning, pl.Series.clone)(cells[f"c{place}"]), layout.lists[meaning]),
            field=pl.lit(names[place]),
        ).explode("raw")
        for place, meaning in enumerate(layout.meanings)
        if meaning in IDENTIFIERS
    ]
    empty = received.empty(received.IdentifierRow)
    stated = pl.concat([empty, *found]).filter(~pl.col("raw").is_in(NO_VALUE))
    return stated.sort("row", maintain_order=True)


def attributes_of(cells: pl.DataFrame, layout: Layout, names: list[str]) -> pl.DataFrame:
    """Every custom attribute of the rows, as written: of the columns that mean it, the first that says something."""
    meanings = layout.meanings
    other = attribute_names(names, meanings, layout.addresses)
    parts = [
        cells.select(
            "row",
            attribute=other.get(place, pl.lit(meaning.removeprefix("attr."))),
            raw=pl.col(f"c{place}").replace(CLEAR, None),
            field=pl.lit(names[place]),
        )
        for place, meaning in enumerate(meanings)
        if meaning.startswith("attr.")
    ]
    said = pl.concat([received.empty(received.AttributeRow), *parts]).drop_nulls("raw")
    once = len(set(meanings)) == len(meanings)
    return said if once else said.unique(["row", "attribute"], keep="first", maintain_order=True)


def parts(cells: pl.Series, separator: str) -> pl.Series:
    """The values of each cell, which may hold several; none where it is blank or clears."""
    return split_cells(cells.replace(CLEAR, None), separator)


def tags_of(cells: pl.Series, separator: str) -> pl.Series:
    """The tags of each cell, be it a list as people or as programs write one."""
    cells = whole_numbers(cells, digits=1)
    split = parts(cells, separator)
    if separator == LISTS["tags"]:
        listed = listed_tags(cells)
        if not listed.is_empty():
            found = cells.to_frame("cell").join(listed, on="cell", how="left", maintain_order="left")
            split = found.select(pl.coalesce("tags", split)).to_series()
    return split.list.eval(pl.element().filter(~pl.element().is_in(NO_VALUE)))


def without_program_names(cells: pl.DataFrame, meanings: list[str]) -> pl.DataFrame:
    """Cells without the names that stand in another cell of the row as well, for no value: None, null."""
    named = [column for field in NAMES for column in of(meanings, field)]
    others = [f"c{place}" for place in range(len(meanings)) if f"c{place}" not in named]
    odd = [column for column in named if cells[column].is_in(NAMESAKES).any()]
    if not odd or not others:
        return cells
    return cells.with_columns(
        pl.when(
            ~(pl.col(name).is_in(NAMESAKES) & pl.any_horizontal(pl.col(others) == pl.col(name))).fill_null(value=False)
        )
        .then(name)
        .alias(name)
        for name in odd
    )
