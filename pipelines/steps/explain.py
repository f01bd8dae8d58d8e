"""Why two records, or two contacts, are or are not one person: what was compared, what it weighs, what came of it."""

from collections import deque
from typing import NamedTuple

import polars as pl

from pipelines.derive.comparison_data import ComparisonData, load_comparison_data
from pipelines.derive.hidden_values import with_digests
from pipelines.derive.pair_explanation import (
    CAPS,
    Conflict,
    Pair,
    RecordRef,
    SharedKeys,
    conflicts_between,
    explain_outcome,
    shared_keys,
)
from pipelines.derive.veto_reasons import veto_reasons
from pipelines.match.comparison.records import POINTS, encode
from pipelines.match.evidence import Item, Weights, items, relation_between, weights
from pipelines.match.source_links import DECISION, SOURCE_MERGE
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions, links
from pipelines.store.matching import evidence as store
from pipelines.store.matching import match_tables, models
from pipelines.store.warehouse.connection import Connection

NEARLY = 1e-4  # by which a probability computed again may differ from the one that was kept


class Step(NamedTuple):
    """An edge on the way from one record of a contact to another."""

    one: str
    other: str
    rule: str
    probability: float


class Explained(NamedTuple):
    """Why a pair of records is or is not one person."""

    one: RecordRef
    other: RecordRef
    items: list[Item]
    conflicts: list[Conflict]
    swapped: bool  # given and family name stand in each other's place
    prior: float  # bits
    relation: float  # bits that a household or a firm explains
    related_by: str | None
    weight: float
    probability: float
    zone: str  # merge | review | nothing
    rule: str | None  # what the kept edge is called by
    verdict: str  # merged | parted | vetoed | review | conflict | unlikely | capped | not_compared | pending
    why: str
    against: list[str]  # what a veto rests on
    keys: SharedKeys
    one_contact: bool
    path: list[Step]  # how they come to be in one contact, where not by an edge of their own
    kept_probability: float | None  # of the edge, where it is another than now
    other_pairs: int  # of records of the two contacts


def explain(project: OpenProject, connection: Connection, one: pl.Series, other: pl.Series) -> Explained:
    """Explain the strongest pair of a record of `one` and a record of `other` (record keys without a common one).

    Pairs that were never compared are compared now; nothing is kept.
    """
    settings = project.settings
    own = load_comparison_data(settings, connection, pl.concat([one, other]).unique().sort())
    _, model = models.current_model(connection)
    known = encode(own.keys.len(), own.names, own.facts)
    numbers = pl.DataFrame({"record_key": own.keys}).with_row_index("record")
    sides = [numbers.filter(pl.col("record_key").is_in(side.implode()))["record"] for side in (one, other)]
    pairs = sides[0].alias("lo").to_frame().join(sides[1].alias("hi").to_frame(), how="cross")
    points = own.facts.filter(pl.col("field").is_in(POINTS)).select("field", "value").unique()
    crowds = match_tables.shared_identifiers(connection, with_digests(project, points))
    found = weights(known, pairs, model, crowds)
    blocks = store.blocks_of(connection, own.keys)
    edges = store.edges_among(connection, own.keys)
    row = strongest(pairs, own, found, blocks, edges)
    lo, hi = pairs.row(row)
    named = {each["record_key"]: RecordRef(**each) for each in store.describe_records(connection, own.keys).to_dicts()}
    pair = Pair(
        named[own.keys[lo]],
        named[own.keys[hi]],
        next(iter(_between(edges, own.keys[lo], own.keys[hi]).to_dicts()), None),
        shared_keys(blocks, own.keys[lo], own.keys[hi]),
        conflicts_between(own.exclusive, lo, hi),
        links.link_decisions(connection, own.keys[lo], own.keys[hi]),
    )
    return _explained(project, connection, pair, found, row, (lo, hi), pairs.height - 1)


def _explained(
    project: OpenProject,
    connection: Connection,
    pair: Pair,
    found: Weights,
    row: int,
    numbers: tuple[int, int],
    other_pairs: int,
) -> Explained:
    weighed = found.weighed
    probability = float(weighed.probability[row])
    verdict, why = explain_outcome(pair, probability, project.settings.matching)
    together = pair.one.contact_id is not None and pair.one.contact_id == pair.other.contact_id
    kept = None if pair.edge is None else float(str(pair.edge["probability"]))
    standing_against = []
    if verdict == "vetoed" and pair.edge and pair.one.contact_id and pair.other.contact_id:
        veto = str(pair.edge["veto"])
        standing_against = veto_reasons(project, connection, veto, pair.one.contact_id, pair.other.contact_id)
    by_comparison = pair.edge is not None and pair.edge["rule"] not in (SOURCE_MERGE, DECISION)
    return Explained(
        one=pair.one,
        other=pair.other,
        items=items(found, row, *numbers),
        conflicts=pair.conflicts,
        swapped=bool(found.comparison.swapped[row]),
        prior=weighed.prior,
        relation=float(weighed.relation[row]),
        related_by=relation_between(weighed, row),
        weight=float(weighed.weight[row]),
        probability=probability,
        zone="nothing" if pair.edge is None else str(pair.edge["zone"]),
        rule=None if pair.edge is None else str(pair.edge["rule"]),
        verdict=verdict,
        why=why,
        against=standing_against,
        keys=pair.keys,
        one_contact=together,
        path=path(connection, pair.one, pair.other) if together and verdict != "merged" else [],
        kept_probability=kept if by_comparison and kept is not None and abs(kept - probability) > NEARLY else None,
        other_pairs=other_pairs,
    )


def strongest(
    pairs: pl.DataFrame, own: ComparisonData, found: Weights, blocks: pl.DataFrame, edges: pl.DataFrame
) -> int:
    """The row of the pair (lo, hi) that says most: by the weight of its kept edge, else of those that were compared."""
    numbers = pl.DataFrame({"record_key": own.keys}).with_row_index("record")
    placed = blocks.filter(pl.col("size") <= pl.col("rule").replace_strict(CAPS, return_dtype=pl.Int64)).join(
        numbers, on="record_key"
    )
    met = placed.join(placed, on=["rule", "key"], suffix="_hi").select(lo="record", hi="record_hi").unique()
    kept = (
        edges.select("record_lo", "record_hi", kept="weight")
        .join(numbers.rename({"record": "lo"}), left_on="record_lo", right_on="record_key")
        .join(numbers.rename({"record": "hi"}), left_on="record_hi", right_on="record_key")
    )
    both_ways = pl.concat([kept.select("lo", "hi", "kept"), kept.select(lo="hi", hi="lo", kept="kept")])
    ranked = (
        pairs.with_row_index("row")
        .with_columns(weight=pl.Series(found.weighed.weight))
        .join(met.with_columns(met=pl.lit(value=True)), on=["lo", "hi"], how="left")
        .join(both_ways, on=["lo", "hi"], how="left")
        .sort(["kept", "met", "weight", "lo", "hi"], descending=[True, True, True, False, False], nulls_last=True)
    )
    return int(ranked["row"][0])


def _between(edges: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    lo, hi = sorted((one, other))
    return edges.filter(pl.col("record_lo") == lo, pl.col("record_hi") == hi)


def ties(connection: Connection, records: pl.Series) -> list[Step]:
    """The fewest edges that hold the records of a contact together, the strongest ones."""
    named = _names(connection, records)
    group = {record: {record} for record in records}
    found = []
    for lo, hi, rule, probability in _strongest_first(connection, records).iter_rows():
        if group[lo] is not group[hi]:
            joined = group[lo] | group[hi]
            group |= dict.fromkeys(joined, joined)
            found.append(Step(named[lo], named[hi], rule, probability))
    return found


def _names(connection: Connection, records: pl.Series) -> dict[str, str]:
    return {
        each["record_key"]: str(RecordRef(**each)) for each in store.describe_records(connection, records).to_dicts()
    }


def _strongest_first(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """What joins records: record_lo, record_hi, rule, probability."""
    return store.ties(connection, records).select("record_lo", "record_hi", "rule", "probability")


def path(connection: Connection, one: RecordRef, other: RecordRef) -> list[Step]:
    """The fewest ties that lead from one record of a contact to another, the likelier ones first."""
    if one.contact_id is None:
        return []
    records = decisions.members(connection, one.contact_id)
    named = _names(connection, records)
    ways: dict[str, list[tuple[str, str, float]]] = {}
    for lo, hi, rule, probability in _strongest_first(connection, records).iter_rows():
        ways.setdefault(lo, []).append((hi, rule, probability))
        ways.setdefault(hi, []).append((lo, rule, probability))
    came: dict[str, tuple[str, Step] | None] = {one.record_key: None}
    ahead = deque([one.record_key])
    while ahead and other.record_key not in came:
        here = ahead.popleft()
        for there, rule, probability in ways.get(here, []):
            if there not in came:
                came[there] = (here, Step(named[here], named[there], rule, probability))
                ahead.append(there)
    steps: list[Step] = []
    before = came.get(other.record_key)
    while before is not None:
        steps.insert(0, before[1])
        before = came[before[0]]
    return steps
