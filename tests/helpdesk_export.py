"""Exports of helpdesks made by hand, read and held against the contracts; and what may go wrong in them."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from pipelines.read.core.batch import Batch, Format
from schemas import received
from tests.joined import joined

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**40,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\ud800",
    [],
    {},
    [[{}]],
    "3609-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    51_738_000_000,
    "<a <a <a",
)


def checked(form: Format, path: Path, rows: int = 20_000) -> Batch:
    """All that a file holds, every frame of it as its contract says."""
    batches = list(form.read(path, form.options(format=form.name, path="x"), rows=rows))
    for batch in batches:
        received.ContactRow.validate(batch.contacts)
        received.IdentifierRow.validate(batch.identifiers)
        received.Conversation.validate(batch.conversations)
        received.Message.validate(batch.messages)
        received.Receipt.validate(batch.receipts)
        received.Event.validate(batch.events)
        received.Refusal.validate(batch.refused)
    return joined(batches)


def export(folder: Path, *values: Any, name: str = "export.json") -> Path:
    """One value as a document, several as JSON Lines."""
    path = folder / name
    path.write_text("\n".join(map(json.dumps, values)), encoding="utf-8")
    return path


def survives(form: Format, value: Any, whole: Any) -> None:
    """Read a spoiled value behind the `whole` one: what the whole one tells comes out as it does alone, and all of it.

    What comes of the spoiled one is as the contracts say, numbered on without a gap.
    """
    together = [*whole, *value] if isinstance(whole, list) else [whole, value]
    with TemporaryDirectory() as folder:
        alone = checked(form, export(Path(folder), whole))
        batch = checked(form, export(Path(folder), together), rows=2)
    assert alone.refused.is_empty()
    assert alone.messages.height > 0
    for told, all_told in ((alone.messages, batch.messages), (alone.events, batch.events)):
        assert all_told["key"].head(told.height).to_list() == told["key"].to_list()
    entries = (batch.messages, batch.receipts, batch.events, batch.refused)
    numbers = sorted(number for frame in entries for number in frame["row"])
    assert numbers == list(range(1, len(numbers) + 1))


def spoiled(value: Any) -> st.SearchStrategy[Any]:
    """A value with something else, or nothing, at one to four of its places."""
    places = list(_places(value))
    change = st.tuples(st.sampled_from(places), st.sampled_from(ODD))
    return st.lists(change, min_size=1, max_size=4).map(lambda changes: _changed(value, changes))


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*above, step)
        yield from _places(inner, (*above, step))


def _changed(value: Any, changes: list[tuple[tuple[Any, ...], Any]]) -> Any:
    changed = deepcopy(value)
    for (*above, last), odd in changes:
        holder = changed
        try:
            for step in above:
                holder = holder[step]
            holder[last] = deepcopy(odd)
        except (KeyError, IndexError, TypeError):
            continue  # another change has put something else here
    return changed
