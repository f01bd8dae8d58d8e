"""Giving refused rows back: one CSV per contact list that had any, to be corrected and dropped in again."""

from pathlib import Path

from pipelines.project import OpenProject
from pipelines.publish.files import written
from pipelines.publish.rejected import write_rejected
from pipelines.publish.report import summary, write_problems
from pipelines.read.registry import FORMATS
from pipelines.store import given_back as store
from pipelines.store.connection import Connection
from pipelines.store.warehouse import transaction

FOLDER = "rejected"


def give_back(project: OpenProject, connection: Connection) -> list[str]:
    """Write the refused rows of every delivery that has not had its own given back; the names of those files.

    Beside them lies what was wrong, with the rows and with fields of others: the problems, and their counts. A file's
    name holds the source and the beginning of the delivery's hash, never that of the file that arrived.
    """
    lists = [name for name, each in FORMATS.items() if each.holds == "contacts"]
    names = []
    for delivery in store.to_give_back(connection, lists).to_dicts():
        name = f"{delivery['source']}-{delivery['file_sha256'][:12]}"
        rows_file = f"{name}.csv" if delivery["has_rows"] else None
        if rows_file:
            with written(project.folder / FOLDER / rows_file) as file:
                write_rejected(file, store.rows(connection, delivery["delivery_id"]))
            names.append(rows_file)
        report(project.folder / FOLDER / name, connection, delivery["delivery_id"])
        with transaction(connection):
            store.note_given_back(connection, delivery["delivery_id"], rows_file, f"{name}.errors.csv")
    return names


def report(beside: Path, connection: Connection, delivery_id: str) -> None:
    """Write what was wrong with a delivery, and in counts what became of it."""
    with written(beside.with_name(f"{beside.name}.errors.csv")) as file:
        write_problems(file, store.problems(connection, delivery_id))
    [delivery] = store.summary(connection, delivery_id).to_dicts()
    with written(beside.with_name(f"{beside.name}.summary.json")) as file:
        file.write(summary(delivery, store.codes(connection, delivery_id)))
