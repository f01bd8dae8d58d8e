"""Whether a contact is blocked, active or inactive, as of a stated moment."""

from datetime import datetime, timedelta

import polars as pl

from schemas.vocabulary import Status, StatusReason

READS = ("last_inbound_at", "last_interaction_at", "first_seen_at", "has_open_conversation", "blocked_since")


def with_status(contacts: pl.DataFrame, as_of: datetime, active_days: int) -> pl.DataFrame:
    """Add status, status_reason, status_since and status_as_of.

    `contacts`: READS; moments in UTC, not after `as_of`; blocked_since is empty where it is not blocked. A block comes
    before everything else. What the contact wrote counts, what was written to it does not. Exactly `active_days` ago
    still is active.
    """
    window = timedelta(days=active_days)
    recent = (pl.col("last_inbound_at") >= as_of - window).fill_null(value=False)
    blocked = pl.col("blocked_since").is_not_null()
    reason = (
        pl.when(blocked)
        .then(pl.lit(StatusReason.BLOCKED_BY_DECISION.value))
        .when(recent)
        .then(pl.lit(StatusReason.RECENT_INBOUND.value))
        .when(pl.col("has_open_conversation"))
        .then(pl.lit(StatusReason.OPEN_CONVERSATION.value))
        .when(pl.col("last_interaction_at").is_not_null())
        .then(pl.lit(StatusReason.NO_INTERACTION_SINCE.value))
        .otherwise(pl.lit(StatusReason.NEVER_INTERACTED.value))
    )
    active = [StatusReason.RECENT_INBOUND.value, StatusReason.OPEN_CONVERSATION.value]
    since = (
        pl.when(blocked)
        .then("blocked_since")
        .when(recent)
        .then("last_inbound_at")
        .when(pl.col("has_open_conversation"))
        .then(pl.coalesce("last_interaction_at", "first_seen_at"))
        .otherwise(pl.coalesce(pl.col("last_inbound_at") + window, "last_interaction_at", "first_seen_at"))
    )
    return contacts.with_columns(status_reason=reason, status_since=since).with_columns(
        status=pl.when(blocked)
        .then(pl.lit(Status.BLOCKED.value))
        .when(pl.col("status_reason").is_in(active))
        .then(pl.lit(Status.ACTIVE.value))
        .otherwise(pl.lit(Status.INACTIVE.value)),
        status_as_of=pl.lit(as_of).dt.cast_time_unit("us").dt.convert_time_zone("UTC"),
    )
