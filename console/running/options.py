"""The command line for whoever runs the data: what comes in, what matching does, what goes out."""

import argparse
from pathlib import Path

from console.terminal.options import Adder, at_project, in_the_warehouse


def add_commands(add: Adder) -> None:
    """Add the commands that set up a project, run it and look into it."""
    init = add("init", "Make a project, or what is missing of one: keys, warehouse, folders", "init", project=False)
    init.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="DIR")

    run = add("run", "Take in what has arrived, match, merge, publish", "run")
    run.add_argument("--as-of", metavar="TIME", help="look at the world as of this moment, ISO 8601 (default: now)")

    run.add_argument(
        "--accept-change", action="store_true", help="publish however far the number of contacts has moved"
    )
    add_rebuild(add)

    status = add("status", "Say how things stand: deliveries, contacts, what waits for somebody", "status")

    check = add("check", "Say what a run would make of a file, without taking it in", "check")
    check.add_argument("file", type=Path, metavar="FILE", help="a file, wherever it lies")
    check.add_argument("--source", metavar="SOURCE", help="source it is for (default: told by where it lies)")

    template = add("template", "Write a CSV to fill in, with an example row and what each column takes", "template")
    template.add_argument("--source", metavar="SOURCE", help="with the headers of this source")
    template.add_argument("--decisions", action="store_true", help="for decisions about contacts, one a row")
    template.add_argument("--to", type=Path, metavar="FILE", help="file to write it to; it must not be there yet")

    formats = add("formats", "Say what can be read, or all about one format", "formats", project=False)
    formats.add_argument("name", nargs="?", metavar="NAME", help="the format to say all about")
    formats.add_argument("--json", action="store_true", help="for programs: JSON on standard output")

    sources = add("sources", "Propose sources for files: `sources suggest PATH`", "sources", project=False)
    suggest = sources.add_subparsers(required=True, metavar="ACTION").add_parser(
        "suggest", help="Look at files, and print what onecontact.yaml could say of them"
    )
    suggest.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="a file, or a folder with all below it")
    at_project(suggest)

    archive = add("archive", "List archived deliveries, or get one back as it was delivered", "archive")
    archive.add_argument("what", choices=["list", "get"])
    archive.add_argument("delivery", nargs="?", metavar="DELIVERY", help="id of a delivery or its beginning")
    archive.add_argument("--to", type=Path, metavar="FILE", help="file to write it to; it must not be there yet")

    add_match(add)

    dev = add("dev", "Open Dagster's page on this project", "dev")
    dev.add_argument("--port", type=int, default=3000, metavar="PORT")

    in_the_warehouse(run, status, check, archive)


def add_rebuild(add: Adder) -> None:
    """Add `rebuild`."""
    rebuild = add("rebuild", "Derive everything anew from what was received and decided", "rebuild")
    rebuild.add_argument(
        "--compare", action="store_true", help="change nothing: prove that it would come out as it is stored, or fail"
    )
    in_the_warehouse(rebuild)


def add_match(add: Adder) -> None:
    """Add `match` with its actions."""
    match = add(
        "match",
        "Fit the match model, report on matching, ask what other thresholds would do",
        "match",
        project=False,
    )
    actions = match.add_subparsers(required=True, metavar="ACTION", dest="action")

    def action(name: str, says: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=says, description=says)
        at_project(added)
        return added

    fit = action("fit", "Fit the model to all records there are; the next run matches everything anew with it")
    fit.add_argument("--dry-run", action="store_true", help="say what that would change, and keep nothing")
    report = action("report", "Weights of the model, scores, capped blocks, shared identifiers, cost; numbers only")
    report.add_argument("--html", type=Path, metavar="FILE", help="write it as a page; the file must not be there yet")
    what_if = action("what-if", "Say which contacts and segments other thresholds would change; nothing is changed")
    what_if.add_argument("--auto", type=float, required=True, metavar="P", help="probability from which pairs merge")
    what_if.add_argument("--review", type=float, metavar="P", help="from which a person is asked (default: as it is)")
    in_the_warehouse(fit, report, what_if)
