"""Writing the snapshot of a role: tables of the published names in an encrypted file of its own."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from pipelines.store.snapshots.masks import pads
from pipelines.store.snapshots.rows import select
from pipelines.store.warehouse.connection import Connection, register, value
from schemas.published.treatments import Treatments
from schemas.published.views import VIEWS

# Everything that the published views are made of, but for when it was last looked at. Large tables that only grow with
# deliveries are spoken for by these.
DEPENDS_ON = {
    "contact": "* EXCLUDE (run_id, attributes, tags, tags_folded, channels), attributes::VARCHAR, tags::VARCHAR, "
    "channels::VARCHAR",
    "contact_identifier": "*",
    "contact_field": "* EXCLUDE (losing_values)",
    "contact_attribute": "*",
    "membership": "*",
    "published.deliveries": "*",
    "decision": "* EXCLUDE (compared)",
    "published.exports": "* EXCLUDE (columns, checked_at)",
    "suppressed_conversation": "*",
}


class Content(NamedTuple):
    """What a snapshot holds, and says of itself."""

    role: str
    description: str
    actions: list[str]
    treatments: Treatments
    members: pl.Series | None  # ids of the contacts that are in it; None: all
    channels: tuple[str, ...]  # whose conversations are in it; none: all
    secret: bytes  # makes pseudonyms
    as_of: datetime
    run_id: str
    made_at: datetime
    inputs: str  # a fingerprint of all that it was made of
    settings: Mapping[str, Any]  # what a reader has to know of the project


def write_snapshot(connection: Connection, path: Path, key: str, content: Content) -> int:
    """Write a new file, encrypted under a key, outside a transaction; how many contacts are in it.

    Nothing of it goes into a journal. Where it fails, what is left of the file is the caller's to remove.
    """
    with attached(connection, path, key), register(connection, member=_members(content)):
        for name, view in VIEWS.items():
            sql = select(content.treatments, name, of_members=content.members is not None, channels=content.channels)
            if sql is None:
                continue
            parameters = {each: pad for each, pad in pads(content.secret).items() if f"${each}" in sql}
            connection.execute(f"CREATE TABLE snapshot.{name} AS {sql}", parameters or None)
            _comment(connection, f"TABLE snapshot.{name}", view.description)
            for column in content.treatments.seen(name):
                how = content.treatments.columns[f"{name}.{column.name}"]
                _comment(connection, f"COLUMN snapshot.{name}.{column.name}", f"{column.description} ({how})")
        has_contacts = bool(content.treatments.seen("contacts"))
        contacts = int(value(connection, "SELECT count(*) FROM snapshot.contacts")) if has_contacts else 0
        _describe(connection, content, contacts)
        return contacts


@contextmanager
def attached(connection: Connection, path: Path, key: str) -> Iterator[None]:
    """A new encrypted file as database `snapshot`, complete on the disk at the end of the block."""
    file = str(path).replace("'", "''")
    options = "ENCRYPTION_KEY ?, ENCRYPTION_CIPHER 'GCM', RECOVERY_MODE NO_WAL_WRITES"
    connection.execute(f"ATTACH '{file}' AS snapshot ({options})", [key])
    try:
        yield
    finally:
        connection.execute("DETACH snapshot")


def state_of(connection: Connection) -> str:
    """A fingerprint of what the published views show; it changes when any of it does."""
    prints = "SELECT count(*) || '-' || coalesce(sum(hash(held)), 0)"
    parts = [
        value(connection, f"{prints} FROM (SELECT {columns} FROM {table}) held")
        for table, columns in DEPENDS_ON.items()
    ]
    version = value(connection, "SELECT sha256 FROM schema_view")
    return " ".join(map(str, [version, *parts]))


def _members(content: Content) -> pl.DataFrame:
    empty = pl.Series("contact_id", [], pl.String)
    return (empty if content.members is None else content.members.alias("contact_id")).to_frame()


def _describe(connection: Connection, content: Content, contacts: int) -> None:
    """Two tables beside those of the views: what the file is, and how each column is seen."""
    connection.execute(
        """CREATE TABLE snapshot.snapshot AS
           SELECT $role AS role, $description AS description, $actions::VARCHAR[] AS actions,
                  $as_of::TIMESTAMPTZ AS as_of, $made_at::TIMESTAMPTZ AS made_at, $run_id AS run_id,
                  $inputs AS inputs, $contacts::BIGINT AS contacts, $settings AS settings""",
        {
            **{each: getattr(content, each) for each in ("role", "description", "actions", "as_of", "made_at")},
            "run_id": content.run_id,
            "inputs": content.inputs,
            "contacts": contacts,
            "settings": json.dumps(content.settings),
        },
    )
    rows = [(*name.split("."), str(treatment)) for name, treatment in content.treatments.columns.items()]
    frame = pl.DataFrame(rows, schema=["view", "column", "treatment"], orient="row")
    with register(connection, stated=frame):
        connection.execute("CREATE TABLE snapshot.snapshot_column AS SELECT * FROM stated")
    _comment(connection, "TABLE snapshot.snapshot", "This file: the role it is for, and when and of what it was made")
    _comment(connection, "TABLE snapshot.snapshot_column", "How the role sees each column of the published views")


def _comment(connection: Connection, place: str, text: str) -> None:
    escaped = text.replace("'", "''")
    connection.execute(f"COMMENT ON {place} IS '{escaped}'")
