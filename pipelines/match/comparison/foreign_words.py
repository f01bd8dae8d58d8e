"""Comparing names of which one at least is not in Latin letters.

Two scripts never contradict each other: names that do not agree in Latin letters are `not comparable`, for nobody knows
every way of spelling them. Within one script they differ as Latin names do.
"""

from collections.abc import Callable

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipelines.match.comparison.names.romanisation import spelling_key
from pipelines.match.comparison.names.scripts import VOWELLESS, WHOLE, spelling_columns

FORMS = ("script", "own", "latin", "spellings", "consonants")
SHORTEST_SLIP = 4  # letters of a script without vowels
UNKNOWN = "not comparable"
FEMININE = ("\u0647", "\u05d4")  # the ending of female names in Arabic and in Hebrew
LONG_SPELLING = 6  # Latin letters from which on a slip in the spelling of Han or Hangul is still the same name


def judged_foreign_words(pairs: pl.DataFrame, judged_latin: Callable[[pl.DataFrame], pl.Series]) -> pl.Series:
    """The level at which two different names agree (String), as `name_words.judged_words` has it.

    `pairs`: lo, hi (String, folded, not equal). `judged_latin` compares names in Latin letters.
    """
    names = pl.concat([pairs["lo"], pairs["hi"]]).unique().alias("name").to_frame()
    known = names.with_columns(spelling_columns(names["name"]))
    forms = pairs.with_row_index("nth")
    for side in ("lo", "hi"):
        forms = forms.join(
            known.rename({form: f"{form}_{side}" for form in FORMS}), left_on=side, right_on="name", how="left"
        )
    forms = forms.sort("nth").with_columns(
        one_script=pl.col("script_lo") == pl.col("script_hi"), in_latin=judged_latin(_latin(forms.sort("nth")))
    )
    own = pl.Series(cpdist(forms["own_lo"].to_list(), forms["own_hi"].to_list(), scorer=OSA.distance), dtype=pl.Int64)
    return forms.with_columns(slips=own, spelt=_share_a_spelling(forms)).select(
        pl.when("one_script").then(_within_a_script()).otherwise(_across_scripts()).alias("level")
    )["level"]


def _latin(forms: pl.DataFrame) -> pl.DataFrame:
    return forms.select(lo="latin_lo", hi="latin_hi")


def _within_a_script() -> pl.Expr:
    whole, vowelless = (pl.col("script_lo").is_in(list(scripts)) for scripts in (WHOLE, VOWELLESS))
    shorter = pl.min_horizontal(pl.col("own_lo", "own_hi").str.len_chars())
    two = pl.any_horizontal(
        pl.col(f"own_{male}").str.replace("$", ending) == pl.col(f"own_{female}")
        for male, female in (("lo", "hi"), ("hi", "lo"))
        for ending in FEMININE
    )
    sounds = (pl.col("consonants_lo") == pl.col("consonants_hi")) & (pl.col("consonants_lo") != "")
    joined = [pl.col(f"own_{side}").str.replace_all(" ", "", literal=True) for side in ("lo", "hi")]
    return (
        pl.when(joined[0] == joined[1])
        .then(pl.lit("exact"))
        .when(whole | (vowelless & two))
        .then(pl.lit("different"))
        .when(vowelless & (sounds | ((pl.col("slips") <= 1) & (shorter >= SHORTEST_SLIP))))
        .then(pl.lit("typo"))
        .when(vowelless)
        .then(pl.lit("different"))
        .otherwise("in_latin")
    )


def _across_scripts() -> pl.Expr:
    vowelless = pl.any_horizontal(pl.col("script_lo", "script_hi").is_in(list(VOWELLESS)))
    sounds = (pl.col("consonants_lo") == pl.col("consonants_hi")) & (pl.col("consonants_lo") != "")
    whole = pl.any_horizontal(pl.col("script_lo", "script_hi").is_in(list(WHOLE)))
    short = whole & (pl.min_horizontal(pl.col("latin_lo", "latin_hi").str.len_chars()) < LONG_SPELLING)
    return (
        pl.when("spelt")
        .then(pl.lit("exact"))
        .when(vowelless & sounds)
        .then(pl.lit("typo"))
        .when(vowelless | short | pl.col("in_latin").is_in(("distant", "different")))
        .then(pl.lit(UNKNOWN))
        .otherwise("in_latin")
    )


def _share_a_spelling(forms: pl.DataFrame) -> pl.Series:
    """Whether any spelling of the one is one of the other, romanisations and spaces aside."""
    spelt = forms.select("spellings_lo", "spellings_hi").iter_rows()
    keys = (({spelling_key(name) for name in names} for names in both) for both in spelt)
    return pl.Series([not one.isdisjoint(other) for one, other in keys], dtype=pl.Boolean)
