"""A project folder, opened: its configuration, its keys, its warehouse."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from pipelines.audit.events import Event
from pipelines.errors import ConfigurationError, ErasuresMissing, tracebacks_in
from pipelines.hidden_numbers import Hide, hidden_numbers
from pipelines.ids import Keyed, keyed
from pipelines.store.audit.seal_key import load_seal_key
from pipelines.store.audit.seals import complete_file, is_sealed, last_seal, seal_events
from pipelines.store.audit.spool import absorb, reads_path, spool
from pipelines.store.privacy.replay import missing
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.digest_key import set_digest_key
from pipelines.store.warehouse.keys import key_file, load_key
from pipelines.store.warehouse.migrate import migrate, require_current
from pipelines.store.warehouse.rewrite import Rewritten, rewrite_warehouse
from pipelines.store.warehouse.swap import complete_swap, key_now
from pipelines.wording import plural
from schemas.configuration import (
    HIDDEN,
    PROJECT_FILE,
    SNAPSHOTS,
    ConfigurationInvalid,
    load_project,
    nearest,
)
from schemas.project import Project
from schemas.segment import Segment
from schemas.segment_files import SEGMENTS, BrokenSegment, load_segments


class OpenProject(NamedTuple):
    """A project folder with its configuration; `broken` are segments whose files cannot be read."""

    folder: Path
    settings: Project
    segments: list[Segment]
    broken: Sequence[BrokenSegment] = ()

    @property
    def warehouse_path(self) -> Path:
        """The encrypted warehouse."""
        return self.folder / HIDDEN / "warehouse.duckdb"

    @property
    def archive(self) -> Path:
        """Delivered files of sources with `after_import: archive`, each encrypted under a key of its own."""
        return self.folder / HIDDEN / "archive"

    @property
    def seals_path(self) -> Path:
        """The seals of the audit trail, a line each: a file to be sent elsewhere."""
        return self.folder / HIDDEN / "audit" / "seals.jsonl"

    @property
    def reads_path(self) -> Path:
        """Events of commands that only read, until the next one that writes takes them into the audit trail."""
        return reads_path(self.folder)

    def note_read(self, event: Event) -> None:
        """Leave an event of a command that only reads for the audit trail."""
        spool(self.reads_path, event)

    @property
    def erasures_path(self) -> Path:
        """Erasures that were carried out, a line each, without a value: what a restored backup is held against."""
        return self.folder / HIDDEN / "erasures.jsonl"

    @property
    def dagster_home(self) -> Path:
        """Where Dagster keeps runs and events, none of which holds a value of a person."""
        return self.folder / HIDDEN / "dagster"

    @property
    def snapshots(self) -> Path:
        """Snapshots of roles, each encrypted under a key of its own."""
        return self.folder / SNAPSHOTS

    @property
    def role_keys(self) -> Path:
        """The keys of roles, which never leave this folder but encrypted for somebody."""
        return self.folder / HIDDEN / "keys" / "roles"

    def ids(self) -> Keyed:
        """Makes ids out of natural keys, with the project's identity key."""
        return keyed(load_key(self.folder, self.settings.keys.identity))

    def hidden_numbers(self, kind: str) -> Hide:
        """Makes numbers that say nothing without the project's identity key, other ones for each kind of thing."""
        return hidden_numbers(load_key(self.folder, self.settings.keys.identity), kind)

    @contextmanager
    def warehouse(
        self,
        *,
        read_only: bool = False,
        create: bool = False,
        as_it_is: bool = False,
        replays: bool = False,
        patience: float = 60.0,
        purpose: str = "onecontact",
        waiting: Callable[[str], None] | None = None,
    ) -> Iterator[Connection]:
        """The warehouse, migrated to what this version expects unless it is only read, or wanted `as_it_is`.

        One in which people are that were erased is opened only by who carries their erasures out again (`replays`).
        Raises WrongIdentityKey for another identity key than the one that its ids and digests are made with.
        """
        key, identity = self.warehouse_key(patience), load_key(self.folder, self.settings.keys.identity)
        with open_warehouse(
            self.warehouse_path,
            key,
            create=create,
            read_only=read_only,
            patience=patience,
            purpose=purpose,
            waiting=waiting,
            snapshots=None if read_only else self.snapshots,
            renewed=self._key_now,
        ) as connection:
            set_digest_key(connection, identity)
            runs.require_identity(connection, keyed(identity))
            if read_only or as_it_is:
                require_current(connection)
                require_erased(connection, self.erasures_path)
                yield connection
            else:
                migrate(connection)
                if not replays:
                    require_erased(connection, self.erasures_path)
                complete_file(connection, self.seals_path)
                absorb(connection, self.reads_path)
                yield connection
                absorb(connection, self.reads_path)
                self.seal(connection)

    @property
    def warehouse_key_file(self) -> Path | None:
        """The file with the warehouse's key; None where it comes from a variable or a command."""
        return key_file(self.folder, self.settings.keys.warehouse)

    def warehouse_key(self, patience: float = 60.0) -> str:
        """The key of the warehouse, 64 hex digits. What a rewrite has left that was killed is completed before."""
        complete_swap(self.warehouse_path, self.warehouse_key_file, patience)
        return load_key(self.folder, self.settings.keys.warehouse)

    def _key_now(self) -> str:
        load = partial(load_key, self.folder, self.settings.keys.warehouse)
        return key_now(self.warehouse_path, self.warehouse_key_file, load)

    def rewrite(
        self,
        *,
        another_key: str | None = None,
        before_swap: Callable[[Connection], None] | None = None,
        patience: float = 60.0,
        purpose: str = "onecontact",
        waiting: Callable[[str], None] | None = None,
    ) -> Rewritten:
        """Write the warehouse anew, under a new key if the key is a file of ours; see `rewrite_warehouse`.

        It must not be open. `another_key` is for a key from elsewhere, which we cannot replace there.
        """
        return rewrite_warehouse(
            self.warehouse_path,
            self.warehouse_key(patience),
            key_file=self.warehouse_key_file,
            another_key=another_key,
            before_swap=before_swap,
            patience=patience,
            purpose=purpose,
            waiting=waiting,
        )

    def seal_key(self, connection: Connection) -> str:
        """The key that seals are signed with, made if nothing has been sealed yet."""
        return load_seal_key(self.folder, self.settings.keys.seal, is_first=last_seal(connection) is None)

    def seal(self, connection: Connection) -> None:
        """Seal what has been recorded since the last seal, in the warehouse and in the file of seals."""
        if is_sealed(connection):
            return
        seal_events(connection, self.seal_key(connection), self.settings.project)
        complete_file(connection, self.seals_path)


class ProjectInvalid(ConfigurationError):
    """There are faults in onecontact.yaml; its text holds every one, and those of segments."""


def require_erased(connection: Connection, path: Path) -> None:
    """Raise ErasuresMissing for a warehouse in which people are that were erased: a backup was restored."""
    if before := missing(connection, path):
        raise ErasuresMissing(
            f"This warehouse is older than {plural(len(before), 'erasure')}, as a restored backup is: "
            "`onecontact request run` carries them out again, and no other command works before that"
        )


def open_project(folder: Path, *, ingests: bool = True) -> OpenProject:
    """Read the configuration of a project folder, unless it is what was read last.

    A run is started by one part of onecontact and done by another, and each opens the project. Who ingests nothing
    needs no reader: the options of formats are not checked then, and no format is imported. A segment that cannot be
    read is in `broken`, and stops nothing but its own publication.

    Raises:
        ProjectInvalid: There are faults in onecontact.yaml. Its text holds every one.
        ConfigurationError: A source says that a column means what there is not.
    """
    folder = folder.resolve()
    tracebacks_in.set(folder / HIDDEN)
    files = [folder / PROJECT_FILE, *sorted((folder / SEGMENTS).glob("*.yaml"))]
    stats = [(path.name, path.stat()) for path in files if path.is_file()]
    return _read(folder, tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats), ingests)


@lru_cache(maxsize=1)
def _read(folder: Path, _written: tuple[tuple[str, int, int], ...], ingests: bool) -> OpenProject:
    segments, broken = load_segments(folder)
    try:
        settings = load_project_to_ingest(folder) if ingests else load_project(folder, None)
    except ConfigurationInvalid as invalid:
        faults = [str(invalid), *(each.faults for each in broken)]
    else:
        project = OpenProject(folder, settings, segments, broken)
        if ingests:
            check_columns(project)
        return project
    raise ProjectInvalid("\n".join(faults))


def load_project_to_ingest(folder: Path) -> Project:
    """`load_project` with every format that can be read."""
    from pipelines.read.catalogue.registry import FORMATS, unusable

    return load_project(folder, {name: each.options for name, each in FORMATS.items()}, unusable())


def check_columns(project: OpenProject) -> None:
    """Raise ConfigurationError where a source says that a column means what there is not."""
    from pipelines.read.tables.contact_table import FIELDS, IGNORE

    known = [*FIELDS, IGNORE, *project.settings.attributes]
    for name, source in project.settings.sources.items():
        for header, meaning in getattr(source, "columns", {}).items():
            if meaning not in known:
                place = f"{project.folder / PROJECT_FILE}: sources.{name}.columns.{header}"
                raise ConfigurationError(f"{place}: no field or attribute `{meaning}`{nearest(meaning, known)}")


def digest(*parts: Any) -> str:
    """A short fingerprint of configuration: equal when nothing a result depends on has changed."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in parts]
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
