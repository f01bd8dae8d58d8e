"""How many different people share an identifier: a switchboard, a family's line, info@."""

import narwhals as nw
import polars as pl

from pipelines.match.comparison.records import POINTS
from pipelines.match.engines.engine import Engine, Frame
from pipelines.match.engines.polars import IN_MEMORY, lazy
from pipelines.normalise.email import ROLES

CROWDS = pl.Schema({"field": pl.String, "value": pl.String, "people": pl.UInt32, "givens": pl.UInt32})
PLACES = ("company", "street")  # what tells records without a person's name apart


def count_shared_identifiers(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """How many people share each identifier that several records have: field, value, people, givens (UInt32).

    A person may be written in several ways, so it takes both another family name and another initial of the given name
    to be somebody else for certain; `givens` counts initials of given names alone. A mailbox like info@ is shared by
    several whoever is known to use it. `names` and `facts` as `records.encode` takes them.
    """
    return IN_MEMORY.collect(count_shared_identifiers_on(IN_MEMORY, lazy(names), lazy(facts)))


def count_shared_identifiers_on(engine: Engine, names: Frame, facts: Frame) -> Frame:
    """`crowds` of frames."""
    return engine.map_groups([engine.checkpoint(holders(names, facts), "value")], "value", count_holders, CROWDS)


def holders(names: Frame, facts: Frame) -> Frame:
    """Records that share an identifier: field, value, given_name, family_name; where both are null, PLACES.

    A record is there several times if it states several places.
    """
    points = facts.filter(nw.col("field").is_in(POINTS)).select("record", "field", "value")
    several = points.group_by("field", "value").agg(nw.len().alias("records")).filter(nw.col("records") > 1)
    shared = points.join(several, on=["field", "value"], how="semi")
    named = shared.join(names.select("record", "given_name", "family_name"), on="record", how="left")
    nameless = names.filter(nw.col("given_name").is_null() & nw.col("family_name").is_null()).select("record")
    for place in PLACES:
        stated = facts.filter(nw.col("field") == place).join(nameless, on="record", how="semi")
        named = named.join(stated.select("record", nw.col("value").alias(place)), on="record", how="left")
    return named.drop("record")


def count_holders(bearing: pl.DataFrame) -> pl.DataFrame:
    """The crowds of whole identifiers, from all their `bearers`."""
    named = _with_lone_families(bearing)
    initials = [pl.col(part).str.slice(0, 1) for part in ("given_name", "family_name")]
    either_way = pl.concat_str(pl.min_horizontal(initials), pl.max_horizontal(initials))  # names may be swapped
    givens = initials[0].drop_nulls().n_unique()
    words = pl.col("family_name").str.split(" ").list  # of double names some write one: Ruiz Ortega, Ruiz
    families = [word.drop_nulls().n_unique() for word in (words.first(), words.last())]
    certain = pl.min_horizontal(*families, givens, either_way.drop_nulls().n_unique())
    written = pl.min_horizontal(*families, pl.col("given_name").drop_nulls().n_unique())
    people = pl.max_horizontal(certain, written // SPELLINGS)  # there are no more initials than letters
    firms = pl.min_horizontal(pl.col(place).str.slice(0, BEGINNING).drop_nulls().n_unique() for place in PLACES)
    everybody = pl.when(_is_role()).then(SHARED_BOX).otherwise(1)
    return (
        named.group_by("field", "value")
        .agg(people=people, givens=givens, firms=firms)
        .with_columns(people=pl.max_horizontal("people", "firms", everybody))
        .select("field", "value", "people", givens=pl.max_horizontal("givens", "people"))
        .cast(CROWDS)
    )


BEGINNING = 6  # letters of a place that two ways of writing it have in common


def _with_lone_families(named: pl.DataFrame) -> pl.DataFrame:
    """Bearers of values, of whom one called by a family name alone (Berg, beside Anna Berg) has no given name."""
    families = named.select("field", "value", given_name="family_name").drop_nulls().unique()
    families = families.with_columns(is_family=pl.lit(value=True))
    lone = pl.col("is_family").fill_null(value=False) & pl.col("family_name").is_null()
    return named.join(families, on=["field", "value", "given_name"], how="left").with_columns(
        given_name=pl.when(~lone).then("given_name"),
        family_name=pl.when(lone).then("given_name").otherwise("family_name"),
    )


SPELLINGS = 3  # of a name that one person may be written in
SHARED_BOX = 20  # people at least behind a mailbox of a function


def _is_role() -> pl.Expr:
    box = pl.col("value").str.extract("^([^@]*)@").str.replace_all("[._-]", "")
    return (pl.col("field") == "email") & box.is_in(ROLES)
