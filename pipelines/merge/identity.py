"""Which id a cluster of records has. A contact keeps the id of its anchor, the member that was ingested first."""

from typing import NamedTuple

import polars as pl


class Identity(NamedTuple):
    """Contact of each record (record_key, contact_id), and where ids went (old_id, new_id, kind merged | split)."""

    members: pl.DataFrame
    aliases: pl.DataFrame


def identify(clusters: pl.DataFrame, records: pl.DataFrame, before: pl.DataFrame) -> Identity:
    """Give clusters their contact ids.

    `clusters`: record_key, cluster; `records`: record_key, ingest_seq, anchor_id; `before`: record_key, contact_id as
    it was, of whole contacts. A merge keeps the older anchor's id; a split gives each part its own anchor's id, so that
    undoing a merge brings back the ids there were. An id that is no more was merged into the contact its anchor is in
    now; whoever went elsewhere was split off.
    """
    anchors = (
        clusters.join(records, on="record_key")
        .sort("ingest_seq", "record_key")
        .group_by("cluster", maintain_order=True)
        .first()
        .select("cluster", contact_id="anchor_id")
    )
    members = clusters.join(anchors, on="cluster").select("record_key", "contact_id").sort("record_key")
    heirs = (
        before.join(records, on="record_key")
        .sort("ingest_seq", "record_key")
        .group_by("contact_id", maintain_order=True)
        .first()
        .join(members, on="record_key", suffix="_now")
        .select(old_id="contact_id", heir="contact_id_now")
    )
    aliases = (
        members.join(before, on="record_key", suffix="_before")
        .filter(pl.col("contact_id") != pl.col("contact_id_before"))
        .select(old_id="contact_id_before", new_id="contact_id")
        .unique()
        .join(heirs, on="old_id")
        .select(
            "old_id",
            "new_id",
            kind=pl.when(pl.col("new_id") == pl.col("heir")).then(pl.lit("merged")).otherwise(pl.lit("split")),
        )
        .sort("old_id", "new_id")
    )
    return Identity(members, aliases)
