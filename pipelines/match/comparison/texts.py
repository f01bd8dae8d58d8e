"""Comparing dates, places, firms and other texts that are not equal."""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from pipelines.match.comparison.foreign_words import UNKNOWN
from schemas.match_fields import role_of

LATIN = r"[a-z0-9]"
LONGEST = 128  # letters that are compared
SIMILAR = 0.93  # Jaro-Winkler
SHORTEST_SLIP = 4  # letters
SAME_WORDS = 88  # per cent
CONTAINED = 95
WHOLE_YEAR = 4  # digits of a date that is a year alone


def judged_texts(field: str, pairs: pl.DataFrame) -> pl.Series:
    """The level at which two different values of a field agree (String), one of `priors.LEVELS[field]`.

    Texts in two scripts that do not agree are `not comparable`: Moscow is spelt Москва. `pairs`: lo, hi (String,
    folded, not equal).
    """
    latin = [pl.col(side).str.contains(LATIN) for side in ("lo", "hi")]
    two_scripts = pairs.select(latin[0] != latin[1]).to_series()
    level = _judged(field, pairs).alias("level")
    return level.to_frame().select(
        pl.when(two_scripts & (pl.col("level") == "different")).then(pl.lit(UNKNOWN)).otherwise("level").alias("level")
    )["level"]


def _judged(field: str, pairs: pl.DataFrame) -> pl.Series:
    role = role_of(field)
    if role in ("generation", "country", "category"):
        return pl.repeat("different", pairs.height, eager=True)
    pairs = pairs.with_columns(pl.col("lo", "hi").str.slice(0, LONGEST))
    if field == "date_of_birth":
        return _dates(pairs)
    slip = _slips(pairs) <= 1
    long = pairs.select(pl.min_horizontal(pl.col("lo", "hi").str.len_chars()) >= SHORTEST_SLIP).to_series()
    if role in ("postcode", "exact_id"):
        return _levels(slip & long)
    one, other = pairs["lo"].to_list(), pairs["hi"].to_list()
    alike = pl.Series(cpdist(one, other, scorer=JaroWinkler.similarity), dtype=pl.Float64) >= SIMILAR
    if field in ("city", "region"):
        begins = pairs.select(
            (pl.col("lo") + " ").str.starts_with(pl.col("hi") + " ")
            | (pl.col("hi") + " ").str.starts_with(pl.col("lo") + " ")
        ).to_series()
        return _levels((slip | alike) & long, begins)
    same = pl.Series(cpdist(one, other, scorer=fuzz.token_sort_ratio), dtype=pl.Float64) >= SAME_WORDS
    part = pl.Series(cpdist(one, other, scorer=fuzz.token_set_ratio), dtype=pl.Float64) >= CONTAINED
    if field == "street":  # two houses of one street are two places
        numbers = pairs.select(_numbers("lo") == _numbers("hi")).to_series()
        return _levels((slip | same) & numbers, part & numbers)
    return _levels((slip & long) | same | (alike if field == "company" else slip & long), part)


def _levels(typo: pl.Series, part: pl.Series | None = None) -> pl.Series:
    frame = pl.DataFrame({"typo": typo, "part": part if part is not None else typo})
    return frame.select(
        pl.when("typo").then(pl.lit("typo")).when("part").then(pl.lit("part")).otherwise(pl.lit("different"))
    ).to_series()


def _slips(pairs: pl.DataFrame) -> pl.Series:
    return pl.Series(
        cpdist(pairs["lo"].to_list(), pairs["hi"].to_list(), scorer=OSA.distance, score_cutoff=1), dtype=pl.Int64
    )


def _numbers(side: str) -> pl.Expr:
    return pl.col(side).str.extract_all(r"\d+").list.sort()


def _dates(pairs: pl.DataFrame) -> pl.Series:
    """Dates as YYYYMMDD: one slip, day and month in each other's place, or two of the three parts equal.

    A year alone has one part: a slip of it is another year.
    """
    part = {
        name: (pl.col("lo").str.slice(*place) == pl.col("hi").str.slice(*place))
        & (pl.col("lo").str.len_chars() > place[0])
        for name, place in {"year": (0, 4), "month": (4, 2), "day": (6, 2)}.items()
    }
    turned = (pl.col("lo").str.slice(4, 2) == pl.col("hi").str.slice(6, 2)) & (
        pl.col("lo").str.slice(6, 2) == pl.col("hi").str.slice(4, 2)
    )
    whole = pairs.select(pl.min_horizontal(pl.col("lo", "hi").str.len_chars()) > WHOLE_YEAR).to_series()
    close = whole & (pairs.select(turned & part["year"]).to_series() | (_slips(pairs) <= 1))
    years = [pl.col(side).str.slice(0, 4).cast(pl.Int32, strict=False) for side in ("lo", "hi")]
    return pairs.with_columns(close=close).select(
        pl.when("close")
        .then(pl.lit("typo"))
        .when(pl.sum_horizontal(same.cast(pl.Int8) for same in part.values()) >= 2)
        .then(pl.lit("part"))
        .when((years[0] - years[1]).abs() <= 1)
        .then(pl.lit("near"))
        .otherwise(pl.lit("different"))
        .alias("level")
    )["level"]
