"""What has to hold in the warehouse, asked of tables in which it does not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.store.reads import health
from pipelines.store.reads.health import DERIVED, RECEIVED
from tests.store_tables import Tables, uid

OUTCOMES = (
    *("created", "updated", "unchanged", "duplicate_in_file"),
    *("rejected", "quarantined", "suppressed", "skipped"),
)
KEPT = ("rejected", "quarantined", "skipped")  # outcomes of rows that are kept to be given back


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcomes_of_a_delivery_add_up_to_its_rows(tables: Tables, outcome: str) -> None:
    for number, rows_read in ((1, 2), (2, 3)):
        tables.put("delivery", {"delivery_id": uid(number), "rows_read": rows_read, outcome: 2})
        if outcome in KEPT:
            tables.put("rejected_row", *({"delivery_id": uid(number), "row_number": row} for row in (1, 2)))
    assert health.rows_conserved(tables.connection) == (1, 2)


@pytest.mark.parametrize("outcome", KEPT)
@pytest.mark.parametrize(("rows", "broken"), [((), 1), ((1,), 0), ((1, 2), 1)])
def test_rows_that_are_given_back_are_all_kept(
    tables: Tables, outcome: str, rows: tuple[int, ...], broken: int
) -> None:
    tables.put("delivery", {"delivery_id": uid(1), "rows_read": 1, outcome: 1})
    tables.put("rejected_row", *({"delivery_id": uid(1), "row_number": row} for row in rows))
    assert health.rows_conserved(tables.connection) == (broken, 1)


def test_as_many_rows_are_read_as_a_text_has(tables: Tables) -> None:
    for number, text_rows in ((1, None), (2, 4), (3, 5), (4, 6)):
        tables.put("delivery", {"delivery_id": uid(number), "rows_read": 5, "text_rows": text_rows})
    assert health.rows_accounted_for(tables.connection) == (1, 3)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("source_record", ("record_key", "version")),
        ("conversation", ("conversation_id",)),
        ("message", ("message_id",)),
        ("receipt", ("receipt_id",)),
        ("conversation_event", ("event_id",)),
    ],
)
def test_keys_of_what_a_run_has_received_are_there_once(tables: Tables, table: str, key: tuple[str, ...]) -> None:
    tables.put("delivery", {"delivery_id": uid(1), "run_id": "now"}, {"delivery_id": uid(2), "run_id": "before"})
    for number, delivery in ((1, 1), (2, 1), (2, 2), (3, 2), (3, 2)):
        tables.put(table, dict.fromkeys(key, uid(number)) | {"delivery_id": uid(delivery)})
    own = {name: each for name, each in RECEIVED.items() if name == table}
    assert health.keys_unique(tables.connection, own, "now") == (1, 2)


def test_records_of_a_run_are_there_once(tables: Tables) -> None:
    tables.put("delivery", {"delivery_id": uid(1), "run_id": "now"}, {"delivery_id": uid(2), "run_id": "before"})
    for number, delivery in ((1, 1), (2, 1), (3, 2)):
        tables.put("source_record", {"record_key": uid(number), "delivery_id": uid(delivery)})
        tables.put("record", *[{"record_key": uid(number)}] * number)
    assert health.keys_unique(tables.connection, {"record": RECEIVED["record"]}, "now") == (1, 2)


def test_what_is_derived_in_a_run_is_there_once_and_all_tables_are_added_up(tables: Tables) -> None:
    for lo, hi, run in ((1, 2, "now"), (1, 2, "before"), (1, 3, "now"), (4, 5, "before"), (4, 5, "before")):
        tables.put("match_edge", {"record_lo": uid(lo), "record_hi": uid(hi), "run_id": run})
    tables.put("contact", *[{"contact_id": uid(7), "run_id": "now"}] * 2, {"contact_id": uid(8), "run_id": "now"})
    assert health.keys_unique(tables.connection, DERIVED, "now") == (2, 4)


def test_a_record_is_in_one_contact_that_is_there(tables: Tables) -> None:
    tables.put("contact", {"contact_id": uid(7)}, {"contact_id": uid(8)})
    for record, contact, run_to in (
        (1, 7, None),
        (2, 7, None),
        (2, 8, None),
        (3, 9, None),
        (4, 7, "over"),
        (5, 8, None),
    ):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
    tables.put("membership", {"record_key": uid(5), "contact_id": uid(7), "run_to": "over"})
    tables.put("record", *({"record_key": uid(record)} for record in range(1, 7)))
    assert health.one_contact_each(tables.connection) == (4, 6)


VALUES: dict[str, Any] = {
    **dict.fromkeys(("name", "first_name", "last_name", "phone", "email"), "x"),
    **dict.fromkeys(
        ("first_seen_at", "last_interaction_at", "last_inbound_at", "last_outbound_at"),
        datetime(2026, 6, 1, tzinfo=UTC),
    ),
    "tags": ["vip"],
}


@pytest.mark.parametrize("field", VALUES)
@pytest.mark.parametrize("proven", [True, False])
def test_every_value_of_a_contact_has_a_provenance(tables: Tables, field: str, proven: bool) -> None:
    tables.put("contact", {"contact_id": uid(7), field: VALUES[field]})
    tables.put("membership", {"record_key": uid(1), "contact_id": uid(7)})
    for each in ("source", field) if proven else ("source",):
        tables.put("contact_field", {"contact_id": uid(7), "field": each, "record_key": uid(1)})
    assert health.provenance_complete(tables.connection) == (0 if proven else 1, 2)


@pytest.mark.parametrize(
    ("member", "run_to", "broken"), [(7, None, 0), (8, None, 2), (7, "over", 2)], ids=["member", "other", "former"]
)
def test_a_provenance_is_of_a_member(tables: Tables, member: int, run_to: str | None, broken: int) -> None:
    tables.put("contact", {"contact_id": uid(7), "attributes": {"tier": "gold"}})
    tables.put("membership", {"record_key": uid(1), "contact_id": uid(member), "run_to": run_to})
    for field in ("source", "attr.tier"):
        tables.put("contact_field", {"contact_id": uid(7), "field": field, "record_key": uid(1)})
    assert health.provenance_complete(tables.connection) == (broken, 2)


def test_contacts_that_were_checked_are_not_looked_at_again(tables: Tables) -> None:
    tables.put("contact", {"contact_id": uid(7)}, {"contact_id": uid(8)})
    tables.put("unchecked_contact", {"contact_id": uid(8)})
    assert health.provenance_complete(tables.connection) == (2, 2)
    assert health.provenance_complete(tables.connection, unchecked=True) == (1, 1)


def test_a_contact_has_one_value_of_an_exclusive_attribute(tables: Tables) -> None:
    for record, contact, account, run_to in (
        *((1, 7, "a", None), (2, 7, "b", None), (3, 8, "a", None), (4, 8, "a", None), (5, 8, "c", "over")),
    ):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
        attributes = {"account": account, "tier": account}
        tables.put("source_record", {"record_key": uid(record), "version": uid(record), "attributes": attributes})
        tables.put("source_record", {"record_key": uid(record), "version": uid(99), "attributes": {"account": "old"}})
        for field in ("attr.account", "attr.tier"):
            tables.put("record_field", {"record_key": uid(record), "version": uid(record), "field": field})
    assert health.exclusive_kept(tables.connection, ["account"]) == (1, 2)
    assert health.exclusive_kept(tables.connection, []) == (0, 0)


def test_records_that_a_decision_keeps_apart_are_in_two_contacts(tables: Tables) -> None:
    for record, contact, run_to in ((1, 7, None), (2, 7, None), (3, 8, None), (4, 8, "over"), (5, 7, None)):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
    for decision, records in ((10, (1, 2)), (11, (1, 3)), (12, (3, 4)), (13, (8, 9))):
        tables.put("decision", {"decision_id": uid(decision), "kind": "unmerge"})
        for side, record in enumerate(records):
            tables.put("decision_record", {"decision_id": uid(decision), "record_key": uid(record), "side": side})
    tables.put("decision_record", {"decision_id": uid(11), "record_key": uid(5), "side": 0})
    assert health.cannot_links_kept(tables.connection) == (1, 4)


def test_messages_lie_in_the_past(tables: Tables) -> None:
    for day in (1, 2, 3):
        tables.put("message", {"sent_at": datetime(2026, 6, day, tzinfo=UTC)})
    tables.put("message", {})
    assert health.interactions_in_future(tables.connection, datetime(2026, 6, 2, tzinfo=UTC)) == (1, 4)


def test_numbers_of_a_run_are_counted_by_kind(tables: Tables) -> None:
    tables.put("contact", *({"records": size} for size in (1, 3, 1)))
    assert health.cluster_sizes(tables.connection).rows() == [(1, 2), (3, 1)]

    for zone, rule in (("review", "b"), ("merge", "a"), ("merge", "c"), ("merge", "c"), ("merge", "b")):
        tables.put("match_edge", {"zone": zone, "rule": rule})
    assert health.edge_rules(tables.connection).rows() == [
        *(("merge", "c", 2), ("merge", "a", 1), ("merge", "b", 1), ("review", "b", 1)),
    ]
    for field, people, records in (("phone", 3, 4), ("phone", 2, 5), ("phone", 2, 2), ("email", 1, 9), ("email", 2, 2)):
        tables.put("shared_identifier", {"field": field, "people": people, "records": records})
    assert health.shared_values(tables.connection).rows() == [
        *(("email", 2, 1, 2), ("phone", 2, 2, 7), ("phone", 3, 1, 4)),
    ]
    tables.put("delivery", {"delivery_id": uid(1), "source": "crm"}, {"delivery_id": uid(2), "source": "a"})
    for delivery, code in ((1, "B"), (1, "A"), (2, "Z"), (1, "C"), (1, "C")):
        tables.put("problem", {"delivery_id": uid(delivery), "code": code, "severity": "error"})
    assert health.problem_codes(tables.connection).rows() == [
        *(("crm", "C", "error", 2), ("a", "Z", "error", 1), ("crm", "A", "error", 1), ("crm", "B", "error", 1)),
    ]
    assert health.count(tables.connection, "problem") == 5
