"""Whom a segment would reach although somebody else with the address said no.

A contact stays in a segment only if it would be in it as well with the most restrictive answer of everybody with its
number or address: so it does not matter how a filter asks for a consent, nor that it only asks for one of several.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.query.bind import asked_fields
from schemas.attribute import Attribute
from schemas.fields import REACHING
from schemas.segment import Segment
from schemas.vocabulary import AttributeMerge, Status, StatusReason


def reaching_columns(segment: Segment) -> list[str]:
    """The columns by which the file of a segment reaches people."""
    return [name for name in segment.columns if name in REACHING]


def asked_consents(segment: Segment, attributes: Mapping[str, Attribute]) -> list[str]:
    """Names of the consents that the filter of a segment asks for, sorted."""
    asked = set(asked_fields(segment.where))
    return [name for name in consents(attributes) if f"attr.{name}" in asked]


def consents(attributes: Mapping[str, Attribute]) -> list[str]:
    """Names of the attributes of which one no is enough, sorted."""
    return sorted(name for name, each in attributes.items() if each.merge is AttributeMerge.MOST_RESTRICTIVE)


def with_suppression(chosen: pl.DataFrame, predicate: pl.Expr, suppressed: pl.DataFrame) -> pl.DataFrame:
    """Contacts that fit `predicate`, with `status_reason` address_suppressed where an address is suppressed.

    `suppressed`: contact_id, consent (null: the address is blocked). Who is blocked itself keeps that reason.
    """
    refused = suppressed.filter(pl.col("contact_id").is_in(chosen["contact_id"].implode()))
    if refused.is_empty():
        return chosen
    own_consent = {
        name: pl.col("contact_id").is_in(refused.filter(consent=name)["contact_id"].implode())
        for name in refused["consent"].drop_nulls().unique().sort()
    }
    answered = chosen.with_columns(
        pl.when(is_refused).then(pl.lit("false")).otherwise(f"attr.{name}").alias(f"attr.{name}")
        for name, is_refused in own_consent.items()
    )
    is_barred = pl.col("contact_id").is_in(refused.filter(pl.col("consent").is_null())["contact_id"].implode())
    is_suppressed = (is_barred & (pl.col("status") != Status.BLOCKED.value)) | ~predicate
    reason = pl.lit(StatusReason.ADDRESS_SUPPRESSED.value)
    told = answered.select(pl.when(is_suppressed).then(reason).otherwise("status_reason").alias("status_reason"))
    return chosen.with_columns(told["status_reason"])


IS_SUPPRESSED = pl.col("status_reason") == StatusReason.ADDRESS_SUPPRESSED.value
