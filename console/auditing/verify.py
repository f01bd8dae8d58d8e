"""`onecontact audit verify`: whether the trail is what it was."""

import argparse
from pathlib import Path

from console.running.match import with_progress
from console.terminal.exit_codes import FAILED, OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, plural, say
from pipelines.audit.verification.seal_chain import chain_faults, raw_key
from pipelines.errors import ConfigurationError
from pipelines.steps.audit.verify import verify_whole
from schemas.configuration import PROJECT_FILE


def command(args: argparse.Namespace) -> int:
    """Verify everything; FAILED if something is wrong."""
    outside = lines_of(args.seals) if args.seals else None
    keys = [key_of(args.key)] if args.key else None
    if outside is not None and not (args.project / PROJECT_FILE).is_file():
        faults = chain_faults(outside, keys or [], str(args.seals)) or (
            [] if outside else [f"{args.seals} holds no seal"]
        )
        return answer(args, faults, {"seals": len(outside)}, f"{plural(len(outside), 'seal')}, without their events")
    with session(args, ingests=False) as (project, connection), with_progress():
        found = verify_whole(project, connection, outside, keys)
    told = {"events": found.events, "seals": found.seals}
    return answer(args, found.faults, told, f"{plural(found.events, 'event')} under {plural(found.seals, 'seal')}")


def answer(args: argparse.Namespace, faults: list[str], counts: dict[str, int], extent: str) -> int:
    """Say what was found; the exit code."""
    if args.json:
        as_json({**counts, "is_intact": not faults, "faults": faults})
    elif faults:
        say(f"{extent}: NOT what was recorded", style="bold")
        for fault in faults:
            say(f"  {fault}")
    else:
        say(f"{extent}: nothing was changed, removed, inserted or exchanged", style="bold")
        if not args.seals:
            say("  Only seals kept elsewhere show that not all of it was made anew: --seals FILE")
    return FAILED if faults else OK


def lines_of(path: Path) -> list[str]:
    """The lines of a file of seals. Raises ConfigurationError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as failure:
        raise ConfigurationError(f"--seals {path}: cannot be read ({type(failure).__name__})") from None


def key_of(path: Path) -> str:
    """A public key, 64 hex digits. Raises ConfigurationError where the file holds none."""
    try:
        return raw_key(path.read_bytes())
    except OSError as failure:
        raise ConfigurationError(f"--key {path}: cannot be read ({type(failure).__name__})") from None
    except ValueError:
        raise ConfigurationError(
            f"--key {path}: is no Ed25519 public key in PEM, such as .onecontact/keys/seal.pub"
        ) from None
