"""`onecontact merge`: contacts that are one person."""

import argparse

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import resolve_contact
from console.terminal.open_project import session
from pipelines.decide.merge import merge


def command(args: argparse.Namespace) -> int:
    """Merge contacts; the first one is the primary."""
    with session(args, writes_as="onecontact merge") as (project, connection):
        primary, attribution = resolve_contact(project, connection, args.contact, "PRIMARY"), attributions(args)
        others = [resolve_contact(project, connection, text, f"OTHER {nth}") for nth, text in enumerate(args.others, 1)]
        contacts = list(dict.fromkeys([primary, *others]))
        return decide(
            args,
            connection,
            contacts,
            lambda: [merge(project, connection, contacts, next(attribution), primary=primary)],
        )
