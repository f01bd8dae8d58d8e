"""Blocking keys: only records that share one are ever compared."""

from collections.abc import Iterator
from functools import reduce
from itertools import product
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.blocking.parts import fields_of_part, parts_of

HALF = 2**32  # a pair of records is one number of 64 bits while pairs are looked for


class Rule(NamedTuple):
    """What records of one block have in common, and how many there may be before the block says nothing."""

    parts: tuple[str, ...]
    cap: int


# Of the pairs of a block of n records about 1 in n is a match, if any is. What is left beyond these sizes is not worth
# its comparisons; and as no record has more candidates by a rule than the cap, pairs grow as the list does.
IDENTIFIER, FIRM, STRONG, MIDDLING, WEAK = 100, 60, 40, 20, 8


def _rules(cap: int, *keys: str) -> tuple[Rule, ...]:
    """Rules with one cap: `name + city/postcode` stands for two of them."""
    return tuple(Rule(parts, cap) for key in keys for parts in product(*(part.split("/") for part in key.split(" + "))))


# A list is blocked by what it has: a rule makes no keys for a record that lacks one of its parts. No field is the only
# way for two records to meet, for each may have a slip.
RULES = (
    *_rules(IDENTIFIER, "phone/email/channel_id/exact_id"),
    *_rules(
        STRONG,
        "mailbox",
        "name",
        "name + city/company/postcode/street/date_of_birth",
        "family_name + date_of_birth/street/postcode",
        "given_name + date_of_birth/street/company/postcode",
        "date_of_birth + postcode/city",
    ),
    *_rules(
        MIDDLING,
        "family_initial",
        "family_initial + city/company/postcode/street/date_of_birth",
        "stems + birth_year/birthday/city/postcode",
        "birth_year + family_name/given_name/city/mailbox_stem",
        "street",
        "id_half + birthday/name_word",
        "date_of_birth + region/text",
        "region + category + birthday/birth_year/postcode/text",
        "postcode + category + birth_year",
    ),
    *_rules(
        WEAK,
        "family_name/given_name/date_of_birth/mailbox_stem/stems/id_half",
        "city + name_word/company",
        "birthday + postcode/city",
        "house + postcode/name_word",
    ),
    *_rules(FIRM, "organisation", "organisation_word + postcode", "place"),
)
CAPS = pl.DataFrame(
    {"rule": range(len(RULES)), "cap": [rule.cap for rule in RULES]}, schema={"rule": pl.UInt8, "cap": pl.UInt32}
)
PARTS = frozenset(part for rule in RULES for part in rule.parts)


def fields_of(rule: Rule) -> frozenset[str]:
    """The fields that two records of a block of this rule are known to agree on, more or less."""
    return frozenset().union(*map(fields_of_part, rule.parts))


KEYS = pl.Schema({"rule": pl.UInt8, "key": pl.UInt64, "record": pl.UInt32})
PAIRS = pl.Schema({"lo": pl.UInt32, "hi": pl.UInt32})


def blocking_keys(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Keys of records: rule (UInt8, its place in RULES), key (UInt64), record.

    `names` and `facts` as `records.encode` takes them. A key is a hash, which can be searched:
    whoever stores keys hides them first.
    """
    return pl.concat([pl.DataFrame(schema=KEYS), *keys_by_rule(names, facts)])


def paired_keys(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """What `in_blocks` leaves of `blocking_keys`, without ever holding the rest."""
    return pl.concat([pl.DataFrame(schema=KEYS), *map(in_blocks, keys_by_rule(names, facts))])


def keys_by_rule(names: pl.DataFrame, facts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The `blocking_keys` of each rule that any record has the parts for."""
    parts = parts_of(names, facts, PARTS)
    for nth, rule in enumerate(RULES):
        if not all(part in parts for part in rule.parts):
            continue
        first, *others = (parts[part].rename({"value": part}) for part in rule.parts)
        joined = reduce(lambda one, other: one.join(other, on="record"), others, first)
        key = pl.struct(rule.parts).hash(seed=nth)
        keys = joined.select(rule=pl.lit(nth, dtype=pl.UInt8), key=key, record="record")
        yield keys.unique() if keys["record"].is_duplicated().any() else keys


def in_blocks(keys: pl.DataFrame) -> pl.DataFrame:
    """Keys of blocks that make pairs: of two records at least, and of no more than their rule allows."""
    sized = [
        own.filter(pl.len().over("key").is_between(2, RULES[nth].cap))
        for (nth,), own in keys.group_by("rule", maintain_order=True)
    ]
    return pl.concat([keys.clear(), *sized])


def candidate_pairs(keys: pl.DataFrame) -> pl.DataFrame:
    """Pairs of records that share a key, each once: lo, hi (UInt32, lo < hi), sorted.

    `keys` as `in_blocks` gives them.
    """
    found = [pl.Series(dtype=pl.UInt64)]
    for nth in keys["rule"].unique().sort():
        own = keys.filter(pl.col("rule") == nth).sort("key", "record")
        found += _pairs(own["key"].to_numpy(), own["record"].to_numpy())
    pairs = pl.concat(found).unique().sort().alias("pair").to_frame()
    return pairs.select(lo=pl.col("pair") // HALF, hi=pl.col("pair") % HALF).cast(PAIRS)


def _pairs(key: NDArray[np.uint64], record: NDArray[np.uint32]) -> Iterator[pl.Series]:
    """Pairs of records of one key, as numbers with `lo` in the upper half; `key` and `record` are sorted by both.

    A record is paired with the next one, then with the next but one, and so on to the end of its block.
    """
    place, apart = np.arange(len(key)), 1
    while len(place := place[: np.searchsorted(place, len(key) - apart)]):
        place = place[key[place] == key[place + apart]]
        yield pl.Series(record[place] * np.uint64(HALF) + record[place + apart])
        apart += 1
