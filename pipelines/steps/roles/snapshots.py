"""The snapshots of roles: written after a run, where somebody was granted the role and something has changed."""

import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.audit.events import Action as Done
from pipelines.audit.events import Event
from pipelines.errors import ConfigurationError, SnapshotUnreadable
from pipelines.project import OpenProject, digest
from pipelines.publish import role_keys
from pipelines.publish.role_snapshots import remove_others, replaced, snapshot_file
from pipelines.query.bind import bind, filter_faults
from pipelines.steps.segments.compile import project_scope
from pipelines.steps.segments.fitting import chosen_by
from pipelines.store.audit.record import record
from pipelines.store.reads.fitting_contacts import fitting_contacts
from pipelines.store.runs import runs
from pipelines.store.snapshots.read import Snapshot, about, open_snapshot
from pipelines.store.snapshots.write import Content, state_of, write_snapshot
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.keys import load_key
from schemas.configuration import nearest
from schemas.filter import All, Condition, Operator, Where
from schemas.published.role import Action, Role, Treatment
from schemas.published.treatments import treatments_of

FORM = 1  # of snapshots: another one writes all of them anew


class Written(NamedTuple):
    """What became of the snapshot of a role."""

    role: str
    contacts: int
    changed: bool


def role_of(project: OpenProject, name: str) -> Role:
    """A role of the project, or ConfigurationError that names the nearest one."""
    roles = project.settings.every_role()
    if name not in roles:
        raise ConfigurationError(f"no role `{name}`{nearest(name, sorted(roles))}")
    return roles[name]


def may(project: OpenProject, action: Action) -> list[str]:
    """The roles that may do something, sorted."""
    return sorted(name for name, role in project.settings.every_role().items() if action in role.actions)


def role_faults(project: OpenProject, as_of: datetime) -> list[str]:
    """Everything that the rows of roles ask and contacts of this project do not have."""
    scope = project_scope(project, as_of)
    return [
        f"role {name}: {fault}"
        for name, role in project.settings.every_role().items()
        if role.rows is not None
        for fault in filter_faults(role.rows, scope)
    ]


def write_snapshots(project: OpenProject, connection: Connection, run_id: str, as_of: datetime) -> list[Written]:
    """Write the snapshot of each role that somebody was granted, where the one there is says something else.

    Snapshots of roles that are no more are removed.
    """
    remove_others(project.snapshots, project.settings.every_role())
    granted = [name for name in project.settings.every_role() if role_keys.is_granted(project.role_keys, name)]
    if not granted:
        return []
    state = state_of(connection)
    return [write_one(project, connection, name, run_id, as_of, state) for name in granted]


def write_one(
    project: OpenProject, connection: Connection, name: str, run_id: str, as_of: datetime, state: str
) -> Written:
    """Write the snapshot of a role under its key, unless the one there is made of the same."""
    path, key = snapshot_file(project.snapshots, name), role_keys.load_role_key(project.role_keys, name)
    content = content_of(project, connection, name, run_id, as_of, state)
    held = held_snapshot(path, key)
    if held is not None and held.inputs == content.inputs:
        return Written(name, held.contacts, changed=False)
    return put_in_place(project, connection, content, key)


def put_in_place(project: OpenProject, connection: Connection, content: Content, key: str) -> Written:
    """Write a snapshot under a key and put it in the place of the one there is."""
    with replaced(snapshot_file(project.snapshots, content.role)) as draft:
        contacts = write_snapshot(connection, draft, key, content)
    role, details = content.role, {"contacts": contacts}
    record(connection, Event(Done.SNAPSHOT_WRITTEN, "role", role, content.run_id, role=role, details=details))
    return Written(content.role, contacts, changed=True)


def content_of(
    project: OpenProject, connection: Connection, name: str, run_id: str, as_of: datetime, state: str
) -> Content:
    """What the snapshot of a role is to hold."""
    role, settings = role_of(project, name), project.settings
    treatments = treatments_of(role, settings.attributes)
    members = members_of(project, connection, role, as_of)
    seen = [each for each in settings.attributes if treatments.attributes[each] is Treatment.CLEAR]
    who = None if members is None else hashlib.sha256("".join(members).encode()).hexdigest()
    return Content(
        role=name,
        description=role.description,
        actions=sorted(role.actions),
        treatments=treatments,
        members=members,
        channels=tuple(map(str, role.channels)),
        secret=hmac.digest(
            load_key(project.folder, settings.keys.identity).encode(), f"role {name}".encode(), "sha256"
        ),
        as_of=as_of,
        run_id=run_id,
        made_at=datetime.now(UTC),
        inputs=digest(FORM, name, role, treatments, settings.attributes, settings.timezone, who, state),
        settings={
            "project": settings.project,
            "default_region": settings.default_region,
            "roles": {each: sorted(known.actions) for each, known in settings.every_role().items()},
            "timezone": settings.timezone,
            "attributes": {each: settings.attributes[each].model_dump(mode="json") for each in seen},
        },
    )


def members_of(project: OpenProject, connection: Connection, role: Role, as_of: datetime) -> pl.Series | None:
    """Ids of the contacts that a role sees, sorted; None for everybody."""
    wanted: list[Where] = [] if role.rows is None else [role.rows]
    if role.channels:
        wanted.append(Condition(field="channels", op=Operator.HAS_ANY, value=tuple(map(str, role.channels))))
    if not wanted:
        return None
    asked = bind(All(all=tuple(wanted)), project_scope(project, as_of), place="rows")
    return fitting_contacts(connection, *chosen_by(connection, asked)).sort()


def held_snapshot(path: Path, key: str) -> Snapshot | None:
    """What the snapshot of a role says of itself; None where it cannot be read."""
    try:
        with open_snapshot(path, key) as connection:
            return about(connection)
    except SnapshotUnreadable:
        return None


def write_granted(project: OpenProject, connection: Connection) -> list[Written]:
    """`write_snapshots` as of the last run."""
    as_of, run_id = moment_of_last_run(connection)
    return write_snapshots(project, connection, run_id, as_of)


def moment_of_last_run(connection: Connection) -> tuple[datetime, str]:
    """As of when contacts were last derived, and the id of the last run."""
    as_of = runs.last_as_of(connection)
    if as_of is None:
        raise ConfigurationError("there is nothing to see yet: `onecontact run` first")
    return as_of, runs.last_run_id(connection)
