"""How people of a place write numbers and dates, as Unicode's CLDR has it."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from babel import Locale

ZERO = {"arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "mymr": "၀"}  # digits a locale has beside 0 to 9
SHORTEST = 3  # letters of a month's name that may stand for it, where no other begins with them


class Convention(NamedTuple):
    """What a locale settles that a cell alone leaves open.

    `group` is what parts thousands, a space of whatever width being " " and an apostrophe "'". `order` is that of the
    locale's shortest date, as three of d, m and y; `separator` stands between them, and `short_years` says whether its
    year has two digits. `months` maps names and their beginnings, in small letters, to numbers; `plain` maps the
    digits and signs of the locale's own script to those of the Latin one.
    """

    locale: str
    decimal: str
    group: str
    indian: bool
    order: str
    separator: str
    short_years: bool
    months: Mapping[str, str]
    plain: Mapping[str, str]


@cache
def convention(locale: str) -> Convention:
    """The conventions of a locale that `schemas.settings.locale` knows."""
    known = Locale.parse(locale)
    signs = known.number_symbols["latn"]
    short = re.sub(r"'[^']*'", "", known.date_formats["short"].pattern).replace("\u200f", "")
    order = "".join(dict.fromkeys(letter for letter in short.lower() if letter in "dmy"))
    between = re.search(r"[^\w\s]", short)
    return Convention(
        locale=locale,
        decimal=signs["decimal"],
        group=_plain_group(signs["group"]),
        indian="#,##,##0" in known.decimal_formats[None].pattern,
        order=order,
        separator=between.group() if between else "/",
        short_years=re.search(r"(?<!y)yy(?!y)", short) is not None,
        months=MappingProxyType(_months(known)),
        plain=MappingProxyType(_own_script(known)),
    )


def _plain_group(sign: str) -> str:
    return " " if sign.isspace() else sign.replace("’", "'")


def _months(locale: Locale) -> dict[str, str]:
    """Names of the months and their beginnings, where these mean one month only.

    Abbreviations are not asked for: most are beginnings, and Babel mixes those of several locales up once it has loaded
    them.
    """
    meant: dict[str, set[int]] = {}
    for number, name in locale.months["format"]["wide"].items():
        word = name.casefold()
        for length in range(SHORTEST, max(len(word), SHORTEST) + 1):
            meant.setdefault(word[:length], set()).add(number)
    return {word: str(min(numbers)) for word, numbers in meant.items() if len(numbers) == 1}


def _own_script(locale: Locale) -> dict[str, str]:
    system = locale.default_numbering_system
    zero = ZERO.get(system)
    if zero is None:
        return {}
    own, latin = locale.number_symbols[system], locale.number_symbols["latn"]
    signs = {own[name]: latin[name] for name in ("decimal", "group") if own.get(name)}
    return signs | {chr(ord(zero) + digit): str(digit) for digit in range(10)}
