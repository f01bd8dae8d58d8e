"""`onecontact run`: the refresh job, and what it did on one screen."""

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from console.running.init import make_dagster_home
from console.running.open_work import ignored_columns, open_work
from console.terminal.exit_codes import BUSY, FAILED, INTERRUPTED, OK, STOPPED, print_error
from console.terminal.open_project import require_init
from console.terminal.screen import as_json, out, plural, say, show_progress, table
from pipelines.errors import ConfigurationError
from pipelines.landing.arrivals import require_files
from pipelines.progress import listening
from pipelines.project import OpenProject, open_project
from pipelines.steps.publish import FOLDER
from pipelines.steps.publish_id_changes import FILE as ID_FILE
from pipelines.steps.roles.snapshots import role_faults
from pipelines.store.ingest.file_problems import file_problems
from pipelines.store.ingest.unreachable_sources import unreachable
from pipelines.store.matching.merge_confidence import confidence_of_new_sources
from pipelines.store.reads import contact_details, health
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.keys import load_key
from schemas.segment import ID_CHANGES

COUNTS = ("files", "rows_read", "created", "updated", "unchanged", "duplicate_in_file", "rejected", "corrected",
          "quarantined", "skipped", "held", "refused")  # fmt: skip
MOVED = (("merged", "merged into another"), ("split", "split off"))
TITLES = {"rows_read": "rows", "duplicate_in_file": "duplicate", "quarantined": "quarantined"}


def command(args: argparse.Namespace) -> int:
    """Run everything once."""
    moment(args.as_of)
    project = open_project(args.project)
    require_init(project)
    require_runnable(project)
    make_dagster_home(project)
    with show_progress() as tell, listening(tell):
        tell("starting Dagster", 0, None)
        from assets.launch import refresh  # Dagster takes two seconds to load

        run = refresh(
            project.folder, project.dagster_home, args.as_of or "", args.wait, accept_change=args.accept_change
        )
    if run.interrupted:
        return print_error(STOPPED, INTERRUPTED)
    if not run.success:
        for name, why in run.unpublished.items():
            print_error(f"{FOLDER}/{name} was not published: {why}", FAILED)
        for failure in run.failures or ["a step failed; `onecontact dev` shows which"]:
            print_error(failure, FAILED)
        return BUSY if "StoreBusy" in run.kinds else FAILED
    with project.warehouse(read_only=True, patience=args.wait) as connection:
        if args.json:
            more: dict[str, Any] = {
                "waiting": [*open_work(project, connection, names=False)],
                "lost": [*ignored_columns(connection, run.run_id, names=False)],
            }
            more["settings"] = run.told.get("deliveries", {}).get("settings", [])
            more["new_rules"] = run.told.get("contacts", {}).get("new_rules", {})
            more["unpublished"] = dict(run.unpublished)
            as_json({"run_id": run.run_id, "success": run.success, "assets": asset_counts(run.told), **more})
        else:
            print_summary(project, connection, run.run_id, run.told)
        missing, stuck = unreachable(connection), file_problems(connection)
    if missing:
        print_error(f"could not reach {', '.join(missing)}; everything else is done", FAILED)
    if stuck:
        files, sources = plural(len(stuck), "file"), ", ".join(sorted({each.source for each in stuck}))
        print_error(f"{files} of {sources} could not be read or put away: `onecontact status` says why", FAILED)
    for name, why in run.unpublished.items():
        print_error(f"{FOLDER}/{name} was not published, and what was published before stays: {why}", FAILED)
    return FAILED if missing or stuck or run.unpublished else OK


def require_runnable(project: OpenProject) -> None:
    """Find in the keys, the sources and the roles what would make a run fail, before anything starts."""
    load_key(project.folder, project.settings.keys.warehouse)
    project.ids()
    require_files(project.folder, project.settings.sources)
    if faults := role_faults(project, datetime.now(UTC)):
        raise ConfigurationError("\n".join(faults))


def moment(text: str | None) -> None:
    """Refuse a moment nobody can read before anything starts."""
    try:
        datetime.fromisoformat(text or "2026-01-01")
    except ValueError:
        text = None
    else:
        return
    raise ConfigurationError("--as-of must be a time such as 2026-11-20 or 2026-11-20T12:00:00+01:00")


def asset_counts(told: Any) -> dict[str, dict[str, Any]]:
    """What assets told of themselves, without what is only for looking at."""
    return {
        asset: {name: value for name, value in metadata.items() if isinstance(value, int | float | bool)}
        for asset, metadata in told.items()
    }


def print_summary(project: OpenProject, connection: Connection, run_id: str, told: Any) -> None:
    """One screen for somebody who sees this for the first time."""
    received, contacts = told.get("deliveries", {}), told.get("contacts", {})
    arrived = contact_details.deliveries(connection, run_id)
    known = received.get("known", 0)
    if arrived.is_empty() and not known:
        say("\nNothing new: no files in the folders of the sources.")
    elif arrived.is_empty():
        files = "the 1 file in the landing area is" if known == 1 else f"all {known:,} files in the landing area are"
        say(f"\nNothing new: {files} known.")
    else:
        say()
        out.print(received_table(arrived))
    print_contact_changes(connection, contacts, told)
    for change in received.get("settings", []):
        say(f"  {change}")
    if rules := contacts.get("new_rules"):
        say("What the rules of this version have changed here, said once:")
        for sentence, number in rules.items():
            say(f"  {number:,} {sentence}")
    print_confidence(connection, run_id)
    for name, each in told.items():
        if name.startswith(f"{FOLDER}/"):
            published(name.removeprefix(f"{FOLDER}/"), each)
    print_next_steps(project, connection, run_id, received)


def published(name: str, told: Any) -> None:
    """What became of a dataset, in words; of the ids that moved, only where there are any."""
    verb, rows = "published" if told["published"] else "unchanged", told["dagster/row_count"]
    if name != ID_CHANGES:
        left_out = f", {told['suppressed']:,} left out: address suppressed" if told.get("suppressed") else ""
        included = told.get("suppressed_included")
        among = f", {included:,} of them with a suppressed address, as it asks" if included else ""
        say(f"  {FOLDER}/{name}/{told['file']}: {plural(rows, 'contact')}{among}{left_out}, {verb}")
    elif rows:
        say(f"  {FOLDER}/{name}/{ID_FILE}: {plural(rows, 'change')} of ids, {verb}")


def received_table(arrived: pl.DataFrame) -> Any:
    """Files and rows of a run by source."""
    shown = [column for column in COUNTS if column in ("files", "rows_read") or arrived[column].sum()]
    rows = [[row["source"], *(row[column] for column in shown)] for row in arrived.to_dicts()]
    titles = ["source", *(TITLES.get(column, column) for column in shown)]
    return table("Received", titles, rows, right=titles[1:])


def print_contact_changes(connection: Connection, contacts: Any, told: Any) -> None:
    """What became of contacts, in words."""
    records, total = (health.count(connection, table) for table in ("record", "contact"))
    say(f"{describe_extent(records, total)}.")
    happened = describe_changes(contacts)
    waiting = told.get("review_queue", {}).get("dagster/row_count", 0)
    decided = told.get("decisions", {})
    if happened or not decided.get("applied"):
        say("  " + (", ".join(happened) if happened else "No contact has changed."))
    if decided.get("applied"):
        say(f"  {describe_requests(decided)}: `onecontact decisions` lists them")
    if aside := contacts.get("blocked_conversations"):
        say(f"  {describe_set_aside(aside, contacts.get('newly_blocked_conversations', 0))}")
    if waiting:
        say(f"  {plural(waiting, 'pair')} in the review queue: `onecontact review` decides them.")


def describe_extent(records: int, contacts: int) -> str:
    """How many contacts the records of a project are."""
    return f"{plural(records, 'record')} {'is' if records == 1 else 'are'} {plural(contacts, 'contact')}"


def print_confidence(connection: Connection, run_id: str) -> None:
    """How sure the merges of sources are that have delivered for the first time, in one line."""
    new = confidence_of_new_sources(connection, run_id)
    if new.contacts:
        hold, rest = ("holds" if new.contacts == 1 else "hold"), ("rests" if new.one_identifier == 1 else "rest")
        say(
            f"  {plural(new.contacts, 'contact')} of new sources {hold} several records: {new.one_identifier:,} {rest} "
            f"on one shared identifier, {new.no_identifier:,} on none; {new.wrong:.1f} of them are wrong by the model's"
            " odds"
        )


def describe_changes(contacts: Mapping[str, Any]) -> list[str]:
    """What became of contacts, counted by kind; kinds of which there are none are left out."""
    return [
        f"{contacts[kind]:,} {words}"
        for kind, words in (
            ("created", "new"),
            ("changed", "changed"),
            ("merged", "merged into another"),
            ("split", "split off"),
            ("reused", "under a record id that somebody else had"),
            ("status_changed", "changed status because time passed"),
        )
        if contacts.get(kind)
    ]


def describe_set_aside(conversations: int, newly: int) -> str:
    """How many conversations are set aside, and how many of them with messages of this run."""
    if conversations == 1:
        news = f"is set aside, {'with' if newly else 'without'} new messages"
    else:
        news = f"are set aside, {f'{newly:,}' if newly else 'none'} of them with new messages"
    aside = f"{plural(conversations, 'conversation')} of blocked contacts {news}"
    return f"{aside}: `onecontact list --blocked-conversations`"


def describe_requests(decided: Mapping[str, Any]) -> str:
    """What change requests did, in words."""
    kinds = [(name.removeprefix("applied_"), n) for name, n in decided.items() if name.startswith("applied_")]
    by_kind = ", ".join(f"{n:,} {kind}" for kind, n in sorted(kinds))
    effect = [plural(decided["contacts"], "contact") + " changed"]
    effect += [f"{decided[name]:,} {words}" for name, words in MOVED if decided[name]]
    return f"{plural(decided['applied'], 'decision')} of landing/decisions applied ({by_kind}): {', '.join(effect)}"


def print_next_steps(project: OpenProject, connection: Connection, run_id: str, received: Any) -> None:
    """What waits for somebody, and what to try."""
    shown = out.is_terminal
    for line in (*ignored_columns(connection, run_id, names=shown), *open_work(project, connection, names=shown)):
        say(f"  {line}")
    if received.get("outdated"):
        say(
            f"  {plural(received['outdated'], 'file')} read under other settings of their source, and kept as read "
            "then: a copy with another date in its name is read anew"
        )
    say("\nTry next", style="bold")
    example = contact_details.example_contact(connection)
    contact = example and (example[1] if out.is_terminal else example[0])
    for words in (["show", contact] if contact else None, ["list", "--status", "active"], ["status"], ["dev"]):
        if words:
            say(f"  {spelt(words, project.folder)}")


def spelt(words: Sequence[str], folder: Path) -> str:
    """A command as it can be typed here: with the path of `onecontact` if it is not on the PATH, and the project."""
    program = sys.argv[0] if shutil.which("onecontact") is None else "onecontact"
    where = Path(os.path.relpath(folder))
    project = [] if where == Path() else ["--project", str(where)]
    return shlex.join([os.path.relpath(program) if os.sep in program else program, *words, *project])
