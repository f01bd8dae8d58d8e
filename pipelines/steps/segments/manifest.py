"""The manifest beside a published file: what it is, what it holds, and how it came to be."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.project import OpenProject
from pipelines.publish.files import atomic_write
from pipelines.publish.writers.columns import Column, description_of, pii_of
from pipelines.publish.writers.formats import file_columns, reading
from pipelines.steps.segments.words import in_words
from pipelines.store.reads import exports as store
from pipelines.store.reads.contact_rows import collation_of
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment
from schemas.settings.publication import Content, Format

MANIFEST = "manifest.json"
FRESHNESS = ("content_since", "checked_at", "checked_as_of")  # what a manifest says that is no news


def manifest(
    project: OpenProject,
    connection: Connection,
    segment: Segment,
    publication: store.Publication,
    suppressed: store.Suppressed,
) -> dict[str, Any]:
    """What somebody has to know who is handed the file, with everything that JSON has as JSON has it."""
    attributes = project.settings.attributes
    said = {
        "project": project.settings.project,
        "segment": segment.segment,
        "description": segment.description,
        "owner": segment.owner,
        "purpose": segment.purpose,
        "recipients": segment.recipients,
        "schedule": segment.schedule,
        "export_id": publication.export_id,
        "file": publication.file_name,
        "format": segment.format,
        "encrypted_to": segment.encrypt_to,
        "sha256": publication.file_sha256,
        "rows": publication.rows,
        "columns": [*column_dictionary(project, file_columns(segment, attributes))],
        **({"dialect": segment.dialect} if segment.format in (Format.CSV, Format.EXCEL_CSV) else {}),
        "reading": reading(segment),
        "filter": in_words(segment.where),
        "where": segment.model_dump(mode="json", by_alias=True)["where"],
        "relative_dates_as_of": segment.model_dump(mode="json")["as_of"],
        "include_blocked": segment.include_blocked,
        "include_suppressed": segment.include_suppressed,
        "one_per": segment.one_per,
        "suppressed": suppressed.left_out,
        "suppressed_included": suppressed.included,
        "content": segment.content,
        **changes_of(segment, publication),
        "counts": loaded(publication.counts, {}),
        "expect": segment.expect.model_dump(mode="json", exclude_defaults=True),
        "order_by": segment.order_by,
        "collation": collation_of(connection, project.settings.sorting_locale()),
        "deliveries": loaded(publication.deliveries, []),
        "members_kept_days": segment.keep_members.days if segment.keep_members else None,
        "definition_digest": publication.definition_digest,
        "settings_digest": publication.settings_digest,
        "code_version": publication.code_version,
        "as_of": publication.as_of.isoformat(),
        "published_at": publication.published_at.isoformat(),
        "published_by": {"login": publication.login, "on_behalf_of": publication.on_behalf_of},
        "run_id": publication.run_id,
    }
    told: dict[str, Any] = json.loads(json.dumps(said))
    return told


def changes_of(segment: Segment, publication: store.Publication) -> dict[str, Any]:
    """What a file of changes is since."""
    return {"changes_since": publication.previous_id} if segment.content is Content.CHANGES else {}


def loaded(text: str | None, otherwise: Any) -> Any:
    """What is kept as JSON; of publications before it was kept, nothing."""
    return otherwise if text is None else json.loads(text)


def column_dictionary(project: OpenProject, columns: list[Column]) -> Iterator[dict[str, Any]]:
    """Of each column its field, its heading, what it holds and how closely it points at a person."""
    for each in columns:
        yield {
            "name": each.name,
            "title": each.heading,
            "type": each.kind,
            "description": description_of(each.name, project.settings.attributes),
            "pii": pii_of(each.name),
        }


def write_manifest(path: Path, told: Mapping[str, Any]) -> None:
    """Write a manifest, whole or not at all."""
    with atomic_write(path) as file:
        file.write(json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n")


def said_before(path: Path) -> dict[str, Any] | None:
    """What a manifest says but for its freshness; None where there is none, or no manifest."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return {key: value for key, value in said.items() if key not in FRESHNESS} if isinstance(said, dict) else None
