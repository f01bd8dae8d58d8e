"""Of rows that are equal in what decides, the same one is shown in whatever order they are stored."""

from collections.abc import Iterator
from itertools import permutations

import duckdb
import pytest

from pipelines.store.reads import contact_details, exports
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.migrate import migrate

ID = "00000000-0000-4000-8000-00000000000{}"
ANNA = ID.format(1)


@pytest.fixture
def connection() -> Iterator[Connection]:
    with duckdb.connect(":memory:") as connection:
        migrate(connection)
        connection.execute(f"""
            INSERT INTO record (record_key, source, record_id, ingest_seq, anchor_id)
            SELECT ('{ID[:-2]}' || n)::UUID, 'crm', n::VARCHAR, n, ('{ID[:-2]}' || n)::UUID
            FROM range(1, 4) t(n);
            INSERT INTO membership SELECT record_key, '{ANNA}', 'run1', NULL, 'component' FROM record""")
        yield connection


def in_any_order(connection: Connection, table: str, rows: list[str]) -> Iterator[None]:
    """The rows of a table, stored in each order in turn."""
    for order in permutations(rows):
        connection.execute(f"DELETE FROM {table}")
        for row in order:
            connection.execute(f"INSERT INTO {table} BY NAME SELECT {row}")
        yield


def test_the_edge_that_ties_a_record_best_is_the_one_of_most_weight(connection: Connection) -> None:
    edge = "'{}'::UUID AS record_lo, '{}'::UUID AS record_hi, '{}' AS rule, {} AS weight, 'merge' AS zone, 1.0 AS "
    edge += "probability, FALSE AS ambiguous_given_name, '{{}}' AS evidence, 'shipped' AS model, 'run1' AS run_id"
    one = edge.format(ANNA, ID.format(2), "same_email", 20.0)
    other = edge.format(ANNA, ID.format(3), "same_phone", 30.0)
    for _ in in_any_order(connection, "match_edge", [one, other]):
        ties = contact_details.member_records(connection, ANNA).select("record_id", "rule").rows()
        assert ties == [("1", "same_phone"), ("2", "same_email"), ("3", "same_phone")]


def test_a_former_identifier_that_two_records_had_last_is_shown_with_one_place(connection: Connection) -> None:
    connection.execute(f"""
        INSERT INTO identifier
        SELECT record_key, '{ID.format(8)}', 'phone', '', '', '+4915123456789', 'valid', FALSE, [], 'phone', 0
        FROM record""")
    content = (
        "'{}'::UUID AS record_key, '{}'::UUID AS version, uuid() AS delivery_id, {} AS row_number, {} AS last_row, "
    )
    content += (
        "{} AS line_number, TIMESTAMPTZ '2026-01-05' AS first_seen_at, TIMESTAMPTZ '2026-01-05' AS last_seen_at, "
    )
    content += "[] AS name_tokens, [] AS tags, MAP {{}} AS attributes, [] AS cleared"
    rows = [content.format(ID.format(n), ID.format(8), n, 7, n + 1) for n in (1, 2, 3)]
    for _ in in_any_order(connection, "source_record", rows):
        assert contact_details.former_identifiers(connection, ANNA)["line_number"].to_list() == [4]


def test_of_runs_and_publications_of_one_time_the_one_with_the_greatest_id_is_the_last(connection: Connection) -> None:
    time = "TIMESTAMPTZ '2026-01-05'"
    runs = [f"'{name}' AS run_id, {time} AS as_of, {time} AS started_at" for name in ("run1", "run2", "run3")]
    for _ in in_any_order(connection, "run", runs):
        assert contact_details.last_run(connection)["run_id"].to_list() == ["run3"]
    published = [
        f"""'{ID.format(n)}'::UUID AS export_id, 'gold' AS segment, 'contacts.csv' AS file_name, '' AS file_sha256,
            [] AS columns, {n} AS rows, '' AS definition_digest,
            {time} AS as_of, {time} AS published_at, '' AS run_id"""
        for n in (1, 2, 3)
    ]
    for _ in in_any_order(connection, "export", published):
        assert contact_details.publications(connection)["rows"].to_list() == [3]
        last = exports.last_publication(connection, "gold")
        assert last is not None
        assert last.rows == 3
