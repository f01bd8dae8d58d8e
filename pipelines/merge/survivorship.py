"""Which value of several becomes the contact's, and why: survivorship, field by field."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from pipelines.merge.choice import CHOSEN, HANDLE, KEY, PLACE, Criteria, choose, differing, keep_all, nothing_lost
from pipelines.merge.exact_numbers import is_number, ranks
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType, IdentifierType, Validity

VALIDITY = {Validity.VALID.value: 0, Validity.POSSIBLE.value: 1, Validity.INVALID.value: 2}

NAME: Criteria = (
    "not_only_filling",
    "primary",
    "stated_after_edit",
    "stated_name",
    "proper_name",
    "source_priority",
    "most_frequent",
    "most_recent",
    "lowest_record_key",
)
POINT: Criteria = (
    "not_only_filling",
    "primary",
    "stated_after_edit",
    "validity",
    "channel_verified",
    "source_priority",
    "most_recent",
    "place_on_row",
    "lowest_record_key",
)
NEWEST = ("not_only_filling", "primary", "stated_after_edit")  # before the rule of an attribute
RECENT: Criteria = (*NEWEST, "most_recent", "source_priority", "lowest_record_key")
PRIORITY: Criteria = (*NEWEST, "source_priority", "most_recent", "lowest_record_key")
EVERY: Criteria = ("source_priority", "most_recent", "lowest_record_key")  # of values that survive side by side
# What all say together: that one of several contacts was the primary one of a merge must never relax a consent.
TOGETHER = (AttributeMerge.ANY_TRUE, AttributeMerge.ALL_TRUE, AttributeMerge.MOST_RESTRICTIVE)


class Golden(NamedTuple):
    """The surviving values: `fields` with the provenance of each, and every `identifier` a contact can be known by.

    `fields`: contact_id, field, value, record_key, delivery_id, row_number, line_number, rule, candidates, lost.
    """

    fields: pl.DataFrame
    identifiers: pl.DataFrame


def apply_survivorship(candidates: pl.DataFrame, attributes: Mapping[str, Attribute]) -> Golden:
    """Choose the values of contacts from the candidates of their records (columns CANDIDATES)."""
    ranked = candidates.with_columns(
        not_only_filling="only_fills",
        source_priority="priority",
        most_recent=-pl.col("observed_at").dt.epoch("us"),
        lowest_record_key="record_key",
    )
    points = contact_points(ranked)
    chosen = [
        *name_fields(ranked.filter(pl.col("field") == "name")),
        choose(points.filter(pl.col("field").is_in(["phone", "email"])), POINT),
        keep_all(ranked.filter(pl.col("field") == "tags"), "union", EVERY),
        *(
            merge_attribute(ranked.filter(pl.col("field") == f"attr.{name}", fits(definition)), definition)
            for name, definition in attributes.items()
        ),
    ]
    fields = pl.concat(chosen).sort("contact_id", "field", "value")
    primary = fields.filter(pl.col("field").is_in(["phone", "email"])).select(
        *KEY, "value", is_primary=pl.lit(value=True)
    )
    known = points.join(primary, on=[*KEY, "value"], how="left").select(
        "contact_id", pl.col("field").alias("type"), "scope", "value", pl.col("stated_validity").alias("validity"),
        pl.col("is_primary").fill_null(value=False), *PLACE
    )  # fmt: skip
    return Golden(fields, known.sort("contact_id", "type", "scope", "value"))


def contact_points(ranked: pl.DataFrame) -> pl.DataFrame:
    """Identifiers, each value once; a WhatsApp number is a phone number its channel has verified."""
    points = ranked.filter(pl.col("field").is_in([str(kind) for kind in IdentifierType])).with_columns(
        field=pl.col("field").replace(IdentifierType.WA_ID.value, IdentifierType.PHONE.value),
        stated_validity="validity",
        validity=pl.col("validity").replace_strict(VALIDITY),
        channel_verified=pl.col("field") != IdentifierType.WA_ID.value,
        place_on_row="position",
    )
    best_first = points.sort("silenced", *differing(points, POINT))
    return best_first.unique([*KEY, "scope", "value"], keep="first", maintain_order=True)


def name_fields(names: pl.DataFrame) -> list[pl.DataFrame]:
    """Full, given and family name of the one candidate that wins: never the first of one and the last of another.

    A display name of a chat loses to any name that was stated elsewhere. A name that was written without regard to
    capitals, and what stands in place of a name, lose to any other. What lost is kept with the full name only.
    """
    is_handle, is_shown = pl.col("value").str.contains(HANDLE), pl.col("display_name")
    is_stated = ~is_shown & (pl.col("decided").is_not_null() | ~is_handle)
    handle = pl.when(is_handle).then(2)
    ranked = names.with_columns(
        stated_name=is_shown & is_stated.any().over("contact_id"),
        proper_name=pl.when(pl.col("decided").is_not_null()).then(0).otherwise(pl.coalesce(handle, "flat")),
        most_frequent=-pl.len().over("contact_id", "form").cast(pl.Int64),
    )
    winner = choose(ranked, NAME, also=("first_name", "last_name"))
    return [
        winner.select("contact_id", pl.lit(field).alias("field"), pl.col(part).alias("value"), *provenance).drop_nulls(
            "value"
        )
        for field, part, provenance in (
            ("name", "value", CHOSEN),
            ("first_name", "first_name", [*CHOSEN[:-1], nothing_lost(names)]),
            ("last_name", "last_name", [*CHOSEN[:-1], nothing_lost(names)]),
        )
    ]


def merge_attribute(candidates: pl.DataFrame, attribute: Attribute) -> pl.DataFrame:
    """The value of one custom attribute, by the rule its definition names."""
    rule = attribute.merge
    if rule is AttributeMerge.UNION:
        return keep_all(candidates, rule.value, EVERY)
    if rule is AttributeMerge.SUM:
        return keep_all(candidates, rule.value, EVERY, per="record_key")
    if rule is AttributeMerge.SOURCE_PRIORITY:
        return choose(candidates, PRIORITY)
    if rule is AttributeMerge.MOST_RECENT:
        return choose(candidates, RECENT)
    filling, primary, *others = RECENT
    first = (filling,) if rule in TOGETHER else (filling, primary)
    return choose(candidates.with_columns(_measure(attribute).alias(rule.value)), (*first, rule.value, *others))


def fits(attribute: Attribute) -> pl.Expr:
    """Whether a value is one of the attribute as it is defined now: it may have been received under another type."""
    value = pl.col("value")
    match attribute.type:
        case AttributeType.NUMBER:
            return is_number(value)
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
        return pl.when(pl.col("value") == preferred).then(0).otherwise(1)
    if attribute.type is AttributeType.DATE:
        number = pl.col("value").str.to_date("%Y-%m-%d").dt.epoch("d").cast(pl.Int64)
    else:
        number = ranks()
    return number if attribute.merge is AttributeMerge.MIN else -number
