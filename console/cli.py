"""The `onecontact` command. Nothing heavy is imported before it is known what is asked: `--help` answers at once."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from types import ModuleType
from typing import TextIO

from console import auditing, deciding, looking, privacy, publishing, roles, running
from console.auditing.commands import add_commands as add_auditing
from console.deciding.commands import add_commands as add_deciding
from console.looking.commands import add_commands as add_looking
from console.privacy.commands import add_commands as add_privacy
from console.publishing.commands import add_commands as add_publishing
from console.roles.commands import add_commands as add_roles
from console.running.commands import add_commands as add_running
from console.terminal.exit_codes import BUSY, DENIED, FAILED, INTERRUPTED, OK, STOPPED, WRONG, CommandError, print_error
from console.terminal.options import Adder, add_project_option, add_snapshot_options

EXIT_CODES = """exit codes:
  0  done
  1  failed; see standard error, and for a run Dagster's page
  2  the command or the configuration is wrong
  3  no such contact
  4  more than one contact matches
  5  `check` found invalid rows, or the file would be refused
  6  the role whose snapshot is read may not do that
  75 the warehouse is in use by another process; try again later
  130 it was stopped, by Ctrl+C
"""
QUESTIONS = """questions:
  where does this phone number come from?    onecontact show CONTACT --why phone
  why are these two one contact, or not?     onecontact explain CONTACT CONTACT
  what was decided about them?               onecontact decisions CONTACT
  undo that!                                 onecontact revoke last"""
LONGEST_NAME = 9
SIGNED = ("--where", "--sort")  # options whose value may begin with a minus
Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        cannot_fail(stream)
    args = parser().parse_args(attached(sys.argv[1:] if arguments is None else arguments))
    try:
        return load_command(module_for(args))(args)
    except KeyboardInterrupt:
        return print_error(STOPPED, INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001 -- told without its text, which may hold a value of a person
        return report_error(error)


def module_for(args: argparse.Namespace) -> str:
    """The module behind a command: with the snapshot of a role, the one that answers out of it or says who may."""
    if args.snapshot is None:
        return str(args.module)
    from console.looking.in_snapshot import ANSWERS, NEEDS

    return "console.looking.in_snapshot" if args.command in ANSWERS.keys() | NEEDS.keys() else str(args.module)


def attached(arguments: Sequence[str]) -> list[str]:
    """Arguments with values that may begin with a minus attached to their option: argparse takes them for options."""
    whole: list[str] = []
    for each in arguments:
        if whole and whole[-1] in SIGNED:
            whole[-1] += f"={each}"
        else:
            whole.append(each)
    return whole


def cannot_fail(stream: TextIO) -> None:
    """Let a stream write what its encoding has no sign for as an escape."""
    if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
        stream.reconfigure(errors="backslashreplace")


def report_error(error: Exception) -> int:
    """Say what went wrong in words of ours; the exit code for it."""
    if isinstance(error, CommandError):
        return print_error(str(error), error.code)
    if isinstance(error.__cause__, KeyboardInterrupt):  # DuckDB makes an error of its own of one during a query
        return print_error(STOPPED, INTERRUPTED)
    from pipelines.errors import ConfigurationError, DecisionRefused, OnecontactError, RoleDenied, StoreBusy, unforeseen

    if isinstance(error, StoreBusy):
        return print_error(str(error), BUSY)
    if isinstance(error, RoleDenied):
        return print_error(str(error), DENIED)
    if isinstance(error, ConfigurationError | DecisionRefused):
        return print_error(str(error), WRONG)
    return print_error(str(error) if isinstance(error, OnecontactError) else unforeseen(error), FAILED)


def load_command(module: str) -> Command:
    """The function behind a command, imported now that it is needed."""
    function: Command = import_module(module).command
    return function


class ShowVersion(argparse.Action):
    """`--version`: what is installed is only looked up when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and end."""
        from importlib.metadata import version

        print(f"onecontact {version('onecontact')}")
        parser.exit()


class _Commands:
    """The commands as they are added, and the help that lists them under what somebody wants to do."""

    def __init__(self, top: argparse.ArgumentParser) -> None:
        self.actions = top.add_subparsers(required=True, metavar="COMMAND", help=argparse.SUPPRESS, prog=top.prog)
        self.listed: list[str] = []
        self.room = ""

    def under(self, heading: str, room: ModuleType, add_commands: Callable[[Adder], None]) -> None:
        """Add the commands of a package, to be listed under a heading."""
        self.listed.append(f"{'' if not self.listed else chr(10)}{heading}:")
        self.room = room.__name__
        add_commands(self.add)

    def add(self, name: str, says: str, module: str, *, project: bool = True) -> argparse.ArgumentParser:
        """Add a command."""
        added = self.actions.add_parser(name, description=says)
        added.set_defaults(module=f"{self.room}.{module}", command=name)
        if project:
            add_project_option(added)
        self.listed.append(f"  {name:<{LONGEST_NAME}}  {says}")
        return added


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="onecontact",
        usage="onecontact COMMAND ...   (onecontact COMMAND --help has the options)",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=ShowVersion, nargs=0, help="print the version and exit")
    add_snapshot_options(top)
    commands = _Commands(top)
    commands.under("find and inspect contacts", looking, add_looking)
    commands.under("define and publish segments", publishing, add_publishing)
    commands.under("make decisions (kept with their reason; all can be undone)", deciding, add_deciding)
    commands.under("operate the pipeline", running, add_running)
    commands.under("let others read", roles, add_roles)
    commands.under("answer requests of people about their data", privacy, add_privacy)
    commands.under("account for what was done", auditing, add_auditing)
    says = "One deduplicated, audited, privacy-safe contact database from every channel."
    top.description = "\n".join((says, "", *commands.listed))
    top.epilog = f"{QUESTIONS}\n\n{EXIT_CODES}"
    return top


if __name__ == "__main__":
    sys.exit(main())
