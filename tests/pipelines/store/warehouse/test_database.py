import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import (
    EncryptionUnavailable,
    NotAWarehouse,
    NotEncrypted,
    StoreBusy,
    StoreError,
    UnsupportedCipher,
    WarehouseDamaged,
    WarehouseMissing,
    WrongKey,
)
from pipelines.store.warehouse import database, journal
from pipelines.store.warehouse.database import open_warehouse, transaction
from pipelines.store.warehouse.openssl import openssl

KEY = "0123456789abcdef" * 4
CANARY = "canary.bird@example.com"
DUCKDB_DEFAULT = 100_000  # auto_checkpoint_skip_wal_threshold as DuckDB 1.5.5 has it


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A warehouse with one table of one row."""
    path = tmp_path / "warehouse.duckdb"
    with open_warehouse(path, KEY, create=True) as connection:
        connection.execute("CREATE TABLE shelf AS SELECT 'top' AS name")
    return path


def shelves(path: Path) -> int:
    with open_warehouse(path, KEY, read_only=True, patience=0) as connection:
        return len(connection.execute("FROM shelf").fetchall())


def child(script: str, path: Path, **options: object) -> subprocess.Popen[str]:
    """Another process that has opened the warehouse; it says so and runs `script`, which knows `connection`."""
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    program = f"""
import os, sys
from pathlib import Path
from pipelines.store.warehouse.database import open_warehouse
with open_warehouse(Path({str(path)!r}), {KEY!r}{given}) as connection:
    print("open", flush=True)
    {script}
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def die(script: str, path: Path) -> None:
    """Another process that opens the warehouse and does not live to close it."""
    child(script, path).communicate(timeout=10)


@contextmanager
def held(path: Path, **options: object) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the warehouse open until it is spoken to."""
    process = child("sys.stdin.readline()", path, **options)
    try:
        yield process
    finally:
        process.communicate("go\n", timeout=10)


# What a caller gets


def test_the_warehouse_is_the_current_database_and_times_are_utc(path: Path) -> None:
    with open_warehouse(path, KEY) as connection:
        assert connection.execute("FROM shelf").fetchall() == [("top",)]
        assert connection.execute("SELECT current_catalog(), current_setting('TimeZone')").fetchone() == (
            "warehouse",
            "UTC",
        )
        cipher = connection.execute(
            "SELECT encrypted, cipher FROM duckdb_databases() WHERE database_name = 'warehouse'"
        )
        assert cipher.fetchall() == [(True, "GCM")]


def test_an_error_undoes_the_transaction_it_happens_in_and_no_other(path: Path) -> None:
    with open_warehouse(path, KEY) as connection:
        with transaction(connection):
            connection.execute("INSERT INTO shelf VALUES ('low')")
        with pytest.raises(duckdb.ConversionException), transaction(connection):
            connection.execute("INSERT INTO shelf VALUES ('gone'); SELECT name::INTEGER FROM shelf")
        with transaction(connection):
            connection.execute("INSERT INTO shelf VALUES ('middle')")
    assert shelves(path) == 3


def test_what_was_not_committed_when_the_warehouse_is_left_is_gone(path: Path) -> None:
    with pytest.raises(duckdb.ConversionException), open_warehouse(path, KEY) as connection:
        connection.execute("BEGIN; INSERT INTO shelf VALUES ('gone'); SELECT name::INTEGER FROM shelf")
    assert shelves(path) == 1


def test_the_error_of_a_failed_commit_is_the_one_that_is_seen(path: Path) -> None:
    with open_warehouse(path, KEY) as connection:
        connection.execute("CREATE TABLE once (x INTEGER PRIMARY KEY)")
        other = connection.cursor()
        other.execute("USE warehouse; BEGIN; INSERT INTO once VALUES (1)")
        attempt = transaction(connection)
        attempt.__enter__()
        connection.execute("INSERT INTO once VALUES (1)")
        other.commit()
        with pytest.raises(duckdb.TransactionException, match="commit"):
            attempt.__exit__(None, None, None)
        with transaction(connection):
            assert connection.execute("SELECT count(*) FROM once").fetchone() == (1,)


def test_a_result_that_somebody_still_holds_does_not_hold_the_lock(path: Path) -> None:
    with open_warehouse(path, KEY) as connection:
        relation = connection.sql("FROM shelf")
        cursor = connection.cursor()
        cursor.execute("FROM warehouse.shelf")
    with held(path, patience=0):
        assert relation is not None


def test_a_path_may_hold_a_quote(tmp_path: Path) -> None:
    path = tmp_path / "o'brien" / "ware'house.duckdb"
    with open_warehouse(path, KEY, create=True) as connection:
        connection.execute("CREATE TABLE shelf AS SELECT 1 AS n")
    assert shelves(path) == 1
    assert path.parent.stat().st_mode & 0o777 == 0o700


# Nothing in clear, nothing within reach


def test_no_value_is_on_the_disk_in_clear(tmp_path: Path) -> None:
    """In database, journal and spilled data; in a warehouse without encryption the same search finds it everywhere."""
    path = tmp_path / "warehouse.duckdb"
    rows = f"SELECT i, '{CANARY}' || md5(i::VARCHAR) AS email FROM range(800_000) t(i)"
    with open_warehouse(path, KEY, create=True, memory_limit="50MB") as connection:
        connection.execute("CREATE TABLE person AS SELECT 1 AS i, 'x' AS email")
        connection.execute(f"INSERT INTO person {rows} LIMIT 1000")
        connection.execute(f"CREATE TEMP TABLE held AS {rows}")
        spilled = [file for file in (tmp_path / "spill").rglob("*") if file.is_file()]
        assert sum(file.stat().st_size for file in spilled) > 1_000_000
        assert (tmp_path / "warehouse.duckdb.wal").stat().st_size > 10_000
        for file in [path, tmp_path / "warehouse.duckdb.wal", *spilled]:
            assert file.stat().st_mode & 0o777 == 0o600
            assert CANARY.encode() not in file.read_bytes()
        assert {folder.stat().st_mode & 0o777 for folder in (spilled[0].parent, tmp_path / "spill")} == {0o700}
    assert CANARY.encode() not in path.read_bytes()
    assert list((tmp_path / "spill").iterdir()) == []

    clear = tmp_path / "clear"
    clear.mkdir()
    with duckdb.connect(
        clear / "w.duckdb", config={"memory_limit": "50MB", "temp_directory": str(clear / "spill")}
    ) as c:
        c.execute(f"CREATE TABLE person AS {rows} LIMIT 1000")
        c.execute(f"CREATE TEMP TABLE held AS {rows}")
        found = [file for file in clear.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]
    assert {file.parent.name for file in found} == {"clear", "spill"}


def test_every_file_is_its_owners_only_and_the_umask_is_given_back(path: Path) -> None:
    before = os.umask(0o022)
    try:
        with open_warehouse(path, KEY) as connection:
            connection.execute("INSERT INTO shelf VALUES ('low')")
            files = [file for file in path.parent.iterdir() if file.is_file()]
            assert {file.name: file.stat().st_mode & 0o777 for file in files} == {
                "warehouse.duckdb": 0o600,
                "warehouse.duckdb.wal": 0o600,
                "warehouse.duckdb.holder": 0o600,
            }
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_a_process_that_has_opened_the_warehouse_leaves_no_core_dump(path: Path) -> None:
    with open_warehouse(path, KEY):
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{outside}')",
        "SELECT * FROM read_csv('https://example.com/a.csv')",
        "COPY shelf TO '{outside}.csv'",
        "ATTACH '{outside}.duckdb' AS other",
        "SET enable_external_access = true",
        "SET temp_file_encryption = false",
        "SET log_query_path = '{outside}.log'",
        "INSTALL spatial",
        "LOAD '{outside}'",
    ],
)
def test_sql_reaches_nothing_but_the_warehouse(path: Path, tmp_path: Path, statement: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("something")
    with (
        open_warehouse(path, KEY) as connection,
        pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException), match=r"disabled|locked"),
    ):
        connection.execute(statement.format(outside=outside))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["outside", "spill", "warehouse.duckdb"]


def test_two_readers_spill_into_folders_of_their_own(path: Path) -> None:
    """DuckDB names spill files alike in every process: in one folder they overwrite each other's."""
    with open_warehouse(path, KEY, read_only=True) as one, open_warehouse(path, KEY, read_only=True) as two:
        folders = {c.execute("SELECT current_setting('temp_directory')").fetchall()[0] for c in (one, two)}
    assert len(folders) == 2


def test_what_a_killed_process_spilled_is_removed_by_the_next_writer(path: Path) -> None:
    left = path.parent / "spill" / f"{path.name}.0a1b"
    others = path.parent / "spill" / "copy.duckdb.0a1b"
    for folder in (left, others):
        folder.mkdir()
        (folder / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    with open_warehouse(path, KEY, read_only=True):
        assert left.exists()
    with open_warehouse(path, KEY):
        assert not left.exists()
    assert others.exists()


# What cannot be opened, each said in its own way


def test_there_is_no_warehouse_until_one_is_asked_for(tmp_path: Path) -> None:
    for read_only in (False, True):
        with pytest.raises(WarehouseMissing, match="onecontact init"):
            open_warehouse(tmp_path / "w.duckdb", KEY, read_only=read_only).__enter__()
    with pytest.raises(WarehouseMissing):
        open_warehouse(tmp_path / "w.duckdb", KEY, create=True, read_only=True).__enter__()
    assert list(tmp_path.iterdir()) == []


def test_a_journal_without_its_warehouse_is_kept(path: Path) -> None:
    beside = path.with_name(path.name + ".wal")
    path.rename(beside)  # DuckDB would make a new database here, and delete the journal
    with pytest.raises(WarehouseMissing, match=r"its journal warehouse\.duckdb\.wal is there"):
        open_warehouse(path, KEY, create=True).__enter__()
    assert beside.exists()


def test_another_key_is_a_wrong_key(path: Path) -> None:
    with pytest.raises(WrongKey, match="another key") as wrong:
        open_warehouse(path, "f" * 64).__enter__()
    assert "f" * 64 not in str(wrong.value)


def test_a_database_in_clear_text_is_no_warehouse(tmp_path: Path) -> None:
    duckdb.connect(tmp_path / "w.duckdb").close()
    with pytest.raises(NotEncrypted, match="clear text"):
        open_warehouse(tmp_path / "w.duckdb", KEY).__enter__()


@pytest.mark.parametrize("content", ["", "name,phone\n", "name,phone\n" * 2000])
def test_any_other_file_is_no_warehouse(tmp_path: Path, content: str) -> None:
    (tmp_path / "w.duckdb").write_text(content)
    with pytest.raises(NotAWarehouse, match="not a DuckDB database"):
        open_warehouse(tmp_path / "w.duckdb", KEY).__enter__()
    assert (tmp_path / "w.duckdb").read_text() == content


def test_a_cipher_that_does_not_show_tampering_is_refused(tmp_path: Path) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"LOAD '{openssl()}'")
        connection.execute(f"ATTACH '{tmp_path}/w.duckdb' (ENCRYPTION_KEY ?, ENCRYPTION_CIPHER 'CTR')", [KEY])
    with pytest.raises(UnsupportedCipher, match="AES-GCM"):
        open_warehouse(tmp_path / "w.duckdb", KEY).__enter__()


def test_a_warehouse_cut_short_is_damaged(path: Path) -> None:
    os.truncate(path, 5000)
    with pytest.raises(WarehouseDamaged, match="cut short"):
        open_warehouse(path, KEY).__enter__()


def test_a_warehouse_with_a_flipped_bit_is_damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(12_288, len(content), 512):
        content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(WarehouseDamaged, match="was changed"):
        open_warehouse(path, KEY).__enter__()


def test_an_older_copy_beside_a_newer_journal_is_left_as_it_is(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copy(path, copy)
    with open_warehouse(path, KEY) as connection:
        connection.execute("INSERT INTO shelf VALUES ('low')")
        connection.execute("CHECKPOINT")
        connection.execute("INSERT INTO shelf VALUES ('lost, if this journal went')")
        shutil.copy(f"{path}.wal", f"{copy}.wal")
    with pytest.raises(WarehouseDamaged, match="older than its journal"):
        open_warehouse(copy, KEY).__enter__()
    assert (tmp_path / "copy.duckdb.wal").exists()


def test_the_journal_of_another_warehouse_is_left_as_it_is(path: Path, tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "other.duckdb", KEY, create=True) as connection:
        connection.execute("CREATE TABLE other AS SELECT 1 AS n")
        shutil.copy(tmp_path / "other.duckdb.wal", f"{path}.wal")
    with pytest.raises(WarehouseDamaged, match="not its own"):
        open_warehouse(path, KEY).__enter__()
    assert (tmp_path / "warehouse.duckdb.wal").exists()


def test_a_folder_is_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not open the warehouse"):
        open_warehouse(tmp_path, KEY).__enter__()


@pytest.mark.parametrize("installed", [True, False])
def test_missing_cryptography_is_an_installation_to_mend(
    path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    def files(package: str) -> Path:
        if not installed:
            raise ModuleNotFoundError(package)
        return path.parent

    monkeypatch.setattr("importlib.resources.files", files)
    with pytest.raises(EncryptionUnavailable, match=r"pip install duckdb-extension-httpfs==1\.5\.5"):
        open_warehouse(path, KEY).__enter__()


# One writer


def test_who_waits_in_vain_is_told_who_has_the_warehouse_and_since_when(path: Path) -> None:
    said: list[str] = []
    with held(path, purpose="onecontact run") as process:
        since = f"process {process.pid} \\(onecontact run, since \\d\\d:\\d\\d:\\d\\d\\)"
        with pytest.raises(StoreBusy, match=f"in use by {since}. Try again when it has finished, or raise --wait"):
            open_warehouse(path, KEY, patience=0.3, waiting=said.append).__enter__()
    assert len(said) == 1
    assert str(process.pid) in said[0]
    assert "Waiting up to 0.3 s" in said[0]


def test_who_waits_gets_the_warehouse_when_the_other_has_finished(path: Path) -> None:
    process = child("sys.stdin.readline(); connection.execute(\"INSERT INTO shelf VALUES ('low')\")", path)

    def let_go(sentence: str) -> None:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()

    with open_warehouse(path, KEY, patience=10, waiting=let_go) as connection:
        assert connection.execute("SELECT count(*) FROM shelf").fetchone() == (2,)
    process.communicate(timeout=10)


def test_a_writer_waits_for_a_reader_who_has_left_no_note(path: Path) -> None:
    note = path.with_name(path.name + ".holder")
    note.write_text(json.dumps({"pid": 1, "purpose": "was killed", "since": datetime.now(UTC).isoformat()}))
    with held(path, read_only=True) as process, pytest.raises(StoreBusy, match=f"process {process.pid}\\. Try again"):
        open_warehouse(path, KEY, patience=0).__enter__()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "PID", "purpose": "x", "since": 5}'])
def test_a_note_that_cannot_be_read_is_ignored(path: Path, text: str) -> None:
    with held(path, read_only=True) as process:
        path.with_name(path.name + ".holder").write_text(text.replace('"PID"', str(process.pid)))
        with pytest.raises(StoreBusy, match=f"process {process.pid}\\. Try again"):
            open_warehouse(path, KEY, patience=0).__enter__()


def test_a_writer_of_another_day_is_shown_with_the_day(path: Path) -> None:
    began = datetime.now(UTC) - timedelta(days=3)
    with held(path, purpose="onecontact run") as process:
        note = path.with_name(path.name + ".holder")
        note.write_text(json.dumps({"pid": process.pid, "purpose": "onecontact run", "since": began.isoformat()}))
        with pytest.raises(StoreBusy, match=f"since {began.astimezone():%Y-%m-%d %H:%M:%S}"):
            open_warehouse(path, KEY, patience=0).__enter__()


def test_readers_share_the_warehouse(path: Path) -> None:
    with (
        held(path, read_only=True),
        open_warehouse(path, KEY, read_only=True),
        open_warehouse(path, KEY, read_only=True),
    ):
        assert not path.with_name(path.name + ".holder").exists()
    with pytest.raises(duckdb.InvalidInputException), open_warehouse(path, KEY, read_only=True) as connection:
        connection.execute("INSERT INTO shelf VALUES ('low')")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_process_that_opens_its_own_warehouse_again_is_told_so(path: Path, read_only: bool) -> None:
    with (
        open_warehouse(path, KEY, purpose="onecontact run"),
        pytest.raises(StoreBusy, match=f"process {os.getpid()} \\(onecontact run"),
    ):
        open_warehouse(path, KEY, patience=0, read_only=read_only).__enter__()


# Crashes


def torn_journal_then_large_commit(path: Path) -> None:
    """A process dies within its first commit since a checkpoint; the next one makes a large commit and closes.

    Cutting the journal of a killed process in the middle is what dying within the commit leaves on the disk.
    """
    with open_warehouse(path, KEY, create=True) as connection:
        connection.execute("CREATE TABLE person AS SELECT i, i AS j, 'x' || i AS name FROM range(600_000) t(i)")
    die('connection.execute("INSERT INTO person SELECT i, i, i::VARCHAR FROM range(5000) t(i)"); os._exit(1)', path)
    torn = path.with_name(path.name + ".wal")
    os.truncate(torn, torn.stat().st_size // 2)
    with open_warehouse(path, KEY) as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (600_000,)
        connection.execute("UPDATE person SET i = i + 1, j = -1, name = name || '!'")


def assert_every_committed_row_is_there(path: Path) -> None:
    with open_warehouse(path, KEY) as connection:
        totals = connection.execute("SELECT count(*), sum(i), sum(j) FROM person").fetchone()
    assert totals == (600_000, 600_000 * 600_001 // 2, -600_000)


@pytest.mark.heavy
def test_a_torn_journal_before_a_large_commit_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    torn_journal_then_large_commit(path)
    assert_every_committed_row_is_there(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["spill", "warehouse.duckdb"]


@pytest.mark.heavy
def test_without_our_setting_it_leaves_a_warehouse_that_opens_once_its_stale_journal_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "warehouse.duckdb"
    with monkeypatch.context() as patch:
        patch.setattr(database, "SKIP_JOURNAL_FROM", DUCKDB_DEFAULT)
        patch.setattr(database, "CHECKPOINT_FROM", "16MB")  # DuckDB's own, too
        torn_journal_then_large_commit(path)
    stale = path.with_name(path.name + ".wal").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(journal, "is_stale", lambda message: False)
        with pytest.raises(WarehouseDamaged):
            open_warehouse(path, KEY).__enter__()

    assert_every_committed_row_is_there(path)
    (aside,) = tmp_path.glob("warehouse.duckdb.wal*")
    assert aside.name.startswith("warehouse.duckdb.wal.set-aside-20")
    assert aside.read_bytes() == stale
    assert aside.name in caplog.text


def journal_of_two_commits(path: Path) -> bytes:
    """The journal a crash leaves behind two rows, each a commit; beside a copy of the warehouse as it was then."""
    with open_warehouse(path, KEY) as connection:
        connection.execute("INSERT INTO shelf VALUES ('middle')")
        connection.execute("INSERT INTO shelf VALUES ('low')")
        shutil.copy(path, f"{path}.copy")
        content = path.with_name(path.name + ".wal").read_bytes()
    shutil.move(f"{path}.copy", path)
    return content


@pytest.mark.parametrize("zeros", [1, 43, 44, 4096, 200_000])
def test_zeros_that_a_crash_of_the_file_system_left_behind_the_journal_are_cut_off(
    path: Path, zeros: int, caplog: pytest.LogCaptureFixture
) -> None:
    whole = journal_of_two_commits(path)
    own = path.with_name(path.name + ".wal")
    own.write_bytes(whole + b"\0" * zeros)
    assert shelves(path) == 3
    if zeros >= journal.ENTRY:
        (aside,) = path.parent.glob("*.set-aside-*")
        assert aside.read_bytes() == whole + b"\0" * zeros
        assert aside.name in caplog.text


@pytest.mark.parametrize("lost", [1, 16, 17, 70])
def test_zeros_in_place_of_the_end_of_a_commit_take_that_commit_alone(path: Path, lost: int) -> None:
    whole = journal_of_two_commits(path)
    path.with_name(path.name + ".wal").write_bytes(whole[:-lost] + b"\0" * (lost + 4096))
    assert shelves(path) == 2
    assert len(list(path.parent.glob("*.set-aside-*"))) == 1


def test_a_commit_whose_last_byte_is_zero_is_not_cut(path: Path) -> None:
    """The tag at its end looks random: one commit in 256 ends so."""
    own = path.with_name(path.name + ".wal")
    rows = 1
    with open_warehouse(path, KEY) as connection:
        while not (own.exists() and own.read_bytes().endswith(b"\0")):
            connection.execute("INSERT INTO shelf VALUES ('another')")
            rows += 1
        shutil.copy(path, f"{path}.copy")
        whole = own.read_bytes()
    shutil.move(f"{path}.copy", path)
    own.write_bytes(whole + b"\0" * 4096)
    assert shelves(path) == rows


def test_a_journal_that_is_damaged_before_its_zeros_is_left_as_it_was(path: Path) -> None:
    content = bytearray(journal_of_two_commits(path) + b"\0" * 4096)
    content[80] ^= 1
    own = path.with_name(path.name + ".wal")
    own.write_bytes(content)
    with pytest.raises(WarehouseDamaged, match="was changed"):
        open_warehouse(path, KEY).__enter__()
    assert own.read_bytes() == content
    assert not list(path.parent.glob("*.set-aside-*"))


def test_zeros_are_not_cut_off_under_somebody_who_has_the_warehouse(path: Path) -> None:
    with held(path, read_only=True):
        own = path.with_name(path.name + ".wal")
        own.write_bytes(b"\0" * 4096)
        assert journal.cut_zeros(path, journal.identity(path), journal.TAG, None) is None
        assert own.stat().st_size == 4096
        own.unlink()


def test_a_journal_that_has_changed_meanwhile_is_not_set_aside(path: Path) -> None:
    fresh = path.with_name(path.name + ".wal")
    fresh.write_bytes(b"stale")
    seen = journal.identity(path)
    fresh.write_bytes(b"the journal of another process that was faster")
    journal.keep_stale_journal(path, seen)
    assert fresh.exists()


def test_a_journal_is_not_set_aside_under_somebody_who_has_the_warehouse(path: Path) -> None:
    with held(path, read_only=True):
        path.with_name(path.name + ".wal").write_bytes(b"whatever")
        journal.keep_stale_journal(path, journal.identity(path))
        assert path.with_name(path.name + ".wal").exists()
        path.with_name(path.name + ".wal").unlink()


def test_a_killed_writer_leaves_every_committed_row_and_blocks_nobody(path: Path) -> None:
    die("connection.execute(\"INSERT INTO shelf VALUES ('low')\"); os.kill(os.getpid(), 9)", path)
    assert shelves(path) == 2
    with open_warehouse(path, KEY, patience=0) as connection:
        assert connection.execute("SELECT count(*) FROM shelf").fetchone() == (2,)
    assert not path.with_name(path.name + ".holder").exists()
