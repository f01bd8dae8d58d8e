"""What can go wrong, grouped by what the caller can do about it. No message ever holds a value of a person."""

import os
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from schemas.error_codes import ErrorCode

HOUSE = Path(__file__).parent.parent
ROOMS = ("schemas", "pipelines", "assets", "console")
DEBUG = "ONECONTACT_DEBUG"  # set to 1, tracebacks of unforeseen errors are kept
tracebacks_in: ContextVar[Path | None] = ContextVar("tracebacks_in", default=None)  # the hidden folder of a project


def unforeseen(error: BaseException) -> str:
    """What can be told of an error that is not ours: its type and the line of ours it came through, not its text."""
    ours = [
        f" in {Path(frame.filename).relative_to(HOUSE)}, line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(HOUSE) and Path(frame.filename).relative_to(HOUSE).parts[0] in ROOMS
    ]
    return f"{type(error).__name__}{ours[-1] if ours else ''}. Please report it{where_to_look(error)}"


def where_to_look(error: BaseException) -> str:
    """Where the traceback of an unforeseen error is, as the end of a sentence; it is kept only if DEBUG is set."""
    folder = tracebacks_in.get()
    if os.environ.get(DEBUG, "") in ("", "0"):
        return f"; {DEBUG}=1 keeps its traceback in the project's hidden folder (docs/errors.md)"
    if folder is None or not folder.is_dir():
        return ""
    path = folder / f"traceback-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(traceback.format_exception(error))
    return f"; its traceback, which may hold values of people, is in {folder.name}/{path.name}"


def raise_interrupt(error: Exception) -> None:
    """Raise the interrupt that an error is told instead of: DuckDB makes one of its own of a Ctrl+C during a query."""
    cause = error.__cause__
    if cause is not None and not isinstance(cause, Exception):
        raise cause


class OnecontactError(Exception):
    """Something onecontact can name. Its text is safe to show anywhere."""


class ConfigurationError(OnecontactError):
    """The project says something that cannot be: mend onecontact.yaml, a segment or a key, then run again."""


class ErasuresMissing(OnecontactError):
    """A warehouse is older than erasures: what it holds of these people has to go before anything else."""


class FilterFault(ConfigurationError):
    """A question of a filter that cannot be asked: its place in the filter, and what is wrong with it."""

    def __init__(self, place: str, says: str) -> None:
        super().__init__(f"{place}: {says}")
        self.place = place
        self.says = says


class DecisionRefused(OnecontactError):
    """What somebody decided cannot be, as things stand: nothing of it is stored."""


class RequestRefused(DecisionRefused):
    """A row of a file of change requests asks for something that cannot be; `expected` says what would be right."""

    def __init__(self, code: ErrorCode, column: str, expected: str, suggestion: str | None = None) -> None:
        super().__init__(f"{code}: {expected}")
        self.code = code
        self.column = column
        self.expected = expected
        self.suggestion = suggestion


class DeliveryError(OnecontactError):
    """A file as a whole cannot be taken in; the run goes on with the others."""

    def __init__(self, code: ErrorCode, way_out: str) -> None:
        super().__init__(f"{code}: {way_out}")
        self.code = code
        self.way_out = way_out


class DeliveryRefused(DeliveryError):
    """The file is not what its source says it is."""


class DeliveryHeld(DeliveryError):
    """The file can be read once a person has settled something in onecontact.yaml."""


class NeverMatched(OnecontactError):
    """What somebody asks of matching cannot be said before a run has matched something."""


class SourceUnreachable(OnecontactError):
    """A place that deliveries come from cannot be listed or read now; the run goes on with the other sources."""


class PublicationBlocked(OnecontactError):
    """The file of a segment would not be what the segment says: nothing is published, and what was published stays."""


class StoreError(OnecontactError):
    """The warehouse cannot be opened or kept."""


class StoreBusy(StoreError):
    """Another process holds the warehouse: try again later."""


class KeyMissing(ConfigurationError):
    """A secret of the project is not where `keys:` says it is."""


class KeyMalformed(ConfigurationError):
    """A secret of the project is not the 64 hex digits it has to be."""


class KeyExposed(ConfigurationError):
    """Other users of the machine can read a key file."""


class WarehouseMissing(StoreError):
    """There is no warehouse where one is expected."""


class WrongKey(StoreError):
    """The key is a key, but not this warehouse's."""


class NotEncrypted(StoreError):
    """The file is a DuckDB database in clear text."""


class NotAWarehouse(StoreError):
    """The file is no DuckDB database."""


class UnsupportedCipher(StoreError):
    """The file is encrypted in a way that does not notice tampering."""


class WarehouseDamaged(StoreError):
    """The file, or its journal, is not as DuckDB wrote it: a backup is needed."""


class RewriteFailed(StoreError):
    """The warehouse could not be written anew, and is what it was."""


class EncryptionUnavailable(StoreError):
    """DuckDB's cryptography is not installed."""


class NotArchived(StoreError):
    """No delivery is archived under this id."""


class SnapshotUnreadable(StoreError):
    """The snapshot of a role is not there, is none, or is encrypted under another key."""


class RoleDenied(OnecontactError):
    """A role may not do what a command does; its text says which may."""


class ArchiveDamaged(StoreError):
    """An archived delivery is not what was put into the archive."""


class MigrationError(StoreError):
    """The numbered SQL files cannot bring the warehouse up to date."""


class MigrationChanged(MigrationError):
    """A migration is not what it was when it was applied."""


class MigrationFailed(MigrationError):
    """A migration stopped half way and was undone."""


class WarehouseOlder(MigrationError):
    """An older onecontact has written this warehouse, and it was opened for reading only."""


class WarehouseNewer(MigrationError):
    """A newer onecontact has written this warehouse."""


class ContractBroken(OnecontactError):
    """A frame is not made as its contract says, which no row is to blame for: a defect of the code that built it."""


class AuditRefused(OnecontactError):
    """An audit event would hold what could be a value of a person: a defect of the code that records it."""


class WrongIdentityKey(ConfigurationError):
    """Ids would be made with another key than those in the warehouse: every record would come in a second time."""
