"""The `onecontact` command. Nothing heavy is imported before it is known what is asked: `--help` answers at once."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

EXIT_CODES = """exit codes:
  0  done
  1  it failed; what went wrong is on standard error, and for a run on Dagster's page
  2  the command or the configuration is wrong
  3  no such contact
  4  several contacts fit
  5  the file that was checked has rows that a run would refuse, or a run would take in nothing of it
  75 the warehouse is in use by another process; try again later
"""
OK, FAILED, WRONG, NOT_FOUND, SEVERAL, WOULD_REFUSE, BUSY = 0, 1, 2, 3, 4, 5, 75
Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    asked = parser().parse_args(arguments)
    try:
        return command(asked.module)(asked)
    except KeyboardInterrupt:
        return complain("stopped; whatever was finished is kept, and the next run goes on from there", 130)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001 -- told without its text, which may hold a value of a person
        return told(error)


def told(error: Exception) -> int:
    """Say what went wrong in words of ours; the exit code for it."""
    from pipelines.errors import ConfigurationError, DecisionRefused, OnecontactError, StoreBusy, unforeseen

    if isinstance(error, StoreBusy):
        return complain(str(error), BUSY)
    if isinstance(error, ConfigurationError | DecisionRefused):
        return complain(str(error), WRONG)
    return complain(str(error) if isinstance(error, OnecontactError) else unforeseen(error), FAILED)


def complain(message: str, code: int) -> int:
    """Write to standard error; the exit code."""
    print(f"onecontact: {message}", file=sys.stderr)
    return code


def command(module: str) -> Command:
    """The function behind a command, imported now that it is needed."""
    function: Command = import_module(f"console.{module}").command
    return function


class ShowVersion(argparse.Action):
    """`--version`: what is installed is only looked up when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and end."""
        from importlib.metadata import version

        print(f"onecontact {version('onecontact')}")
        parser.exit()


def whole(least: int, most: int) -> Callable[[str], int]:
    """An argument that is a whole number between these."""

    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return int(text)

    return number


def at_project(command: argparse.ArgumentParser) -> None:
    """Give a command the option that names the project."""
    command.add_argument(
        "--project",
        type=Path,
        default=Path(os.environ.get("ONECONTACT_PROJECT", ".")),
        metavar="DIR",
        help="project folder (default: $ONECONTACT_PROJECT, else the current folder)",
    )


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="onecontact",
        description="One deduplicated, audited, privacy-safe contact database from every channel.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=ShowVersion, nargs=0, help="say which version this is, and end")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, says: str, module: str, *, project: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=says)
        added.set_defaults(module=module)
        if project:
            at_project(added)
        return added

    init = add("init", "Make a project, or what is missing of one: keys, warehouse, folders", "init", project=False)
    init.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="DIR")

    run = add("run", "Take in what has arrived, match, merge, publish", "run")
    run.add_argument("--as-of", metavar="TIME", help="look at the world as of this moment, ISO 8601 (default: now)")

    check = add("check", "Say what a run would make of a file, without taking it in", "check")
    check.add_argument("file", type=Path, metavar="FILE", help="a file, wherever it lies")
    check.add_argument("--source", metavar="SOURCE", help="source it is for (default: told by where it lies)")

    template = add("template", "Write a CSV to fill in, with an example row and what each column takes", "template")
    template.add_argument("--source", metavar="SOURCE", help="with the headers of this source")
    template.add_argument("--to", type=Path, metavar="FILE", help="file to write it to; it must not be there yet")

    status = add("status", "Say how things stand: deliveries, contacts, what waits for somebody", "status")

    list_ = add("list", "List contacts: quick search and filters", "contacts")
    list_.add_argument("query", nargs="?", metavar="QUERY", help="part of a name, number, address, tag or attribute")
    list_.add_argument("--status", choices=["active", "inactive", "blocked"])
    list_.add_argument("--channel", metavar="CHANNEL", help="has talked to us on this channel, such as whatsapp")
    list_.add_argument("--source", metavar="SOURCE", help="channel of the first contact, or a source")
    list_.add_argument("--tag", metavar="TAG")
    list_.add_argument(
        "--days", type=whole(1, 36_500), metavar="N", help="last interaction within the last N days of the last run"
    )
    list_.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE")
    list_.add_argument(
        "--limit", type=whole(0, 2**31), default=50, metavar="N", help="at most so many (default: 50; 0: all)"
    )

    list_.add_argument(
        "--blocked-conversations",
        action="store_true",
        help="instead: conversations set aside, for their contact is blocked (all, or those of a QUERY)",
    )

    show = add("show", "Show a contact: every value with its origin, and all that happened", "show")
    timeline = add("timeline", "Show all that happened with a contact, over all channels in one order", "timeline")
    timeline.add_argument(
        "--channel", action="append", default=[], metavar="CHANNEL", help="only this; may be repeated"
    )
    timeline.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="KIND",
        help="only message, note, event (any, but a block), assignment, status, label or block; may be repeated",
    )
    timeline.add_argument("--since", metavar="DATE", help="from this day or ISO 8601 time on")
    timeline.add_argument("--until", metavar="DATE", help="up to this day, which is included, or time")
    timeline.add_argument(
        "--limit", type=whole(0, 2**31), default=0, metavar="N", help="the last N of them (default: 0: all)"
    )
    timeline.add_argument(
        "--vcon", type=Path, metavar="FILE", help="write its messages as a vCon to a file, new and in clear"
    )

    block = add("block", "Block a contact: conversations that begin from now on are set aside", "block")
    block.add_argument("--until", metavar="DATE", help="the block ends with this day, or at this ISO 8601 time")
    unblock = add("unblock", "Lift the blocks of a contact: what was set aside comes back", "block")
    for each, kind in ((block, "block"), (unblock, "unblock")):
        each.set_defaults(kind=kind)
        each.add_argument("--reason", required=True, metavar="TEXT", help="why; it is kept with the decision")
        each.add_argument(
            "--by", metavar="NAME", help="who decides (default: $ONECONTACT_ACTOR, else whoever is logged in)"
        )

    for each in (show, timeline, block, unblock):
        each.add_argument(
            "contact", metavar="CONTACT", help="id or its beginning, e-mail address, phone number or name"
        )

    explain = add("explain", "Explain why two contacts or records are or are not one person", "explain")
    for side in ("one", "other"):
        explain.add_argument(
            side, metavar="CONTACT", help="what a contact is found by, a former id, or a record as source:record id"
        )

    match = add(
        "match", "Fit the match model, report on matching, ask what other thresholds would do", "match", project=False
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

    dev = add("dev", "Open Dagster's page on this project", "dev")
    dev.add_argument("--port", type=int, default=3000, metavar="PORT")

    for each in (run, check, status, list_, show, timeline, block, unblock, explain, fit, report, what_if, archive):
        each.add_argument("--wait", type=float, default=60, metavar="SECONDS", help="for another process (default: 60)")
        each.add_argument("--json", action="store_true", help="for programs: JSON on standard output")
    return top


if __name__ == "__main__":
    sys.exit(main())
