"""What WhatsApp itself writes into chats, in the languages of `languages.toml`, by the kind of each phrase."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
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
    """Phrases of one kind in all languages: those without a gap as `plain` sees them, the others as one expression."""

    whole: frozenset[str]
    gapped: re.Pattern[str]

    def match(self, text: str) -> bool:
        """Whether a text that `plain` has seen is one of them."""
        return text in self.whole or (len(text) <= LONGEST and self.gapped.fullmatch(text) is not None)


@cache
def languages() -> dict[str, dict[str, list[str]]]:
    """The phrases as they are kept, by language and kind."""
    return tomllib.loads(files("pipelines.read.whatsapp_chat").joinpath("languages.toml").read_text("utf-8"))


@cache
def phrases(kind: str) -> Phrases:
    """The phrases of a kind in all languages."""
    every = [plain(each) for each in _every(kind)]
    gapped = "|".join(sorted({each for phrase in _written(kind) if ANY in phrase for each in _gapped(phrase)}))
    return Phrases(frozenset(each for each in every if ANY not in each), re.compile(gapped or "(?!)"))


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
    bare = _visible(text).strip(BLANK).rstrip(STOPS)
    bare = bare[1:-1].strip() if bare[:1] == "<" and bare[-1:] == ">" else bare
    return _ACCENTS.sub("", bare.rstrip(STOPS)).strip().casefold()


def titles() -> re.Pattern[str]:
    """What the names of exported files look like; the title is the one group that is not empty."""
    shapes = sorted(set(_every("title")), key=lambda each: (-len(each), each))
    return re.compile("|".join(rf".*?{_expression(each, '(.+)')}" for each in shapes), re.IGNORECASE)


def _every(kind: str) -> Iterator[str]:
    """Every form of the phrases of a kind, their alternatives written out."""
    return (form for phrase in _written(kind) for form in _forms(phrase))


def _forms(phrase: str) -> Iterator[str]:
    return (_unescaped("".join(each)) for each in product(*_pieces(phrase)))


def _written(kind: str) -> Iterator[str]:
    """The phrases of a kind as they are kept, but for brackets that are meant as such."""
    for of_language in languages().values():
        for phrase in of_language.get(kind, ()):
            yield reduce(lambda text, each: text.replace(*each), _ESCAPED.items(), phrase)


def _pieces(phrase: str) -> list[list[str]]:
    """The parts of a phrase in their order, of each the alternatives."""
    found = (each.group(1, 2) for each in _PIECE.finditer(phrase))
    return [choice.split("|") if literal is None else [literal] for choice, literal in found]


def _unescaped(text: str) -> str:
    for escaped, held in _ESCAPED.items():
        text = text.replace(held, escaped[1:])
    return text


def _gapped(phrase: str) -> set[str]:
    """Expressions of a phrase as `plain` sees it: one, which compiles sooner than one of each form, if that says it."""
    forms = {*_forms(phrase)}
    if any(_folded(form) != plain(form) for form in forms):  # some end in a space, or in a full stop
        return {_expression(plain(form)) for form in forms if ANY in form}
    pieces = [[_expression(_folded(_unescaped(each))) for each in choices] for choices in _pieces(phrase)]
    return {"".join(each[0] if len(each) == 1 else f"(?:{'|'.join(each)})" for each in pieces)}


def _folded(text: str) -> str:
    return _ACCENTS.sub("", _visible(text)).casefold()


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE))


def _expression(phrase: str, gap: str = ".*") -> str:
    return gap.join(re.escape(part) for part in phrase.split(ANY))
