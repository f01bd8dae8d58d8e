"""What people remark about a contact: tags they add and remove, notes they write."""

from pipelines.decide.batch import DecisionBatch
from pipelines.decide.commit import Attribution, commit
from pipelines.decide.validate import values
from pipelines.errors import DecisionRefused
from pipelines.project import OpenProject
from pipelines.store.contacts import candidate_values
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind


def tag(
    project: OpenProject,
    connection: Connection,
    contact: str,
    text: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Tag a contact. It stays tagged whatever a source says, until somebody removes the tag.

    Raises:
        DecisionRefused: It is no tag, or several.
    """
    tags = values(project, "tags", text, attribution.decided_at, batch)
    if len(tags) != 1:
        raise DecisionRefused("a tag is one text, without commas and semicolons; for several tags decide several times")
    return commit(
        project,
        connection,
        DecisionKind.TAG,
        attribution,
        decisions.attached_records(connection, contact),
        value=tags[0],
        batch=batch,
    )


def untag(
    project: OpenProject,
    connection: Connection,
    contact: str,
    text: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Take a tag off a contact, whoever has stated it; it comes back when it is stated anew.

    Raises:
        DecisionRefused: The contact does not have it.
    """
    spelt = candidate_values.tag_of(connection, contact, text)
    if spelt is None:
        raise DecisionRefused("the contact has no such tag: `onecontact show` lists those it has")
    return commit(
        project,
        connection,
        DecisionKind.UNTAG,
        attribution,
        decisions.attached_records(connection, contact),
        value=spelt,
        batch=batch,
    )


def note(
    project: OpenProject,
    connection: Connection,
    contact: str,
    text: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Write a note about a contact, to be read in its timeline.

    Raises:
        DecisionRefused: It says nothing, or too much.
    """
    written = values(project, "notes", text, attribution.decided_at, batch)
    if not written:
        raise DecisionRefused("a note needs words")
    return commit(
        project,
        connection,
        DecisionKind.NOTE,
        attribution,
        decisions.attached_records(connection, contact),
        value=written[0],
        batch=batch,
    )
