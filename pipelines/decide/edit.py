"""Editing what a contact says: a value somebody knows better, none where there is one, one that is to stay.

The contact is derived as before; what was decided is one more thing that is stated about it, by people. It is kept with
the record that gives the contact its id and stays with that one, whatever is merged and parted.
"""

import polars as pl

from pipelines.decide.batch import DecisionBatch
from pipelines.decide.commit import Attribution, commit
from pipelines.decide.validate import validate
from pipelines.errors import DecisionRefused
from pipelines.normalise.text import joined
from pipelines.project import OpenProject
from pipelines.store.contacts import candidate_values
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind

FIELDS = ("name", "phone", "email")


def edit(
    project: OpenProject,
    connection: Connection,
    contact: str,
    field: str,
    text: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Give a contact a value of `name`, `phone`, `email` or `attr.<name>`, against all that was stated of it so far.

    It gives way to what a source states for the first time afterwards.

    Raises:
        DecisionRefused: The value is none of this field, or the field is pinned.
    """
    _require_free(project, connection, contact, field)
    value = validate(project, field, text, attribution.decided_at, batch)
    records = decisions.attached_records(connection, contact)
    return commit(project, connection, DecisionKind.EDIT, attribution, records, field=field, value=value, batch=batch)


def clear(
    project: OpenProject,
    connection: Connection,
    contact: str,
    field: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Empty a field, until a source states a new value.

    Raises:
        DecisionRefused: There is nothing in it, it is pinned, or it is required.
    """
    _require_free(project, connection, contact, field)
    if field.startswith("attr.") and project.settings.attributes[field.removeprefix("attr.")].required:
        raise DecisionRefused(f"{field} is required, so it cannot be empty: give it another value")
    if not candidate_values.values_of(connection, contact, field):
        raise DecisionRefused(f"{field} is empty already")
    return commit(
        project,
        connection,
        DecisionKind.EDIT,
        attribution,
        decisions.attached_records(connection, contact),
        field=field,
        value=None,
        batch=batch,
    )


def pin(
    project: OpenProject,
    connection: Connection,
    contact: str,
    field: str,
    text: str | None,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Give a field a value that stays whatever a source states; without `text` the one it has.

    Raises:
        DecisionRefused: The value is none of this field, or there is none to pin.
    """
    _require_field(project, field)
    value = (
        _only_value(project, connection, contact, field)
        if text is None
        else validate(project, field, text, attribution.decided_at, batch)
    )
    records = decisions.attached_records(connection, contact)
    return commit(project, connection, DecisionKind.PIN, attribution, records, field=field, value=value, batch=batch)


def _only_value(project: OpenProject, connection: Connection, contact: str, field: str) -> str:
    values = candidate_values.values_of(connection, contact, field)
    definition = project.settings.attributes.get(field.removeprefix("attr.")) if field.startswith("attr.") else None
    if values and definition is not None and definition.is_list:
        return str(pl.select(joined(pl.lit(pl.Series([values])))).item())
    if len(values) != 1:
        several = "has several values" if values else "is empty"
        raise DecisionRefused(f"{field} {several}, so it is not clear what to pin: say which value it is to have")
    return values[0]


def _require_free(project: OpenProject, connection: Connection, contact: str, field: str) -> None:
    _require_field(project, field)
    pinned = candidate_values.pin_of(connection, contact, field)
    if pinned is not None:
        raise DecisionRefused(
            f"{field} is pinned: pin the new value, or take that back with `onecontact revoke {pinned}`"
        )


def _require_field(project: OpenProject, field: str) -> None:
    known = [*FIELDS, *(f"attr.{name}" for name in project.settings.attributes)]
    if field not in known:
        raise DecisionRefused(f"no field of that name can be edited, but {', '.join(known)}")
