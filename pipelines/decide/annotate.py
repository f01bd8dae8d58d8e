"""What people remark about a contact: tags they add and remove, notes they write."""

from pipelines.decide.commit import Ruling, take
from pipelines.decide.validate import values
from pipelines.errors import DecisionRefused
from pipelines.project import OpenProject
from pipelines.store.contacts import candidate_values
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind


def tag(project: OpenProject, connection: Connection, contact: str, text: str, ruling: Ruling) -> Decision:
    """Tag a contact. It stays tagged whatever a source says, until somebody removes the tag.

    Raises:
        DecisionRefused: It is no tag, or several.
    """
    tags = values(project, "tags", text, ruling.decided_at)
    if len(tags) != 1:
        raise DecisionRefused("a tag is one text, without commas and semicolons; for several tags decide several times")
    return take(project, connection, DecisionKind.TAG, ruling, decisions.carried(connection, contact), value=tags[0])


def untag(project: OpenProject, connection: Connection, contact: str, text: str, ruling: Ruling) -> Decision:
    """Take a tag off a contact, whoever has stated it; it comes back when it is stated anew.

    Raises:
        DecisionRefused: The contact does not have it.
    """
    spelt = candidate_values.tag_of(connection, contact, text)
    if spelt is None:
        raise DecisionRefused("the contact has no such tag: `onecontact show` lists those it has")
    return take(project, connection, DecisionKind.UNTAG, ruling, decisions.carried(connection, contact), value=spelt)


def note(project: OpenProject, connection: Connection, contact: str, text: str, ruling: Ruling) -> Decision:
    """Write a note about a contact, to be read in its timeline.

    Raises:
        DecisionRefused: It says nothing, or too much.
    """
    written = values(project, "notes", text, ruling.decided_at)
    if not written:
        raise DecisionRefused("a note needs words")
    return take(
        project, connection, DecisionKind.NOTE, ruling, decisions.carried(connection, contact), value=written[0]
    )
