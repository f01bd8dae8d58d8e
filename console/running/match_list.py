"""`onecontact match list`: which rows of a list are one person, without a project."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from console.running.commands import INFERRED
from console.terminal.exit_codes import OK
from console.terminal.screen import as_json, plural, printable, say, show_progress
from pipelines.errors import ConfigurationError
from pipelines.progress import listening
from pipelines.publish.list_files import CSV, PARQUET
from pipelines.steps.match_list import ListMatched, engine_named, match_list, roles_of
from schemas.list_roles import ListRole
from schemas.source import Region


def command(args: argparse.Namespace) -> int:
    """Match the rows of the files with each other."""
    region = checked_region(args.region)
    clusters, edges = outputs(args.out, args.files)
    roles_file = None if args.roles == INFERRED else Path(args.roles)
    roles = roles_of(args.files, roles_file)
    if roles_file is None and not args.json:
        say_assumed(roles)
    with show_progress() as tell, listening(tell), engine_named(args.engine, args.memory_limit) as engine:
        found = match_list(engine, args.files, roles, region, clusters, edges)
    written = [path for path in (clusters, edges) if path is not None]
    if args.json:
        named = {header: str(role) for header, role in roles.items()}
        as_json({**found._asdict(), "roles": named, "files": [str(path) for path in written]})
    else:
        say_found(found, written, region)
    return OK


def checked_region(code: str | None) -> str | None:
    """A region as phone numbers have it."""
    try:
        return TypeAdapter(Region | None).validate_python(code)
    except ValidationError:
        raise ConfigurationError(f"--region {code}: must be a two-letter country code such as DE or US") from None


def outputs(out: Path | None, files: list[Path]) -> tuple[Path | None, Path | None]:
    """Where clusters go and where edges go, neither of which may be there yet."""
    if out is None:
        return None, None
    suffix = out.suffix.lower()
    if suffix in (CSV, PARQUET):
        paths: tuple[Path, Path | None] = (out, None)
    elif suffix and not out.is_dir():
        raise ConfigurationError(f"--out {out}: name a .csv or .parquet file, or a folder")
    else:
        kind = PARQUET if files[0].suffix.lower() == PARQUET else CSV
        paths = (out / f"clusters{kind}", out / f"edges{kind}")
    for path in paths:
        if path is not None and path.exists():
            raise ConfigurationError(f"--out {path}: already exists")
    return paths


def say_assumed(roles: Mapping[str, ListRole]) -> None:
    """The roles that were inferred, as a roles file has them."""
    say("Roles inferred from the headers. To change them, edit these lines in a file and pass it with --roles:")
    document = {"columns": {header: str(role) for header, role in roles.items()}}
    say(printable(yaml.safe_dump(document, sort_keys=False, allow_unicode=True)).rstrip())


def say_found(found: ListMatched, written: list[Path], region: str | None) -> None:
    """What came of the list, for a person."""
    say(f"{plural(found.rows, 'row')}, {plural(found.clusters, 'cluster')}", style="bold")
    say(f"  rows merged into another: {found.merged:,}")
    say(f"  pairs of clusters to review: {found.review:,}")
    if found.refused:
        say(f"  rows left out because they do not fit the header: {found.refused:,}")
    for finding in found.findings:
        say(f"  {finding}.")
    if region is None:
        say("  Phone numbers were compared by their digits. Give --region to read them as numbers of a country.")
    for path in written:
        say(f"  {path}")
