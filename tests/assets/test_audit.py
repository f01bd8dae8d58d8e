from pathlib import Path
from typing import Any

import pytest

from assets.launch import refresh
from pipelines.project import OpenProject
from pipelines.steps.audit.verify import verify_whole
from pipelines.store.warehouse.connection import query
from tests.small_project import small_project

pytestmark = pytest.mark.heavy
ACTIVE = "segment: all\nwhere: {field: name, op: is_set}\ncolumns: [name, email]\n"


def prepared(folder: Path) -> OpenProject:
    """A closed project with one delivery in its landing area, a segment and a Dagster home."""
    with small_project(folder) as made:
        made.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com")
    home = made.project.dagster_home
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    (folder / "segments").mkdir()
    (folder / "segments" / "all.yaml").write_text(ACTIVE)
    return made.project


def trail(project: OpenProject) -> list[dict[str, Any]]:
    with project.warehouse(read_only=True) as connection:
        return query(connection, "FROM audit_event ORDER BY seq").to_dicts()


def test_a_run_is_on_record_from_its_beginning_to_its_end_and_sealed(tmp_path: Path) -> None:
    project = prepared(tmp_path / "p")
    run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=5)
    assert run.success
    assert run.told["audit_trail"]["all_of_it"] is True
    events = trail(project)
    own = [each["action"] for each in events if each["run_id"] == run.run_id]
    assert (own[0], own[-1], events[-1]["outcome"]) == ("run.started", "run.ended", "ok")
    published = [each for each in events if each["action"] == "export.published"]
    assert ["name", "email"] in [each["fields"] for each in published]
    assert own.count("contact.created") == 2
    with project.warehouse(read_only=True) as connection:
        found = verify_whole(project, connection)
    assert (found.events, found.seals, found.faults) == (len(events), 1, [])


def test_of_a_run_that_fails_the_steps_that_did_are_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = prepared(tmp_path / "p")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("assets.contacts.merge", fail)
    assert not refresh(project.folder, project.dagster_home, "2026-02-01", patience=5).success
    ended = trail(project)[-1]
    assert (ended["action"], ended["outcome"]) == ("run.ended", "failed")
    assert ended["details"] == [{"name": "failed", "value": "contacts"}]


def test_nothing_is_published_while_the_trail_is_not_what_it_was(tmp_path: Path) -> None:
    project = prepared(tmp_path / "p")
    assert refresh(project.folder, project.dagster_home, "2026-02-01", patience=5).success
    with project.warehouse() as connection:
        connection.execute("UPDATE audit_event SET actor = 'somebody' WHERE seq = 2")
    (project.folder / "exports" / "all" / "contacts.csv").unlink()
    run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=5)
    assert run.failures[0] == "check chain_verifies of audit_trail did not hold: event 2 was changed"
    assert not (project.folder / "exports" / "all" / "contacts.csv").exists()
