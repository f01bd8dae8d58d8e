"""Match models: what earlier data taught, kept under a number, used until the next fit."""

import json
from collections.abc import Mapping
from datetime import datetime

import polars as pl

from pipelines.match.model.model import Model, unfitted
from pipelines.store.warehouse.connection import Connection, query, register, value

SHIPPED = "shipped"  # version of the model that nothing has been fitted to
FITTED = "fit-"  # versions of the others, with their number


def current_model(connection: Connection) -> tuple[str, Model]:
    """The model in use and its version; the shipped one before the first fit."""
    version, model = current_parameters(connection)
    if version == SHIPPED:
        return version, model
    number = int(version.removeprefix(FITTED))
    shares = query(connection, "SELECT field, value, share FROM term_frequency WHERE number = ? ORDER BY ALL", [number])
    names = query(
        connection, "SELECT value, records FROM full_name_frequency WHERE number = ? ORDER BY value", [number]
    )
    by_field = {str(field): own.drop("field") for (field,), own in shares.group_by("field", maintain_order=True)}
    return version, model._replace(shares=by_field, names=names)


def current_parameters(connection: Connection) -> tuple[str, Model]:
    """The model in use without its tables of values, and its version."""
    rows = query(connection, "SELECT number, records, parameters FROM match_model ORDER BY number DESC LIMIT 1")
    if rows.is_empty():
        return SHIPPED, unfitted()
    number, records, parameters = rows.row(0)
    kept = json.loads(parameters)
    shipped = unfitted(records, kept["kind"])  # has what a model of an older onecontact did not
    return f"{FITTED}{number}", shipped._replace(**kept | {"m": {**shipped.m, **_known_levels(shipped, kept["m"])}})


def _known_levels(shipped: Model, m: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """M of fields as kept, each with all levels there are now."""
    return {
        field: {level: own.get(level, each) for level, each in shipped.m[field].items()} for field, own in m.items()
    }


def chances(connection: Connection) -> dict[str, float]:
    """By field, how likely two strangers have the same value, where the model in use has counted values."""
    return dict(query(connection, "SELECT field, sum(share * share) FROM term_frequency GROUP BY field").iter_rows())


def keep_model(connection: Connection, model: Model, run_id: str, fitted_at: datetime) -> str:
    """Keep a fitted model, which is the one in use from now on; its version. Only the newest keeps its tables."""
    number = int(value(connection, "SELECT coalesce(max(number), 0) + 1 FROM match_model"))
    parameters = {name: each for name, each in model._asdict().items() if name not in ("records", "shares", "names")}
    shares = pl.concat(
        [own.select(pl.lit(field).alias("field"), "value", "share") for field, own in model.shares.items()]
    )
    connection.execute("DELETE FROM term_frequency")
    connection.execute("DELETE FROM full_name_frequency")
    connection.execute(
        "INSERT INTO match_model VALUES (?, ?, ?, ?, ?)",
        [number, fitted_at, run_id, model.records, json.dumps(parameters, sort_keys=True)],
    )
    with register(connection, shares=shares, names=model.names):
        connection.execute("INSERT INTO term_frequency SELECT ?, field, value, share FROM shares", [number])
        connection.execute("INSERT INTO full_name_frequency SELECT ?, value, records FROM names", [number])
    return f"{FITTED}{number}"
