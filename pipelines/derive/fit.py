"""Fitting the match model to the data: by itself when there is twice as much as last time, or when it is asked for."""

from datetime import UTC, datetime

import polars as pl

from pipelines.audit.events import Action, Event
from pipelines.derive.whole_list import WholeList, load_whole_list
from pipelines.match import kernel
from pipelines.match.model.fit import METHOD, fit
from pipelines.match.model.model import Model
from pipelines.match.priors import FEWEST
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.store.audit.record import record
from pipelines.store.matching import all_records, models
from pipelines.store.matching.stated import numbered
from pipelines.store.reads import health
from pipelines.store.warehouse.connection import Connection

GROWN = 2  # times as many records as were there at the last fit


def version_in_use(project: OpenProject, connection: Connection, run_id: str) -> tuple[str, WholeList | None]:
    """The version of the model, a new one when the data has outgrown the last; and what was read for fitting it.

    A model that an older onecontact has fitted in another way is fitted anew.
    """
    version, model = models.current_parameters(connection)
    records = health.count(connection, "record")
    is_current = version != models.SHIPPED and model.method == METHOD
    if records < max(FEWEST, GROWN * model.records if is_current else 0):
        return version, None
    whole = load_whole_list(project, connection)
    return refit(connection, whole, run_id)[0], whole


def refit(connection: Connection, whole: WholeList, run_id: str) -> tuple[str, Model]:
    """Fit a model to all records there are, and use it from now on."""
    model = fit_model(connection, whole)
    version = models.keep_model(connection, model, run_id, datetime.now(UTC))
    record(connection, Event(Action.MODEL_FITTED, "model", version, run_id))
    return version, model


def fit_model(connection: Connection, whole: WholeList) -> Model:
    """The model that these records would give; nothing is kept."""
    progress("fitting the match model", 0, whole.records.count)
    people = people_of(connection, whole)
    model = fit(whole.names, whole.facts, whole.usable_blocks, whole.shared, people, whole.records)
    progress("fitting the match model", whole.records.count, whole.records.count)
    return model


def people_of(connection: Connection, whole: WholeList) -> pl.DataFrame:
    """Whose each record is, as far as contacts and identifiers tell: record, person."""
    with numbered(connection, whole.record_keys.to_frame().with_row_index("record")):
        contacts = all_records.contacts(connection)
    return kernel.people(whole.names, whole.facts, whole.shared, contacts)
