"""What matching computes: pure functions from frames to frames that know nothing of where they run.

A run (`derive.match`, `derive.merge`) and a list without a project (`resolve`) are matched by the same ones. Each takes
whatever rows it is given, as long as what belongs together is among them: `keys` takes records, `pairs` blocks, `score`
pairs with their records, `cluster_edges` components.
"""

import polars as pl

from pipelines.match.blocking import rules
from pipelines.match.clusters.cluster import cluster
from pipelines.match.clusters.in_doubt import in_doubt
from pipelines.match.comparison.names.scripts import key_names
from pipelines.match.comparison.records import Records, encode
from pipelines.match.comparison.subset import subset_for_pairs
from pipelines.match.configuration import Configuration
from pipelines.match.engines.polars import IN_MEMORY, lazy
from pipelines.match.model import sample
from pipelines.match.model.weigh import frequencies
from pipelines.match.people import people_on
from pipelines.match.score import JUDGED, conflicting
from pipelines.match.score import score as scored

EDGES = pl.Schema({"lo": pl.UInt32, "hi": pl.UInt32, **JUDGED, "evidence": pl.String})
ALL = 1.1  # a probability that no pair has

usable_blocks = rules.in_blocks
pairs = rules.candidate_pairs
encoded = encode
conflicting_pairs = conflicting
content_hashes = sample.content_hashes
cluster_edges = cluster
records_in_doubt = in_doubt


def keys(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """`blocking_keys` of records; names meet whatever script and romanisation they are in."""
    return rules.blocking_keys(key_names(names), facts)


def paired_keys(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """What `usable_blocks` leaves of `keys`, without ever holding the rest."""
    return rules.paired_keys(key_names(names), facts)


def people(
    names: pl.DataFrame, facts: pl.DataFrame, crowds: pl.DataFrame, contacts: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The person of each record, as far as it is known: `people.people_on`."""
    held = None if contacts is None else lazy(contacts)
    return IN_MEMORY.collect(people_on(IN_MEMORY, lazy(names), lazy(facts), lazy(crowds), held))


def score(
    pairs: pl.DataFrame,
    names: pl.DataFrame,
    facts: pl.DataFrame,
    crowds: pl.DataFrame,
    exclusive: pl.DataFrame | None = None,
    *,
    configuration: Configuration,
    explain_below: float = ALL,
) -> pl.DataFrame:
    """Edges of candidate pairs (lo, hi): EDGES, with evidence where the probability lies below `explain_below`.

    `names` (each record once), `facts` and `crowds` (`count_shared_identifiers`) are those of the records of the pairs,
    and perhaps of others. `exclusive`: record, exclusive (List of "attribute=value"), where attributes are exclusive.
    """
    own = subset_for_pairs(pairs, names, facts)
    here = pl.DataFrame({"lo": own.lo, "hi": own.hi}, schema=rules.PAIRS)
    conflicts = here.filter(_is_conflict(pairs, exclusive))
    found = score_encoded(
        here, own.records, crowds, conflicts, configuration=configuration, explain_below=explain_below
    )
    ends = {end: pl.Series(own.number[found[end].to_numpy()]) for end in ("lo", "hi")}
    return found.with_columns(**ends)


def score_encoded(
    pairs: pl.DataFrame,
    records: Records,
    crowds: pl.DataFrame,
    conflicts: pl.DataFrame,
    *,
    configuration: Configuration,
    explain_below: float = ALL,
) -> pl.DataFrame:
    """`score` of records that are `encoded` already.

    `conflicts`: those of the pairs that `conflicting_pairs` finds.
    """
    model, matching = configuration.model, configuration.matching
    known = frequencies(records, model, crowds)
    found = scored(records, known, model, pairs, matching, conflicts, explain_below=explain_below)
    return found.select(EDGES.names())


def _is_conflict(pairs: pl.DataFrame, exclusive: pl.DataFrame | None) -> pl.Series:
    if exclusive is None:
        return pl.repeat(value=False, n=pairs.height, eager=True)
    found = conflicting(pairs, exclusive).with_columns(conflict=pl.lit(value=True))
    joined = pairs.join(found, on=["lo", "hi"], how="left", maintain_order="left")
    return joined["conflict"].fill_null(value=False)
