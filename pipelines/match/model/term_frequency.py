"""How many records and people have each value, of the fields whose frequent values say less than their rare ones."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.records import NAMES, NOTHING, Records
from pipelines.match.engines.engine import Engine, Frame
from pipelines.match.model.weigh import IDENTIFYING

TERMS = pl.Schema({"field": pl.String, "value": pl.String, "records": pl.Int64, "people": pl.Int64})
STATED = pl.Schema({"record": pl.UInt32, "field": pl.String, "value": pl.String})
FULL_NAME = "full_name"


def count_terms_on(engine: Engine, names: Frame, facts: Frame, people: Frame) -> pl.DataFrame:
    """How many records and people of a list have each value: TERMS. `people`: record, person."""
    stated = engine.map_groups([names, facts], "record", stated_terms, STATED)
    counted = stated.join(people, on="record").group_by("field", "value")
    return engine.collect(
        counted.agg(
            nw.len().cast(nw.Int64).alias("records"), nw.col("person").n_unique().cast(nw.Int64).alias("people")
        )
    )


def stated_terms(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """What is counted of these records: STATED, each once. A FULL_NAME is known whichever way round."""
    domain = pl.col("value").str.extract("@(.*)$")
    domains = facts.filter(pl.col("field") == "email").select("record", field=pl.lit("email_domain"), value=domain)
    given, family = pl.col("given_name"), pl.col("family_name")
    both = names.filter(given.is_not_null() & family.is_not_null())
    full = pl.format("{} {}", pl.min_horizontal(given, family), pl.max_horizontal(given, family))
    stated = [
        *(names.select("record", field=pl.lit(part), value=part).drop_nulls() for part in NAMES),
        both.select("record", field=pl.lit(FULL_NAME), value=full),
        facts.filter(~pl.col("field").is_in(IDENTIFYING)),
        domains.drop_nulls().unique(),
    ]
    return pl.concat([each.select(STATED.names()).cast(STATED) for each in stated])


def count_terms(records: Records, people: NDArray[np.uint32]) -> pl.DataFrame:
    """The same of a list that is encoded: TERMS. `people`: the person of each record."""
    counted = [pl.DataFrame(schema=TERMS)]
    for name, field in records.fields.items():
        if name not in IDENTIFYING:
            own = _counted(pl.DataFrame({"code": field.code, "person": people[field.record]}), "code")
            counted.append(own.select(field=pl.lit(name), value=field.values.gather(own["code"]), **COUNTS))
    if "given_name" in records.fields and "family_name" in records.fields:
        values = records.fields["given_name"].values
        given, family = (records.fields[part].first for part in ("given_name", "family_name"))
        sides = {"low": np.minimum(given, family), "high": np.maximum(given, family), "person": people}
        own = _counted(pl.DataFrame(sides).filter(pl.col("low") != NOTHING), "low", "high")
        words = own.with_columns(values.gather(own[side]).alias(side) for side in ("low", "high"))
        counted.append(words.select(field=pl.lit(FULL_NAME), value=pl.format("{} {}", "low", "high"), **COUNTS))
    return pl.concat([counted[0], *(each.cast(TERMS) for each in counted[1:])])


def _counted(stated: pl.DataFrame, *by: str) -> pl.DataFrame:
    return stated.group_by(by).agg(records=pl.len(), people=pl.col("person").n_unique())


COUNTS = {"records": pl.col("records"), "people": pl.col("people")}
