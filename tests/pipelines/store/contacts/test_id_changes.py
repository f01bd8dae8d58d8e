import polars as pl
import pytest

from pipelines.store.contacts.id_changes import all_resolved, in_order, keep_changes, keep_withdrawn, kinds_of
from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.migrate import migrate
from tests.older_warehouse import SINCE, undo_renames
from tests.small_project import SmallProject, starting_point

LIST = "id,name,phone,email\n1,Anna Berg,0151 23456781,\n2,Otto Kern,0151 23456782,\n3,Ben Tal,0151 23456783,"
ELSEWHERE = "00000000-0000-0000-0000-00000000000{}"


@starting_point
def three(project: SmallProject) -> None:
    """Three contacts of a record each."""
    project.deliver("crm", "2026-01-05", LIST)
    project.run()


def changes(*rows: tuple[str, str | None, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(["old_id", "new_id", "kind"], pl.String), orient="row")


def resolved(connection: Connection, contact_id: str) -> str | None:
    return all_resolved(connection, [contact_id]).get(contact_id)


def withdraw(project: SmallProject, record: str) -> None:
    """Take out a record with nothing but its id."""
    for table in ("membership", "record"):
        project.connection.execute(
            f"DELETE FROM {table} WHERE record_key IN (SELECT record_key FROM record WHERE record_id = ?)", [record]
        )


@pytest.mark.heavy
def test_changes_are_numbered_in_the_order_in_which_they_come(three: SmallProject) -> None:
    one, other = ELSEWHERE.format(1), ELSEWHERE.format(2)
    keep_changes(three.connection, changes((one, other, "merged")), "run1")
    keep_changes(three.connection, changes(), "run2")
    keep_changes(three.connection, changes((other, one, "restored"), (other, ELSEWHERE.format(3), "split")), "run3")

    found = pl.concat(in_order(three.connection))

    assert found.select("number", "kind", "run_id").rows() == [
        (1, "merged", "run1"), (2, "restored", "run3"), (3, "split", "run3"),
    ]  # fmt: skip
    assert kinds_of(three.connection, "run3").rows() == [("restored", 1), ("split", 1)]


def test_an_id_leads_to_itself_and_nothing_else_to_anywhere(three: SmallProject) -> None:
    anna = three.contact_of("crm:1")
    assert resolved(three.connection, f" {anna.upper()} ") == anna
    assert resolved(three.connection, ELSEWHERE.format(9)) is None
    assert resolved(three.connection, "Anna Berg") is None


def test_ids_of_withdrawn_anchors_lead_on_through_others_that_were_withdrawn(three: SmallProject) -> None:
    anna, otto, ben = (three.contact_of(f"crm:{number}") for number in (1, 2, 3))
    keep_changes(three.connection, changes((anna, otto, "withdrawn")), "decision:1")
    withdraw(three, "1")
    assert resolved(three.connection, anna) == otto
    keep_changes(three.connection, changes((otto, ben, "merged")), "run2")
    withdraw(three, "2")
    assert resolved(three.connection, anna) == resolved(three.connection, otto) == ben
    assert all_resolved(three.connection, [anna, otto, ben, "Anna Berg"]) == dict.fromkeys([anna, otto, ben], ben)


def test_an_id_that_was_withdrawn_with_all_there_was_leads_nowhere_though_it_once_did(three: SmallProject) -> None:
    anna, otto = three.contact_of("crm:1"), three.contact_of("crm:2")
    keep_changes(three.connection, changes((anna, otto, "merged")), "run2")
    keep_changes(three.connection, changes((otto, anna, "restored")), "run3")
    keep_withdrawn(three.connection, pl.Series([anna]), "decision:1")
    withdraw(three, "1")
    assert resolved(three.connection, anna) is None


def test_aliases_of_before_become_the_feed(three: SmallProject) -> None:
    one, other = ELSEWHERE.format(1), ELSEWHERE.format(2)
    undo_renames(three.connection)
    three.connection.execute(
        """DROP TABLE id_changes;
           DROP TABLE census;
           CREATE TABLE contact_alias (old_id UUID NOT NULL, new_id UUID NOT NULL, kind VARCHAR NOT NULL,
                                       run_id VARCHAR NOT NULL);
           DELETE FROM schema_migration WHERE version = 11;
           INSERT INTO run VALUES ('run1', '2026-01-06', '2026-01-07')"""
    )
    three.connection.execute(
        "INSERT INTO contact_alias VALUES ($1, $2, 'merged', 'run1'), ($2, $1, 'split', 'run2')", [one, other]
    )

    assert migrate(three.connection) == ["0011_identity.sql", *SINCE]
    found = query(three.connection, "SELECT number, kind, new_id, year(changed_at) FROM id_changes ORDER BY number")
    assert found.rows()[0] == (1, "merged", other, 2026)
    assert found["kind"].to_list() == ["merged", "restored"]
