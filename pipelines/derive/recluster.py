"""Who is who among records that hang together: clusters, the contacts they are, and what was not allowed to join."""

import polars as pl

from pipelines.derive.comparison_data import keyed, load_comparison_data
from pipelines.match import kernel
from pipelines.match.clusters.cluster import LIMITS
from pipelines.match.priors import SURE
from pipelines.match.score import PAIR
from pipelines.match.source_links import DECISION
from pipelines.merge.stable_ids import Identity, identify
from pipelines.project import OpenProject
from pipelines.store.contacts import clustering as store
from pipelines.store.decisions import links
from pipelines.store.matching.stated import numbered, stated_exclusive
from pipelines.store.warehouse.connection import Connection


def recluster(
    project: OpenProject, connection: Connection, records: pl.Series, before: pl.DataFrame, run_id: str
) -> Identity:
    """Cluster records that are closed under the edges that may join, and keep who belongs to which contact.

    Within here a record is its place among them (UInt32), which is in the order of their keys.
    """
    edges = store.edges_among(connection, records, SURE)
    profiles = stated_profiles(project, connection, records)
    points = store.identifiers_of(connection, records, list(LIMITS))
    doubt = kernel.records_in_doubt(edges, profiles, points, project.settings.matching.auto)
    known = profiles.join(said_by(project, connection, records, doubt), on="record_key", how="left")
    clustered = kernel.cluster_edges(edges, known.sort("record_key"), points, project.settings.matching.auto)
    identity = identify(clustered.clusters, store.anchors(connection, records), placed(records, before.drop("reason")))
    merges = edges.filter(pl.col("zone") == "merge")
    linked = merges.join(clustered.vetoed, on=PAIR, how="anti")
    decided = linked.filter(pl.col("rule") == DECISION)
    tied = pl.concat([linked.select(PAIR), clustered.pooled.select(PAIR)])
    joined, held = (pl.concat([each["record_lo"], each["record_hi"]]).implode() for each in (tied, decided))
    reason = (
        pl.when(pl.col("record_key").is_in(held))
        .then(pl.lit("decision"))
        .when(pl.col("record_key").is_in(joined))
        .then(pl.lit("match"))
        .otherwise(pl.lit("single"))
    )
    members = keyed_by(records, identity.members.with_columns(reason=reason))
    store.keep_memberships(connection, before, members, run_id)
    store.keep_vetoes(connection, records, keyed_by(records, clustered.vetoed))
    store.keep_pooled(connection, records, keyed_by(records, clustered.pooled))
    return identity._replace(members=members.drop("reason"))


def stated_profiles(project: OpenProject, connection: Connection, records: pl.Series) -> pl.DataFrame:
    """What keeps records apart whatever they are called: record_key (place), exclusive (List of "attribute=value")."""
    with numbered(connection, store.places_of(records).rename({"place": "record"})):
        stated = stated_exclusive(connection, project.settings.exclusive_attributes()).rename({"record": "record_key"})
    own = pl.DataFrame({"record_key": pl.int_range(records.len(), dtype=pl.UInt32, eager=True)})
    sides = placed(records, links.sides_of(connection, records))
    return (
        own.join(stated, on="record_key", how="left", maintain_order="left")
        .join(sides, on="record_key", how="left", maintain_order="left")
        .select(
            "record_key", exclusive=pl.concat_list(pl.col("exclusive").fill_null([]), pl.col("sides").fill_null([]))
        )
    )


def said_by(project: OpenProject, connection: Connection, records: pl.Series, places: pl.Series) -> pl.DataFrame:
    """What those of the records at these places are called, and a hash of all they say: NAMES, said, record_key."""
    own = load_comparison_data(project.settings, connection, records.gather(places))
    hashed = own.names.with_columns(kernel.content_hashes(own.names, own.facts)["said"])
    return placed(records, keyed(hashed, own))


def placed(records: pl.Series, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with the places of its records instead of their keys."""
    return frame.join(store.places_of(records), on="record_key").with_columns(record_key="place").drop("place")


def keyed_by(records: pl.Series, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with the keys of its records instead of their places."""
    ends = [name for name in ("record_key", *PAIR) if name in frame.columns]
    return frame.with_columns(records.gather(frame[name]).alias(name) for name in ends)
