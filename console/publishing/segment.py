"""`onecontact segment`: what is wrong with segments, who is in them, who entered and left."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.publishing.describe import described, diff_table, preview_table, since_of
from console.publishing.import_chatwoot import import_filter
from console.terminal.exit_codes import FAILED, OK, WRONG, print_error
from console.terminal.open_project import session
from console.terminal.screen import as_json, cell, out, plural, printable, say, table
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject, open_project
from pipelines.query.to_sql import to_sql
from pipelines.steps.segments.compile import compile_each, compile_segment
from pipelines.steps.segments.inspect.difference import difference
from pipelines.steps.segments.inspect.examples import EXAMPLES
from pipelines.steps.segments.inspect.preview import now_of, preview_segment
from pipelines.steps.segments.words import in_words
from pipelines.store.reads import exports as store
from pipelines.store.reads.fitting_contacts import existing_values, fitting_query
from pipelines.store.warehouse.connection import Connection
from schemas.configuration import nearest
from schemas.segment import Segment
from schemas.segment_files import SEGMENTS


def command(args: argparse.Namespace) -> int:
    """Do what is asked of segments."""
    if args.action == "new":
        return new(args)
    if args.action == "import-chatwoot":
        return import_filter(args)
    with session(args, ingests=False) as (project, connection):
        if args.action == "check":
            return check(args, project, connection)
        if args.action == "list":
            return list_segments(args, project, connection)
        segment = named(project, args.name)
        return {"preview": preview, "diff": diff, "sql": sql}[args.action](args, project, connection, segment)


def named(project: OpenProject, name: str) -> Segment:
    """The segment of a name. Raises ConfigurationError with what is wrong with it, or the nearest one there is."""
    for segment in project.segments:
        if segment.segment == name:
            return segment
    for broken in project.broken:
        if broken.segment == name:
            raise ConfigurationError(broken.faults)
    raise ConfigurationError(f"no segment `{name}`{nearest(name, [each.segment for each in project.segments])}")


def check(args: argparse.Namespace, project: OpenProject, connection: Connection) -> int:
    """Say what is wrong with segments, and which expectations would stop them now."""
    for name in args.names:
        if name not in {each.segment for each in project.broken}:
            named(project, name)
    broken = [
        each for each in compile_each(project, datetime.now(UTC)).broken if not args.names or each.segment in args.names
    ]
    wrong = {each.segment for each in broken}
    fine = [each for each in chosen(project, args.names) if each.segment not in wrong]
    unmet = {each.segment: preview_segment(project, connection, each, 0).unmet for each in fine if is_expecting(each)}
    if args.json:
        as_json({"broken": {each.segment: each.faults.splitlines() for each in broken}, "unmet": unmet})
    else:
        for each in fine:
            if not unmet.get(each.segment):
                say(f"{each.segment}: in order")
        for name, said in unmet.items():
            for one in said:
                print_error(f"segment {name}: expect.{one}", FAILED)
        for one_broken in broken:
            print_error(one_broken.faults, WRONG)
    return WRONG if broken else FAILED if any(unmet.values()) else OK


def chosen(project: OpenProject, names: Sequence[str]) -> list[Segment]:
    """The segments that are named, or all."""
    return [each for each in project.segments if not names or each.segment in names]


def is_expecting(segment: Segment) -> bool:
    """Whether a segment has expectations."""
    return bool(segment.expect.model_dump(exclude_defaults=True))


def list_segments(args: argparse.Namespace, project: OpenProject, connection: Connection) -> int:
    """Say which segments there are, and when each was published last."""
    broken = compile_each(project, datetime.now(UTC)).broken
    faults = {each.segment: each.faults for each in broken}
    readable = {each.segment: each for each in project.segments}
    rows: list[dict[str, Any]] = []
    for name in sorted({*readable, *faults}):
        last = store.last_publication(connection, name)
        segment = readable.get(name)
        rows.append(
            {
                "segment": name,
                "description": segment.description if segment else "",
                "owner": segment.owner if segment else "",
                "format": str(segment.format) if segment else "",
                "schedule": segment.schedule if segment else "",
                "filter": in_words(segment.where) if segment else "",
                "contacts": last.rows if last else None,
                "published_at": last.published_at if last else None,
                "fault": faults.get(name),
            }
        )
    if args.json:
        as_json(rows)
        return OK
    if not rows:
        say("No segments. `onecontact segment new NAME --like audience` begins one.")
        return OK
    titles = ["segment", "contacts", "format", "owner", "published", "who"]
    lines = [
        [each["segment"], each["contacts"], each["format"], each["owner"], each["published_at"], state_of(each)]
        for each in rows
    ]
    out.print(table("Segments", titles, lines, right=["contacts"]))
    return OK


def state_of(row: dict[str, Any]) -> str:
    """Who is in a segment, or that it cannot be published."""
    return "cannot be published: `onecontact segment check` says why" if row["fault"] else row["filter"]


def preview(args: argparse.Namespace, project: OpenProject, connection: Connection, segment: Segment) -> int:
    """Count the contacts of a segment, and show some of them masked."""
    found = preview_segment(project, connection, segment, args.rows)
    if args.json:
        as_json({**found._asdict(), "sample": found.sample.to_dicts(), "suppressed": found.suppressed._asdict()})
        return OK
    say(f"{segment.segment}: {plural(found.contacts, 'contact')}{described(found)}")
    say(f"  {printable(in_words(segment.where))}")
    if not found.sample.is_empty():
        out.print(preview_table(segment, found.sample))
        say("Values are masked; the file has them whole.")
    for each in found.unmet:
        print_error(f"would not be published: expect.{each}", FAILED)
    return OK


def diff(args: argparse.Namespace, project: OpenProject, connection: Connection, segment: Segment) -> int:
    """Say who entered and left a segment since a publication."""
    zone = ZoneInfo(project.settings.timezone)
    since = since_of(store.publications(connection, segment.segment), args.since, zone)
    found = difference(project, connection, segment, since)
    if args.json:
        as_json(
            {
                "segment": segment.segment,
                "since": {"export_id": since.export_id, "published_at": since.published_at, "run_id": since.run_id},
                "before": found.before,
                "now": found.now,
                "merged": found.merged,
                "moved": found.moved.to_dicts(),
            }
        )
        return OK
    say(f"{segment.segment} since {cell(since.published_at)}: {found.before:,} contacts then, {found.now:,} now")
    if found.merged:
        say(f"  {plural(found.merged, 'id')} of then {'is' if found.merged == 1 else 'are'} merged into others in it")
    diff_table(connection, found, args.limit)
    return OK


def sql(args: argparse.Namespace, project: OpenProject, connection: Connection, segment: Segment) -> int:
    """Print the query of a segment, and the values that its marks stand for."""
    condition = to_sql(compile_segment(project, segment, now_of(connection)), existing_values(connection))
    query = fitting_query(condition.sql)
    if args.json:
        as_json({"sql": query, "parameters": condition.parameters})
    else:
        say(query)
        for number, value in enumerate(condition.parameters, 1):
            say(f"-- ?{number}: {printable(str(value))}")
    return OK


def new(args: argparse.Namespace) -> int:
    """Write a segment to begin with."""
    project = open_project(args.project, ingests=False)
    path = project.folder / SEGMENTS / f"{args.name}.yaml"
    if path.exists() or any(each.segment == args.name for each in project.segments):
        raise ConfigurationError(f"there is a segment {args.name} already: choose another name")
    text = EXAMPLES[args.like](args.name, project.settings.attributes)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    say(f"Wrote {path}.")
    say(f"Next: fill in owner, purpose and recipients, then `onecontact segment preview {args.name}`.")
    return OK
