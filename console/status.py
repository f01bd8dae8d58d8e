"""`onecontact status`: how things stand."""

import argparse

from console.opened import opened
from console.run import received_table
from console.screen import as_json, out, say, table
from pipelines.project import OpenProject
from pipelines.store import ask, health
from pipelines.store.connection import Connection


def command(asked: argparse.Namespace) -> int:
    """Deliveries, contacts, exports, and what waits for somebody."""
    with opened(asked) as (project, connection):
        if asked.json:
            as_json(standing(project, connection))
        else:
            draw(project, connection)
    return 0


def standing(project: OpenProject, connection: Connection) -> dict[str, object]:
    """How things stand, for a program."""
    return {
        "project": project.settings.project,
        "last_run": next(iter(ask.last_run(connection).to_dicts()), None),
        "deliveries": ask.deliveries(connection).to_dicts(),
        "contacts": dict(ask.statuses(connection).rows()),
        "records": health.count(connection, "record"),
        "review_queue": health.count(connection, "review_queue"),
        "exports": ask.publications(connection).to_dicts(),
        "waiting": ask.waiting(connection).to_dicts(),
    }


def draw(project: OpenProject, connection: Connection) -> None:
    """How things stand, for a person."""
    run = next(iter(ask.last_run(connection).to_dicts()), None)
    if run is None:
        say(f"{project.settings.project}: no run yet. Put deliveries into the landing area, then `onecontact run`.")
        return
    contacts, records = health.count(connection, "contact"), health.count(connection, "record")
    say(f"{project.settings.project}: {contacts:,} contacts of {records:,} records", style="bold")
    say(f"  last run {run['started_at']:%Y-%m-%d %H:%M} UTC, as of {run['as_of']:%Y-%m-%d %H:%M}")
    for status, number in ask.statuses(connection).iter_rows():
        say(f"  {status}: {number:,}")
    say(f"  waiting for a decision: {health.count(connection, 'review_queue'):,} pairs")
    arrived = ask.deliveries(connection)
    if not arrived.is_empty():
        out.print(received_table(arrived))
    exports = ask.publications(connection)
    if not exports.is_empty():
        columns = ["segment", "rows", "published_at"]
        out.print(table("Exports", columns, exports.select(columns).rows(), right=["rows"]))
    waiting = ask.waiting(connection)
    if not waiting.is_empty():
        columns = ["source", "file_name", "state", "rejected", "way_out"]
        out.print(table("Waiting for somebody", columns, waiting.select(columns).rows(), right=["rejected"]))
