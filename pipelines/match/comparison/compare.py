"""Comparing pairs of records field by field: at which level they agree, and on what."""

from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison import addresses
from pipelines.match.comparison.addresses import Codes
from pipelines.match.comparison.compare_names import compare_names
from pipelines.match.comparison.judged import INDEX, Compared, Levels, judged_pairs, level_by_number
from pipelines.match.comparison.records import NAMES, Records
from pipelines.match.comparison.texts import judged_texts

__all__ = ["INDEX", "Compared", "Comparison", "compare", "compare_names"]


class Comparison(NamedTuple):
    """All fields of some pairs, and whether given and family name stand in each other's place."""

    fields: dict[str, Compared]
    swapped: NDArray[np.bool_]

    def at(self, field: str, level: str) -> NDArray[np.bool_]:
        """Pairs that agree on a field at this level; none of them where no record has the field."""
        if field not in self.fields:
            return np.zeros(len(self.swapped), bool)
        return np.asarray(self.fields[field].level == INDEX[field][level])


def compare(records: Records, lo: NDArray[np.uint32], hi: NDArray[np.uint32]) -> Comparison:
    """Compare the records `lo` with the records `hi`, pair by pair."""
    names, swapped = compare_names(records, lo, hi)
    others = {
        name: _values(records, name, lo, hi)
        for name, field in records.fields.items()
        if name not in (*NAMES, "email_domain")
    }
    domains = {"email_domain": _domains(records, others["email"])} if "email" in others else {}
    return Comparison({**names, **others, **domains}, swapped)


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
        return level_by_number(lo, hi, lambda a, b: addresses.judged_addresses(boxes, values, a, b))
    if name == "phone" and tails is not None:
        return level_by_number(lo, hi, lambda a, b: addresses.judged_phones(tails, values, a, b))
    if name == "channel_id":
        return level_by_number(lo, hi, lambda a, _: np.full(len(a), INDEX[name]["different"], np.uint8))
    return judged_pairs(name, values, lo, hi, partial(judged_texts, name))


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
