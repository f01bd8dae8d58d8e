"""Locales as Unicode's CLDR knows them: a language and the country it is written in."""

import re
from typing import Annotated

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from pydantic import AfterValidator

SPELLING = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]{4})?(_([A-Za-z]{2}|[0-9]{3}))?")


def known_locale(name: str) -> str:
    """A locale with its country, spelt as CLDR does (de-de becomes de_DE), or a ValueError that names the nearest.

    The country is not optional: en alone would have to guess whether 03/04/2025 is in March or in April.
    """
    spelt = name.strip().replace("-", "_")
    if SPELLING.fullmatch(spelt):
        try:
            locale = Locale.parse(spelt)
        except UnknownLocaleError:
            locale = None
        if locale and locale.territory:
            return str(locale)
    raise ValueError(f"must be a language and its country, such as de_DE or en_GB{_nearest(spelt)}")


def locale_of(region: str) -> str:
    """The locale that is most likely in a country: de_DE for DE."""
    return str(Locale.parse(f"und_{region}"))


def _nearest(name: str) -> str:
    """The country that a language is mostly written in, where its code is known."""
    likely = get_global("likely_subtags").get(name.split("_", maxsplit=1)[0].lower())
    if not likely:
        return ""
    language, *_, country = likely.split("_")
    return f"; did you mean `{language}_{country}`?"


LocaleName = Annotated[str, AfterValidator(known_locale)]
