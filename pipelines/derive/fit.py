"""Fitting the match model to the data: by itself when there is twice as much as last time, or when it is asked for."""

from datetime import UTC, datetime

from pipelines.audit.events import Action, Event
from pipelines.derive.comparison_data import NOBODY, ComparisonData, load_comparison_data
from pipelines.match import kernel
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.model.fit import METHOD, fit
from pipelines.match.model.model import Model
from pipelines.match.priors import FEWEST
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.store.audit.record import record
from pipelines.store.matching import models
from pipelines.store.reads import health
from pipelines.store.warehouse.connection import Connection, query

GROWN = 2  # times as many records as were there at the last fit


def version_in_use(project: OpenProject, connection: Connection, run_id: str) -> tuple[str, ComparisonData]:
    """The version of the model, a new one when the data has outgrown the last; and what was read for fitting it.

    A model that an older onecontact has fitted in another way is fitted anew.
    """
    version, model = models.current_parameters(connection)
    records = health.count(connection, "record")
    is_current = version != models.SHIPPED and model.method == METHOD
    if records < max(FEWEST, GROWN * model.records if is_current else 0):
        return version, NOBODY
    own = load_all_records(project, connection)
    return refit(connection, own, run_id)[0], own


def refit(connection: Connection, own: ComparisonData, run_id: str) -> tuple[str, Model]:
    """Fit a model to all records there are, and use it from now on."""
    model = fit_model(own)
    version = models.keep_model(connection, model, run_id, datetime.now(UTC))
    record(connection, Event(Action.MODEL_FITTED, "model", version, run_id))
    return version, model


def load_all_records(project: OpenProject, connection: Connection) -> ComparisonData:
    """All records there are."""
    records = query(connection, "SELECT record_key FROM record ORDER BY record_key")["record_key"]
    return load_comparison_data(project.settings, connection, records)


def fit_model(own: ComparisonData) -> Model:
    """The model that these records would give; nothing is kept."""
    progress("fitting the match model", 0, own.keys.len())
    keys, crowded = kernel.paired_keys(own.names, own.facts), count_shared_identifiers(own.names, own.facts)
    model = fit(own.names, own.facts, keys, crowded)
    progress("fitting the match model", own.keys.len(), own.keys.len())
    return model
