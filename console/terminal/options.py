"""What the commands have in common on the command line. Nothing heavy is imported: `--help` answers at once."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Adder(Protocol):
    """Adds a command: its name, what it does in a line, and the module of `console` that does it."""

    def __call__(self, name: str, says: str, module: str, *, project: bool = True) -> argparse.ArgumentParser:
        """The parser of the command, with the option that names the project unless told otherwise."""
        ...


def integer_between(least: int, most: int) -> Callable[[str], int]:
    """An argument that is a whole number between these."""

    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return int(text)

    return number


def add_project_option(command: argparse.ArgumentParser) -> None:
    """Give a command the option that names the project."""
    command.add_argument(
        "--project",
        type=Path,
        default=Path(os.environ.get("ONECONTACT_PROJECT", ".")),
        metavar="DIR",
        help="project folder (default: $ONECONTACT_PROJECT, else the current folder)",
    )


def add_snapshot_options(top: argparse.ArgumentParser) -> None:
    """Let commands read the snapshot of a role instead of a project."""
    for option, dest, variable, says in (
        ("--snapshot", "snapshot", "ONECONTACT_SNAPSHOT", "read this snapshot of a role, or the one in this folder"),
        ("--key", "role_key", "ONECONTACT_ROLE_KEY", "file with the key of the role"),
    ):
        stated = os.environ.get(variable)
        top.add_argument(
            option,
            dest=dest,
            type=Path,
            default=Path(stated) if stated else None,
            metavar="FILE",
            help=f"{says} (default: ${variable})",
        )


def add_warehouse_options(*commands: argparse.ArgumentParser) -> None:
    """Give commands that open the warehouse what such commands have in common."""
    for each in commands:
        each.add_argument(
            "--wait",
            type=float,
            default=60,
            metavar="SECONDS",
            help="to wait while the warehouse is in use (default: 60)",
        )
        each.add_argument("--json", action="store_true", help="for programs: JSON on standard output")


def add_contact_argument(*commands: argparse.ArgumentParser) -> None:
    """Give commands the contact they are about."""
    for each in commands:
        each.add_argument(
            "contact",
            metavar="CONTACT",
            help="id or its beginning, e-mail address, phone number, name, or source:record id",
        )


def add_decision_options(*commands: argparse.ArgumentParser, reason: str | None = None, tried: bool = True) -> None:
    """Give commands that decide who does so and why (`reason` is the default), and that it may be tried first."""
    for each in commands:
        each.add_argument(
            "--reason",
            required=reason is None,
            default=reason,
            metavar="TEXT",
            help="why; it is kept with the decision" + (f" (default: {reason})" if reason else ""),
        )
        each.add_argument(
            "--by", metavar="NAME", help="who decides (default: $ONECONTACT_ACTOR, else whoever is logged in)"
        )
        if tried:
            each.add_argument(
                "--dry-run", action="store_true", help="show every contact touched, before and after; change nothing"
            )
