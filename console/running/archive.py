"""`onecontact archive`: what was archived once it was taken in, and the way back."""

import argparse
import os
from pathlib import Path

from console.terminal.open_project import note_read, session
from console.terminal.screen import as_json, out, say, table
from pipelines.audit.events import Action
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.store.ingest import archive
from pipelines.store.warehouse.connection import Connection


def command(args: argparse.Namespace) -> int:
    """List what is archived, or get one delivery back as it was delivered."""
    if args.what == "get" and not (args.delivery and args.to):
        raise ConfigurationError("name a delivery and a file: onecontact archive get DELIVERY --to FILE")
    with session(args) as (project, connection):
        if args.what == "get":
            get(project, connection, args.delivery, args.to)
        else:
            show(connection, json=args.json)
    return 0


def show(connection: Connection, *, json: bool) -> None:
    """What is archived. Only a terminal is shown the names of files."""
    kept = archive.archived(connection)
    if json:
        as_json(kept.to_dicts())
    elif kept.is_empty():
        say("No archived deliveries: no source has `after_import: archive`, or none of its files has arrived yet.")
    else:
        columns = ["delivery_id", "source", "size_bytes", "done_at", *(["file_name"] if out.is_terminal else [])]
        out.print(table("Archived deliveries", columns, kept.select(columns).rows(), right=["size_bytes"]))


def get(project: OpenProject, connection: Connection, delivery: str, to: Path) -> None:
    """Write a delivery to a new file that only its owner can read."""
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(f"--to {to} exists already: name another file") from None
    except OSError as failure:
        raise ConfigurationError(f"--to {to}: cannot make a new file there ({type(failure).__name__})") from None
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 -- of a handle, made with its mode
            file.writelines(archive.restore(connection, project.archive, delivery))
    except BaseException:
        to.unlink()
        raise
    note_read(project, Action.DELIVERY_DISCLOSED, delivery)
    say(f"written to {to}, unencrypted: delete it when you no longer need it")
