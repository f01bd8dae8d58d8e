"""Comparing the words of names: nicknames, initials, slips of the keyboard, short forms, parts of double names."""

from functools import cache
from importlib.resources import files

import polars as pl
from nicknames import name_triplets
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from pipelines.normalise.text import match_form

SIMILAR = 0.92  # Jaro-Winkler
SHORTEST_SLIP = 3  # letters; below that one slip makes another name
SHORTEST_SIMILAR = 4
TWO_SLIPS = 7  # letters from which on two slips are still the same name
DISTANT = 0.5  # letters of the longer one that differ, up to which it may be the same one, garbled
AMBIGUOUS = 3  # names that a short form stands for
LONGEST = 64  # letters that are compared
GENDERED = ("a", "e", "o")  # Maria and Mario, Christian and Christina: one letter, but another person


def judged_words(pairs: pl.DataFrame) -> pl.Series:
    """The level at which two different words of names agree (String): how they can be one name, or `different`.

    `pairs`: lo, hi (String, folded, not equal). A word may be several, as family names are.
    """
    pairs = pairs.with_columns(pl.col("lo", "hi").str.slice(0, LONGEST))
    one, other = pairs["lo"].to_list(), pairs["hi"].to_list()
    pairs = pairs.with_columns(
        known=_is_nickname(pairs),
        alike=pl.Series(cpdist(one, other, scorer=JaroWinkler.similarity), dtype=pl.Float64),
        distance=pl.Series(cpdist(one, other, scorer=OSA.normalized_distance), dtype=pl.Float64),
        slips=pl.Series(cpdist(one, other, scorer=OSA.distance, score_cutoff=2), dtype=pl.Int64),
        begin=pl.col("hi").str.starts_with(pl.col("lo")) | pl.col("lo").str.starts_with(pl.col("hi")),
        shorter=pl.min_horizontal(pl.col("lo", "hi").str.len_chars()),
    )
    initial = (pl.col("shorter") == 1) & pl.col("begin")
    slip = (pl.col("slips") <= 1) & (pl.col("shorter") >= SHORTEST_SLIP) & ~_two_forms()
    similar = ((pl.col("alike") >= SIMILAR) & (pl.col("shorter") >= SHORTEST_SIMILAR) & ~_two_forms()) | (
        (pl.col("slips") <= 2) & (pl.col("shorter") >= TWO_SLIPS)
    )
    return pairs.select(
        pl.when("known")
        .then(pl.lit("nickname"))
        .when(initial)
        .then(pl.lit("initial"))
        .when(pl.col("shorter") == 1)
        .then(pl.lit("different"))
        .when(_shares_a_word())
        .then(pl.lit("part"))
        .when(slip | _spelt_out())
        .then(pl.lit("typo"))
        .when(pl.col("begin") & (pl.col("shorter") >= SHORTEST_SLIP))
        .then(pl.lit("short"))
        .when(similar)
        .then(pl.lit("similar"))
        .when((pl.col("distance") <= DISTANT) & (pl.col("shorter") >= SHORTEST_SLIP))
        .then(pl.lit("distant"))
        .otherwise(pl.lit("different"))
        .alias("level")
    )["level"]


def _two_forms() -> pl.Expr:
    """Whether words differ in their last letters as the male and the female form of a name do."""
    last = [pl.col(side).str.slice(-1) for side in ("lo", "hi")]
    stem = pl.col("lo").str.slice(0, pl.col("shorter") - 1) == pl.col("hi").str.slice(0, pl.col("shorter") - 1)
    return stem & (last[0] != last[1]) & pl.any_horizontal(letter.is_in(GENDERED) for letter in last)


def _shares_a_word() -> pl.Expr:
    """Whether one of two family names is part of the other: Smith, Smith Jones."""
    inside = [
        (pl.lit(" ") + pl.col(whole) + pl.lit(" ")).str.contains(pl.lit(" ") + pl.col(part) + pl.lit(" "), literal=True)
        for whole, part in (("lo", "hi"), ("hi", "lo"))
    ]
    return pl.any_horizontal(inside) & (pl.col("shorter") >= SHORTEST_SLIP)


def _spelt_out() -> pl.Expr:
    """Whether words are one with umlauts spelt out: Müller, folded to muller, and Mueller."""
    plain = [
        pl.col(side)
        .str.replace_all("ae", "a", literal=True)
        .str.replace_all("oe", "o", literal=True)
        .str.replace_all("ue", "u", literal=True)
        for side in ("lo", "hi")
    ]
    return plain[0] == plain[1]


def _is_nickname(pairs: pl.DataFrame) -> pl.Series:
    return pairs.select(pl.concat_str("lo", pl.lit("\n"), "hi").is_in(_aliases_in_lines())).to_series()


@cache
def _aliases_in_lines() -> pl.Series:
    """The pairs of `known_aliases`, each as one text with a line break between its names, in a list (List(String))."""
    return pl.Series([f"{name}\n{alias}" for name, alias in known_aliases()], dtype=pl.String).implode()


@cache
def known_aliases() -> frozenset[tuple[str, str]]:
    """Pairs of given names, folded, that can stand for one person, both ways round.

    English ones are from the package `nicknames`, those of other languages from `aliases.tsv`. Two short forms of one
    name (Bob and Rob) are such a pair too, unless one of them stands for so many names that it says little (Al).
    """
    english = pl.DataFrame(
        [("en", each.name1, each.name2) for each in name_triplets() if each.relationship == "has_nickname"],
        schema=["language", "name", "alias"],
        orient="row",
    )
    others = pl.read_csv(files("pipelines.match.comparison").joinpath("aliases.tsv").read_bytes(), separator="\t")
    stated = pl.concat([english, others]).with_columns(match_form(pl.col("name", "alias"))).unique()
    telling = stated.filter(pl.col("name").n_unique().over("alias") <= AMBIGUOUS)
    siblings = telling.join(telling, on=["language", "name"]).select(name="alias", alias="alias_right")
    pairs = pl.concat([stated.select("name", "alias"), siblings]).filter(pl.col("name") != pl.col("alias"))
    return frozenset(pairs.iter_rows()) | frozenset(pairs.select("alias", "name").iter_rows())
