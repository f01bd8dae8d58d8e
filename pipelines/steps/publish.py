"""Publishing a segment: one file and its manifest, replaced only when there is something new to say."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid5

import polars as pl

from pipelines.ids import NAMESPACE
from pipelines.project import OpenProject, digest
from pipelines.publish.files import sha256_of
from pipelines.query.bind import Bound
from pipelines.steps.segments import write
from pipelines.steps.segments.changes import is_nothing_new
from pipelines.steps.segments.compile import compile_segment
from pipelines.steps.segments.expectations import require_expected, size_of
from pipelines.steps.segments.fitting import suppressed_of
from pipelines.steps.segments.inputs import inputs_of
from pipelines.steps.segments.manifest import MANIFEST, manifest, said_before, write_manifest
from pipelines.steps.segments.provenance import attributed, deliveries_in_words
from pipelines.store.reads import exports as store
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.segment import Segment
from schemas.settings.publication import AGE, ENDINGS, STEM, Content, Format

FOLDER = "exports"


class Published(NamedTuple):
    """What became of a segment."""

    segment: str
    rows: int
    changed: bool
    suppressed: int = 0  # who would be in it if nobody else with the address had said no
    suppressed_included: int = 0  # who is in it all the same, for it asks for them
    file: str = ""


def publish(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    run_id: str,
    as_of: datetime,
    asked: Bound | None = None,
    *,
    accept_change: bool = False,
) -> Published:
    """Write the contacts of a segment, unless the file that is there says the same already.

    `asked` is its filter, if that is compiled already. Where nothing has changed that the file depends on, and the
    file is the one that was published, no contact is read to say so. With `accept_change`, its number of contacts may
    move however far.

    What is published is committed before it is put in place: a run that is killed in between leaves a file, or a
    manifest, that is not the one committed last, and the next run puts that right. A file of changes is put in place
    first: what it would say cannot be found out again.

    Raises:
        PublicationBlocked: An expectation does not hold, or the format cannot hold the contacts. Nothing is changed.
    """
    folder = project.folder / FOLDER / segment.segment
    asked = compile_segment(project, segment, as_of) if asked is None else asked
    refused = suppressed_of(project, connection, segment, asked)
    inputs = inputs_of(project, connection, segment, asked, as_of, refused)
    before = store.last_publication(connection, segment.segment)
    held = still_held(connection, segment, folder, inputs, before)
    draft = folder / f".{segment.file_name}.next"
    try:
        if held is None:
            made = write.write_rows(project, connection, segment, asked, refused, draft, before)
            require_expected(
                segment.expect, made.in_segment, size_of(before), made.duplicates, accept_change=accept_change
            )
            if before is not None and is_nothing_new(segment, made.counts):
                held = (before, made.suppressed)
            else:
                drafted = draft_of(project, connection, segment, made, run_id, as_of, before)
                if segment.content is Content.CHANGES:
                    draft.replace(folder / drafted.file_name)
                suppressed = made.suppressed
                publication, freshness = commit_publication(
                    connection, drafted, made.members, inputs, suppressed, folder
                )
                forget_members(connection, segment, drafted.published_at)
        if held is not None:
            publication, suppressed = held
            freshness = commit_check(connection, publication, datetime.now(UTC), as_of, inputs, suppressed)
        is_placed = held is not None or segment.content is Content.CHANGES
        says = manifest(project, connection, segment, publication, suppressed)
        changed = replace_if_changed(None if is_placed else draft, folder, publication, says, freshness)
        remove_other_formats(folder, segment)
        return Published(segment.segment, publication.rows, changed, *suppressed, publication.file_name)
    finally:
        draft.unlink(missing_ok=True)  # rows of people do not stay where nobody looks for them
        with suppress(OSError):
            folder.rmdir()  # which is empty where nothing was ever published


def still_held(
    connection: Connection, segment: Segment, folder: Path, inputs: str, publication: store.Publication | None
) -> tuple[store.Publication, store.Suppressed] | None:
    """The last publication of a segment, and whom it leaves out, if its file would be what lies in the folder.

    Whoever has read a file of changes may have taken it away.
    """
    if publication is None:
        return None
    made_of, suppressed = store.made_of(connection, publication)
    is_there = segment.content is Content.CHANGES or (
        sha256_of(folder / publication.file_name) == publication.file_sha256
    )
    return (publication, suppressed) if made_of == inputs and is_there else None


def draft_of(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    made: write.Written,
    run_id: str,
    as_of: datetime,
    before: store.Publication | None,
) -> store.Publication:
    """A file that has been written, as it would be published."""
    is_changes = segment.content is Content.CHANGES
    drafted = store.Publication(
        export_id="",
        segment=segment.segment,
        file_name=numbered(connection, segment) if is_changes else segment.file_name,
        file_sha256=made.file_sha256,
        columns=list(segment.columns),
        rows=made.rows,
        definition_digest=digest(segment),
        as_of=as_of,
        published_at=datetime.now(UTC),
        run_id=run_id,
        content_sha256=made.content_sha256,
        definition=json.dumps(segment.model_dump(mode="json", by_alias=True), ensure_ascii=False),
        counts=json.dumps({"in_segment": made.in_segment, **made.counts}),
        previous_id=before.export_id if is_changes and before else None,
    )
    return attributed(project, drafted)


def numbered(connection: Connection, segment: Segment) -> str:
    """The name of the next file of changes: each has one of its own, so that nobody misses one."""
    stem, ending = segment.file_name.split(".", 1)
    return f"{stem}-{len(store.publications(connection, segment.segment)) + 1:06}.{ending}"


def commit_publication(
    connection: Connection,
    drafted: store.Publication,
    members: pl.DataFrame,
    inputs: str | None = None,
    suppressed: store.Suppressed = store.NOBODY,
    folder: Path | None = None,
) -> tuple[store.Publication, dict[str, str]]:
    """Keep what is published, who is in it, and that it holds now: the last publication, if it said the same.

    Beside it, what the manifest says of its freshness (`commit_check`). An encrypted file is another one each time, so
    the last publication holds only if its own still lies in `folder`.
    """
    before = store.last_publication(connection, drafted.segment)
    is_known = before is not None and is_same(before, drafted, folder)
    named = f"export|{drafted.segment}|{drafted.definition_digest}|{drafted.file_sha256}|{drafted.run_id}"
    publication = before if before and is_known else drafted._replace(export_id=str(uuid5(NAMESPACE, named)))
    with transaction(connection):
        if not is_known:
            store.keep_members(connection, publication.export_id, members)
            deliveries = deliveries_in_words(connection, publication.export_id, publication.columns)
            publication = publication._replace(deliveries=deliveries)
            store.keep_publication(connection, publication)
        freshness = commit_check(connection, publication, drafted.published_at, drafted.as_of, inputs, suppressed)
    return publication, freshness


def is_same(before: store.Publication, drafted: store.Publication, folder: Path | None) -> bool:
    """Whether the file of a publication is, or says, what was drafted."""
    if before.definition_digest != drafted.definition_digest or before.file_name != drafted.file_name:
        return False
    if before.file_sha256 == drafted.file_sha256:
        return True
    is_there = folder is not None and sha256_of(folder / before.file_name) == before.file_sha256
    return is_there and before.content_sha256 == drafted.content_sha256


def commit_check(
    connection: Connection,
    publication: store.Publication,
    checked_at: datetime,
    as_of: datetime,
    inputs: str | None,
    suppressed: store.Suppressed,
) -> dict[str, str]:
    """Keep that a publication holds, and of what it is made; what its manifest says of its freshness.

    That is since when the file is as it is, when a run has last looked, and as of what moment.
    """
    store.keep_check(connection, publication.export_id, checked_at, as_of, inputs, suppressed)
    return {
        "content_since": store.content_since(connection, publication).astimezone(UTC).isoformat(),
        "checked_at": checked_at.isoformat(),
        "checked_as_of": as_of.isoformat(),
    }


def forget_members(connection: Connection, segment: Segment, now: datetime) -> None:
    """Forget who was in publications that are older than the segment wants it kept."""
    if segment.keep_members:
        with transaction(connection):
            store.forget_members(connection, segment.segment, now - timedelta(days=segment.keep_members.days), now)


def replace_if_changed(
    draft: Path | None,
    folder: Path,
    publication: store.Publication,
    manifest: Mapping[str, Any],
    freshness: Mapping[str, str],
) -> bool:
    """Put a draft in place unless it is there already, and its manifest with it; whether either is news.

    Without a draft the file is there. That a run has looked again stands in the manifest, and is no news.
    """
    file, manifest_path = folder / publication.file_name, folder / MANIFEST
    is_new_file = draft is not None and sha256_of(file) != publication.file_sha256
    is_news = is_new_file or said_before(manifest_path) != manifest
    if draft is not None and is_new_file:
        draft.replace(file)
    write_manifest(manifest_path, {**manifest, **freshness})
    if is_news and publication.previous_id:
        write_manifest(folder / f"{publication.file_name}.{MANIFEST}", {**manifest, **freshness})
    return is_news


def remove_other_formats(folder: Path, segment: Segment) -> None:
    """Remove the file of a segment in a format that it had before: nobody would see that it is out of date."""
    every = {f"{STEM}.{ENDINGS.get(each, each)}{age}" for each in Format for age in ("", AGE)}
    kept = set() if segment.content is Content.CHANGES else {segment.file_name}
    for name in every - kept:
        (folder / name).unlink(missing_ok=True)
