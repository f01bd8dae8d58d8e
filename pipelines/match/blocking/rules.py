"""Blocking keys: only records that share one are ever compared."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.addresses import tail
from pipelines.match.comparison.records import NAMES
from schemas.match_fields import fields_of_role

SHORTEST_MAILBOX = 5  # letters and digits
HALF = 2**32  # a pair of records is one number of 64 bits while pairs are looked for
STEM = 3  # letters that begin a name alike in spite of most slips


class Rule(NamedTuple):
    """What records of one block have in common, and how many there may be before the block says nothing."""

    parts: tuple[str, ...]
    cap: int


# Parts that identify stand alone. A name needs something else beside it as soon as many bear it; the cap sees to that.
RULES = (
    *(Rule((field,), 100) for field in ("phone", "email", "channel_id", "exact_id")),
    Rule(("mailbox",), 30),
    Rule(("name",), 40),
    Rule(("family_initial",), 25),
    *(Rule(("name", other), 40) for other in ("city", "company", "postcode", "street", "date_of_birth")),
    *(Rule(("family_initial", other), 25) for other in ("city", "company", "postcode", "street", "date_of_birth")),
    *(Rule(("family_name", other), 60) for other in ("date_of_birth", "street", "postcode")),
    *(Rule(("given_name", other), 60) for other in ("date_of_birth", "street", "company", "postcode")),
    *(Rule(("stems", other), 20) for other in ("birth_year", "birthday", "city", "postcode")),
    Rule(("date_of_birth", "postcode"), 30),
    Rule(("date_of_birth", "city"), 30),
    *(Rule((part,), 8) for part in ("family_name", "date_of_birth", "mailbox_stem")),
    *(Rule((part, "city"), 10) for part in ("family_name", "given_name")),
    *(Rule((part, "birth_year"), 20) for part in ("family_name", "given_name", "city", "mailbox_stem")),
    Rule(("given_name",), 8),
    Rule(("street",), 20),
    Rule(("organisation",), 60),
    Rule(("organisation_word", "postcode"), 60),
    Rule(("place",), 60),
)
FIELDS = {  # what a part is made of, where that is not its own name
    "mailbox": ("email",),
    "name": NAMES[::2],
    "family_initial": NAMES[::2],
    "stems": NAMES[::2],
    "birth_year": ("date_of_birth",),
    "birthday": ("date_of_birth",),
    "mailbox_stem": ("email",),
    "organisation": ("company",),
    "organisation_word": ("company",),
    "place": ("street",),
}
OF_NAMELESS = ("organisation", "organisation_word", "place")  # parts that only records without a person's name have


def fields_of(rule: Rule) -> frozenset[str]:
    """The fields that two records of a block of this rule are known to agree on, more or less."""
    roles = (role for part in rule.parts for role in FIELDS.get(part, (part,)))
    return frozenset(field for role in roles for field in fields_of_role(role))


KEYS = pl.Schema({"rule": pl.UInt8, "key": pl.UInt64, "record": pl.UInt32})
PAIRS = pl.Schema({"lo": pl.UInt32, "hi": pl.UInt32})


def blocking_keys(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Keys of records: rule (UInt8, its place in RULES), key (UInt64), record.

    `names` and `facts` as `records.encode` takes them. A key is a hash: nobody can be read from it.
    """
    return pl.concat([pl.DataFrame(schema=KEYS), *keys_by_rule(names, facts)])


def paired_keys(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """What `in_blocks` leaves of `blocking_keys`, without ever holding the rest."""
    return pl.concat([pl.DataFrame(schema=KEYS), *map(in_blocks, keys_by_rule(names, facts))])


def keys_by_rule(names: pl.DataFrame, facts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The `blocking_keys` of each rule that any record has the parts for."""
    parts = _parts(names, facts)
    for nth, rule in enumerate(RULES):
        if not all(part in parts for part in rule.parts):
            continue
        joined = parts[rule.parts[0]].select("record", a="value")
        for part in rule.parts[1:]:
            joined = joined.join(parts[part].select("record", b="value"), on="record")
        key = pl.struct(pl.exclude("record")).hash(seed=nth)
        keys = joined.select(rule=pl.lit(nth, dtype=pl.UInt8), key=key, record="record")
        yield keys.unique() if keys["record"].is_duplicated().any() else keys


def _parts(names: pl.DataFrame, facts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What keys are made of: record, value, for each part that any record has."""
    given, family = pl.col("given_name"), pl.col("family_name")
    initial = given.str.slice(0, 1)
    stems = [part.str.slice(0, STEM) for part in (given, family)]
    of_names = {
        "given_name": given,
        "family_name": family,
        "name": pl.concat_str(pl.min_horizontal(given, family), pl.lit(" "), pl.max_horizontal(given, family)),
        "family_initial": pl.concat_str(family, pl.lit(" "), initial),
        "stems": pl.concat_str(pl.min_horizontal(stems), pl.lit(" "), pl.max_horizontal(stems)),
    }
    both = given.is_not_null() & family.is_not_null()
    of_names = {
        part: pl.when(both).then(value) if part in ("name", "stems") else value for part, value in of_names.items()
    }
    parts = {part: names.select("record", value=value).drop_nulls() for part, value in of_names.items()}
    by_field = {str(role): own.select("record", "value") for (role,), own in facts.group_by(_role())}
    if "phone" in by_field:
        by_field["phone"] = by_field["phone"].with_columns(value=tail(by_field["phone"]["value"]))
    for field, derived in _derived():
        for part, value in derived.items():
            if field in by_field:
                parts[part] = by_field[field].select("record", value=value).drop_nulls()
    nameless = names.filter(given.is_null() & family.is_null())["record"].implode()
    parts |= {part: parts[part].filter(pl.col("record").is_in(nameless)) for part in OF_NAMELESS if part in parts}
    if "organisation" in parts:
        parts["organisation_word"] = parts["organisation_word"].explode("value")
    else:
        parts.pop("place", None)
    hashed = pl.col("value").hash()  # short, for joining
    return {part: stated.with_columns(hashed) for part, stated in (parts | by_field).items() if not stated.is_empty()}


def _role() -> pl.Expr:
    """The role of a field: blocks are made by what it is, not by which of several columns says it."""
    return pl.col("field").str.split(" ").list.first()


def _derived() -> Iterator[tuple[str, dict[str, pl.Expr]]]:
    """Parts that are made of a field."""
    value = pl.col("value")
    box = value.str.extract("^([^@+]*)").str.replace_all("[._-]", "")
    long = box.str.len_chars() >= SHORTEST_MAILBOX
    yield (
        "email",
        {"mailbox": pl.when(long).then(box), "mailbox_stem": pl.when(long).then(box.str.slice(0, SHORTEST_MAILBOX))},
    )
    yield "date_of_birth", {"birth_year": value.str.slice(0, 4), "birthday": value.str.slice(4)}
    yield "company", {"organisation": value, "organisation_word": value.str.extract_all(r"\w{4,}")}
    yield "street", {"place": value.str.extract(r"^(\d+ (?:[nsew] )?\w{3,5})")}


def in_blocks(keys: pl.DataFrame) -> pl.DataFrame:
    """Keys of blocks that make pairs: of two records at least, and of no more than their rule allows."""
    kept = []
    for nth in keys["rule"].unique().sort():
        own = keys.filter(pl.col("rule") == nth).filter(pl.col("key").is_duplicated()).sort("key", "record")
        sizes = own["key"].rle().struct.field("len").to_numpy()
        kept.append(own.filter(np.repeat(sizes <= RULES[nth].cap, sizes)))
    return pl.concat([keys.clear(), *kept])


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
