"""`onecontact audit prove` and `verify-proof`: that an event is under a seal, shown to somebody without the project."""

import argparse

from console.auditing.verify import key_of
from console.terminal.exit_codes import FAILED, OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, say
from pipelines.audit.verification.proof_file import checked_proof
from pipelines.errors import ConfigurationError
from pipelines.steps.audit.prove import proof_of


def command(args: argparse.Namespace) -> int:
    """Write the proof."""
    with session(args, ingests=False) as (_, connection):
        as_json(proof_of(connection, args.event))
    return OK


def check(args: argparse.Namespace) -> int:
    """Check a proof; FAILED if it shows nothing."""
    key = key_of(args.key)
    try:
        text = args.file.read_bytes()
    except OSError as failure:
        raise ConfigurationError(f"{args.file}: cannot be read ({type(failure).__name__})") from None
    found = checked_proof(text, key)
    if found.faults:
        for fault in found.faults:
            say(fault)
        return FAILED
    say(
        f"Event {found.number} ({found.action}, {found.recorded_at}, by {found.actor}) is under seal {found.seal}",
        style="bold",
    )
    say(f"  of {found.sealed_at}, signed with this key; nothing of it was changed since")
    return OK
