"""Matching a list as a whole, without a warehouse: who is who in it, and why."""

from functools import partial
from typing import NamedTuple

import narwhals as nw
import polars as pl

from pipelines.match import kernel
from pipelines.match.blocking.rules import KEYS, PAIRS
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers_on
from pipelines.match.clusters.components import components
from pipelines.match.clusters.pooled_evidence import LIKELY
from pipelines.match.comparison.listed import list_facts, list_names
from pipelines.match.comparison.prepare import FACTS, NAMED
from pipelines.match.comparison.records import NAMES, POINTS
from pipelines.match.configuration import Configuration
from pipelines.match.engines.engine import Engine, Frame, distinct
from pipelines.match.model.fit import model_of
from pipelines.match.model.model import Model
from pipelines.match.people import people_on
from pipelines.match.priors import SURE
from pipelines.progress import progress
from schemas.project import Matching

BATCHES = pl.Schema({"record": pl.UInt32, "batch": pl.UInt32})
CLUSTERS = pl.Schema({"record": pl.UInt32, "cluster": pl.UInt32})


class ListMatch(NamedTuple):
    """What came of a list.

    `clusters`: record, cluster (the smallest record in it), of every record. `edges`: `kernel.EDGES`. `model`: what
    they were weighed by.
    """

    clusters: Frame
    edges: Frame
    model: Model


def resolve(engine: Engine, names: Frame, facts: Frame, matching: Matching, *, explain: bool = False) -> ListMatch:
    """Match the records of a list: `names` (each record once) and `facts` as `prepare` has them.

    With `explain` every edge has its evidence, else only those that clustering asks for it.
    """
    records = engine.rows(names)
    progress("making blocking keys", 0, records)
    blocks = usable_blocks(engine, names, facts)
    crowds = count_shared_identifiers_on(engine, names, facts)
    progress("fitting the match model", 0, records)
    model = model_of(engine, names, facts, blocks, crowds, people_on(engine, names, facts, crowds))
    configuration = Configuration(model, matching)
    pairs = find_candidate_pairs(engine, blocks)
    progress("comparing pairs", 0, engine.rows(pairs))
    involved = with_records(engine, pairs, names, facts, crowds)
    scored = partial(score_batches, configuration=configuration, explain_below=kernel.ALL if explain else SURE)
    edges = engine.map_groups(involved, "batch", scored, kernel.EDGES)
    progress("making clusters", 0, engine.rows(edges))
    found = cluster_list(engine, edges, names, facts, matching.auto)
    own = names.select("record").join(found, on="record", how="left")
    return ListMatch(own.select("record", nw.coalesce("cluster", "record").alias("cluster")), edges, model)


def resolve_list(
    engine: Engine, listed: Frame, matching: Matching, *, region: str | None = None, explain: bool = False
) -> ListMatch:
    """`resolve` the rows of a list: record, and for each role a List(String) of what its columns say.

    `region`: where its numbers are dialled; see `listed.list_facts`.
    """
    progress("reading names and identifiers", 0, engine.rows(listed))
    facts = engine.map_batches(listed, partial(list_facts, region=region), FACTS)
    names = engine.map_groups([listed, facts], "record", list_names, NAMED)
    return resolve(engine, names, facts, matching, explain=explain)


def usable_blocks(engine: Engine, names: Frame, facts: Frame) -> Frame:
    """Blocking keys of which candidate pairs are made: rule, key, record."""
    keys = engine.map_groups([names, facts], "record", kernel.keys, KEYS)
    return engine.map_groups([engine.checkpoint(keys, "key")], "key", kernel.usable_blocks, KEYS)


def find_candidate_pairs(engine: Engine, blocks: Frame) -> Frame:
    """Candidate pairs, each once: lo, hi."""
    pairs = engine.map_groups([blocks], "key", kernel.pairs, PAIRS)
    return pairs if engine.batches(engine.rows(blocks)) == 1 else engine.checkpoint(distinct(pairs))


def with_records(engine: Engine, pairs: Frame, names: Frame, facts: Frame, crowds: Frame) -> tuple[Frame, ...]:
    """Pairs by `batch`, as many as a function takes, and for each batch the names, facts and crowds of its records."""
    batches = engine.batches(engine.rows(pairs))
    if batches == 1:
        return tuple(frame.with_columns(nw.lit(0).alias("batch")) for frame in (pairs, names, facts, crowds))
    assigned = engine.map_batches(names, partial(batch_of_records, batches=batches), BATCHES)
    own = engine.checkpoint(pairs.join(assigned.select(nw.col("record").alias("lo"), "batch"), on="lo"), "batch")
    ends = [own.select("batch", nw.col(end).alias("record")) for end in ("lo", "hi")]
    met = engine.checkpoint(distinct(nw.concat(ends)))
    own_names, own_facts = (engine.checkpoint(met.join(frame, on="record"), "batch") for frame in (names, facts))
    values = distinct(own_facts.filter(nw.col("field").is_in(POINTS)).select("batch", "field", "value"))
    return own, own_names, own_facts, engine.checkpoint(values.join(crowds, on=["field", "value"]), "batch")


def batch_of_records(names: pl.DataFrame, batches: int) -> pl.DataFrame:
    """Which batch the pairs of each record go to: record, batch. Those of one name go together, as pairs mostly are."""
    word = pl.coalesce("family_name", "given_name").hash()
    batch = pl.when(pl.col("family_name").is_null() & pl.col("given_name").is_null()).then("record").otherwise(word)
    return names.select("record", batch=batch % batches).cast(BATCHES)


def score_batches(
    pairs: pl.DataFrame,
    names: pl.DataFrame,
    facts: pl.DataFrame,
    crowds: pl.DataFrame,
    *,
    configuration: Configuration,
    explain_below: float,
) -> pl.DataFrame:
    """`kernel.score` of whole batches, which may have records and crowds in common."""
    own_names, own_crowds = _once(names, "record"), _once(crowds, "field", "value")
    return kernel.score(pairs, own_names, facts, own_crowds, configuration=configuration, explain_below=explain_below)


def _once(frame: pl.DataFrame, *key: str) -> pl.DataFrame:
    """What several batches have in common, once."""
    return frame if frame["batch"].n_unique() <= 1 else frame.unique(key)


def cluster_list(engine: Engine, edges: Frame, names: Frame, facts: Frame, auto: float) -> Frame:
    """The cluster of each record that any edge touches which may join: record, cluster."""
    tying = (nw.col("zone") == "merge") | (nw.col("probability") >= LIKELY)
    component = components(engine, edges.filter(tying).select("lo", "hi"))
    one = component.select(nw.col("record").alias("lo"), "component")
    other = component.select(nw.col("record").alias("hi"), nw.col("component").alias("other"))
    within = edges.join(one, on="lo").join(other, on="hi").filter(nw.col("component") == nw.col("other"))
    own_names, own_facts = (component.join(frame, on="record") for frame in (names, facts))
    own = [engine.checkpoint(frame, "component") for frame in (within.drop("other"), own_names, own_facts)]
    return engine.map_groups(own, "component", partial(cluster_components, auto=auto), CLUSTERS)


def cluster_components(edges: pl.DataFrame, names: pl.DataFrame, facts: pl.DataFrame, auto: float) -> pl.DataFrame:
    """Clusters of whole components: record, cluster. `edges`: `kernel.EDGES`."""
    nothing = pl.lit([], dtype=pl.List(pl.String))
    members = names.join(kernel.content_hashes(names, facts), on="record").select(
        *NAMES, "said", record_key="record", exclusive=nothing
    )
    points = facts.filter(pl.col("field").is_in(POINTS)).select("field", "value", record_key="record")
    ends = edges.rename({"lo": "record_lo", "hi": "record_hi"})
    return kernel.cluster_edges(ends, members, points, auto).clusters.rename({"record_key": "record"})
