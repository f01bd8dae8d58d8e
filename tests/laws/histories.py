"""Histories: what is delivered and decided about the few people of a household, one step after the other.

All are told with the same names, and each is played by a household of its own (`Household`) that nobody else can be
confused with. So many histories are played side by side in one warehouse, where each is as good as alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby, product
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

RECORDS = ("crm:1", "crm:2", "shop:1", "shop:2")
PEOPLE = ("Ann", "Mia", "Tom", "Eva", "Berg", "Otto")  # given names, then family names
SYLLABLES = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]
BLANK = ("", "\\N")
VALUES = {
    "name": ("Eva Otto", "Ann Mia Berg"),
    "phone": ("1", "3"),
    "email": ("eva", "tom"),
    "attr.seats": ("7", "10"),
    "attr.tier": ("gold", "silver"),
}


class Deliver(NamedTuple):
    """A row about a record, in the list that its source declares for a day of January 2026."""

    record: str
    day: int
    name: str = ""
    phone: str = ""
    email: str = ""
    account: str = ""
    seats: str = ""
    tags: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """What it says, by column."""
        said = zip(self._fields[2:], self[2:], strict=True)
        return {column: str(cell) for column, cell in said if cell}

    def __repr__(self) -> str:
        """As it is told: what the row leaves out is left out."""
        said = [repr(self.record), f"day={self.day}", *(f"{column}={cell!r}" for column, cell in self.cells.items())]
        return f"Deliver({', '.join(said)})"


class Decide(NamedTuple):
    """A decision about the contacts of some records, as far as they are there and it is not refused."""

    act: str
    records: tuple[str, ...] = ()
    field: str = ""
    value: str = ""

    def __repr__(self) -> str:
        """As it is told."""
        return f"{self.act}({', '.join(repr(said) for said in (*self.records, self.field, self.value) if said)})"


Step = Deliver | Decide
History = tuple[Step, ...]


class Household(NamedTuple):
    """Who plays a history: its own words for the names, numbers and addresses by which it is told."""

    number: int

    @property
    def words(self) -> dict[str, str]:
        """The household's names."""
        return {name: word(self.number * len(PEOPLE) + place) for place, name in enumerate(PEOPLE)}

    def record(self, told: str) -> str:
        """A record, as `source:record id`."""
        source, _, number = told.partition(":")
        return f"{source}:{self.number}-{number}"

    def spelt(self, column: str, told: str) -> str:
        """A value as the household has it."""
        if told in BLANK:
            return told
        match column:
            case "name":
                return " ".join(self.words.get(part) or f"{self.words['Ann'][0]}." for part in told.split())
            case "phone":
                return f"0151 2{self.number:05}{told}0"
            case "email":
                return f"{self.words.get(told.title(), told)}@{self.words['Berg']}.example".lower()
            case "account":
                return f"A{self.number}-{told}"
        return told

    def told(self, text: str) -> str:
        """A text about the household with the names by which its history is told."""
        for name, own in self.words.items():
            text = text.replace(own, name).replace(own.lower(), name.lower())
        return text


@cache
def word(number: int) -> str:
    """A name of three syllables that no other number below 512,000 has, and that is like none of those beside it."""
    mixed = number * 104_729 % len(SYLLABLES) ** 3
    places = (mixed // len(SYLLABLES) ** nth % len(SYLLABLES) for nth in range(3))
    return "".join(SYLLABLES[place] for place in places).title()


def rounds(history: History) -> list[list[Step]]:
    """The steps of a history that are taken together: rows that follow each other, or one decision."""
    found: list[list[Step]] = []
    for is_delivered, together in groupby(history, lambda step: isinstance(step, Deliver)):
        steps = list(together)
        found += [steps] if is_delivered else [[step] for step in steps]
    return found


def shorter(history: History) -> Iterator[History]:
    """Histories that tell a little less: without some steps, then with less in one of them."""
    half = len(history) // 2
    yield from (history[:half], history[half:]) if half > 1 else ()
    for place in range(len(history)):
        yield (*history[:place], *history[place + 1 :])
    for place, step in enumerate(history):
        if isinstance(step, Deliver):
            for column in step.cells:
                less = Deliver(step.record, step.day, **{**step.cells, column: ""})
                yield (*history[:place], less, *history[place + 1 :])
            if step.day > 1:
                yield (*history[:place], step._replace(day=1), *history[place + 1 :])
        elif len(step.records) > 2:
            yield (*history[:place], step._replace(records=step.records[:-1]), *history[place + 1 :])


# What may happen.

_NAMES = ("Ann Berg", "Ann Berg", "Ann Mia Berg", "A. Berg", "Berg", "Tom Berg", "Eva Otto", "")
_ROWS = [
    Deliver(*cells)
    for cells in product(
        RECORDS,
        (1, 2),
        _NAMES,
        ("1", "1", "2", "", "\\N"),
        ("ann", "ann", "eva", "info", "", ""),
        ("", "", "1", "2"),
        ("", "2", "10"),
        ("", "vip", "b2b;vip", "\\N"),
    )
    if any(cell not in BLANK for cell in cells[2:5])  # a name, a number or an address
]
_PAIRS = [(one, other) for one, other in product(RECORDS, repeat=2) if one != other]
_ALONE = [(record,) for record in RECORDS]
_TAGS = [(record, "tags", tag) for record, tag in product(RECORDS, ("vip", "b2b", "new"))]
_FIELDS = [(record, field) for record, field in product(RECORDS, VALUES)]
_TYPED = [(record, field, value) for record, field in _FIELDS for value in VALUES[field]]
_DECISIONS = {
    "Merge": [Decide("Merge", records) for records in (*_PAIRS, RECORDS[:3], RECORDS[:0:-1])],
    **{act: [Decide(act, records) for records in _PAIRS] for act in ("Dismiss", "Defer")},
    **{act: [Decide(act, records) for records in _ALONE] for act in ("Unmerge", "TakeOut", "Part")},
    **{act: [Decide(act, records) for records in _ALONE] for act in ("Block", "Unblock", "Note")},
    **{act: [Decide(act, (record,), *said) for record, *said in _TAGS] for act in ("Tag", "Untag")},
    **{act: [Decide(act, (record,), *said) for record, *said in _TYPED] for act in ("Edit", "Pin")},
    **{act: [Decide(act, (record,), field) for record, field in _FIELDS] for act in ("Clear", "PinAsIs")},
    "Create": [Decide("Create", (), "phone", phone) for phone in ("1", "3")],
    "Revoke": [Decide("Revoke", (), "", nth) for nth in ("newest", "newest", "before", "first")],
}
_OFTEN = tuple(act for act in _DECISIONS if act not in ("Create", "Revoke"))
UNDOABLE = (*_OFTEN, *_OFTEN, *_OFTEN, "Create")  # which takes longest
ACTS = (*UNDOABLE, *["Revoke"] * 3)
WHO = ("Merge", "Merge", "Unmerge", "TakeOut", "Part", "Dismiss", "Revoke")


def one_each(random: Random) -> list[Deliver]:
    """A row about each record, or about all but one."""
    return [random.choice(_ROWS)._replace(record=record) for record in RECORDS[random.randrange(2) :]]


def up_to(number: int, random: Random) -> list[Deliver]:
    """Some rows, or none."""
    return random.choices(_ROWS, k=random.randint(0, number))


def decided(acts: Sequence[str], random: Random) -> Decide:
    """A decision of one of these kinds."""
    return random.choice(_DECISIONS[random.choice(acts)])


def many(history: Callable[[Random], Sequence[Step]], number: int) -> st.SearchStrategy[list[History]]:
    """That many histories, to be played side by side. Hypothesis brings the seed, and brings back one that failed."""
    return st.randoms(use_true_random=True).map(lambda random: [tuple(history(random)) for _ in range(number)])


def record_of(told: str) -> str:
    """A record's name as a history tells it, of its name in the warehouse."""
    return re.sub(r":\d+-", ":", told)
