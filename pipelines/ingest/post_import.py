"""What becomes of delivered files once they are taken in: each stays, is archived encrypted, or is deleted."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pipelines.errors import SourceUnreachable
from pipelines.landing.arrivals import LandedFile, is_untouched, sha256_of
from pipelines.landing.remote_file import Remote
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.read.core.lines import well_formed
from pipelines.store.ingest import archive, rejected_rows
from pipelines.store.ingest.file_problems import FileProblem
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import AfterImport

DONE = {AfterImport.ARCHIVE: "archived", AfterImport.DELETE: "deleted"}
CUT = "was taken in but stays: some of its rows are too large to be given back whole (LIMIT_EXCEEDED)"


def apply_post_import(
    project: OpenProject, connection: Connection, accepted: Iterable[tuple[LandedFile, str]]
) -> list[FileProblem]:
    """Do with accepted files, each with the id of its delivery, what their sources say.

    A file that was touched since it was read is left, and so is one with rows that are too large to be given back
    whole, until they have come in some other way. What a killed run has left undone is done by the next, for which
    the file is a known one. Returns the files that could not be put away, and why.
    """
    failed: list[FileProblem] = []
    wanted = [(project.settings.sources[file.source].after_import, file, delivery_id) for file, delivery_id in accepted]
    wanted = [each for each in wanted if each[0] is not AfterImport.KEEP]
    for after, file, delivery_id in sorted(wanted, key=lambda each: each[0] is not AfterImport.ARCHIVE):
        name = well_formed(file.path.name)
        if rejected_rows.has_cut_rows(connection, delivery_id):
            failed.append(FileProblem(file.source, name, CUT))
            continue
        try:
            if after is AfterImport.ARCHIVE:
                archive_file(project, connection, file, delivery_id)
            elif is_unchanged(project, file):
                delete_file(connection, file, delivery_id)
        except (SourceUnreachable, OSError) as failure:
            failed.append(FileProblem(file.source, name, why_it_stays(after, failure)))
    return failed


def why_it_stays(after: AfterImport, failure: Exception) -> str:
    """What went wrong with a file that was to be put away, and what of it is kept."""
    known = failure.strerror if isinstance(failure, OSError) else str(failure)
    says = known or type(failure).__name__
    return (
        f"was taken in, with all its rows, but could not be {DONE[after]} (`after_import: {after}`): {says}; it stays "
        "where it landed, and the next run tries again"
    )


def archive_file(project: OpenProject, connection: Connection, file: LandedFile, delivery_id: str) -> None:
    """Keep a file encrypted, then remove it from where it landed."""
    if archive.is_archived(connection, project.archive, file.source, delivery_id):
        if is_unchanged(project, file):
            delete_file(connection, file, delivery_id)
        return
    if not is_untouched(project.folder, file.path, file.stamp):
        return
    progress(f"archiving {file.source}", 0)
    now = datetime.now(UTC)
    with file.path.open("rb") as content:
        whole = archive.archive(connection, project.archive, file.source, delivery_id, file.sha256, content, now)
    if whole and is_untouched(project.folder, file.path, file.stamp):
        delete_file(connection, file, delivery_id)


def is_unchanged(project: OpenProject, file: LandedFile) -> bool:
    """Whether a file still holds what was read: by the version its server tells, else by hashing it again."""
    if not is_untouched(project.folder, file.path, file.stamp):
        return False
    return bool(isinstance(file.path, Remote) and file.path.version) or sha256_of(file.path) == file.sha256


def delete_file(connection: Connection, file: LandedFile, delivery_id: str) -> None:
    """Remove a file from where it landed, and note that it is gone."""
    file.path.unlink()
    archive.note_deleted(connection, delivery_id, datetime.now(UTC))
