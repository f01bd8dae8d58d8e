from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.errors import WrongIdentityKey
from pipelines.ids import keyed
from pipelines.store.runs import runs, settings_in_force, work_queue
from pipelines.store.runs.work_queue import Version
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def events(tables: Tables) -> list[tuple[Any, ...]]:
    """Recorded events without the first of all, with their details as they are written."""
    found = tables.rows(
        "SELECT action, object_id, outcome, fields, details FROM audit_event WHERE seq > 0 ORDER BY seq"
    )
    return [(*told, {each["name"]: each["value"] for each in details}) for *told, details in found]


# Runs


def test_a_run_is_noted_when_it_begins_with_its_configuration(tables: Tables) -> None:
    runs.begin_run(tables.connection, "run1", on(1), on(2), "digest")
    runs.begin_run(tables.connection, "run2", on(1), on(3))
    runs.begin_run(tables.connection, "run1", on(2), on(4))
    assert tables.rows("FROM run ORDER BY ALL") == [("run1", on(2), on(4)), ("run2", on(1), on(3))]
    assert [(action, run, details) for action, run, _, _, details in events(tables)] == [
        *(
            ("run.started", "run1", {"configuration": "digest"}),
            ("run.started", "run2", {}),
            ("run.started", "run1", {}),
        ),
    ]


def test_a_run_ends_well_or_with_the_steps_that_failed(tables: Tables) -> None:
    runs.end_run(tables.connection, "run1", [])
    runs.end_run(tables.connection, "run2", ["match", "merge"])
    runs.end_run(tables.connection, "run3", ["x" * 500])
    assert [(outcome, details) for _, _, outcome, _, details in events(tables)] == [
        *(("ok", {}), ("failed", {"failed": "match, merge"}), ("failed", {"failed": "x" * 120})),
    ]


def test_the_newest_run_is_the_last_that_began(tables: Tables) -> None:
    assert runs.last_run_id(tables.connection) == ""
    for name, day in (("b", 2), ("a", 3), ("c", 3), ("d", 1)):
        tables.put("run", {"run_id": name, "started_at": on(day)})
    assert runs.last_run_id(tables.connection) == "c"


def test_contacts_are_derived_as_of_one_moment(tables: Tables) -> None:
    assert runs.last_as_of(tables.connection) is None
    for day in (3, 2):
        runs.keep_as_of(tables.connection, on(day))
        assert runs.last_as_of(tables.connection) == on(day)


def test_ids_are_made_with_one_key(tables: Tables) -> None:
    one, other = keyed("0" * 64), keyed("1" * 64)
    runs.require_identity(tables.connection, one)
    for _ in range(2):
        runs.keep_identity(tables.connection, one)
    assert tables.rows("SELECT count(*) FROM identity_key") == [(1,)]
    for check in (runs.require_identity, runs.keep_identity):
        with pytest.raises(WrongIdentityKey):
            check(tables.connection, other)


# Settings


def test_settings_that_are_new_gone_or_others_are_recorded_with_their_keys(tables: Tables) -> None:
    before = {"attribute.a": {"type": "text", "merge": "max"}, "source.b": {"path": "x"}, "source.same": {"path": "y"}}
    now: dict[str, dict[str, Any]] = {
        "attribute.a": {"type": "number", "exclusive": True},
        "source.c": {"path": "x", "key": None},
        "source.same": {"path": "y"},
    }
    settings_in_force.keep_settings(tables.connection, before)
    assert settings_in_force.kept_settings(tables.connection) == before
    tables.connection.execute("DELETE FROM audit_event")

    settings_in_force.keep_settings(tables.connection, now)
    assert settings_in_force.kept_settings(tables.connection) == now
    assert [(action, name, fields) for action, name, _, fields, _ in events(tables)] == [
        ("configuration.changed", "attribute.a", ["exclusive", "merge", "type"]),
        ("configuration.changed", "source.b", ["path"]),
        ("configuration.changed", "source.c", ["path"]),
    ]
    settings_in_force.keep_settings(tables.connection, {})
    assert settings_in_force.kept_settings(tables.connection) == {}


def test_values_of_an_attribute_are_counted_by_contact(tables: Tables) -> None:
    for contact, field, value in (
        *((7, "attr.tier", "gold"), (7, "attr.tier", "gold"), (8, "attr.tier", "gold"), (9, "attr.tier", "b")),
        *((9, "attr.seats", "gold"), (8, "attr.tier", "c")),
    ):
        tables.put("contact_field", {"contact_id": uid(contact), "field": field, "value": value})
    found = settings_in_force.values_of_attribute(tables.connection, "tier")
    assert found.rows() == [("b", 1), ("c", 1), ("gold", 2)]
    counts = [None, pl.Series(["b", "gold"]), pl.Series(["c", "x"]), pl.Series([], dtype=pl.String)]
    assert [settings_in_force.contacts_with_attribute(tables.connection, "tier", each) for each in counts] == [
        3,
        3,
        1,
        0,
    ]


def test_a_source_is_known_by_what_it_delivered_or_by_its_records(tables: Tables) -> None:
    tables.put("delivery", {"delivery_id": uid(1), "source": "b"}, {"delivery_id": uid(2), "source": "b"})
    for record, source, contact, run_to in (
        (1, "b", 7, None),
        (2, "b", 7, None),
        (3, "b", 8, "over"),
        (4, "a", 9, None),
    ):
        tables.put("record", {"record_key": uid(record), "source": source})
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
    assert settings_in_force.known_sources(tables.connection) == ["a", "b"]
    assert [settings_in_force.extent_of_source(tables.connection, each) for each in "bax"] == [(3, 1), (1, 1), (0, 0)]


# The work queue


@pytest.fixture
def worked(tables: Tables) -> Tables:
    """Records of two sources, of which each states or was decided something of its own, and one that is pending."""
    for record, source in ((1, "crm"), (2, "crm"), (3, "shop"), (4, "crm"), (5, "crm")):
        tables.put("record", {"record_key": uid(record), "source": source})
    tables.put(
        "record_field", {"record_key": uid(1), "field": "attr.tier"}, {"record_key": uid(2), "field": "attr.seats"}
    )
    for decision, record, field in ((10, 4, "attr.tier"), (11, 5, "attr.seats")):
        tables.put("decision", {"decision_id": uid(decision), "field": field})
        tables.put("decision_record", {"decision_id": uid(decision), "record_key": uid(record)})
    tables.put("work_queue", {"step": "contacts", "record_key": uid(5)}, {"step": "match", "record_key": uid(3)})
    return tables


BEFORE = Version("all", {"tier": "t", "seats": "s"}, {"crm": "10", "shop": "20"})


@pytest.mark.parametrize(
    ("now", "pending"),
    [
        (BEFORE, [5]),
        (BEFORE._replace(everything="other"), [1, 2, 3, 4, 5]),
        (BEFORE._replace(attributes={"tier": "u", "seats": "s"}), [1, 4, 5]),
        (BEFORE._replace(attributes={"seats": "s"}), [1, 4, 5]),
        (BEFORE._replace(attributes={"tier": "t", "seats": "s", "new": "n"}), [5]),
        (BEFORE._replace(sources={"crm": "10", "shop": "30"}), [3, 5]),
        (BEFORE._replace(sources={"crm": "10", "shop": "20", "new": "1"}), [5]),
    ],
)
def test_records_are_looked_at_that_are_pending_or_depend_on_a_setting_that_changed(
    worked: Tables, now: Version, pending: list[int]
) -> None:
    queued = work_queue.queued_records(worked.connection, "contacts", BEFORE)
    work_queue.dequeue(worked.connection, "contacts", BEFORE)
    work_queue.enqueue_all(worked.connection, "contacts", pl.Series([uid(5), uid(5)]))
    assert queued.to_list() == [uid(record) for record in (1, 2, 3, 4, 5)]  # nothing was looked at before
    assert work_queue.queued_records(worked.connection, "contacts", now).to_list() == [uid(each) for each in pending]


def test_a_step_that_has_looked_at_everything_leaves_what_others_have_to(worked: Tables) -> None:
    for step in ("contacts", "match", "contacts2"):
        work_queue.dequeue(worked.connection, step, BEFORE._replace(attributes={}, sources={}))
    worked.put("work_queue", {"step": "match", "record_key": uid(3)}, {"step": "contacts", "record_key": uid(1)})
    work_queue.dequeue(worked.connection, "contacts", Version("new", {"tier": "u"}))
    assert worked.rows("FROM work_queue") == [("match", uid(3))]
    assert worked.rows("FROM step_state ORDER BY ALL") == [
        *(("contacts", "new"), ("contacts attr.tier", "u"), ("contacts2", "all"), ("match", "all")),
    ]


@pytest.mark.parametrize(("before", "as_of"), [(1, 3), (3, 1)])
def test_records_are_pending_whose_messages_have_come_to_lie_in_the_past_or_do_so_no_longer(
    tables: Tables, before: int, as_of: int
) -> None:
    for record, day in ((1, 1), (2, 2), (2, 2), (3, 3), (4, 4)):
        tables.put("message", {"record_key": uid(record), "sent_at": on(day)})
    tables.put("message", {"sent_at": on(2)}, {"record_key": uid(9)})
    tables.put("receipt_only_message", {"record_key": uid(5), "sent_at": on(2)})
    work_queue.enqueue_for_interactions_between(tables.connection, on(before), on(as_of))
    assert tables.rows("FROM work_queue ORDER BY ALL") == [("contacts", uid(record)) for record in (2, 3, 5)]
