from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.store.contacts import clustering, count_history, deletions, id_changes, unchecked
from pipelines.store.contacts.count_history import ContactCount
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def keys(*numbers: int) -> pl.Series:
    return pl.Series("record_key", [uid(number) for number in numbers], dtype=pl.String)


def numbers(found: pl.Series) -> list[int]:
    return [int(key[-2:], 16) for key in found]


def member(tables: Tables, record: int, contact: int, run_to: str | None = None, **said: Any) -> None:
    tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to} | said)


def edge(tables: Tables, lo: int, hi: int, zone: str = "merge", probability: float = 0.9, **said: Any) -> None:
    ends = {"record_lo": uid(lo), "record_hi": uid(hi)}
    tables.put("match_edge", ends | {"zone": zone, "probability": probability} | said)


def decide(tables: Tables, number: int, kind: str, *records: int, **said: Any) -> None:
    tables.put("decision", {"decision_id": uid(number), "kind": kind} | said)
    for side, record in enumerate(records):
        tables.put("decision_record", {"decision_id": uid(number), "record_key": uid(record), "side": side})


# What clustering reads


def test_a_component_is_all_that_edges_contacts_and_decisions_tie_to_records(tables: Tables) -> None:
    for record in (*range(1, 14), 20, 21):
        tables.put("record", {"record_key": uid(record)})
    member(tables, 1, 7)
    member(tables, 2, 7)
    member(tables, 3, 7, "over")
    edge(tables, 2, 4)
    edge(tables, 5, 4)
    edge(tables, 5, 6, "review", 0.5)
    edge(tables, 6, 8, "review", 0.49)
    edge(tables, 9, 10)
    decide(tables, 30, "merge", 6, 11)
    decide(tables, 31, "merge", 12, 11)
    edge(tables, 12, 99)  # which was withdrawn
    edge(tables, 13, 99)
    assert numbers(clustering.component_of(tables.connection, keys(1), 0.5)) == [1, 2, 4, 5, 6, 11, 12, 13]
    assert numbers(clustering.component_of(tables.connection, keys(20), 0.5)) == [20]
    assert numbers(clustering.component_of(tables.connection, keys(3, 10), 0.5)) == [3, 9, 10]


def test_edges_are_among_records_and_tell_their_evidence_where_that_is_looked_at(tables: Tables) -> None:
    edge(tables, 1, 3, probability=0.98, evidence="sure", rule="r", weight=2.0)
    edge(tables, 1, 2, "review", 0.97, evidence="doubt", rule="s", weight=1.0, ambiguous_given_name=True)
    edge(tables, 1, 9)
    edge(tables, 2, 3, evidence="overruled")
    decide(tables, 30, "merge", 2, 3)
    assert clustering.edges_among(tables.connection, keys(1, 2, 3), 0.98).rows() == [
        (0, 1, "review", "s", 1.0, 0.97, True, "doubt"),
        (0, 2, "merge", "r", 2.0, 0.98, False, None),
        (1, 2, "merge", "decision", 1000.0, 1.0, False, None),
    ]


def test_identifiers_anchors_and_memberships_are_those_of_the_records(tables: Tables) -> None:
    for record, field in ((1, "phone"), (2, "email"), (2, "channel_id"), (3, "phone")):
        tables.put("compared_identifier", {"record_key": uid(record), "field": field, "value": "x"})
    found = clustering.identifiers_of(tables.connection, keys(1, 2), ["phone", "email"]).sort("record_key")
    assert found.rows() == [(0, "phone", "x"), (1, "email", "x")]

    for record, anchor in ((2, 7), (1, 8), (3, 9)):
        tables.put("record", {"record_key": uid(record), "anchor_id": uid(anchor), "ingest_seq": record + 10})
    member(tables, 4, 8, "over")
    member(tables, 5, 8)
    member(tables, 2, 6, reason="edge")
    member(tables, 1, 6, "over")
    assert clustering.anchors(tables.connection, keys(1, 2)).rows() == [
        *((0, 11, uid(8), True), (1, 12, uid(7), False)),
    ]
    assert clustering.memberships(tables.connection, keys(2, 1, 5)).rows() == [
        *((uid(2), uid(6), "edge"), (uid(5), uid(8), "")),
    ]


# What it keeps


def test_memberships_that_are_others_now_are_closed_and_opened(tables: Tables) -> None:
    for record, contact in ((1, 7), (2, 7), (3, 7), (4, 8)):
        member(tables, record, contact, reason="a", run_from="before")
    before = clustering.memberships(tables.connection, keys(1, 2, 3))
    now = [(uid(1), uid(7), "a"), (uid(2), uid(9), "a"), (uid(3), uid(7), "b"), (uid(5), uid(9), "a")]
    members = pl.DataFrame(now, schema=before.schema, orient="row")
    clustering.keep_memberships(tables.connection, before, members, "now")
    assert tables.rows("SELECT record_key, contact_id, run_from, run_to, reason FROM membership ORDER BY ALL") == [
        (uid(1), uid(7), "before", None, "a"),
        (uid(2), uid(7), "before", "now", "a"),
        (uid(2), uid(9), "now", None, "a"),
        (uid(3), uid(7), "before", "now", "a"),
        (uid(3), uid(7), "now", None, "b"),
        (uid(4), uid(8), "before", None, "a"),
        (uid(5), uid(9), "now", None, "a"),
    ]


def test_vetoes_and_pooled_joins_of_records_are_kept_instead_of_those_they_had(tables: Tables) -> None:
    for lo in (1, 2):
        tables.put("vetoed_edge", {"record_lo": uid(lo), "record_hi": uid(9), "reason": "old"})
        tables.put("pooled_join", {"record_lo": uid(lo), "record_hi": uid(9), "pairs": 1})
    ends = {"record_lo": [uid(1)], "record_hi": [uid(8)]}
    clustering.keep_vetoes(tables.connection, keys(1, 8), pl.DataFrame(ends | {"reason": ["new"]}))
    clustering.keep_pooled(tables.connection, keys(1, 8), pl.DataFrame(ends | {"weight": [2.0], "pairs": [2]}))
    assert tables.rows("SELECT record_lo, record_hi, reason FROM vetoed_edge ORDER BY ALL") == [
        *((uid(1), uid(8), "new"), (uid(2), uid(9), "old")),
    ]
    assert tables.rows("SELECT record_lo, pairs FROM pooled_join ORDER BY ALL") == [(uid(1), 2), (uid(2), 1)]


# Counts, checks, ids that went over


def test_a_run_is_measured_by_the_last_that_was_accepted_before_it(tables: Tables) -> None:
    assert count_history.last_accepted(tables.connection, "now") is None
    for run, day, contacts in (("b", 2, 20), ("a", 3, 30), ("c", 3, 40), ("now", 9, 90)):
        tables.put(
            "contact_count_history", {"run_id": run, "accepted_at": on(day), "records": 99, "contacts": contacts}
        )
    assert count_history.last_accepted(tables.connection, "now") == (99, 30)
    count_history.accept(tables.connection, "b", ContactCount(1, 2))
    assert count_history.last_accepted(tables.connection, "now") == (1, 2)


@pytest.mark.parametrize(
    ("held", "due"),
    [(None, True), (on(0), False), (on(-7) + timedelta(seconds=1), False), (on(-7), True), (on(1), True)],
)
def test_everybody_is_checked_once_a_week(tables: Tables, held: datetime | None, due: bool) -> None:
    if held:
        tables.put("full_check", {"held_at": held})
    assert unchecked.is_full_check_due(tables.connection, on(0)) is due


def test_contacts_that_are_derived_are_to_be_checked(tables: Tables) -> None:
    unchecked.enqueue_checks(tables.connection, keys(7, 8))
    assert tables.rows("FROM unchecked_contact ORDER BY ALL") == [(uid(7),), (uid(8),)]


def test_an_id_that_went_over_to_another_contact_is_told_once(tables: Tables) -> None:
    for id_key, former, current, contact in ((1, 1, 2, 8), (3, 3, 4, 7)):
        tables.put("reused_id", {"id_key": uid(id_key), "record_key": uid(former)})
        for record, day in ((former, 1), (current, 2)):
            own = {} if record == id_key else {"id_key": uid(id_key)}
            tables.put("record", {"record_key": uid(record)} | own)
            tables.put("source_record", {"record_key": uid(record), "last_seen_at": on(day)})
        member(tables, former, 7)
        member(tables, current, contact)
    member(tables, 2, 9, "over")
    member(tables, 1, 9, "over")
    assert id_changes.keep_reused(tables.connection, "run") == 1
    assert tables.rows("SELECT number, kind, old_id, new_id, run_id FROM id_changes") == [
        (1, "reused", uid(7), uid(8), "run"),
    ]
    assert tables.rows("FROM reused_id ORDER BY ALL") == [(uid(1), uid(2)), (uid(3), uid(4))]
    assert id_changes.keep_reused(tables.connection, "run") == 0


def test_what_a_run_did_to_ids_is_counted_by_the_ids_that_changed(tables: Tables) -> None:
    changes = [
        ("merged", 1, 9),
        ("merged", 1, 8),
        ("merged", 2, 9),
        ("split", 1, 3),
        ("split", 2, 3),
        ("withdrawn", 5, None),
    ]
    for number, (kind, old, new) in enumerate(changes, 1):
        ids = {"old_id": uid(old), "new_id": None if new is None else uid(new)}
        tables.put("id_changes", {"number": number, "kind": kind, "run_id": "run"} | ids)
    tables.put("id_changes", {"number": 99, "kind": "split", "run_id": "other"})
    assert id_changes.kinds_of(tables.connection, "run").rows() == [("merged", 2), ("split", 1), ("withdrawn", 1)]
    assert pl.concat(id_changes.in_order(tables.connection))["number"].to_list() == [*range(1, 7), 99]


def test_changes_go_on_numbering(tables: Tables) -> None:
    rows = {"old_id": [uid(1), uid(2)], "new_id": [uid(3), None], "kind": ["merged", "withdrawn"]}
    for run in ("one", "two"):
        id_changes.keep_changes(tables.connection, pl.DataFrame(rows), run)
    id_changes.keep_changes(tables.connection, pl.DataFrame(rows).clear(), "three")
    assert tables.rows("SELECT number, old_id, run_id FROM id_changes ORDER BY 1") == [
        *((1, uid(1), "one"), (2, uid(2), "one"), (3, uid(1), "two"), (4, uid(2), "two")),
    ]


# Records that are taken out again

HELD_BY_RECORD = ("record", "source_record", "identifier", "record_field", "work_queue")
HELD_BY_CONTACT = ("contact", "contact_field", "contact_identifier", "contact_attribute", "contact_search")


@pytest.fixture
def filled(tables: Tables) -> Tables:
    """Contact 7 of records 1 and 2, contact 8 of record 3, contact 9 of record 4."""
    for record, contact in ((1, 7), (2, 7), (3, 8), (4, 9)):
        for table in HELD_BY_RECORD:
            tables.put(table, {"record_key": uid(record)})
        member(tables, record, contact)
    for contact in (7, 8, 9):
        for table in HELD_BY_CONTACT:
            tables.put(table, {"contact_id": uid(contact)})
    for table in ("match_edge", "vetoed_edge", "pooled_join"):
        for lo, hi in ((1, 2), (2, 3), (3, 4), (2, 4)):
            tables.put(table, {"record_lo": uid(lo), "record_hi": uid(hi)})
    return tables


def test_records_are_taken_out_with_all_that_is_derived_of_them(filled: Tables) -> None:
    left = deletions.delete_records(filled.connection, keys(1, 3), "run")
    assert numbers(left) == [2]
    for table in HELD_BY_RECORD:
        assert filled.rows(f"SELECT record_key FROM {table} ORDER BY 1") == [(uid(2),), (uid(4),)]
    for table in HELD_BY_CONTACT:
        assert filled.rows(f"SELECT contact_id FROM {table} ORDER BY 1") == [(uid(7),), (uid(9),)]
    for table in ("match_edge", "vetoed_edge", "pooled_join"):
        assert filled.rows(f"SELECT record_lo, record_hi FROM {table}") == [(uid(2), uid(4))]
    assert filled.rows("SELECT record_key, run_to FROM membership ORDER BY ALL") == [
        *((uid(1), "run"), (uid(2), None), (uid(3), "run"), (uid(4), None)),
    ]
    assert filled.rows("SELECT kind, old_id, new_id FROM id_changes") == [("withdrawn", uid(8), None)]


def test_a_contact_of_which_nothing_is_left_goes_to_the_heir_of_its_first_record(filled: Tables) -> None:
    heirs = pl.DataFrame({"record_key": [uid(2), uid(1), uid(3)], "heir_key": [uid(4), uid(5), uid(4)]})
    member(filled, 5, 10)
    member(filled, 4, 11, "over")
    assert deletions.delete_records(filled.connection, keys(1, 2, 3), "run", heirs).is_empty()
    assert filled.rows("SELECT kind, old_id, new_id FROM id_changes ORDER BY number") == [
        *(("merged", uid(7), uid(10)), ("merged", uid(8), uid(9))),
    ]


def test_a_contact_that_others_are_left_of_goes_to_no_heir(filled: Tables) -> None:
    heirs = pl.DataFrame({"record_key": [uid(1)], "heir_key": [uid(4)]})
    assert numbers(deletions.delete_records(filled.connection, keys(1), "run", heirs)) == [2]
    assert filled.rows("FROM id_changes") == []


def sides(tables: Tables, decision: int) -> list[tuple[int, int]]:
    found = tables.rows("SELECT record_key, side FROM decision_record WHERE decision_id = ? ORDER BY 1", uid(decision))
    return [(int(key[-2:], 16), side) for key, side in found]


def test_what_was_decided_of_records_is_decided_of_their_heirs_once(filled: Tables) -> None:
    decide(filled, 30, "merge", 4, 1)
    decide(filled, 31, "merge", 2, 1)
    decide(filled, 32, "block", 3)
    heirs = pl.DataFrame({"record_key": [uid(1), uid(2)], "heir_key": [uid(4), uid(4)]})
    deletions.delete_records(filled.connection, keys(1, 2), "run", heirs)
    assert [sides(filled, number) for number in (30, 31, 32)] == [[(4, 0)], [(4, 0)], [(3, 0)]]


@pytest.mark.parametrize("kind", ["edit", "pin", "tag", "untag", "note"])
def test_a_value_is_carried_on_by_the_first_of_those_who_stay(filled: Tables, kind: str) -> None:
    filled.connection.execute("UPDATE record SET ingest_seq = 5 WHERE record_key = ?", [uid(2)])
    for record, contact, seq in ((5, 7, 4), (6, 7, 4), (10, 8, 1)):
        filled.put("record", {"record_key": uid(record), "ingest_seq": seq})
        member(filled, record, contact)
    filled.put("decision", {"decision_id": uid(30), "kind": kind})
    for record, side in ((1, 0), (2, 1), (5, 1), (6, 1), (10, 1)):
        filled.put("decision_record", {"decision_id": uid(30), "record_key": uid(record), "side": side})
    deletions.delete_records(filled.connection, keys(1), "run")
    assert sides(filled, 30) == [(1, 0), (2, 1), (5, 0), (6, 1), (10, 1)]


@pytest.mark.parametrize(("kind", "withdrawn"), [("block", 1), ("edit", 2), ("edit", 3)])
def test_what_no_withdrawn_record_carries_stays_as_it_is(filled: Tables, kind: str, withdrawn: int) -> None:
    decide(filled, 30, kind, 1, 2)
    deletions.delete_records(filled.connection, keys(withdrawn), "run")
    assert sides(filled, 30) == [(1, 0), (2, 1)]
