"""`onecontact request access`: the package of a person who asks what is known of them."""

import argparse
import stat
from pathlib import Path

from console.terminal.exit_codes import NOT_FOUND, OK, CommandError
from console.terminal.open_project import session
from console.terminal.screen import as_json, plural, say
from pipelines.errors import ConfigurationError
from pipelines.steps.privacy import intake
from pipelines.steps.privacy.access import write_package
from pipelines.store.privacy.requests import Kind

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def command(args: argparse.Namespace) -> int:
    """Take in the request of somebody, and write the package of the contact that they are."""
    said = stated(args)
    if not said:
        raise ConfigurationError("whom is it about? --email, --phone or --contact says so")
    if not args.verified:
        raise ConfigurationError("say how you made sure that they are who they say: --verified HOW")
    passphrase = passphrase_in(args.passphrase_file) if args.passphrase_file else None
    with session(args, writes_as="onecontact request access") as (project, connection):
        normal = [(kind, intake.normalised(project, kind, text)) for kind, text in said]
        contacts = intake.contacts_of(project, connection, normal)
        if not contacts:
            raise CommandError("no contact is known by that; `onecontact search` finds people", NOT_FOUND)
        request = intake.receive_request(project, connection, Kind.ACCESS, [("contact", contacts[0])], args.verified)
        made = write_package(
            project, connection, contacts[0], out=args.out, request=request.number, recipients=tuple(args.to),
            passphrase=passphrase, language=args.language,
        )  # fmt: skip
        intake.complete(connection, request.number)
    if args.json:
        said_of_it = {"request": request.number, "file": str(made.path), "sha256": made.sha256, "rows": made.counts}
        as_json(said_of_it)
        return OK
    say(f"Request {request.number}: {made.path} written, encrypted: {plural(sum(made.counts.values()), 'row')}")
    say(f"  SHA-256 {made.sha256}")
    return OK


def stated(args: argparse.Namespace) -> list[tuple[str, str]]:
    """Whom a request is about, as the command line says it: (kind, text)."""
    said = [("email", each) for each in args.email] + [("phone", each) for each in args.phone]
    return [*said, ("contact", args.contact)] if args.contact else said


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
