"""Events against their leaves, leaves against seals: what was changed, removed, inserted or exchanged, by number."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from pipelines.audit.verification.proofs import GrowingTree, leaf_hash
from pipelines.audit.verification.seal_chain import ReadSeal

MOST_NAMED = 20  # events of one kind of fault
Columns = Mapping[
    str, Sequence[Any]
]  # of events by name; commitments in hexadecimal, times as ISO 8601 with microseconds


class Numbered(NamedTuple):
    """Hashes of events with their numbers, in order."""

    numbers: Sequence[int]
    hashes: Sequence[bytes]


def recomputed(events: Columns) -> list[bytes]:
    """The leaf of each event, out of what it says."""
    encode, names = msgspec.json.Encoder(order="sorted").encode, list(events)
    return [leaf_hash(encode(dict(zip(names, row, strict=True)))) for row in zip(*events.values(), strict=True)]


def event_faults(events: Numbered, leaves: Numbered) -> list[str]:
    """What tells events from the leaves that were kept of them as they were recorded; each sentence names an event."""
    if list(events.numbers) == list(leaves.numbers) and list(events.hashes) == list(leaves.hashes):
        return []
    return list(_shortened(_differences(events, leaves)))


def _differences(events: Numbered, leaves: Numbered) -> Iterator[tuple[str, str]]:
    """Kind and sentence of each fault."""
    kept = dict(zip(leaves.numbers, leaves.hashes, strict=True))
    there = dict(zip(events.numbers, events.hashes, strict=True))
    twice = [number for number, times in Counter(events.numbers).items() if times > 1]
    yield from (("inserted", f"event {number} is there more than once") for number in sorted(twice))
    if shift := _shift(events, leaves):
        yield shift
        return
    places = {hashed: number for number, hashed in reversed(kept.items())}
    for number in sorted(kept.keys() | there.keys()):
        if number not in there:
            yield "removed", f"event {number} was removed"
        elif number not in kept:
            yield "inserted", f"event {number} was inserted: no leaf was kept of it"
        elif there[number] != kept[number]:
            yield from _changed(number, places.get(there[number]), there, kept)


def _changed(
    number: int, other: int | None, there: Mapping[int, bytes], kept: Mapping[int, bytes]
) -> Iterator[tuple[str, str]]:
    """Why an event is not what it was; `other` is the event that was what it is now."""
    if other is None:
        yield "changed", f"event {number} was changed"
    elif there.get(other) != kept[number]:
        yield "moved", f"event {number} is what event {other} was"
    elif number < other:
        yield "exchanged", f"events {number} and {other} were exchanged"


def _shift(events: Numbered, leaves: Numbered) -> tuple[str, str] | None:
    """The one event that was removed or inserted where all later ones were given other numbers to hide it."""
    own, kept = list(events.hashes), list(leaves.hashes)
    if list(events.numbers) != list(range(leaves.numbers[0] if leaves.numbers else 0, _end(events))):
        return None
    place = next((i for i, (a, b) in enumerate(zip(own, kept, strict=False)) if a != b), min(len(own), len(kept)))
    number = (leaves.numbers[0] if leaves.numbers else 0) + place
    if len(own) + 1 == len(kept) and own[place:] == kept[place + 1 :]:
        return "removed", f"event {number} was removed, and the later ones renumbered"
    if len(own) == len(kept) + 1 and own[place + 1 :] == kept[place:]:
        return "inserted", f"event {number} was inserted, and the later ones renumbered"
    return None


def _end(numbered: Numbered) -> int:
    return numbered.numbers[-1] + 1 if numbered.numbers else 0


def _shortened(faults: Iterable[tuple[str, str]]) -> Iterator[str]:
    told: dict[str, int] = {}
    for kind, sentence in faults:
        told[kind] = told.get(kind, 0) + 1
        if told[kind] <= MOST_NAMED:
            yield sentence
    yield from (f"{n - MOST_NAMED:,} more events were {kind}" for kind, n in told.items() if n > MOST_NAMED)


def root_faults(tree: GrowingTree, leaves: Iterable[bytes], seals: Sequence[ReadSeal], where: str) -> list[str]:
    """Seals whose root is not that of the leaves, the oldest first: the first says where the past was rewritten.

    Args:
        tree: What is known of the tree before these leaves; it takes them.
        leaves: The leaves after it, in order.
        seals: Seals over no fewer events than are in the tree already, by size.
        where: What the seals are read from, for the sentences.
    """
    return list(_root_faults(tree, leaves, seals, where))


def _root_faults(tree: GrowingTree, leaves: Iterable[bytes], seals: Sequence[ReadSeal], where: str) -> Iterator[str]:
    waiting, good = sorted(seals, key=lambda seal: (seal.size, seal.number)), tree.size
    rest = iter(leaves)
    for seal in waiting:
        while tree.size < seal.size and (leaf := next(rest, None)) is not None:
            tree.add(leaf)
        if tree.size < seal.size:
            yield (
                f"seal {seal.number} in {where} is over {seal.size:,} events, of which {tree.size:,} are left: "
                f"the end was cut off"
            )
            return
        if tree.root() != seal.root:
            yield (
                f"seal {seal.number} in {where} ({seal.sealed_at}) is not over these events: among events {good} to "
                f"{seal.size - 1} the past was rewritten after it was sealed"
            )
            return
        good = seal.size
