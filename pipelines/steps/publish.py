"""Publishing a segment: one CSV and its manifest, replaced only when there is something new to say."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid5
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.errors import ConfigurationError
from pipelines.ids import NAMESPACE
from pipelines.project import OpenProject, digest
from pipelines.publish.files import atomic_write, sha256_of
from pipelines.publish.table import READING, as_csv, header
from pipelines.query.bind import Scope, filter_faults, known_field
from pipelines.query.filter import compile_filter
from pipelines.query.suppression import IS_SUPPRESSED
from pipelines.steps.segments.fitting import contacts_that_fit, in_file, suppressed_of
from pipelines.steps.segments.inputs import inputs_of
from pipelines.store.reads import exports as store
from pipelines.store.reads.contact_rows import collation_of
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.contact import Contact
from schemas.fields import EVERY, field_kinds
from schemas.segment import Segment
from schemas.vocabulary import AttributeType, Pii, Status

FOLDER = "exports"
FILE = "contacts.csv"
MANIFEST = "manifest.json"
FRESHNESS = ("content_since", "checked_at", "checked_as_of")  # what a manifest says that is no news


class Published(NamedTuple):
    """What became of a segment."""

    segment: str
    rows: int
    changed: bool
    suppressed: int = 0  # who would be in it if nobody else with the address had said no
    suppressed_included: int = 0  # who is in it all the same, for it asks for them


def compile_segments(project: OpenProject, as_of: datetime) -> dict[str, pl.Expr]:
    """The filters of all segments, by name.

    Raises:
        ConfigurationError: Segments ask or show what contacts of this project do not have. Its text holds every fault.
    """
    if faults := [fault for segment in project.segments for fault in segment_faults(project, segment, as_of)]:
        raise ConfigurationError("\n".join(faults))
    return {segment.segment: predicate_of(project, segment, as_of) for segment in project.segments}


def segment_faults(project: OpenProject, segment: Segment, as_of: datetime) -> list[str]:
    """Everything that a segment asks or shows and contacts of this project do not have, each with its place."""
    fields = field_kinds(project.settings.attributes)
    faults = []
    for key, names in (("columns", segment.columns), ("order_by", segment.order_by)):
        for position, name in enumerate(names):
            try:
                known_field(name, fields, f"{key}[{position}]")
            except ConfigurationError as error:
                faults.append(str(error))
    faults += map(str, filter_faults(segment.where, Scope(fields, here(project, as_of))))
    return [f"segment {segment.segment}: {fault}" for fault in faults]


def compile_segment(project: OpenProject, segment: Segment, as_of: datetime) -> pl.Expr:
    """The filter of a segment as a predicate, blocked contacts left out unless it asks for them; checks its columns."""
    if faults := segment_faults(project, segment, as_of):
        raise ConfigurationError("\n".join(faults))
    return predicate_of(project, segment, as_of)


def predicate_of(project: OpenProject, segment: Segment, as_of: datetime) -> pl.Expr:
    """`compile_segment` of one without faults."""
    chosen = compile_filter(segment.where, field_kinds(project.settings.attributes), here(project, as_of))
    return chosen if segment.include_blocked else chosen & (pl.col("status") != Status.BLOCKED.value)


def here(project: OpenProject, moment: datetime) -> datetime:
    """A moment in the zone of the project."""
    return moment.astimezone(ZoneInfo(project.settings.timezone))


def publish(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    run_id: str,
    as_of: datetime,
    predicate: pl.Expr | None = None,
) -> Published:
    """Write the contacts of a segment, unless the file that is there says the same already.

    `predicate` is its filter, if that is compiled already. Where nothing has changed that the file depends on, and the
    file is the one that was published, no contact is read to say so.

    What is published is committed before it is put in place: a run that is killed in between leaves a file, or a
    manifest, that is not the one committed last, and the next run puts that right.
    """
    folder = project.folder / FOLDER / segment.segment
    predicate = compile_segment(project, segment, as_of) if predicate is None else predicate
    refused = suppressed_of(project, connection, segment)
    inputs = inputs_of(project, connection, segment, as_of, refused)
    held = still_held(connection, segment, folder, inputs)
    draft = folder / f".{FILE}.next"
    try:
        if held is None:
            members, suppressed = write_rows(project, connection, segment, predicate, refused, draft)
            drafted = draft_of(segment, str(sha256_of(draft)), members.len(), run_id, as_of)
            publication, freshness = commit_publication(connection, drafted, members, inputs, suppressed)
        else:
            publication, suppressed = held
            freshness = commit_check(connection, publication, datetime.now(UTC), as_of, inputs, suppressed)
        says = manifest(project, connection, segment, publication, suppressed)
        changed = replace_if_changed(draft if held is None else None, folder, publication, says, freshness)
        return Published(segment.segment, publication.rows, changed, *suppressed)
    finally:
        draft.unlink(missing_ok=True)  # rows of people do not stay where nobody looks for them


def still_held(
    connection: Connection, segment: Segment, folder: Path, inputs: str
) -> tuple[store.Publication, store.Suppressed] | None:
    """The last publication of a segment, and whom it leaves out, if its file would be what lies in the folder."""
    publication = store.last_publication(connection, segment.segment)
    if publication is None:
        return None
    made_of, suppressed = store.made_of(connection, publication)
    is_there = made_of == inputs and sha256_of(folder / publication.file_name) == publication.file_sha256
    return (publication, suppressed) if is_there else None


def write_rows(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    predicate: pl.Expr,
    refused: pl.DataFrame | None,
    path: Path,
) -> tuple[pl.Series, store.Suppressed]:
    """Write the rows of a segment to a file: who is in it, and how many have a suppressed address."""
    attributes = project.settings.attributes
    numbers = [f"attr.{name}" for name, each in attributes.items() if each.type is AttributeType.NUMBER]
    members, suppressed = [pl.Series("contact_id", [], pl.String)], store.NOBODY
    with atomic_write(path) as file:
        file.write(header(segment.columns, segment.dialect))
        for fitting in contacts_that_fit(project, connection, segment, predicate, refused):
            chosen = in_file(segment, fitting)
            file.write(as_csv(chosen, segment.columns, numbers=numbers, dialect=segment.dialect))
            members.append(chosen["contact_id"])
            counted = (fitting.height - chosen.height, chosen.filter(IS_SUPPRESSED).height)
            suppressed = store.Suppressed(*map(sum, zip(suppressed, counted, strict=True)))
    return pl.concat(members), suppressed


def draft_of(segment: Segment, sha256: str, rows: int, run_id: str, as_of: datetime) -> store.Publication:
    """A file that has been written, as it would be published."""
    return store.Publication(
        export_id="",
        segment=segment.segment,
        file_name=FILE,
        file_sha256=sha256,
        columns=list(segment.columns),
        rows=rows,
        definition_digest=digest(segment),
        as_of=as_of,
        published_at=datetime.now(UTC),
        run_id=run_id,
    )


def commit_publication(
    connection: Connection,
    drafted: store.Publication,
    members: pl.Series,
    inputs: str | None = None,
    suppressed: store.Suppressed = store.NOBODY,
) -> tuple[store.Publication, dict[str, str]]:
    """Keep what is published, who is in it, and that it holds now: the last publication, if it said the same.

    Beside it, what the manifest says of its freshness (`commit_check`).
    """
    before = store.last_publication(connection, drafted.segment)
    same = (drafted.file_sha256, drafted.definition_digest)
    is_known = before is not None and (before.file_sha256, before.definition_digest) == same
    named = f"export|{drafted.segment}|{drafted.definition_digest}|{drafted.file_sha256}|{drafted.run_id}"
    publication = before if before and is_known else drafted._replace(export_id=str(uuid5(NAMESPACE, named)))
    with transaction(connection):
        if not is_known:
            store.keep_publication(connection, publication, members)
        freshness = commit_check(connection, publication, drafted.published_at, drafted.as_of, inputs, suppressed)
    return publication, freshness


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
    with atomic_write(manifest_path) as manifest_file:
        says = json.dumps({**manifest, **freshness}, indent=2, ensure_ascii=False)
        manifest_file.write(says.encode() + b"\n")
    return is_news


def said_before(path: Path) -> dict[str, Any] | None:
    """What a manifest says but for its freshness; None where there is none, or no manifest."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return {key: value for key, value in said.items() if key not in FRESHNESS} if isinstance(said, dict) else None


def manifest(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    publication: store.Publication,
    suppressed: store.Suppressed,
) -> dict[str, Any]:
    """What somebody has to know who is handed the file: what it is, what it holds, how it came to be."""
    return {
        "project": project.settings.project,
        "segment": segment.segment,
        "description": segment.description,
        "export_id": publication.export_id,
        "file": publication.file_name,
        "sha256": publication.file_sha256,
        "rows": publication.rows,
        "columns": [{"name": name, "pii": pii_of(name)} for name in segment.columns],
        "dialect": segment.dialect,
        "reading": READING[segment.dialect],
        "where": segment.model_dump(mode="json", by_alias=True)["where"],
        "include_blocked": segment.include_blocked,
        "include_suppressed": segment.include_suppressed,
        "suppressed": suppressed.left_out,
        "suppressed_included": suppressed.included,
        "order_by": list(segment.order_by),
        "collation": collation_of(connection, project.settings.sorting_locale()),
        "definition_digest": publication.definition_digest,
        "as_of": publication.as_of.isoformat(),
        "published_at": publication.published_at.isoformat(),
        "run_id": publication.run_id,
    }


def pii_of(column: str) -> str:
    """How closely a column points at a person; custom attributes narrow one down."""
    known = Contact.to_schema().columns
    single = EVERY.get(column, column)
    return str(known[single].metadata["pii"]) if single in known else Pii.QUASI.value
