"""Renaming a source: what it has delivered stays what it is, in the warehouse, the archive and onecontact.yaml."""

from pathlib import Path

import yaml

from pipelines.audit.events import Action, Event
from pipelines.derive.withdraw import withdraw_copies
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.publish.files import atomic_write
from pipelines.store.audit.record import record
from pipelines.store.ingest import source_names
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.configuration import PROJECT_FILE
from schemas.project import RESERVED

RUN = "sources rename"  # id of the run that says so of memberships and ids


def rename_source(project: OpenProject, connection: Connection, old: str, new: str) -> int:
    """Rename a source everywhere; how many records it keeps. Whatever a rename that was cut short left is completed.

    What was taken in twice, because runs have read the files of the source under the new name, is there once again.

    Raises:
        ConfigurationError: There is no such source, or the new name is taken.
    """
    configured, is_known = set(project.settings.sources), source_names.has_delivered(connection, old)
    if old in RESERVED or new in RESERVED:
        raise ConfigurationError(f"{old if old in RESERVED else new} is a source of every project, under that name")
    if old not in configured and not is_known:
        raise ConfigurationError(f"no source `{old}`: `onecontact status` lists those there are")
    if new in configured and old in configured:
        raise ConfigurationError(f"there is a source {new} already, and {old} is another one: choose another name")
    is_taken = is_known and source_names.has_delivered(connection, new)
    copies = source_names.copied_records(connection, old, new) if is_taken else None
    if is_taken and copies is None:
        raise ConfigurationError(
            f"{new} has delivered what {old} has not, so they cannot become one any more. If they are one system: put "
            f"back the backup of .onecontact from before the first run with {new}, and rename {old} then. Without one, "
            f"leave it: records of {old} stay, and rank behind those of {new}"
        )
    text = _renamed(project.folder / PROJECT_FILE, old, new) if old in configured else None
    with transaction(connection):
        if copies is not None:
            withdraw_copies(connection, copies, RUN)
            source_names.forget_deliveries(connection, new)
        records = source_names.rename(connection, old, new)
        record(connection, Event(Action.SOURCE_RENAMED, "configuration", f"source.{old}", related=(f"source.{new}",)))
    if (project.archive / old).is_dir():
        (project.archive / old).rename(project.archive / new)
    if text is not None:
        with atomic_write(project.folder / PROJECT_FILE) as file:
            file.write(text.encode())
    return records


def _renamed(path: Path, old: str, new: str) -> str:
    """The text of onecontact.yaml with another key for a source; everything else as it is, comments too."""
    text = path.read_text(encoding="utf-8")
    document = yaml.compose(text)
    pairs = document.value if isinstance(document, yaml.MappingNode) else []
    sources = next(value for key, value in pairs if key.value == "sources")
    key = next(key for key, _ in sources.value if key.value == old)
    spelt = new if yaml.safe_load(new) == new else f'"{new}"'  # 123 and no are no texts in YAML
    return text[: key.start_mark.index] + spelt + text[key.end_mark.index :]
