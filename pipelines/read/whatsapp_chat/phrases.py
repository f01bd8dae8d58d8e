"""What WhatsApp itself writes into chats, in the languages of `languages.toml`, by the kind of each phrase."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache, reduce
from importlib.resources import files
from itertools import product
from typing import NamedTuple

from pipelines.read.whatsapp_chat.clock import MARKS

BLANK = f" \t\n\r\u00a0\u202f{MARKS}"
STOPS = ".。۔।"
LONGEST = 500  # characters; no notice has more
OMITTED = ("media", "contact")  # what stands where a file was
STANDING = (*OMITTED, "deleted", "missed_call", "live_location", "unsent")  # what stands where a message was
NOTICES = ("notice", "group", "number")
ANY = "…"

_INVISIBLE = str.maketrans(dict.fromkeys(MARKS, "") | dict.fromkeys("\u00a0\u202f", " ") | {"’": "'", "׳": "'"})
_ACCENTS = re.compile("[\u0591-\u05c7\u064b-\u0652\u0670]")  # points of Hebrew and Arabic, which come and go
_PIECE = re.compile(r"\(([^()]*)\)|([^()]+)")
_ESCAPED = {r"\(": "\ue000", r"\)": "\ue001"}


class Phrases(NamedTuple):
    """Phrases of one kind in all languages, as `plain` sees them.

    `whole` are those without a gap. `gapped` are the others, as the pieces between their gaps, by the longest of these:
    no text without it is one of them. One regular expression of so many takes longer to compile than a chat to read.
    """

    whole: frozenset[str]
    gapped: Mapping[str, list[list[str]]]

    def match(self, text: str) -> bool:
        """Whether a text that `plain` has seen is one of them."""
        if text in self.whole:
            return True
        if len(text) > LONGEST or "\n" in text:
            return False
        return any(holds(text, each) for longest, some in self.gapped.items() if longest in text for each in some)


def holds(text: str, pieces: Sequence[str]) -> bool:
    """Whether a text begins with the first piece, ends with the last, and has the others between them in order."""
    first, last = pieces[0], pieces[-1]
    if not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in pieces[1:-1]:
        found = text.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return place <= end


@cache
def languages() -> dict[str, dict[str, list[str]]]:
    """The phrases as they are kept, by language and kind."""
    return tomllib.loads(files("pipelines.read.whatsapp_chat").joinpath("languages.toml").read_text("utf-8"))


@cache
def phrases(kind: str) -> Phrases:
    """The phrases of a kind in all languages."""
    every = {plain(each) for each in _every(kind)}
    gapped: dict[str, list[list[str]]] = {}
    for each in sorted(every):
        if ANY in each:
            pieces = each.split(ANY)
            gapped.setdefault(max(pieces, key=len), []).append(pieces)
    return Phrases(frozenset(each for each in every if ANY not in each), gapped)


@cache
def spelled(*kinds: str) -> list[str]:
    """Phrases without a gap as a lowercased line of a chat holds them, with and without a full stop."""
    whole = {each.lower() for kind in kinds for each in _every(kind) if ANY not in each}
    return sorted({form + end for each in whole for form in (each, each.replace("'", "’")) for end in ("", ".")})


@cache
def beginnings(*kinds: str) -> list[str]:
    """What phrases with a gap begin with, up to it."""
    return sorted(
        {start for kind in kinds for each in _every(kind) if len(start := each.partition(ANY)[0]) >= len(ANY)}
    )


@cache
def alternatives(kind: str) -> str:
    """The phrases of a kind without a gap as one regular expression, longest first."""
    whole = sorted(phrases(kind).whole, key=lambda each: (-len(each), each))
    return "|".join(re.escape(each) for each in whole)


@lru_cache(4_096)
def plain(text: str) -> str:
    """A line as phrases are compared: without marks, points, brackets around it and a full stop at its end."""
    bare = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).strip(BLANK).rstrip(STOPS)
    bare = bare[1:-1].strip() if bare[:1] == "<" and bare[-1:] == ">" else bare
    return _ACCENTS.sub("", bare.rstrip(STOPS)).strip().casefold()


def titles() -> re.Pattern[str]:
    """What the names of exported files look like; the title is the one group that is not empty."""
    shapes = sorted(set(_every("title")), key=lambda each: (-len(each), each))
    return re.compile("|".join(rf".*?{_expression(each, '(.+)')}" for each in shapes), re.IGNORECASE)


def _every(kind: str) -> Iterator[str]:
    """Every form of the phrases of a kind, their alternatives written out."""
    for of_language in languages().values():
        for written in of_language.get(kind, ()):
            phrase = reduce(lambda text, each: text.replace(*each), _ESCAPED.items(), written)
            pieces = [
                choice.split("|") if literal is None else [literal]
                for choice, literal in (found.group(1, 2) for found in _PIECE.finditer(phrase))
            ]
            for form in map("".join, product(*pieces)):
                yield form.replace("\ue000", "(").replace("\ue001", ")")


def _expression(phrase: str, gap: str = ".*") -> str:
    return gap.join(re.escape(part) for part in phrase.split(ANY))
