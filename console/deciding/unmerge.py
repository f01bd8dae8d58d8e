"""`onecontact unmerge`: a contact that is not one person."""

import argparse

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import resolve_contact
from console.terminal.open_project import session
from pipelines.decide.merge import unmerge


def command(args: argparse.Namespace) -> int:
    """Take the newest merge of a contact back, or take records out of it."""
    with session(args, writes_as="onecontact unmerge") as (project, connection):
        contact_id, attribution = resolve_contact(project, connection, args.contact), next(attributions(args))
        return decide(
            args,
            connection,
            [contact_id],
            lambda: [unmerge(project, connection, contact_id, attribution, args.record, every=args.all)],
        )
