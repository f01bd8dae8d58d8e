"""Candidates of survivorship: what records of some contacts state, and what people decided about it."""

from collections.abc import Sequence

import polars as pl

from pipelines.merge.decided_values import FIRST, Decisions, with_decisions
from pipelines.normalise.text import split_cells
from pipelines.project import OpenProject
from pipelines.query.suppression import consents
from pipelines.store.contacts import candidate_values as store
from pipelines.store.contacts.replaced_answers import replaced_answers
from pipelines.store.warehouse.connection import Connection
from schemas.project import MANUAL


def load_candidate_values(project: OpenProject, connection: Connection, contacts: pl.Series) -> pl.DataFrame:
    """Every candidate for a value of these contacts (columns `merge.choice.CANDIDATES`)."""
    lists = [f"attr.{name}" for name, each in project.settings.attributes.items() if each.is_list]
    values = by_member(store.decided_values(connection, contacts), lists)
    of_them = values["contact_id"].unique().sort()  # most contacts nobody has decided anything about
    decisions = Decisions(
        values,
        store.overruled_values(connection, of_them),
        by_member(store.values_since_decision(connection, of_them), lists)
        .group_by("record_key", "field", "value")
        .agg(pl.col("stated_since").min()),
        store.primaries(connection, contacts),
    )
    stated = by_member(store.stated_values(connection, contacts, priorities(project)), lists)
    asked = [f"attr.{name}" for name in consents(project.settings.attributes)]
    current = stated.join(replaced_answers(connection, contacts, asked), on=["record_key", "field"], how="anti")
    return with_decisions(current, decisions, project.settings.attributes)


def by_member(values: pl.DataFrame, lists: Sequence[str]) -> pl.DataFrame:
    """Values (`field`, `value`) with those of lists taken apart, a row for each member; a null stays one."""
    is_list = pl.col("field").is_in(lists) & pl.col("value").is_not_null()
    some = values.filter(is_list)
    if some.is_empty():
        return values
    apart = some.with_columns(split_cells(some["value"], ";").alias("value")).explode("value").drop_nulls("value")
    return pl.concat([values.filter(~is_list), apart])


def priorities(project: OpenProject) -> pl.DataFrame:
    """Which source wins where sources disagree: source, priority (lower wins)."""
    ranked = [(name, source.priority) for name, source in sorted(project.settings.sources.items())]
    return pl.DataFrame([*ranked, (MANUAL, FIRST)], schema={"source": pl.String, "priority": pl.Int64}, orient="row")
