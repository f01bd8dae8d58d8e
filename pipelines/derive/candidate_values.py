"""Candidates of survivorship: what records of some contacts state, and what people decided about it."""

from collections.abc import Sequence

import polars as pl

from pipelines.merge.decided_values import FIRST, NO_DECISIONS, Decisions, with_decisions
from pipelines.normalise.text import split_cells
from pipelines.project import OpenProject
from pipelines.query.suppression import consents
from pipelines.store.contacts import candidate_values as store
from pipelines.store.contacts.numbers import Numbered, number_contacts
from pipelines.store.contacts.replaced_answers import replaced_answers
from pipelines.store.warehouse.connection import Connection
from schemas.project import MANUAL


def load_candidate_values(project: OpenProject, connection: Connection, contacts: pl.Series) -> pl.DataFrame:
    """Every candidate for a value of these contacts (columns `merge.choice.CANDIDATES`)."""
    numbered = number_contacts(connection, contacts)
    return numbered.keyed(candidates_of_members(project, connection, numbered))


def candidates_of_members(project: OpenProject, connection: Connection, numbered: Numbered) -> pl.DataFrame:
    """`load_candidate_values` of members that have been numbered, with numbers in place of keys."""
    attributes = project.settings.attributes
    lists = [f"attr.{name}" for name, each in attributes.items() if each.is_list]
    stated = by_member(store.stated_values(connection, priorities(project)), lists)
    asked = [f"attr.{name}" for name in consents(attributes)]
    replaced = numbered.numbered(replaced_answers(connection, numbered.contacts, asked))
    current = stated if replaced.is_empty() else stated.join(replaced, on=["record_key", "field"], how="anti")
    if not store.has_decisions(connection):
        return with_decisions(current, NO_DECISIONS, attributes)
    decisions = Decisions(
        by_member(store.decided_values(connection), lists),
        store.overruled_values(connection),
        by_member(store.values_since_decision(connection), lists)
        .group_by("record_key", "field", "value")
        .agg(pl.col("stated_since").min()),
        store.primaries(connection),
    )
    concerned = pl.concat([decisions.values["contact_id"], decisions.primaries["contact_id"]]).unique()
    is_concerned = pl.col("contact_id").is_in(concerned.implode())  # most contacts nobody has decided anything about
    return pl.concat(
        [
            with_decisions(current.filter(~is_concerned), NO_DECISIONS, attributes),
            with_decisions(current.filter(is_concerned), decisions, attributes),
        ]
    )


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
