"""`onecontact request access`: the package of a person who asks what is known of them."""

import argparse
import stat
from pathlib import Path

from console.looking.resolve_contact import resolve_contact
from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, plural, say
from pipelines.errors import ConfigurationError
from pipelines.steps.privacy.access import write_package

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def command(args: argparse.Namespace) -> int:
    """Write the package of the one contact that is meant."""
    passphrase = passphrase_in(args.passphrase_file) if args.passphrase_file else None
    with session(args, writes_as="onecontact request access") as (project, connection):
        contact_id = resolve_contact(project, connection, args.contact, json=args.json)
        made = write_package(
            project, connection, contact_id, out=args.out, request=args.number, recipients=tuple(args.to or ()),
            passphrase=passphrase, language=args.language,
        )  # fmt: skip
    if args.json:
        as_json({"file": str(made.path), "sha256": made.sha256, "rows": made.counts})
    else:
        say(f"{made.path} written, encrypted: {plural(sum(made.counts.values()), 'row')} in {len(made.counts)} tables")
        say(f"SHA-256 {made.sha256}")
    return OK


def passphrase_in(path: Path) -> str:
    """The passphrase in the first line of a file that nobody else can read.

    Raises:
        ConfigurationError: It cannot be read, others can read it, or it is empty.
    """
    try:
        if path.stat().st_mode & OTHERS:
            raise ConfigurationError(f"{path}: others can read it; chmod 600 {path}")
        first = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"--passphrase-file {path}: cannot be read") from None
    if not first:
        raise ConfigurationError(f"--passphrase-file {path}: is empty")
    return first
