"""The words of a quick search, and the form that texts are searched in."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple
from unicodedata import category

import polars as pl

from pipelines.normalise.text import search_form

FEWEST_DIGITS = 4  # of a phone number somebody looks for; fewer stand in every number
PHONE_LIKE = re.compile(r"[+0-9()/.\-]*[0-9][+0-9()/.\-]*")
ID_LIKE = re.compile(r"(?=.*[0-9]|.{8})[0-9a-f]{4,8}(?:-[0-9a-f-]*)?")
SEARCHABLE = ("L", "N", "So")  # categories of characters: letters, digits, and signs such as emoji


class Word(NamedTuple):
    """A word to look for, and the digits of phone numbers that it is, or is written in with its neighbours."""

    text: str
    folded: str
    digits: tuple[str, ...] = ()

    @property
    def looked_for(self) -> tuple[str, ...]:
        """What a text has to hold, one of these."""
        return tuple(dict.fromkeys((self.folded, *self.digits)))

    @property
    def begins_id(self) -> str | None:
        """What an id may begin with; None of a word that is like the beginning of none."""
        begins = self.text.lower()
        return begins if ID_LIKE.fullmatch(begins) else None


def search_words(text: str) -> tuple[Word, ...]:
    """The words somebody looks for: those with a letter, a digit or a sign in them."""
    written = [word for word in text.replace(",", " ").split() if is_searchable(word)]
    runs = [list(run) for _, run in groupby(written, key=lambda word: bool(PHONE_LIKE.fullmatch(word)))]
    together = [phone_digits(" ".join(run)) for run in runs for _ in run]
    return tuple(
        dict.fromkeys(
            Word(word, folded, tuple(digits for digits in dict.fromkeys((of_the_run, phone_digits(word))) if digits))
            for word, folded, of_the_run in zip(written, searched(written), together, strict=True)
            if folded
        )
    )


def searched(texts: Sequence[str]) -> list[str | None]:
    """Texts in the form that they are searched in."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(search_form(pl.col("text"))).to_series().to_list()


def is_searchable(text: str) -> bool:
    """Whether there is anything in a text that can be looked for."""
    return any(category(character).startswith(SEARCHABLE) for character in text)


def phone_digits(text: str) -> str:
    """The digits of a phone number however it is written, without what stands before a country or area code.

    Empty for what is no phone number, or too little of one.
    """
    if not all(PHONE_LIKE.fullmatch(word) for word in text.split()):
        return ""
    digits = "".join(character for character in text if character.isdigit()).lstrip("0")
    return digits if len(digits) >= FEWEST_DIGITS else ""
