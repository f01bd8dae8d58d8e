"""A small project folder with its keys and its warehouse, and deliveries dropped into it by hand."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from pipelines.derive.match import Matched, match
from pipelines.derive.merge import Merged, merge
from pipelines.ingest.ingest_files import DeliveryResult
from pipelines.ingest.receive import receive
from pipelines.landing.arrivals import list_arrivals
from pipelines.merge.published_values import Typing, attribute_values, folded_contacts
from pipelines.project import OpenProject, open_project
from pipelines.store.warehouse.connection import Connection, query, register
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.migrate import migrate as bring_up_to_date

AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
LAST_DAY = datetime(2026, 12, 31, tzinfo=UTC)  # that the name of a delivery may state
KEYS = {"warehouse": "0123456789abcdef" * 4, "identity": "fedcba9876543210" * 4}  # ids are the same in every test
SETTINGS: dict[str, Any] = {
    "project": "small",
    "default_region": "DE",
    "timezone": "UTC",
    "sources": {
        "crm": {"format": "contacts_csv", "path": "landing/crm/*.csv", "priority": 10, "key": "id"},
        "shop": {"format": "contacts_csv", "path": "landing/shop/*.csv", "priority": 20, "key": "id"},
        "helpdesk": {"format": "chatwoot_contacts", "path": "landing/helpdesk/*.csv", "priority": 30},
        "whatsapp": {
            "format": "whatsapp_chat",
            "path": "landing/whatsapp/*.txt",
            "priority": 40,
            "owner": "Small Shop",
        },
    },
    "attributes": {
        "account_id": {"type": "text", "exclusive": True},
        "tier": {"type": "dropdown", "values": ["gold", "silver"]},
        "seats": {"type": "number", "merge": "max"},
    },
}


class SmallProject:
    """An open project: what was delivered to it lies in its landing area, what it made of that in its warehouse."""

    def __init__(self, project: OpenProject, connection: Connection) -> None:
        self.project = project
        self.connection = connection
        self.runs = 0

    def deliver(self, source: str, day: str, text: str, name: str | None = None) -> Path:
        """Drop a file declared for `day` (yyyy-mm-dd); lines of `text` may be indented."""
        path = self.project.folder / "landing" / source / (name or f"{source}-{day}.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", encoding="utf-8")
        return path

    def chat(self, phone: str, *lines: str) -> Path:
        """Drop a WhatsApp chat with a number; each line is `yyyy-mm-dd hh:mm sender: text`."""
        stamped = "\n".join(f"[{line[:10]}, {line[11:16]}:00] {line[17:]}" for line in lines)
        return self.deliver("whatsapp", lines[-1][:10], stamped, f"WhatsApp Chat with {phone}.txt")

    def configure(self, **settings: Any) -> None:
        """Change onecontact.yaml at its top level and read it again."""
        write_settings(self.project.folder, SETTINGS | settings)
        self.project = open_project(self.project.folder)

    def receive(self) -> list[DeliveryResult]:
        """Take in what lies in the landing area."""
        there = list_arrivals(self.connection, self.project.folder, self.project.settings.sources, LAST_DAY)
        return receive(self.project, self.connection, self.run_id, there)

    def match(self) -> Matched:
        """Match what is pending."""
        return match(self.project, self.connection, self.run_id)

    def merge(self, as_of: datetime = AS_OF) -> Merged:
        """Merge what is pending."""
        return merge(self.project, self.connection, self.run_id, as_of)

    def run(self, as_of: datetime = AS_OF) -> Merged:
        """One whole run: receive, match, merge."""
        self.runs += 1
        self.receive()
        self.match()
        return self.merge(as_of)

    def show(self) -> None:
        """Let the published views show contacts that a test has written by hand."""
        contacts = query(
            self.connection,
            """SELECT contact_id, name, first_name, last_name, email, tags, map_entries(attributes) AS attributes
               FROM contact""",
        )
        typed = attribute_values(contacts, Typing.of(self.project.settings.attributes))
        self.connection.execute("DELETE FROM contact_attribute")
        with register(self.connection, folded=folded_contacts(contacts.drop("attributes")), typed=typed):
            self.connection.execute("INSERT INTO contact_attribute BY NAME FROM typed")
            self.connection.execute("""
                UPDATE contact c SET name_folded = f.name_folded, first_name_folded = f.first_name_folded,
                    last_name_folded = f.last_name_folded, email_folded = f.email_folded, tags_folded = f.tags_folded
                FROM folded f WHERE c.contact_id = f.contact_id::UUID""")

    @property
    def run_id(self) -> str:
        """Id of the run that is going on, or was the last."""
        return f"run{self.runs}"

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """What a query answers."""
        return query(self.connection, sql, parameters).to_dicts()

    def people(self) -> set[frozenset[str]]:
        """The contacts, each as the records it is made of, written `source:record id`."""
        found = self.rows(
            """SELECT list(r.source || ':' || r.record_id) AS members FROM membership m JOIN record r USING (record_key)
               WHERE m.run_to IS NULL GROUP BY m.contact_id"""
        )
        return {frozenset(each["members"]) for each in found}

    def bearers(self) -> dict[str, str]:
        """Ids of contacts by their records, written `source:record id`; an id is of who has it now."""
        found = self.rows("""
            SELECT r.source || ':' || r.record_id AS record, m.contact_id
            FROM membership m JOIN record r USING (record_key) ANTI JOIN former_record USING (record_key)
            WHERE m.run_to IS NULL""")
        return {each["record"]: each["contact_id"] for each in found}

    def contact_of(self, record: str) -> str:
        """Id of the contact that a record, written `source:record id`, belongs to now; of who has this id now."""
        [found] = self.rows(
            """SELECT m.contact_id FROM membership m JOIN record r USING (record_key)
               WHERE m.run_to IS NULL AND r.record_key NOT IN (SELECT record_key FROM former_record)
                 AND r.source || ':' || r.record_id = ?""",
            record,
        )
        return str(found["contact_id"])

    def contact(self, record: str) -> dict[str, Any]:
        """The golden record that a record belongs to."""
        [found] = self.rows("FROM contact WHERE contact_id = ?", self.contact_of(record))
        return found

    def field(self, record: str, field: str) -> dict[str, Any]:
        """Where a field of the record's contact comes from: value, rule, candidates, and `record`."""
        [found] = self.rows(
            """SELECT f.value, f.rule, f.candidates, r.source || ':' || r.record_id AS record
               FROM contact_field f JOIN record r USING (record_key) WHERE f.contact_id = ? AND f.field = ?""",
            self.contact_of(record),
            field,
        )
        return found


def write_settings(folder: Path, settings: dict[str, Any]) -> None:
    """Write onecontact.yaml."""
    (folder / "onecontact.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def write_keys(folder: Path) -> None:
    """Write the two secrets of a project."""
    folder.mkdir(parents=True)
    for name, secret in KEYS.items():
        file = folder / f"{name}.key"
        file.write_text(secret, encoding="ascii")
        file.chmod(0o600)


@contextmanager
def small_project(folder: Path, **settings: Any) -> Iterator[SmallProject]:
    """A project in an empty folder, its keys made, its warehouse empty and open; `settings` at top level."""
    folder.mkdir(parents=True, exist_ok=True)
    write_settings(folder, SETTINGS | settings)
    write_keys(folder / ".onecontact" / "keys")
    open_project(folder).warehouse_path.write_bytes(empty_warehouse())
    with reopened(folder) as project:
        yield project


@contextmanager
def reopened(folder: Path) -> Iterator[SmallProject]:
    """The small project in a folder, its warehouse open."""
    project = open_project(folder)
    with project.warehouse() as connection:
        yield SmallProject(project, connection)


@cache
def empty_warehouse() -> bytes:
    """A warehouse of the keys of small projects, as it is made; to migrate one takes longer than most tests."""
    with TemporaryDirectory() as made, open_warehouse(Path(made) / "w", KEYS["warehouse"], create=True) as connection:
        bring_up_to_date(connection)
        connection.execute("CHECKPOINT")
        return (Path(made) / "w").read_bytes()


def starting_point(prepare: Callable[[SmallProject], None]) -> Any:
    """A fixture of the function's name: a project it has prepared once; each test gets a copy."""

    @pytest.fixture(name=prepare.__name__)
    def copied(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallProject]:
        folder, runs = prepared(prepare, tmp_path_factory.getbasetemp())
        with reopened(Path(shutil.copytree(folder, tmp_path / "small"))) as project:
            project.runs = runs
            yield project

    return copied


def closed_starting_point(prepare: Callable[[SmallProject], None]) -> Any:
    """The same for commands, which open the project themselves: a fixture that is the folder of a copy."""

    @pytest.fixture(name=prepare.__name__)
    def copied(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder, _ = prepared(prepare, tmp_path_factory.getbasetemp())
        return Path(shutil.copytree(folder, tmp_path / "small"))

    return copied


@cache
def prepared(prepare: Callable[[SmallProject], None], parent: Path) -> tuple[Path, int]:
    """The folder of a project that a function has prepared, and how many runs that took."""
    folder = parent / "starting_points" / prepare.__module__ / prepare.__name__
    with small_project(folder) as project:
        prepare(project)
        return folder, project.runs
