"""What matching computes: pure functions from frames to frames that know nothing of where they run.

Each takes whatever rows it is given, as long as what belongs together is among them, and so can be mapped over batches
by any engine (`engine`): `keys` takes records, `pairs` blocks, `score` pairs with their records, `merge` components.
"""

import polars as pl

from pipelines.match.blocking.keys import PAIRS, blocking_keys, candidate_pairs, in_blocks
from pipelines.match.clusters.cluster import SURE, cluster
from pipelines.match.comparison.records import NAMES
from pipelines.match.comparison.subset import local
from pipelines.match.configuration import Configuration
from pipelines.match.model.weigh import frequencies
from pipelines.match.score import JUDGED
from pipelines.match.score import score as scored

EDGES = pl.Schema({"lo": pl.UInt32, "hi": pl.UInt32, **JUDGED, "evidence": pl.String})
SHELVES = pl.Schema({"record": pl.UInt32, "batch": pl.UInt32})
CLUSTERS = pl.Schema({"record": pl.UInt32, "cluster": pl.UInt32})
NO_POINTS = pl.DataFrame(schema={"record_key": pl.UInt32, "field": pl.String, "value": pl.String})

keys = blocking_keys
usable = in_blocks
pairs = candidate_pairs


def shelved(names: pl.DataFrame, batches: int) -> pl.DataFrame:
    """Which batch the pairs of each record go to: record, batch. Those of one name go together, as pairs mostly are."""
    word = pl.coalesce("family_name", "given_name").hash()
    batch = pl.when(pl.col("family_name").is_null() & pl.col("given_name").is_null()).then("record").otherwise(word)
    return names.select("record", batch=batch % batches).cast(SHELVES)


def score(
    pairs: pl.DataFrame,
    names: pl.DataFrame,
    facts: pl.DataFrame,
    crowds: pl.DataFrame,
    *,
    configuration: Configuration,
) -> pl.DataFrame:
    """Edges of candidate pairs (batch, lo, hi): EDGES.

    `names`, `facts` and `crowds` (`crowds.crowds`) are those of the records of each batch, and perhaps of others.
    """
    own = local(pairs, _once(names, "record"), facts)
    known = frequencies(own.records, configuration.model, _once(crowds, "field", "value"))
    here = pl.DataFrame({"lo": own.lo, "hi": own.hi}, schema=PAIRS)
    none = pl.DataFrame(schema=PAIRS)
    found = scored(own.records, known, configuration.model, here, configuration.matching, none, explain_below=SURE)
    ends = {end: pl.Series(own.number[found[end].to_numpy()]) for end in ("lo", "hi")}
    return found.with_columns(**ends).select(EDGES.names())


def _once(frame: pl.DataFrame, *key: str) -> pl.DataFrame:
    """What several batches have in common, once."""
    return frame if frame["batch"].n_unique() <= 1 else frame.unique(key)


def merge(edges: pl.DataFrame, members: pl.DataFrame, *, configuration: Configuration) -> pl.DataFrame:
    """Clusters of components: record, cluster (the smallest record in it).

    `edges`: EDGES within components, which those make that may join. `members`: the names of all records of these
    components.
    """
    nothing = pl.lit([], dtype=pl.List(pl.String))
    profiles = members.select(*NAMES, record_key="record", exclusive=nothing)
    ends = edges.rename({"lo": "record_lo", "hi": "record_hi"})
    clustered = cluster(ends, profiles, NO_POINTS, configuration.matching.auto)
    return clustered.clusters.rename({"record_key": "record"})
