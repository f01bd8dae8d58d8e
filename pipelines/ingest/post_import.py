"""What becomes of delivered files once they are taken in: each stays, is archived encrypted, or is deleted."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pipelines.errors import SourceUnreachable
from pipelines.landing.arrivals import Landed, hashed, untouched
from pipelines.landing.remote_file import Remote
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.store.ingest import archive, rejected_rows
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import AfterImport

CUT = "a file was taken in but stays: some of its rows are too large to be given back whole (LIMIT_EXCEEDED)"


def put_away(project: OpenProject, connection: Connection, accepted: Iterable[tuple[Landed, str]]) -> dict[str, str]:
    """Do with accepted files, each with the id of its delivery, what their sources say.

    A file that was touched since it was read is left, and so is one with rows that are too large to be given back
    whole, until they have come in some other way. What a killed run has left undone is done by the next, for which
    the file is a known one. Returns why files could not be removed, by source.
    """
    failed: dict[str, str] = {}
    wanted = [(project.settings.sources[file.source].after_import, file, delivery_id) for file, delivery_id in accepted]
    for after, file, delivery_id in sorted(wanted, key=lambda each: each[0] is not AfterImport.ARCHIVE):
        if after is not AfterImport.KEEP and rejected_rows.has_cut_rows(connection, delivery_id):
            failed[file.source] = CUT
            continue
        try:
            if after is AfterImport.ARCHIVE:
                archived(project, connection, file, delivery_id)
            elif after is AfterImport.DELETE and unchanged(project, file):
                removed(connection, file, delivery_id)
        except (SourceUnreachable, PermissionError, FileNotFoundError) as failure:
            says = str(failure) if isinstance(failure, SourceUnreachable) else type(failure).__name__
            failed[file.source] = f"a file was taken in, but not put away as `after_import: {after}` says: {says}"
    return failed


def archived(project: OpenProject, connection: Connection, file: Landed, delivery_id: str) -> None:
    """Keep a file encrypted, then remove it from where it landed."""
    if archive.is_archived(connection, project.archive, file.source, delivery_id):
        if unchanged(project, file):
            removed(connection, file, delivery_id)
        return
    if not untouched(project.folder, file.path, file.stamp):
        return
    progress(f"archiving {file.source}", 0)
    now = datetime.now(UTC)
    with file.path.open("rb") as content:
        whole = archive.archive(connection, project.archive, file.source, delivery_id, file.sha256, content, now)
    if whole and untouched(project.folder, file.path, file.stamp):
        removed(connection, file, delivery_id)


def unchanged(project: OpenProject, file: Landed) -> bool:
    """Whether a file still holds what was read: by the version its server tells, else by hashing it again."""
    if not untouched(project.folder, file.path, file.stamp):
        return False
    return bool(isinstance(file.path, Remote) and file.path.version) or hashed(file.path) == file.sha256


def removed(connection: Connection, file: Landed, delivery_id: str) -> None:
    """Remove a file from where it landed, and note that it is gone."""
    file.path.unlink()
    archive.note_deleted(connection, delivery_id, datetime.now(UTC))
