"""What a run brought and what waits for somebody, asked of tables filled by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.store.reads import contact_details
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def delivery(tables: Tables, number: int, **said: Any) -> None:
    tables.put("delivery", {"delivery_id": uid(number), "source": "crm", "state": "accepted"} | said)


def refused(tables: Tables, number: int, *rows: int, outcome: str = "rejected", **said: Any) -> None:
    for row in rows:
        tables.put("rejected_row", {"delivery_id": uid(number), "row_number": row, "outcome": outcome} | said)


def arrived(tables: Tables, number: int, *rows: int) -> None:
    for row in rows:
        tables.put("corrected_row", {"delivery_id": uid(number), "row_number": row})


def test_problems_are_counted_by_source_and_action_the_most_frequent_first(tables: Tables) -> None:
    for number, source, run in ((1, "b", "now"), (2, "a", "now"), (3, "a", "before")):
        delivery(tables, number, source=source, run_id=run)
    for number, action, code in (
        *((1, "x", "A"), (2, "y", "B"), (2, "x", "C"), (2, "x", "D"), (2, "x", "D"), (2, "x", "B"), (3, "x", "C")),
    ):
        tables.put("problem", {"delivery_id": uid(number), "action": action, "code": code})
    of_run = [("a", "x", "D", 2), ("a", "x", "B", 1), ("a", "x", "C", 1), ("a", "y", "B", 1), ("b", "x", "A", 1)]
    assert contact_details.problems(tables.connection, "now").rows() == of_run
    assert contact_details.problems(tables.connection).rows() == [
        *(("a", "x", "C", 2), ("a", "x", "D", 2), ("a", "x", "B", 1)),
        *of_run[3:],
    ]


def test_deliveries_are_added_up_by_source(tables: Tables) -> None:
    outcomes = (
        "rows_read",
        "created",
        "updated",
        "unchanged",
        "duplicate_in_file",
        "rejected",
        "quarantined",
        "skipped",
    )
    for number, source, run, state in (
        *((1, "b", "now", "accepted"), (2, "a", "now", "held"), (3, "a", "now", "refused"), (4, "a", "before", "held")),
    ):
        counts = {name: number * 10 + nth for nth, name in enumerate(outcomes)}
        delivery(tables, number, source=source, run_id=run, state=state, **counts)
    arrived(tables, 2, 1, 2)
    arrived(tables, 4, 1)
    found = contact_details.deliveries(tables.connection, "now")
    assert found.columns == ["source", "files", "held", "refused", *outcomes, "corrected"]
    both = [50 + 2 * nth for nth in range(8)]
    assert found.rows() == [("a", 2, 1, 1, *both, 2), ("b", 1, 0, 0, *range(10, 18), 0)]
    assert contact_details.deliveries(tables.connection)["files"].to_list() == [3, 1]


def test_a_delivery_waits_until_all_its_rows_have_arrived(tables: Tables) -> None:
    for number, state, name in (
        *((1, "accepted", "b"), (2, "accepted", "a"), (3, "accepted", "c"), (4, "held", "d"), (5, "refused", "e")),
        *((6, "accepted", "f"), (7, "accepted", "g"), (8, "refused", "h")),
    ):
        delivery(tables, number, state=state, file_name=name)
    refused(tables, 1, 1, 2, 3)
    arrived(tables, 1, 1)
    refused(tables, 2, 1)
    refused(tables, 3, 1)
    arrived(tables, 3, 1)
    refused(tables, 6, 1, outcome="skipped")
    refused(tables, 7, 1, first_delivery=uid(1), first_row=2)  # it waits where it was refused first
    refused(tables, 8, 1)
    arrived(tables, 8, 1)
    found = contact_details.open_deliveries(tables.connection).select("file_name", "state", "rows", "corrected").rows()
    assert found == [
        *(("a", "accepted", 1, 0), ("b", "accepted", 3, 1), ("d", "held", 0, 0), ("e", "refused", 0, 0)),
    ]


def test_files_in_which_rows_came_back_that_are_still_wrong_are_told(tables: Tables) -> None:
    delivery(tables, 1)
    refused(tables, 1, 1, 2)
    for number, name, rows in (
        (3, "two.csv", 1),
        (2, "one.csv", 1),
        (4, None, 1),
        (5, "done.csv", 1),
        (6, "none.csv", 0),
    ):
        delivery(tables, number, retry_of=uid(1), rejected_file=name)
        refused(tables, number, *range(1, rows + 1), first_delivery=uid(1), first_row=1)
    arrived(tables, 5, 1)
    [told] = contact_details.open_deliveries(tables.connection)["retried_in"].to_list()
    assert told == ["one.csv", "two.csv"]


def test_pairs_wait_the_likeliest_first_and_what_was_put_off_last(tables: Tables) -> None:
    for record in range(1, 9):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(record)})
    for lo, hi, probability in ((1, 2, 0.5), (3, 4, 0.7), (5, 6, 0.9), (7, 8, 0.5)):
        ends = {"record_lo": uid(lo), "record_hi": uid(hi), "zone": "review", "rule": "r"}
        tables.put("match_edge", ends | {"probability": probability})
    tables.put("decision", {"decision_id": uid(50), "kind": "defer"})
    for side, record in enumerate((5, 6)):
        tables.put("decision_record", {"decision_id": uid(50), "record_key": uid(record), "side": side})
    tables.connection.execute("""
        UPDATE decision_record r SET evidence_fingerprint = p.evidence_fingerprint FROM record_fingerprint p
        WHERE r.decision_id = p.decision_id AND r.record_key = p.record_key""")
    found = contact_details.review_queue(tables.connection).drop("reason").rows()
    assert found == [
        (uid(3), uid(4), 0.7, False),
        (uid(1), uid(2), 0.5, False),
        (uid(7), uid(8), 0.5, False),
        (uid(5), uid(6), 0.9, True),
    ]


def test_headers_that_mean_nothing_are_told_once_by_source_and_run(tables: Tables) -> None:
    for number, source, run in ((1, "crm", "now"), (2, "crm", "before"), (3, "shop", "now")):
        delivery(tables, number, source=source, run_id=run)
    for number, field, code in (
        *((1, "b", "HEADER_UNKNOWN"), (1, "a", "HEADER_UNKNOWN"), (1, "b", "HEADER_UNKNOWN"), (1, "x", "OTHER")),
        *((2, "c", "HEADER_UNKNOWN"), (3, "d", "HEADER_UNKNOWN")),
    ):
        tables.put("problem", {"delivery_id": uid(number), "field": field, "code": code})
    assert contact_details.unread_headers(tables.connection, "crm", "now") == ["a", "b"]
    assert contact_details.unread_headers(tables.connection, "crm") == ["a", "b", "c"]


def test_contacts_are_counted_by_status(tables: Tables) -> None:
    tables.put("contact", *({"status": status} for status in ("b", "a", "b")))
    assert contact_details.statuses(tables.connection).rows() == [("a", 1), ("b", 2)]


def test_the_newest_publication_of_each_segment_and_the_newest_run_are_told(tables: Tables) -> None:
    for number, segment, day in ((1, "vip", 2), (2, "all", 1), (3, "vip", 2), (4, "vip", 1)):
        tables.put("export", {"export_id": uid(number), "segment": segment, "published_at": on(day), "rows": number})
    assert contact_details.publications(tables.connection).select("segment", "rows").rows() == [("all", 2), ("vip", 3)]
    for run, day in (("c", 1), ("a", 2), ("b", 2)):
        tables.put("run", {"run_id": run, "started_at": on(day)})
    assert contact_details.last_run(tables.connection)["run_id"].to_list() == ["b"]


def test_a_contact_worth_looking_at_has_most_channels_and_records(tables: Tables) -> None:
    assert contact_details.example_contact(tables.connection) is None
    for number, channels, records, known in (
        *((1, ["a"], 9, {"email": "x"}), (3, ["a", "b"], 2, {"phone": "+1"}), (2, ["a", "b"], 2, {})),
        (4, ["a", "b"], 1, {"email": "z"}),
    ):
        tables.put("contact", {"contact_id": uid(number), "channels": channels, "records": records} | known)
    assert contact_details.example_contact(tables.connection) == (uid(2), uid(2))
    tables.put("contact", {"contact_id": uid(0), "channels": ["a", "b"], "records": 3, "phone": "+1", "email": "y"})
    assert contact_details.example_contact(tables.connection) == (uid(0), "y")
