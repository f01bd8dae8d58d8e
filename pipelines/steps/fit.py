"""Fitting the match model to the data: by itself when there is twice as much as last time, or when it is asked for."""

from datetime import UTC, datetime

from pipelines.match.blocking import paired_keys
from pipelines.match.crowds import crowds
from pipelines.match.fit import fit
from pipelines.match.model import Model
from pipelines.match.records import encoded
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.steps.compared import compared
from pipelines.store import health, models
from pipelines.store.connection import Connection, query

FEWEST = 1_000  # records; fewer teach less than the shipped priors know
GROWN = 2  # times as many records as were there at the last fit


def version_in_use(project: OpenProject, connection: Connection, run_id: str) -> str:
    """The version of the model; a new one when the data has outgrown the last."""
    version, model = models.current_parameters(connection)
    records = health.count(connection, "record")
    outgrown = 0 if version == models.SHIPPED else GROWN * model.records
    return refit(project, connection, run_id)[0] if records >= max(FEWEST, outgrown) else version


def refit(project: OpenProject, connection: Connection, run_id: str) -> tuple[str, Model]:
    """Fit a model to all records there are, and use it from now on."""
    model = fitted(project, connection)
    return models.keep_model(connection, model, run_id, datetime.now(UTC)), model


def fitted(project: OpenProject, connection: Connection) -> Model:
    """The model that all records there are would give; nothing is kept."""
    records = query(connection, "SELECT record_key FROM record ORDER BY record_key")["record_key"]
    progress("fitting the match model", 0, records.len())
    own = compared(project.settings, connection, records)
    known = encoded(records.len(), own.names, own.facts)
    model = fit(known, paired_keys(own.names, own.facts), crowds(own.names, own.facts))
    progress("fitting the match model", records.len(), records.len())
    return model
