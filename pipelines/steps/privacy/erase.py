"""Carrying out erasures: each step is noted when it is done, so that a run that was killed is gone on with.

Everybody who is approved goes in one run, at the price of one rewrite of the warehouse.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import polars as pl

from pipelines.audit.events import Action
from pipelines.privacy.needles import together
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.steps.privacy.erase_tables import STEP as TABLES
from pipelines.steps.privacy.erase_tables import erase_tables, run_of
from pipelines.steps.privacy.files import erase_from_archives, erase_from_deliveries, left_in
from pipelines.steps.privacy.intake import note
from pipelines.steps.privacy.people import person_of
from pipelines.steps.privacy.plan import Person, forget_plan, keep_plan, load_plan
from pipelines.steps.privacy.receipt import give_receipt
from pipelines.steps.privacy.replay import people_to_erase_again
from pipelines.steps.privacy.republish import republish
from pipelines.store.privacy import requests, suppression
from pipelines.store.privacy.requests import Kind, State
from pipelines.store.privacy.scan import search_tables
from pipelines.store.privacy.subject import Subject
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.configuration import HIDDEN

SUPPRESS, FILES, PUBLISHED, REWRITE, VERIFY = "suppress", "files", "published", "rewrite", "verify"

Warehouse = Callable[[], AbstractContextManager[Connection]]


class Ended(NamedTuple):
    """What became of a request, and what stands in the way of one that waits."""

    number: int
    state: State
    says: str = ""


def run_requests(project: OpenProject, warehouse: Warehouse) -> list[Ended]:
    """Erase everybody whose request is approved, and go on with what was killed; what became of each request.

    `warehouse` opens it for writing. It is closed in between, to be written anew.
    """
    hidden = project.folder / HIDDEN
    with warehouse() as connection:
        project.seal(connection)
        for number in without_receipt(connection):  # of a run that was killed before it could give them
            give_receipt(project, connection, number)
        people, waiting = planned(project, connection)
        if not people:
            forget_plan(hidden)
            return waiting
        before_rewrite(project, connection, people)
        is_rewritten = all(REWRITE in requests.steps_of(connection, number) for number in people)
    if not is_rewritten:
        progress("rewriting the warehouse", 0)
        made = project.rewrite(purpose="request run")
        with warehouse() as connection:
            for number in people:
                figures = {"key_replaced": made.key_replaced, "rows": made.rows}
                requests.keep_step(connection, number, REWRITE, datetime.now(UTC), figures)
    with warehouse() as connection:
        ended = verified(project, connection, people)
    with warehouse() as connection:  # which has sealed the end of each request
        for each in ended:
            if each.state is not State.FAILED:
                give_receipt(project, connection, each.number)
    if all(each.state is not State.FAILED for each in ended):
        forget_plan(hidden)
    return [*ended, *waiting]


def without_receipt(connection: Connection) -> list[int]:
    """Requests that were carried out and have no receipt yet."""
    done = requests.requests(connection, State.COMPLETED, State.WITH_EXEMPTIONS)
    return [each.number for each in done if each.kind is Kind.ERASE and each.receipt is None]


def planned(project: OpenProject, connection: Connection) -> tuple[dict[int, Person], list[Ended]]:
    """Who goes now, by the numbers of their requests, and the requests that have to wait."""
    hidden, now = project.folder / HIDDEN, datetime.now(UTC)
    people, waiting = load_plan(hidden), []
    running = {each.number for each in requests.requests(connection, State.RUNNING, State.FAILED)}
    people = {number: person for number, person in people.items() if number in running}
    for failed in requests.requests(connection, State.FAILED):
        requests.try_again(connection, failed.number)
    fresh: dict[int, Person] = {}
    ready = (State.APPROVED, State.ON_HOLD, State.WITH_EXEMPTIONS)
    for request in requests.requests(connection, *ready):
        if request.kind is not Kind.ERASE:
            continue
        found = person_of(connection, request, now)
        if request.state is State.WITH_EXEMPTIONS:
            if found.person.subject.records.is_empty():
                continue  # what was held still is
            requests.begin_again(connection, request.number)
        if found.is_held or found.undecided:
            state = State.ON_HOLD if found.is_held else State.VERIFIED
            requests.change(connection, request.number, state=state)
            why = "a legal hold" if found.is_held else "records that nobody has decided about: approve it again"
            waiting.append(Ended(request.number, state, why))
        else:
            fresh[request.number] = found.person
    replayed = people_to_erase_again(project, connection)
    if fresh or replayed:
        people |= fresh | replayed
        keep_plan(hidden, people)
        with transaction(connection):
            for number in fresh:
                requests.change(connection, number, state=State.RUNNING)
                note(connection, Action.REQUEST_EXECUTED, number)
    return people, waiting


def before_rewrite(project: OpenProject, connection: Connection, people: Mapping[int, Person]) -> None:
    """Everything that is done in the warehouse and in files before the warehouse is written anew."""
    done = {number: requests.steps_of(connection, number) for number in people}

    def left(step: str) -> dict[int, Person]:
        return {number: person for number, person in people.items() if step not in done[number]}

    def keep(step: str, some: Mapping[int, Person], figures: Mapping[str, Any]) -> None:
        with transaction(connection):
            for number in some:
                requests.keep_step(connection, number, step, datetime.now(UTC), figures)

    for number, person in left(SUPPRESS).items():
        with transaction(connection):
            now = datetime.now(UTC)
            tokens = suppression.suppress(connection, number, with_asked(person), now)
            requests.keep_step(connection, number, SUPPRESS, now, {"tokens": tokens})
            note(connection, Action.SUPPRESSION_ADDED, number, tokens=tokens)
    if some := left(FILES):
        landed = erase_from_deliveries(project, connection, some)
        archived = erase_from_archives(project, connection, some, datetime.now(UTC))
        keep(FILES, some, Counter(landed) + Counter(archived))
    if some := left(TABLES):
        progress("tables", 0)
        erase_tables(project, connection, some)
    if some := left(PUBLISHED):
        needles = together(each.needles() for each in some.values())
        keep(PUBLISHED, some, republish(project, connection, needles, run_of(min(some))))


def with_asked(person: Person) -> Subject:
    """What somebody is suppressed by: what they are known by, and what the request names."""
    subject = person.subject
    asked = pl.DataFrame(
        [(kind, "", value, False) for kind, value in person.asked], schema=subject.identifiers.schema, orient="row"
    )
    known = subject.identifiers.select("type", "scope", "value")
    new = asked.join(known, on=["type", "scope", "value"], how="anti")
    return subject._replace(identifiers=pl.concat([subject.identifiers, new]))


def verified(project: OpenProject, connection: Connection, people: Mapping[int, Person]) -> list[Ended]:
    """Read everything back; requests of which something is left have failed."""
    progress("reading back", 0)
    needles = together(each.needles() for each in people.values())
    left = search_tables(connection, needles) | left_in(project, connection, needles)
    now, ended = datetime.now(UTC), []
    with transaction(connection):
        for number, person in people.items():
            requests.keep_step(connection, number, VERIFY, now, {"left": left})
            if left:
                requests.change(connection, number, state=State.FAILED)
                note(connection, Action.REQUEST_FAILED, number)
                where = ", ".join(f"{name} ({count})" for name, count in left.items())
                ended.append(Ended(number, State.FAILED, f"something is left in {where}"))
                continue
            state = State.WITH_EXEMPTIONS if person.held else State.COMPLETED
            requests.change(connection, number, state=state, ended_at=now)
            note(connection, Action.REQUEST_COMPLETED, number)
            ended.append(Ended(number, state))
    return ended
