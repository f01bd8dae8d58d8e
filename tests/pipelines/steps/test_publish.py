import csv
import json
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from pipelines.errors import ConfigurationError
from pipelines.publish.files import atomic_write, sha256_of
from pipelines.steps import publish as step
from pipelines.steps.publish import Published, publish
from pipelines.steps.segments import manifest as manifests
from pipelines.steps.segments.compile import compile_segments
from pipelines.store.reads import exports
from schemas.segment import Segment
from schemas.settings.publication import Format
from tests.small_project import AS_OF, SmallProject, starting_point

VIP = Segment.model_validate(
    {
        "segment": "vip",
        "description": "Those we call first",
        "where": {"field": "attr.tier", "op": "eq", "value": "gold"},
        "columns": ["name", "email", "attr.seats"],
        "order_by": ["name"],
    }
)
ID = "00000000-0000-0000-0000-00000000000{}"


def people(project: SmallProject) -> None:
    """Four contacts: 1 and 3 are gold, 2 is silver, 4 says nothing."""
    for number, (name, tier, seats) in enumerate(
        [("Jane Doe", "gold", "10"), ("Joe Bloggs", "silver", "2"), ("Ann Other", "gold", "9"), (None, None, None)], 1
    ):
        attributes = {key: text for key, text in (("tier", tier), ("seats", seats)) if text}
        project.connection.execute(
            """INSERT INTO contact (contact_id, name, source, status, status_reason, status_as_of, tags, attributes,
                                    channels, records, run_id)
               VALUES (?, ?, 'import:crm', 'inactive', 'never_interacted', ?, [], ?, [], 1, 'run1')""",
            [ID.format(number), name, AS_OF, attributes],
        )
    project.show()


@starting_point
def filled(project: SmallProject) -> None:
    """A project with four contacts."""
    people(project)


def published(project: SmallProject, segment: Segment = VIP, run_id: str = "run1") -> Published:
    return publish(project.project, project.connection, segment, run_id, AS_OF)


def folder(project: SmallProject) -> Path:
    return project.project.folder / "exports" / "vip"


def table(project: SmallProject) -> list[list[str]]:
    with (folder(project) / "contacts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def manifest(project: SmallProject) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder(project) / "manifest.json").read_text(encoding="utf-8"))
    return read


def changed(**said: Any) -> Segment:
    return VIP.model_copy(update=said)


# What is published


def test_the_contacts_that_fit_are_published_in_the_order_and_columns_asked_for(filled: SmallProject) -> None:
    assert published(filled) == Published("vip", 2, changed=True, file="contacts.csv")
    assert table(filled) == [["name", "email", "attr.seats"], ["Ann Other", "", "9"], ["Jane Doe", "", "10"]]


def test_numbers_are_sorted_as_numbers_and_missing_values_last(filled: SmallProject) -> None:
    everybody = Segment.model_validate(
        {
            "segment": "vip",
            "where": {"field": "contact_id", "op": "is_set"},
            "columns": ["attr.seats", "name"],
            "order_by": ["attr.seats"],
        }
    )
    published(filled, everybody)
    assert [row[0] for row in table(filled)] == ["attr.seats", "2", "9", "10", ""]


def test_a_segment_of_nobody_is_a_header(project: SmallProject) -> None:
    assert published(project) == Published("vip", 0, changed=True, file="contacts.csv")
    assert (folder(project) / "contacts.csv").read_bytes() == b"name,email,attr.seats\r\n"


def test_the_manifest_says_what_the_file_is_and_how_it_came_to_be(filled: SmallProject) -> None:
    published(filled)
    told = manifest(filled)
    [kept] = filled.rows("FROM export")
    assert told["sha256"] == sha256_of(folder(filled) / "contacts.csv") == kept["file_sha256"]
    assert told["columns"] == [
        {"name": "name", "title": "name", "type": "text", "description": "Full name", "pii": "direct"},
        {
            "name": "email",
            "title": "email",
            "type": "text",
            "description": "Primary e-mail address",
            "pii": "direct",
        },
        {
            "name": "attr.seats",
            "title": "attr.seats",
            "type": "number",
            "description": "Custom attribute, number",
            "pii": "quasi",
        },
    ]
    assert told["where"] == {"field": "attr.tier", "op": "eq", "value": "gold"}
    assert {key: told[key] for key in ("project", "segment", "description", "file", "rows", "as_of", "run_id")} == {
        "project": "small",
        "segment": "vip",
        "description": "Those we call first",
        "file": "contacts.csv",
        "rows": 2,
        "as_of": "2026-06-30T00:00:00+00:00",
        "run_id": "run1",
    }
    assert (told["export_id"], told["published_at"]) == (kept["export_id"], kept["published_at"].isoformat())


def test_the_manifest_names_the_dialect_and_says_how_to_read_it(filled: SmallProject) -> None:
    published(filled)
    assert (manifest(filled)["dialect"], "import columns as text" in manifest(filled)["reading"]) == ("plain", True)
    published(filled, changed(format=Format.EXCEL_CSV))
    assert (manifest(filled)["dialect"], "byte order mark" in manifest(filled)["reading"]) == ("excel", True)
    assert (folder(filled) / "contacts.csv").read_bytes().startswith(b"\xef\xbb\xbfname,email")


def test_who_was_in_it_is_kept(filled: SmallProject) -> None:
    published(filled)
    members = filled.rows("SELECT contact_id FROM export JOIN export_member USING (export_id) ORDER BY ALL")
    assert [each["contact_id"] for each in members] == [ID.format(1), ID.format(3)]


def test_nobody_else_may_read_what_is_published_and_no_draft_is_left(filled: SmallProject) -> None:
    published(filled)
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder(filled).iterdir()}
    assert files == {"contacts.csv": 0o600, "manifest.json": 0o600}


# What is published again


def state(project: SmallProject) -> tuple[object, ...]:
    written_at = (folder(project) / "contacts.csv").stat().st_mtime_ns
    return written_at, said(project), project.rows("FROM export"), project.rows("SELECT count(*) FROM export_member")


def said(project: SmallProject) -> dict[str, Any]:
    """What the manifest says but for how fresh it is."""
    return {key: value for key, value in manifest(project).items() if key not in manifests.FRESHNESS}


def test_what_has_not_changed_is_not_written_again(filled: SmallProject) -> None:
    published(filled)
    before = state(filled)
    later = publish(filled.project, filled.connection, VIP, "run2", AS_OF + timedelta(days=1))
    assert later == Published("vip", 2, changed=False, file="contacts.csv")
    assert state(filled) == before


def test_a_manifest_says_when_and_as_of_what_a_run_has_last_looked(filled: SmallProject) -> None:
    published(filled)
    first = manifest(filled)
    publish(filled.project, filled.connection, VIP, "run2", AS_OF + timedelta(days=1))
    later = manifest(filled)
    assert first["content_since"] == first["published_at"] == first["checked_at"] == later["content_since"]
    assert later["checked_at"] > first["checked_at"]
    assert (first["checked_as_of"], later["checked_as_of"]) == (
        "2026-06-30T00:00:00+00:00",
        "2026-07-01T00:00:00+00:00",
    )
    assert later["as_of"] == "2026-06-30T00:00:00+00:00"
    [kept] = filled.rows("FROM export_check")
    assert (kept["checked_at"].isoformat(), kept["export_id"]) == (later["checked_at"], later["export_id"])


def test_content_is_as_old_as_its_file_whatever_is_said_about_it_since(filled: SmallProject) -> None:
    published(filled)
    first = manifest(filled)
    published(filled, changed(description="Others"), "run2")
    assert manifest(filled)["content_since"] == first["content_since"]
    filled.connection.execute("UPDATE contact SET name = 'Jane Roe' WHERE name = 'Jane Doe'")
    published(filled, changed(description="Others"), "run3")
    assert manifest(filled)["content_since"] == manifest(filled)["published_at"] > first["content_since"]
    filled.connection.execute("UPDATE contact SET name = 'Jane Doe' WHERE name = 'Jane Roe'")
    published(filled, run_id="run4")
    assert manifest(filled)["content_since"] == manifest(filled)["published_at"]


def test_a_contact_that_has_changed_makes_a_new_publication(filled: SmallProject) -> None:
    published(filled)
    filled.connection.execute("UPDATE contact SET name = 'Jane Roe' WHERE name = 'Jane Doe'")
    assert published(filled, run_id="run2").changed
    assert manifest(filled)["run_id"] == "run2"
    assert len(filled.rows("FROM export")) == 2
    assert len(filled.rows("FROM export_member")) == 4


def test_a_definition_that_has_changed_makes_a_new_publication(filled: SmallProject) -> None:
    published(filled)
    assert published(filled, changed(description="Others")).changed
    assert manifest(filled)["description"] == "Others"
    assert len(filled.rows("FROM export")) == 2


def test_what_is_published_after_a_change_and_back_is_three_publications(filled: SmallProject) -> None:
    for number, columns in enumerate([("name",), ("email",), ("name",)]):
        assert published(filled, changed(columns=columns), f"run{number}").changed
    assert len(filled.rows("FROM export")) == 3


# What is put right


@pytest.mark.parametrize("name", ["contacts.csv", "manifest.json"])
def test_a_file_that_was_deleted_comes_back_as_it_was(filled: SmallProject, name: str) -> None:
    published(filled)
    before = (table(filled), said(filled))
    (folder(filled) / name).unlink()
    assert published(filled, run_id="run2").changed
    assert (table(filled), said(filled)) == before
    assert len(filled.rows("FROM export")) == 1


@pytest.mark.parametrize("name", ["contacts.csv", "manifest.json"])
def test_a_file_that_somebody_has_altered_is_put_right(filled: SmallProject, name: str) -> None:
    published(filled)
    before = (table(filled), said(filled))
    (folder(filled) / name).write_bytes((folder(filled) / name).read_bytes() + b"more")
    assert published(filled, run_id="run2").changed
    assert (table(filled), said(filled)) == before


def before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run die after its commit, before the file is in its place."""

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(step, "manifest", killed)


def before_the_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run die when the file is in its place, before the manifest is."""

    def killed(path: Path) -> AbstractContextManager[BinaryIO]:
        if path.name == manifests.MANIFEST:
            raise KeyboardInterrupt
        return atomic_write(path)

    monkeypatch.setattr(manifests, "atomic_write", killed)


@pytest.mark.parametrize("dies", [before_the_file, before_the_manifest])
def test_a_run_that_dies_after_its_commit_is_put_right_by_the_next(
    filled: SmallProject, monkeypatch: pytest.MonkeyPatch, dies: Callable[[pytest.MonkeyPatch], None]
) -> None:
    published(filled)
    filled.connection.execute("UPDATE contact SET name = 'Jane Roe' WHERE name = 'Jane Doe'")
    with monkeypatch.context() as patched:
        dies(patched)
        with pytest.raises(KeyboardInterrupt):
            published(filled, run_id="run2")
    assert {path.name for path in folder(filled).iterdir()} == {"contacts.csv", "manifest.json"}
    assert published(filled, run_id="run3").changed
    assert manifest(filled)["run_id"] == "run2"
    assert manifest(filled)["sha256"] == sha256_of(folder(filled) / "contacts.csv")
    assert "Jane Roe" in [row[0] for row in table(filled)]
    assert not published(filled, run_id="run4").changed


def test_an_error_leaves_what_was_published_and_no_draft(filled: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    published(filled)
    before = state(filled)
    filled.connection.execute("UPDATE contact SET name = 'Jane Roe' WHERE name = 'Jane Doe'")

    def full(*arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(exports, "keep_publication", full)
    with pytest.raises(OSError, match="no space left"):
        published(filled, run_id="run2")
    assert state(filled) == before


# Segments that ask what cannot be asked


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"columns": ("name", "emial")}, r"segment vip: columns\[1\]: no field emial; did you mean email\?"),
        ({"order_by": ("nam",)}, r"segment vip: order_by\[0\]: no field nam; did you mean name\?"),
        (
            {"where": VIP.where.model_copy(update={"field": "attr.teir"})},
            r"segment vip: where\.field: no field attr\.teir",
        ),
    ],
)
def test_a_segment_that_asks_for_what_contacts_do_not_have_is_a_fault_with_its_place(
    project: SmallProject, said: dict[str, Any], told: str
) -> None:
    wrong = project.project._replace(segments=[VIP, changed(**said)])
    with pytest.raises(ConfigurationError, match=told):
        compile_segments(wrong, AS_OF)


def test_segments_that_can_be_asked_pass_and_hide_no_other(project: SmallProject) -> None:
    wrong = changed(where=VIP.where.model_copy(update={"field": "attr.teir"}))
    compile_segments(project.project._replace(segments=[VIP]), AS_OF)
    with pytest.raises(ConfigurationError, match=r"no field attr\.teir"):
        compile_segments(project.project._replace(segments=[VIP, wrong]), AS_OF)


@pytest.mark.heavy
def test_contacts_that_a_run_made_are_published(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,email,tier\n1,Jane Doe,jane@example.com,gold\n2,Joe,,silver")
    project.run()
    published(project)
    assert table(project)[1:] == [["Jane Doe", "jane@example.com", ""]]


@pytest.mark.heavy
def test_every_phone_and_address_of_a_contact_can_be_published(project: SmallProject) -> None:
    project.deliver(
        "crm",
        "2026-06-01",
        """id,name,phone,email,tier
           1,Jane Doe,+442079460123;030 901820,jane@example.com;doe@example.org,gold""",
    )
    project.run()
    published(project, changed(columns=("phone", "phones", "emails")))
    assert table(project)[1:] == [["+442079460123", "+442079460123; +4930901820", "jane@example.com; doe@example.org"]]
    assert [column["pii"] for column in manifest(project)["columns"]] == ["direct"] * 3


# Who is blocked


def test_blocked_contacts_are_left_out_unless_the_segment_asks_for_them(filled: SmallProject) -> None:
    filled.connection.execute("UPDATE contact SET status = 'blocked' WHERE name = 'Jane Doe'")

    assert published(filled).rows == 1
    assert published(filled, changed(include_blocked=True)).rows == 2
    assert manifest(filled)["include_blocked"] is True
