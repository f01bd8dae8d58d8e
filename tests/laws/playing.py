"""Playing many histories side by side in one warehouse, and what is derived of each."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pipelines.decide.annotate import note, tag, untag
from pipelines.decide.batch import DecisionBatch
from pipelines.decide.block import block, unblock
from pipelines.decide.commit import Attribution
from pipelines.decide.create import create
from pipelines.decide.edit import clear, edit, pin
from pipelines.decide.merge import defer, dismiss, merge, unmerge
from pipelines.decide.revoke import revoke
from pipelines.decide.validate import parse_texts
from pipelines.errors import DecisionRefused
from pipelines.ids import contact_id
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs.rebuild import DERIVED
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from tests.deciding import ruling
from tests.laws.histories import Decide, Deliver, History, Household, record_of, rounds
from tests.small_project import SmallProject, small_project

COLUMNS = Deliver._fields[2:]
HEADER = "id,name,phone,email,account_id,seats,tags"
TABLES = {
    **{table: f"SELECT * FROM ({sql})" for table, sql in DERIVED.items()},
    "review_queue": "FROM review_queue",
    "timeline": "FROM timeline",
}
OWNERS = ("record_key", "record_lo", "contact_id", "contact_lo")
NOTHING: tuple[object, ...] = (None, [], {})
IDS = ("contact_id", "contact_lo", "contact_hi")
NTH = {"newest": -1, "before": -2, "first": 0}
CALLED = "they called"
FIRST_DAY = 5  # of June, on which people begin to decide


class Meant(NamedTuple):
    """What a decision is about: records, their contacts, a field and its value."""

    records: Sequence[str]
    contacts: Sequence[str]
    field: str
    text: str


def pair(meant: Meant) -> tuple[str, str]:
    """The two contacts of a decision about two."""
    one, other = meant.contacts
    return one, other


Act = Callable[[OpenProject, Connection, Meant, Attribution, DecisionBatch | None], Decision]
ACTS: Mapping[str, Act] = {
    "Merge": lambda project, to, meant, said, batch: merge(project, to, meant.contacts, said, batch=batch),
    "Unmerge": lambda project, to, meant, said, batch: unmerge(project, to, meant.contacts[0], said, batch=batch),
    "TakeOut": lambda project, to, meant, said, batch: unmerge(
        project, to, meant.contacts[0], said, meant.records, batch=batch
    ),
    "Part": lambda project, to, meant, said, batch: unmerge(
        project, to, meant.contacts[0], said, every=True, batch=batch
    ),
    "Dismiss": lambda project, to, meant, said, batch: dismiss(project, to, *pair(meant), said, batch=batch),
    "Defer": lambda project, to, meant, said, batch: defer(project, to, *pair(meant), said, batch=batch),
    "Block": lambda project, to, meant, said, batch: block(project, to, meant.contacts[0], said, batch=batch),
    "Unblock": lambda project, to, meant, said, batch: unblock(project, to, meant.contacts[0], said, batch=batch),
    "Note": lambda project, to, meant, said, batch: note(project, to, meant.contacts[0], CALLED, said, batch=batch),
    "Tag": lambda project, to, meant, said, batch: tag(project, to, meant.contacts[0], meant.text, said, batch=batch),
    "Untag": lambda project, to, meant, said, batch: untag(
        project, to, meant.contacts[0], meant.text, said, batch=batch
    ),
    "Edit": lambda project, to, meant, said, batch: edit(
        project, to, meant.contacts[0], meant.field, meant.text, said, batch=batch
    ),
    "Pin": lambda project, to, meant, said, batch: pin(
        project, to, meant.contacts[0], meant.field, meant.text, said, batch=batch
    ),
    "PinAsIs": lambda project, to, meant, said, batch: pin(
        project, to, meant.contacts[0], meant.field, None, said, batch=batch
    ),
    "Clear": lambda project, to, meant, said, batch: clear(
        project, to, meant.contacts[0], meant.field, said, batch=batch
    ),
}
Lines = dict[int, Counter[str]]  # what is derived of each household


class Played:
    """A project in which each history has a household of its own: the first one number 0, and so on."""

    def __init__(self, project: SmallProject, number: int) -> None:
        self.project = project
        self.households = [Household(number) for number in range(number)]
        self.taken: list[list[Decision]] = [[] for _ in self.households]
        self.added: list[list[str]] = [[] for _ in self.households]  # keys of records of added contacts
        self.files = 0
        self.day = FIRST_DAY

    def play(self, histories: Sequence[History]) -> Iterator[None]:
        """Take step after step of all histories together; yields after each."""
        for steps in zip_longest(*map(rounds, histories), fillvalue=[]):
            rows = [[step for step in own if isinstance(step, Deliver)] for own in steps]
            if any(rows):
                self.files += 1
                self.drop(rows)
                self.project.run()
            self.decide({n: step for n, own in enumerate(steps) for step in own if isinstance(step, Decide)})
            yield

    def drop(self, rows: Sequence[Sequence[Deliver]], only: tuple[str, int] | None = None) -> None:
        """Deliver the rows of each household, in one file per source and day, or only that of one source and day."""
        files: dict[tuple[str, int], list[str]] = {}
        for household, own in zip(self.households, rows, strict=True):
            for row in own:
                source, _, record = household.record(row.record).partition(":")
                cells = [household.spelt(column, row.cells.get(column, "")) for column in COLUMNS]
                files.setdefault((source, row.day), []).append(",".join([record, *cells]))
        for (source, day), lines in files.items():
            if only in (None, (source, day)):
                name = f"{source}-2026-01-0{day}-x{self.files}x.csv"
                self.project.deliver(source, "", "\n".join([HEADER, *lines]), name)

    def decide(self, steps: Mapping[int, Decide]) -> None:
        """Take the decision of each household that has one, and derive contacts of all of them at once."""
        if not steps:
            return
        self.day += 1
        contacts = self.project.bearers()
        typed = [
            (step.field, self.households[n].spelt(step.field, step.value)) for n, step in steps.items() if step.value
        ]
        texts = [*((field, text) for field, text in typed if field), ("notes", CALLED)]
        withdrawals = {n for n, step in steps.items() if step.act == "Revoke" and self.withdraws(n, step)}
        project, connection = self.project.project, self.project.connection
        with transaction(connection):
            batch = DecisionBatch(project, connection, parse_texts(project, texts, ruling(self.day).decided_at))
            for number, step in steps.items():
                if number not in withdrawals:
                    self.act(number, step, contacts, batch)
            batch.derive(self.project.run_id)
            for number in withdrawals:  # which take a record out at once
                self.act(number, steps[number], contacts)

    def act(
        self, number: int, step: Decide, contacts: Mapping[str, str], batch: DecisionBatch | None = None
    ) -> Decision | None:
        """Take a decision, if it can be taken, at a moment that is this household's own."""
        household = self.households[number]
        said = ruling(self.day)
        said = said._replace(decided_at=said.decided_at + timedelta(microseconds=number))
        records = [household.record(record) for record in step.records]
        if not all(record in contacts for record in records):
            return None
        with suppress(DecisionRefused):
            decision = self.decided(number, step, records, [contacts[record] for record in records], said, batch)
            self.taken[number].append(decision)
            return decision
        return None

    def decided(
        self,
        number: int,
        step: Decide,
        records: Sequence[str],
        contacts: Sequence[str],
        said: Attribution,
        batch: DecisionBatch | None,
    ) -> Decision:
        """Take a decision.

        Raises:
            DecisionRefused: It cannot be taken, or there is none to take back.
        """
        at = (self.project.project, self.project.connection)
        text = self.households[number].spelt(step.field, step.value)
        if step.act == "Create":
            name = self.households[number].spelt("name", "Eva Otto")
            decision, _ = create(*at, {"name": name, step.field: text}, said, batch)
            self.added[number].extend(decisions.subject(self.project.connection, decision.decision_id)["record_key"])
            return decision
        if step.act == "Revoke":
            return revoke(*at, self.target(number, step), said, batch)
        return ACTS[step.act](*at, Meant(records, contacts, step.field, text), said, batch)

    def withdraws(self, number: int, step: Decide) -> bool:
        """Whether a household takes back that it added a contact."""
        target = self.target(number, step)
        return any(each.decision_id == target and each.kind == "create" for each in self.taken[number])

    def target(self, number: int, step: Decide) -> str:
        """The decision that a household takes back, by its id; none if it has decided too little."""
        own = [each.decision_id for each in self.taken[number] if each.kind != "revoke"]
        own = [step.value] if step.value in own else own
        nth = NTH.get(step.value, 0)
        return own[nth] if -len(own) <= nth < len(own) else ""

    def standing(self) -> list[list[str]]:
        """Ids of the decisions of each household that stand, the first one first."""
        sql = "SELECT decision_id FROM decision WHERE revoked_at IS NULL AND kind <> 'revoke'"
        stands = {each["decision_id"] for each in self.project.rows(sql)}
        return [[each.decision_id for each in own if each.decision_id in stands] for own in self.taken]

    def owners(self) -> dict[str, int]:
        """Household of each record and each contact, also of those that somebody has added and taken back."""
        owners = {record: number for number, own in enumerate(self.added) for record in own}
        owners |= {contact_id(record): number for record, number in owners.items()}
        sql = "SELECT record_key, anchor_id, record_id FROM record WHERE source <> 'manual'"
        for each in self.project.rows(sql):
            owners |= dict.fromkeys((each["record_key"], each["anchor_id"]), int(each["record_id"].partition("-")[0]))
        return owners

    def lines(self, *but: str, up_to_ids: bool = False) -> Lines:
        """What is derived of each household, table by table; `up_to_ids`: contacts called by their smallest record."""
        owners = self.owners()
        names = self.smallest_records() if up_to_ids else {}
        found: Lines = {household.number: Counter() for household in self.households}
        for table, sql in TABLES.items():
            for row in self.project.rows(sql) if table not in but else ():
                key = next((row[column] for column in OWNERS if row.get(column)), None)
                if key is None:  # an identifier that several share: told by what it makes of edges
                    continue
                said = {column: cell for column, cell in renamed(row, names).items() if cell not in NOTHING}
                line = json.dumps(said, default=str, sort_keys=True)
                found[owners[key]][f"{table} {line}"] += 1
        return found

    def smallest_records(self) -> dict[str, str]:
        """A name for each contact that does not depend on the order in which its records came."""
        members = "SELECT contact_id, min(record_key) AS name FROM membership WHERE run_to IS NULL GROUP BY contact_id"
        return {each["contact_id"]: each["name"] for each in self.project.rows(members)}

    def told(self, number: int, text: str) -> str:
        """A text about a household in the words of its history: records by their names, contacts by their anchors."""
        for each in self.project.rows("SELECT record_key, anchor_id, source || ':' || record_id AS name FROM record"):
            name = record_of(each["name"]) if not each["name"].startswith("manual") else "added"
            text = text.replace(each["record_key"], name).replace(each["anchor_id"], f"contact of {name}")
        return self.households[number].told(text)


def renamed(row: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A row with names instead of contact ids; which contact of a pair is called the lower one depends on them."""
    if not names:
        return row
    ids = [column for column in row if column in IDS and row[column]]
    return row | dict(zip(ids, sorted(names.get(row[column], "") for column in ids), strict=True))


@contextmanager
def played(number: int) -> Iterator[Played]:
    """An empty project for that many histories."""
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        yield Played(project, number)
