"""Words WhatsApp puts where a message cannot be exported, and its own notices: what kind each line is.

What is known is a matter of `languages.toml`. Words that are not in it are somebody's own, whatever mark precedes them.
"""

import re
from functools import cache
from typing import NamedTuple

import polars as pl

from pipelines.read.whatsapp_chat.clock import MARKS
from pipelines.read.whatsapp_chat.phrases import (
    BLANK,
    NOTICES,
    OMITTED,
    STANDING,
    alternatives,
    beginnings,
    phrases,
    plain,
    spelled,
)
from schemas.vocabulary import MessageKind

MARK = "\u200e"  # iOS puts it before everything that the app, not a person, has written
MARKED = (MARK, "\u200f")  # the other one in languages that are written from right to left
_FLAGS = re.IGNORECASE
_FILE = r"(?P<file>[^<>:/\\|]{1,200}\.\w{1,5})"
_OWN_NAME = r"(?:IMG|VID|PTT|AUD|STK|DOC)-\d{8}-WA\d{4,6}\.\w{1,5}"  # names that Android gives, in every language
_NUMBER = r"\+[\d\s().\u00a0\u2010\u2011-]{6,24}\d"
_NUMBERS = re.compile(rf"(?P<before>{_NUMBER})[^\d+]{{1,60}}(?P<after>{_NUMBER})")
_LOCATION_AT = re.compile(r"(?P<place>[^\n:：]{2,40}?)\s?[:：] ?https?://", _FLAGS)
_POLL_AT = re.compile(r"(?P<poll>[^\n:：]{2,30}?)\s?[:：][ \t]*(?:\n(?P<rest>.*)|$)", re.DOTALL)
_WITHIN = f"[{''.join(MARKED)}]|[:：] ?http"  # anywhere in words that are not only somebody's own
_ENDS = ("", ")", ">", ":", "：")  # of such words


class Change(NamedTuple):
    """The numbers that the notice of a new number names, if it names both."""

    before: str | None
    after: str | None


class Content(NamedTuple):
    """What a message is made of, the words that are the sender's own, and the files named."""

    kind: MessageKind
    text: str | None
    attachments: list[str]


def content(body: str) -> Content:
    """Tell a placeholder from words. A body without either is something WhatsApp could not export."""
    body = _edited().sub("", body)
    first, _, caption = body.partition("\n")
    if media := _media(first):
        words, files = media
        return Content(MessageKind.MEDIA, bare("\n".join(filter(None, (words, caption)))) or None, files)
    words, whole = bare(body), plain(body)
    if phrases("deleted").match(whole):
        return Content(MessageKind.DELETED, None, [])
    if phrases("missed_call").match(whole) or (body.startswith(MARKED) and _call().match(whole)):
        return Content(MessageKind.CALL, words, [])
    if phrases("live_location").match(whole) or _is_place(words):
        return Content(MessageKind.LOCATION, words, [])
    if words in ("", "null") or phrases("unsent").match(whole):
        return Content(MessageKind.OTHER, None, [])
    return Content(MessageKind.OTHER if _is_poll(body) else MessageKind.TEXT, words, [])


def may_be_other(words: pl.Series, text: pl.Series, more: pl.Series) -> pl.Series:
    """Whether `content` has to be asked what a message is made of; any other is words, `bare` as they stand.

    It is told by the first line, as it is and `bare`, and the lines after it, null where there is none.
    """
    ends = text.str.tail(1).is_in(_ENDS) | more.str.contains(f">[{BLANK}]*$").fill_null(value=False)
    known = text.str.to_lowercase().is_in(spelled(*STANDING))
    return ends | known | words.str.contains(_WITHIN) | text.str.contains(_begun())


def of_group(text: str) -> bool:
    """Whether words are such as WhatsApp writes of a group: who made it, came and went, and what was changed."""
    return phrases("group").match(plain(text))


def of_app(text: str) -> bool:
    """Whether words are such as WhatsApp writes itself: of encryption, of a group, or any other notice."""
    whole = plain(text)
    return any(phrases(kind).match(whole) for kind in ("encrypted", *NOTICES))


def number_changed(text: str) -> Change | None:
    """What a notice tells of somebody's new number, if that is what it tells."""
    if not phrases("number").match(plain(text)):
        return None
    numbers = _NUMBERS.search(text)
    return Change(numbers["before"], numbers["after"]) if numbers else Change(None, None)


def by_the_app(body: str) -> bool:
    """Whether a line under a sender is a notice that is known, and stands for no message.

    Without the mark only the notice of encryption is believed: anybody can type the others.
    """
    if not body.startswith(MARKED):
        return phrases("encrypted").match(plain(body))
    return content(body).kind is MessageKind.TEXT and of_app(body)


def bare(text: str) -> str:
    """Text without white space and invisible marks around it."""
    return text.strip(BLANK)


def _media(line: str) -> tuple[str, list[str]] | None:
    """Words before the placeholder and the file it names, if the line is or ends in one."""
    place = max(line.rfind(mark) for mark in MARKED)
    for before, candidate in ((line[: max(place, 0)], line[place + 1 :]), ("", line)):
        if found := _attached().fullmatch(bare(candidate).replace("\u00a0:", ":").replace(" :", ":")):
            return before, [found["file"] or found["named"] or found["own"]]
        if any(phrases(kind).match(plain(candidate)) for kind in OMITTED):
            return before, []
    return None


def _is_place(words: str) -> bool:
    found = _LOCATION_AT.match(words)
    return found is not None and phrases("location").match(plain(found["place"]))


def _is_poll(body: str) -> bool:
    """Whether it is a poll: without the mark, only one that has its answers below it."""
    found = _POLL_AT.match(bare(body))
    if found is None or not phrases("poll").match(plain(found["poll"])):
        return False
    below = map(bare, (found["rest"] or "").split("\n"))
    return body.startswith(MARKED) or any(
        phrases("option").match(plain(line.partition(":")[0])) for line in below if ":" in line
    )


@cache
def _begun() -> str:
    """An expression of what words begin with that are not only somebody's own."""
    starts = map(re.escape, beginnings("deleted", "unsent", "encrypted"))
    return f"^(?:<|null$|{'|'.join(starts)})"


@cache
def _attached() -> re.Pattern[str]:
    named = _FILE.replace("file", "named")
    shapes = (
        rf"<[^<>:]{{2,30}}: ?{_FILE}>",
        rf"{named} \((?:{alternatives('attached')})\)",
        rf"(?P<own>{_OWN_NAME}) \([^()\n]{{2,40}}\)",
    )
    return re.compile("|".join(shapes), _FLAGS)


@cache
def _edited() -> re.Pattern[str]:
    return re.compile(rf"[ \n]?[{MARKS}]?<[{MARKS}]?(?:{alternatives('edited')})\.?>$", _FLAGS)


@cache
def _call() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives('missed_call')}|{alternatives('call')})(?:\W|$)")
