"""`onecontact status`: how things stand."""

import argparse

from console.running.open_work import ignored_columns, open_work
from console.running.run import received_table
from console.terminal.open_project import session
from console.terminal.screen import as_json, cell, out, plural, say, table
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions
from pipelines.store.reads import contact_details, health
from pipelines.store.warehouse.connection import Connection


def command(args: argparse.Namespace) -> int:
    """Deliveries, contacts, exports, and what waits for somebody."""
    with session(args) as (project, connection):
        if args.json:
            as_json(status_json(project, connection))
        else:
            draw(project, connection)
    return 0


def status_json(project: OpenProject, connection: Connection) -> dict[str, object]:
    """How things stand, for a program."""
    return {
        "project": project.settings.project,
        "last_run": next(iter(contact_details.last_run(connection).to_dicts()), None),
        "deliveries": contact_details.deliveries(connection).to_dicts(),
        "contacts": dict(contact_details.statuses(connection).rows()),
        "records": health.count(connection, "record"),
        "blocked_conversations": decisions.blocked_conversations(connection).height,
        "review_queue": contact_details.review_queue(connection).to_dicts(),
        "exports": contact_details.publications(connection).to_dicts(),
        "problems": contact_details.problems(connection).to_dicts(),
        "waiting": [*open_work(project, connection, names=True)],
    }


def draw(project: OpenProject, connection: Connection) -> None:
    """How things stand, for a person."""
    run = next(iter(contact_details.last_run(connection).to_dicts()), None)
    if run is None:
        say(f"{project.settings.project}: no run yet. Put deliveries into the landing area, then `onecontact run`.")
        return
    contacts, records = health.count(connection, "contact"), health.count(connection, "record")
    say(f"{project.settings.project}: {plural(contacts, 'contact')} of {plural(records, 'record')}", style="bold")
    say(f"  last run {cell(run['started_at'])}, as of {cell(run['as_of'])} (times in {project.settings.timezone})")
    for status, number in contact_details.statuses(connection).iter_rows():
        say(f"  {status}: {number:,}")
    say(f"  review queue: {plural(health.count(connection, 'review_queue'), 'pair')}")
    aside = decisions.blocked_conversations(connection).height
    if aside:
        say(f"  suppressed: {plural(aside, 'conversation')} of blocked contacts, see `list --blocked-conversations`")
    arrived = contact_details.deliveries(connection)
    if not arrived.is_empty():
        out.print(received_table(arrived))
    exports = contact_details.publications(connection)
    if not exports.is_empty():
        columns = ["segment", "rows", "published_at"]
        out.print(table("Exports", columns, exports.select(columns).rows(), right=["rows"]))
    shown = out.is_terminal
    for line in (*ignored_columns(connection, names=shown), *open_work(project, connection, names=shown)):
        say(f"  {line}")
