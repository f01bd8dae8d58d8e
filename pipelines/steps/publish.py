"""Publishing a segment: one CSV and its manifest, replaced only when there is something new to say."""

import json
from collections.abc import Iterator, Mapping
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
from pipelines.query.filter import compile_filter, filter_faults, known_field
from pipelines.query.suppression import IS_SUPPRESSED, asked_consents, reaching_columns, with_suppression
from pipelines.store.reads import exports as store
from pipelines.store.reads.suppressed_addresses import suppressed_contacts
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.contact import EVERY, Contact, field_kinds
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


class Written(NamedTuple):
    """Who is in a file; of contacts whose address is suppressed, how many are not, and how many are."""

    members: pl.Series
    suppressed: int
    suppressed_included: int


def compile_segments(project: OpenProject, as_of: datetime) -> dict[str, pl.Expr]:
    """The filters of all segments, by name.

    Raises:
        ConfigurationError: Segments ask or show what contacts of this project do not have. Its text holds every fault.
    """
    if faults := [fault for segment in project.segments for fault in segment_faults(project, segment, as_of)]:
        raise ConfigurationError("\n".join(faults))
    return {segment.segment: compile_segment(project, segment, as_of) for segment in project.segments}


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
    faults += filter_faults(segment.where, fields, here(project, as_of))
    return [f"segment {segment.segment}: {fault}" for fault in faults]


def compile_segment(project: OpenProject, segment: Segment, as_of: datetime) -> pl.Expr:
    """The filter of a segment as a predicate, blocked contacts left out unless it asks for them; checks its columns."""
    if faults := segment_faults(project, segment, as_of):
        raise ConfigurationError("\n".join(faults))
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

    `predicate` is its filter, if that is compiled already.

    What is published is committed before it is put in place: a run that is killed in between leaves a file, or a
    manifest, that is not the one committed last, and the next run puts that right.
    """
    folder = project.folder / FOLDER / segment.segment
    predicate = compile_segment(project, segment, as_of) if predicate is None else predicate
    draft = folder / f".{FILE}.next"
    try:
        written = write_rows(project, connection, segment, predicate, draft)
        return replace_files(project, connection, segment, draft, written, run_id, as_of)
    finally:
        draft.unlink(missing_ok=True)  # rows of people do not stay where nobody looks for them


def write_rows(
    project: OpenProject, connection: Connection, segment: Segment, predicate: pl.Expr, path: Path
) -> Written:
    """Write the rows of a segment to a file."""
    attributes = project.settings.attributes
    numbers = [f"attr.{name}" for name, each in attributes.items() if each.type is AttributeType.NUMBER]
    members, suppressed, included = [pl.Series("contact_id", [], pl.String)], 0, 0
    with atomic_write(path) as file:
        file.write(header(segment.columns, segment.dialect))
        for fitting in contacts_that_fit(project, connection, segment, predicate):
            chosen = in_file(segment, fitting)
            file.write(as_csv(chosen, segment.columns, numbers=numbers, dialect=segment.dialect))
            members.append(chosen["contact_id"])
            suppressed += fitting.height - chosen.height
            included += chosen.filter(IS_SUPPRESSED).height
    return Written(pl.concat(members), suppressed, included)


def contacts_that_fit(
    project: OpenProject, connection: Connection, segment: Segment, predicate: pl.Expr
) -> Iterator[pl.DataFrame]:
    """Contacts that fit the filter of a segment, in its order, in batches; their reason says if they are suppressed."""
    attributes = project.settings.attributes
    reaching = reaching_columns(segment)
    suppressed = suppressed_contacts(connection, reaching, asked_consents(segment, attributes)) if reaching else None
    collation = store.collation_of(connection, project.settings.sorting_locale())
    for batch in store.contacts_in_order(connection, attributes, segment.order_by, collation):
        chosen = batch.filter(predicate)
        yield chosen if suppressed is None else with_suppression(chosen, predicate, suppressed)


def in_file(segment: Segment, fitting: pl.DataFrame) -> pl.DataFrame:
    """Of the contacts that fit, those that are in the file: without those suppressed, unless it asks for them."""
    return fitting if segment.include_suppressed else fitting.filter(~IS_SUPPRESSED)


def replace_files(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    draft: Path,
    written: Written,
    run_id: str,
    as_of: datetime,
) -> Published:
    """Let a draft become the file of its segment, unless that is there already; the manifest says which one it is."""
    drafted = store.Publication(
        export_id="",
        segment=segment.segment,
        file_name=FILE,
        file_sha256=str(sha256_of(draft)),
        columns=list(segment.columns),
        rows=written.members.len(),
        definition_digest=digest(segment),
        as_of=as_of,
        published_at=datetime.now(UTC),
        run_id=run_id,
    )
    publication, freshness = commit_publication(connection, drafted, written.members)
    says = manifest(project, connection, segment, publication, written)
    changed = replace_if_changed(draft, publication, says, freshness)
    return Published(segment.segment, publication.rows, changed, written.suppressed, written.suppressed_included)


def commit_publication(
    connection: Connection, drafted: store.Publication, members: pl.Series
) -> tuple[store.Publication, dict[str, str]]:
    """Keep what is published, who is in it, and that it holds now: the last publication, if it said the same.

    Beside it, what the manifest says of its freshness: since when the file is as it is, when a run has last looked, and
    as of what moment.
    """
    before = store.last_publication(connection, drafted.segment)
    same = (drafted.file_sha256, drafted.definition_digest)
    is_known = before is not None and (before.file_sha256, before.definition_digest) == same
    named = f"export|{drafted.segment}|{drafted.definition_digest}|{drafted.file_sha256}|{drafted.run_id}"
    publication = before if before and is_known else drafted._replace(export_id=str(uuid5(NAMESPACE, named)))
    with transaction(connection):
        if not is_known:
            store.keep_publication(connection, publication, members)
        store.keep_check(connection, publication.export_id, drafted.published_at, drafted.as_of)
    freshness = {
        "content_since": store.content_since(connection, publication).astimezone(UTC).isoformat(),
        "checked_at": drafted.published_at.isoformat(),
        "checked_as_of": drafted.as_of.isoformat(),
    }
    return publication, freshness


def replace_if_changed(
    draft: Path, publication: store.Publication, manifest: Mapping[str, Any], freshness: Mapping[str, str]
) -> bool:
    """Put a draft in place unless it is there already, and its manifest with it; whether either is news.

    That a run has looked again stands in the manifest, and is no news.
    """
    file, manifest_path = draft.with_name(publication.file_name), draft.with_name(MANIFEST)
    is_new_file = sha256_of(file) != publication.file_sha256
    is_news = is_new_file or said_before(manifest_path) != manifest
    if is_new_file:
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
    project: OpenProject, connection: Connection, segment: Segment, publication: store.Publication, written: Written
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
        "suppressed": written.suppressed,
        "suppressed_included": written.suppressed_included,
        "order_by": list(segment.order_by),
        "collation": store.collation_of(connection, project.settings.sorting_locale()),
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
