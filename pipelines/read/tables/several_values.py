"""Cells with several values: phone numbers, addresses and tags, parted as people and programs part them."""

import ast
import csv
import json
import re
from collections.abc import Iterator
from typing import Any

import polars as pl

OR = r"(?:or|oder|ou|o|ó|y|u|und|and|et|e|i|bzw\.?|eller|of|lub|veya|или|и|&)"
SEVERAL_PHONES = rf"(?i)[\n|/,]|;ext=|[0-9)]\s+{OR}\s+[+(0-9]"
SEVEN = "(?:[0-9][ ().-]*){7,}"  # digits of a whole number: fewer are an area code, or what differs in a second number
BETWEEN_PHONES = (
    (r";\s*ext=", " ext. "),
    (r"[\n|]+", ";"),
    (rf"(?i)([0-9)])\s+{OR}\s+([+(0-9])", "${1};${2}"),
    *2 * ((rf"({SEVEN})[/,]\s*((?:\+|\(\+?)?{SEVEN})", "${1};${2}"),),
)
SEVERAL_ADDRESSES = r"^\[|[<|/\n]|@\S+\s+\S"
BETWEEN_ADDRESSES = (
    (r"""^\[\s*["']?|["']\s*,\s*["']|["']?\s*\]$""", ";"),
    (r"([^\s,;<>]+@[^\s,;<>]+)\s*[,;]", "${1};"),
    (r"[^@<>;\n|]*<\s*(?:mailto:)?([^<>@\s]+@[^<>\s]+)\s*>[\s,|/]*", "${1};"),
    *2 * ((rf"(?i)(@[^\s,;|/<>]+)\s*(?:[|/\n]|\s{OR}\s|\s)\s*([^\s@;]+@)", "${1};${2}"),),
)
QUOTED = r"""^\s*(?:\[.*\]|\{.*\}|\(.*\)|".*")\s*$|(?:^|[^\\])\|"""
PIPE = re.compile(r"(?<!\\)\|")
LONGEST = 10_000  # characters of a list that is worth taking apart
NAMES = ("name", "label", "title", "value")  # of a tag that is an object


def part_phones(cells: pl.Series) -> pl.Series:
    """Cells of phone numbers with `;` between the numbers, where they are parted by something else."""
    return _replaced(cells, SEVERAL_PHONES, BETWEEN_PHONES)


def part_addresses(cells: pl.Series) -> pl.Series:
    """Cells of e-mail addresses with `;` between the addresses, without the names that stand before them."""
    return _replaced(cells, SEVERAL_ADDRESSES, BETWEEN_ADDRESSES)


def listed_tags(cells: pl.Series) -> pl.DataFrame:
    """The tags of cells that are lists in the notation of a program, or parted by `|`: cell, tags (List[String])."""
    distinct = cells.filter(cells.str.contains(QUOTED)).unique()
    found = [(cell, tags) for cell in distinct if (tags := _tags(cell)) is not None]
    return pl.DataFrame(found, schema={"cell": pl.String, "tags": pl.List(pl.String)}, orient="row")


def _replaced(cells: pl.Series, several: str, rules: tuple[tuple[str, str], ...]) -> pl.Series:
    places = cells.str.contains(several).arg_true()
    if places.is_empty():
        return cells
    some = cells.gather(places)
    for pattern, between in rules:
        some = some.str.replace_all(pattern, between)
    return cells.clone().scatter(places, some)


def _tags(cell: str) -> list[str] | None:
    """The tags of a list; None where the cell is none."""
    text = cell.strip()
    if len(text) > LONGEST:
        return None
    ends = text[0] + text[-1]
    values = (_as_json(text) or _as_python(text)) if ends in ("[]", "()", "{}") and text[1:2] not in ("", "}") else None
    if values is None and ends == "{}":
        values = _as_csv(text[1:-1], ",", escape="\\")
    elif values is None and ends == '""':
        values = _as_csv(text, ";" if re.search(r'"\s*;\s*"', text) else ",", escape=None)
    elif values is None and ends in ("[]", "()"):
        return [] if not text[1:-1].strip() else None
    if values is None and PIPE.search(text):
        values = [each.replace("\\|", "|") for each in PIPE.split(text)]
    return None if values is None else list(filter(None, map(str.strip, map(_name, values))))


def _as_json(text: str) -> list[Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _as_python(text: str) -> list[Any] | None:
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    return list(_flat(found)) if isinstance(found, list | tuple | set) else None


def _flat(found: list[Any] | tuple[Any, ...] | set[Any]) -> Iterator[Any]:
    return iter(sorted(found, key=str) if isinstance(found, set) else found)


def _as_csv(text: str, delimiter: str, escape: str | None) -> list[Any] | None:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, escapechar=escape, skipinitialspace=True, strict=True))
    except csv.Error:
        return None
    return rows[0] if rows else []


def _name(value: object) -> str:
    if isinstance(value, dict):
        return next((str(value[name]) for name in NAMES if value.get(name)), "")
    return "" if value is None else str(value)
