"""A past publication made again, of those who were in it, with the values that they have now."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import polars as pl

from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.publish.files import atomic_write, sha256_of
from pipelines.publish.writers.formats import file_columns, open_format
from pipelines.publish.writers.sink import Sink, encrypted
from pipelines.steps.segments.changes import was_member
from pipelines.steps.segments.fitting import ALWAYS
from pipelines.steps.segments.manifest import MANIFEST, column_dictionary, write_manifest
from pipelines.steps.segments.provenance import attributed
from pipelines.store.contacts.id_history import resolve_ids
from pipelines.store.reads import exports as store
from pipelines.store.reads.contact_rows import collation_of, contacts_in_order
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.fields import field_kinds
from schemas.segment import Segment
from schemas.settings.publication import Content
from schemas.vocabulary import Status

REMADE = "remade:"  # before the name of a segment, and the id of a publication


class Remade(NamedTuple):
    """What was made, and how it differs from what was published.

    `recorded` are those who were in the publication; of them `gone` are contacts no more, `merged` are one with another
    of them or have another id now, and `blocked` were left out because they are blocked now. `is_identical`: the file
    holds, byte for byte, what was published.
    """

    rows: int
    recorded: int
    gone: int
    merged: int
    blocked: int
    columns_gone: list[str]
    is_identical: bool

    def differences(self) -> dict[str, Any]:
        """As a manifest has it."""
        return self._asdict()


def remake(project: OpenProject, connection: Connection, publication: store.Publication, out: Path) -> Remade:
    """Write a publication again to a new file, and a manifest beside it that says what differs.

    What is kept of a publication is who was in it, not what they were called then. So who has been erased or withdrawn
    since is missing, and everybody else has the values of today. Who is blocked now is left out, unless the segment was
    for blocked contacts, too: what is made again can be sent again.

    Raises:
        ConfigurationError: It is no longer kept who was in it, the file exists, or no column of it is there any more.
    """
    if publication.members_removed_at is not None:
        raise ConfigurationError("who was in this publication was forgotten, as `keep_members` of its segment says")
    if out.exists():
        raise ConfigurationError(f"{out}: is there already; name a new file")
    segment, missing = as_it_was(project, publication)
    recorded = was_member(store.members_of(connection, publication.export_id))["contact_id"].sort()
    leads_to = resolve_ids(connection, recorded.to_list())
    current = pl.Series([leads_to.get(each, each) for each in recorded], dtype=pl.String).unique().sort()
    found, members = 0, [pl.Series("contact_id", [], pl.String)]
    attributes = project.settings.attributes
    with atomic_write(out) as file, encrypted(file, segment.encrypt_to) as clear:
        sink = Sink(clear)
        with open_format(sink.file(), segment, file_columns(segment, attributes), attributes) as write:
            collation = collation_of(connection, project.settings.sorting_locale())
            columns = {*ALWAYS, *segment.columns}
            for batch in contacts_in_order(connection, attributes, columns, segment.order_by, collation, current):
                found += batch.height
                kept = batch if segment.include_blocked else batch.filter(pl.col("status") != Status.BLOCKED.value)
                members.append(kept["contact_id"])
                write(kept)
    rows = sum(map(len, members))
    remade = Remade(
        rows=rows,
        recorded=recorded.len(),
        gone=current.len() - found,
        merged=sum(each in leads_to for each in recorded),
        blocked=found - rows,
        columns_gone=missing,
        is_identical=sink.sha256() == (publication.content_sha256 or publication.file_sha256),
    )
    keep(project, connection, publication, out, pl.concat(members), remade)
    write_manifest(out.with_name(f"{out.name}.{MANIFEST}"), manifest_of(project, segment, publication, out, remade))
    return remade


def keep(
    project: OpenProject,
    connection: Connection,
    publication: store.Publication,
    out: Path,
    members: pl.Series,
    remade: Remade,
) -> None:
    """Keep that a publication was made again and who is in it: it left the warehouse once more."""
    now = datetime.now(UTC)
    again = publication._replace(
        export_id=str(uuid4()),
        segment=f"{REMADE}{publication.segment.removeprefix(REMADE)}",
        file_name=out.name,
        file_sha256=str(sha256_of(out)),
        content_sha256=None,
        rows=remade.rows,
        published_at=now,
        as_of=now,
        run_id=f"{REMADE}{publication.export_id}",
        counts=json.dumps(remade.differences()),
        previous_id=publication.export_id,
    )
    with transaction(connection):
        store.keep_members(connection, again.export_id, members.alias("contact_id").to_frame())
        store.keep_publication(connection, attributed(project, again))


def as_it_was(project: OpenProject, publication: store.Publication) -> tuple[Segment, list[str]]:
    """The segment of a publication as it was defined then, and its columns that there are no more.

    Of one from before definitions were kept, its columns are known and nothing else. A file of changes is made again as
    a whole.
    """
    fields = field_kinds(project.settings.attributes)
    missing = [name for name in publication.columns if name not in fields]
    columns = [name for name in publication.columns if name in fields]
    if not columns:
        raise ConfigurationError("none of its columns is there any more")
    said: dict[str, Any] = json.loads(publication.definition or "{}")
    said |= {
        "segment": publication.segment.removeprefix(REMADE),
        "columns": columns,
        "where": {"all": []},
        "content": Content.FULL,
    }
    said |= {"expect": {}, "one_per": None}
    said["titles"] = {name: title for name, title in said.get("titles", {}).items() if name in columns}
    order = [name for name in said.get("order_by", []) if name.removeprefix("-") in fields]
    return Segment.model_validate(said | {"order_by": order or ["contact_id"]}), missing


def manifest_of(
    project: OpenProject, segment: Segment, publication: store.Publication, out: Path, remade: Remade
) -> dict[str, Any]:
    """What somebody has to know who is handed a publication that was made again."""
    by = attributed(project, publication)
    return {
        "project": project.settings.project,
        "segment": publication.segment,
        "remade_from": publication.export_id,
        "originally_published_at": publication.published_at.isoformat(),
        "note": "Made again of those who were in the publication, with the values that they have now",
        "differences": remade.differences(),
        "file": out.name,
        "format": segment.format,
        "sha256": sha256_of(out),
        "rows": remade.rows,
        "columns": [*column_dictionary(project, file_columns(segment, project.settings.attributes))],
        "purpose": segment.purpose,
        "recipients": list(segment.recipients),
        "encrypted_to": list(segment.encrypt_to),
        "remade_at": datetime.now(UTC).isoformat(),
        "remade_by": {"login": by.login, "on_behalf_of": by.on_behalf_of},
        "settings_digest": by.settings_digest,
        "code_version": by.code_version,
    }
