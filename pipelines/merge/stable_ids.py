"""Which id a cluster of records has. A contact keeps the id of its anchor, the member that was ingested first."""

from typing import NamedTuple

import polars as pl

# A reader of the feed that follows it line by line takes parts out of a contact before it gives that up.
ORDER = ("restored", "split", "merged", "withdrawn")


class Identity(NamedTuple):
    """Contact of each record (record_key, contact_id), and what became of ids (old_id, new_id, kind), in `ORDER`."""

    members: pl.DataFrame
    aliases: pl.DataFrame


def identify(clusters: pl.DataFrame, records: pl.DataFrame, before: pl.DataFrame) -> Identity:
    """Give clusters their contact ids.

    `clusters`: record_key, cluster; `records`: record_key, ingest_seq, anchor_id, was_contact (whether that id has ever
    been in use); `before`: record_key, contact_id as it was, of whole contacts. A merge keeps the older anchor's id; a
    split gives each part its own anchor's id, so that undoing a merge brings back the ids there were.

    An id that is no more was `merged` into the contact its anchor is in now, or `withdrawn` with its anchor: what was
    left then has the id of its next. Who went elsewhere was `split` off, or `restored` to an id that had been in use
    before and was not any longer. An id of former times is `merged` anew whenever its anchor goes elsewhere, so that
    the last that was said of it is where it leads.
    """
    in_order = records.sort("ingest_seq", "record_key")
    anchors = _first_of(clusters, in_order, "cluster").select("cluster", contact_id="anchor_id")
    members = clusters.join(anchors, on="cluster").select("record_key", "contact_id").sort("record_key")
    heirs = (
        _first_of(before, in_order, "contact_id")
        .join(members, on="record_key", suffix="_now")
        .select(old_id="contact_id", heir="contact_id_now")
    )
    moved = (
        members.join(before.rename({"contact_id": "old_id"}), on="record_key")
        .join(records, on="record_key")
        .join(heirs, on="old_id")
        .filter(pl.col("contact_id") != pl.col("old_id"))
        .select("old_id", "anchor_id", "was_contact", "heir", new_id="contact_id")
    )
    current, earlier = members["contact_id"].implode(), before["contact_id"].implode()
    anchored, former = records["anchor_id"].implode(), records.filter("was_contact")["anchor_id"].implode()
    went = moved.select(
        "old_id",
        "new_id",
        kind=pl.when(pl.col("new_id") != pl.col("heir"))
        .then(
            pl.when(pl.col("new_id").is_in(former) & ~pl.col("new_id").is_in(earlier))
            .then(pl.lit("restored"))
            .otherwise(pl.lit("split"))
        )
        .when(pl.col("old_id").is_in(anchored))
        .then(pl.lit("merged"))
        .otherwise(pl.lit("withdrawn")),
    )
    led = moved.filter("was_contact", ~pl.col("anchor_id").is_in(current)).select(
        "new_id", old_id="anchor_id", kind=pl.lit("merged")
    )
    return Identity(members, as_told(pl.concat([went, led.select(went.columns)]).unique()))


def as_told(aliases: pl.DataFrame) -> pl.DataFrame:
    """What became of ids (old_id, new_id, kind), in the order in which it is told."""
    return aliases.sort(pl.col("kind").cast(pl.Enum(ORDER)), "old_id", "new_id")


def _first_of(members: pl.DataFrame, in_order: pl.DataFrame, group: str) -> pl.DataFrame:
    """Of each group the record that was ingested first."""
    return in_order.join(members, on="record_key", maintain_order="left").group_by(group, maintain_order=True).first()
