"""Components that are clusters as they stand, because nothing in them could veto an edge: most of them, as a rule."""

from collections.abc import Mapping

import polars as pl

from pipelines.match.priors import SURE


def uncontested(
    edges: pl.DataFrame,
    component: pl.DataFrame,
    profiles: pl.DataFrame,
    points: pl.DataFrame,
    contradicted: pl.Series,
    limits: Mapping[str, int],
    auto: float,
) -> pl.DataFrame:
    """The rows of `component` (record_key, component) whose component its edges join to one cluster, in any order.

    `edges`: record_lo, record_hi, zone, probability. `profiles`: record_key, exclusive (List of "attribute=value").
    `points`: record_key, field, value. `contradicted`: records whose given name contradicts another one. Contested is a
    component with one of these, with two values of an exclusive attribute, with more points of a field than `limits`,
    with an edge below SURE where not all its pairs come to `auto` (it may be a bridge), and with such an edge that
    leads out of it, which pooled evidence may follow.
    """
    held = profiles.filter(pl.col("exclusive").list.len() > 0).explode("exclusive").select(
        "record_key", attribute=pl.col("exclusive").str.extract("^([^=]*)="), value="exclusive"
    )  # fmt: skip
    several = _values_stated(held, component, "attribute").filter(pl.col("values") > 1)
    stated = _values_stated(points, component, "field")
    crowded = stated.filter(pl.col("values") > pl.col("field").replace_strict(limits, default=None))
    of_both = edges
    for end, own in (("record_lo", "one"), ("record_hi", "other")):
        of_both = of_both.join(component.rename({"record_key": end, "component": own}), on=end, how="left")
    within = of_both.filter(pl.col("one") == pl.col("other"))
    likely = within.filter(pl.col("probability") >= auto).unique(["record_lo", "record_hi"])
    pairs = likely.group_by(component="one").len("pairs")
    records = component.group_by("component").len("records")
    incomplete = records.join(pairs, on="component").filter(
        2 * pl.col("pairs").cast(pl.Int64) < pl.col("records") * (pl.col("records") - 1)
    )
    doubtful = pl.col("probability") < SURE
    bridges = within.filter(doubtful, pl.col("zone") == "merge").join(incomplete, left_on="one", right_on="component")
    leading_out = of_both.filter(doubtful, pl.col("one").ne_missing(pl.col("other")))
    different = component.filter(pl.col("record_key").is_in(contradicted.implode()))
    contested = [several["component"], crowded["component"], different["component"]]
    contested += [bridges["one"], leading_out["one"], leading_out["other"]]
    return component.filter(~pl.col("component").is_in(pl.concat(contested).drop_nulls().unique().implode()))


def _values_stated(rows: pl.DataFrame, component: pl.DataFrame, field: str) -> pl.DataFrame:
    """How many values of a field the records of a component state together: component, `field`, values."""
    return rows.join(component, on="record_key").group_by("component", field).agg(values=pl.col("value").n_unique())
