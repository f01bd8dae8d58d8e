"""Candidates of survivorship: what records of some contacts state, and what people decided about it."""

import polars as pl

from pipelines.merge.decided_values import FIRST, Decisions, with_decisions
from pipelines.project import OpenProject
from pipelines.store.contacts import candidate_values as store
from pipelines.store.warehouse.connection import Connection
from schemas.project import MANUAL


def load_candidate_values(project: OpenProject, connection: Connection, contacts: pl.Series) -> pl.DataFrame:
    """Every candidate for a value of these contacts (columns `merge.choice.CANDIDATES`)."""
    values = store.decided_values(connection, contacts)
    of_them = values["contact_id"].unique().sort()  # most contacts nobody has decided anything about
    decisions = Decisions(
        values,
        store.overruled_values(connection, of_them),
        store.values_since_decision(connection, of_them),
        store.primaries(connection, contacts),
    )
    stated = store.stated_values(connection, contacts, priorities(project))
    return with_decisions(stated, decisions, project.settings.attributes)


def priorities(project: OpenProject) -> pl.DataFrame:
    """Which source wins where sources disagree: source, priority (lower wins)."""
    ranked = [(name, source.priority) for name, source in sorted(project.settings.sources.items())]
    return pl.DataFrame([*ranked, (MANUAL, FIRST)], schema={"source": pl.String, "priority": pl.Int64}, orient="row")
