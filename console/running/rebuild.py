"""`onecontact rebuild`: everything derived anew, or the proof that it would come out as it is stored."""

import argparse
from datetime import UTC, datetime

from console.running.match import with_progress
from console.running.run import describe_changes, describe_extent
from console.terminal.exit_codes import FAILED, OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, cell, out, plural, say, table
from pipelines.steps.rebuild import Comparison, Rebuilt, compare, rebuild

SHOWN = 20  # contacts that differ


def command(args: argparse.Namespace) -> int:
    """Rebuild, or only compare."""
    return compare_rebuild(args) if args.compare else run_rebuild(args)


def compare_rebuild(args: argparse.Namespace) -> int:
    """Say whether everything stored is what a rebuild gives; FAILED if it is not."""
    with (
        session(args, writes_as="onecontact rebuild --compare") as (project, connection),
        with_progress(),
    ):
        found = compare(project, connection)
    if args.json:
        as_json(found._asdict() | {"is_equal": found.is_equal, "rows": found.rows, "tables": found.tables.to_dicts()})
    else:
        print_comparison(found)
    return OK if found.is_equal else FAILED


def print_comparison(found: Comparison) -> None:
    """What was found, for a person."""
    say(found.verdict, style="bold")
    say(f"  as of {cell(found.as_of)}, by match model {found.model}; nothing was changed")
    if found.pending:
        wait = "waits" if found.pending == 1 else "wait"
        say(f"  {plural(found.pending, 'record')} {wait} for the next run; the comparison includes them")
    if found.is_equal:
        return
    differing = found.tables.filter((found.tables["missing"] > 0) | (found.tables["surplus"] > 0))
    titles = ["table", "rows stored", "rows rebuilt", "only stored", "only rebuilt"]
    out.print(table("Tables that differ", titles, differing.rows(), right=titles[1:]))
    for contact_id in found.contacts_that_differ[:SHOWN]:
        say(f"  {contact_id}")
    if len(found.contacts_that_differ) > SHOWN:
        say(f"  and {len(found.contacts_that_differ) - SHOWN:,} more: --json has all")


def run_rebuild(args: argparse.Namespace) -> int:
    """Derive everything anew, and say what has become other than it was."""
    with session(args, writes_as="onecontact rebuild") as (project, connection), with_progress():
        made = rebuild(project, connection, f"rebuild:{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}")
    if args.json:
        as_json(made._asdict() | {"changes": made.changes._asdict()})
    else:
        print_rebuilt(made)
    return OK


def print_rebuilt(made: Rebuilt) -> None:
    """What has become other than it was, for a person."""
    say(f"Rebuilt: {describe_extent(made.records, made.contacts)}", style="bold")
    say(f"  as of {cell(made.as_of)}, by match model {made.model}")
    happened = describe_changes(made.changes._asdict())
    say("  " + (", ".join(happened) + ": the next run publishes them" if happened else "No contact has changed."))
