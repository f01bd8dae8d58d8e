"""The command line for requests of people about their data."""

import argparse
from pathlib import Path

from console.terminal.options import Adder, add_project_option, add_warehouse_options

NUMBER = "its number, as `request list` shows it"


def add_commands(add: Adder) -> None:
    """Add `request` and `receipt` with their actions."""
    add_requests(add)
    receipt = add("receipt", "Verify a receipt with the public key alone; needs no project", "receipt", project=False)
    actions = receipt.add_subparsers(required=True, metavar="ACTION", dest="action")
    verify = actions.add_parser("verify", help="Whether a receipt is what was signed; exit code 1 if not")
    verify.add_argument("file", type=Path, metavar="FILE", help="the receipt")
    verify.add_argument("key", type=Path, metavar="KEY.pub", help="the public key of the project (PEM)")
    verify.add_argument("--json", action="store_true", help="print JSON instead of text")


def add_requests(add: Adder) -> None:
    """Add `request` with its actions."""
    request = add("request", "Take in, approve and carry out requests of people about their data", "request")
    add_warehouse_options(request)
    actions = request.add_subparsers(metavar="ACTION", dest="action")

    def action(name: str, says: str, *, numbered: bool = True) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=says, description=says)
        if numbered:
            added.add_argument("number", type=int, metavar="N", help=NUMBER)
        add_project_option(added)
        add_warehouse_options(added)
        return added

    erase = action("erase", "Take in a request to erase somebody (GDPR 17)", numbered=False)
    access = action(
        "access", "Hand somebody all that is known of them, as one encrypted file (GDPR 15, 20)", numbered=False
    )
    for each in (erase, access):
        each.add_argument("--email", action="append", default=[], metavar="ADDRESS", help="an address of theirs")
        each.add_argument("--phone", action="append", default=[], metavar="NUMBER", help="a number of theirs")
        each.add_argument("--contact", metavar="CONTACT", help="the contact: its id, or SOURCE:RECORD-ID")
        each.add_argument("--verified", metavar="HOW", help="how you made sure that they are who they say")
    erase.add_argument("--file", type=Path, metavar="CSV", help="many at once: columns email, phone, contact, verified")
    access.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write; must not exist yet")
    access.add_argument("--to", action="append", default=[], metavar="PUBLIC_KEY", help="age public key of the person")
    access.add_argument("--passphrase-file", type=Path, metavar="FILE", help="a passphrase instead, agreed otherwise")
    access.add_argument("--language", choices=["en", "de"], default="en", help="of what is in it (default: en)")

    listed = action("list", "List requests, the open ones first", numbered=False)
    listed.add_argument("--overdue", action="store_true", help="only those past their due date")
    listed.add_argument("--holds", action="store_true", help="legal holds instead")
    listed.add_argument(
        "--returned", action="store_true", help="people who were erased and have written since, instead"
    )
    action("show", "Show a request: what it reaches, what was done, what is left to do")
    verify = action("verify", "Note that whoever asks is who the data is about")
    verify.add_argument("--how", required=True, metavar="HOW", help="how you made sure, such as 'called the number'")
    approve = action("approve", "Approve a request; another person than the one who took it in")
    approve.add_argument("--also", action="append", default=[], metavar="RECORD", help="is theirs; SOURCE:ID, or all")
    approve.add_argument("--without", action="append", default=[], metavar="RECORD", help="is not; SOURCE:ID, or all")
    deny = action("deny", "Deny a request")
    deny.add_argument("--ground", required=True, metavar="WHY", help="the ground, such as 'GDPR 17(3)(b): invoices'")
    hold = action(
        "hold", "Keep something for a legal reason: it is not erased until the hold is released", numbered=False
    )
    hold.add_argument("scope", choices=["request", "contact", "record"], help="what is held")
    hold.add_argument("what", metavar="WHAT", help="a number of a request, a contact, or SOURCE:RECORD-ID")
    hold.add_argument("--ground", required=True, metavar="WHY", help="on what ground")
    hold.add_argument("--until", metavar="DATE", help="when it ends by itself")
    release = action("release", "Release a legal hold: what waited for it goes on with `request run`", numbered=False)
    release.add_argument("hold", type=int, metavar="HOLD", help="its number, as `request list --holds` shows it")
    action("run", "Carry out every approved request, and go on with what was interrupted", numbered=False)
    action("receipt", "Print the receipt of a request that was carried out")
    recalls = action("recalls", "Who was given an erased person's data, and has confirmed that it was removed")
    recalls.add_argument("--segment", metavar="SEGMENT", help="with --out: the publication")
    recalls.add_argument("--out", type=Path, metavar="FILE", help="write the ids that its recipients have to remove")
    acknowledge = action("acknowledge", "Note that a recipient has removed an erased person")
    acknowledge.add_argument("--segment", required=True, metavar="SEGMENT", help="the publication they were given")
    acknowledge.add_argument("--recipient", metavar="NAME", help="who (default: every recipient of it)")
    action("lift", "Let somebody who was erased come back, at their own wish; another person than the one who erased")
