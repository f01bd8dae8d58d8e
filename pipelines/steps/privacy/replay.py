"""Erasures carried out once more in a warehouse that was restored from a backup older than they are."""

import polars as pl

from pipelines.audit.events import Action
from pipelines.project import OpenProject
from pipelines.steps.privacy.intake import note
from pipelines.steps.privacy.plan import Person
from pipelines.store.privacy import replay as store
from pipelines.store.privacy.subject import subject_of_records
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction


def people_to_erase_again(project: OpenProject, connection: Connection) -> dict[int, Person]:
    """Who was erased after the backup was made, by the numbers of their requests."""
    people = {}
    for erasure in store.missing(connection, project.erasures_path):
        with transaction(connection):
            records = store.begin(connection, erasure)
            note(connection, Action.REQUEST_EXECUTED, erasure.request)
            people[erasure.request] = Person(subject_of_records(connection, pl.Series("record_key", records)), ())
    return people
