"""Giving refused rows back: one CSV per contact list that had any, to be corrected and dropped in again."""

from pipelines.project import OpenProject
from pipelines.publish.files import written
from pipelines.publish.rejected import write_rejected
from pipelines.read.registry import FORMATS
from pipelines.store import deliveries as store
from pipelines.store.connection import Connection
from pipelines.store.warehouse import transaction

FOLDER = "rejected"


def give_back(project: OpenProject, connection: Connection) -> list[str]:
    """Write the refused rows of every delivery that has not had its own given back; the names of the files.

    A file's name holds the source and the beginning of the delivery's hash, never that of the file that arrived.
    """
    lists = [name for name, each in FORMATS.items() if each.holds == "contacts"]
    names = []
    for delivery_id, source, sha256 in store.not_given_back(connection, lists).iter_rows():
        name = f"{source}-{sha256[:12]}.csv"
        with written(project.folder / FOLDER / name) as file:
            write_rejected(file, store.rejected(connection, delivery_id))
        with transaction(connection):
            store.note_given_back(connection, delivery_id, name)
        names.append(name)
    return names
