"""Opening the encrypted warehouse: one writer at a time, nothing in clear on the disk, nothing reachable but itself.

Why each setting is there: docs/adr/0002-encrypted-warehouse.md.
"""

import os
import resource
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import duckdb

from pipelines.errors import (
    NotAWarehouse,
    NotEncrypted,
    StoreBusy,
    StoreError,
    UnsupportedCipher,
    WarehouseDamaged,
    WarehouseMissing,
    WrongKey,
)
from pipelines.store.warehouse import journal, lock_holder
from pipelines.store.warehouse.absent_pandas import stop_looking_for_pandas
from pipelines.store.warehouse.openssl import Settings, connect_with_openssl

THREADS = max(1, (os.cpu_count() or 1) // 2)  # Polars has one for each core; more would only wait for these
SKIP_JOURNAL_FROM = 10**15  # bytes: no commit is ever so large that it goes past the journal
CHECKPOINT_FROM = "256MB"  # of journal: each checkpoint compresses and encrypts all that a table has begun once more
_POLL_SECONDS = 0.1
_TRANSACTION = "SELECT txid_current()"

# What DuckDB says when it cannot attach, what that is here, and the way out. Its own text is not passed on.
_REFUSALS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("Wrong encryption key", WrongKey, "was encrypted with another key: set `keys: warehouse:` to the one it has now"),
    ("is not encrypted", NotEncrypted, "is a DuckDB file in clear text: import its data into a warehouse made by init"),
    ("not a valid DuckDB database", NotAWarehouse, "is not a DuckDB database: restore it from a backup"),
    ("with a different cipher", UnsupportedCipher, "is not encrypted with AES-GCM, which alone shows tampering"),
    (journal.WRONG_TAG, WarehouseDamaged, "was changed since DuckDB wrote it: restore it from a backup"),
    ("Could not read enough bytes", WarehouseDamaged, "is cut short: restore it from a backup"),
    (
        journal.OTHER_ITERATION,
        WarehouseDamaged,
        "is older than its journal (.wal): restore both from one backup, nothing has been changed",
    ),
    ("replaying WAL", WarehouseDamaged, "has a journal (.wal) that is not its own: restore both from one backup"),
)


@contextmanager
def open_warehouse(
    path: Path,
    key: str,
    *,
    create: bool = False,
    read_only: bool = False,
    patience: float = 60.0,
    purpose: str = "onecontact",
    memory_limit: str | None = None,
    waiting: Callable[[str], None] | None = None,
    snapshots: Path | None = None,
    beside: Path | None = None,
    renewed: Callable[[], str] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the warehouse as its current database, until the end of the `with` block.

    Times are shown in UTC. A cursor of the connection has to `USE warehouse` again.
    Work that was not committed is rolled back at the end. SQL reaches the warehouse and nothing else, and cannot change
    a setting. Files made by this process meanwhile are its owner's only (umask 077), and from the first opening on it
    leaves no core dumps.

    Args:
        path: The DuckDB file; its journal (`.wal`), spilled data (`spill/`) and note (`.holder`) lie beside it.
        key: 64 hex digits, see `pipelines.store.warehouse.keys.load_key`.
        create: Make a new warehouse if there is none.
        read_only: Share it with other readers. A writer still keeps readers out, and readers a writer.
        patience: Seconds to wait for another process.
        purpose: What others are told who wait for this one, such as the command that was given.
        memory_limit: DuckDB's, such as "2GB"; beyond it data is spilled, encrypted. Default: 80 % of the machine's.
        waiting: Called once, with a sentence to show, if there is somebody to wait for.
        snapshots: A folder in which SQL may write further encrypted files.
        beside: One further file that SQL may write.
        renewed: Says which key the warehouse has now, if `key` is none of it: it may have changed while we waited.

    Raises:
        StoreBusy: It is still in use after `patience` seconds.
        WarehouseMissing, WrongKey, NotEncrypted, NotAWarehouse, UnsupportedCipher, WarehouseDamaged: See each.
        EncryptionUnavailable: The httpfs extension is not installed.
    """
    path = path.resolve()
    spill = path.parent / "spill" / f"{path.name}.{uuid.uuid4().hex}"  # two processes in one folder spoil each other's
    _require_file(path, create=create and not read_only)
    _forbid_core_dumps()
    with _private_files(), closing(_engine(spill, memory_limit)) as connection:
        try:
            _attach(connection, path, key, read_only, patience, waiting)
        except WrongKey:
            if renewed is None or (other := renewed()) == key:
                raise
            _attach(connection, path, other, read_only, patience, waiting)
        try:
            _restrict_access(connection, path, beside, folders=[spill, *([snapshots.resolve()] if snapshots else [])])
            if read_only:
                yield connection
            else:
                with lock_holder.noted(path, purpose):
                    _clear_spill(path, spill)
                    yield connection
        finally:
            _detach(connection)


@contextmanager
def in_memory(spill: Path, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a database of its own, which is nowhere but in memory and, beyond a limit, spilled encrypted.

    Raises:
        EncryptionUnavailable: The httpfs extension is not installed.
    """
    _forbid_core_dumps()
    with _private_files(), closing(_engine(spill, memory_limit)) as connection:
        yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Everything in the `with` block is committed together, or not at all."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        with suppress(duckdb.Error):  # a failed commit has already undone itself; its error is the one to see
            connection.rollback()
        raise


@contextmanager
def in_transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A part of the transaction that is open, else a transaction of its own."""
    one, other = (connection.execute(_TRANSACTION).fetchone() for _ in range(2))
    if one == other:  # else each statement is a transaction of its own
        yield
        return
    with transaction(connection):
        yield


@contextmanager
def rolled_back(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Whatever is written in the `with` block is undone at its end."""
    connection.begin()
    try:
        yield
    finally:
        connection.rollback()


def _require_file(path: Path, *, create: bool) -> None:
    """DuckDB makes a new database silently, and deletes a journal it finds beside no database."""
    if path.exists():
        return
    journals = [file for file in journal.files(path) if file.exists()]
    if journals:
        raise WarehouseMissing(
            f"The warehouse {path} is missing but its journal {journals[0].name} is there: restore it from a backup"
        )
    if not create:
        raise WarehouseMissing(f"There is no warehouse at {path}: `onecontact init` makes one, or restore a backup")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _engine(spill: Path, memory_limit: str | None) -> duckdb.DuckDBPyConnection:
    """A DuckDB without a database, with everything set that has to be before one is attached."""
    settings: Settings = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_file_encryption": True,
        "temp_directory": str(spill),
        "auto_checkpoint_skip_wal_threshold": SKIP_JOURNAL_FROM,
        "checkpoint_threshold": CHECKPOINT_FROM,
        "threads": THREADS,
    }
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    spill.parent.mkdir(mode=0o700, exist_ok=True)
    stop_looking_for_pandas()
    connection = connect_with_openssl(settings)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def _attach(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    key: str,
    read_only: bool,
    patience: float,
    waiting: Callable[[str], None] | None,
) -> None:
    """Attach the file as `warehouse`, waiting for its lock and mending a journal that a crash left, if that helps."""
    mode = ", READ_ONLY" if read_only else ""
    statement = f"ATTACH {_literal(path)} AS warehouse (ENCRYPTION_KEY ?, ENCRYPTION_CIPHER 'GCM'{mode})"
    deadline = time.monotonic() + patience
    told = mended = False
    keeping, aside = [0, journal.TAG], None  # zeros to leave behind a journal, last first; where it is kept as it was
    while True:
        seen = journal.identity(path)
        message = _refused(connection, statement, path, key)
        if message is None:
            if aside is not None:
                journal.tell_of_zeros(aside)
            return
        if busy := lock_holder.sentence(path, message):
            if time.monotonic() >= deadline:
                raise StoreBusy(f"{busy} Try again when it has finished, or raise --wait.")
            if waiting is not None and not told:
                waiting(f"{busy} Waiting up to {patience:g} s.")
                told = True
            time.sleep(_POLL_SECONDS)
        elif journal.is_stale(message) and not mended:
            journal.keep_stale_journal(path, seen)
            mended = True
        elif journal.WRONG_TAG in message and keeping:
            aside = journal.cut_zeros(path, seen, keeping.pop(), aside)
        else:
            if aside is not None:
                journal.put_back(path, seen, aside)
            raise _refusal(path, message)


def _refused(connection: duckdb.DuckDBPyConnection, statement: str, path: Path, key: str) -> str | None:
    """What DuckDB says against attaching the file; None if it has attached the one that lies there now."""
    while True:
        file = lock_holder.inode(path)
        try:
            connection.execute(statement, [key])
        except duckdb.Error as error:
            return str(error)
        if file in (None, lock_holder.inode(path)):
            return None
        connection.execute("DETACH warehouse")  # it was replaced while we opened it: what we have is the old one


def _refusal(path: Path, message: str) -> StoreError:
    for words, error, way_out in _REFUSALS:
        if words in message:
            return error(f"The warehouse {path} {way_out}")
    # DuckDB's first words say which kind of error it is; what follows could quote a row out of the journal
    return StoreError(f"DuckDB could not open the warehouse {path}: {message.partition(':')[0]}")


def _restrict_access(connection: duckdb.DuckDBPyConnection, *databases: Path | None, folders: Sequence[Path]) -> None:
    """From here on SQL reaches these files only, and cannot give itself back what was taken away."""
    given = [path.resolve() for path in databases if path]
    files = ", ".join(_literal(file) for path in given for file in (path, *journal.files(path)))
    connection.execute(f"SET allowed_paths = [{files}]")
    connection.execute(f"SET allowed_directories = [{', '.join(map(_literal, folders))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    connection.execute("USE warehouse")


def _detach(connection: duckdb.DuckDBPyConnection) -> None:
    """Checkpoint and let go of the file. Each step may fail where the one before has: a full disk ends them all."""
    for statement in ("ROLLBACK", "USE memory", "DETACH warehouse"):
        with suppress(duckdb.Error):
            connection.execute(statement)


def _clear_spill(path: Path, own: Path) -> None:
    """Remove what killed processes have spilled: whoever holds the lock for writing is alone."""
    for folder in own.parent.iterdir():
        if folder.stem == path.name and folder != own:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _private_files() -> Iterator[None]:
    """Whatever is created meanwhile has mode 0600: DuckDB makes its journal and its spill files long after opening."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _forbid_core_dumps() -> None:
    """A dump of the process would hold the key and rows in clear."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def _literal(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"
