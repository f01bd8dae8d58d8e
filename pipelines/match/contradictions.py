"""What makes two records two people, however much else they share: given names and birth dates that differ.

People who live together share family name, line, mailbox and address, twins even a birth date. What parts them is the
given name. So no evidence merges two given names that both are known to be names; a person may. A word that hardly
anybody bears may be a name garbled, and then the rest decides, if it is sure.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.compare import INDEX, Comparison
from pipelines.match.comparison.records import Records
from pipelines.match.model.weigh import Frequencies
from pipelines.match.priors import SURE

Flags = NDArray[np.bool_]
SHORT = 5  # letters; in a shorter word one slip makes another name
SOUNDS = {"ph": "f", "th": "t", "ck": "k", "c": "k", "q": "k", "z": "s", "y": "i", "j": "i", "w": "v", "h": ""}


def never_merged(
    records: Records, frequencies: Frequencies, comparison: Comparison, probability: NDArray[np.float64]
) -> Flags:
    """Pairs that no evidence merges, as their given names contradict each other."""
    given = comparison.fields.get("given_name")
    if given is None:
        return np.zeros(len(probability), bool)
    different = given.level == INDEX["given_name"]["different"]
    both = frequencies.known_names[given.lo] & frequencies.known_names[given.hi]
    family = comparison.fields["family_name"].level != INDEX["family_name"]["different"]
    found: Flags = different & (both | (family & (probability < SURE)))
    near = np.flatnonzero(
        np.isin(given.level, [INDEX["given_name"][level] for level in ("typo", "similar", "distant")])
    )
    values = records.fields["given_name"].values
    one, other = (values.gather(codes[near]) for codes in (given.lo, given.hi))
    found[near] = two_names(one, other, both[near], counted=frequencies.counted)
    return found


def two_names(one: pl.Series, other: pl.Series, both_known: Flags, *, counted: bool) -> Flags:
    """Whether names that look alike are two: both are borne by several, and do not sound alike.

    Where nothing has been `counted`, short ones are: Lena and Lea, Tim and Tom.
    """
    pairs = pl.DataFrame({"one": one, "other": other})
    known = pl.Series(both_known)
    if not counted:
        known &= pairs.select(pl.min_horizontal(pl.col("one", "other").str.len_chars()) < SHORT).to_series()
    alike = pairs.select(_sound("one") == _sound("other")).to_series()
    return np.asarray((known & ~alike).to_numpy(), bool)


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
    if "date_of_birth" not in comparison.fields:
        return np.zeros(len(comparison.swapped), bool)
    return np.asarray(comparison.fields["date_of_birth"].level == INDEX["date_of_birth"]["different"])
