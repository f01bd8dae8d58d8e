"""Comparing the words of names: nicknames, initials, slips of the keyboard, short forms, parts of double names.

Names in Latin letters are compared letter by letter, those in other scripts as `foreign_words` says.
"""

from functools import cache, partial
from importlib.resources import files

import polars as pl
from nicknames import name_triplets
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from pipelines.match.comparison.foreign_words import UNKNOWN, judged_foreign_words
from pipelines.match.comparison.names.gender import differ_by_gender, female_family_names, female_forms
from pipelines.match.comparison.names.romanisation import Forms, forms
from pipelines.match.comparison.names.word_lists import listed
from pipelines.normalise.text import match_form

SIMILAR = 0.92  # Jaro-Winkler
SHORTEST_SLIP = 3  # letters; below that one slip makes another name
SHORTEST_SIMILAR = 4
TWO_SLIPS = 7  # letters from which on two slips are still the same name
DISTANT = 0.5  # letters of the longer one that differ, up to which it may be the same one, garbled
AMBIGUOUS = 3  # names that a short form stands for
LONGEST = 64  # letters that are compared
FORMS_ALIKE = 0.8  # Jaro-Winkler of two spellings, forms or genders of one name, at least
SHARED = {"given_name": "short", "middle_name": "typo", "family_name": "part"}  # the level of names that share a word
LONG_KEY = 5  # sounds of names from which on one of them may differ
ASCII = r"^[\x00-\x7F]*$"


def judged_words(part: str, pairs: pl.DataFrame) -> pl.Series:
    """The level at which two different names agree (String): how they can be one, `different` or `not comparable`.

    `part`: the field they are of, given_name, middle_name or family_name. `pairs`: lo, hi (String, folded, not equal).
    A name may be several words, as family names are.
    """
    latin = pairs.select(pl.all_horizontal(pl.col("lo", "hi").str.contains(ASCII))).to_series()
    if latin.all():
        return _judged_latin(part, pairs)
    rows = (~latin).arg_true()
    levels = pl.repeat("", pairs.height, dtype=pl.String, eager=True)
    levels = levels.scatter(latin.arg_true(), _judged_latin(part, pairs.filter(latin)))
    return levels.scatter(rows, judged_foreign_words(pairs[rows], partial(_judged_latin, part)))


def _judged_latin(part: str, pairs: pl.DataFrame) -> pl.Series:
    """`judged_words` of names in Latin letters. Equal ones agree exactly."""
    pairs = pairs.select(pl.col("lo", "hi").str.slice(0, LONGEST))
    one, other = pairs["lo"].to_list(), pairs["hi"].to_list()
    alike = pl.Series(cpdist(one, other, scorer=JaroWinkler.similarity), dtype=pl.Float64)
    near = (alike >= FORMS_ALIKE).arg_true()
    related = _forms(part, pairs[near])
    no = pl.repeat(value=False, n=pairs.height, eager=True)
    pairs = pairs.with_columns(
        *(no.scatter(near, related[form]).alias(form) for form in related.columns),
        known=_is_nickname(pairs),
        distance=pl.Series(cpdist(one, other, scorer=OSA.normalized_distance), dtype=pl.Float64),
        alike=alike,
        slips=pl.Series(cpdist(one, other, scorer=OSA.distance, score_cutoff=2), dtype=pl.Int64),
        begin=pl.col("hi").str.starts_with(pl.col("lo")) | pl.col("lo").str.starts_with(pl.col("hi")),
        shorter=pl.min_horizontal(pl.col("lo", "hi").str.len_chars()),
    )
    initial = (pl.col("shorter") == 1) & pl.col("begin")
    slip = (pl.col("slips") <= 1) & (pl.col("shorter") >= SHORTEST_SLIP)
    similar = ((pl.col("alike") >= SIMILAR) & (pl.col("shorter") >= SHORTEST_SIMILAR)) | (
        (pl.col("slips") <= 2) & (pl.col("shorter") >= TWO_SLIPS)
    )
    return pairs.select(
        pl.when("same")
        .then(pl.lit("exact"))
        .when(pl.any_horizontal(pl.col("lo", "hi").is_in(listed("relation") if part == "given_name" else ())))
        .then(pl.lit(UNKNOWN))
        .when("two_genders")
        .then(pl.lit("different"))
        .when("known")
        .then(pl.lit("nickname"))
        .when(initial)
        .then(pl.lit("initial"))
        .when(_shares_a_word())
        .then(pl.lit(SHARED[part]))
        .when(slip | pl.col("spelling") | pl.col("one_family"))
        .then(pl.lit("typo"))
        .when(pl.col("begin") & (pl.col("shorter") >= SHORTEST_SLIP))
        .then(pl.lit("short"))
        .when(similar | pl.col("sounding"))
        .then(pl.lit("similar"))
        .when((pl.col("distance") <= DISTANT) & (pl.col("shorter") >= SHORTEST_SLIP))
        .then(pl.lit("distant"))
        .otherwise(pl.lit("different"))
        .alias("level")
    )["level"]


def _shares_a_word() -> pl.Expr:
    """Whether one of two family names is part of the other: Smith, Smith Jones."""
    inside = [
        (pl.lit(" ") + pl.col(whole) + pl.lit(" ")).str.contains(pl.lit(" ") + pl.col(part) + pl.lit(" "), literal=True)
        for whole, part in (("lo", "hi"), ("hi", "lo"))
    ]
    return pl.any_horizontal(inside) & (pl.col("shorter") >= SHORTEST_SLIP)


def _forms(part: str, pairs: pl.DataFrame) -> pl.DataFrame:
    """How two names that look alike belong together: same, spelling, sounding, two_genders, one_family (Boolean).

    Equal but for spaces and umlauts that are spelt out (Van der Berg, Vanderberg; Jörg, Joerg), two spellings of one
    name (Yuliya, Julia; Mohammed, Muhamad), a man's and a woman's given name, or theirs of one family.
    """
    names = pl.concat([pairs["lo"], pairs["hi"]]).unique()
    columns = zip(*map(forms, names), strict=True) if len(names) else [()] * len(Forms._fields)
    known = pl.DataFrame(
        [
            names.alias("name"),
            *(pl.Series(form, each, pl.String) for form, each in zip(Forms._fields, columns, strict=True)),
        ]
    )
    sides = [pairs.select(name=side).join(known, on="name", how="left", maintain_order="left") for side in ("lo", "hi")]
    equal = {form: sides[0][form] == sides[1][form] for form in Forms._fields}
    of_family = part == "family_name"
    by_gender = differ_by_gender(pairs, female_family_names if of_family else female_forms)
    return pl.DataFrame(
        {
            "same": equal["written"],
            "spelling": equal["sounds"] | equal["plain"] | equal["vowels"],
            "sounding": _one_sound_apart(sides[0]["sounds"], sides[1]["sounds"]),
            "two_genders": by_gender & (not of_family),
            "one_family": by_gender & of_family,
        }
    )


def _one_sound_apart(lo: pl.Series, hi: pl.Series) -> pl.Series:
    apart = pl.Series(cpdist(lo.to_list(), hi.to_list(), scorer=OSA.distance, score_cutoff=1), dtype=pl.Int64)
    return (apart <= 1) & (lo.str.len_chars() >= LONG_KEY) & (hi.str.len_chars() >= LONG_KEY)


def _is_nickname(pairs: pl.DataFrame) -> pl.Series:
    return pairs.select(pl.concat_str("lo", pl.lit("\n"), "hi").is_in(_aliases_in_lines())).to_series()


@cache
def _aliases_in_lines() -> pl.Series:
    """The pairs of `known_aliases`, each as one text with a line break between its names, in a list (List(String))."""
    return pl.Series([f"{name}\n{alias}" for name, alias in known_aliases()], dtype=pl.String).implode()


@cache
def known_given_names() -> pl.Series:
    """Given names, folded, that are listed with others of theirs, in a list (List(String))."""
    listed_pairs = (name for pair in listed("given") for name in pair.split("/"))
    return pl.Series(sorted({name for pair in known_aliases() for name in pair} | set(listed_pairs))).implode()


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
