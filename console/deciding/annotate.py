"""`onecontact tag` and `onecontact note`: what somebody remarks about a contact."""

import argparse
from collections.abc import Sequence

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import resolve_contact
from console.terminal.open_project import session
from pipelines.decide.annotate import note, tag, untag
from pipelines.errors import ConfigurationError
from pipelines.store.decisions.decisions import Decision


def command(args: argparse.Namespace) -> int:
    """Tag the one contact that is meant and take tags away, or write a note about it."""
    if args.kind == "tag" and not (args.tags or args.remove):
        raise ConfigurationError("say which tag: `tag CONTACT TAG`, or `tag CONTACT --remove TAG`")
    with session(args, writes_as=f"onecontact {args.kind}") as (project, connection):
        contact_id, attribution = resolve_contact(project, connection, args.contact), attributions(args)

        def act() -> Sequence[Decision]:
            if args.kind == "note":
                return [note(project, connection, contact_id, args.text, next(attribution))]
            return [
                *(tag(project, connection, contact_id, each, next(attribution)) for each in args.tags),
                *(untag(project, connection, contact_id, each, next(attribution)) for each in args.remove),
            ]

        return decide(args, connection, [contact_id], act)
