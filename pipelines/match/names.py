"""Comparing names token by token, in any order: nicknames, initials, typos, swapped and missing parts.

A name is its sorted, folded tokens (`pipelines.normalise.name`). Only distinct pairs are compared.
"""

from functools import cache

import polars as pl
from nicknames import NickNamer
from rapidfuzz.distance import JaroWinkler, Prefix
from rapidfuzz.process import cpdist

CONTRADICTORY = ("conflict", "different")
SIMILAR = 0.93  # Jaro-Winkler; just above what Maria and Mario reach
SHORTEST_TYPO = 4  # letters; below that one slip makes another name
ENDING = 2  # letters; Andreas and Andrea, Christian and Christina differ in no more ...
GENDERED = ("a", "e")  # ... and in whether one of these is the last: that is no slip but another person
LONGEST = 64  # letters of a token that are compared


def name_levels(pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `name`, the level of agreement of two names, to pairs of token lists.

    `pairs` has tokens_lo and tokens_hi (List[String], sorted). Levels are those of the match model: exact, nickname,
    similar, initial (all tokens of both sides meet), subset and partial (all tokens of the shorter side meet, two or
    more of them or one), conflict (some meet, but both sides have one that does not), different, and null where a side
    has no name.
    """
    distinct = pairs.select("tokens_lo", "tokens_hi").unique().with_row_index("pair")
    meetings = token_meetings(distinct)
    level = distinct.join(meetings, on="pair", how="left").select("tokens_lo", "tokens_hi", name=_level())
    return pairs.join(level, on=["tokens_lo", "tokens_hi"], how="left", nulls_equal=True, maintain_order="left")


def _level() -> pl.Expr:
    lo, hi = pl.col("tokens_lo").list.len(), pl.col("tokens_hi").list.len()
    met = pl.min_horizontal("met_lo", "met_hi")  # a word that meets two of the other side makes up for one only
    unmet_lo, unmet_hi = lo - met, hi - met
    return (
        pl.when((lo == 0) | (hi == 0))
        .then(None)
        .when(met == 0)
        .then(pl.lit("different"))
        .when((unmet_lo > 0) & (unmet_hi > 0))
        .then(pl.lit("conflict"))
        .when((met == 1) & ((lo == 1) | (hi == 1)))
        .then(pl.lit("partial"))
        .when((unmet_lo > 0) | (unmet_hi > 0))
        .then(pl.lit("subset"))
        .otherwise(pl.col("weakest").replace_strict(MEETING_LEVELS, default=None, return_dtype=pl.String))
    )


# How two tokens can meet, best first; the weakest meeting of a pair of whole names is its level.
MEETINGS = ("exact", "nickname", "similar", "initial")
MEETING_LEVELS = dict(enumerate(MEETINGS))


def token_meetings(pairs: pl.DataFrame) -> pl.DataFrame:
    """For each pair of names: how many tokens of each side meet one of the other, and the weakest best meeting.

    `pairs` has pair, tokens_lo, tokens_hi; the result has pair, met_lo, met_hi (UInt32) and weakest (index into
    MEETINGS, null where nothing meets).
    """
    tokens = (
        pairs.explode("tokens_lo", empty_as_null=True)
        .explode("tokens_hi", empty_as_null=True)
        .rename({"tokens_lo": "lo", "tokens_hi": "hi"})
        .drop_nulls(["lo", "hi"])
    )
    distinct = tokens.select("lo", "hi").unique()
    compared = tokens.join(distinct.with_columns(meeting=_meeting(distinct)), on=["lo", "hi"]).drop_nulls("meeting")
    sides = [
        compared.group_by("pair", side)
        .agg(best=pl.col("meeting").min())
        .group_by("pair")
        .agg(pl.len().alias(f"met_{side}"), pl.col("best").max().alias(f"weakest_{side}"))
        for side in ("lo", "hi")
    ]
    return (
        pairs.select("pair")
        .join(sides[0], on="pair", how="left")
        .join(sides[1], on="pair", how="left")
        .select(
            "pair",
            pl.col("met_lo", "met_hi").fill_null(0),
            weakest=pl.max_horizontal("weakest_lo", "weakest_hi"),
        )
    )


def _meeting(pairs: pl.DataFrame) -> pl.Series:
    lo, hi = pairs["lo"].str.slice(0, LONGEST), pairs["hi"].str.slice(0, LONGEST)
    likeness = pl.Series("likeness", cpdist(lo.to_list(), hi.to_list(), scorer=JaroWinkler.similarity))
    begin_alike = pl.Series("begin_alike", cpdist(lo.to_list(), hi.to_list(), scorer=Prefix.similarity))
    shorter = pl.select(pl.min_horizontal(lo.str.len_chars(), hi.str.len_chars()).cast(pl.Int64)).to_series()
    last_lo, last_hi = lo.str.slice(-1), hi.str.slice(-1)
    gendered = (last_lo != last_hi) & (last_lo.is_in(GENDERED) | last_hi.is_in(GENDERED))
    two_forms = gendered & (begin_alike >= shorter - ENDING)
    spelt_out = _without_digraphs(lo) == _without_digraphs(hi)  # Müller, folded to muller, and Mueller
    slip = (shorter >= SHORTEST_TYPO) & (likeness > SIMILAR) & ~two_forms
    nick = pl.Series("nick", [known_as(a, b) for a, b in zip(lo.to_list(), hi.to_list(), strict=True)], pl.Boolean)
    initial = (lo.str.slice(0, 1) == hi.str.slice(0, 1)) & ((lo.str.len_chars() == 1) | (hi.str.len_chars() == 1))
    frame = pl.DataFrame({"same": lo == hi, "nick": nick, "similar": slip | spelt_out, "initial": initial})
    return frame.select(
        pl.when("same").then(0).when("nick").then(1).when("similar").then(2).when("initial").then(3).otherwise(None)
    ).to_series()


def _without_digraphs(tokens: pl.Series) -> pl.Series:
    return (
        tokens.str.replace_all("ae", "a", literal=True)
        .str.replace_all("oe", "o", literal=True)
        .str.replace_all("ue", "u", literal=True)
    )


@cache
def nicknames() -> NickNamer:
    """English given names and what people make of them, from the package `nicknames`."""
    return NickNamer()


def known_as(one: str, other: str) -> bool:
    """Whether one folded given name is a common short form of the other."""
    names = nicknames()
    return other in names.nicknames_of(one) or one in names.nicknames_of(other)
