from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.store.reads.answers import stated_answers
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def content(tables: Tables, record: int, version: int, answer: str | None, first: int, last: int, **said: Any) -> None:
    seen = {"record_key": uid(record), "version": uid(version), "first_seen_at": on(first), "last_seen_at": on(last)}
    tables.put("source_record", seen | {"attributes": {} if answer is None else {"news": answer}} | said)


def test_every_answer_is_told_once_until_its_record_says_something_else(tables: Tables) -> None:
    tables.put(
        "delivery", {"delivery_id": uid(50), "file_name": "a.csv"}, {"delivery_id": uid(51), "file_name": "b.csv"}
    )
    for record, contact, run_to in ((1, 7, None), (2, 7, None), (3, 7, "over"), (4, 8, None)):
        tables.put("record", {"record_key": uid(record), "source": "crm", "record_id": f"r{record}"})
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
    content(tables, 1, 1, "false", 1, 2, delivery_id=uid(50), row_number=5)
    content(tables, 1, 2, "false", 3, 4, delivery_id=uid(51), row_number=6)
    content(tables, 1, 3, "true", 5, 6, delivery_id=uid(51), row_number=7)
    content(tables, 1, 4, "false", 7, 8, delivery_id=uid(51), row_number=8)
    content(tables, 2, 5, None, 2, 2, cleared=["attr.news"], delivery_id=uid(50), row_number=9)
    content(tables, 2, 6, None, 9, 9, delivery_id=uid(50))
    content(tables, 3, 7, "true", 1, 1)
    content(tables, 4, 8, "true", 1, 1)
    for record, version in ((1, 4), (2, 5), (4, 8)):
        tables.put("record_field", {"record_key": uid(record), "version": uid(version), "field": "attr.news"})
    tables.put("record_field", {"record_key": uid(1), "version": uid(3), "field": "attr.tier"})

    found = stated_answers(tables.connection, uid(7), "attr.news")
    assert found.select("record_id", "value", "stated_at", "last_stated_at", "is_latest", "file_name").rows() == [
        ("r1", "false", on(1), on(4), False, "a.csv"),
        ("r2", None, on(2), on(2), True, "a.csv"),
        ("r1", "true", on(5), on(6), False, "b.csv"),
        ("r1", "false", on(7), on(8), True, "b.csv"),
    ]


def test_what_somebody_decided_is_an_answer_whether_it_stands_or_not(tables: Tables) -> None:
    tables.put("membership", {"record_key": uid(1), "contact_id": uid(7)})
    for number, kind, field, side, revoked_at in (
        *((40, "edit", "attr.news", 0, None), (41, "pin", "attr.news", 0, on(9)), (42, "edit", "attr.news", 1, None)),
        *((43, "edit", "attr.tier", 0, None), (44, "tag", "attr.news", 0, None), (45, "edit", "attr.news", None, None)),
    ):
        decided = {"decision_id": uid(number), "kind": kind, "decided_at": on(number - 40), "actor": f"a{number}"}
        tables.put("decision", decided | {"field": field, "value": str(number), "revoked_at": revoked_at})
        tables.put("decision_record", {"decision_id": uid(number), "record_key": uid(1), "side": side})
    found = stated_answers(tables.connection, uid(7), "attr.news")
    assert found.select("value", "stated_at", "is_latest", "actor", "edit_id").rows() == [
        ("40", on(0), True, "a40", uid(40)),
        ("41", on(1), False, "a41", uid(41)),
        ("45", on(5), True, "a45", uid(45)),
    ]
