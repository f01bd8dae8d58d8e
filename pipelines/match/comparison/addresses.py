"""Comparing two different e-mail addresses or phone numbers.

That two addresses begin alike says little when the same name stands behind both: any two John Smiths may be john.smith
somewhere. What counts is what a name does not explain: a number in the mailbox, a slip, one firm's domain.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipelines.match.priors import EMAIL, PHONE, Level

Codes = NDArray[np.int32]  # numbers of values
Hashes = NDArray[np.uint64]  # of texts of which only equality counts

NUMBERED = 2  # digits from which on the number of a mailbox is hardly chance
EXTENSION = 2  # last digits of a number that tell neighbours of one numbering plan apart
TAIL = 9  # last digits of a phone number, by which it is known with and without its country code
PROVIDERS = (
    *("gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "aol.com"),
    *("icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "gmx.at", "web.de", "t-online.de"),
    *("freenet.de", "mail.ru", "yandex.ru", "qq.com", "163.com", "orange.fr", "free.fr", "libero.it", "uol.com.br"),
    *("yahoo.co.uk", "hotmail.co.uk", "btinternet.com", "comcast.net", "verizon.net", "rediffmail.com", "zoho.com"),
)


class Mailboxes(NamedTuple):
    """What stands in each address: its parts by number or hash, and whether its mailbox has a number worth the name."""

    mailbox: Hashes  # of the local part without dots, hyphens and what follows a plus
    domain: Codes
    number: Codes  # digits the mailbox ends with, -1 for none
    numbered: NDArray[np.bool_]


def mailboxes(addresses: pl.Series, domains: pl.Series) -> Mailboxes:
    """Take addresses (String, small letters) apart; `domains` are those they may have."""
    parts = addresses.alias("address").to_frame().select(
        mailbox=pl.col("address").str.extract("^([^@+]*)").str.replace_all("[._-]", ""),
        domain=pl.col("address").str.extract("@(.*)$"),
    ).with_columns(number=pl.col("mailbox").str.extract(r"(\d+)$"))  # fmt: skip
    return Mailboxes(
        parts["mailbox"].hash().to_numpy(),
        numbered(parts["domain"], domains),
        numbered(parts["number"]),
        parts.select(pl.col("number").str.len_bytes().fill_null(0) >= NUMBERED).to_series().to_numpy(),
    )


def judged_addresses(parts: Mailboxes, addresses: pl.Series, lo: Codes, hi: Codes) -> NDArray[np.uint8]:
    """The level at which two different addresses agree: its number in `priors.EMAIL`, from 1."""
    same_box = parts.mailbox[lo] == parts.mailbox[hi]
    same_domain = parts.domain[lo] == parts.domain[hi]
    both = (parts.number[lo] >= 0) & (parts.number[hi] >= 0)
    same_number = both & (parts.number[lo] == parts.number[hi])
    slip = _slip(addresses, lo, hi, (same_domain ^ same_box) & ~(both & ~same_number))
    numbered = parts.numbered[lo]
    told = {
        "same numbered mailbox": same_box & same_domain & numbered,
        "same mailbox": same_box & same_domain,
        "typo": slip,
        "numbered name elsewhere": same_box & numbered,
        "name elsewhere": same_box,
        "same number": same_number & numbered,
        "another number": both & ~same_number,
    }
    return _first_told(EMAIL, told)


def judged_phones(tails: Hashes, numbers: pl.Series, lo: Codes, hi: Codes) -> NDArray[np.uint8]:
    """The level at which two different numbers agree: its number in `priors.PHONE`, from 1.

    Numbers that differ in their last digits alone are neighbours in a numbering plan, as a firm's or a family's are: a
    slip is not what they show.
    """
    variant = tails[lo] == tails[hi]
    beginning = numbers.str.head(-EXTENSION).hash().to_numpy()
    slip = _slip(numbers, lo, hi, ~variant & (beginning[lo] != beginning[hi]))
    return _first_told(PHONE, {"variant": variant, "typo": slip})


def _first_told(levels: Mapping[str, Level], told: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.uint8]:
    index = {level: np.uint8(nth) for nth, level in enumerate(levels, start=1)}
    return np.select(list(told.values()), [index[level] for level in told], index["different"])


def tail(numbers: pl.Series) -> pl.Series:
    """The digits that a number has in every notation."""
    return numbers.str.replace_all(r"\D", "").str.slice(-TAIL)


def numbered(texts: pl.Series, values: pl.Series | None = None) -> Codes:
    """The place of each text among `values` (all different ones, if not given), -1 for null."""
    known = (texts.drop_nulls().unique() if values is None else values).alias("text").to_frame()
    places = texts.alias("text").to_frame().join(
        known.with_row_index("place"), on="text", how="left", maintain_order="left"
    )["place"]  # fmt: skip
    return places.cast(pl.Int32).fill_null(-1).to_numpy()


def _slip(values: pl.Series, lo: Codes, hi: Codes, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether two values are one slip of the keyboard apart, where that is `asked`."""
    slip = np.zeros(len(lo), bool)
    rows = np.flatnonzero(asked)
    one, other = values.gather(lo[rows]).to_list(), values.gather(hi[rows]).to_list()
    slip[rows] = cpdist(one, other, scorer=OSA.distance, score_cutoff=1) <= 1
    return slip
