"""Candidate pairs → edges: the pairs worth merging or showing to a person, each with the evidence that says so."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.compare import INDEX, Comparison, compare
from pipelines.match.comparison.records import Records
from pipelines.match.model.contradictions import births_differ, names_cannot_be_compared, names_contradict
from pipelines.match.model.model import Model
from pipelines.match.model.weigh import Frequencies, Weighed, weigh
from pipelines.match.priors import CONTRADICTED, LEVELS
from schemas.match_fields import fields_of_role
from schemas.project import Matching

CHUNK = 500_000  # pairs that are compared at a time; bounds memory
RULES = {  # what an edge is called by, best first
    "channel_id": "same_channel_id",
    **dict.fromkeys(fields_of_role("exact_id"), "same_id"),
    "email": "same_email",
    "phone": "same_phone",
}
# The rules of pairs that never merge, however likely: given names of two people, values of an exclusive attribute.
NAMES_CONTRADICT, NAMES_NOT_COMPARABLE = APART = ("names_contradict", "names_not_comparable")
EXCLUSIVE_CONFLICT = "exclusive_conflict"
CONFLICTS = (*APART, EXCLUSIVE_CONFLICT)
PAIR = ["record_lo", "record_hi"]
JUDGED = {"zone": pl.String, "rule": pl.String, "probability": pl.Float64, "weight": pl.Float64, "vague": pl.Boolean}
EDGES = {"record_lo": pl.String, "record_hi": pl.String, **JUDGED, "evidence": pl.String}


def score(
    records: Records,
    frequencies: Frequencies,
    model: Model,
    pairs: pl.DataFrame,
    matching: Matching,
    conflicts: pl.DataFrame,
    *,
    explain_below: float = 1.1,
) -> pl.DataFrame:
    """Weigh candidate pairs (lo, hi); keep those of the merge and of the review zone.

    `conflicts`: lo, hi of pairs that hold different values of an exclusive attribute; whatever else agrees, they never
    merge, and where much agrees a person should look. Result: lo, hi, the columns JUDGED, and `evidence`, JSON of the
    level and weight of each field, of pairs whose probability lies below `explain_below`. An edge is `vague` when the
    given name does not say who it is.
    """
    return pl.concat(
        [
            _chunk(records, frequencies, model, chunk, matching, conflicts, explain_below=explain_below)
            for chunk in _chunks(pairs)
        ]
    )


def _chunks(pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from pairs.iter_slices(CHUNK) if pairs.height else [pairs]


def _chunk(
    records: Records,
    frequencies: Frequencies,
    model: Model,
    pairs: pl.DataFrame,
    matching: Matching,
    conflicts: pl.DataFrame,
    *,
    explain_below: float,
) -> pl.DataFrame:
    lo, hi = pairs["lo"].to_numpy(), pairs["hi"].to_numpy()
    comparison = compare(records, lo, hi)
    weighed = weigh(comparison, frequencies, model, lo, hi)
    possible = np.flatnonzero(weighed.probability >= matching.review)
    probability = weighed.probability[possible]
    contradicted = names_contradict(records, frequencies, comparison, possible, probability)
    hidden = (contradicted | births_differ(comparison)[possible]) & (probability < CONTRADICTED)
    likely = possible[~hidden]
    speaks_against = np.select([contradicted[~hidden], names_cannot_be_compared(comparison)[likely]], APART, default="")
    apart = speaks_against != ""
    kept = pairs[likely].with_columns(
        rule=pl.Series(np.where(apart, speaks_against, _rule(comparison, likely)), dtype=pl.String),
        probability=pl.Series(weighed.probability[likely]).round(6),
        weight=pl.Series(weighed.weight[likely]).round(6),
        apart=pl.Series(apart),
        vague=pl.Series(has_ambiguous_given_name(comparison, likely)),
    )
    asked = np.flatnonzero(weighed.probability[likely] < explain_below)
    evidence = pl.Series("evidence", [None], dtype=pl.String).new_from_index(0, len(likely))
    kept = kept.with_columns(evidence.scatter(asked, explained(comparison, weighed, likely[asked])))
    parted = conflicts.with_columns(conflict=pl.lit(value=True))
    return kept.join(parted, on=["lo", "hi"], how="left", maintain_order="left").select(
        "lo",
        "hi",
        *("probability", "weight", "vague", "evidence"),
        zone=pl.when((pl.col("probability") >= matching.auto) & pl.col("conflict").is_null() & ~pl.col("apart"))
        .then(pl.lit("merge"))
        .otherwise(pl.lit("review")),
        rule=pl.when("conflict").then(pl.lit(EXCLUSIVE_CONFLICT)).otherwise("rule"),
    )


def conflicting(pairs: pl.DataFrame, exclusive: pl.DataFrame) -> pl.DataFrame:
    """Pairs (lo, hi) that hold different values of an exclusive attribute.

    `exclusive`: record, exclusive (List of "attribute=value").
    """
    held = exclusive.explode("exclusive", empty_as_null=True).drop_nulls().select(
        "record", attribute=pl.col("exclusive").str.extract("^([^=]*)="), value="exclusive"
    )  # fmt: skip
    lo = pairs.join(held, left_on="lo", right_on="record")
    both = lo.join(held, left_on=["hi", "attribute"], right_on=["record", "attribute"], suffix="_hi")
    return both.filter(pl.col("value") != pl.col("value_hi")).select("lo", "hi").unique()


def has_ambiguous_given_name(comparison: Comparison, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether the given name of a pair does not say who it is: there is none, or an initial."""
    if "given_name" not in comparison.fields:
        return np.zeros(len(rows), bool)
    level = comparison.fields["given_name"].level[rows]
    return np.isin(level, (0, *(INDEX["given_name"][each] for each in ("initial", "nickname", "short"))))


def _rule(comparison: Comparison, rows: NDArray[np.intp]) -> NDArray[np.str_]:
    """What speaks for a pair, by the field that says most."""
    fields = comparison.fields
    same = [(fields[field].level[rows] == 1, rule) for field, rule in RULES.items() if field in fields]
    if "phone" in fields:
        same.append((fields["phone"].level[rows] == INDEX["phone"]["variant"], "phone_variant"))
    if not same:
        return np.full(len(rows), "score")
    return np.select([each for each, _ in same], [rule for _, rule in same], "score")


def explained(comparison: Comparison, weighed: Weighed, rows: NDArray[np.intp]) -> pl.Series:
    """The evidence of pairs as JSON: of each field its level and weight in bits, of the rest the weight alone.

    A field that one of the two does not have is left out.
    """
    parts = [
        _part(name, weighed.fields[name][rows], comparison.fields[name].level[rows])
        for name in weighed.fields
        if name in comparison.fields
    ]
    parts.append(_part("relation", weighed.relation[rows]))
    if "name_bearers" in weighed.fields:
        parts.append(_part("name_bearers", weighed.fields["name_bearers"][rows]))
    stated = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    return pl.DataFrame(parts).select(evidence=pl.concat_str(pl.lit("{"), stated, pl.lit("}")))["evidence"]


def _part(name: str, bits: NDArray[np.float64], level: NDArray[np.uint8] | None = None) -> pl.Series:
    """What a field adds to the evidence; null at level 0. Written once for each level and weight there is."""
    weight = pl.Series("weight", bits).round(2)
    said = pl.DataFrame([weight, pl.Series("sign", np.signbit(weight.to_numpy()))])  # by which 0 and -0 are two
    if level is not None:
        names = pl.Series([None, *LEVELS[name]], dtype=pl.String)
        said = said.with_columns(nth=pl.Series(level))
    distinct = said.unique()
    shown = distinct if level is None else distinct.with_columns(level=names.gather(distinct["nth"]))
    fields = pl.struct("weight") if level is None else pl.struct("level", "weight")
    stated = pl.lit(value=True) if level is None else pl.col("nth") > 0
    json = pl.when(stated).then(pl.concat_str(pl.lit(f'"{name}":'), fields.struct.json_encode()))
    known = shown.select(*said.columns, json=json)
    return said.join(known, on=said.columns, how="left", maintain_order="left")["json"].alias(name)
