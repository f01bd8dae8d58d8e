"""Matching a list as a whole, without a warehouse: rows of declared roles → who is who."""

from collections.abc import Mapping
from functools import partial

import narwhals as nw
import polars as pl

from pipelines.match import kernel
from pipelines.match.blocking.keys import KEYS, PAIRS
from pipelines.match.blocking.shared_identifiers import crowds_on
from pipelines.match.clusters.components import components
from pipelines.match.clusters.pooled_evidence import LIKELY
from pipelines.match.comparison.prepare import FACTS, NAMED, stated_facts, stated_names
from pipelines.match.comparison.records import POINTS
from pipelines.match.configuration import Configuration
from pipelines.match.engines.polars import IN_MEMORY, Engine, Frame, distinct
from pipelines.match.model.fit import fit_on
from schemas.project import Matching


def resolve(
    records: pl.DataFrame | pl.LazyFrame,
    roles: Mapping[str, str],
    auto: float | None = None,
    engine: Engine = IN_MEMORY,
) -> pl.DataFrame:
    """Say which rows are one contact: record_id, contact_id (the record id of its first row).

    `records`: record_id, of any type and without duplicates, and the columns that `roles` names (`prepare.prepared`).
    A lazy frame is read in batches, so that it may be larger than memory if the engine is made for it.
    """
    matching = Matching() if auto is None else Matching(auto=auto, review=min(auto, Matching().review))
    columns = {f"column {nth}": column for nth, column in enumerate(roles)}  # as they are called may clash
    listed = records.lazy().select("record_id", **{name: pl.col(column) for name, column in columns.items()})
    listed = listed.with_row_index("record")
    batches = [listed.collect()] if isinstance(records, pl.DataFrame) else listed.collect_batches()
    list_ = engine.frame(batches, listed.collect_schema())
    found = contacts(engine, list_, {name: roles[column] for name, column in columns.items()}, matching)
    return engine.collect(found.sort("record").drop("record"))


def contacts(engine: Engine, listed: Frame, roles: Mapping[str, str], matching: Matching) -> Frame:
    """The contact of each record of a list: record, record_id, contact_id."""
    facts = engine.map_batches(listed, partial(stated_facts, roles=roles), FACTS)
    names = engine.map_groups([listed, facts], "record", partial(stated_names, roles=roles), NAMED)
    blocks = usable_blocks(engine, names, facts)
    crowds = crowds_on(engine, names, facts)
    configuration = Configuration(fit_on(engine, names, facts, blocks, crowds), matching)
    involved = with_records(engine, paired(engine, blocks), names, facts, crowds)
    edges = engine.map_groups(involved, "batch", partial(kernel.score, configuration=configuration), kernel.EDGES)
    clusters = clustered(engine, edges, names, configuration)
    ids = listed.select("record", "record_id")
    own = ids.join(clusters, on="record", how="left").with_columns(nw.coalesce("cluster", "record").alias("cluster"))
    called = ids.select(nw.col("record").alias("cluster"), nw.col("record_id").alias("contact_id"))
    return own.join(called, on="cluster").select("record", "record_id", "contact_id")


def usable_blocks(engine: Engine, names: Frame, facts: Frame) -> Frame:
    """Blocking keys of which candidate pairs are made: rule, key, record."""
    keys = engine.map_groups([names, facts], "record", kernel.keys, KEYS)
    return engine.map_groups([engine.checkpoint(keys, "key")], "key", kernel.usable, KEYS)


def paired(engine: Engine, blocks: Frame) -> Frame:
    """Candidate pairs, each once: lo, hi."""
    pairs = engine.map_groups([blocks], "key", kernel.pairs, PAIRS)
    return pairs if engine.batches(engine.rows(blocks)) == 1 else engine.checkpoint(distinct(pairs))


def with_records(engine: Engine, pairs: Frame, names: Frame, facts: Frame, crowds: Frame) -> tuple[Frame, ...]:
    """Pairs by `batch`, as many as a function takes, and for each batch the names, facts and crowds of its records."""
    batches = engine.batches(engine.rows(pairs))
    if batches == 1:
        return tuple(frame.with_columns(nw.lit(0).alias("batch")) for frame in (pairs, names, facts, crowds))
    shelves = engine.map_batches(names, partial(kernel.shelved, batches=batches), kernel.SHELVES)
    own = engine.checkpoint(pairs.join(shelves.select(nw.col("record").alias("lo"), "batch"), on="lo"), "batch")
    ends = [own.select("batch", nw.col(end).alias("record")) for end in ("lo", "hi")]
    met = engine.checkpoint(distinct(nw.concat(ends)))
    own_names, own_facts = (engine.checkpoint(met.join(frame, on="record"), "batch") for frame in (names, facts))
    values = distinct(own_facts.filter(nw.col("field").is_in(POINTS)).select("batch", "field", "value"))
    return own, own_names, own_facts, engine.checkpoint(values.join(crowds, on=["field", "value"]), "batch")


def clustered(engine: Engine, edges: Frame, names: Frame, configuration: Configuration) -> Frame:
    """The cluster of each record that any edge touches which may join: record, cluster."""
    tying = (nw.col("zone") == "merge") | (nw.col("probability") >= LIKELY)
    component = components(engine, edges.filter(tying).select("lo", "hi"))
    one = component.select(nw.col("record").alias("lo"), "component")
    other = component.select(nw.col("record").alias("hi"), nw.col("component").alias("other"))
    within = edges.join(one, on="lo").join(other, on="hi").filter(nw.col("component") == nw.col("other"))
    members = component.join(names, on="record")
    own = [engine.checkpoint(frame, "component") for frame in (within.drop("other"), members)]
    return engine.map_groups(own, "component", partial(kernel.merge, configuration=configuration), kernel.CLUSTERS)
