"""How many different people share an identifier: a switchboard, a family's line, info@."""

import polars as pl

from pipelines.match.records import POINTS
from pipelines.normalise.email import ROLES


def crowds(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """How many people share each identifier that several records have: field, value, people, givens (UInt32).

    A person may be written in several ways, so it takes both another family name and another initial of the given name
    to be somebody else for certain; `givens` counts initials of given names alone. A mailbox like info@ is shared by
    several whoever is known to use it. `names` and `facts` as `records.encoded` takes them.
    """
    shared = facts.filter(pl.col("field").is_in(POINTS))
    shared = shared.filter(pl.len().over("field", "value") > 1)
    named = _with_lone_families(shared.join(names, on="record", how="left"))
    initials = [pl.col(part).str.slice(0, 1) for part in ("given_name", "family_name")]
    either_way = pl.concat_str(pl.min_horizontal(initials), pl.max_horizontal(initials))  # names may be swapped
    givens = initials[0].drop_nulls().n_unique()
    people = pl.min_horizontal(
        pl.col("family_name").drop_nulls().n_unique(), givens, either_way.drop_nulls().n_unique()
    )
    counted = named.group_by("field", "value").agg(people=people, givens=givens)
    places = _places(facts, names)
    firms = (
        shared.join(places, on="record")
        .group_by("field", "value")
        .agg(
            firms=pl.min_horizontal(pl.col("company").drop_nulls().n_unique(), pl.col("street").drop_nulls().n_unique())
        )
    )
    everybody = pl.when(_is_role()).then(SHARED_BOX).otherwise(1)
    people = pl.max_horizontal("people", "firms", everybody)
    return counted.join(firms, on=["field", "value"], how="left").select(
        "field", "value", people=people.cast(pl.UInt32), givens=pl.max_horizontal("givens", people).cast(pl.UInt32)
    )


def _with_lone_families(named: pl.DataFrame) -> pl.DataFrame:
    """Bearers of values, of whom one called by a family name alone (Berg, beside Anna Berg) has no given name."""
    families = named.select("field", "value", given_name="family_name").drop_nulls().unique()
    families = families.with_columns(is_family=pl.lit(value=True))
    lone = pl.col("is_family").fill_null(value=False) & pl.col("family_name").is_null()
    return named.join(families, on=["field", "value", "given_name"], how="left").with_columns(
        given_name=pl.when(~lone).then("given_name"),
        family_name=pl.when(lone).then("given_name").otherwise("family_name"),
    )


SHARED_BOX = 5  # people at least behind a mailbox of a function


def _is_role() -> pl.Expr:
    box = pl.col("value").str.extract("^([^@]*)@").str.replace_all("[._-]", "")
    return (pl.col("field") == "email") & box.is_in(ROLES)


def _places(facts: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """What tells records without a person's name apart: record, company (its beginning), street (its beginning)."""
    nameless = names.filter(pl.all_horizontal(pl.col("given_name", "family_name").is_null())).select("record")
    begin = {"company": 6, "street": 6}
    for field, letters in begin.items():
        own = facts.filter(pl.col("field") == field).select(
            "record", pl.col("value").str.slice(0, letters).alias(field)
        )
        nameless = nameless.join(own, on="record", how="left")
    return nameless
