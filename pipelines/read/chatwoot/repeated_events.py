"""One event for a change that Chatwoot tells twice: webhooks state it, and a sentence in the conversation says it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from pipelines.read.core.frames import Event
from pipelines.read.helpdesk.common import Known

APART = timedelta(seconds=10)  # at most, of the sentence about a change and the time its webhook has


def once(events: Iterable[Event], known: Known) -> Iterator[Event]:
    """The events without those of which the other sort has just told; the first of the two is kept."""
    for event in events:
        change = f"{event.conversation}|{event.kind.value}|{event.before if event.after is None else event.after}"
        at, (before, was_inferred) = event.at.instant, known.changes.get(change, (None, event.inferred))
        if at and before and was_inferred is not event.inferred and abs(at - before) <= APART:
            continue
        known.changes[change] = at, event.inferred
        yield event
