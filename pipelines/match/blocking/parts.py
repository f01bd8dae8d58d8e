"""What blocking keys are made of: fields, and parts of fields that most slips leave as they are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from pipelines.match.comparison.addresses import tail
from pipelines.match.comparison.records import NAMES
from schemas.match_fields import fields_of_role

SHORTEST_MAILBOX = 5  # letters and digits
SHORTEST_ID = 6  # letters and digits
STEM = 3  # letters that begin a name alike in spite of most slips
DATE = 8  # digits of a date whose order is known


class Part(NamedTuple):
    """How a part is read from a field. Where `value` is a list, each of its values makes a key."""

    field: str
    value: pl.Expr


def _mailbox() -> pl.Expr:
    box = pl.col("value").str.extract("^([^@+]*)").str.replace_all("[._-]", "")
    return pl.when(box.str.len_chars() >= SHORTEST_MAILBOX).then(box)


def _birthday() -> pl.Expr:
    """Month and day, whichever of them comes first."""
    date, halves = pl.col("value"), [pl.col("value").str.slice(4, 2), pl.col("value").str.slice(6, 2)]
    either = pl.concat_str(pl.min_horizontal(halves), pl.max_horizontal(halves))
    return pl.when(date.str.len_chars() == DATE).then(either)


def _id_halves() -> pl.Expr:
    """The first and the last half of an identifier: one of them is whole if there is a slip in it."""
    signs = pl.col("value").str.replace_all(r"[^\p{L}\p{N}]", "")
    half = signs.str.len_chars() // 2
    halves = [
        pl.concat_str(pl.lit("first "), signs.str.head(half)),
        pl.concat_str(pl.lit("last "), signs.str.tail(half)),
    ]
    return pl.when(signs.str.len_chars() >= SHORTEST_ID).then(pl.concat_list(halves))


DERIVED: Mapping[str, Part] = MappingProxyType(
    {
        "mailbox": Part("email", _mailbox()),
        "mailbox_stem": Part("email", _mailbox().str.slice(0, SHORTEST_MAILBOX)),
        "id_half": Part("exact_id", _id_halves()),
        "birth_year": Part("date_of_birth", pl.col("value").str.slice(0, 4)),
        "birthday": Part("date_of_birth", _birthday()),
        "house": Part("street", pl.col("value").str.extract(r"(\d+)")),
        "organisation": Part("company", pl.col("value")),
        "organisation_word": Part("company", pl.col("value").str.extract_all(r"\w{4,}")),
        "place": Part("street", pl.col("value").str.extract(r"^(\d+ (?:[nsew] )?\w{3,5})")),
    }
)
OF_NAMES = ("name", "family_initial", "stems", "name_word")
OF_FIRMS = ("organisation", "organisation_word", "place")  # parts that only records without a person's name have


def fields_of_part(part: str) -> frozenset[str]:
    """The fields a part is made of."""
    if part in OF_NAMES:
        return frozenset(NAMES if part == "name_word" else NAMES[::2])
    return frozenset(fields_of_role(DERIVED[part].field if part in DERIVED else part))


def parts_of(names: pl.DataFrame, facts: pl.DataFrame, wanted: frozenset[str]) -> dict[str, pl.DataFrame]:
    """What keys are made of: record, value (UInt64, a hash), for each wanted part that any record has.

    `names` and `facts` as `records.encode` takes them. What a record has follows from the record alone.
    """
    role = pl.col("field").str.split(" ").list.first()  # which of several columns says it makes no other block
    fields = {str(own): stated.select("record", "value") for (own,), stated in facts.group_by(role)}
    if "phone" in fields:
        fields["phone"] = fields["phone"].with_columns(value=tail(fields["phone"]["value"]))
    parts = _parts_of_names(names) | fields
    for part, (field, value) in DERIVED.items():
        if field in fields:
            read = fields[field].select("record", value=value)
            several = isinstance(read.schema["value"], pl.List)
            parts[part] = (read.explode("value", empty_as_null=False) if several else read).drop_nulls()
    firms = _firms(names, facts)
    parts |= {part: parts[part].join(firms, on="record", how="semi") for part in OF_FIRMS if part in parts}
    hashed = pl.col("value").hash()  # short, for joining
    return {part: parts[part].with_columns(hashed) for part in sorted(wanted & parts.keys()) if len(parts[part])}


def _firms(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Records with the name of a firm and of nobody in it: record."""
    nameless = names.filter(pl.col("given_name").is_null() & pl.col("family_name").is_null())
    return nameless.select("record").join(facts.filter(pl.col("field") == "company"), on="record", how="semi")


def _parts_of_names(names: pl.DataFrame) -> dict[str, pl.DataFrame]:
    given, family = pl.col("given_name"), pl.col("family_name")
    stems = [part.str.slice(0, STEM) for part in (given, family)]
    both = given.is_not_null() & family.is_not_null()
    either_way = pl.concat_str(pl.min_horizontal(given, family), pl.lit(" "), pl.max_horizontal(given, family))
    of_names = {
        "given_name": given,
        "family_name": family,
        "name": pl.when(both).then(either_way),
        "family_initial": pl.concat_str(family, pl.lit(" "), given.str.slice(0, 1)),
        "stems": pl.when(both).then(pl.concat_str(pl.min_horizontal(stems), pl.lit(" "), pl.max_horizontal(stems))),
    }
    parts = {part: names.select("record", value=value).drop_nulls() for part, value in of_names.items()}
    words = [names.select("record", value=part).drop_nulls() for part in NAMES]
    return parts | {"name_word": pl.concat(words).unique()}
