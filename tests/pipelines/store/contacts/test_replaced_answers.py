"""Answers of records whose id is somebody else's now, asked of tables filled by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.store.contacts.replaced_answers import replaced_answers
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
Said = tuple[str | None, int, int]  # an answer, and the days on which it was first and last stated


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def record(
    tables: Tables, key: int, contact: int, *answers: Said, id_key: int | None = None, source: str = "crm", **said: Any
) -> None:
    """A record of a contact with what it answered, of which the last one stands."""
    tables.put("record", {"record_key": uid(key), "source": source} | ({"id_key": uid(id_key)} if id_key else {}))
    tables.put("membership", {"record_key": uid(key), "contact_id": uid(contact)})
    for version, (answer, first, last) in enumerate(answers, 1):
        content = {
            "record_key": uid(key),
            "version": uid(version),
            "first_seen_at": on(first),
            "last_seen_at": on(last),
        }
        tables.put("source_record", content | {"attributes": {} if answer is None else {"news": answer}} | said)
    told = {"record_key": uid(key), "version": uid(len(answers)), "field": "attr.news"}
    tables.put("record_field", told | {"observed_at": on(answers[-1][2])})


def replaced(tables: Tables, *fields: str) -> list[tuple[int, str]]:
    found = replaced_answers(tables.connection, pl.Series([uid(7)]), fields or ("attr.news",))
    return [(int(key[-2:], 16), field) for key, field in found.rows()]


@pytest.fixture
def former(tables: Tables) -> Tables:
    """Record 1 of contact 7 said no up to the third day; its id is that of contact 8 now."""
    tables.put("reused_id", {"id_key": uid(1), "record_key": uid(1)})
    record(tables, 1, 7, ("false", 1, 3))
    record(tables, 2, 8, ("true", 9, 9), id_key=1)
    return tables


@pytest.mark.parametrize(
    ("answers", "is_replaced"),
    [
        ([("true", 4, 6)], True),
        ([("true", 4, 4)], True),
        ([("true", 2, 3)], False),  # no later than the one it would replace
        ([("true", 3, 6)], False),  # given no later, and stated on
        ([("true", 0, 6)], False),
        ([("true", 0, 6), ("false", 3, 3), ("true", 4, 6)], True),
        ([("true", 0, 1), ("false", 2, 2), ("true", 5, 6)], True),
        ([(None, 4, 4), ("true", 0, 6)], False),  # to say nothing in between is no other answer
    ],
)
def test_a_newer_answer_of_the_same_contact_and_source_replaces_one(
    former: Tables, answers: list[Said], is_replaced: bool
) -> None:
    record(former, 3, 7, *answers)
    assert replaced(former) == ([(1, "attr.news")] if is_replaced else [])


def test_an_answer_that_was_another_in_between_is_given_anew(former: Tables) -> None:
    record(former, 3, 7, ("false", 3, 3), ("true", 0, 6))
    assert replaced(former) == [(1, "attr.news")]


def test_an_answer_whose_id_was_another_persons_in_between_is_given_anew(former: Tables) -> None:
    record(former, 3, 7, ("true", 0, 6))
    former.put("reused_id", {"id_key": uid(3), "record_key": uid(3)})
    record(former, 4, 8, ("true", 5, 5), id_key=3)
    assert replaced(former) == [(1, "attr.news")]


@pytest.mark.parametrize(
    "other",
    [
        {"contact": 8},
        {"source": "shop"},
        {"fills": ["attr.news"]},
    ],
)
def test_another_contact_or_source_and_what_only_fills_blanks_replaces_nothing(
    former: Tables, other: dict[str, Any]
) -> None:
    said = {"contact": 7} | other
    record(former, 3, said.pop("contact"), ("true", 4, 6), **said)
    assert replaced(former) == []


def test_a_record_that_has_its_id_keeps_its_answer(tables: Tables) -> None:
    record(tables, 1, 7, ("false", 1, 3))
    record(tables, 3, 7, ("true", 4, 6))
    assert replaced(tables) == []


def test_only_what_is_asked_for_is_told(former: Tables) -> None:
    record(former, 3, 7, ("true", 4, 6))
    assert replaced(former, "attr.other") == []
    assert replaced_answers(former.connection, pl.Series([uid(7)]), []).is_empty()
    assert replaced_answers(former.connection, pl.Series([uid(8)]), ["attr.news"]).is_empty()


def test_a_record_that_left_the_contact_replaces_nothing(former: Tables) -> None:
    record(former, 3, 7, ("true", 4, 6))
    former.connection.execute("UPDATE membership SET run_to = 'over' WHERE record_key = ?", [uid(3)])
    assert replaced(former) == []
