"""Which value of several becomes the contact's, and why: survivorship, field by field.

A candidate is a value that a member record states. Every choice is a total order over candidates in which arrival plays
no part, so the same records give the same contact however they came in.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType, IdentifierType, Validity

KEY = ["contact_id", "field"]
PLACE = ["record_key", "delivery_id", "row_number", "line_number"]
CHOSEN = [*PLACE, "rule", "candidates"]
CANDIDATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "contact_id": pl.String,
    "record_key": pl.String,
    "field": pl.String,  # name | tags | attr.<name> | a type of identifier
    "value": pl.String,
    "first_name": pl.String,  # names only
    "last_name": pl.String,
    "form": pl.String,  # names only: folded tokens in order
    "scope": pl.String,  # identifiers only
    "validity": pl.String,
    "position": pl.UInt32,
    "priority": pl.Int64,
    "only_fills": pl.Boolean,  # counts where no other candidate does
    "observed_at": pl.Datetime("us", "UTC"),
    "delivery_id": pl.String,
    "row_number": pl.UInt32,
    "line_number": pl.UInt32,
}
VALIDITY = {Validity.VALID.value: 0, Validity.POSSIBLE.value: 1, Validity.INVALID.value: 2}

# Criteria are columns to sort by, best first; the first on which the winner and its best rival differ is the rule.
Criteria = Sequence[str]
NAME: Criteria = ("not_only_filling", "source_priority", "most_frequent", "most_recent", "lowest_record_key")
POINT: Criteria = (
    "not_only_filling",
    "validity_rank",
    "channel_verified",
    "source_priority",
    "most_recent",
    "place_on_row",
    "lowest_record_key",
)
RECENT: Criteria = ("not_only_filling", "most_recent", "source_priority", "lowest_record_key")
PRIORITY: Criteria = ("not_only_filling", "source_priority", "most_recent", "lowest_record_key")


class Golden(NamedTuple):
    """The surviving values: `fields` with the provenance of each, and every `identifier` a contact can be known by.

    `fields`: contact_id, field, value, record_key, delivery_id, row_number, line_number, rule, candidates.
    """

    fields: pl.DataFrame
    identifiers: pl.DataFrame


def survive(candidates: pl.DataFrame, attributes: Mapping[str, Attribute]) -> Golden:
    """Choose the values of contacts from the candidates of their records (columns CANDIDATES)."""
    ranked = with_criteria(candidates)
    identifiers = contact_points(ranked)
    names = ranked.filter(pl.col("field") == "name")
    chosen = [
        *name_fields(names),
        choose(identifiers.filter(pl.col("field").is_in(["phone", "email"])), POINT),
        each(ranked.filter(pl.col("field") == "tags"), "union"),
        *(
            merge_attribute(ranked.filter(pl.col("field") == f"attr.{name}", _fits(definition)), definition)
            for name, definition in attributes.items()
        ),
    ]
    fields = pl.concat(chosen).sort("contact_id", "field", "value")
    primary = fields.filter(pl.col("field").is_in(["phone", "email"])).select(
        "contact_id", "field", "value", is_primary=pl.lit(value=True)
    )
    known = identifiers.join(primary, on=["contact_id", "field", "value"], how="left").select(
        "contact_id", pl.col("field").alias("type"), "scope", "value", "validity",
        pl.col("is_primary").fill_null(value=False), *PLACE
    )  # fmt: skip
    return Golden(fields, known.sort("contact_id", "type", "scope", "value"))


def with_criteria(candidates: pl.DataFrame) -> pl.DataFrame:
    """Add the criteria every choice is made of, each to be sorted ascending."""
    wa_id = pl.col("field") == IdentifierType.WA_ID.value
    return candidates.with_columns(
        validity_rank=pl.col("validity").replace_strict(VALIDITY, default=0, return_dtype=pl.Int64),
        channel_verified=pl.when(wa_id).then(0).otherwise(1),
        not_only_filling="only_fills",
        source_priority="priority",
        most_frequent=-pl.len().over("contact_id", "field", "form").cast(pl.Int64),
        most_recent=-pl.col("observed_at").dt.epoch("us"),
        place_on_row=pl.col("position"),
        lowest_record_key="record_key",
    )


def contact_points(ranked: pl.DataFrame) -> pl.DataFrame:
    """Identifiers, each value once; a WhatsApp number is a phone number its channel has verified."""
    points = ranked.filter(pl.col("field").is_in([str(kind) for kind in IdentifierType])).with_columns(
        field=pl.col("field").replace(IdentifierType.WA_ID.value, IdentifierType.PHONE.value)
    )
    return points.sort(POINT).unique(["contact_id", "field", "scope", "value"], keep="first", maintain_order=True)


def name_fields(names: pl.DataFrame) -> list[pl.DataFrame]:
    """Full, given and family name of the one candidate that wins: never the first of one and the last of another."""
    stated = names.select("contact_id", *PLACE, "value", "first_name", "last_name")
    winner = choose(names, NAME).drop("field", "value").join(stated, on=["contact_id", *PLACE], nulls_equal=True)
    return [
        winner.select("contact_id", pl.lit(field).alias("field"), pl.col(part).alias("value"), *CHOSEN).drop_nulls(
            "value"
        )
        for field, part in (("name", "value"), ("first_name", "first_name"), ("last_name", "last_name"))
    ]


def choose(candidates: pl.DataFrame, criteria: Criteria) -> pl.DataFrame:
    """The best candidate of each contact and field, the criterion that decided, and how many values there were."""
    ordered = candidates.sort([*KEY, *criteria])
    winners = ordered.group_by(KEY, maintain_order=True).first()
    rivals = (
        ordered.join(winners.select(*KEY, best="value"), on=KEY)
        .filter(pl.col("value") != pl.col("best"))
        .group_by(KEY, maintain_order=True)
        .first()
        .select(*KEY, *(pl.col(criterion).alias(f"rival_{criterion}") for criterion in criteria))
    )
    values = candidates.group_by(KEY).agg(candidates=pl.col("value").n_unique().cast(pl.UInt32))
    decided = pl.coalesce(
        *(pl.when(pl.col(c) != pl.col(f"rival_{c}")).then(pl.lit(c.removesuffix("_rank"))) for c in criteria),
        pl.lit("only_value"),
    )
    return (
        winners.join(rivals, on=KEY, how="left")
        .join(values, on=KEY)
        .select("contact_id", "field", "value", *PLACE, rule=decided, candidates="candidates")
    )


def each(candidates: pl.DataFrame, rule: str, per: str = "value") -> pl.DataFrame:
    """All of them survive: the best statement of each distinct value, or of each record.

    Those that only fill blanks do where there are no others.
    """
    counting = candidates.filter(~pl.col("only_fills") | pl.col("only_fills").all().over(KEY))
    kept = counting.sort(*PRIORITY).unique([*KEY, per], keep="first", maintain_order=True)
    return kept.select(
        "contact_id", "field", "value", *PLACE, rule=pl.lit(rule), candidates=pl.len().over(KEY).cast(pl.UInt32)
    )


def merge_attribute(candidates: pl.DataFrame, attribute: Attribute) -> pl.DataFrame:
    """The value of one custom attribute, by the rule its definition names."""
    rule = attribute.merge
    if rule is AttributeMerge.UNION:
        return each(candidates, rule.value)
    if rule is AttributeMerge.SUM:
        return each(candidates, rule.value, per="record_key")
    if rule is AttributeMerge.SOURCE_PRIORITY:
        return choose(candidates, PRIORITY)
    if rule is AttributeMerge.MOST_RECENT:
        return choose(candidates, RECENT)
    first, *others = RECENT
    return choose(candidates.with_columns(_measure(attribute).alias(rule.value)), (first, rule.value, *others))


def _fits(attribute: Attribute) -> pl.Expr:
    """Whether a value is one of the attribute as it is defined now: it may have been received under another type."""
    value = pl.col("value")
    match attribute.type:
        case AttributeType.NUMBER:
            return value.cast(pl.Float64, strict=False).is_not_null()
        case AttributeType.DATE:
            return value.str.to_date("%Y-%m-%d", strict=False).is_not_null()
        case AttributeType.BOOLEAN:
            return value.is_in(["true", "false"])
        case AttributeType.DROPDOWN:
            return value.is_in(list(attribute.values))
    return pl.lit(value=True)


def _measure(attribute: Attribute) -> pl.Expr:
    """A number that is lowest for the value the rule prefers."""
    if attribute.type is AttributeType.BOOLEAN:
        preferred = "true" if attribute.merge is AttributeMerge.ANY_TRUE else "false"
        return pl.when(pl.col("value") == preferred).then(0.0).otherwise(1.0)
    if attribute.type is AttributeType.DATE:
        number = pl.col("value").str.to_date("%Y-%m-%d").dt.epoch("d").cast(pl.Float64)
    else:
        number = pl.col("value").cast(pl.Float64)
    return number if attribute.merge is AttributeMerge.MIN else -number
