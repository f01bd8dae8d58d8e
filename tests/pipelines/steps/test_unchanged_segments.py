"""A segment is only made anew where something has changed that its file depends on."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.steps.publish import Published, publish
from pipelines.steps.segments import inputs, write
from schemas.segment import Segment
from tests.small_project import AS_OF, SmallProject, starting_point

ID = "00000000-0000-0000-0000-00000000000{}"
REACHABLE = {
    "segment": "reachable",
    "where": {"all": [{"field": "tags", "op": "has_any", "value": ["vip"]}]},
    "columns": ["name", "email", "phones", "attr.seats"],
    "order_by": ["last_name"],
}


@starting_point
def filled(project: SmallProject) -> None:
    """Jane and Joe, who are VIPs, and Ann, who is none; each has an address, Joe a phone as well."""
    for number, (name, tags) in enumerate([("Jane", ["vip"]), ("Joe", ["vip"]), ("Ann", [])], 1):
        project.connection.execute(
            """INSERT INTO contact (contact_id, name, email, source, status, status_reason, status_as_of, tags,
                                    attributes, channels, records, run_id, last_inbound_at)
               VALUES (?, ?, ?, 'import:crm', 'inactive', 'never_interacted', ?, ?, MAP {'seats': '2'}, [], 1, 'run1',
                       ?)""",
            [ID.format(number), name, f"{name.lower()}@example.com", AS_OF, tags, AS_OF - timedelta(days=20)],
        )
        project.connection.execute(
            "INSERT INTO contact_identifier VALUES (?, 'email', '', ?, 'valid', TRUE, ?, uuid(), 1, 1, NULL)",
            [ID.format(number), f"{name.lower()}@example.com", ID.format(number + 3)],
        )
    project.connection.execute(
        "INSERT INTO contact_identifier VALUES (?, 'phone', '', '+4930901820', 'valid', TRUE, ?, uuid(), 1, 1, NULL)",
        [ID.format(2), ID.format(5)],
    )


def segment(**said: Any) -> Segment:
    return Segment.model_validate(REACHABLE | said)


class Publishing:
    """Publishes a segment again and again, and knows whether its contacts were read to do so."""

    def __init__(self, project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project = project
        self.made = False
        write_rows = write.write_rows

        def noted(*arguments: Any) -> Any:
            self.made = True
            return write_rows(*arguments)

        monkeypatch.setattr(write, "write_rows", noted)

    def __call__(self, asked: Segment | None = None, days: int = 0) -> Published:
        """Publish, so many days later."""
        self.made = False
        as_of = AS_OF + timedelta(days=days)
        return publish(self.project.project, self.project.connection, asked or segment(), f"run{days}", as_of)

    @property
    def folder(self) -> Path:
        """Where it is published."""
        return self.project.project.folder / "exports" / "reachable"


@pytest.fixture
def published(filled: SmallProject, monkeypatch: pytest.MonkeyPatch) -> Publishing:
    """The segment, published once."""
    again = Publishing(filled, monkeypatch)
    assert again() == Published("reachable", 2, changed=True, file="contacts.csv")
    assert again.made
    return again


def test_a_segment_of_which_nothing_has_changed_is_not_made_again(published: Publishing) -> None:
    assert published(days=1) == Published("reachable", 2, changed=False, file="contacts.csv")
    assert not published.made
    manifest = json.loads((published.folder / "manifest.json").read_bytes())
    assert (manifest["run_id"], manifest["checked_as_of"]) == ("run0", "2026-07-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ("UPDATE contact SET name = 'Jane Roe' WHERE name = 'Jane'", 2),
        ("UPDATE contact SET tags = ['vip'] WHERE name = 'Ann'", 3),
        ("UPDATE contact SET last_name = 'Zander' WHERE name = 'Jane'", 2),
        ("UPDATE contact SET attributes = MAP {'seats': '3'} WHERE name = 'Joe'", 2),
        ("UPDATE contact SET status = 'blocked', status_reason = 'blocked_by_decision' WHERE name = 'Joe'", 1),
        ("DELETE FROM contact WHERE name = 'Joe'", 1),
        ("UPDATE contact_identifier SET value = '+4930901822' WHERE type = 'phone'", 2),
        ("DELETE FROM contact_identifier WHERE type = 'phone'", 2),
    ],
    ids=["name", "filter", "order", "attribute", "block", "deletion", "phone", "no phone"],
)
def test_a_segment_is_made_again_after_a_change_of_its_contacts(
    published: Publishing, filled: SmallProject, change: str, rows: int
) -> None:
    filled.connection.execute(change)
    assert published(days=1).rows == rows
    assert published.made
    published(days=2)
    assert not published.made


def test_a_change_that_its_file_does_not_depend_on_is_none(published: Publishing, filled: SmallProject) -> None:
    filled.connection.execute("UPDATE contact SET source = 'import:shop', run_id = 'run7'")
    published(days=1)
    assert not published.made


def blocked_elsewhere(project: SmallProject) -> None:
    """Ann is blocked and is known by Jane's address, too."""
    project.connection.execute("UPDATE contact SET status = 'blocked' WHERE name = 'Ann'")
    project.connection.execute(
        """INSERT INTO contact_identifier
           VALUES (?, 'email', '', 'jane@example.com', 'valid', FALSE, ?, uuid(), 1, 1, NULL)""",
        [ID.format(3), ID.format(6)],
    )


def blocked_under_a_former_address(project: SmallProject) -> None:
    """Ann is blocked, and one of her records had Jane's address once."""
    project.connection.execute("UPDATE contact SET status = 'blocked' WHERE name = 'Ann'")
    project.connection.execute(
        "INSERT INTO membership VALUES (?, ?, 'run1', NULL, 'single')", [ID.format(6), ID.format(3)]
    )
    project.connection.execute(
        """INSERT INTO identifier (record_key, version, type, scope, raw, normalised, validity, is_role, match_keys,
                                   field, position)
           VALUES (?, uuid(), 'email', '', '', 'jane@example.com', 'valid', FALSE, ['jane@example.com'], 'email', 1)""",
        [ID.format(6)],
    )


@pytest.mark.parametrize("change", [blocked_elsewhere, blocked_under_a_former_address])
def test_a_segment_is_made_again_when_somebody_else_with_an_address_is_blocked(
    published: Publishing, filled: SmallProject, change: Callable[[SmallProject], None]
) -> None:
    change(filled)
    assert published(days=1) == Published("reachable", 1, changed=True, suppressed=1, file="contacts.csv")
    assert published(days=2) == Published("reachable", 1, changed=False, suppressed=1, file="contacts.csv")
    assert not published.made


@pytest.mark.parametrize(
    "said",
    [
        {"columns": ["name"]},
        {"where": {"all": []}},
        {"order_by": ["name"]},
        {"dialect": "excel"},
        {"description": "Others"},
    ],
    ids=lambda said: next(iter(said)),
)
def test_a_segment_is_made_again_when_its_definition_is_another(published: Publishing, said: dict[str, Any]) -> None:
    assert published(segment(**said), days=1).changed
    assert published.made


def test_a_segment_is_made_again_when_an_attribute_it_shows_is_defined_otherwise(
    published: Publishing, filled: SmallProject
) -> None:
    filled.configure(attributes={"seats": {"type": "text"}})
    published(days=1)
    assert published.made


def test_a_segment_is_made_again_when_text_is_sorted_otherwise(published: Publishing, filled: SmallProject) -> None:
    filled.configure(locale="sv_SE")
    published(days=1)
    assert published.made


def test_a_segment_with_relative_dates_is_made_again_when_the_moment_moves(published: Publishing) -> None:
    recent = segment(where={"not": {"field": "last_inbound_at", "op": "not_within_last", "value": {"days": 30}}})
    assert published(recent).rows == 3
    published(recent)
    assert not published.made
    assert published(recent, days=20).rows == 0
    assert published.made


def test_a_segment_is_made_again_when_its_file_is_not_the_one_published(published: Publishing) -> None:
    (published.folder / "contacts.csv").write_text("somebody was here", encoding="utf-8")
    assert published(days=1).changed
    assert published.made
    (published.folder / "contacts.csv").unlink()
    assert published(days=2).changed
    assert published.made


def test_a_manifest_that_was_altered_is_put_right_without_reading_a_contact(published: Publishing) -> None:
    (published.folder / "manifest.json").unlink()
    assert published(days=1).changed
    assert not published.made
    assert (published.folder / "manifest.json").is_file()


def test_a_segment_is_made_again_by_a_version_that_writes_otherwise(
    published: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "WRITING", inputs.WRITING + 1)
    published(days=1)
    assert published.made
