"""What makes two records two people, however much else they share: given names and birth dates that differ.

People who live together share family name, line, mailbox and address, twins even a birth date. What parts them is the
given name. So no evidence merges two given names that both are known to be names, but an identifier that one person
alone has (role `exact_id`) with the date of birth, where all else is sure; a person may. A word that hardly
anybody bears may be a name garbled, and then the rest decides, if it is sure.
"""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.compare import INDEX, Comparison
from pipelines.match.comparison.name_words import known_given_names
from pipelines.match.comparison.records import Records
from pipelines.match.model.weigh import Frequencies
from pipelines.match.priors import SURE
from schemas.match_fields import fields_of_role

Flags = NDArray[np.bool_]
NEAR = ("typo", "similar", "distant")  # levels of words that may be one name or two
SHORTEST = 3  # letters of a second name that is more than an initial
TOLD = 5  # letters of a listed name that is hardly what is left of another one
SHORT = 5  # letters; in a shorter word one slip makes another name
SOUNDS = {"ph": "f", "th": "t", "ck": "k", "c": "k", "q": "k", "z": "s", "y": "i", "j": "i", "w": "v", "h": ""}


def names_contradict(
    records: Records,
    frequencies: Frequencies,
    comparison: Comparison,
    rows: NDArray[np.intp],
    probability: NDArray[np.float64],
) -> Flags:
    """Which of some pairs (`rows`, with their `probability`) no evidence merges: their given names are two people's."""
    if "given_name" not in comparison.fields:
        return np.zeros(len(rows), bool)
    level, lo, hi = (column[rows] for column in comparison.fields["given_name"])
    different = level == INDEX["given_name"]["different"]
    both = _both_known(records, frequencies, lo, hi)
    related = ~comparison.at("family_name", "different")[rows]
    found: Flags = different & (both | (related & (probability < SURE))) if frequencies.counted else different
    near = np.flatnonzero(np.isin(level, [INDEX["given_name"][each] for each in NEAR]))
    distant = level[near] == INDEX["given_name"]["distant"]
    values = records.fields["given_name"].values
    one, other = (values.gather(codes[near]) for codes in (lo, hi))
    are_names = both[near] if frequencies.counted else both[near] | distant | _is_short(one, other)
    found[near] = are_names & ~_sound_alike(one, other)
    found |= _second_names_differ(records, frequencies, comparison, rows)
    return found & ~(share_an_id(comparison)[rows] & (probability >= SURE))


def share_an_id(comparison: Comparison) -> Flags:
    """Pairs with one identifier of the kind that one person alone has, and one date of birth.

    A couple may share a member's number, twins a date of birth; both are one person's.
    """
    same = [comparison.at(field, "exact") for field in fields_of_role("exact_id")]
    return np.asarray(np.logical_or.reduce(same) & comparison.at("date_of_birth", "exact"))


def _both_known(records: Records, frequencies: Frequencies, lo: NDArray[Any], hi: NDArray[Any]) -> Flags:
    """Whether both words are known to be names: borne by several in the list, or listed."""
    words = records.fields["given_name"].values
    listed = (words.is_in(known_given_names()) & (words.str.len_chars() >= TOLD)).to_numpy()
    known = frequencies.known_names | listed if frequencies.counted else listed
    return np.asarray(known[lo] & known[hi], bool)


def _second_names_differ(
    records: Records, frequencies: Frequencies, comparison: Comparison, rows: NDArray[np.intp]
) -> Flags:
    """Pairs of one family and one first given name with another one behind it: Juan Carlos, and Juan José."""
    if "middle_name" not in comparison.fields:
        return np.zeros(len(rows), bool)
    level, lo, hi = (column[rows] for column in comparison.fields["middle_name"])
    values = records.fields["middle_name"].values
    whole = values.str.len_chars().to_numpy() >= SHORTEST
    names = whole & frequencies.known_names if frequencies.counted else whole
    given = comparison.at("given_name", "exact")[rows]
    related = ~comparison.at("family_name", "different")[rows]
    return np.asarray(given & related & (level == INDEX["middle_name"]["different"]) & names[lo] & names[hi], bool)


def names_cannot_be_compared(comparison: Comparison) -> Flags:
    """Pairs with two given names that say nothing of each other: in two scripts, or Papa beside Volker."""
    given = comparison.fields.get("given_name")
    if given is None:
        return np.zeros(len(comparison.swapped), bool)
    return np.asarray((given.level == 0) & (given.lo >= 0) & (given.hi >= 0))


def _is_short(one: pl.Series, other: pl.Series) -> Flags:
    """Whether the shorter of two names is so short that a slip would make another name of it: Lena and Lea."""
    return np.asarray(np.minimum(one.str.len_chars().to_numpy(), other.str.len_chars().to_numpy()) < SHORT, bool)


def _sound_alike(one: pl.Series, other: pl.Series) -> Flags:
    sounds = pl.DataFrame({"one": one, "other": other}).select(_sound("one") == _sound("other"))
    return np.asarray(sounds.to_series().to_numpy(), bool)


def _sound(name: str) -> pl.Expr:
    """A name as it sounds, roughly: Sara and Sarah, Marc and Mark, Philipp and Filip are one."""
    plain = pl.col(name)
    for letters, sound in SOUNDS.items():
        plain = plain.str.replace_all(letters, sound, literal=True)
    return (
        plain.str.extract_all(".")
        .list.eval(pl.element().filter((pl.element() != pl.element().shift(1)).fill_null(value=True)))
        .list.join("")
    )


def births_differ(comparison: Comparison) -> Flags:
    """Pairs whose birth dates have nothing in common."""
    return comparison.at("date_of_birth", "different")
