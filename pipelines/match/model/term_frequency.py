"""How many records have each value, of the fields whose frequent values say less than their rare ones."""

import narwhals as nw
import polars as pl

from pipelines.match.comparison.records import NAMES
from pipelines.match.engines.engine import Engine, Frame
from pipelines.match.model.weigh import IDENTIFYING

VALUES = pl.Schema({"field": pl.String, "value": pl.String, "records": pl.Int64})
FULL_NAME = "full_name"


def count_terms_on(engine: Engine, names: Frame, facts: Frame) -> pl.DataFrame:
    """How many records of a list have each value: field, value, records."""
    counted = engine.map_groups([names, facts], "record", count_terms, VALUES)
    return engine.collect(counted.group_by("field", "value").agg(nw.col("records").sum().cast(nw.Int64)))


def count_terms(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """How many of these records have each value: field, value, records. A FULL_NAME is known whichever way round."""
    domain = pl.col("value").str.extract("@(.*)$")
    domains = facts.filter(pl.col("field") == "email").select("record", field=pl.lit("email_domain"), value=domain)
    given, family = pl.col("given_name"), pl.col("family_name")
    both = names.filter(given.is_not_null() & family.is_not_null())
    sides = {"low": pl.min_horizontal(given, family), "high": pl.max_horizontal(given, family)}
    full = both.select(**sides).group_by("low", "high").agg(records=pl.len())
    words = [names.select(value=part).drop_nulls().group_by("value").agg(records=pl.len()) for part in NAMES]
    counted = [
        *(own.with_columns(field=pl.lit(part)) for part, own in zip(NAMES, words, strict=True)),
        full.select(field=pl.lit(FULL_NAME), value=pl.format("{} {}", "low", "high"), records="records"),
        facts.filter(~pl.col("field").is_in(IDENTIFYING)).group_by("field", "value").agg(records=pl.len()),
        domains.drop_nulls().unique().group_by("field", "value").agg(records=pl.len()),
    ]
    return pl.concat([each.select(VALUES.names()).cast(VALUES) for each in counted])
