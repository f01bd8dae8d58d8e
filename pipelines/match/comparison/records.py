"""Records as they are compared: every value once, and for each record the numbers of its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.addresses import Codes, Hashes, Mailboxes, mailboxes, tail
from schemas.match_fields import fields_of_role

NOTHING = -1  # where a record has no value

# Fields of which a record may have several values, and those it has one of. Names are apart: they are read together.
POINTS = ("phone", "email", "channel_id", *fields_of_role("exact_id"))
TEXTS = (
    *(
        "generation",
        "date_of_birth",
        "city",
        "region",
        "country",
        *fields_of_role("category"),
        "company",
        "postcode",
        "street",
    ),
    *fields_of_role("text"),
)
NAMES = ("given_name", "middle_name", "family_name")


class Field(NamedTuple):
    """The values of one field. Record `record[i]` has `values[code[i]]`; sorted by record."""

    values: pl.Series
    record: NDArray[np.uint32]
    code: Codes
    first: Codes  # of each record, its first value or NOTHING
    several: NDArray[np.bool_]  # of each record, whether it has more than one


@dataclass(frozen=True)
class Records:
    """Records 0 to `count` - 1, by the fields they can be compared by. Names share one set of values."""

    count: int
    fields: Mapping[str, Field]
    mailboxes: Mailboxes | None  # what stands in each address
    tails: Hashes | None  # of the digits of each phone number that do not depend on how it is written


def encode(count: int, names: pl.DataFrame, facts: pl.DataFrame) -> Records:
    """Number the values of `count` records.

    `names`: record (UInt32), given_name, middle_name, family_name (String, null where there is none), all folded.
    `facts`: record, field (one of POINTS and TEXTS), value (String, folded); a record may have several of a field.
    """
    words = pl.concat([names[part] for part in NAMES]).drop_nulls().unique().sort().alias("value")
    fields = {
        part: _field(count, names.select("record", value=part).drop_nulls(), words)
        for part in NAMES
        if not words.is_empty()
    }
    of_addresses = facts.filter(pl.col("field") == "email").with_columns(
        field=pl.lit("email_domain"), value=pl.col("value").str.extract("@(.*)$")
    )
    for (name,), stated in pl.concat([facts, of_addresses.drop_nulls("value")]).group_by("field"):
        values = stated["value"].unique().sort()
        fields[str(name)] = _field(count, stated.select("record", "value"), values)
    addresses = fields["email"].values if "email" in fields else None
    return Records(
        count,
        dict(sorted(fields.items())),
        mailboxes(addresses, fields["email_domain"].values) if addresses is not None else None,
        tail(fields["phone"].values).hash().to_numpy() if "phone" in fields else None,
    )


def _field(count: int, stated: pl.DataFrame, values: pl.Series) -> Field:
    numbers = values.alias("value").to_frame().with_row_index("code")
    entries = stated.join(numbers, on="value", how="left", maintain_order="left").select("record", "code")
    if not _is_in_order(entries):
        entries = entries.unique().sort("record", "code")
    record, code = entries["record"].to_numpy(), entries["code"].cast(pl.Int32).to_numpy()
    first = np.full(count, NOTHING, dtype=np.int32)
    first[record[::-1]] = code[::-1]
    several = np.zeros(count, bool)
    several[record[1:][record[1:] == record[:-1]]] = True
    return Field(values, record, code, first, several)


def _is_in_order(entries: pl.DataFrame) -> bool:
    """Whether each record has its values once and in their order, as facts mostly come."""
    record, code = entries["record"].to_numpy(), entries["code"].to_numpy()
    same = record[1:] == record[:-1]
    return bool(((record[1:] > record[:-1]) | (same & (code[1:] > code[:-1]))).all())
