"""The warehouse written anew under a new key, and both put in the place of the old ones."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines.errors import ConfigurationError, RewriteFailed, StoreBusy, WrongKey
from pipelines.store.warehouse import rewrite
from pipelines.store.warehouse import swap as swap_files
from pipelines.store.warehouse.connection import Connection, value
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.keys import load_key
from pipelines.store.warehouse.migrate import migrate
from pipelines.store.warehouse.rewrite import rewrite_warehouse
from pipelines.store.warehouse.swap import complete_swap, next_file, rewriting, set_aside
from schemas.settings.keys import KeySource

KEY, OTHER = "0123456789abcdef" * 4, "fedcba9876543210" * 4
CANARY = "canary.bird@example.com"
OBJECTS = """
    CREATE TABLE shelf (
        id INTEGER PRIMARY KEY, name VARCHAR NOT NULL DEFAULT 'top', width DECIMAL(9, 2) CHECK (width > 0),
        tags VARCHAR[] DEFAULT ['plain'], UNIQUE (name, width));
    CREATE SEQUENCE counted START 5;
    CREATE TABLE numbered (seq BIGINT DEFAULT nextval('counted'), moment TIMESTAMPTZ);
    CREATE MACRO doubled(x) AS x * 2;
    CREATE MACRO shelves_of(wanted) AS TABLE SELECT * FROM shelf WHERE name = wanted;
    CREATE SCHEMA published;
    CREATE VIEW wide AS SELECT * REPLACE (doubled(width) AS width, upper(name) AS name) FROM shelf;
    CREATE VIEW published.shelves AS SELECT name, width FROM wide;
    CREATE INDEX by_width ON shelf (width);
    COMMENT ON TABLE shelf IS 'Where books stand';
    COMMENT ON COLUMN shelf.width IS 'in cm';
    COMMENT ON VIEW published.shelves IS 'What readers see';
    COMMENT ON COLUMN published.shelves.name IS 'in capitals';
    INSERT INTO shelf (id, name, width) SELECT i, 'shelf ' || i, i + 1 FROM range(5) t(i);
    INSERT INTO numbered (moment) SELECT TIMESTAMPTZ '2026-01-01 00:00:00+00' FROM range(3)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A warehouse with an object of each kind, and its key in a file."""
    (tmp_path / "hidden").mkdir()
    path = tmp_path / "hidden" / "warehouse.duckdb"
    with open_warehouse(path, KEY, create=True) as connection:
        connection.execute(OBJECTS)
    key_of(path).parent.mkdir()
    key_of(path).write_text(f"{KEY}\n")
    key_of(path).chmod(0o600)
    return path


def key_of(path: Path) -> Path:
    return path.parent / "keys" / "warehouse.key"


def stored(file: Path) -> str:
    return load_key(file.parent, KeySource(file=file.name))


def rows(path: Path, key: str) -> int:
    with open_warehouse(path, key, read_only=True, patience=0) as connection:
        return int(value(connection, "SELECT count(*) FROM shelf"))


def test_afterwards_the_new_key_alone_opens_it_and_the_key_file_holds_it(path: Path) -> None:
    inode = path.stat().st_ino

    done = rewrite_warehouse(path, KEY, key_file=key_of(path))

    assert (done.tables, done.rows, done.key_replaced, done.key_changed) == (2, 8, True, True)
    assert path.stat().st_ino != inode
    assert path.stat().st_size == done.bytes_after
    assert stored(key_of(path)) != KEY
    assert rows(path, stored(key_of(path))) == 5
    with pytest.raises(WrongKey):
        rows(path, KEY)


def test_every_object_is_what_it_was_and_goes_on_working(path: Path) -> None:
    rewrite_warehouse(path, KEY, another_key=OTHER)

    with open_warehouse(path, OTHER) as connection:
        connection.execute("INSERT INTO numbered (moment) VALUES (NULL)")
        assert value(connection, "SELECT max(seq) FROM numbered") == 8
        assert connection.execute("FROM shelves_of('shelf 1')").fetchall() == [(1, "shelf 1", 2, ["plain"])]
        assert connection.execute("FROM published.shelves WHERE name = 'SHELF 1'").fetchall() == [("SHELF 1", 4)]
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("INSERT INTO shelf (id) VALUES (1)")
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("INSERT INTO shelf (id, width) VALUES (9, 0)")
        found = connection.execute("SELECT comment FROM duckdb_columns() WHERE comment IS NOT NULL ORDER BY 1")
        assert found.fetchall() == [("in capitals",), ("in cm",)]


def test_nothing_of_the_old_warehouse_is_left_beside_the_new_one(path: Path) -> None:
    path.with_name(f"{path.name}.wal.set-aside-20260101T000000.000000Z").write_bytes(b"old rows")
    (path.parent / "spill" / f"{path.name}.0123").mkdir(parents=True)

    rewrite_warehouse(path, KEY, key_file=key_of(path))

    assert sorted(str(each.relative_to(path.parent)) for each in path.parent.rglob("*")) == [
        "keys", "keys/warehouse.key", "spill", "warehouse.duckdb",
    ]  # fmt: skip
    assert KEY.encode() not in key_of(path).read_bytes()


def test_deleted_rows_are_in_no_block_of_the_new_file(path: Path) -> None:
    with open_warehouse(path, KEY) as connection:
        connection.execute(f"INSERT INTO shelf (id, name) VALUES (77, '{CANARY}')")
    with open_warehouse(path, KEY) as connection:
        connection.execute("DELETE FROM shelf WHERE id = 77")
    before = path.stat().st_size

    done = rewrite_warehouse(path, KEY)

    assert done.bytes_after <= before
    with open_warehouse(path, KEY, read_only=True) as connection:
        assert value(connection, f"SELECT count(*) FROM shelf WHERE name = '{CANARY}'") == 0


def test_a_key_from_elsewhere_stays_what_it_is(path: Path) -> None:
    done = rewrite_warehouse(path, KEY)

    assert (done.key_replaced, done.key_changed) == (False, False)
    assert rows(path, KEY) == 5


def test_what_is_written_before_the_swap_is_in_the_new_warehouse(path: Path) -> None:
    def note(connection: Connection) -> None:
        connection.execute("INSERT INTO shelf (id, name) VALUES (50, 'rewritten')")

    rewrite_warehouse(path, KEY, before_swap=note)

    assert rows(path, KEY) == 6


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ("DELETE FROM rewritten.shelf WHERE id = 1", "rows in main.shelf"),
        ("DROP VIEW rewritten.published.shelves", "column published.shelves.name"),
        ("CREATE OR REPLACE VIEW rewritten.published.shelves AS SELECT 'a' AS name, 1.0 AS width", "column published"),
        ("COMMENT ON VIEW rewritten.wide IS 'Other'", "view main.wide"),
        ("COMMENT ON TABLE rewritten.shelf IS 'Other'", "table main.shelf"),
        ("COMMENT ON COLUMN rewritten.shelf.width IS NULL", "column main.shelf.width"),
        ("CREATE OR REPLACE MACRO rewritten.doubled(x) AS x * 3", "macro main.doubled"),
        ("DROP MACRO TABLE rewritten.shelves_of", "macro main.shelves_of"),
        ("DROP INDEX rewritten.by_width", "table main.shelf"),
        ("ALTER TABLE rewritten.numbered ALTER moment SET NOT NULL", "table main.numbered"),
        ("SELECT nextval('rewritten.counted') FROM range(3)", "sequence counted"),
        ("CREATE SCHEMA rewritten.other", "schema other"),
        ("CREATE TYPE rewritten.size AS ENUM ('s', 'l')", "type main.size"),
    ],
)
def test_a_copy_in_which_anything_differs_never_takes_its_place(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: str, names: str
) -> None:
    compare = rewrite._require_same

    def spoilt(connection: Connection) -> dict[str, int]:
        connection.execute(change)
        return compare(connection)

    monkeypatch.setattr(rewrite, "_require_same", spoilt)

    with pytest.raises(RewriteFailed, match=names):
        rewrite_warehouse(path, KEY, key_file=key_of(path))

    assert (rows(path, KEY), stored(key_of(path))) == (5, KEY)
    assert not next_file(path).exists()


def test_nobody_writes_between_the_copy_and_the_swap(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swap = swap_files.swap

    def written_to(*given: object) -> None:
        with open_warehouse(path, KEY) as connection:
            connection.execute("INSERT INTO shelf (id) VALUES (60)")
        swap(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(rewrite, "swap", written_to)

    with pytest.raises(RewriteFailed, match="was written to"):
        rewrite_warehouse(path, KEY, key_file=key_of(path))

    assert (rows(path, KEY), stored(key_of(path))) == (6, KEY)


def test_two_do_not_rewrite_it_at_once(path: Path) -> None:
    next_file(path).write_bytes(b"what the other one has so far")

    with rewriting(path) as alone:
        assert alone
        with pytest.raises(StoreBusy, match="being rewritten"):
            rewrite_warehouse(path, KEY, key_file=key_of(path))

    assert next_file(path).exists()


def test_where_the_new_key_could_not_be_kept_nothing_is_begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda place, _mode: place != key_of(path).parent)

    with pytest.raises(ConfigurationError, match="cannot be written there"):
        rewrite_warehouse(path, KEY, key_file=key_of(path))

    assert rows(path, KEY) == 5


def test_where_there_is_no_room_for_another_one_nothing_is_begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))

    with pytest.raises(RewriteFailed, match="0 are free"):
        rewrite_warehouse(path, KEY, key_file=key_of(path))

    assert not next_file(path).exists()


def test_the_schema_has_nothing_that_a_copy_cannot_have(tmp_path: Path) -> None:
    """With a foreign key DuckDB's COPY FROM DATABASE fails, and it leaves triggers out."""
    with open_warehouse(tmp_path / "warehouse.duckdb", KEY, create=True) as connection:
        migrate(connection)
        foreign = value(connection, "SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY'")
        triggers = value(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        assert value(connection, "SELECT count(*) FROM duckdb_tables()") > 50
        assert (foreign, triggers) == (0, 0)
    done = rewrite_warehouse(tmp_path / "warehouse.duckdb", KEY)
    assert done.tables > 50


# What a killed process leaves

KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.store.warehouse import rewrite, swap

path, key_file, key, line = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
lines = 0

def die(frame, event, arg):
    global lines
    if frame.f_code.co_filename in (rewrite.__file__, swap.__file__):
        if event == "line":
            lines += 1
            if lines == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return die

sys.settrace(die)
rewrite.rewrite_warehouse(path, key, key_file=key_file, purpose="killed")
sys.settrace(None)
print(lines)
"""


def killed_at(path: Path, line: int) -> str:
    """What a process says that rewrites the warehouse and is killed when it comes to its nth line of code."""
    given = [str(path), str(key_of(path)), stored(key_of(path)), str(line)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *given], env=environment, text=True, stdout=subprocess.PIPE, check=False
    )
    assert done.returncode == (-9 if not done.stdout else 0)
    return done.stdout


def require_one_state(path: Path) -> str:
    """Complete what is left; the key that then opens the warehouse, which is whole and alone."""
    complete_swap(path, key_of(path))
    key = stored(key_of(path))
    assert rows(path, key) == 5
    assert not next_file(path).exists()
    assert not next_file(key_of(path)).exists()
    return key


@pytest.mark.heavy
def test_killed_at_any_line_it_leaves_the_old_state_or_the_new_one(path: Path) -> None:
    kept, line = path.parent.with_name("kept"), 0
    keys: list[str] = []
    shutil.copytree(path.parent, kept)
    while not keys or not killed_at(path, line):
        keys.append(require_one_state(path))
        shutil.rmtree(path.parent)
        shutil.copytree(kept, path.parent)
        line += 1
    assert line > 80
    new = [key != KEY for key in keys]
    assert new == sorted(new)  # up to a line it is the old one, from there on the new one
    assert {*new} == {False, True}


def leave(path: Path, *, warehouse: str, next_key: str | None) -> None:
    """What a process leaves that was killed: the warehouse has this key, and another one waits beside it."""
    if warehouse != KEY:
        rewrite_warehouse(path, KEY, another_key=warehouse)
    if next_key is not None:
        next_file(key_of(path)).write_text(next_key)
        next_file(key_of(path)).chmod(0o600)


def test_a_key_in_waiting_that_opens_the_warehouse_is_put_in_its_place(path: Path) -> None:
    leave(path, warehouse=OTHER, next_key=OTHER)
    key_of(path).write_text("0" * 65)  # the old one was overwritten already
    assert require_one_state(path) == OTHER


def test_a_key_in_waiting_that_opens_nothing_is_removed(path: Path) -> None:
    leave(path, warehouse=KEY, next_key=OTHER)
    next_file(path).write_bytes(b"the new warehouse, not renamed yet")
    assert require_one_state(path) == KEY


def test_even_if_somebody_has_removed_the_new_warehouse_the_old_key_is_kept(path: Path) -> None:
    leave(path, warehouse=KEY, next_key=OTHER)
    assert require_one_state(path) == KEY


def test_a_key_that_was_written_in_part_is_removed(path: Path) -> None:
    leave(path, warehouse=KEY, next_key=OTHER[:20])
    assert require_one_state(path) == KEY


def test_what_somebody_is_writing_who_is_alive_is_left_alone(path: Path) -> None:
    leave(path, warehouse=KEY, next_key=OTHER)
    with rewriting(path) as alone:
        assert alone
        complete_swap(path, key_of(path))
    assert next_file(key_of(path)).exists()


def test_set_aside_journals_are_those_of_this_warehouse(path: Path) -> None:
    mine = path.with_name(f"{path.name}.wal.set-aside-20260101T000000.000000Z")
    for each in (mine, path.with_name(f"other.{mine.name}"), path.with_name(f"{path.name}.wal")):
        each.touch()
    assert set_aside(path) == [mine]
