"""The settings that contacts were last derived under, and what depends on them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.audit.events import Action, Event
from pipelines.store.audit.record import record
from pipelines.store.runs.runs import last_run_id
from pipelines.store.warehouse.connection import Connection, query


def kept_settings(connection: Connection) -> dict[str, dict[str, Any]]:
    """Definitions by `attribute.<name>` and `source.<name>`; none before the first run that kept them."""
    rows = connection.execute("SELECT name, definition FROM setting ORDER BY name").fetchall()
    return {name: json.loads(definition) for name, definition in rows}


def keep_settings(connection: Connection, definitions: Mapping[str, Mapping[str, Any]]) -> None:
    """Contacts are derived under these settings now."""
    record(connection, *_changes(kept_settings(connection), definitions, last_run_id(connection)))
    connection.execute("DELETE FROM setting")
    rows = [(name, json.dumps(definition, sort_keys=True)) for name, definition in definitions.items()]
    if rows:
        connection.executemany("INSERT INTO setting VALUES (?, ?)", rows)


def _changes(
    before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]], run_id: str
) -> Iterator[Event]:
    """An event for each setting that is new, gone or another, with the keys that differ."""
    for name in sorted(before.keys() | now.keys()):
        was, becomes = before.get(name, {}), now.get(name, {})
        keys = tuple(key for key in sorted(was.keys() | becomes.keys()) if was.get(key) != becomes.get(key))
        if keys:
            yield Event(Action.CONFIGURATION_CHANGED, "configuration", name, run_id, fields=keys)


def values_of_attribute(connection: Connection, name: str) -> pl.DataFrame:
    """The values contacts have of a custom attribute: value, contacts."""
    return query(
        connection,
        "SELECT value, count(DISTINCT contact_id) AS contacts FROM contact_field WHERE field = ? GROUP BY value "
        "ORDER BY value",
        [f"attr.{name}"],
    )


def contacts_with_attribute(connection: Connection, name: str, values: pl.Series | None = None) -> int:
    """How many contacts have a value of a custom attribute; of these values, if they are given."""
    [(found,)] = connection.execute(
        """SELECT count(DISTINCT contact_id) FROM contact_field
           WHERE field = $1 AND ($2::VARCHAR[] IS NULL OR list_contains($2::VARCHAR[], value))""",
        [f"attr.{name}", None if values is None else values.to_list()],
    ).fetchall()
    return int(found)


def known_sources(connection: Connection) -> list[str]:
    """The sources that have delivered something, sorted."""
    rows = connection.execute("SELECT source FROM delivery UNION SELECT source FROM record ORDER BY source").fetchall()
    return [source for (source,) in rows]


def extent_of_source(connection: Connection, source: str) -> tuple[int, int]:
    """How many records a source has, and of how many contacts they are."""
    [(records, contacts)] = connection.execute(
        """
        SELECT count(DISTINCT r.record_key), count(DISTINCT m.contact_id)
        FROM record r LEFT JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
        WHERE r.source = ?""",
        [source],
    ).fetchall()
    return records, contacts
