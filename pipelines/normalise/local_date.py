"""Dates in the order and the words of a locale, written anew with the year first, where nothing is left open."""

import re

import polars as pl

from pipelines.normalise.locale import Convention

PART = {"d": "(?<d>[0-9]{1,2})", "m": "(?<m>[0-9]{1,2})"}
YEAR = "(?<y>[1-9][0-9]{3})"
SHORT_YEAR = "(?<y>[0-9]{2})"
REST = "(?<rest>(?:[^0-9].*)?)$"  # a time, or nothing
FIRST_OF_1900S = 50  # two digits: 50 to 99 are of the last century, 00 to 49 of this one
WORD = r"[\p{L}\p{M}]+"
IN_WORDS = (
    rf"^(?:(?<d1>[0-9]{{1,2}})(?:\.|st|nd|rd|th|er|º)?[ -]?(?:de |of )?(?<word1>{WORD})\.?"
    rf"|(?<word2>{WORD})\.? (?<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?),?[ -](?:de |of )?{YEAR}(?: г\.)?{REST}"
)


def year_first(text: pl.Expr, convention: Convention) -> pl.Expr:
    """Dates that the locale settles as yyyy-m-d, with what stands behind them; any other text as it is.

    Settled are 03/04/2025 and 03-04-2025, where the locale has the day or the month first; two digits of a year, where
    its shortest date has two and the locale's own sign parts them; and the names of its months, or their beginnings, in
    3 April 2025, 3-Apr-2025 and April 3, 2025. A date whose numbers do not fit the locale's order is none.
    """
    own = text.str.replace_many(dict(convention.plain)) if convention.plain else text
    readings = [_in_words(own, convention)]
    if not convention.order.startswith("y"):
        readings.append(_in_numbers(own, _numeric(convention.order, "[-/]", YEAR)))
    if convention.short_years:
        separator = rf"{re.escape(convention.separator)} ?"
        readings.append(_in_numbers(own, _numeric(convention.order, separator, SHORT_YEAR)))
    return pl.coalesce(*readings, own)


def _numeric(order: str, separator: str, year: str) -> str:
    parts = PART | {"y": year}
    return "^" + separator.join(parts[part] for part in order) + REST


def _in_numbers(text: pl.Expr, pattern: str) -> pl.Expr:
    parts = text.str.extract_groups(pattern).struct
    year = parts.field("y")
    century = pl.when(year.cast(pl.Int32) < FIRST_OF_1900S).then(pl.lit("20")).otherwise(pl.lit("19"))
    full = pl.when(year.str.len_chars() == 2).then(century + year).otherwise(year)
    return pl.format("{}-{}-{}{}", full, parts.field("m"), parts.field("d"), parts.field("rest"))


def _in_words(text: pl.Expr, convention: Convention) -> pl.Expr:
    parts = text.str.extract_groups(IN_WORDS).struct
    word = pl.coalesce(parts.field("word1"), parts.field("word2")).str.to_lowercase()
    month = word.replace_strict(dict(convention.months), default=None, return_dtype=pl.String)
    day = pl.coalesce(parts.field("d1"), parts.field("d2"))
    return pl.format("{}-{}-{}{}", parts.field("y"), month, day, parts.field("rest"))
