"""Short texts in which a person's names and identifiers are replaced: headers, notices, names of files."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

import polars as pl

from pipelines.normalise.text import PLAIN
from pipelines.privacy.needles import ENDINGS, SHORTEST_TOKEN, TELLING, Needles, find
from pipelines.privacy.spellings import is_without_spaces

ERASED = "erased"
_GAP = r"[\s.\-/()+\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{0,4}"
_WORD = re.compile(r"[^\W_]+(?:['’‘`´][^\W_]+)*")
_ADDRESS = re.compile(r"[^\s<>\"(),;:]+@[^\s<>\"(),;:]+")
_APOSTROPHES = re.compile(r"['’‘`´]")
NOBODY = re.compile(r"(?!)")


def redacted(needles: Needles, text: str, *, names: bool = True) -> tuple[str, int]:
    """A text in which ERASED stands for each identifier of the person, and for each full name if `names`.

    Where an identifier is written in a way that cannot be cut out, ERASED stands for the whole text. A name within an
    address of somebody else stays. Also gives how many places were replaced.
    """
    bare, count = _identifiers(needles).subn(ERASED, text)
    if find(needles, pl.Series([bare])).any():
        return ERASED, count + 1
    if not names:
        return bare, count
    bare, more = _without_names(needles, bare)
    return bare, count + more


def redacted_path(needles: Needles, path: str, *, names: bool = True) -> str:
    """A path of which each name is `redacted`."""
    return "/".join(redacted(needles, part, names=names)[0] for part in path.split("/"))


@lru_cache(16)
def _identifiers(needles: Needles) -> re.Pattern[str]:
    tokens = [each for each in needles.handles if len(each) >= SHORTEST_TOKEN and TELLING.search(each)]
    addresses = [
        rf"(?<![\w.%+\-]){re.escape(each)}(?![\w\-]|\.(?!(?:{ENDINGS})(?!\w))\w)"
        for each in _longest(needles.addresses)
    ]
    handles = [rf"(?<![^\W_]){re.escape(each)}(?![^\W_])" for each in _longest(tokens)]
    numbers = [rf"(?<!\d)\+?{_GAP.join(each)}(?!\d)" for each in _longest(needles.digits)]
    patterns = [*addresses, *handles, *numbers]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else NOBODY


def _longest(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda each: (-len(each), each))


def _without_names(needles: Needles, text: str) -> tuple[str, int]:
    spans = list(_named(needles, text))
    ends = [0, *(place for span in spans for place in span), len(text)]
    kept = [text[start:end] for start, end in list(pairwise(ends))[::2]]
    return ERASED.join(kept), len(spans)


def _named(needles: Needles, text: str) -> Iterator[tuple[int, int]]:
    """Where full names stand, none of them within another."""
    words = [(found.start(), found.end(), _plain(found[0])) for found in _WORD.finditer(_ADDRESS.sub(_blank, text))]
    longest = max((name.count(" ") + 1 for name in needles.names), default=0)
    place = 0
    while place < len(words):
        for size in range(min(longest, len(words) - place), 0, -1):
            if " ".join(word for *_, word in words[place : place + size]) in needles.names:
                yield words[place][0], words[place + size - 1][1]
                place += size
                break
        else:
            start, _, word = words[place]
            within = next((name for name in needles.names if is_without_spaces(name) and name in word), None)
            if within:
                yield start + word.index(within), start + word.index(within) + len(within)
            place += 1


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _plain(word: str) -> str:
    """A word as `match_form` has it."""
    apart = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", word)).lower()
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return unicodedata.normalize("NFKC", "".join(PLAIN.get(sign, sign) for sign in bare))
