"""`onecontact unmerge`: a contact that is not one person."""

import argparse
from collections.abc import Iterator

from console.deciding.decision_command import attributions, decide
from console.deciding.decisions import some
from console.looking.resolve_contact import resolve_contact, short_name
from console.terminal.open_project import session
from console.terminal.screen import printable
from pipelines.decide.merge import unmerge
from pipelines.store.contacts import id_history
from pipelines.store.warehouse.connection import Connection


def command(args: argparse.Namespace) -> int:
    """Take the newest merge of a contact back, or take records out of it."""
    with session(args, writes_as="onecontact unmerge") as (project, connection):
        contact_id, attribution = resolve_contact(project, connection, args.contact), next(attributions(args))
        return decide(
            args,
            connection,
            [contact_id],
            lambda: [unmerge(project, connection, contact_id, attribution, args.record, every=args.all)],
            [line for text in args.record for line in bearer_meant(connection, contact_id, text.strip())],
        )


def bearer_meant(connection: Connection, contact_id: str, text: str) -> Iterator[str]:
    """Which record of a contact is meant by an id, in a sentence, if several people have had the id."""
    known = id_history.bearers(connection, text).to_dicts()
    current = [each for each in known if each["is_current"]]
    former = [each for each in known if not each["is_current"]]
    here = [each for each in known if each["contact_id"] == contact_id]
    if not known or not here:
        return
    meant = f"{printable(text)}: split off is the record of who {'has' if here[0]['is_current'] else 'had'} this id"
    if len(here) > 1:
        yield f"{meant} now; that of who had it before stays."
    elif here[0]["is_current"]:
        yield f"{meant} now; before, it was the id of {some([short_name(each) for each in former])}."
    else:
        yield f"{meant} before; now it is the id of {some([short_name(each) for each in current])}."
