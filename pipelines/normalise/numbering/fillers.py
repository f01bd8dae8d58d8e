"""Digits that only fill the field of a number: repeated (999-999-9999) or running ones (1234567890)."""

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

UP, DOWN = "01234567890123456789", "98765432109876543210"
SHORTEST = 6  # digits that are looked at
PERIODS = (1, 2, 3)  # digits that are repeated: 1111111, 1212121, 1231231
CODES = "|".join(str(code) for code in sorted(COUNTRY_CODE_TO_REGION_CODE, reverse=True))


def is_filler(number: pl.Expr) -> pl.Expr:
    """Whether a number in E.164 is made of repeated or running digits behind its country code.

    Numbers that only end so may be somebody's: such numbers are sold.
    """
    national = number.str.replace(f"^\\+(?:{CODES})", "")
    return _is_pattern(number.str.tail(SHORTEST)) & _is_pattern(national) & (national.str.len_bytes() >= SHORTEST)


def _is_pattern(digits: pl.Expr) -> pl.Expr:
    repeated = [digits.str.slice(period) == digits.str.head(-period) for period in PERIODS]
    running = [pl.lit(run).str.contains(digits, literal=True) for run in (UP, DOWN)]
    return pl.any_horizontal(*repeated, *running)
