"""Applying a request: whom it means, and the function that commits its decision."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pipelines.decide import annotate, block, create, edit, merge, revoke
from pipelines.decide.batch import DecisionBatch
from pipelines.decide.commit import Attribution
from pipelines.decide.request_rows import ALWAYS, CLEAR, Request
from pipelines.errors import DecisionRefused, RequestRefused
from pipelines.project import OpenProject
from pipelines.store.decisions.decisions import Decision
from pipelines.store.warehouse.connection import Connection
from schemas.error_codes import ErrorCode
from schemas.vocabulary import DecisionKind

EVERY = ["all"]  # instead of records: each of them on its own

Resolve = Callable[[str, str], str]  # column, text → the one contact that is meant; raises RequestRefused
Apply = Callable[[OpenProject, Connection, Request, list[str], Attribution, DecisionBatch | None], Decision]


def apply(
    project: OpenProject,
    connection: Connection,
    request: Request,
    attribution: Attribution,
    resolve: Resolve,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Commit the decision that is asked for, in a batch or at once.

    Raises:
        RequestRefused: It names a contact that is not there, or several, or cannot be as things stand. Nothing of it is
            stored.
    """
    contacts = [resolve(column, text) for column, text in request.contacts]
    attribution = attribution._replace(expires_at=request.until)
    try:
        return APPLIES[request.kind](project, connection, request, contacts, attribution, batch)
    except DecisionRefused as refusal:
        wrong = RequestRefused(ErrorCode.DECISION_REFUSED, "decision", f"a decision that can be taken: {refusal}")
    raise wrong


def _create(
    project: OpenProject,
    connection: Connection,
    request: Request,
    _: list[str],
    attribution: Attribution,
    batch: DecisionBatch | None,
) -> Decision:
    fields = {name: text for name, text in request.cells.items() if name not in ALWAYS}
    return create.create(project, connection, fields, attribution, batch)[0]


def _unmerge(
    project: OpenProject,
    connection: Connection,
    request: Request,
    contacts: list[str],
    attribution: Attribution,
    batch: DecisionBatch | None,
) -> Decision:
    records = request.cells.get("records", [])
    every = records == EVERY
    return merge.unmerge(
        project, connection, contacts[0], attribution, [] if every else records, every=every, batch=batch
    )


APPLIES: Mapping[str, Apply] = MappingProxyType(
    {
        DecisionKind.CREATE: _create,
        DecisionKind.EDIT: lambda p, c, r, who, by, b: edit.edit(p, c, who[0], r.field, r.cells["value"], by, b),
        CLEAR: lambda p, c, r, who, by, b: edit.clear(p, c, who[0], r.field, by, b),
        DecisionKind.PIN: lambda p, c, r, who, by, b: edit.pin(p, c, who[0], r.field, r.cells.get("value"), by, b),
        DecisionKind.TAG: lambda p, c, r, who, by, b: annotate.tag(p, c, who[0], r.cells["value"], by, b),
        DecisionKind.UNTAG: lambda p, c, r, who, by, b: annotate.untag(p, c, who[0], r.cells["value"], by, b),
        DecisionKind.NOTE: lambda p, c, r, who, by, b: annotate.note(p, c, who[0], r.cells["value"], by, b),
        DecisionKind.MERGE: lambda p, c, _, who, by, b: merge.merge(p, c, who, by, primary=who[0], batch=b),
        DecisionKind.UNMERGE: _unmerge,
        DecisionKind.BLOCK: lambda p, c, _, who, by, b: block.block(p, c, who[0], by, b),
        DecisionKind.UNBLOCK: lambda p, c, _, who, by, b: block.unblock(p, c, who[0], by, b),
        DecisionKind.DISMISS: lambda p, c, _, who, by, b: merge.dismiss(p, c, who[0], who[1], by, b),
        DecisionKind.REVOKE: lambda p, c, r, _, by, b: revoke.revoke(p, c, r.target, by, b),
    }
)
