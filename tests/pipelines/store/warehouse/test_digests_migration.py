"""A warehouse whose digests have no key, as up to version 24, brought up to date."""

import hashlib
from pathlib import Path

import pytest

from pipelines.errors import MigrationFailed, WrongIdentityKey
from pipelines.landing import arrivals
from pipelines.steps.rejected_files import rows_sha256, write_rejected_files
from pipelines.store.warehouse.connection import query
from pipelines.store.warehouse.migrate import migrate
from tests.older_warehouse import undo_keyed_digests
from tests.small_project import SmallProject, reopened, small_project

KEYED = ("delivery", "landed_file", "rejected_file", "decision_record")
LIST = """
id,name,phone
1,Anna Berg,0151 23456789
2,A. Berg,0151 23456789
3,Ben Adler,1
"""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unkeyed(project: SmallProject, *paths: Path) -> None:
    """Make digests what they were before they were keyed; `paths` are all files that were delivered."""
    connection = project.connection
    for (view,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
        connection.execute(f"DROP VIEW IF EXISTS {view}")
    plain = {each: connection.execute("SELECT keyed_digest('file', ?)", [sha256(each)]).fetchone() for each in paths}
    facts = "name=anna berg\x1fphone= +4915123456789"
    undo_keyed_digests(connection)
    for path, digest in plain.items():
        name, status = path.relative_to(project.project.folder).as_posix(), path.stat()
        stamp = [name, status.st_size, status.st_mtime_ns, sha256(path)]
        connection.execute("INSERT INTO landed_file VALUES (?, ?, ?, ?)", stamp)
        connection.execute("UPDATE delivery SET file_sha256 = ? WHERE file_sha256 = ?", [sha256(path), *(digest or ())])
    for delivery_id, name in connection.execute("SELECT delivery_id, file_name FROM rejected_file").fetchall():
        own = [sha256(project.project.folder / "rejected" / name), rows_sha256(connection, str(delivery_id))]
        connection.execute("UPDATE rejected_file SET file_sha256 = ?, rows_sha256 = ?", own)
    connection.execute("UPDATE decision_record SET evidence_fingerprint = md5(?)", [facts])
    connection.execute("DELETE FROM schema_migration WHERE version = 25")


def test_old_digests_become_what_they_would_be_if_they_were_made_now(project: SmallProject) -> None:
    paths = [project.deliver("crm", "2026-01-05", LIST), project.chat("+49 171 3920017", "2026-01-06 10:00 Jo: Hello")]
    project.run()
    write_rejected_files(project.project, project.connection)
    project.connection.execute("""
        INSERT INTO decision (decision_id, kind, actor, reason, decided_at, compared)
        SELECT record_key, 'dismiss', 'Ina', 'two people', now(), [] FROM record WHERE record_id = '1'""")
    project.connection.execute("""
        INSERT INTO decision_record (decision_id, record_key)
        SELECT record_key, record_key FROM record WHERE record_id = '1'""")
    project.connection.execute("""
        UPDATE decision_record r SET evidence_fingerprint = p.evidence_fingerprint
        FROM record_fingerprint p WHERE p.record_key = r.record_key""")
    before = {table: query(project.connection, f"FROM {table} ORDER BY ALL") for table in KEYED}
    assert [table for table, each in before.items() if each.is_empty()] == []
    unkeyed(project, *paths)
    assert query(project.connection, "FROM delivery ORDER BY ALL").rows() != before["delivery"].rows()

    assert migrate(project.connection) == ["0025_keyed_digests.sql"]

    for table, rows in before.items():
        assert query(project.connection, f"FROM {table} ORDER BY ALL").equals(rows), table


def test_files_that_are_known_are_known_afterwards_and_not_read(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.deliver("crm", "2026-01-05", LIST)
    project.receive()
    unkeyed(project, path)
    migrate(project.connection)
    monkeypatch.setattr(arrivals, "sha256_of", lambda _: pytest.fail("it was read again"))
    assert [each.known for each in project.receive()] == [True]


def test_without_the_secret_nothing_is_migrated_and_nothing_is_made(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-01-05", LIST)
    project.receive()
    unkeyed(project, path)
    project.connection.execute("RESET VARIABLE inner_pad")
    with pytest.raises(MigrationFailed):
        migrate(project.connection)
    assert project.rows("SELECT file_sha256 FROM delivery") == [{"file_sha256": sha256(path)}]


def test_another_secret_opens_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    with small_project(folder) as project:
        project.deliver("crm", "2026-01-05", LIST)
        project.receive()
    (folder / ".onecontact" / "keys" / "identity.key").write_text("ab" * 32)
    with pytest.raises(WrongIdentityKey), reopened(folder):
        pass


def test_no_hash_and_no_path_of_a_delivered_file_is_stored_in_clear(project: SmallProject) -> None:
    path = project.chat("+49 171 3920017", "2026-01-06 10:00 Jo: Hello")
    project.run()
    tables = project.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse'")
    held = {each["table_name"]: str(project.rows(f"FROM {each['table_name']}")) for each in tables}
    assert [table for table, rows in held.items() if sha256(path) in rows] == []
    assert [table for table, rows in held.items() if path.stem in rows] == ["delivery"]
