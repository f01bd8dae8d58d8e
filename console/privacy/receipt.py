"""`onecontact receipt verify`: whether a receipt is what was signed, without project or warehouse."""

import argparse

from console.auditing.verify import key_of
from console.terminal.exit_codes import FAILED, OK
from console.terminal.screen import as_json, say
from pipelines.audit.verification.receipts import checked_receipt


def command(args: argparse.Namespace) -> int:
    """Verify a receipt; FAILED if something is wrong with it."""
    found = checked_receipt(args.file.read_bytes(), key_of(args.key))
    if args.json:
        as_json({"is_valid": not found.faults, "faults": found.faults, "says": found.says})
        return FAILED if found.faults else OK
    for fault in found.faults:
        say(fault)
    if found.faults:
        return FAILED
    says = found.says
    say(f"The receipt of request {says['request']} of {says['project']} is what was signed.", style="bold")
    say(f"  {says['regulation']}: {says['state'].replace('_', ' ')}, {says['times'].get('ended_at', '')}")
    say(f"  in the audit trail: event {says['proof']['number']}, under its seal")
    for each in says["not_reached"]:
        say(f"  not reached: {each}")
    return OK
