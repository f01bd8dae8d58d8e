"""The command line for whoever runs the data: what comes in, what matching does, what goes out."""

import argparse
import re
from pathlib import Path

from console.terminal.options import Adder, add_project_option, add_warehouse_options

INFERRED = "inferred"  # roles of columns that no file gives


def add_commands(add: Adder) -> None:
    """Add the commands that set up a project, run it and look into it."""
    init = add("init", "Create a project, or complete an existing one: keys, warehouse, folders", "init", project=False)
    init.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="DIR")

    run = add("run", "Ingest new deliveries, match, merge, publish", "run")
    run.add_argument(
        "--as-of", metavar="TIME", help="evaluate time-dependent rules as of this ISO 8601 time (default: now)"
    )

    run.add_argument(
        "--accept-change",
        action="store_true",
        help="publish even if the number of contacts changed by more than the limit",
    )
    add_rebuild(add)

    status = add("status", "Show a summary: deliveries, contacts, open work", "status")

    check = add("check", "Validate a file, or without one the project, as a run would; changes nothing", "check")
    check.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="the file to validate, anywhere on disk (default: what changes of onecontact.yaml would cost)",
    )
    check.add_argument("--source", metavar="SOURCE", help="source it belongs to (default: inferred from its folder)")

    template = add("template", "Write a CSV template with an example row and a description of each column", "template")
    template.add_argument("--source", metavar="SOURCE", help="with the headers of this source")
    template.add_argument("--decisions", action="store_true", help="for decisions about contacts, one a row")
    template.add_argument("--to", type=Path, metavar="FILE", help="file to write; must not exist yet")

    formats = add("formats", "List the formats that can be read, or describe one", "formats", project=False)
    formats.add_argument("name", nargs="?", metavar="NAME", help="the format to describe")
    formats.add_argument("--json", action="store_true", help="for programs: JSON on standard output")

    sources = add("sources", "Propose sources for files, or rename one", "sources", project=False)
    actions = sources.add_subparsers(required=True, metavar="ACTION", dest="action")
    suggest = actions.add_parser("suggest", help="Inspect files and print sources for onecontact.yaml")
    rename = actions.add_parser("rename", help="Rename a source; its records, decisions and contacts stay")
    rename.add_argument("old", metavar="OLD", help="as it is called now, or was until onecontact.yaml changed")
    rename.add_argument("new", metavar="NEW", help="small letters, digits, - and _")
    add_project_option(rename)
    add_warehouse_options(rename)
    suggest.add_argument(
        "paths", type=Path, nargs="+", metavar="PATH", help="a file, or a folder (searched recursively)"
    )
    add_project_option(suggest)

    archive = add("archive", "List archived deliveries, or restore one as delivered", "archive")
    archive.add_argument("what", choices=["list", "get"])
    archive.add_argument("delivery", nargs="?", metavar="DELIVERY", help="id of a delivery or its beginning")
    archive.add_argument("--to", type=Path, metavar="FILE", help="file to write; must not exist yet")

    add_match(add)

    dev = add("dev", "Open Dagster's web page on this project", "dev")
    dev.add_argument("--port", type=int, default=3000, metavar="PORT")

    add_warehouse_options(run, status, check, archive)


def add_rebuild(add: Adder) -> None:
    """Add `rebuild`."""
    rebuild = add("rebuild", "Rebuild contacts from stored inputs and decisions", "rebuild")
    rebuild.add_argument(
        "--compare",
        action="store_true",
        help="change nothing; verify that a rebuild gives the stored contacts, exit code 1 if not",
    )
    add_warehouse_options(rebuild)


def add_match(add: Adder) -> None:
    """Add `match` with its actions."""
    match = add(
        "match",
        "Match a list without a project; fit the match model, report on matching, try other thresholds",
        "match",
        project=False,
    )
    actions = match.add_subparsers(required=True, metavar="ACTION", dest="action")

    def action(name: str, says: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=says, description=says)
        add_project_option(added)
        return added

    fit = action("fit", "Fit the model to all records; the next run matches everything again")
    fit.add_argument("--dry-run", action="store_true", help="show what would change; store nothing")
    report = action("report", "Match weights, scores, capped blocks, shared identifiers, cost; numbers only")
    report.add_argument(
        "--html", type=Path, metavar="FILE", help="write it as an HTML page; the file must not exist yet"
    )
    what_if = action("what-if", "Show which contacts and segments other thresholds would change; changes nothing")
    what_if.add_argument("--auto", type=float, required=True, metavar="P", help="probability from which pairs merge")
    what_if.add_argument(
        "--review", type=float, metavar="P", help="probability from which pairs go to review (default: as configured)"
    )
    add_warehouse_options(fit, report, what_if)
    add_match_list(actions)


def add_match_list(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `match list`, which needs no project."""
    says = "Match the rows of any list with each other, without a project; stores nothing but the files of --out"
    command = actions.add_parser("list", help=says, description=says)
    command.set_defaults(module="console.running.match_list")
    command.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV, workbook or Parquet")
    command.add_argument(
        "--roles",
        metavar="FILE",
        default=INFERRED,
        help=f"YAML that gives columns their roles (default: {INFERRED}, from headers and first values)",
    )
    command.add_argument(
        "--region",
        metavar="CODE",
        help="country of numbers without a country code, such as DE (default: numbers are compared by their digits)",
    )
    command.add_argument(
        "--out",
        type=Path,
        metavar="FILE|DIR",
        help="write clusters to FILE (.csv or .parquet), or clusters and edges to DIR; must not exist yet",
    )
    command.add_argument(
        "--engine", choices=["polars", "duckdb"], default="polars", help="polars: in memory; duckdb: larger than memory"
    )
    command.add_argument(
        "--memory-limit",
        type=memory_size,
        default="2GB",
        metavar="SIZE",
        help="memory from which duckdb spills to encrypted temporary files (default: 2GB)",
    )
    command.add_argument("--json", action="store_true", help="for programs: JSON on standard output")


def memory_size(text: str) -> str:
    """An argument that is an amount of memory as DuckDB writes it."""
    if not re.fullmatch(r"[1-9]\d*(?:\.\d+)? ?[KMGT]i?B", text):
        raise argparse.ArgumentTypeError("must be a size such as 500MB or 2GB")
    return text
