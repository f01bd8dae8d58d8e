"""Exact arithmetic over numbers in canonical text (`normalise.number`): whole columns, no floats, nothing rounded.

A number is cut into limbs, each `LIMB` digits of it as a signed integer, the most significant one first.
"""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from pipelines.normalise.number import LONGEST_NUMBER

LIMB = 10  # digits: an Int64 holds the sum of 900 million of them
SIDE = -(-LONGEST_NUMBER // LIMB)  # limbs on each side of the point
DIGITS = SIDE * LIMB
LIMBS = [f"limb_{place}" for place in range(2 * SIDE)]
CANONICAL = rf"^-?(?:[0-9]{{1,{LONGEST_NUMBER}}}|[0-9]+\.[0-9]+)$"


def is_number(value: pl.Expr) -> pl.Expr:
    """Whether a text is a number that the other functions can take."""
    return value.str.contains(CANONICAL) & (value.str.strip_prefix("-").str.len_chars() <= LONGEST_NUMBER)


def ranks() -> pl.Expr:
    """Int64 that orders the numbers in `value`; equal numbers have equal ones."""
    return pl.struct(limb.alias(name) for name, limb in zip(LIMBS, _limbs(), strict=True)).rank("dense").cast(pl.Int64)


def totals(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The sum of `value` of each group, as canonical text. Result: the columns of `by`, value."""
    added = frame.group_by(by).agg(limb.sum().alias(name) for name, limb in zip(LIMBS, _limbs(), strict=True))
    sign = pl.when(pl.col(LIMBS[0]) < 0).then(-1).otherwise(1)
    signed = _carried(added).select(*by, sign=sign)
    size = _carried(added.with_columns(pl.col(LIMBS) * signed["sign"]))
    first, *others = LIMBS
    digits = pl.concat_str(
        pl.col(first).cast(pl.String), *(pl.col(limb).cast(pl.String).str.zfill(LIMB) for limb in others)
    )
    parts = size.select(
        whole=digits.str.head(-DIGITS).str.strip_chars_start("0").replace("", "0"),
        decimals=digits.str.tail(DIGITS).str.strip_chars_end("0"),
    )
    text = pl.concat_str(
        "whole", pl.when(pl.col("decimals") != "").then("." + pl.col("decimals")).otherwise(pl.lit(""))
    )
    minus = pl.when(signed["sign"] < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return signed.select(by).with_columns(parts.select(value=minus + text))


def _limbs() -> list[pl.Expr]:
    value = pl.col("value")
    sign = pl.when(value.str.starts_with("-")).then(-1).otherwise(1)
    whole = value.str.extract(r"^-?([0-9]+)").str.zfill(DIGITS)
    decimals = value.str.extract(r"\.([0-9]+)$").fill_null("").str.pad_end(DIGITS, "0")
    digits = pl.concat_str(whole, decimals)
    return [digits.str.slice(place * LIMB, LIMB).cast(pl.Int64) * sign for place in range(len(LIMBS))]


def _carried(sums: pl.DataFrame) -> pl.DataFrame:
    """The same numbers with every limb but the first between 0 and 10 ** LIMB; the first one has the sign."""
    for above, limb in reversed([*pairwise(LIMBS)]):
        sums = sums.with_columns(pl.col(above) + pl.col(limb) // 10**LIMB, pl.col(limb) % 10**LIMB)
    return sums
