"""Giving refused rows back: one CSV per list that had any, to be corrected and dropped in again."""

import hashlib
from itertools import chain, count
from pathlib import Path

from pipelines.project import OpenProject
from pipelines.publish.files import atomic_write, sha256_of
from pipelines.publish.import_report import summary, write_problems
from pipelines.publish.rejected_rows import write_rejected
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.change_requests.change_requests import FORMAT
from pipelines.store.ingest import rejected_rows as store
from pipelines.store.ingest.rejected_rows import RejectedFile
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from pipelines.store.warehouse.digest_key import keyed_digest

FOLDER = "rejected"
DIGITS = 12  # of the id of a delivery, in the names of its files


def write_rejected_files(project: OpenProject, connection: Connection) -> list[str]:
    """Write the refused rows of every delivery that has not had its own given back; the names of those files.

    Beside them lies what was wrong, with the rows and with fields of others: the problems, and their counts. A file's
    name holds the source and the beginning of the delivery's id, never that of the file that arrived.
    """
    lists = [FORMAT, *(name for name, each in FORMATS.items() if each.holds == "contacts")]
    folder = project.folder / FOLDER
    names = []
    for delivery in store.deliveries_to_return(connection, lists).to_dicts():
        delivery_id = delivery["delivery_id"]
        name = f"{delivery['source']}-{delivery_id.replace('-', '')[:DIGITS]}"
        before = store.last_rejected_file(connection, delivery_id)
        file = before
        if delivery["has_rows"]:
            file = rows_file(folder, name, connection, delivery_id, before)
            if file != before:
                names.append(file.file_name)
        report(folder / name, connection, delivery_id)
        with transaction(connection):
            if file and file != before:
                store.keep_rejected_file(connection, delivery_id, file)
            shown = file.file_name if file and delivery["has_rows"] else None
            store.keep_file_names(connection, delivery_id, shown, f"{name}.errors.csv")
    return names


def rows_file(
    folder: Path, name: str, connection: Connection, delivery_id: str, before: RejectedFile | None
) -> RejectedFile:
    """The file with the refused rows of a delivery: the one that was written before if it holds the same, else anew.

    A file that is not as it was written is being corrected by somebody, and is never replaced: the new one gets a
    number. Nor does one come back that holds nothing new and was moved away.
    """
    digest = keyed_digest(connection, "rows", rows_sha256(connection, delivery_id))
    if before and before.rows_digest == digest:
        return before
    path = unused_path(folder, name)
    if before and (there := sha256_of(folder / before.file_name)):
        ours = before.file_digest == keyed_digest(connection, "file", there)
        path = folder / before.file_name if ours else path
    with atomic_write(path) as file:
        write_rejected(file, store.columns(connection, delivery_id), store.rows(connection, delivery_id))
    sha256 = str(sha256_of(path))
    twin = folder / f"{name}.csv"
    if path != twin and sha256_of(twin) == sha256:  # a run was killed before it could note this one
        path.unlink()
        path = twin
    return RejectedFile(path.name, keyed_digest(connection, "file", sha256), digest)


def unused_path(folder: Path, name: str) -> Path:
    """The first name of a file of refused rows that no other has."""
    numbered = (folder / f"{name}-{number}.csv" for number in count(2))
    return next(path for path in chain([folder / f"{name}.csv"], numbered) if not path.exists())


def rows_sha256(connection: Connection, delivery_id: str) -> str:
    """SHA-256 of the refused rows of a delivery and their places, whatever is said to be wrong with them."""
    digest = hashlib.sha256()
    for batch in store.rows(connection, delivery_id):
        digest.update(batch.select("delivery", "row_number", "raw").write_csv(include_header=False).encode())
    return digest.hexdigest()


def report(beside: Path, connection: Connection, delivery_id: str) -> None:
    """Write what was wrong with a delivery, and in counts what became of it."""
    with atomic_write(beside.with_name(f"{beside.name}.errors.csv")) as file:
        write_problems(file, store.problems(connection, delivery_id))
    [delivery] = store.summary(connection, delivery_id).to_dicts()
    with atomic_write(beside.with_name(f"{beside.name}.summary.json")) as file:
        file.write(summary(delivery, store.codes(connection, delivery_id)))
