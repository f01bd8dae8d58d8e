"""Digits that only fill the field of a number: repeated (999-999-9999) or running ones (1234567890)."""

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

UP, DOWN = "01234567890123456789", "98765432109876543210"
FILLING = ("12345678901234567890", "01234567890123456789", "0987654321")  # as typed; 90 1234 5678 is a mobile in Japan
SHORTEST = 6  # digits that are looked at
REPEATED_THREE, REPEATED_TWO = 1_001, 10_101  # what divides six digits such as 123123, 121212
RUNNING = [int(run[nth : nth + SHORTEST]) for run in (UP, DOWN) for nth in range(10)]
PERIODS = (1, 2, 3)  # digits that are repeated: 1111111, 1212121, 1231231
CODES = "|".join(str(code) for code in sorted(COUNTRY_CODE_TO_REGION_CODE, reverse=True))


def filler_rows(numbers: pl.Series) -> pl.Series:
    """Places of the numbers in E.164 that are made of repeated or running digits behind their country code.

    Numbers that only end so may be somebody's: such numbers are sold.
    """
    ends = numbers.str.tail(SHORTEST).cast(pl.UInt32, strict=False)
    places = ((ends % REPEATED_THREE == 0) | (ends % REPEATED_TWO == 0) | ends.is_in(RUNNING)).arg_true()
    if places.is_empty():
        return places
    few = numbers.gather(places).alias("number").to_frame().select(is_filler(pl.col("number"))).to_series()
    return places.filter(few)


def is_filler(number: pl.Expr) -> pl.Expr:
    """Whether a number in E.164 is made of repeated or running digits behind its country code."""
    national = number.str.replace(f"^\\+(?:{CODES})", "")
    return _is_pattern(national) & (national.str.len_bytes() >= SHORTEST)


def _is_pattern(digits: pl.Expr) -> pl.Expr:
    repeated = [digits.str.slice(period) == digits.str.head(-period) for period in PERIODS]
    running = [pl.lit(run).str.starts_with(digits) for run in FILLING]
    return pl.any_horizontal(*repeated, *running)
