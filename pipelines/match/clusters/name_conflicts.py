"""Which names of records that hang together contradict each other; as bits, so that whole clusters are compared."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import polars as pl

from pipelines.match.blocking.rules import KEYS, candidate_pairs
from pipelines.match.comparison.compare import INDEX, compare_names
from pipelines.match.comparison.records import NAMES, encode

MOST_NAMES = 500  # different names of one component that are compared; one person is not written in so many ways
CHUNK = 500_000  # pairs that are compared at a time; bounds memory
FULL_NAME = ["given_name", "family_name"]


class NameBits(NamedTuple):
    """The name of a record as one bit among those of its component, and the bits of names that contradict it."""

    own: int
    against: int


def name_conflicts(edges: pl.DataFrame, profiles: pl.DataFrame, component: pl.DataFrame) -> dict[Hashable, NameBits]:
    """The bits of records whose given name contradicts that of another one in a component with a vague edge.

    `edges`: record_lo, vague. `profiles`: record_key and NAMES. `component`: record_key, component. In a component of
    more than MOST_NAMES names every name is taken to contradict every other and itself: comparing them would cost the
    square of their number, and that so many hang together says that not all of them are one person.
    """
    vague = edges.filter(pl.col("vague")).join(component, left_on="record_lo", right_on="record_key")["component"]
    asked = component.filter(pl.col("component").is_in(vague.unique().implode()))
    named = asked.join(profiles.select("record_key", *FULL_NAME), on="record_key").drop_nulls("given_name")
    names = (
        named.select("component", *FULL_NAME)
        .unique()
        .sort("component", *FULL_NAME)
        .with_columns(names=pl.len().over("component"), bit=pl.int_range(pl.len()).over("component"))
        .filter(pl.col("names") > 1)
    )
    few = names.filter(pl.col("names") <= MOST_NAMES).with_row_index("name")
    bit = few["bit"].to_list()
    against = [0] * few.height
    for one, other in _contradicting(few).iter_rows():
        against[one] |= 1 << bit[other]
        against[other] |= 1 << bit[one]
    by_name = [NameBits(1 << own, others) for own, others in zip(bit, against, strict=True)]
    found = named.join(few, on=["component", *FULL_NAME], nulls_equal=True).select("record_key", "name")
    conflicts = {record: by_name[name] for record, name in found.iter_rows() if by_name[name].against}
    many = named.join(names.filter(pl.col("names") > MOST_NAMES), on="component", how="semi")["record_key"]
    return conflicts | dict.fromkeys(many, NameBits(1, 1))


def _contradicting(names: pl.DataFrame) -> pl.DataFrame:
    """Pairs of names of one component (lo, hi) of which the given names are different ones, whichever way round."""
    component = pl.col("component").rank("dense").cast(KEYS["key"])
    pairs = candidate_pairs(names.select(rule=pl.lit(0, KEYS["rule"]), key=component, record="name"))
    words = names.select(record="name", given_name="given_name", middle_name=None, family_name="family_name")
    no_facts = pl.DataFrame(schema={"record": pl.UInt32, "field": pl.String, "value": pl.String})
    records = encode(names.height, words.cast(dict.fromkeys(NAMES, pl.String)), no_facts)
    found = [pairs.clear()]
    for chunk in pairs.iter_slices(CHUNK):
        judged, _ = compare_names(records, chunk["lo"].to_numpy(), chunk["hi"].to_numpy())
        found.append(chunk[np.flatnonzero(judged["given_name"].level == INDEX["given_name"]["different"])])
    return pl.concat(found)
