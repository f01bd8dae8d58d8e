"""Comparing pairs of records field by field: at which level they agree, and on what."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison import addresses
from pipelines.match.comparison.addresses import Codes
from pipelines.match.comparison.name_words import judged_words
from pipelines.match.comparison.records import Records
from pipelines.match.comparison.texts import judged_texts
from pipelines.match.priors import LEVELS

Levels = NDArray[np.uint8]
INDEX = {field: {level: nth for nth, level in enumerate(levels, start=1)} for field, levels in LEVELS.items()}
MANY = 2**32  # two numbers of values make one of 64 bits


class Compared(NamedTuple):
    """One field of some pairs: the level (from 1 in the order of `priors.LEVELS`, 0 where a side has no value).

    `lo` and `hi` number the values that were compared, the best two where there are several.
    """

    level: Levels
    lo: Codes
    hi: Codes


class Comparison(NamedTuple):
    """All fields of some pairs, and whether given and family name stand in each other's place."""

    fields: dict[str, Compared]
    swapped: NDArray[np.bool_]


def compare(records: Records, lo: NDArray[np.uint32], hi: NDArray[np.uint32]) -> Comparison:
    """Compare the records `lo` with the records `hi`, pair by pair."""
    names, swapped = compare_names(records, lo, hi)
    others = {
        name: _values(records, name, lo, hi)
        for name, field in records.fields.items()
        if name not in ("given_name", "family_name", "email_domain")
    }
    domains = {"email_domain": _domains(records, others["email"])} if "email" in others else {}
    return Comparison({**names, **others, **domains}, swapped)


def compare_names(
    records: Records, lo: NDArray[np.uint32], hi: NDArray[np.uint32]
) -> tuple[dict[str, Compared], NDArray[np.bool_]]:
    """Given and family names, as they stand or swapped, whichever agrees better."""
    if "given_name" not in records.fields:
        return {}, np.zeros(len(lo), bool)
    values = records.fields["given_name"].values
    given, family = (records.fields[part].first for part in ("given_name", "family_name"))
    straight = {
        "given_name": _words("given_name", values, given[lo], given[hi]),
        "family_name": _words("family_name", values, family[lo], family[hi]),
    }
    doubtful = np.flatnonzero((straight["given_name"].level != 1) | (straight["family_name"].level != 1))
    one, other = lo[doubtful], hi[doubtful]
    # Which of two swapped names is looked at as the given one must not hang on which record comes first.
    later = (given[one] > given[other]) | ((given[one] == given[other]) & (family[one] > family[other]))
    sides = [np.where(later, family[one], given[one]), np.where(later, given[other], family[other])]
    turned = _words("given_name", values, *sides)
    agrees = turned.level != INDEX["given_name"]["different"]
    sides = [np.where(later, given[one], family[one]), np.where(later, family[other], given[other])]
    crossed = {
        "given_name": Compared(*(column[agrees] for column in turned)),
        "family_name": _words("family_name", values, *(codes[agrees] for codes in sides)),
    }
    doubtful = doubtful[agrees]
    rank = {part: _disagreement(part, straight[part].level[doubtful]) for part in straight}
    swap = {part: _disagreement(part, crossed[part].level) for part in crossed}
    agrees = swap["family_name"] < _worst("family_name")
    better = agrees & (swap["given_name"] + swap["family_name"] < rank["given_name"] + rank["family_name"])
    rows = doubtful[better]
    swapped = np.zeros(len(lo), bool)
    swapped[rows] = True
    for part, field in straight.items():
        field.level[rows] = crossed[part].level[better]
        field.lo[rows], field.hi[rows] = crossed[part].lo[better], crossed[part].hi[better]
    return straight, swapped


def _worst(part: str) -> int:
    return 2 * len(LEVELS[part])


def _disagreement(part: str, level: Levels) -> NDArray[np.int64]:
    """How far names are from being equal; a part that is missing lies between agreeing and not."""
    half = np.where(level == 0, len(LEVELS[part]), 2 * level.astype(np.int64))
    return np.where(level == len(LEVELS[part]), _worst(part), half)


def _words(part: str, values: pl.Series, lo: Codes, hi: Codes) -> Compared:
    return Compared(_judged(part, values, lo, hi, judged_words), lo.copy(), hi.copy())


def _values(records: Records, name: str, lo: NDArray[np.uint32], hi: NDArray[np.uint32]) -> Compared:
    """Any two values that agree are enough where a record has several."""
    field = records.fields[name]
    one, other = field.first[lo], field.first[hi]
    compared = Compared(_level(records, name, one, other), one, other)
    rows = np.flatnonzero(field.several[lo] | field.several[hi])
    if not len(rows):
        return compared
    pairs = pl.DataFrame({"row": rows, "lo": lo[rows], "hi": hi[rows]})
    stated = pl.DataFrame({"record": field.record, "code": field.code})
    each = pairs.join(stated.rename({"code": "one"}), left_on="lo", right_on="record").join(
        stated.rename({"code": "other"}), left_on="hi", right_on="record"
    )
    level = _level(records, name, each["one"].to_numpy(), each["other"].to_numpy())
    best = each.with_columns(level=level).sort("row", "level", "one", "other").unique("row", keep="first")
    rows = best["row"].to_numpy()
    compared.level[rows], compared.lo[rows], compared.hi[rows] = best["level"], best["one"], best["other"]
    return compared


def _level(records: Records, name: str, lo: Codes, hi: Codes) -> Levels:
    values, boxes, tails = records.fields[name].values, records.mailboxes, records.tails
    if name == "email" and boxes is not None:
        return _of(lo, hi, lambda a, b: addresses.judged_addresses(boxes, values, a, b))
    if name == "phone" and tails is not None:
        return _of(lo, hi, lambda a, b: addresses.judged_phones(tails, values, a, b))
    if name == "channel_id":
        return _of(lo, hi, lambda a, _: np.full(len(a), INDEX[name]["different"], np.uint8))
    if name == "middle_name":
        return _judged(name, values, lo, hi, judged_words)
    return _judged(name, values, lo, hi, partial(judged_texts, name))


def _judged(name: str, values: pl.Series, lo: Codes, hi: Codes, judge: Callable[[pl.DataFrame], pl.Series]) -> Levels:
    """Levels of a field of which every two different values have to be looked at, once."""

    def looked_at(a: Codes, b: Codes) -> Levels:
        pairs = pl.DataFrame({"pair": np.minimum(a, b) * np.int64(MANY) + np.maximum(a, b)})
        distinct = pairs.unique()
        texts = distinct.select(lo=values.gather(distinct["pair"] // MANY), hi=values.gather(distinct["pair"] % MANY))
        index = INDEX[name]
        level = judge(texts).replace_strict(index, default=index["different"], return_dtype=pl.UInt8)
        found = pairs.join(distinct.with_columns(level=level), on="pair", how="left", maintain_order="left")
        return found["level"].to_numpy()

    return _of(lo, hi, looked_at)


def _of(lo: Codes, hi: Codes, judge: Callable[[Codes, Codes], Levels]) -> Levels:
    """Levels by number: 0 where a side has no value, 1 (`exact`) where both are one, else as judged."""
    level = ((lo >= 0) & (hi >= 0)).astype(np.uint8)
    apart = np.flatnonzero((level == 1) & (lo != hi))
    level[apart] = judge(lo[apart], hi[apart])
    return level


def _domains(records: Records, compared: Compared) -> Compared:
    """Where two addresses differ altogether: whether they are of one domain, and whether that is a provider's."""
    domains, boxes = records.fields["email_domain"].values, records.mailboxes
    domain = boxes.domain if boxes is not None else np.zeros(0, np.int32)
    index, told = INDEX["email_domain"], INDEX["email"]
    codes = np.full((2, len(compared.level)), -1, np.int32)
    apart = np.flatnonzero(compared.level >= told["name elsewhere"])
    codes[:, apart] = domain[compared.lo[apart]], domain[compared.hi[apart]]
    lo, hi = codes[:, apart]
    provider = domains.is_in(addresses.PROVIDERS).to_numpy()
    level = np.zeros(len(compared.level), np.uint8)
    level[apart] = np.where(lo != hi, index["different"], np.where(provider[lo], index["provider"], index["exact"]))
    return Compared(level, codes[0], codes[1])
