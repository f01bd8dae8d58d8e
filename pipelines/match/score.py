"""Comparing candidate pairs field by field, and weighing what was found."""

from math import log2

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipelines.match.keys import name_key
from pipelines.match.model import Model
from pipelines.match.names import CONTRADICTORY, name_levels
from schemas.project import Matching

POINT_FIELDS = ("channel_id", "email", "phone")
PAIR = ["record_lo", "record_hi"]
EDGES = {
    "record_lo": pl.String,
    "record_hi": pl.String,
    "zone": pl.String,
    "rule": pl.String,
    "probability": pl.Float64,
    "weight": pl.Float64,
    "evidence": pl.String,
}


def score(
    pairs: pl.DataFrame,
    profiles: pl.DataFrame,
    points: pl.DataFrame,
    states: pl.DataFrame,
    model: Model,
    matching: Matching,
) -> pl.DataFrame:
    """Weigh candidate pairs; keep those worth merging or showing to a person (columns EDGES).

    `profiles`: record_key, tokens, exclusive (List[String] of "attribute=value"); `points`: record_key, field, value,
    exact, is_role; `states`: key ("field:value"), state of each block. A pair whose names contradict each other never
    merges by itself, however much else agrees: couples and front desks share numbers and mailboxes.
    """
    if pairs.is_empty():
        return pl.DataFrame(schema=EDGES)
    compared = compare_names(pairs, profiles, states)
    for field in POINT_FIELDS:
        compared = compared.join(compare_points(pairs, points, states, field), on=PAIR, how="left")
    compared = compared.join(conflicting(pairs, profiles), on=PAIR, how="left").with_columns(name=_ambiguous_name())
    return weigh(compared, model, matching)


def compare_names(pairs: pl.DataFrame, profiles: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the level at which their names agree; an equal name that many bear says less, and is `common`."""
    tokens = profiles.select("record_key", "tokens")
    named = pairs.join(tokens.rename({"tokens": "tokens_lo"}), left_on="record_lo", right_on="record_key").join(
        tokens.rename({"tokens": "tokens_hi"}), left_on="record_hi", right_on="record_key"
    )
    common = states.filter(pl.col("state").is_in(["common", "capped"]))["key"]
    borne_by_many = name_key(pl.col("tokens_lo")).is_in(common.implode())
    return name_levels(named).select(
        *PAIR,
        pl.when((pl.col("name") == "exact") & borne_by_many).then(pl.lit("common")).otherwise("name").alias("name"),
    )


def compare_points(pairs: pl.DataFrame, points: pl.DataFrame, states: pl.DataFrame, field: str) -> pl.DataFrame:
    """Pairs with the level at which a field agrees, compared as sets: any value they share decides.

    Adds the field, null where a side has none, and `<field>_contested`: what they share has several owners.
    """
    own = points.filter(pl.col("field") == field).select("record_key", "value", "exact")
    lo = pairs.join(own, left_on="record_lo", right_on="record_key").rename({"exact": "exact_lo"})
    hi = pairs.join(own, left_on="record_hi", right_on="record_key").rename({"exact": "exact_hi"})
    state = states.select(value=pl.col("key").str.strip_prefix(f"{field}:"), state="state").filter(
        states["key"].str.starts_with(f"{field}:")
    )
    shared = lo.join(hi, on=[*PAIR, "value"]).join(state, on="value", how="left")
    weak = pl.col("state").is_in(["generic", "capped"]).fill_null(value=False)
    best_first = {"exact": 0, "exact of several": 1, "variant": 2, "variant of several": 3, "generic": 4}
    contested = pl.when(pl.col("state") == "contested").then(pl.lit(" of several")).otherwise(pl.lit(""))
    exact = pl.when(pl.col("exact_lo") & pl.col("exact_hi")).then(pl.lit("exact")).otherwise(pl.lit("variant"))
    agreement = pl.when(weak).then(pl.lit("generic")).otherwise(exact + contested)
    best = shared.group_by(PAIR).agg(agreement.alias("agreement").sort_by(agreement.replace_strict(best_first)).first())
    both = lo.select(PAIR).unique().join(hi.select(PAIR).unique(), on=PAIR)
    levels = both.join(best, on=PAIR, how="left").select(
        *PAIR,
        pl.col("agreement").str.strip_suffix(" of several").fill_null("different").alias(field),
        pl.col("agreement").str.ends_with(" of several").fill_null(value=False).alias(f"{field}_contested"),
    )
    return near_addresses(levels, lo, hi) if field == "email" else levels


def near_addresses(levels: pl.DataFrame, lo: pl.DataFrame, hi: pl.DataFrame) -> pl.DataFrame:
    """Raise `different` to `near` where two addresses of one domain are one slip apart.

    A digit is no slip: anna.berg1 and anna.berg2 are how namesakes are told apart.
    """
    apart = levels.filter(pl.col("email") == "different").select(PAIR)
    both = apart.join(lo, on=PAIR).join(hi, on=PAIR, suffix="_hi").select(*PAIR, "value", "value_hi")
    domains = pl.col("value").str.extract("@(.*)$") == pl.col("value_hi").str.extract("@(.*)$")
    letters = pl.col("value").str.replace_all(r"\d", "") == pl.col("value_hi").str.replace_all(r"\d", "")
    both = both.filter(domains, ~letters)
    slips = cpdist(both["value"].to_list(), both["value_hi"].to_list(), scorer=OSA.distance, score_cutoff=1)
    near = (
        both.filter(pl.Series(slips, dtype=pl.Int64) <= 1).select(PAIR).unique().with_columns(near=pl.lit(value=True))
    )
    return (
        levels.join(near, on=PAIR, how="left")
        .with_columns(email=pl.when("near").then(pl.lit("near")).otherwise("email"))
        .drop("near")
    )


def conflicting(pairs: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Pairs that hold different values of an exclusive attribute, marked `exclusive`.

    Whatever else agrees, they never merge by themselves; where much agrees, one of the values may be wrong, and a
    person should look.
    """
    held = (
        profiles.select("record_key", "exclusive")
        .explode("exclusive")
        .drop_nulls()
        .select("record_key", attribute=pl.col("exclusive").str.extract("^([^=]*)="), value="exclusive")
    )
    lo = pairs.join(held, left_on="record_lo", right_on="record_key")
    hi = pairs.join(held, left_on="record_hi", right_on="record_key")
    return (
        lo.join(hi, on=[*PAIR, "attribute"], suffix="_hi")
        .filter(pl.col("value") != pl.col("value_hi"))
        .select(*PAIR, exclusive=pl.lit(value=True))
        .unique()
    )


def weigh(compared: pl.DataFrame, model: Model, matching: Matching) -> pl.DataFrame:
    """Levels to match weight, probability, zone and evidence (columns EDGES); pairs below `review` are left out.

    A name that nothing else speaks for is never enough to merge, whatever `auto` is.
    """
    fields = ["name", *POINT_FIELDS]
    weights = {
        field: pl.col(field).replace_strict(model.weights(field), default=None, return_dtype=pl.Float64)
        for field in fields
    }
    prior = log2(model.prior / (1 - model.prior))
    evidence = pl.struct(
        pl.struct(level=pl.col(field), weight=weights[field].round(2)).alias(field) for field in fields
    ).struct.json_encode()
    weighed = compared.with_columns(
        weight=(prior + pl.sum_horizontal(weights.values())).round(6), evidence=evidence
    ).with_columns(probability=(1 / (1 + pl.lit(2.0).pow(-pl.col("weight")))).round(6))
    shared = pl.any_horizontal(
        pl.col(field).is_in(["exact", "variant"]).fill_null(value=False) for field in POINT_FIELDS
    )
    name_alone = ~pl.any_horizontal((weights[field] > 0).fill_null(value=False) for field in POINT_FIELDS)
    against = pl.col("name").is_in(CONTRADICTORY).fill_null(value=False)
    exclusive = pl.col("exclusive").fill_null(value=False)
    zone = (
        pl.when(against & shared & ~exclusive)
        .then(pl.lit("review"))
        .when(against | (pl.col("probability") < matching.review))
        .then(None)
        .when(exclusive)
        .then(pl.lit("review"))
        .when(name_alone | (pl.col("probability") < matching.auto))
        .then(pl.lit("review"))
        .otherwise(pl.lit("merge"))
    )
    rule = pl.coalesce(
        pl.when(against).then(pl.lit("names_contradict")),
        pl.when(exclusive).then(pl.lit("exclusive_conflict")),
        *(pl.when(pl.col(field) == "exact").then(pl.lit(f"same_{field}")) for field in POINT_FIELDS),
        pl.when(pl.col("phone") == "variant").then(pl.lit("phone_variant")),
        pl.lit("score"),
    )
    return (
        weighed.with_columns(zone=zone, rule=rule)
        .drop_nulls("zone")
        .select(pl.col(name).cast(dtype) for name, dtype in EDGES.items())
        .sort(PAIR)
    )


def _ambiguous_name() -> pl.Expr:
    contested = pl.any_horizontal(pl.col(f"{field}_contested").fill_null(value=False) for field in POINT_FIELDS)
    says_little = pl.col("name").is_null() | pl.col("name").is_in(["partial", "initial"])
    return pl.when(contested & says_little).then(pl.lit("ambiguous")).otherwise("name")
