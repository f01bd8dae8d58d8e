"""Requests taken in, verified, approved or denied, and legal holds: who may do it, and that it is recorded."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from pipelines.audit.events import Action, Event
from pipelines.audit.login import login
from pipelines.decide.resolve_contact import contacts_meant
from pipelines.errors import ConfigurationError
from pipelines.normalise.email import emails
from pipelines.normalise.phone import phones
from pipelines.project import OpenProject
from pipelines.store.audit.record import record
from pipelines.store.privacy import holds, requests
from pipelines.store.privacy.holds import Hold
from pipelines.store.privacy.requests import Certainty, Kind, Request, State
from pipelines.store.privacy.subject import members_by_certainty
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import in_transaction
from pipelines.wording import plural

EMAIL, PHONE, CONTACT = "email", "phone", "contact"
Stated = tuple[str, str]  # kind, text as somebody wrote it


class SeveralContacts(ConfigurationError):
    """A request could be about several contacts; `contacts` are their ids."""

    def __init__(self, contacts: Sequence[str]) -> None:
        super().__init__(
            f"{plural(len(contacts), 'contact')} bear what the request names: say which one with --contact ID "
            f"({', '.join(contacts)})"
        )
        self.contacts = list(contacts)


def receive_request(
    project: OpenProject, connection: Connection, kind: Kind, stated: Sequence[Stated], verified_how: str | None = None
) -> Request:
    """Take in a request, and note which records it reaches and how sure that is.

    Nobody need be known by what it names: they are suppressed all the same.

    Raises:
        ConfigurationError: Something it names is no address or number.
        SeveralContacts: It could be about several contacts.
    """
    said = [(each, normalised(project, each, text)) for each, text in stated]
    contacts = contacts_of(project, connection, said)
    now = datetime.now(UTC)
    made = Request(
        0, kind, State.RECEIVED, now, now + timedelta(days=project.settings.privacy.answer_days), created_by=login()
    )
    if verified_how:
        made = made._replace(
            state=State.VERIFIED, verified_by=login(), verified_at=now, verified_how=verified_how.strip()
        )
    subject = [each for each in said if each[0] != CONTACT] + [(CONTACT, each) for each in contacts]
    with in_transaction(connection):
        kept = requests.keep_request(connection, made, subject)
        requests.keep_records(connection, kept.number, reached(connection, subject))
        note(connection, Action.REQUEST_RECEIVED, kept.number, kind=str(kind))
        if verified_how:
            note(connection, Action.REQUEST_VERIFIED, kept.number)
    return kept


def normalised(project: OpenProject, kind: str, text: str) -> str:
    """An address or a number as it is stored.

    Raises:
        ConfigurationError: It is none.
    """
    frame = pl.DataFrame({"raw": [text], "default_region": [project.settings.default_region]})
    readers = {EMAIL: emails, PHONE: phones}
    if kind not in readers:
        return text.strip()
    value = readers[kind](frame)["normalised"][0]
    if value is None:
        what = {EMAIL: "e-mail address", PHONE: "phone number (with a country code, or one of default_region)"}[kind]
        raise ConfigurationError(f"--{kind}: that is no {what}")
    return str(value)


def contacts_of(project: OpenProject, connection: Connection, said: Sequence[Stated]) -> list[str]:
    """The contact a request is about: the one that is named, else the one that bears what is named; none, or one.

    Raises:
        ConfigurationError: The contact that is named is not there.
        SeveralContacts: Several bear what is named.
    """
    meant = contacts_meant(connection, [text for _, text in said], project.settings.default_region)
    named = [(text, meant[text]) for kind, text in said if kind == CONTACT]
    if missing := [text for text, found in named if not found]:
        raise ConfigurationError(f"--contact {missing[0]}: no such contact; `onecontact search` finds people")
    found = {each for _, ids in named for each in ids} or {each for ids in meant.values() for each in ids}
    if len(found) > 1:
        raise SeveralContacts(sorted(found))
    return sorted(found)


def reached(connection: Connection, subject: Sequence[Stated]) -> pl.DataFrame:
    """Records that a request reaches: record_key, certainty."""
    bearing = [text for kind, text in subject if kind != CONTACT]
    frames = [members_by_certainty(connection, text, bearing) for kind, text in subject if kind == CONTACT]
    return pl.concat([pl.DataFrame(schema={"record_key": pl.String, "certainty": pl.String}), *frames])


def verify(connection: Connection, number: int, how: str) -> None:
    """Note that whoever asks is who the data is about, and how that was made sure."""
    required(connection, number, State.RECEIVED)
    with in_transaction(connection):
        now = datetime.now(UTC)
        says = {"verified_by": login(), "verified_at": now, "verified_how": how.strip()}
        requests.change(connection, number, state=State.VERIFIED, **says)
        note(connection, Action.REQUEST_VERIFIED, number)


def approve(
    project: OpenProject,
    connection: Connection,
    number: int,
    also: Sequence[str] = (),
    without: Sequence[str] = (),
) -> None:
    """Approve a request, and say of records that only a weak link leads to whether they are the person's.

    `also` and `without` are `source:record id`, or "all".

    Raises:
        ConfigurationError: It is not verified, the same login took it in, or something is not said of a record.
    """
    request = required(connection, number, State.VERIFIED)
    if project.settings.privacy.second_person and request.created_by == login():
        raise ConfigurationError(
            f"request {number} was taken in by {login()}: somebody else has to approve it "
            "(`privacy: second_person: false` in onecontact.yaml allows one person to do both)"
        )
    open_ones = requests.records_of(connection, number).filter(pl.col("certainty") == Certainty.UNCERTAIN)
    named = open_ones.select("record_key", named=pl.format("{}:{}", "source", pl.col("record_id").fill_null("")))
    yes, no = (chosen(named, each) for each in (also, without))
    unsaid = named.filter(~pl.col("record_key").is_in(pl.concat([yes, no]).implode()))
    if not unsaid.is_empty():
        raise ConfigurationError(
            f"{plural(unsaid.height, 'record')} may be another person's, `request show {number}` lists them: "
            "say --also SOURCE:ID or --without SOURCE:ID of each (or `all`)"
        )
    with in_transaction(connection):
        for records, is_included in ((yes, True), (no, False)):
            requests.include(connection, number, records, is_included=is_included)
        requests.change(connection, number, state=State.APPROVED, approved_by=login(), approved_at=datetime.now(UTC))
        note(connection, Action.REQUEST_APPROVED, number)


def chosen(named: pl.DataFrame, words: Sequence[str]) -> pl.Series:
    """Keys of the records that are named: `source:record id` each, or "all"."""
    if "all" in words:
        return named["record_key"]
    if unknown := sorted(set(words) - set(named["named"])):
        raise ConfigurationError(f"{unknown[0]} is none of the records that somebody has to decide about")
    return named.filter(pl.col("named").is_in(list(words)))["record_key"]


def deny(connection: Connection, number: int, ground: str) -> None:
    """Deny a request that has not been carried out, and say on what ground."""
    required(connection, number, State.RECEIVED, State.VERIFIED, State.APPROVED, State.ON_HOLD)
    with in_transaction(connection):
        ended = {"state": State.DENIED, "ground": ground.strip(), "ended_at": datetime.now(UTC)}
        requests.change(connection, number, **ended)
        requests.forget_subject(connection, [number])
        note(connection, Action.REQUEST_DENIED, number)


def complete(connection: Connection, number: int) -> None:
    """Note that a request was answered, and forget whom it was about."""
    with in_transaction(connection):
        requests.change(connection, number, state=State.COMPLETED, ended_at=datetime.now(UTC))
        requests.forget_subject(connection, [number])
        note(connection, Action.REQUEST_COMPLETED, number)


def set_hold(
    project: OpenProject, connection: Connection, scope: str, what: str, ground: str, until: datetime | None
) -> Hold:
    """Keep something for a legal reason: a request, a contact, or a record (`source:record id`).

    Raises:
        ConfigurationError: It is not there.
    """
    object_id = held_id(project, connection, scope, what)
    now = datetime.now(UTC)
    with in_transaction(connection):
        kept = holds.keep_hold(connection, Hold(0, scope, object_id, ground.strip(), login(), now, until))
        record(connection, Event(Action.HOLD_SET, scope, object_id, details={"hold": kept.hold}))
    return kept


def held_id(project: OpenProject, connection: Connection, scope: str, what: str) -> str:
    """The id of what is to be held."""
    if scope == "request":
        return str(required(connection, int(what)).number)
    [found] = contacts_meant(connection, [what], project.settings.default_region).values()
    if len(found) != 1:
        raise ConfigurationError(f"{what}: {'several contacts fit' if found else 'no such contact'}")
    if scope == "contact":
        return found[0]
    source, _, record_id = what.partition(":")
    row = connection.execute(
        "SELECT record_key::VARCHAR FROM record WHERE source = ? AND record_id = ? ORDER BY ingest_seq DESC",
        [source, record_id],
    ).fetchone()
    if row is None:
        raise ConfigurationError(f"{what}: no such record (SOURCE:RECORD-ID)")
    return str(row[0])


def release_hold(connection: Connection, hold: int) -> None:
    """Release a hold: what waited for it goes on with the next `request run`."""
    found = [each for each in holds.holds_in_force(connection, datetime.now(UTC)) if each.hold == hold]
    if not found:
        raise ConfigurationError(f"there is no hold {hold} in force: `onecontact request list --holds` shows them")
    with in_transaction(connection):
        holds.release(connection, hold, login(), datetime.now(UTC))
        record(connection, Event(Action.HOLD_RELEASED, found[0].scope, found[0].object_id, details={"hold": hold}))


def required(connection: Connection, number: int, *states: State) -> Request:
    """The request of a number, in one of these states.

    Raises:
        ConfigurationError: There is none, or it is in another state.
    """
    found = requests.request_of(connection, number)
    if found is None:
        raise ConfigurationError(f"there is no request {number}: `onecontact request list` shows them")
    if states and found.state not in states:
        raise ConfigurationError(f"request {number} is {found.state}; that needs one that is {' or '.join(states)}")
    return found


def note(connection: Connection, action: Action, number: int, **details: str | int) -> None:
    """Record what was done with a request."""
    record(connection, Event(action, "request", str(number), details=details))
