"""`onecontact merge`: contacts that are one person."""

import argparse

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import the_one
from console.terminal.open_project import opened
from pipelines.decide.merge import merge


def command(asked: argparse.Namespace) -> int:
    """Merge contacts; the first one is the primary."""
    with opened(asked, writes_as="onecontact merge") as (project, connection):
        primary, attribution = the_one(connection, asked.contact, "PRIMARY"), attributions(asked)
        others = [the_one(connection, text, f"OTHER {nth}") for nth, text in enumerate(asked.others, 1)]
        contacts = list(dict.fromkeys([primary, *others]))
        return decide(
            asked,
            connection,
            contacts,
            lambda: [merge(project, connection, contacts, next(attribution), primary=primary)],
        )
