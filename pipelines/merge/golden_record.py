"""The golden record: surviving values, interactions and status put together as one row per contact."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from pipelines.merge.choice import CHOSEN, nothing_lost
from pipelines.merge.exact_numbers import totals
from pipelines.merge.status import with_status
from pipelines.normalise.text import joined
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge

# Which interaction answers which question of the contact list; `interactions.kind` says which one a row is.
MOMENTS = {
    "first": "first_seen_at",
    "last": "last_interaction_at",
    "last_inbound": "last_inbound_at",
    "last_outbound": "last_outbound_at",
}
TEXTS = ("name", "first_name", "last_name", "phone", "email")


def interaction_fields(interactions: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """The fields of contacts that interactions decide, with the message or record that decided them.

    `interactions`: contact_id, kind (of MOMENTS), happened_at, channel, record_key, delivery_id, row_number,
    line_number. `origins`: contact_id, source, first_seen_at and the place of the earliest record of each contact: it
    is the source where nobody has written yet, and the first sight where it came before the first message. Same
    columns as `survivorship.Golden.fields`.
    """
    alone = {"candidates": pl.lit(1, pl.UInt32), "lost": nothing_lost(origins)}
    said = interactions.with_columns(rule=pl.col("kind") + "_interaction", **alone)
    kept = origins.with_columns(rule=pl.lit("first_record"), **alone)
    first = said.filter(pl.col("kind") == "first")
    silent = kept.join(first, on="contact_id", how="anti")
    dated = ((first, "happened_at"), (kept, "first_seen_at"))
    seen = (
        pl.concat([frame.select("contact_id", pl.col(when).alias("at"), *CHOSEN) for frame, when in dated])
        .sort("contact_id", "at", "rule")
        .unique("contact_id", keep="first", maintain_order=True)
    )
    later = said.filter(pl.col("kind") != "first")
    moment = pl.col("kind").replace_strict(MOMENTS)
    return pl.concat(
        [
            _fields(seen, pl.lit("first_seen_at"), _instant("at")),
            _fields(later, moment, _instant("happened_at")),
            _fields(first, pl.lit("source"), pl.col("channel")),
            _fields(silent, pl.lit("source"), "import:" + pl.col("source")),
        ]
    )


def _fields(decided: pl.DataFrame, field: pl.Expr, value: pl.Expr) -> pl.DataFrame:
    return decided.select("contact_id", field.alias("field"), value.alias("value"), *CHOSEN)


def _instant(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")


def golden_records(
    fields: pl.DataFrame,
    members: pl.DataFrame,
    attributes: Mapping[str, Attribute],
    as_of: datetime,
    active_days: int,
) -> pl.DataFrame:
    """One row per contact, in the columns of table `contact` but for the run.

    `fields` holds every surviving value (survivorship and interactions together); `members` one row per contact with
    records (count), channels (List[String]), has_open_conversation and blocked_since.
    """
    wide = members
    for field in (*TEXTS, "source"):
        wide = wide.join(_single(fields, field), on="contact_id", how="left")
    for field in MOMENTS.values():
        moment = _single(fields, field).with_columns(
            pl.col(field).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us").dt.replace_time_zone("UTC")
        )
        wide = wide.join(moment, on="contact_id", how="left")
    tags = fields.filter(pl.col("field") == "tags").group_by("contact_id").agg(tags=pl.col("value").sort())
    wide = wide.join(tags, on="contact_id", how="left").join(
        attribute_entries(fields, attributes), on="contact_id", how="left"
    )
    return with_status(wide, as_of, active_days).select(
        "contact_id", *TEXTS, "source", *MOMENTS.values(), "status", "status_reason", "status_since", "status_as_of",
        pl.col("tags").fill_null([]), pl.col("attributes").fill_null([]), "channels", "records",
    )  # fmt: skip


def _single(fields: pl.DataFrame, field: str) -> pl.DataFrame:
    return fields.filter(pl.col("field") == field).select("contact_id", pl.col("value").alias(field))


def attribute_entries(fields: pl.DataFrame, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """Custom attributes of each contact as a list of key and value, sorted by key.

    Several surviving values become one here: added up for `sum`, one text (`normalise.text.joined`) for `union`.
    """
    stated = fields.filter(pl.col("field").str.starts_with("attr.")).with_columns(
        key=pl.col("field").str.strip_prefix("attr.")
    )
    added = pl.col("key").is_in([name for name, each in attributes.items() if each.merge is AttributeMerge.SUM])
    listed = pl.col("key").is_in([name for name, each in attributes.items() if each.is_list])
    summed = totals(stated.filter(added), ["contact_id", "key"])
    lists = stated.filter(listed).group_by("contact_id", "key").agg(pl.col("value").sort())
    single = stated.filter(~added, ~listed).select("contact_id", "key", "value")
    one_each = pl.concat([summed, lists.with_columns(joined(pl.col("value"))), single])
    return one_each.sort("contact_id", "key").group_by("contact_id").agg(attributes=pl.struct("key", "value"))
