"""Comparing the names of people: given, middle and family name, as they stand, swapped, or word by word."""

from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.addresses import Codes
from pipelines.match.comparison.judged import INDEX, Compared, Levels, judged_pairs
from pipelines.match.comparison.name_words import judged_words
from pipelines.match.comparison.records import Records
from pipelines.match.comparison.whole_names import rearrange
from pipelines.match.priors import LEVELS

LETTERS = r"[^\x00-\x7F]"  # of another script than Latin, in folded text


def compare_names(
    records: Records, lo: NDArray[np.uint32], hi: NDArray[np.uint32]
) -> tuple[dict[str, Compared], NDArray[np.bool_]]:
    """Names as they stand or swapped, whichever agrees better; where neither does, by the words they share.

    Of given names that differ, an equal middle name says nothing: it is a patronymic, or the first of two family names.
    """
    if "given_name" not in records.fields:
        return {}, np.zeros(len(lo), bool)
    compared, swapped = _straight_or_swapped(records, lo, hi)
    middle = records.fields["middle_name"].first
    compared["middle_name"] = _words("middle_name", records.fields["given_name"].values, middle[lo], middle[hi])
    rearranged = rearrange(records, lo, hi, compared)
    swapped[rearranged] = False
    different = INDEX["given_name"]["different"], INDEX["middle_name"]["different"]
    level = compared["middle_name"].level
    level[rearranged | ((compared["given_name"].level == different[0]) & (level != different[1]))] = 0
    return compared, swapped


def _straight_or_swapped(
    records: Records, lo: NDArray[np.uint32], hi: NDArray[np.uint32]
) -> tuple[dict[str, Compared], NDArray[np.bool_]]:
    """Given and family names, as they stand or swapped, whichever agrees better."""
    values = records.fields["given_name"].values
    given, family = (records.fields[part].first for part in ("given_name", "family_name"))
    straight = {
        "given_name": _words("given_name", values, given[lo], given[hi]),
        "family_name": _words("family_name", values, family[lo], family[hi]),
    }
    doubtful = np.flatnonzero((straight["given_name"].level != 1) | (straight["family_name"].level != 1))
    one, other = lo[doubtful], hi[doubtful]
    # Which of two swapped names is looked at as the given one must not hang on which record comes first.
    later = (given[one] > given[other]) | ((given[one] == given[other]) & (family[one] > family[other]))
    sides = [np.where(later, family[one], given[one]), np.where(later, given[other], family[other])]
    turned = _words("given_name", values, *sides)
    agrees = turned.level != INDEX["given_name"]["different"]
    sides = [np.where(later, given[one], family[one]), np.where(later, family[other], given[other])]
    crossed = {
        "given_name": Compared(*(column[agrees] for column in turned)),
        "family_name": _words("family_name", values, *(codes[agrees] for codes in sides)),
    }
    doubtful = doubtful[agrees]
    rank = {part: _disagreement(part, *(column[doubtful] for column in straight[part])) for part in straight}
    swap = {part: _disagreement(part, *crossed[part]) for part in crossed}
    met = (crossed["given_name"].level > 0) | (crossed["family_name"].level > 0)
    agrees = met & (swap["family_name"] < _worst("family_name"))
    better = agrees & (swap["given_name"] + swap["family_name"] < rank["given_name"] + rank["family_name"])
    rows = doubtful[better]
    swapped = np.zeros(len(lo), bool)
    swapped[rows] = True
    # Scripts differ in which name comes first, people do not err. Behind the last value stands that of who has none.
    foreign = np.append(values.str.contains(LETTERS).to_numpy(), values=False)
    swapped[rows[foreign[crossed["given_name"].lo[better]] | foreign[crossed["given_name"].hi[better]]]] = False
    for part, field in straight.items():
        field.level[rows] = crossed[part].level[better]
        field.lo[rows], field.hi[rows] = crossed[part].lo[better], crossed[part].hi[better]
    return straight, swapped


def _worst(part: str) -> int:
    return 2 * len(LEVELS[part])


def _disagreement(part: str, level: Levels, lo: Codes, hi: Codes) -> NDArray[np.int64]:
    """How far names are from being equal.

    A part that is missing lies between agreeing and not, one that cannot be compared just before those that differ.
    """
    unknown = np.where((lo < 0) | (hi < 0), len(LEVELS[part]), _worst(part) - 1)
    half = np.where(level == 0, unknown, 2 * level.astype(np.int64))
    return np.where(level == len(LEVELS[part]), _worst(part), half)


def _words(part: str, values: pl.Series, lo: Codes, hi: Codes) -> Compared:
    return Compared(judged_pairs(part, values, lo, hi, partial(judged_words, part)), lo.copy(), hi.copy())
