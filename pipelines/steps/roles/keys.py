"""The keys of roles: handed over to a person, and replaced."""

import hashlib
from pathlib import Path

from pipelines.audit.events import Action, Event
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.publish import role_keys
from pipelines.steps.roles.snapshots import (
    Written,
    content_of,
    moment_of_last_run,
    put_in_place,
    role_of,
    write_one,
)
from pipelines.store.audit.record import record
from pipelines.store.snapshots.write import state_of
from pipelines.store.warehouse.connection import Connection


def grant(project: OpenProject, connection: Connection, name: str, recipient: str, path: Path) -> Written:
    """Hand over the key of a role, encrypted for a public key; its snapshot is written if it is not there yet.

    Raises:
        ConfigurationError: There is no such role, no such public key, or the file exists.
    """
    role_of(project, name)
    sealed_for = role_keys.recipient_of(recipient)
    as_of, run_id = moment_of_last_run(connection)
    role_keys.make_role_key(project.role_keys, name)
    role_keys.hand_over(project.role_keys, name, sealed_for, path)
    fingerprint = hashlib.sha256(recipient.strip().encode()).hexdigest()[:16]
    record(connection, Event(Action.ROLE_GRANTED, "role", name, role=name, details={"recipient": fingerprint}))
    return write_one(project, connection, name, run_id, as_of, state_of(connection))


def rotate(project: OpenProject, connection: Connection, name: str) -> Written:
    """Give a role another key, and write its snapshot under it: whoever holds the old key reads no newer snapshot.

    A rotation that is killed leaves the old key with the old snapshot, or the new key, under which the next run writes.

    Raises:
        ConfigurationError: There is no such role, or it was never granted.
    """
    role_of(project, name)
    if not role_keys.is_granted(project.role_keys, name):
        raise ConfigurationError(f"the role `{name}` has no key yet: `onecontact roles grant {name}` makes one")
    as_of, run_id = moment_of_last_run(connection)
    role_keys.next_role_key(project.role_keys, name)
    content = content_of(project, connection, name, run_id, as_of, state_of(connection))
    role_keys.replace_role_key(project.role_keys, name)
    record(connection, Event(Action.KEY_ROTATED, "role", name, role=name))
    return put_in_place(project, connection, content, role_keys.load_role_key(project.role_keys, name))
