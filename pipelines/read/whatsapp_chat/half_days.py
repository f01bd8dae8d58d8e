"""Words for the halves and parts of a day, as Unicode's CLDR has them, in every language: which hour is meant.

The words of all languages are looked through only for a chat that has others than AM and PM.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale
from babel.localedata import locale_identifiers

HALVES = {"am": 0, "pm": 12}
ALSO_READ = ("zh_Hant", "zh_Hant_HK", "sr_Latn", "es_MX", "es_419", "pt_PT", "en_AU", "en_GB", "en_CA", "fr_CA")
# Words that stand before or after a time and say no half of a day: "klo 9.53", "9:53 Uhr".
NO_HALVES = frozenset(
    ("klo", "kl", "um", "at", "à", "as", "às", "om", "u", "o", "v", "в", "ve", "saat", "ore", "alle", "las", "a", "uhr")
)

Ranges = tuple[tuple[int, int], ...]  # first and last minute of a day, the last one not included


class Meaning(NamedTuple):
    """Hours that the halves a word means begin with, and the times that the parts of a day it means have."""

    halves: set[int]
    times: set[Ranges]


def known(word: str) -> bool:
    """Whether a word means a half or a part of the day in some language."""
    folded = _folded(word)
    return folded in HALVES or folded in _words()


def says_nothing(word: str) -> bool:
    """Whether a word beside a time is one that names no half of a day."""
    return _folded(word) in NO_HALVES


@lru_cache(4_096)
def hour_of(hour: int, minute: int, word: str) -> int | None:
    """The hour of the day that an hour of twelve and a word mean; None where languages differ or none has the word."""
    folded = _folded(word)
    meaning = Meaning({HALVES[folded]}, set()) if folded in HALVES else _words().get(folded, Meaning(set(), set()))
    if hour > 12:
        return hour if any(meaning) else None
    if meaning.halves:
        return hour % 12 + min(meaning.halves) if len(meaning.halves) == 1 else None
    times = [hour % 12 + half for half in HALVES.values()]
    fitting = {at for ranges in meaning.times for at in times if _within(at * 60 + minute, ranges)}
    return fitting.pop() if len(fitting) == 1 else None


def halves(locale: Locale) -> dict[str, bool]:
    """The words of a locale for the halves of a day, and whether each is understood as the half it means there."""
    words = {(word, HALVES[period]) for period, word in _periods(locale) if period in HALVES}
    return {word: hour_of(1, 0, word) == half + 1 for word, half in sorted(words)}


def _within(minute: int, ranges: Ranges) -> bool:
    return any(first <= minute < last if first < last else minute >= first or minute < last for first, last in ranges)


def _folded(word: str) -> str:
    return "".join(character for character in word.casefold() if not character.isspace() and character != ".")


@cache
def _words() -> dict[str, Meaning]:
    """What each word means in any language."""
    words: dict[str, Meaning] = {}
    for name in (*(each for each in locale_identifiers() if "_" not in each and each != "root"), *ALSO_READ):
        locale = Locale.parse(name)
        for period, word in _periods(locale):
            meaning = words.setdefault(_folded(word), Meaning(set(), set()))
            if period in HALVES:
                meaning.halves.add(HALVES[period])
            elif ranges := _times(locale, period):
                meaning.times.add(ranges)
    return words


def _periods(locale: Locale) -> Iterator[tuple[str, str]]:
    for widths in locale.day_periods.values():
        for width in ("wide", "abbreviated"):
            yield from (widths.get(width) or {}).items()


def _times(locale: Locale, period: str) -> Ranges:
    rules = locale.day_period_rules.get(None, {}).get(period, [])
    return tuple(
        (rule["from"] // 60, rule["before"] // 60) if "at" not in rule else (rule["at"] // 60, rule["at"] // 60 + 1)
        for rule in rules
        if "at" in rule or {"from", "before"} <= rule.keys()
    )
