"""`onecontact check`: what a run would make of a file, without taking it in."""

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from console.running.run import spelt
from console.terminal.exit_codes import OK, WOULD_REFUSE
from console.terminal.open_project import require_init, say_waiting
from console.terminal.screen import as_json, clock, out, plural, say, show_progress, table
from pipelines.errors import ConfigurationError
from pipelines.landing.arrivals import every_source
from pipelines.progress import listening
from pipelines.project import OpenProject, open_project
from pipelines.read.catalogue.detect import sample
from pipelines.read.tables.contact_table import IGNORE
from pipelines.read.tables.header_words import fold, shown
from pipelines.steps.check import SHOWN, Checked, check, is_in_landing, source_of
from pipelines.steps.segments.compile import compile_segments
from pipelines.steps.setting_changes import require_no_unnamed_rename, setting_changes
from schemas.configuration import nearest
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Action, DeliveryState, Outcome

HEADERS = 12  # shown of a file without a known one
# What a code says of values that are not what they should be, behind how many there are.
DOUBTS = {
    ErrorCode.PHONE_FROM_SPREADSHEET: ("phone looks", "phones look", "as if damaged by a spreadsheet"),
    ErrorCode.PHONE_SCIENTIFIC_NOTATION: ("phone has", "phones have", "lost digits in a spreadsheet"),
    ErrorCode.ID_SCIENTIFIC_NOTATION: ("record id has", "record ids have", "lost digits in a spreadsheet"),
    ErrorCode.PHONE_COUNTRY_ASSUMED: ("phone has", "phones have", "no plus and may be of another country"),
    ErrorCode.PHONE_PLACEHOLDER: ("phone", "phones", "of repeated or running digits: nobody is matched by them"),
    ErrorCode.PHONE_POSSIBLE_NOT_VALID: ("phone", "phones", "of a kind that no country has given out"),
    ErrorCode.PHONE_NO_REGION: ("phone has", "phones have", "no country code, and the source no region"),
    ErrorCode.IDENTIFIER_MASKED: ("value has", "values have", "hidden signs, such as ***"),
    ErrorCode.TEXT_DAMAGED: ("text has", "texts have", "lost letters, shown as �"),
    ErrorCode.EMAIL_DOMAIN_MISSPELT: ("e-mail domain looks", "e-mail domains look", "like a slip"),
    ErrorCode.PHONE_UNPARSEABLE: ("phone is", "phones are", "no phone number"),
    ErrorCode.EMAIL_SYNTAX: ("e-mail is", "e-mails are", "no e-mail address"),
    ErrorCode.IDENTIFIER_BLOCKED_VALUE: ("value stands", "values stand", "for nobody, such as unknown or n/a"),
    ErrorCode.DATE_AMBIGUOUS: ("date is", "dates are", "open between day and month: say `locale` of the source"),
    ErrorCode.HEADER_DUPLICATE: ("row states", "rows state", "two values of one thing in columns of one header"),
}
ALWAYS = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.REJECTED)


def command(args: argparse.Namespace) -> int:
    """Read a file as a run would, say what would become of its rows, and forget it."""
    project = open_project(args.project)
    require_init(project)
    clock.zone = ZoneInfo(project.settings.timezone)
    if args.file is None:
        return check_project(args, project)
    if args.file.is_dir():
        raise ConfigurationError(f"{args.file}: is a folder: name a file of it")
    if not args.file.is_file():
        raise ConfigurationError(f"{args.file}: no such file")
    source = chosen(project, args.file, args.source)
    opened = project.warehouse(as_it_is=True, patience=args.wait, purpose="onecontact check", waiting=say_waiting)
    with show_progress() as tell, listening(tell), opened as connection:
        found = check(project, connection, args.file, source)
    if args.json:
        as_json(answer(found))
    else:
        print_findings(project, args.file, found)
    is_taken = found.taken.state == DeliveryState.ACCEPTED and not found.before
    is_fine = is_taken and not found.taken.outcomes[Outcome.REJECTED]
    return OK if is_fine else WOULD_REFUSE


def check_project(args: argparse.Namespace, project: OpenProject) -> int:
    """Say what changes of onecontact.yaml since the last run would cost; segments are compiled, nothing is written."""
    compile_segments(project, datetime.now(UTC))
    with project.warehouse(as_it_is=True, patience=args.wait, waiting=say_waiting) as connection:
        require_no_unnamed_rename(project, connection)
        changes = setting_changes(project, connection)
    if args.json:
        as_json({"settings": changes})
    elif changes:
        say("A run would now come to this:")
        for change in changes:
            say(f"  {change}")
    else:
        say("onecontact.yaml and the segments are in order, and no change since the last run costs anything.")
    return OK


def chosen(project: OpenProject, path: Path, named: str | None) -> str:
    """The source that was named, or the one the file belongs to."""
    if named is None:
        return source_of(project, path)
    known = every_source(project.settings)
    if named not in known:
        raise ConfigurationError(f"no source `{named}`{nearest(named, sorted(known))}")
    return named


def answer(found: Checked) -> dict[str, Any]:
    """What was found, for a program."""
    taken = found.taken
    return {
        "source": taken.source,
        "known": found.known,
        "before": found.before and {"state": found.before.state, "code": found.before.code},
        "state": str(taken.state),
        "code": taken.code or (ErrorCode.FILE_ALREADY_IMPORTED.value if found.known else None),
        "way_out": found.way_out,
        "columns": found.columns,
        "rows_read": taken.outcomes.total(),
        "outcomes": {outcome.value: taken.outcomes[outcome] for outcome in Outcome},
        "codes": found.codes.to_dicts(),
        "problems": found.problems.to_dicts(),
    }


def print_findings(project: OpenProject, path: Path, found: Checked) -> None:
    """What was found, for a person."""
    taken = found.taken
    counts = {outcome: taken.outcomes[outcome] for outcome in Outcome if outcome in ALWAYS or taken.outcomes[outcome]}
    if taken.outcomes:
        names = ["rows_read", *counts]
        row = [taken.outcomes.total(), *counts.values()]
        titles = [name.replace("_", " ") for name in names]
        out.print(table(f"{path.name}, as {taken.source}", titles, [row], right=titles))
    if read := columns_read(project, found.columns):
        say(f"Columns read: {read}.")
    if not found.problems.is_empty():
        columns = ["row_number", "line_number", "field", "code", "expected", "suggestion"]
        total = found.codes["problems"].sum()
        title = "Problems" if total <= SHOWN else f"The first {SHOWN} of {total:,} problems"
        titles = ["row", "line", "column", "code", "needed", "suggestion"]
        out.print(table(title, titles, found.problems.select(columns).rows(), right=["row", "line"]))
        say(
            "By code: "
            + ", ".join(f"{code} {count:,}" for code, count in found.codes.select("code", "problems").rows())
        )
    for doubt in doubts(found.codes):
        say(doubt)
    say(verdict(found))
    if taken.code == ErrorCode.HEADER_MISSING and out.is_terminal:
        say(f"Headers in the file: {', '.join(shown(sample(path).header[:HEADERS]))}")
    say(next_step(project, path, found))


def columns_read(project: OpenProject, columns: Mapping[str, str]) -> str:
    """What the columns mean that are read; those called as what they mean are not spelt twice."""
    known = {header: field.removeprefix("attr.") for header, field in columns.items() if is_read(project, field)}
    return ", ".join(
        header if fold(header) == fold(field) else f"{header} as {field}" for header, field in known.items()
    )


def is_read(project: OpenProject, field: str) -> bool:
    """Whether a column that means this is read in this project."""
    return field.removeprefix("attr.") in project.settings.attributes if field.startswith("attr.") else field != IGNORE


def doubts(codes: pl.DataFrame) -> list[str]:
    """A sentence for each kind of doubtful value, with how many there are."""
    counts = dict(codes.group_by("code").agg(pl.col("problems").sum()).iter_rows())
    return [
        f"{counts[code]:,} {one if counts[code] == 1 else several} {what}."
        for code, (one, several, what) in DOUBTS.items()
        if code in counts
    ]


def verdict(found: Checked) -> str:
    """What a run would do."""
    taken = found.taken
    if found.known:
        return (
            f"{ErrorCode.FILE_ALREADY_IMPORTED}: this file was taken in before, so a run leaves it alone. "
            "The counts say what reading it anew would give."
        )
    if found.before:
        return (
            f"This file was {found.before.state} before, {found.before.code}: {found.before.way_out}. A run leaves it "
            "alone until it, or its source in onecontact.yaml, is changed. The counts say what reading it anew would "
            "give."
        )
    if taken.state != DeliveryState.ACCEPTED:
        return f"A run would take in nothing of it: {taken.state}, {taken.code}: {found.way_out}."
    rejected = taken.outcomes[Outcome.REJECTED]
    if rejected:
        back = f"A run would take it in, and give back {plural(rejected, 'row')} in rejected/ to be corrected"
    else:
        back = "A run would take it in, and refuse no row"
    return f"{back}{left_out(found.codes)}."


def left_out(codes: pl.DataFrame) -> str:
    """How many cells, and how many columns, would not be read."""
    dropped = codes.filter(pl.col("action") == Action.FIELD_DROPPED.value)
    is_column = pl.col("code") == ErrorCode.HEADER_UNKNOWN.value
    numbers = ((dropped.filter(~is_column), "cell"), (dropped.filter(is_column), "column"))
    told = [plural(int(some["problems"].sum()), word) for some, word in numbers if some.height]
    return f"; {' and '.join(told)} would be left out, see above" if told else ""


def next_step(project: OpenProject, path: Path, found: Checked) -> str:
    """What to do with the file."""
    source = every_source(project.settings)[found.taken.source]
    inside = is_in_landing(project, found.taken.source, path)
    if found.known:
        return "Next: nothing. A copy with another date in its name is another delivery."
    if found.before or found.taken.state != DeliveryState.ACCEPTED:
        return "Next: mend the file, or its source in onecontact.yaml, and check again. Nothing was written."
    mend = "correct the rows in the file now, or later in rejected/; " if found.taken.outcomes[Outcome.REJECTED] else ""
    drop = "" if inside else f"put it where {source.path} finds it, then "
    return f"Next: {mend}{drop}`{spelt(['run'], project.folder)}`. Nothing was written."
