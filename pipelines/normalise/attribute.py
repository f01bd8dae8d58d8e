"""Custom attributes: text as written becomes a value of its declared type, as canonical text."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import polars as pl
from rapidfuzz import fuzz, process

from pipelines.errors import ContractBroken
from pipelines.normalise.date import dates
from pipelines.normalise.locale import Convention, convention
from pipelines.normalise.number import numbers, whole_numbers
from pipelines.normalise.problems import PROBLEMS, problems
from pipelines.normalise.text import NO_VALUE, clean, fold_case, joined, split_cells
from schemas.attribute import Attribute, whole
from schemas.error_codes import ErrorCode
from schemas.vocabulary import AttributeType

VALUES = pl.Schema({"row": pl.UInt32, "attribute": pl.String, "value": pl.String})

TRUE = (
    *("true", "yes", "y", "1", "on", "t", "x", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "sì", "verdadero", "vero"),
    *("sim", "verdadeiro", "waar"),
)
FALSE = (
    *("false", "no", "n", "0", "off", "f", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee", "onwaar"),
)

NEAREST = 3  # values of a list to name to somebody who has missed it
MEMBERS = r"[;|\n\r]+"  # what parts the values in a cell of a list, unless a backslash stands before it
CLOSE = 75  # similarity, of 100, from which the nearest value is offered as the one that was meant
COMPARED = 256  # characters of a cell that are worth comparing


class Values(NamedTuple):
    """Attributes in canonical text, and what was wrong with the others (`pipelines.normalise.problems.PROBLEMS`)."""

    kept: pl.DataFrame
    problems: pl.DataFrame


def values(frame: pl.DataFrame, attributes: Mapping[str, Attribute], locale: str | None = None) -> Values:
    """Read each `raw` as its attribute's type. A blank cell says nothing: it is neither kept nor a problem.

    - text: cleaned, without the .0 of a column that a program took for numbers with decimals (`whole_numbers`), unless
      its pattern asks for it, and of the form its pattern asks for.
    - number: as in `pipelines.normalise.number.numbers`. Canonical: digits, and a point before the decimals.
    - date: as in `pipelines.normalise.date.dates`. Canonical: yyyy-mm-dd.
    - dropdown: a value of the list, but for case, width and spaces. Canonical: as the list spells it.
    - boolean: the words of TRUE and FALSE. Canonical: true, false.
    - a list (`merge: union`): several of them in one cell, parted by MEMBERS, each read by itself. Canonical: `joined`.

    Args:
        frame: `row` (UInt32), `attribute`, `raw`, `field` (String) and, if known, `line` (UInt32).
        attributes: Definitions by name.
        locale: What numbers and dates of the source are written in, if it says so; without it, spellings that mean
            different things in different places are refused.

    Returns:
        The kept values as VALUES and the problems (each a dropped field), both by row and attribute.

    Raises:
        ContractBroken: an attribute in the frame has no definition.
    """
    unknown = set(frame["attribute"].unique()) - attributes.keys()
    if unknown:
        raise ContractBroken(f"attribute {', '.join(sorted(unknown))} is not defined in onecontact.yaml")
    customs = convention(locale) if locale else None
    kept, wrong = [VALUES.to_frame()], [PROBLEMS.to_frame()]
    written = frame.filter(clean(pl.col("raw")).is_not_null())
    for (name,), cells in sorted(written.partition_by("attribute", as_dict=True).items()):
        definition = attributes[name]
        each = members(cells) if definition.is_list else cells
        read = READERS[definition.type](each, definition, customs)
        good = read.filter(pl.col("code").is_null()).select(VALUES.names())
        kept.append(as_lists(good) if definition.is_list else good)
        wrong.append(problems(read))
    return Values(*(pl.concat(parts).sort("row", maintain_order=True) for parts in (kept, wrong)))


def members(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of a list with a row for each value in them (`raw`), in their order."""
    return cells.with_columns(split_cells(cells["raw"], MEMBERS).alias("raw")).explode("raw").drop_nulls("raw")


def as_lists(kept: pl.DataFrame) -> pl.DataFrame:
    """Values (VALUES) with all of a row in one text, each of them once."""
    gathered = kept.group_by("row", "attribute", maintain_order=True).agg(pl.col("value").unique(maintain_order=True))
    return gathered.with_columns(joined(pl.col("value"))).select(VALUES.names())


def without_program_blanks(frame: pl.DataFrame, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """Cells (`attribute`, `raw`) but for what programs write where there is no value, unless a dropdown has it."""
    blank = pl.col("raw").str.strip_chars().is_in(NO_VALUE)
    meant = pl.concat_str("attribute", pl.lit("="), "raw").is_in(dropdown_values(attributes))
    return frame.filter(~blank | meant)


def dropdown_values(attributes: Mapping[str, Attribute]) -> list[str]:
    """Values of dropdowns that programs also write for none, each behind the name of its attribute and `=`."""
    return [f"{name}={word}" for name, each in attributes.items() for word in each.values if word in NO_VALUE]


def missing(
    rows: pl.DataFrame, kept: pl.DataFrame, attributes: Mapping[str, Attribute], offered: Mapping[str, str]
) -> pl.DataFrame:
    """Problems (PROBLEMS, each a rejected row) of the rows that lack a required attribute.

    Only what the file has a column for can be lacking: a file without one has no opinion.

    Args:
        rows: `row` (UInt32) and, if known, `line` (UInt32).
        kept: The values that could be read (VALUES).
        attributes: Definitions by name.
        offered: Attributes the file has columns for, whatever stands in them, with the header of one.
    """
    required = [(name, header) for name, header in offered.items() if name in attributes and attributes[name].required]
    columns = pl.DataFrame(required, schema={"attribute": pl.String, "field": pl.String}, orient="row")
    lacking = rows.join(columns, how="cross").join(kept, on=["row", "attribute"], how="anti", maintain_order="left")
    return problems(lacking.with_columns(code=pl.lit(ErrorCode.ATTR_REQUIRED.value)))


def _texts(cells: pl.DataFrame, attribute: Attribute, _: Convention | None) -> pl.DataFrame:
    text, shorter = clean(pl.col("raw")), clean(pl.lit(whole_numbers(cells["raw"])))
    if attribute.pattern is None:
        return _or(cells.with_columns(value=shorter), ErrorCode.ATTR_TYPE)
    form = whole(attribute.pattern)
    fitting = pl.coalesce(pl.when(each.str.contains(form)).then(each) for each in (text, shorter))
    expected = pl.lit(f"a text that matches {attribute.pattern}")
    return _or(cells.with_columns(value=fitting, expected=expected), ErrorCode.ATTR_PATTERN)


def _numbers(cells: pl.DataFrame, _: Attribute, customs: Convention | None) -> pl.DataFrame:
    return numbers(cells, customs)


def _dates(cells: pl.DataFrame, _: Attribute, customs: Convention | None) -> pl.DataFrame:
    return dates(cells, customs).with_columns(value=pl.col("day").dt.to_string("%Y-%m-%d"))


def _booleans(cells: pl.DataFrame, _: Attribute, __: Convention | None) -> pl.DataFrame:
    word = fold_case(pl.col("raw"))
    value = pl.when(word.is_in(TRUE)).then(pl.lit("true")).when(word.is_in(FALSE)).then(pl.lit("false"))
    return _or(cells.with_columns(value=value), ErrorCode.BOOL_UNKNOWN)


def _dropdowns(cells: pl.DataFrame, attribute: Attribute, _: Convention | None) -> pl.DataFrame:
    """Values as the list spells them; of what is not in the list, the nearest values in it."""
    spelt = pl.DataFrame({"value": attribute.values}).with_columns(folded=fold_case(pl.col("value")))
    folded, shorter = fold_case(pl.col("raw")), fold_case(pl.lit(whole_numbers(cells["raw"], digits=1)))
    named = pl.when(folded.is_in(spelt["folded"].implode())).then(folded).otherwise(shorter)
    read = cells.with_columns(folded=named).join(spelt, on="folded", how="left", maintain_order="left")
    missed = read.filter(pl.col("value").is_null()).select("folded").unique()
    choices = dict(zip(spelt["value"], spelt["folded"], strict=True))
    near = [process.extract(word[:COMPARED], choices, scorer=fuzz.ratio, limit=NEAREST) for word in missed["folded"]]
    told = missed.with_columns(
        expected=pl.Series(
            ["a value of the list, such as " + ", ".join(value for *_, value in found) for found in near],
            dtype=pl.String,
        ),
        suggestion=pl.Series([found[0][2] if found[0][1] >= CLOSE else None for found in near], dtype=pl.String),
    )
    return _or(read.join(told, on="folded", how="left", maintain_order="left"), ErrorCode.ATTR_NOT_IN_LIST)


def _or(read: pl.DataFrame, code: ErrorCode) -> pl.DataFrame:
    """Cells with the code of those that gave no value."""
    return read.with_columns(code=pl.when(pl.col("value").is_null()).then(pl.lit(code.value)))


READERS: Mapping[AttributeType, Callable[[pl.DataFrame, Attribute, Convention | None], pl.DataFrame]] = (
    MappingProxyType(
        {
            AttributeType.TEXT: _texts,
            AttributeType.NUMBER: _numbers,
            AttributeType.DATE: _dates,
            AttributeType.DROPDOWN: _dropdowns,
            AttributeType.BOOLEAN: _booleans,
        }
    )
)
