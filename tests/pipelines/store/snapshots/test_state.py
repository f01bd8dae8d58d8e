"""What a snapshot depends on, and which rows of a view are in it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.store.snapshots.rows import select
from pipelines.store.snapshots.write import DEPENDS_ON, state_of
from schemas.published.role import Role
from schemas.published.treatments import treatments_of
from schemas.published.views import VIEWS
from tests.store_tables import Tables

TABLE_OF = {"published.deliveries": "delivery", "published.exports": "export"}
WHEN = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize("view", sorted(DEPENDS_ON))
def test_a_snapshot_is_another_when_any_row_that_is_shown_is(tables: Tables, view: str) -> None:
    before = state_of(tables.connection)
    assert state_of(tables.connection) == before
    tables.put(TABLE_OF.get(view, view), {})
    assert state_of(tables.connection) != before


@pytest.mark.parametrize(
    ("table", "column", "value", "is_another"),
    [
        ("contact", "name", "Ann", True),
        ("contact", "tags", ["vip"], True),
        ("contact", "channels", ["sms"], True),
        ("contact", "attributes", {"tier": "gold"}, True),
        ("contact", "run_id", "other", False),
        ("contact", "tags_folded", ["vip"], False),
        ("contact_field", "value", "Ann", True),
        ("contact_field", "losing_values", [], False),
        ("membership", "run_to", "over", True),
        ("decision", "revoked_at", WHEN, True),
        ("decision", "compared", ["tier"], False),
        ("export", "rows", 5, True),
    ],
)
def test_a_snapshot_is_another_by_what_is_shown_and_not_by_who_looked(
    tables: Tables, table: str, column: str, value: Any, is_another: bool
) -> None:
    tables.put(table, {})
    before = state_of(tables.connection)
    tables.connection.execute(f"DELETE FROM {table}")
    tables.put(table, {column: value})
    assert (state_of(tables.connection) != before) is is_another


def test_a_snapshot_is_another_when_the_views_are(tables: Tables) -> None:
    before = state_of(tables.connection)
    tables.connection.execute("UPDATE schema_view SET sha256 = 'other'")
    assert state_of(tables.connection) != before


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_rows_of_other_channels_and_of_other_contacts_are_left_out(view: str) -> None:
    role = Role.model_validate({"description": "x", "columns": {"direct": "clear", "quasi": "clear"}})
    treatments = treatments_of(role, {})
    told = select(treatments, view, of_members=True, channels=("sms", "email"))
    every = select(treatments, view, of_members=False, channels=())
    assert told is not None
    assert every is not None
    columns = {each.name for each in VIEWS[view].columns}
    by_channel = view in ("conversations", "messages", "events", "notes")
    assert ("coalesce(channel IN ('email', 'sms'), TRUE)" in told) is by_channel
    assert ("contact_id IN (SELECT contact_id::UUID FROM member)" in told) is ("contact_id" in columns)
    assert "channel IN (" not in every
    assert "FROM member" not in every
