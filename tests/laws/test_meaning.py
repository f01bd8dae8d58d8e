"""What people decided keeps its meaning when the data moves: held against a model that counts on its fingers.

In `make test-all` these are 10 * 300 = 3,000 histories, played side by side, in about nine minutes on one core.
Faults that are put in on purpose show that the law would notice. Before a release: LAW_TIMES=10 pytest tests/laws
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decide.annotate import note, tag
from pipelines.decide.batch import DecisionBatch
from pipelines.decide.block import block, unblock
from pipelines.decide.validate import parse_texts
from pipelines.derive import candidate_values
from pipelines.derive import merge as merging
from pipelines.errors import DecisionRefused
from pipelines.ingest.people import reused_ids
from pipelines.match.people_of_ids import people_of_ids
from pipelines.steps.publish import publish
from pipelines.steps.segments import fitting
from pipelines.store.contacts.replaced_answers import replaced_answers
from pipelines.store.ingest import records
from pipelines.store.ingest import reused_ids as stored_ids
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.segment import Segment
from tests.deciding import ruling
from tests.examples import examples
from tests.laws.lawful import times
from tests.laws.meaning import Decided, Happening, List, Model, Names, Row, Story, story
from tests.small_project import AS_OF, SmallProject, small_project

pytestmark = pytest.mark.heavy

SIDE_BY_SIDE = examples(300, light=40)
HEADER = "id,name,phone,email,notes,newsletter"
ATTRIBUTES = {"newsletter": {"type": "boolean", "merge": "most_restrictive"}}
LETTER = Segment.model_validate(
    {
        "segment": "letter",
        "where": {"field": "attr.newsletter", "op": "eq", "value": True},
        "columns": ["name", "email"],
        "order_by": ["name"],
    }
)
stories = st.randoms(use_true_random=True).map(lambda random: [story(random) for _ in range(SIDE_BY_SIDE)])


class Found(NamedTuple):
    """Contacts by name and by record, who passed an id on to whom, and whom the newsletter reaches."""

    contacts: dict[str, list[dict[str, Any]]]
    holders: dict[str, str]
    passed_on: set[tuple[str, str]]
    reached: set[str]


class Households:
    """Many households in one project, each with a model of what is meant to hold."""

    def __init__(self, project: SmallProject, number: int) -> None:
        self.project = project
        self.models = [Model() for _ in range(number)]
        self.names = [Names(each) for each in range(number)]
        self.ids: dict[str, str] = {}  # contact of each name, as it was first seen
        self.said = 0  # changes of ids that were looked at
        self.moment = 0

    def play(self, happening: Sequence[Happening | None]) -> None:
        """Let one thing happen to each household, and to its model."""
        lists: dict[tuple[str, int], list[str]] = {}
        acts: list[tuple[int, Decided]] = []
        for number, (each, model) in enumerate(zip(happening, self.models, strict=True)):
            model.passed_on = []
            if isinstance(each, List):
                model.deliver(each)
                lists.setdefault((each.source, each.day), []).extend(self.lines(number, each))
            elif each is not None:
                acts.append((number, each))
        if lists:
            self.moment += 1
            for (source, day), lines in lists.items():
                name = f"{source}-2026-01-{day:02}-x{self.moment}x.csv"
                self.project.deliver(source, "", "\n".join([HEADER, *lines]), name)
            self.project.run()
        if acts:
            self.decide(acts)

    def lines(self, number: int, delivered: List) -> list[str]:
        """The rows of a household."""
        names = self.names[number]
        return [
            ",".join(
                [
                    names.record(row.record).partition(":")[2],
                    names.name(row.person),
                    names.phone(row.person),
                    names.email(row.person),
                    names.text(row.note) if row.note else "",
                    row.newsletter,
                ]
            )
            for row in delivered.rows
        ]

    def decide(self, acts: Sequence[tuple[int, Decided]]) -> None:
        """Take the decisions of a moment together."""
        self.moment += 1
        project, connection = self.project.project, self.project.connection
        holders = self.project.bearers()
        texts = [
            (field, self.names[number].text(each.text))
            for number, each in acts
            if (field := {"note": "notes", "tag": "tags"}.get(each.act))
        ]
        with transaction(connection):
            batch = DecisionBatch(project, connection, parse_texts(project, texts, ruling(self.moment).decided_at))
            for number, each in acts:
                contact = holders.get(self.names[number].record(each.record))
                if contact is None:
                    assert each.record not in self.models[number].bearers
                    continue
                at, said = (project, connection, contact), ruling(self.moment)
                text = self.names[number].text(each.text)
                try:
                    match each.act:
                        case "block":
                            block(*at, said, batch=batch)
                        case "unblock":
                            unblock(*at, said, batch=batch)
                        case "note":
                            note(*at, text, said, batch=batch)
                        case "tag":
                            tag(*at, text, said, batch=batch)
                except DecisionRefused:  # it holds already
                    pass
                self.models[number].decide(each)
            batch.derive(self.project.run_id)

    def broken(self) -> list[str]:
        """What does not hold that was meant to."""
        found = Found(self.contacts(), self.project.bearers(), self.passed_on(), self.reached())
        return [
            f"household {number}: {what}"
            for number, (model, names) in enumerate(zip(self.models, self.names, strict=True))
            for what in (*self.wrong_people(model, names, found), *wrong_ids(model, names, found))
        ]

    def contacts(self) -> dict[str, list[dict[str, Any]]]:
        """All contacts by name, with their notes."""
        notes: dict[str, set[str]] = {}
        for row in self.project.rows("SELECT contact_id, text FROM timeline WHERE kind = 'note'"):
            notes.setdefault(row["contact_id"], set()).add(row["text"])
        contacts: dict[str, list[dict[str, Any]]] = {}
        for row in self.project.rows("SELECT contact_id, name, status, tags FROM contact"):
            row["notes"] = notes.get(row["contact_id"], set())
            contacts.setdefault(row["name"], []).append(row)
        return contacts

    def reached(self) -> set[str]:
        """Names of those whom the newsletter reaches."""
        publish(self.project.project, self.project.connection, LETTER, self.project.run_id, AS_OF)
        path = self.project.project.folder / "exports" / "letter" / "contacts.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return {row["name"] for row in csv.DictReader(file)}

    def wrong_people(self, model: Model, names: Names, found: Found) -> Iterator[str]:
        """What does not hold of the people of a household."""
        for person, meant in model.people.items():
            own = found.contacts.get(names.name(person), [])
            if len(own) != 1:
                yield f"{person} is {len(own)} contacts"
                continue
            [contact] = own
            said = {
                "id": (contact["contact_id"], self.ids.setdefault(contact["name"], contact["contact_id"])),
                "block": (contact["status"] == "blocked", meant.is_blocked),
                "notes": (contact["notes"], set(map(names.text, meant.notes))),
                "tags": (set(contact["tags"]), set(map(names.text, meant.tags))),
                "newsletter": (contact["name"] in found.reached, model.is_reached(person)),
            }
            yield from (
                f"{person}: {what} is {is_}, not {should}" for what, (is_, should) in said.items() if is_ != should
            )

    def passed_on(self) -> set[tuple[str, str]]:
        """By what was said of ids since this was asked last: who had one, who has it."""
        rows = self.project.rows(
            """
            SELECT i.number, o.name AS one, n.name AS other
            FROM id_changes i JOIN contact o ON o.contact_id = i.old_id JOIN contact n ON n.contact_id = i.new_id
            WHERE i.kind = 'reused' AND i.number > ?""",
            self.said,
        )
        self.said = max([self.said, *(row["number"] for row in rows)])
        return {(row["one"], row["other"]) for row in rows}


def wrong_ids(model: Model, names: Names, found: Found) -> Iterator[str]:
    """Which ids of a household are not whose they should be, or were said to go elsewhere than they did."""
    for record, (_, person) in model.bearers.items():
        ids = [contact["contact_id"] for contact in found.contacts.get(names.name(person), [])]
        if [found.holders.get(names.record(record))] != ids:
            yield f"{record} is not {person}"
    own = set(map(names.name, model.people))
    said = {pair for pair in found.passed_on if pair[0] in own}
    if said != {(names.name(one), names.name(other)) for one, other in model.passed_on}:
        yield f"ids were said to go {said}, and went {model.passed_on}"


@contextmanager
def households(number: int) -> Iterator[Households]:
    """An empty project for that many households."""
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        project.configure(attributes=ATTRIBUTES)
        yield Households(project, number)


def broken(told: Sequence[Story]) -> list[str]:
    """The first thing that does not hold in one of these stories, with the story; nothing where all do."""
    with households(len(told)) as here:
        for happening in zip_longest(*told):
            here.play(happening)
            if wrong := here.broken():
                number = int(wrong[0].split()[1].strip(":"))
                return [*wrong[:3], *map(repr, told[number])]
    return []


@times(10)
@given(stories)
def test_what_people_decided_keeps_its_meaning(told: list[Story]) -> None:
    assert broken(told) == []


def nobody_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has an id is whoever had it."""
    monkeypatch.setattr(
        reused_ids,
        "people_of_ids",
        lambda *frames: people_of_ids(*frames).with_columns(pl.col("person").min().over("id_key")),
    )


def decisions_stay_with_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who turns out to be the first with an id inherits what was decided about the one taken for the first."""
    moved = tuple(table for table in stored_ids.KEYED_BY_RECORD if table != "decision_record")
    monkeypatch.setattr(stored_ids, "KEYED_BY_RECORD", moved)


def nothing_is_said_of_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed is silent when an id goes over to somebody else."""
    monkeypatch.setattr(merging, "keep_reused", lambda *_: 0)


def addresses_are_not_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who said no is left out, and not the address."""
    monkeypatch.setattr(fitting, "with_suppression", lambda chosen, *_: chosen)


def only_the_last_note_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that says something new is all that was ever said."""
    keep = records.keep_records

    def forgetful(connection: Connection, arriving: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
        outcome = keep(connection, arriving, identifiers)
        connection.execute("""
            UPDATE source_record s SET notes = NULL WHERE last_seen_at < (
                SELECT max(last_seen_at) FROM source_record o WHERE o.record_key = s.record_key)""")
        return outcome

    monkeypatch.setattr(records, "keep_records", forgetful)


def former_answers_hold_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who once said no under an id that somebody else has now can never say yes again."""
    monkeypatch.setattr(
        candidate_values, "replaced_answers", lambda connection, contacts, _: replaced_answers(connection, contacts, [])
    )


SWAPPED: Story = (  # Ann said no, and says yes under her new id: few stories that are made up tell that
    List("crm", 1, (Row("crm:1", "Ann", newsletter="no"), Row("crm:2", "Tom", newsletter="yes"))),
    List("crm", 2, (Row("crm:1", "Tom", newsletter="yes"), Row("crm:2", "Ann", newsletter="yes"))),
)
FAULTS = (
    nobody_is_told_apart,
    decisions_stay_with_the_key,
    nothing_is_said_of_ids,
    addresses_are_not_suppressed,
    only_the_last_note_is_kept,
    former_answers_hold_for_ever,
)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_put_in_on_purpose_is_found(
    fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(1)
    fault(monkeypatch)
    assert broken([SWAPPED, *(story(random) for _ in range(30))]) != []
