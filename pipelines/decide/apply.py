"""Granting a request: whom it means, and the function that takes its decision."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pipelines.decide import annotate, block, create, edit, merge, revoke
from pipelines.decide.commit import Ruling
from pipelines.decide.request_rows import ALWAYS, CLEAR, Asked
from pipelines.errors import DecisionRefused, RequestRefused
from pipelines.project import OpenProject
from pipelines.store.decisions.decisions import Decision
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind, ErrorCode

EVERY = ["all"]  # instead of records: each of them on its own

Meant = Callable[[str, str], str]  # the one contact that a text in a column means; raises RequestRefused
Take = Callable[[OpenProject, Connection, Asked, list[str], Ruling], Decision]


def grant(project: OpenProject, connection: Connection, asked: Asked, ruling: Ruling, meant: Meant) -> Decision:
    """Take the decision that is asked for.

    Raises:
        RequestRefused: It names a contact that is not there, or several, or cannot be as things stand. Nothing of it is
            stored.
    """
    contacts = [meant(column, text) for column, text in asked.names]
    try:
        return TAKES[asked.kind](project, connection, asked, contacts, ruling._replace(expires_at=asked.until))
    except DecisionRefused as refusal:
        wrong = RequestRefused(ErrorCode.DECISION_REFUSED, "decision", f"a decision that can be taken: {refusal}")
    raise wrong


def _create(project: OpenProject, connection: Connection, asked: Asked, _: list[str], ruling: Ruling) -> Decision:
    stated = {name: text for name, text in asked.said.items() if name not in ALWAYS}
    return create.create(project, connection, stated, ruling)[0]


def _unmerge(project: OpenProject, connection: Connection, asked: Asked, who: list[str], ruling: Ruling) -> Decision:
    records = asked.said.get("records", [])
    every = records == EVERY
    return merge.unmerge(project, connection, who[0], ruling, [] if every else records, every=every)


TAKES: Mapping[str, Take] = MappingProxyType(
    {
        DecisionKind.CREATE: _create,
        DecisionKind.EDIT: lambda p, c, a, who, by: edit.edit(p, c, who[0], a.field, a.said["value"], by),
        CLEAR: lambda p, c, a, who, by: edit.clear(p, c, who[0], a.field, by),
        DecisionKind.PIN: lambda p, c, a, who, by: edit.pin(p, c, who[0], a.field, a.said.get("value"), by),
        DecisionKind.TAG: lambda p, c, a, who, by: annotate.tag(p, c, who[0], a.said["value"], by),
        DecisionKind.UNTAG: lambda p, c, a, who, by: annotate.untag(p, c, who[0], a.said["value"], by),
        DecisionKind.NOTE: lambda p, c, a, who, by: annotate.note(p, c, who[0], a.said["value"], by),
        DecisionKind.MERGE: lambda p, c, _, who, by: merge.merge(p, c, who, by, primary=who[0]),
        DecisionKind.UNMERGE: _unmerge,
        DecisionKind.BLOCK: lambda p, c, _, who, by: block.block(p, c, who[0], by),
        DecisionKind.UNBLOCK: lambda p, c, _, who, by: block.unblock(p, c, who[0], by),
        DecisionKind.DISMISS: lambda p, c, _, who, by: merge.dismiss(p, c, who[0], who[1], by),
        DecisionKind.REVOKE: lambda p, c, a, _, by: revoke.revoke(p, c, a.target, by),
    }
)
