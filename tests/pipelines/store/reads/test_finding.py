"""Quick search, asked of tables filled by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipelines.normalise.search_words import search_words
from pipelines.store.reads import search
from pipelines.store.warehouse.search_text import replace_search_texts, search_texts
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def contact(tables: Tables, number: int, names: str, text: str = "", day: int | None = None) -> None:
    """A contact that is searched by these names and this text."""
    heard = None if day is None else FIRST + timedelta(days=day)
    tables.put("contact", {"contact_id": uid(number), "name": names, "last_interaction_at": heard})
    tables.put("contact_search", {"contact_id": uid(number), "names": f" {names} ", "text": f" {names} {text} "})


def ranked(tables: Tables, text: str, limit: int = 0) -> tuple[int, list[int]]:
    found = search.ranked(tables.connection, search_words(text), limit)
    return found.number, [int(each[-2:], 16) for each in found.best["contact_id"]]


def test_whole_words_of_a_name_come_first_then_what_begins_so_then_whatever_has_it(tables: Tables) -> None:
    for number, names, text in (
        *((1, "x", "hannah"), (2, "x", "annabel"), (3, "x", "ann")),
        *((4, "hannah", ""), (5, "annabel", ""), (6, "ann", ""), (7, "bea", "")),
    ):
        contact(tables, number, names, text)
    assert ranked(tables, "ann") == (6, [6, 5, 4, 3, 2, 1])
    assert ranked(tables, "ann", limit=2) == (6, [6, 5])
    assert ranked(tables, "zoe") == (0, [])


def test_every_word_counts(tables: Tables) -> None:
    for number, names in (
        (1, "annabel berg"),
        (2, "ann bergson"),
        (3, "ann berg"),
        (4, "ann tal"),
        (5, "annabel bergson"),
    ):
        contact(tables, number, names)
    assert ranked(tables, "ann berg") == (4, [3, 1, 2, 5])


def test_of_equals_those_last_heard_of_come_first(tables: Tables) -> None:
    for number, day in ((1, None), (3, 1), (2, 1), (4, 5)):
        contact(tables, number, "ann", day=day)
    assert ranked(tables, "ann")[1] == [4, 2, 3, 1]
    shown = search.last_heard_of(tables.connection, ["contact_id"], None)
    assert shown["contact_id"].to_list() == [uid(number) for number in (4, 2, 3, 1)]
    some = search.last_heard_of(tables.connection, ["contact_id"], pl.Series([uid(1), uid(3), uid(4)]), limit=2)
    assert some["contact_id"].to_list() == [uid(4), uid(3)]


def found(tables: Tables, text: str) -> list[int]:
    return [int(each[-2:], 16) for each in search.find(tables.connection, text)]


def test_a_contact_is_found_by_how_an_id_begins_that_leads_to_it(tables: Tables) -> None:
    for record, anchor, number, run_to in (
        (1, "ab12cd34", 7, None),
        (2, "ab12cd99", 8, "over"),
        (3, "ffffffff", 9, None),
    ):
        contact(tables, number, "x")
        tables.put("record", {"record_key": uid(record), "anchor_id": f"{anchor}-0000-0000-0000-000000000000"})
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(number), "run_to": run_to})
    assert [found(tables, text) for text in ("ab12", "AB12CD34", "12cd", "ab13", "x")] == [[7], [7], [], [], [7, 8, 9]]
    assert found(tables, "") == []


def test_the_best_match_has_precisely_the_name_or_else_is_found(tables: Tables) -> None:
    for number, names in ((3, "ann berg"), (1, "ann berg"), (2, "ann bergson")):
        contact(tables, number, names)
    best = {text: search.best_match(tables.connection, text).to_list() for text in (" Ann BERG ", "bergs", "zoe")}
    assert best == {" Ann BERG ": [uid(1), uid(3)], "bergs": [uid(2)], "zoe": []}


def test_words_in_use_are_those_of_names(tables: Tables) -> None:
    contact(tables, 1, "ann berg", "other")
    contact(tables, 2, "ann tal")
    assert sorted(search.words_in_use(tables.connection)) == ["ann", "berg", "tal"]


# What contacts are searched by


@pytest.fixture
def known(tables: Tables) -> Tables:
    """A contact that is known by something of every kind; of another one, and of what is no more, nothing of it."""
    tables.put(
        "contact",
        {"contact_id": uid(7), "name": "Ann Berg", "first_name": "Ann", "last_name": "Berg"}
        | {"tags": ["vip"], "attributes": {"tier": "gold"}},
        {"contact_id": uid(8)},
    )
    for record, contact, run_to in ((1, 7, None), (2, 8, None), (3, 7, "over")):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
        tables.put("record", {"record_key": uid(record), "source": "crm", "record_id": f"r{record}"})
        tables.put("identifier", {"record_key": uid(record), "type": "phone", "normalised": f"+49{record}"})
        tables.put("source_record", {"record_key": uid(record), "notes": f"note {record}"}, {"record_key": uid(record)})
        tables.put("message", {"record_key": uid(record), "kind": "note", "text": f"told {record}"})
        tables.put("message", {"record_key": uid(record), "kind": "text", "text": f"said {record}"})
    tables.put("contact_identifier", {"contact_id": uid(7), "type": "email", "value": "a@a.example"})
    for decision, kind, revoked_at, side in (
        *(
            (10, "note", None, 0),
            (11, "note", FIRST, 0),
            (12, "note", None, 1),
            (13, "tag", None, 0),
            (14, "note", None, None),
        ),
    ):
        tables.put(
            "decision", {"decision_id": uid(decision), "kind": kind, "value": f"d{decision}", "revoked_at": revoked_at}
        )
        tables.put("decision_record", {"decision_id": uid(decision), "record_key": uid(1), "side": side})
    return tables


def test_a_contact_is_searched_by_all_that_is_known_of_it(known: Tables) -> None:
    said = search.said_of(known.connection, pl.Series([uid(7)]))
    assert said.drop("contact_id").rows() == [
        (0, "name", "Ann Berg"),
        (1, "name", "Ann"),
        (1, "name", "Berg"),
        (2, "email", "a@a.example"),
        (2, "phone", "491"),
        (3, "record", "crm:r1"),
        (4, "tag", "vip"),
        (5, "attr.tier", "gold"),
        *((6, "note", text) for text in ("d10", "d14", "note 1", "told 1")),
    ]


def test_texts_that_contacts_are_searched_by_are_kept_instead_of_those_there_were(known: Tables) -> None:
    for number in (7, 8, 9):
        known.put("contact_search", {"contact_id": uid(number), "text": "old"})
    replace_search_texts(known.connection, pl.Series([uid(7), uid(9)]))
    assert known.rows("SELECT contact_id, names, text FROM contact_search ORDER BY 1") == [
        (uid(7), " ann berg ", " ann berg ann berg 491 a@a.example crm:r1 vip gold d10 d14 note 1 told 1 "),
        (uid(8), None, "old"),
    ]
    replace_search_texts(known.connection)
    assert [each for each, _ in known.rows("SELECT contact_id, text FROM contact_search ORDER BY 1")] == [
        uid(7),
        uid(8),
    ]


def test_a_text_has_each_thing_once_in_a_fixed_order(tables: Tables) -> None:
    said = [("7", 2, "b"), ("8", 1, "Z"), ("7", 0, "Name"), ("7", 1, "b"), ("7", 1, "a"), ("7", 3, None), ("7", 3, "c")]
    frame = pl.DataFrame(
        [(*each[:2], "field", each[2]) for each in said], schema=["contact_id", "part", "field", "text"], orient="row"
    )
    expected = [("7", " name ", " name a b c "), ("8", None, " z ")]
    assert search_texts(frame).rows() == search_texts(frame.reverse()).rows() == expected
