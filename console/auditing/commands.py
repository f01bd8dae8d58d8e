"""The command line of the audit trail."""

import argparse
from pathlib import Path

from console.terminal.options import Adder, add_project_option, add_warehouse_options


def add_commands(add: Adder) -> None:
    """Add `audit` with its actions."""
    audit = add("audit", "Read, verify, prove or export the audit trail", "audit", project=False)
    actions = audit.add_subparsers(required=True, metavar="ACTION", dest="action_of_audit")

    def action(name: str, says: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=says, description=says)
        if name != "verify-proof":
            add_project_option(added)
        return added

    log = action("log", "Show who did what, when and why; of a contact also the values, while they are kept")
    log.add_argument("--contact", metavar="CONTACT", help="events about one contact, and about those merged into it")
    log.add_argument("--actor", metavar="LOGIN", help="who acted, or on whose behalf")
    log.add_argument("--action", metavar="ACTION", help="such as contact.updated, or its beginning: contact, decision")
    log.add_argument("--since", metavar="DATE", help="from this date or time on")
    log.add_argument("--limit", type=int, default=100, metavar="N", help="the last N events (default: 100; 0: all)")
    log.add_argument("--format", choices=["table", "json"], default="table", help="for people or for programs")

    verify = action(
        "verify", "Verify the trail: names every event changed, removed, inserted or exchanged; exit code 1"
    )
    verify.add_argument(
        "--seals",
        type=Path,
        metavar="FILE",
        help="seals kept elsewhere: finds a past that was made anew; where there is no project, they alone are checked",
    )
    verify.add_argument("--key", type=Path, metavar="PUB", help="public key that seals must be signed with (PEM)")

    prove = action("prove", "Write a proof that an event is under a seal, as JSON, to be checked without the project")
    prove.add_argument("event", type=int, metavar="EVENT", help="its number, as `audit log` shows it")

    check = action("verify-proof", "Check such a proof; needs no project")
    check.add_argument("file", type=Path, metavar="FILE", help="the proof")
    check.add_argument("--key", type=Path, required=True, metavar="PUB", help="the public key of the project (PEM)")

    export = action("export", "Write events as JSON lines: CloudEvents around fields of OCSF")
    export.add_argument("--since", metavar="DATE", help="from this date or time on")

    add_warehouse_options(log, verify, prove, export)
