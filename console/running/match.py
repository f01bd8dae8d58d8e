"""`onecontact match`: fit the match model, report on matching, ask what other thresholds would do."""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.running.run import describe_extent
from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, out, plural, say, show_progress, table
from pipelines.errors import ConfigurationError
from pipelines.match.priors import FEWEST
from pipelines.progress import listening
from pipelines.publish.chart import plain_bar, signed_bar
from pipelines.publish.files import atomic_write
from pipelines.publish.match_report import Report, page, reach_words, threshold_words
from pipelines.steps.match_report import report
from pipelines.steps.preview import Preview
from pipelines.steps.refit import Refitted, refit_now, refit_preview
from pipelines.steps.what_if import what_if

WIDTH = 30  # letters of the longest bar
MOST_MOVED = 10  # levels that are shown


def command(args: argparse.Namespace) -> int:
    """Do what is asked of the model."""
    return {"fit": fit, "report": print_report, "what-if": what_if_command}[args.action](args)


@contextmanager
def with_progress() -> Iterator[None]:
    """Show how far the work in the block is."""
    with show_progress() as tell, listening(tell):
        yield


def fit(args: argparse.Namespace) -> int:
    """Fit the model to all records, or say what that would change."""
    with session(args, writes_as="onecontact match fit") as (project, connection), with_progress():
        if args.dry_run:
            fitted = refit_preview(project, connection)
        else:
            fitted = refit_now(project, connection, f"fit:{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    if args.json:
        as_json(as_object(fitted))
        return OK
    print_fit(fitted)
    return OK


def as_object(fitted: Refitted) -> dict[str, Any]:
    """What a fit has changed, for a program."""
    follows = fitted.preview
    moved = [each._asdict() for each in fitted.moved]
    return fitted._asdict() | {"moved": moved, "preview": follows and preview_object(follows)}


def print_fit(fitted: Refitted) -> None:
    """What a fit has changed, for a person."""
    if fitted.version:
        say(f"Model {fitted.version}, fitted on {plural(fitted.records, 'record')}, is now in use", style="bold")
        say(f"  It replaces {fitted.before}. The next run matches all records again.")
    else:
        say(f"Fitted on {plural(fitted.records, 'record')}; dry run, nothing stored", style="bold")
    if fitted.is_small:
        say(f"  Fewer than {FEWEST:,} records are too few to move the shipped weights much.")
    for name, (before, after) in fitted.rates.items():
        says = {"duplicates": "other records of the same person"}.get(name, f"records of others ({words(name)})")
        say(f"  a record has {after:.3f} {says}, {before:.3f} before")
    rows = [
        [words(each.field), each.level, f"{each.before:.4f}", f"{each.after:.4f}", f"{each.bits:+.2f}"]
        for each in fitted.moved[:MOST_MOVED]
    ]
    if rows:
        titles = ["field", "level", "m before", "m now", "bits"]
        out.print(table("Comparison levels whose match weight changed most", titles, rows, right=titles[2:]))
    if fitted.preview is not None:
        changed = [[str(each["before"]), str(each["after"]), each["pairs"]] for each in fitted.edges]
        if changed:
            out.print(table("Pairs that would change", ["zone now", "then", "pairs"], changed, right=["pairs"]))
        print_preview(fitted.preview)


def what_if_command(args: argparse.Namespace) -> int:
    """What other thresholds would do to contacts and segments."""
    with (
        session(args, writes_as="onecontact match what-if") as (project, connection),
        with_progress(),
    ):
        follows = what_if(project, connection, args.auto, args.review)
    if args.json:
        as_json(preview_object(follows))
    else:
        print_preview(follows)
    return OK


def preview_object(follows: Preview) -> dict[str, Any]:
    """What would follow, for a program."""
    return follows._asdict() | {"segments": [each._asdict() for each in follows.segments]}


def print_preview(follows: Preview) -> None:
    """What would follow, for a person."""
    before, after = follows.contacts
    say(f"{plural(before, 'contact')} would be {after:,}")
    say(f"  merged into another: {follows.merged:,}")
    say(f"  split off: {follows.split:,}")
    for zone, (now, then) in follows.pairs.items():
        say(f"  pairs of records to {zone}: {now:,}, then {then:,}")
    say("  pairs of contacts in the review queue: {:,}, then {:,}".format(*follows.waiting))
    rows = [[each.segment, each.before, each.after, each.joining, each.leaving] for each in follows.segments]
    if rows:
        titles = ["segment", "contacts now", "then", "joining", "leaving"]
        out.print(table("Segments", titles, rows, right=titles[1:]))
    say("Nothing was changed.")


def print_report(args: argparse.Namespace) -> int:
    """How matching stands."""
    if args.html and args.html.exists():
        raise ConfigurationError(f"--html {args.html}: already exists")
    with session(args) as (project, connection):
        stands = report(project.settings, connection)
    cost = cost_of_last_run(project.dagster_home)
    if args.html:
        with atomic_write(args.html) as file:
            file.write(page(stands, cost))
        say(f"{args.html}: written; contains numbers only, no personal data")
    elif args.json:
        as_json({**{name: plain(value) for name, value in stands._asdict().items()}, "cost": cost})
    else:
        draw(stands, cost)
    return OK


def plain(value: Any) -> Any:
    """A part of the report for a program: tables as rows."""
    return value.to_dicts() if hasattr(value, "to_dicts") else value


def cost_of_last_run(home: Path) -> Mapping[str, Any] | None:
    """What the last run took, where Dagster knows."""
    if not home.is_dir():
        return None
    from assets.cost import last_cost  # Dagster takes two seconds to load

    return last_cost(home)


def draw(stands: Report, cost: Mapping[str, Any] | None) -> None:
    """How matching stands, for a person."""
    fitted = (
        "shipped with onecontact" if stands.fitted_on is None else f"fitted on {plural(stands.fitted_on, 'record')}"
    )
    say(f"{stands.project}: {describe_extent(stands.records, stands.contacts)}", style="bold")
    say(f"  model {stands.model}, {fitted}; merges at {stands.auto:g} or more, review at {stands.review:g} or more")
    for finding in stands.findings:
        say(f"  {finding}.")
    if stands.reach is not None:
        say(f"  {reach_words(stands.reach)}")
    bits = stands.weights["bits"]
    reach = (min(bits, default=0.0), max(bits, default=0.0))
    rows = [
        [words(field), level, f"{m:.3f}", f"{u:.2g}", f"{weight:+.1f}", signed_bar(weight, reach, WIDTH)]
        for field, level, m, u, weight in stands.weights.iter_rows()
    ]
    titles = ["field", "level", "m", "u", "bits", ""]
    out.print(table("Match weights, by how often two strangers agree by chance", titles, rows, right=titles[2:5]))
    most = max(stands.histogram["pairs"], default=0)
    rows = [
        [f"{weight:+d}", zone, pairs, plain_bar(pairs, most, WIDTH)]
        for weight, zone, pairs in stands.histogram.iter_rows()
    ]
    say(f"In the chart below {threshold_words(stands)} bits.")
    titles = ["bits from", "zone", "pairs", ""]
    out.print(table("Pairs kept, by match weight", titles, rows, right=["bits from", "pairs"]))
    for title, frame in (
        ("What speaks for pairs", stands.rules),
        ("Vetoed pairs", stands.vetoes),
        ("Sizes of contacts", stands.sizes),
        ("Blocks over their cap, which make no pairs", stands.capped),
        ("Identifiers that several people share", stands.shared),
    ):
        if not frame.is_empty():
            shown = [[words(value) if isinstance(value, str) else value for value in row] for row in frame.rows()]
            numbers = [name for name, kind in frame.schema.items() if kind.is_numeric()]
            out.print(table(title, frame.columns, shown, right=numbers))
    print_cost(cost)


def print_cost(cost: Mapping[str, Any] | None) -> None:
    """What the last run took, for a person."""
    if cost is None:
        say("Cost of the last run unknown: Dagster has no stored run of this project.")
        return
    compared, pairs = plural(cost["records_compared"], "record"), plural(cost["candidate_pairs"], "pair")
    say(f"The last run compared {compared} in {pairs}, {cost['pairs_per_record']:,} a record")
    say("  CPU seconds: " + ", ".join(f"{asset} {taken:,}" for asset, taken in cost["cpu_seconds"].items()))


def words(name: str) -> str:
    """A name as people write it."""
    return name.replace("_", " ")
