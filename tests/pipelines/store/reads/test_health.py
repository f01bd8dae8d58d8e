import pytest

from pipelines.store.decisions.decisions import members
from pipelines.store.reads import health
from pipelines.store.runs.work_queue import CONTACTS, enqueue_all
from tests.small_project import AS_OF, SmallProject, starting_point


@starting_point
def merged(project: SmallProject) -> None:
    """A contact of two records, with an account."""
    project.deliver("crm", "2026-01-05", "id,name,phone,account_id\n1,Anna Berg,0151 23456789,K-1")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789\n2,,4.9E+11")
    project.run()


@pytest.mark.heavy
def test_all_is_well_after_a_run(merged: SmallProject) -> None:
    connection = merged.connection
    assert health.rows_conserved(connection) == (0, 2)
    assert health.rows_accounted_for(connection) == (0, 2)
    assert health.one_contact_each(connection) == (0, 2)
    assert health.exclusive_kept(connection, ["account_id"]) == (0, 1)
    assert health.provenance_complete(connection).broken == 0
    assert health.provenance_complete(connection).checked > 5


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("UPDATE delivery SET created = created + 1 WHERE source = 'crm'", health.rows_conserved),
        ("UPDATE delivery SET text_rows = text_rows + 1 WHERE source = 'crm'", health.rows_accounted_for),
        ("DELETE FROM rejected_row", health.rows_conserved),
        ("DELETE FROM membership WHERE record_key = (SELECT min(record_key) FROM record)", health.one_contact_each),
        ("DELETE FROM contact", health.one_contact_each),
        ("DELETE FROM contact_field WHERE field = 'name'", health.provenance_complete),
        ("UPDATE contact_field SET record_key = uuid() WHERE field = 'phone'", health.provenance_complete),
    ],
)
def test_what_is_damaged_is_found(merged: SmallProject, damage: str, finding: object) -> None:
    assert callable(finding)
    merged.connection.execute(damage)
    assert finding(merged.connection).broken > 0


@pytest.mark.parametrize("tables", [health.RECEIVED, health.DERIVED], ids=["received", "derived"])
def test_a_key_that_is_there_twice_is_found_by_the_run_that_wrote_it(
    merged: SmallProject, tables: dict[str, tuple[str, str]]
) -> None:
    connection = merged.connection
    assert health.keys_unique(connection, tables, merged.run_id).broken == 0
    assert health.keys_unique(connection, tables, merged.run_id).checked > 0
    for nth, table in enumerate(each for each in tables if health.count(connection, each)):
        connection.execute(f"INSERT INTO {table} FROM {table} LIMIT 1")
        assert health.keys_unique(connection, tables, merged.run_id).broken == nth + 1
    assert health.keys_unique(connection, tables, "another run").checked == 0


def test_two_values_of_an_exclusive_attribute_in_one_contact_are_found(merged: SmallProject) -> None:
    merged.deliver("shop", "2026-01-06", "id,name,phone,account_id\n1,Anna Berg,0151 23456789,K-2")
    merged.receive()  # and not matched anew
    assert health.exclusive_kept(merged.connection, ["account_id"]).broken == 1


def test_what_somebody_has_parted_and_is_one_contact_is_found(merged: SmallProject) -> None:
    merged.connection.execute("""
        INSERT INTO decision (decision_id, kind, actor, reason, decided_at)
        VALUES ('00000000-0000-4000-8000-000000000001', 'dismiss', 'Ina', 'two people', '2026-06-15 12:00:00Z');
        INSERT INTO decision_record (decision_id, record_key, side)
        SELECT '00000000-0000-4000-8000-000000000001', record_key, (source = 'shop')::INT FROM record""")
    assert health.cannot_links_kept(merged.connection) == (1, 1)

    enqueue_all(merged.connection, CONTACTS, members(merged.connection, merged.contact_of("crm:1")))
    merged.run()
    assert health.cannot_links_kept(merged.connection) == (0, 1)


@pytest.mark.heavy
def test_messages_after_the_moment_of_a_run_are_counted(project: SmallProject) -> None:
    project.chat("+49 151 23456789", "2026-08-01 09:04 +49 151 23456789: from the future")
    project.run()
    assert health.interactions_in_future(project.connection, AS_OF) == (1, 1)


def test_what_is_counted_names_no_field_of_a_file(merged: SmallProject) -> None:
    assert health.problem_codes(merged.connection).columns == ["source", "code", "severity", "rows"]
    assert health.cluster_sizes(merged.connection).rows() == [(2, 1)]
    assert health.edge_rules(merged.connection).rows() == [("merge", "same_phone", 1)]
