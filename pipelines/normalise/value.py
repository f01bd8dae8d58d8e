"""Custom attributes: text as written becomes a value of its declared type, as canonical text."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import polars as pl
from rapidfuzz import fuzz, process

from pipelines.errors import ContractBroken
from pipelines.normalise.date import dates
from pipelines.normalise.problems import PROBLEMS, problems
from pipelines.normalise.text import clean, fold_case
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType, ErrorCode

VALUES = pl.Schema({"row": pl.UInt32, "attribute": pl.String, "value": pl.String})

PLAIN_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)$"
ENGLISH_NUMBER = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+$"  # 1,234.56
GERMAN_NUMBER = r"^[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+$"  # 1.234,56
LONGEST_NUMBER = 38  # characters: what a decimal of the warehouse holds

TRUE = ("true", "yes", "y", "1", "on", "ja", "j", "x", "wahr", "oui", "si", "sí", "t")
FALSE = ("false", "no", "n", "0", "off", "nein", "falsch", "faux", "non", "f")

NEAREST = 3  # values of a list to name to somebody who has missed it
CLOSE = 75  # similarity, of 100, from which the nearest value is offered as the one that was meant
COMPARED = 256  # characters of a cell that are worth comparing


class Values(NamedTuple):
    """Attributes in canonical text, and what was wrong with the others (`pipelines.normalise.problems.PROBLEMS`)."""

    kept: pl.DataFrame
    problems: pl.DataFrame


def values(frame: pl.DataFrame, attributes: Mapping[str, Attribute]) -> Values:
    """Read each `raw` as its attribute's type. A blank cell says nothing: it is neither kept nor a problem.

    - text: cleaned.
    - number: digits with a point before the decimals; thousands may be parted only where the decimals make it certain
      which sign is which (1,234.56 or 1.234,56). Canonical: no separators, exponent, or zeros that mean nothing.
    - date: as in `pipelines.normalise.date.dates`. Canonical: yyyy-mm-dd.
    - dropdown: a value of the list, but for case, width and spaces. Canonical: as the list spells it.
    - boolean: the words of TRUE and FALSE. Canonical: true, false.

    Args:
        frame: `row` (UInt32), `attribute`, `raw`, `field` (String) and, if known, `line` (UInt32).
        attributes: Definitions by name.

    Returns:
        The kept values as VALUES and the problems (each a dropped field), both by row and attribute.

    Raises:
        ContractBroken: an attribute in the frame has no definition.
    """
    unknown = set(frame["attribute"].unique()) - attributes.keys()
    if unknown:
        raise ContractBroken(f"attribute {', '.join(sorted(unknown))} is not defined in onecontact.yaml")
    kept, wrong = [VALUES.to_frame()], [PROBLEMS.to_frame()]
    written = frame.filter(clean(pl.col("raw")).is_not_null())
    for (name,), cells in sorted(written.partition_by("attribute", as_dict=True).items()):
        read = READERS[attributes[name].type](cells, attributes[name])
        kept.append(read.filter(pl.col("code").is_null()).select(VALUES.names()))
        wrong.append(problems(read))
    return Values(*(pl.concat(parts).sort("row", maintain_order=True) for parts in (kept, wrong)))


def _texts(cells: pl.DataFrame, _: Attribute) -> pl.DataFrame:
    return _or(cells.with_columns(value=clean(pl.col("raw"))), ErrorCode.ATTR_TYPE)


def _numbers(cells: pl.DataFrame, _: Attribute) -> pl.DataFrame:
    text = clean(pl.col("raw")).str.normalize("NFKC")
    plain = (
        pl.when(text.str.contains(PLAIN_NUMBER))
        .then(text)
        .when(text.str.contains(ENGLISH_NUMBER))
        .then(text.str.replace_all(",", "", literal=True))
        .when(text.str.contains(GERMAN_NUMBER))
        .then(text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
    )
    whole = plain.str.extract(r"^[+-]?0*([0-9]*)").str.replace("^$", "0")
    size = pl.concat_str(whole, plain.str.extract(r"(\.[0-9]*[1-9])0*$").fill_null(""))
    value = pl.when(plain.str.starts_with("-") & (size != "0")).then("-" + size).otherwise(size)
    return _or(
        cells.with_columns(value=pl.when(size.str.len_chars() <= LONGEST_NUMBER).then(value)), ErrorCode.ATTR_TYPE
    )


def _dates(cells: pl.DataFrame, _: Attribute) -> pl.DataFrame:
    return dates(cells).with_columns(value=pl.col("day").dt.to_string("%Y-%m-%d"))


def _booleans(cells: pl.DataFrame, _: Attribute) -> pl.DataFrame:
    word = fold_case(pl.col("raw"))
    value = pl.when(word.is_in(TRUE)).then(pl.lit("true")).when(word.is_in(FALSE)).then(pl.lit("false"))
    return _or(cells.with_columns(value=value), ErrorCode.BOOL_UNKNOWN)


def _dropdowns(cells: pl.DataFrame, attribute: Attribute) -> pl.DataFrame:
    """Values as the list spells them; of what is not in the list, the nearest values in it."""
    spelt = pl.DataFrame({"value": attribute.values}).with_columns(folded=fold_case(pl.col("value")))
    read = cells.with_columns(folded=fold_case(pl.col("raw"))).join(
        spelt, on="folded", how="left", maintain_order="left"
    )
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


READERS: Mapping[AttributeType, Callable[[pl.DataFrame, Attribute], pl.DataFrame]] = MappingProxyType(
    {
        AttributeType.TEXT: _texts,
        AttributeType.NUMBER: _numbers,
        AttributeType.DATE: _dates,
        AttributeType.DROPDOWN: _dropdowns,
        AttributeType.BOOLEAN: _booleans,
    }
)
