"""Matching what changed: its blocks, its pairs, its edges. The result is that of matching everything anew."""

from collections import Counter
from typing import NamedTuple

import polars as pl

from pipelines.match import blocks, names
from pipelines.match.blocks import block_states
from pipelines.match.decided import with_source_merges
from pipelines.match.keys import blocking_keys, points
from pipelines.match.model import PRIORS, Model
from pipelines.match.pairs import candidate_pairs
from pipelines.match.score import score
from pipelines.progress import progress
from pipelines.project import OpenProject, digest
from pipelines.store import matching as store
from pipelines.store.connection import Connection
from pipelines.store.pending import CONTACTS, MATCH, leave_pending, pending, settle
from pipelines.store.source_merges import merged_with
from pipelines.store.warehouse import transaction

# What decides beside the model; with another value of one of these, everything is matched anew.
RULES = (names.SIMILAR, names.SHORTEST_TYPO, names.ENDING, blocks.CAP, blocks.GENERIC_RECORDS, blocks.COMMON_NAME)


class Matched(NamedTuple):
    """What a matching step looked at and kept."""

    records: int = 0
    pairs: int = 0
    merge: int = 0
    review: int = 0


def match(project: OpenProject, connection: Connection, run_id: str, model: Model = PRIORS) -> Matched:
    """Compare the records that changed with all that share a block with them, and keep the edges.

    A record whose block changes its state (a number turns out to be a switchboard's, a block crosses its cap) counts as
    changed: the evidence of its pairs is another now.
    """
    settings = project.settings
    exclusive = settings.exclusive_attributes()
    version = digest(model, RULES, settings.matching, exclusive)
    with transaction(connection):
        changed = pending(connection, MATCH, version)
        if changed.is_empty():
            settle(connection, MATCH, version)
            return Matched()
        progress("matching", 0, changed.len())
        subjects = rekey(connection, changed)
        keys = store.blocks_of(connection, subjects)
        pairs = candidate_pairs(keys, subjects)
        involved = pl.concat([pairs["record_lo"], pairs["record_hi"]]).unique().sort()
        edges = score(
            pairs,
            store.profiles(connection, involved, exclusive),
            points(store.stated_identifiers(connection, involved)),
            store.block_states(connection, involved),
            model,
            settings.matching,
        )
        edges = with_source_merges(edges, merged_with(connection, subjects))
        ends = store.replace_edges(connection, subjects, edges, model.version, run_id)
        leave_pending(connection, CONTACTS, pl.concat([subjects, ends]))
        settle(connection, MATCH, version)
        progress("matching", changed.len(), changed.len())
    zones = Counter(edges["zone"])
    return Matched(changed.len(), pairs.height, zones["merge"], zones["review"])


def rekey(connection: Connection, changed: pl.Series) -> pl.Series:
    """Give changed records their blocking keys, judge the blocks they touch; every record whose evidence changed."""
    stated = points(store.stated_identifiers(connection, changed))
    keys = blocking_keys(store.profiles(connection, changed, []), stated)
    touched = store.replace_keys(connection, changed, keys)
    members = store.block_members(connection, touched)
    people = members["record_key"].unique().sort()
    roles = points(store.stated_identifiers(connection, people)).select(
        "record_key", "is_role", key=pl.format("{}:{}", "field", "value")
    )
    named = members.join(store.profiles(connection, people, []).select("record_key", "tokens"), on="record_key")
    states = block_states(
        named.join(roles, on=["record_key", "key"], how="left").with_columns(pl.col("is_role").fill_null(value=False))
    )
    turned = store.replace_blocks(connection, touched, states)
    stirred = members.filter(pl.col("key").is_in(turned.implode()))["record_key"]
    return pl.concat([changed, stirred]).unique().sort()
