"""What share of the matches of a list its blocking keys can bring together, estimated without knowing who is who.

Two records of one person are imagined: both have the keys of records of the list, and each field agrees as often as the
model has learnt that it does. m is learnt from pairs that were found without the field, so it does not only describe
what blocking found. Slips in several fields are taken to have nothing to do with each other; where a source is careless
in all of them at once, fewer are reached than this says.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.blocking.parts import DERIVED
from pipelines.match.blocking.rules import RULES
from pipelines.match.comparison.records import NAMES

SEED = 20_260
MAILBOX = ("exact", "same numbered mailbox", "same mailbox", "numbered name elsewhere", "name elsewhere")
ALIKE = ("exact", "short", "typo", "similar")
# The levels at which a part is the same on both sides, by field; where it is another than `exact` alone.
SURVIVED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "phone": {"phone": ("exact", "variant")},
        "mailbox": {"email": MAILBOX},
        "mailbox_stem": {"email": (*MAILBOX, "typo")},
        "id_half": {"exact_id": ("exact", "typo")},
        "birth_year": {"date_of_birth": ("exact", "typo")},
        "birthday": {"date_of_birth": ("exact", "part")},
        "house": {"street": ("exact", "part")},
        "place": {"street": ("exact", "typo", "part")},
        "organisation_word": {"company": ("exact", "typo", "part")},
        "name": {"given_name": ("exact",), "family_name": ("exact",)},
        "family_initial": {"given_name": (*ALIKE, "initial"), "family_name": ("exact",)},
        "stems": {"given_name": ALIKE, "family_name": ALIKE},
    }
)


def estimate_reach(keys: pl.DataFrame, m: Mapping[str, Mapping[str, float]]) -> float | None:
    """The share of matches that share a usable block; None for fewer than two records.

    `keys`: record (0, 1, 2 …, each at least once), rule (null for a record without keys), usable (whether its block is
    within its cap). `m[field][level]`: the share of true pairs that show a level.
    """
    count = keys["record"].n_unique()
    if count < 2:
        return None
    keyed = keys.drop_nulls("rule")
    has, usable = np.zeros((2, len(RULES), count), bool)
    has[keyed["rule"].to_numpy(), keyed["record"].to_numpy()] = True
    open_keys = keyed.filter("usable")
    usable[open_keys["rule"].to_numpy(), open_keys["record"].to_numpy()] = True
    chance = np.random.default_rng(SEED)
    other = (np.arange(count) + chance.integers(1, count, count)) % count
    levels = {field: _drawn(shares, chance.random(count)) for field, shares in m.items()}
    nowhere = np.zeros(count, bool)
    same = {part: _survived(part, levels, nowhere) for rule in RULES for part in rule.parts}
    reached = nowhere.copy()
    for nth, rule in enumerate(RULES):
        reached |= usable[nth] & has[nth, other] & np.logical_and.reduce([same[part] for part in rule.parts])
    return float(reached.mean())


def _drawn(shares: Mapping[str, float], dice: NDArray[np.float64]) -> NDArray[np.str_]:
    """A level for each of these numbers between 0 and 1, as often as its share says."""
    names = np.array(list(shares))
    place = np.searchsorted(np.cumsum(list(shares.values())), dice, side="right")
    return np.asarray(names[np.minimum(place, len(names) - 1)])


def _survived(part: str, levels: Mapping[str, NDArray[np.str_]], nowhere: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where both sides have the same in this part."""
    if part == "name_word":
        words = [levels[field] == "exact" for field in NAMES if field in levels]
        return np.asarray(np.logical_or.reduce([nowhere, *words]))
    field = DERIVED[part].field if part in DERIVED else part
    needed = SURVIVED.get(part, {field: ("exact",)})
    alike = [np.isin(levels[each], wanted) if each in levels else nowhere for each, wanted in needed.items()]
    return np.asarray(np.logical_and.reduce(alike))
