"""`onecontact tag` and `onecontact note`: what somebody remarks about a contact."""

import argparse
from collections.abc import Sequence

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import the_one
from console.terminal.open_project import opened
from pipelines.decide.annotate import note, tag, untag
from pipelines.errors import ConfigurationError
from pipelines.store.decisions.decisions import Decision


def command(asked: argparse.Namespace) -> int:
    """Tag the one contact that is meant and take tags away, or write a note about it."""
    if asked.kind == "tag" and not (asked.tags or asked.remove):
        raise ConfigurationError("say which tag: `tag CONTACT TAG`, or `tag CONTACT --remove TAG`")
    with opened(asked, writes_as=f"onecontact {asked.kind}") as (project, connection):
        contact_id, attribution = the_one(connection, asked.contact), attributions(asked)

        def act() -> Sequence[Decision]:
            if asked.kind == "note":
                return [note(project, connection, contact_id, asked.text, next(attribution))]
            return [
                *(tag(project, connection, contact_id, each, next(attribution)) for each in asked.tags),
                *(untag(project, connection, contact_id, each, next(attribution)) for each in asked.remove),
            ]

        return decide(asked, connection, [contact_id], act)
