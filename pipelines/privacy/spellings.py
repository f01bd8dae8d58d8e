"""The ways in which numbers, names and addresses of people are written, and texts in the form they are found in."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from itertools import chain
from unicodedata import category

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumberFormat

from pipelines.normalise.numbering.changes import match_keys
from pipelines.normalise.text import INVISIBLE, clean, match_form

FEWEST_DIGITS = 7  # of a spelling of a number: fewer are found in prices and dates as well
ABROAD = ("", "00", "011")  # what is dialled before a country code, after which a plus is no digit
TRUNK = "0"  # what many write between the country code and the number: +49 (0) 171 …
FEWEST_WORDS = 2  # of a full name
FEWEST_SIGNS = 3  # of a full name in a script that writes no spaces
BEYOND = 0x20000  # of the digits of scripts
SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

# What links write for the signs of addresses and numbers.
_IN_LINKS = {"%40": "@", "%2b": "+", "%3a": ":", "%2f": "/", "%3d": "=", "%26": "&", "%20": " ", "%2c": ",", "%3c": "<"}
_IN_LINKS |= {"%3e": ">", "%22": '"', "%3f": "?", "%3b": ";", "%28": "(", "%29": ")"}
_UNUSUAL = r"[^\x20-\x7E\s]|%[0-9A-Fa-f]{2}"
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_NO_DIGIT = re.compile(r"[^0-9]+")


def folded(texts: pl.Series) -> pl.Series:
    """Texts as identifiers are looked for in them: small letters, ASCII digits, nothing invisible, links decoded."""
    small = texts.str.to_lowercase()
    unusual = small.str.contains(_UNUSUAL).fill_null(value=False).arg_true()
    if not len(unusual):
        return small
    full = small.gather(unusual).str.replace_all(INVISIBLE, "").str.normalize("NFKC").str.to_lowercase()
    return small.scatter(unusual, full.str.replace_many(_plain_signs()))


def folded_all(texts: Iterable[str]) -> frozenset[str]:
    """`folded` of each, without spaces around it; none of them empty."""
    found = folded(pl.Series(list(texts), dtype=pl.String)).str.strip_chars()
    return frozenset(found.drop_nulls()) - {""}


def cleaned_all(texts: Iterable[str]) -> frozenset[str]:
    """Texts with single spaces and nothing invisible."""
    return frozenset(_each(texts, clean))


def phone_spellings(number: str) -> frozenset[str]:
    """The digits of a number in each way it is dialled or written, none shorter than FEWEST_DIGITS.

    Args:
        number: In E.164, with its plus. Of one that no plan knows, the digits alone are given.

    Returns:
        Digits with the country code (also behind 00 and 011, and with a 0 between it and the rest), and as dialled at
        home, with what is dialled there first and without; of a subscriber whose number has changed, both numbers.
    """
    keys = pl.select(match_keys(pl.lit(number))).to_series().explode().to_list()
    spelt = chain.from_iterable(_spelt(key) for key in [number, *keys])
    return frozenset(digits for digits in spelt if len(digits) >= FEWEST_DIGITS)


def name_spellings(names: Iterable[str]) -> frozenset[str]:
    """Full names in the form for comparing, the family name first and last, umlauts as their letter and spelt out.

    A single word is no full name, unless it is one of at least FEWEST_SIGNS in a script that writes no spaces.
    """
    written = list(names)
    forms = _each([*written, *(name.translate(SPELT_OUT) for name in written)], match_form)
    return frozenset(chain.from_iterable(_orders(form) for form in forms))


def address_spellings(addresses: Iterable[str]) -> frozenset[str]:
    """Addresses folded, with their domain in ASCII and as people read it."""
    found = {address for address in folded_all(addresses) if "@" in address}
    return frozenset(chain.from_iterable((address, *_with_other_domain(address)) for address in found))


def is_without_spaces(name: str) -> bool:
    """Whether a name is one of a script that writes no spaces."""
    return _WITHOUT_SPACES.fullmatch(name) is not None


def _spelt(number: str) -> Iterable[str]:
    bare = _NO_DIGIT.sub("", number)
    yield from (prefix + bare for prefix in ABROAD)
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return
    national = phonenumbers.national_significant_number(parsed)
    region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    dialled = phonenumbers.ndd_prefix_for_region(region, True) or ""
    at_home = _NO_DIGIT.sub("", phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    yield from (national, dialled + national, TRUNK + national, at_home)
    yield from (f"{prefix}{parsed.country_code}{TRUNK}{national}" for prefix in ABROAD)


def _orders(form: str) -> Iterable[str]:
    words = form.split(" ")
    if len(words) >= FEWEST_WORDS:
        yield from (form, " ".join([words[-1], *words[:-1]]), " ".join([*words[1:], words[0]]))
    elif is_without_spaces(form) and len(form) >= FEWEST_SIGNS:
        yield form


def _with_other_domain(address: str) -> Iterable[str]:
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):
        yield f"{local}@{domain.encode('idna').decode()}"
        yield f"{local}@{domain.encode('idna').decode('idna')}"


def _each(texts: Iterable[str], form: Callable[[pl.Expr], pl.Expr]) -> list[str]:
    column = pl.Series("text", list(texts), dtype=pl.String).to_frame()
    return column.select(form(pl.col("text"))).to_series().drop_nulls().to_list()


@cache
def _plain_signs() -> dict[str, str]:
    """Digits of all scripts as those of ASCII, and the signs that links spell out."""
    digits = (sign for sign in map(chr, range(0x80, BEYOND)) if category(sign) == "Nd")
    return {sign: str(int(sign)) for sign in digits} | _IN_LINKS
