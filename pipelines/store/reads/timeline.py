"""The timeline of one contact, read as it is shown: filtered, in order, batch by batch."""

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from pipelines.store.decisions.decisions import is_shown
from pipelines.store.warehouse.connection import Connection, value
from schemas.vocabulary import EventKind, MessageKind

BATCH_ROWS = 2_048
EVENTS = tuple(map(str, EventKind))

# What people call the kinds of entries. Assignments, changes of status and labels are events, too.
KINDS = MappingProxyType(
    {
        "message": tuple(str(kind) for kind in MessageKind if kind is not MessageKind.NOTE),
        "note": (str(MessageKind.NOTE),),
        "event": EVENTS,
        "assignment": (str(EventKind.ASSIGNED), str(EventKind.HANDOVER)),
        "status": (str(EventKind.STATUS_CHANGED),),
        "label": (str(EventKind.LABEL_ADDED), str(EventKind.LABEL_REMOVED)),
        "block": ("blocked", "unblocked"),
        "decision": ("created", "edited", "pinned", "tagged", "untagged", "blocked", "unblocked"),
    }
)


class TimelineFilter(NamedTuple):
    """Which entries are asked for; empty is all. `since` is included, `until` is not, `last` of them at most.

    With `set_aside`, what is in no timeline because it came after a block.
    """

    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # as entries have them, not as people call them
    since: datetime | None = None
    until: datetime | None = None
    last: int = 0
    set_aside: bool = False


EVERYTHING = TimelineFilter()

_SET_ASIDE = "(SELECT * EXCLUDE (is_set_aside) FROM conversation_entry WHERE is_set_aside)"
_FITTING = """
    FROM {0} t LEFT JOIN delivery d USING (delivery_id)
    WHERE t.contact_id = $contact
      AND (len($channels::VARCHAR[]) = 0 OR list_contains($channels, t.channel))
      AND (len($kinds::VARCHAR[]) = 0 OR list_contains($kinds, t.kind))
      AND ($since::TIMESTAMPTZ IS NULL OR t.happened_at >= $since)
      AND ($until::TIMESTAMPTZ IS NULL OR t.happened_at < $until)"""
_ORDER = ("happened_at {0} NULLS {1}", "declared_at {0} NULLS {1}", "delivery_id {0} NULLS {1}",
          "row_number {0} NULLS {1}", "entry_id {0}")  # fmt: skip


def timeline(connection: Connection, contact_id: str, wanted: TimelineFilter = EVERYTHING) -> Iterator[pl.DataFrame]:
    """Entries of a contact in batches, in the order in which they happened; those without a time come first.

    Columns happened_at, precision, zone_source, channel, kind, direction, author, actor, text, attachments, state,
    before, after, inferred, conversation_id, inbox, source, file_name, row_number, line_number, quoted (ranges of the
    text that are not new: start, length, kind). What happened at the same time stands as its deliveries have it.
    """
    chosen = f"SELECT t.* EXCLUDE (contact_id), d.file_name, d.declared_at {_fitting(wanted)}"
    if wanted.last:
        chosen += f" ORDER BY {', '.join(_ORDER).format('DESC', 'LAST')} LIMIT {wanted.last:d}"
    reader = connection.execute(
        f"""
        SELECT * EXCLUDE (declared_at, delivery_id, entry_id) FROM ({chosen})
        ORDER BY {", ".join(_ORDER).format("ASC", "FIRST")}""",
        _parameters(contact_id, wanted),
    ).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        frame = pl.from_arrow(batch)
        if isinstance(frame, pl.DataFrame):
            yield frame


def entries(connection: Connection, contact_id: str, wanted: TimelineFilter = EVERYTHING) -> int:
    """How many entries fit, `last` left out of account."""
    return int(value(connection, f"SELECT count(*) {_fitting(wanted)}", _parameters(contact_id, wanted)))


def length(connection: Connection) -> int:
    """How many entries the timelines of all contacts have together; messages are summed up, not counted."""
    return int(
        value(
            connection,
            f"""
            WITH talk AS (
                SELECT m.contact_id, p.conversation_id, sum(p.messages) AS messages
                FROM conversation_participant p JOIN membership m ON m.record_key = p.record_key AND m.run_to IS NULL
                SEMI JOIN conversation USING (conversation_id)
                GROUP BY ALL
            ),
            happened AS (
                SELECT e.event_id FROM conversation_event e JOIN talk t USING (conversation_id)
                LEFT JOIN blocked_thread b ON b.contact_id = t.contact_id AND b.conversation_id = t.conversation_id
                WHERE {is_shown("e.happened_at")}
            )
            SELECT coalesce(sum(messages), 0) - (SELECT coalesce(sum(messages), 0) FROM blocked_conversation)
                   + (SELECT count(*) FROM note_event) + (SELECT count(*) FROM happened)
            FROM talk""",
        )
    )


def _fitting(wanted: TimelineFilter) -> str:
    return _FITTING.format(_SET_ASIDE if wanted.set_aside else "timeline")


def _parameters(contact_id: str, wanted: TimelineFilter) -> dict[str, object]:
    return {
        "contact": contact_id,
        "channels": list(wanted.channels),
        "kinds": list(wanted.kinds),
        "since": wanted.since,
        "until": wanted.until,
    }
