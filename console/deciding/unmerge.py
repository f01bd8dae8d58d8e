"""`onecontact unmerge`: a contact that is not one person."""

import argparse

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import the_one
from console.terminal.open_project import opened
from pipelines.decide.merge import unmerge


def command(asked: argparse.Namespace) -> int:
    """Take the newest merge of a contact back, or take records out of it."""
    with opened(asked, writes_as="onecontact unmerge") as (project, connection):
        contact_id, attribution = the_one(connection, asked.contact), next(attributions(asked))
        return decide(
            asked,
            connection,
            [contact_id],
            lambda: [unmerge(project, connection, contact_id, attribution, asked.record, every=asked.all)],
        )
