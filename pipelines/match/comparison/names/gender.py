"""Given names that differ as the male and the female form do, and family names that follow their bearer's sex.

Paul and Paula are two people, though one letter parts them; Ivanov and Ivanova are one family. The endings are those of
Romance, Germanic, Slavic, Greek, Icelandic and Arabic names. A rule of endings takes short forms of female names
(Ann, Anna) for male ones, so those that are borne by themselves are listed, in `words.tsv`.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache

import polars as pl

from pipelines.match.comparison.names.word_lists import listed

REMEMBERED = 2**18  # names
BEGINNING = 2  # letters that forms of one name have in common

FEMALE = frozenset(listed("female"))  # names ending in a consonant of which a vowel behind them makes no other name
PAIRS = tuple(pair.split("/") for pair in listed("given"))  # male, female: what no rule tells
FAMILY = tuple(pair.split("/") for pair in listed("family"))  # endings of family names of men and of women
# Indian names lose or keep their last vowel without another person coming of it.
INDIAN = re.compile("(?:endr|indr|chandr|ishn|shok|shiv|arjun|esh|jay|ram|dev|kartik|adity|yog)$")
ITALIAN = ("daniel", "simon", "michel", "raffael", "rafael", "emanuel", "samuel", "gioel")  # Daniele: Daniela
SHORTEST_STEM = 3  # letters of a family name before its ending
SHORTEST_MALE = 3  # letters of a given name that gets an ending
BEHIND = ("ia", "ina", "ine", "ita", "etta", "ette", "ella", "iane", "iana")
WITH_E = re.compile("(?:ian|en|in|on|el|al|il|is|ard|and|ent|ert)$")  # male names to which French and German add an e
ENDINGS = (("o", "a"), ("os", "a"), ("us", "a"), ("er", "ra"), ("ic", "ique"), ("ik", "ike"))


LISTED = {male: {female for name, female in PAIRS if name == male} for male, _ in PAIRS}


@lru_cache(REMEMBERED)
def female_forms(male: str) -> frozenset[str]:
    """What a woman would be called if this were the given name of a man, whether anybody is or not."""
    found = set(LISTED.get(male, ()))
    found |= {male.removesuffix(ending) + other for ending, other in ENDINGS if male.endswith(ending)}
    if male.endswith("e") and male[:-1] in ITALIAN:
        found.add(f"{male[:-1]}a")
    if len(male) < SHORTEST_MALE or male[-1] in "aeiou" or male in FEMALE:
        return frozenset(found)
    if not INDIAN.search(male):
        found |= {f"{male}a", f"{male}ah"}
    if WITH_E.search(male):
        found.add(f"{male}e")
    if len(male) > SHORTEST_MALE:
        found |= {male + ending for ending in BEHIND}
        found |= {male + male[-1] + vowel for vowel in "ae" if male[-1] in "nlt"}
    return frozenset(found)


@lru_cache(REMEMBERED)
def female_family_names(male: str) -> frozenset[str]:
    """What the women of a family may be called of which the men are called so."""
    stems = ((male.removesuffix(his), hers) for his, hers in family_endings(male[-1:]) if male.endswith(his))
    return frozenset(stem + hers for stem, hers in stems if len(stem) >= SHORTEST_STEM)


@cache
def family_endings(letter: str) -> list[list[str]]:
    """Of FAMILY, what a name with this last letter may end in."""
    return [[his, hers] for his, hers in FAMILY if his[-1:] in ("", letter)]


def differ_by_gender(pairs: pl.DataFrame, forms: Callable[[str], frozenset[str]]) -> pl.Series:
    """Whether one of two names (lo, hi, folded) is among the `forms` of the other."""
    begin = pairs.select(pl.col("lo").str.head(BEGINNING) == pl.col("hi").str.head(BEGINNING)).to_series()
    told = [hi in forms(lo) or lo in forms(hi) for lo, hi in pairs.filter(begin).iter_rows()]
    return begin.scatter(begin.arg_true(), pl.Series(told, dtype=pl.Boolean))
