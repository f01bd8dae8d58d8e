from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from pipelines.merge.status import READS, with_status

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAYS = 90
BOUNDARY = AS_OF - timedelta(days=DAYS)
SEEN = datetime(2025, 1, 1, tzinfo=UTC)


def status(
    last_inbound: datetime | None = None,
    last_interaction: datetime | None = None,
    *,
    has_open_conversation: bool = False,
    blocked_since: datetime | None = None,
) -> dict[str, Any]:
    """Status of a contact first seen in 2025; an inbound message is an interaction if no later one is given."""
    instant = pl.Datetime("us", "UTC")
    contact = pl.DataFrame(
        [(last_inbound, last_interaction or last_inbound, SEEN, has_open_conversation, blocked_since)],
        schema={
            "last_inbound_at": instant,
            "last_interaction_at": instant,
            "first_seen_at": instant,
            "has_open_conversation": pl.Boolean,
            "blocked_since": instant,
        },
        orient="row",
    )
    return with_status(contact.select(READS), AS_OF, DAYS).row(0, named=True)


def test_somebody_who_wrote_in_the_window_is_active_since_then() -> None:
    wrote = AS_OF - timedelta(days=3)

    found = status(wrote)

    assert (found["status"], found["status_reason"], found["status_since"]) == ("active", "recent_inbound", wrote)


def test_somebody_who_wrote_exactly_as_long_ago_as_the_window_is_active() -> None:
    assert status(BOUNDARY)["status"] == "active"


def test_a_microsecond_beyond_the_window_is_too_long() -> None:
    found = status(BOUNDARY - timedelta(microseconds=1))

    assert (found["status"], found["status_reason"]) == ("inactive", "no_interaction_since")


def test_an_inactive_contact_is_so_since_its_window_ended() -> None:
    wrote = BOUNDARY - timedelta(days=7)

    assert status(wrote)["status_since"] == AS_OF - timedelta(days=7)


def test_what_was_written_to_somebody_does_not_count() -> None:
    written_to = AS_OF - timedelta(days=1)

    found = status(None, written_to)

    assert (found["status"], found["status_reason"], found["status_since"]) == (
        "inactive",
        "no_interaction_since",
        written_to,
    )


def test_an_answer_does_not_prolong_what_somebody_wrote() -> None:
    assert status(BOUNDARY - timedelta(days=1), AS_OF)["status"] == "inactive"


def test_an_open_conversation_keeps_a_contact_active() -> None:
    wrote = BOUNDARY - timedelta(days=7)

    found = status(wrote, has_open_conversation=True)

    assert (found["status"], found["status_reason"], found["status_since"]) == ("active", "open_conversation", wrote)


def test_a_recent_message_is_the_reason_even_in_an_open_conversation() -> None:
    assert status(AS_OF, has_open_conversation=True)["status_reason"] == "recent_inbound"


def test_somebody_who_never_wrote_is_inactive_since_first_seen() -> None:
    found = status()

    assert (found["status"], found["status_reason"], found["status_since"]) == ("inactive", "never_interacted", SEEN)


def test_a_block_comes_before_all_that_would_make_a_contact_active() -> None:
    since = AS_OF - timedelta(days=2)

    found = status(AS_OF, has_open_conversation=True, blocked_since=since)

    assert (found["status"], found["status_reason"], found["status_since"]) == (
        "blocked",
        "blocked_by_decision",
        since,
    )


def test_an_open_conversation_in_which_nothing_was_said_counts_since_first_seen() -> None:
    found = status(has_open_conversation=True)

    assert (found["status"], found["status_reason"], found["status_since"]) == ("active", "open_conversation", SEEN)


def test_a_status_says_as_of_when_it_is() -> None:
    assert status()["status_as_of"] == AS_OF
