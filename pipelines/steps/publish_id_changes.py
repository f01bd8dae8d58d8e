"""Publishing where ids of contacts went, for systems that keep them: one CSV that only grows, and its manifest."""

from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from pipelines.project import OpenProject, digest
from pipelines.publish.files import atomic_write, sha256_of
from pipelines.publish.table import READING, as_csv, header
from pipelines.steps.publish import FOLDER, Published, commit_publication, replace_if_changed
from pipelines.steps.segments.provenance import attributed
from pipelines.store.contacts.id_changes import in_order
from pipelines.store.reads import exports as store
from pipelines.store.warehouse.connection import Connection
from schemas.segment import ID_CHANGES, Dialect
from schemas.vocabulary import Pii

FILE = "id_changes.csv"
COLUMNS = MappingProxyType(
    {
        "number": Pii.NONE,
        "changed_at": Pii.NONE,
        "kind": Pii.NONE,
        "old_id": Pii.KEYED,
        "new_id": Pii.KEYED,
        "run_id": Pii.NONE,
    }
)
DESCRIPTION = (
    "What became of the ids of contacts, in the order in which it happened. Remember the number of the last row you "
    "have read, and go on after it. After each row, new_id is in use; the last row of an id that is not says where it "
    "leads."
)
KINDS = MappingProxyType(
    {
        "merged": "old_id is no more, or has not been for long: whoever it stood for is new_id now",
        "split": "new_id was made of a part of old_id, or took one over: read both anew",
        "restored": "as split, and new_id is an id that had been in use before: an earlier row for it no longer holds",
        "reused": "a source gave a record id of old_id to another person, who is new_id; both go on",
        "erased": "old_id is no more, for the person was erased: remove them; nobody gets this id again",
        "withdrawn": "old_id is no more, for its first record was withdrawn; new_id is what was left, if anything was",
    }
)


def publish_id_changes(project: OpenProject, connection: Connection, run_id: str, as_of: datetime) -> Published:
    """Write all changes of ids there have been, unless the file that is there says the same already."""
    draft = project.folder / FOLDER / ID_CHANGES / f".{FILE}.next"
    try:
        rows = write_changes(connection, draft)
        drafted = store.Publication(
            export_id="",
            segment=ID_CHANGES,
            file_name=FILE,
            file_sha256=str(sha256_of(draft)),
            columns=list(COLUMNS),
            rows=rows,
            definition_digest=digest(list(COLUMNS)),
            as_of=as_of,
            published_at=datetime.now(UTC),
            run_id=run_id,
        )
        drafted = attributed(project, drafted)
        publication, freshness = commit_publication(connection, drafted, pl.DataFrame(schema={"contact_id": pl.String}))
        changed = replace_if_changed(draft, draft.parent, publication, manifest(project, publication), freshness)
        return Published(ID_CHANGES, publication.rows, changed, file=FILE)
    finally:
        draft.unlink(missing_ok=True)


def write_changes(connection: Connection, path: Path) -> int:
    """Write all changes of ids to a file; how many there are."""
    rows = 0
    with atomic_write(path) as file:
        file.write(header(list(COLUMNS)))
        for batch in in_order(connection):
            file.write(as_csv(batch, list(COLUMNS)))
            rows += batch.height
    return rows


def manifest(project: OpenProject, publication: store.Publication) -> dict[str, Any]:
    """What somebody has to know who follows the ids."""
    return {
        "project": project.settings.project,
        "dataset": ID_CHANGES,
        "description": DESCRIPTION,
        "kinds": dict(KINDS),
        "export_id": publication.export_id,
        "file": publication.file_name,
        "sha256": publication.file_sha256,
        "rows": publication.rows,
        "columns": [{"name": name, "pii": pii.value} for name, pii in COLUMNS.items()],
        "dialect": Dialect.PLAIN,
        "reading": READING[Dialect.PLAIN],
        "published_at": publication.published_at.isoformat(),
        "run_id": publication.run_id,
    }
