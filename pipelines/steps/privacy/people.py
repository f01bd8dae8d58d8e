"""Whom requests are about, as they are carried out: records, what they are known by, and what is held."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.steps.privacy.intake import CONTACT, reached
from pipelines.steps.privacy.plan import Person
from pipelines.store.contacts.id_changes import all_resolved
from pipelines.store.privacy import holds, requests
from pipelines.store.privacy.requests import Certainty, Request
from pipelines.store.privacy.subject import borne_by_others, deliveries_that_name, subject_of_records
from pipelines.store.warehouse.connection import Connection


class Found(NamedTuple):
    """Who is erased for a request, or why nobody may be yet: what is held, and records nobody has decided about."""

    person: Person
    is_held: bool = False
    undecided: int = 0


def person_of(connection: Connection, request: Request, now: datetime) -> Found:
    """Who is meant by a request now: deliveries and decisions may have moved records since it was taken in."""
    asked = requests.subject_of(connection, request.number)
    contacts = all_resolved(connection, [text for kind, text in asked if kind == CONTACT])
    current = [(kind, contacts.get(text, text)) for kind, text in asked]
    requests.keep_records(connection, request.number, with_former(connection, request, reached(connection, current)))
    every = requests.records_of(connection, request.number).filter(pl.col("source").is_not_null())
    is_theirs = (pl.col("certainty") != Certainty.UNCERTAIN) | pl.col("is_included").fill_null(value=False)
    undecided = every.filter(pl.col("certainty") == Certainty.UNCERTAIN, pl.col("is_included").is_null()).height
    theirs = every.filter(is_theirs)["record_key"]
    held = held_records(connection, now)
    requests.mark_held(connection, request.number, theirs.filter(theirs.is_in(held.implode())))
    subject = subject_of_records(connection, theirs.filter(~theirs.is_in(held.implode())))
    named = [each for each in current if each[0] != CONTACT]
    others = borne_by_others(connection, subject.records, [text for _, text in named])
    wanted = tuple(each for each in named if each[1] not in others)
    is_held = is_request_held(connection, request, [each for kind, each in current if kind == CONTACT], now)
    person = Person(subject, wanted, int(theirs.is_in(held.implode()).sum()))
    return Found(with_deliveries(connection, person), is_held, undecided)


def with_deliveries(connection: Connection, person: Person) -> Person:
    """Somebody with all deliveries that they are in, those that brought no record of them as well."""
    naming = deliveries_that_name(connection, person.needles())
    every = pl.concat([person.subject.deliveries, naming]).unique().sort()
    return person._replace(subject=person.subject._replace(deliveries=every))


def with_former(connection: Connection, request: Request, found: pl.DataFrame) -> pl.DataFrame:
    """Records that are reached now, and those that were kept for a legal reason when the rest was erased."""
    before = requests.records_of(connection, request.number).filter(pl.col("certainty") == Certainty.HELD)
    kept = before.select("record_key", "certainty").join(found, on="record_key", how="anti")
    return pl.concat([found, kept])


def held_records(connection: Connection, now: datetime) -> pl.Series:
    """Keys of the records that are held by themselves."""
    in_force = holds.holds_in_force(connection, now)
    return pl.Series("record_key", [each.object_id for each in in_force if each.scope == "record"], pl.String)


def is_request_held(connection: Connection, request: Request, contacts: Sequence[str], now: datetime) -> bool:
    """Whether a request as a whole waits for a hold: on itself, or on its contact."""
    held = {(each.scope, each.object_id) for each in holds.holds_in_force(connection, now)}
    return ("request", str(request.number)) in held or any(("contact", each) in held for each in contacts)
