"""`onecontact add`: a contact that is in no file."""

import argparse
from collections.abc import Mapping

from console.deciding.decision_command import attributions, decide
from console.deciding.edit import stated
from console.terminal.open_project import session
from pipelines.decide.create import create
from pipelines.errors import ConfigurationError

BETWEEN = "; "  # several values in a cell


def command(args: argparse.Namespace) -> int:
    """Add a contact of what is known about it."""
    with session(args, writes_as="onecontact add") as (project, connection):
        if not all("=" in each for each in args.attribute):
            raise ConfigurationError("--attribute needs NAME=VALUE, such as --attribute tier=gold")
        fields = fields_of(args, dict(stated(each, project.settings.attributes) for each in args.attribute))
        attribution = next(attributions(args))
        return decide(args, connection, [], lambda: [create(project, connection, fields, attribution)[0]])


def fields_of(args: argparse.Namespace, attributes: Mapping[str, str]) -> dict[str, str]:
    """What is said of the contact, as the fields of a contact list."""
    if len(attributes) < len(args.attribute) or not all(name.startswith("attr.") for name in attributes):
        raise ConfigurationError("--attribute takes custom attributes, each of them once")
    said: dict[str, str | None] = {
        "name": args.name,
        "phone": BETWEEN.join(args.phone),
        "email": BETWEEN.join(args.email),
        "tags": BETWEEN.join(args.tag),
        "notes": args.note,
    }
    return {field: text for field, text in said.items() if text} | dict(attributes)
