"""Who is surely one person before anybody has been matched: so that no value of one person alone stays in a model."""

import narwhals as nw
import polars as pl

from pipelines.match.clusters.components import components
from pipelines.match.comparison.records import POINTS
from pipelines.match.engines.engine import Engine, Frame

PEOPLE = pl.Schema({"record": pl.UInt32, "person": pl.UInt32})
CONTACTS = pl.Schema({"record": pl.UInt32, "contact": pl.UInt32})


def people_on(engine: Engine, names: Frame, facts: Frame, crowds: Frame, contacts: Frame | None = None) -> Frame:
    """The person of each record, known by the smallest of its records: record, person.

    Records are one person's that one contact holds, or that share an identifier which one person has, as far as its
    names say (`crowds`: field, value, people, …). `contacts`: record, contact, of records that belong to one.
    """
    points = facts.filter(nw.col("field").is_in(POINTS)).select("record", "field", "value")
    own = points.join(crowds.filter(nw.col("people") == 1), on=["field", "value"], how="semi")
    edges = _stars(own, "field", "value")
    if contacts is not None:
        edges = nw.concat([edges, _stars(contacts, "contact")])
    tied = components(engine, engine.checkpoint(edges))
    person = nw.coalesce("component", "record").alias("person")
    return engine.checkpoint(names.select("record").join(tied, on="record", how="left").select("record", person))


def _stars(frame: Frame, *by: str) -> Frame:
    """Edges (lo, hi) from the first record of each group to its others."""
    first = frame.group_by(*by).agg(nw.col("record").min().alias("lo"))
    return frame.join(first, on=list(by)).select("lo", nw.col("record").alias("hi")).filter(nw.col("lo") < nw.col("hi"))
