"""What people meant, kept in a model of its own: who is blocked, what was noted, who bears which id.

A story is what happens to the lists of a household whose people are never confused: each has a name and a number of
their own; only Ann and Dora share a mailbox. The model knows nothing of records, matching or merging. It counts on its
fingers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import NamedTuple

from tests.laws.histories import word

PEOPLE = ("Ann", "Tom", "Eva")  # whom lists call by any id
DORA, HERS = "Dora", "shop:9"  # who has one id for ever
SHARING = {"Ann": DORA, DORA: "Ann"}  # one mailbox
SOURCES = ("crm", "shop")
IDS = ("1", "2")
DECISIONS = ("block", "block", "unblock", "note", "tag")
TEXTS = ("vegan", "allergic", "moved")
NEWSLETTER = ("yes", "yes", "no", "")


class Row(NamedTuple):
    """A row of a list: whom its source calls by an id."""

    record: str  # source:id
    person: str
    note: str = ""
    newsletter: str = ""


class List(NamedTuple):
    """A list of a source, as of a day of 2026."""

    source: str
    day: int
    rows: tuple[Row, ...]


class Decided(NamedTuple):
    """What somebody decides about the contact that is called by a record."""

    act: str
    record: str
    text: str = ""


Happening = List | Decided
Story = tuple[Happening, ...]


@dataclass
class Person:
    """What is meant to hold of somebody."""

    is_blocked: bool = False
    notes: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)


class Answer(NamedTuple):
    """What somebody answered under an id: the day of the last time, and since when they had said so.

    `given` is the first day of the very rows that say so now, `interrupted` the last day before on which the id was
    somebody else's or the answer another one.
    """

    text: str
    day: int
    given: int
    interrupted: int

    def replaces(self, other: "Answer") -> bool:
        """Whether this was answered after the other had been stated for the last time, as far as lists can tell."""
        return self.day > other.day and (self.given > other.day or self.interrupted >= other.day)


@dataclass
class Model:
    """What is meant to hold of a household, after all that has happened."""

    people: dict[str, Person] = field(default_factory=dict)
    bearers: dict[str, tuple[int, str]] = field(default_factory=dict)  # day and person, by record
    rows: dict[str, dict[int, Row]] = field(default_factory=dict)  # by record and day
    passed_on: list[tuple[str, str]] = field(default_factory=list)  # by the last list: who had an id, who has it

    def deliver(self, delivered: List) -> None:
        """A list arrives, possibly later than one of a later day."""
        before = {record: person for record, (_, person) in self.bearers.items()}
        for row in delivered.rows:
            person = self.people.setdefault(row.person, Person())
            person.notes |= {row.note} - {""}
            self.rows.setdefault(row.record, {})[delivered.day] = row
            if delivered.day > self.bearers.get(row.record, (0, ""))[0]:
                self.bearers[row.record] = (delivered.day, row.person)
        self.passed_on = sorted(
            {
                (before[record], person)
                for record, (_, person) in self.bearers.items()
                if before.get(record, person) != person
            }
        )

    def decide(self, decided: Decided) -> None:
        """Somebody decides about whoever bears a record's id; about nobody where nobody does."""
        self.passed_on = []
        if decided.record not in self.bearers:
            return
        person = self.people[self.bearers[decided.record][1]]
        match decided.act:
            case "block":
                person.is_blocked = True
            case "unblock":
                person.is_blocked = False
            case "note":
                person.notes.add(decided.text)
            case "tag":
                person.tags.add(decided.text)

    def answers(self, person: str) -> set[str]:
        """What somebody answers now to whether they want the newsletter: of several answers one no is enough.

        What they said under an id that is somebody else's now holds until they answer the same source anew.
        """
        given = {record: answer for record in self.rows if (answer := self.answer(record, person))}
        return {
            answer.text
            for record, answer in given.items()
            if self.bearers[record][1] == person
            or not any(
                other.replaces(answer) for each, other in given.items() if each.split(":")[0] == record.split(":")[0]
            )
        }

    def answer(self, record: str, person: str) -> Answer | None:
        """What somebody answered under an id the last time they said anything about it; none if they never did."""
        rows = self.rows[record]
        first = {row: day for day, row in sorted(rows.items(), reverse=True)}
        found: Answer | None = None
        for day, row in sorted(rows.items(), reverse=True):
            if row.person == person and not row.newsletter:
                continue
            if row.person == person and (found is None or found.text == row.newsletter):
                earlier = found or Answer(row.newsletter, day, day, 0)
                found = earlier._replace(given=min(earlier.given, first[row]))
            elif found is not None:
                return found._replace(interrupted=day)
        return found

    def wants(self, person: str) -> bool:
        """Whether somebody wants the newsletter."""
        return self.answers(person) == {"yes"}

    def is_reached(self, person: str) -> bool:
        """Whether the newsletter goes out to somebody: not to an address of which anybody is blocked, or said no."""
        if not self.wants(person) or self.people[person].is_blocked:
            return False
        other = SHARING.get(person, "")
        barred = self.people[other].is_blocked if other in self.people else False
        return not barred and "no" not in self.answers(other)


class Names(NamedTuple):
    """The words of one household, by its number."""

    number: int

    def name(self, person: str) -> str:
        """A given name and a family name that nobody else has."""
        place = self.number * 4 + (*PEOPLE, DORA).index(person)
        return f"{word(2 * place)} {word(2 * place + 1)}"

    def phone(self, person: str) -> str:
        """A number that nobody else has, far from any other; Dora has none."""
        if person == DORA:
            return ""
        return f"0151 {self.number:04}{(PEOPLE.index(person) + 1) * 3}{(self.number * 7 + 13) % 100:02}4"

    def email(self, person: str) -> str:
        """The mailbox that Ann and Dora share."""
        return f"{word(self.number)}{self.number}@home.example".lower() if person in SHARING else ""

    def record(self, record: str) -> str:
        """A record as it is called in the warehouse."""
        source, _, number = record.partition(":")
        return f"{source}:{self.number}-{number}"

    def text(self, text: str) -> str:
        """A note or tag, which says whose household it is of."""
        return f"{text} {self.number}"


def story(random: Random) -> Story:
    """Some lists and decisions, in the order in which they happen."""
    days = count(1)
    happened: list[Happening] = [snapshot(random, next(days)), *decisions(random)]
    for _ in range(random.randint(1, 3)):
        today = next(days)
        kept = [each for each in happened if isinstance(each, List)]
        happened.append(swapped(random.choice(kept), today) if random.random() < 0.3 else snapshot(random, today))
        happened += decisions(random)
    return late(tuple(happened), random)


def snapshot(random: Random, day: int) -> List:
    """A list of a source that names anybody by any id, or leaves an id out."""
    source = random.choice(SOURCES)
    rows = [
        Row(
            f"{source}:{number}",
            random.choice(PEOPLE),
            random.choice((*TEXTS, "", "")),
            random.choice(NEWSLETTER),
        )
        for number in IDS
        if random.random() < 0.8
    ]
    hers = Row(HERS, DORA, random.choice((*TEXTS, "")), random.choice(NEWSLETTER))
    return List(source, day, (*rows, hers) if source == "shop" and random.random() < 0.7 else tuple(rows))


def swapped(known: List, day: int) -> List:
    """The same list with its ids swapped."""
    other = dict(zip(IDS, reversed(IDS), strict=True))
    rows = [
        row if row.record == HERS else row._replace(record=f"{known.source}:{other[row.record[-1]]}")
        for row in known.rows
    ]
    return List(known.source, day, tuple(rows))


def decisions(random: Random) -> Iterator[Decided]:
    """One or two decisions about whoever is called by some record."""
    for _ in range(random.randint(0, 2)):
        record = random.choice([*(f"{source}:{number}" for source in SOURCES for number in IDS), HERS])
        yield Decided(random.choice(DECISIONS), record, random.choice(TEXTS))


def late(happened: Story, random: Random) -> Story:
    """The same, of which a list may have been held up, so that it arrives after those of later days."""
    lists = [place for place, each in enumerate(happened) if isinstance(each, List)]
    if random.random() < 0.7 or len(lists) < 2:
        return happened
    place = random.choice(lists[:-1])
    return (*happened[:place], *happened[place + 1 :], happened[place])
