"""Matching a list as a whole, without a warehouse: rows of declared roles → who is who."""

from collections.abc import Mapping

import polars as pl

from pipelines.match.blocking import PAIRS, candidate_pairs, paired_keys
from pipelines.match.cluster import cluster
from pipelines.match.crowds import crowds
from pipelines.match.fit import fit
from pipelines.match.prepare import prepared
from pipelines.match.records import encoded
from pipelines.match.score import score
from pipelines.match.weigh import frequencies
from schemas.project import Matching

NO_POINTS = pl.DataFrame(schema={"record_key": pl.UInt32, "field": pl.String, "value": pl.String})


def resolve(records: pl.DataFrame, roles: Mapping[str, str], auto: float | None = None) -> pl.DataFrame:
    """Say which rows are one contact: record_id, contact_id (the record id of its first row).

    `records`: record_id, of any type and without duplicates, and the columns that `roles` names (`prepare.prepared`).
    """
    matching = Matching() if auto is None else Matching(auto=auto, review=min(auto, Matching().review))
    names, facts = prepared(records, roles)
    known = encoded(records.height, names, facts)
    keys = paired_keys(names, facts)
    crowded = crowds(names, facts)
    model = fit(known, keys, crowded)
    pairs = candidate_pairs(keys)
    none = pl.DataFrame(schema=PAIRS)
    edges = score(known, frequencies(known, model, crowded), model, pairs, matching, none, evidence=False)
    profiles = names.rename({"record": "record_key"}).with_columns(exclusive=pl.lit([], dtype=pl.List(pl.String)))
    clustered = cluster(edges.rename({"lo": "record_lo", "hi": "record_hi"}), profiles, NO_POINTS, matching.auto)
    return records.select("record_id", contact_id=pl.col("record_id").gather(clustered.clusters["cluster"]))
