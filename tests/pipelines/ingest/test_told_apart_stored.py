"""Records of a version that took a record id for one person are told apart once."""

import polars as pl
import pytest

from pipelines.decide.block import block
from pipelines.store.contacts.id_changes import all_resolved
from pipelines.store.ingest import reused_ids as store
from pipelines.store.runs.rule_changes import RULES, announce_rules
from pipelines.store.runs.runs import begin_run
from tests.deciding import ruling
from tests.small_project import AS_OF, SmallProject

pytestmark = pytest.mark.heavy  # whole runs of a project

ANNA = "id,name,email\n1,Anna Berg,anna@berg.example"
ZOE = "id,name,email\n1,Zoe Tal,zoe@tal.example"
LATE = 400  # days after June 1, 2026: later than any delivery was received


@pytest.fixture
def mixed(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """Anna, and Zoe under the same id, as a version stored them that took both for one person."""
    with monkeypatch.context() as earlier:
        earlier.setattr(store, "ids_in_question", lambda *_: pl.Series("id_key", [], pl.String))
        for day, rows in (("01-05", ANNA), ("01-06", ZOE)):
            project.deliver("crm", f"2026-{day}", rows)
            project.run()
    begin_run(project.connection, "before", AS_OF, AS_OF)
    assert project.rows("SELECT name FROM contact") == [{"name": "Zoe Tal"}]
    return project


def blocked(project: SmallProject) -> list[str]:
    return [row["name"] for row in project.rows("SELECT name FROM contact WHERE status = 'blocked'")]


def test_the_next_run_tells_them_apart_and_says_so(mixed: SmallProject) -> None:
    contact = mixed.contact_of("crm:1")
    mixed.run()
    assert {row["name"] for row in mixed.rows("SELECT name FROM contact")} == {"Anna Berg", "Zoe Tal"}
    assert mixed.rows("SELECT kind, old_id, new_id FROM id_changes") == [
        {"kind": "reused", "old_id": contact, "new_id": mixed.contact_of("crm:1")}
    ]
    assert all_resolved(mixed.connection, [contact]) == {contact: contact}
    begin_run(mixed.connection, "upgrade", AS_OF, AS_OF)
    assert announce_rules(mixed.connection, "upgrade") == {RULES["reused_ids_are_told_apart"].of_one: 1}
    assert mixed.run().created == 0


def test_what_was_decided_is_about_who_had_the_id_then(mixed: SmallProject) -> None:
    block(mixed.project, mixed.connection, mixed.contact_of("crm:1"), ruling(LATE))
    mixed.run()
    assert blocked(mixed) == ["Zoe Tal"]


def test_what_was_decided_before_the_other_came_stays(mixed: SmallProject) -> None:
    mixed.connection.execute(
        "UPDATE delivery SET received_at = TIMESTAMPTZ '2028-01-01' WHERE declared_at >= '2026-01-06'"
    )
    block(mixed.project, mixed.connection, mixed.contact_of("crm:1"), ruling(LATE))
    mixed.run()
    assert blocked(mixed) == ["Anna Berg"]


def test_who_came_back_before_it_was_decided_is_whom_it_is_about(mixed: SmallProject) -> None:
    mixed.deliver("crm", "2026-01-07", ANNA)
    mixed.connection.execute(
        "UPDATE source_record SET last_seen_at = TIMESTAMPTZ '2026-01-07 00:00:00+00' WHERE name = 'Anna Berg'"
    )
    mixed.connection.execute(
        "INSERT INTO delivery SELECT * REPLACE (uuid() AS delivery_id, "
        "TIMESTAMPTZ '2026-01-07 00:00:00+00' AS declared_at) FROM delivery LIMIT 1"
    )
    block(mixed.project, mixed.connection, mixed.contact_of("crm:1"), ruling(LATE))
    mixed.run()
    assert blocked(mixed) == ["Anna Berg"]
