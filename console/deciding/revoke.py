"""`onecontact revoke`: undo a decision."""

import argparse

from console.deciding.decision_command import actor, attributions, decide
from console.terminal.exit_codes import NOT_FOUND, SEVERAL, CommandError
from console.terminal.open_project import session
from pipelines.decide.revoke import revoke
from pipelines.store.decisions import decision_log
from pipelines.store.warehouse.connection import Connection

LAST = "last"


def command(args: argparse.Namespace) -> int:
    """Take back the one decision that is meant."""
    with session(args, writes_as="onecontact revoke") as (project, connection):
        decision_id, attribution = decision_meant(connection, args), attributions(args)
        contacts = decision_log.contacts_of_decisions(connection, [decision_id]).to_list()
        return decide(args, connection, contacts, lambda: [revoke(project, connection, decision_id, next(attribution))])


def decision_meant(connection: Connection, args: argparse.Namespace) -> str:
    """Id of the one decision that is meant.

    Raises:
        Ended: None fits, or several do.
    """
    if args.decision == LAST:
        fitting = decision_log.last_of(connection, actor(args.by))
        if fitting.is_empty():
            raise CommandError(
                "you have taken no decision that stands; `onecontact decisions` lists those of all", NOT_FOUND
            )
        return str(fitting[0])
    fitting = decision_log.known_as(connection, args.decision)
    if fitting.is_empty():
        raise CommandError("no decision has that id; `onecontact decisions` lists them", NOT_FOUND)
    if fitting.len() > 1:
        raise CommandError("the ids of several decisions begin so; write more of it", SEVERAL)
    return str(fitting[0])
