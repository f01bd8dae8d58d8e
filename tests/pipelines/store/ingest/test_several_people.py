"""Ids that several people have borne, asked of tables filled by hand, and moved in them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.store.ingest import reused_ids
from pipelines.store.ingest.deliveries import begin
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def keys(*numbers: int, name: str = "record_key") -> pl.Series:
    return pl.Series(name, [uid(number) for number in numbers], dtype=pl.String)


def numbers(found: pl.Series) -> list[int]:
    return [int(key[-2:], 16) for key in found]


def stored(
    tables: Tables, record: int, *names: str, id_key: int | None = None, source: str = "crm", **said: Any
) -> None:
    """A record whose contents had these names."""
    own = {"id_key": uid(id_key)} if id_key else {}
    tables.put("record", {"record_key": uid(record), "source": source, "record_id": "17"} | own | said)
    for nth, name in enumerate(names):
        tables.put("source_record", {"record_key": uid(record), "version": uid(100 + nth), "name_tokens": name.split()})


def asked(tables: Tables, *rows: tuple[int, str]) -> list[int]:
    frame = pl.DataFrame(
        [(uid(key), name.split()) for key, name in rows],
        schema={"id_key": pl.String, "name_tokens": pl.List(pl.String)},
        orient="row",
    )
    return numbers(reused_ids.ids_in_question(tables.connection, frame))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(1, "ann berg")], []),
        ([(1, "zoe tal")], [1]),
        ([(1, "")], []),
        ([(9, "zoe tal")], []),
        ([(9, "zoe tal"), (9, "ann berg")], [9]),
        ([(9, "zoe tal"), (9, "zoe tal")], []),
        ([(9, "zoe tal"), (9, "")], []),
        ([(3, "cleo")], [3]),  # it is known to be several people's
        ([(4, "")], [4]),
        ([(2, "max"), (1, "zoe"), (8, "new")], [1, 2]),
    ],
)
def test_ids_are_in_question_that_have_several_names(
    tables: Tables, rows: list[tuple[int, str]], found: list[int]
) -> None:
    stored(tables, 1, "ann berg")
    stored(tables, 2, "bea")
    stored(tables, 3, "cleo")
    for key in (3, 4):
        tables.put("reused_id", {"id_key": uid(key), "record_key": uid(key)})
    assert asked(tables, *rows) == found


def test_ids_of_some_sources_have_had_several_names(tables: Tables) -> None:
    stored(tables, 5, "ann", "bea")
    stored(tables, 1, "ann", "ann", "")
    stored(tables, 2, "ann", "bea", source="chat")
    stored(tables, 3, "ann", "bea", record_id=None)
    stored(tables, 4, "dora")
    stored(tables, 6, "eva", id_key=4)
    assert numbers(reused_ids.ids_with_several_names(tables.connection, ["crm", "shop"])) == [4, 5]


def test_what_was_said_under_ids_is_told_by_id_and_content(tables: Tables) -> None:
    for record, id_key, version in ((2, 1, 9), (1, None, 8), (3, None, 7), (4, None, 6)):
        own = {"id_key": uid(id_key)} if id_key else {}
        tables.put("record", {"record_key": uid(record), "source": "crm", "ingest_seq": record} | own)
        seen = {"first_seen_at": on(1), "last_seen_at": on(2), "row_number": 3, "last_row": 4}
        tables.put("source_record", {"record_key": uid(record), "version": uid(version), "name_tokens": ["ann"]} | seen)
    found = reused_ids.stored_contents(tables.connection, keys(3, 1))
    assert found.select("id_key", "record_key", "version").rows() == [
        *((uid(1), uid(1), uid(8)), (uid(1), uid(2), uid(9)), (uid(3), uid(3), uid(7))),
    ]
    told = found.select("source", "ingest_seq", "name_tokens", "first_at", "first_place", "last_at", "last_place").row(
        1
    )
    assert told == ("crm", 2, ["ann"], on(1), 3, on(2), 4)


def test_identifiers_of_contents_are_told_in_all_their_spellings_once(tables: Tables) -> None:
    for record, version, value, spellings in (
        (2, 9, "b", ["b", "a"]),
        (1, 8, "c", []),
        (2, 9, "a", ["a"]),
        (3, 7, "z", []),
    ):
        told = {"record_key": uid(record), "version": uid(version), "normalised": value, "match_keys": spellings}
        tables.put("identifier", told)
    found = reused_ids.stored_points(tables.connection, keys(2, 1, 2))
    assert found.rows() == [(uid(1), uid(8), "c"), (uid(2), uid(9), "a"), (uid(2), uid(9), "b")]


# Moving contents to the records of their people

NO_NAMES = pl.DataFrame(schema={"record_key": pl.String, "key": pl.String, "id_key": pl.String})
NOBODY = pl.DataFrame(schema=dict.fromkeys(("key", "id_key", "source", "record_id"), pl.String))
NO_MOVES = pl.DataFrame(schema=dict.fromkeys(("record_key", "version", "key"), pl.String))
NO_HEIRS = pl.DataFrame(schema=dict.fromkeys(("record_key", "key"), pl.String))
KEYED = ("source_record", "identifier", "in_this_delivery")
OF_RECORD = (
    *("source_record", "identifier", "record_field", "membership", "decision_record", "work_queue", "blocking_key"),
    *("compared_identifier", "in_this_delivery", "new_in_this_delivery"),
)


@pytest.fixture
def ready(tables: Tables) -> Tables:
    """Record 1, whose id two people have borne, and record 5, which has nothing to do with it."""
    begin(tables.connection)
    for record in (1, 5):
        tables.put("record", {"record_key": uid(record), "source": "crm", "record_id": "17", "anchor_id": uid(record)})
    return tables


def keep(tables: Tables, **said: Any) -> None:
    plain: dict[str, Any] = {
        "renamed": NO_NAMES,
        "fresh": keys(),
        "newcomers": NOBODY,
        "moves": NO_MOVES,
        "heirs": NO_HEIRS,
    }
    reused_ids.keep_people(tables.connection, keys(1, name="id_key"), **plain | said)


def test_an_id_is_known_to_be_several_peoples_and_stays_with_who_has_it(ready: Tables) -> None:
    ready.put("reused_id", {"id_key": uid(2), "record_key": uid(9)})
    keep(ready)
    assert ready.rows("FROM reused_id ORDER BY ALL") == [(uid(1), uid(1)), (uid(2), uid(9))]
    ready.connection.execute("UPDATE reused_id SET record_key = ? WHERE id_key = ?", [uid(7), uid(1)])
    keep(ready)
    assert ready.rows("FROM reused_id ORDER BY ALL") == [(uid(1), uid(7)), (uid(2), uid(9))]


def test_people_who_had_no_record_get_one_in_their_order(ready: Tables) -> None:
    rows = [(uid(21), uid(1), "crm", "17"), (uid(20), uid(1), "crm", "17")]
    keep(ready, newcomers=pl.DataFrame(rows, schema=NOBODY.schema, orient="row"))
    found = ready.rows(
        "SELECT record_key, source, record_id, id_key FROM record WHERE id_key IS NOT NULL ORDER BY ingest_seq"
    )
    assert found == [(uid(21), "crm", "17", uid(1)), (uid(20), "crm", "17", uid(1))]


def test_contents_go_to_the_record_of_their_person(ready: Tables) -> None:
    for table in KEYED:
        for record, version in ((1, 8), (1, 9), (5, 9)):
            ready.put(table, {"record_key": uid(record), "version": uid(version)})
    keep(ready, moves=pl.DataFrame([(uid(1), uid(9), uid(20))], schema=NO_MOVES.schema, orient="row"))
    for table in KEYED:
        assert ready.rows(f"SELECT record_key, version FROM {table} ORDER BY ALL") == [
            *((uid(1), uid(8)), (uid(5), uid(9)), (uid(20), uid(9))),
        ]
    assert ready.rows("FROM work_queue ORDER BY ALL") == [
        (step, uid(record)) for step in ("contacts", "match") for record in (1, 20)
    ]


def test_a_record_of_which_nothing_is_left_has_an_heir(ready: Tables) -> None:
    ready.put("reused_id", {"id_key": uid(2), "record_key": uid(5)})
    moves = pl.DataFrame([(uid(1), uid(9), uid(20))], schema=NO_MOVES.schema, orient="row")
    keep(ready, moves=moves, heirs=pl.DataFrame([(uid(1), uid(20))], schema=NO_HEIRS.schema, orient="row"))
    assert reused_ids.records_with_heirs(ready.connection).rows() == [(uid(1), uid(20))]
    assert ready.rows("FROM reused_id ORDER BY ALL") == [(uid(1), uid(20)), (uid(2), uid(5))]


def test_a_record_that_has_another_key_has_it_everywhere_and_its_pairs_go(ready: Tables) -> None:
    for table in OF_RECORD:
        for record in (1, 5):
            ready.put(table, {"record_key": uid(record)})
    for table in ("match_edge", "vetoed_edge", "pooled_join"):
        for lo, hi in ((1, 5), (0, 1), (5, 6)):
            ready.put(table, {"record_lo": uid(lo), "record_hi": uid(hi)})
    keep(ready, renamed=pl.DataFrame([(uid(1), uid(20), uid(1))], schema=NO_NAMES.schema, orient="row"))
    for table in OF_RECORD:
        if table not in ("record_field", "work_queue"):
            assert ready.rows(f"SELECT record_key FROM {table} ORDER BY ALL") == [(uid(5),), (uid(20),)], table
    assert ready.rows("SELECT record_key, id_key FROM record ORDER BY 1") == [(uid(5), None), (uid(20), uid(1))]
    assert ready.rows("SELECT DISTINCT record_key FROM work_queue ORDER BY ALL") == [(uid(5),), (uid(20),)]
    assert ready.rows("FROM reused_id") == [(uid(1), uid(20))]
    for table in ("match_edge", "vetoed_edge", "pooled_join"):
        assert ready.rows(f"SELECT record_lo, record_hi FROM {table}") == [(uid(5), uid(6))]


@pytest.mark.parametrize(("column", "waits"), [("record_key", True), ("into_key", True), (None, False)])
def test_bearers_of_an_id_that_a_source_merged_are_matched_anew(ready: Tables, column: str | None, waits: bool) -> None:
    ready.put("record", {"record_key": uid(20), "id_key": uid(1)}, {"record_key": uid(21), "id_key": uid(2)})
    ready.put("reused_id", {"id_key": uid(2), "record_key": uid(2)})
    ready.put("source_merge", {"record_key": uid(2), "into_key": uid(3)})
    if column:
        ready.put("source_merge", {"record_key": uid(30), "into_key": uid(31)} | {column: uid(1)})
    keep(ready)
    assert ready.rows("FROM work_queue ORDER BY ALL") == ([("match", uid(1)), ("match", uid(20))] if waits else [])


@pytest.mark.parametrize(
    ("decided", "fresh", "record"),
    [
        (3, [20], 1),  # before the other one had spoken
        (6, [20], 20),
        (6, [], 1),  # the other one had a record already
        (8, [20], 1),  # the first one spoke once more
    ],
)
def test_a_decision_is_about_whoever_had_spoken_last(
    ready: Tables, decided: int, fresh: list[int], record: int
) -> None:
    for delivery, day in ((40, 2), (41, 5), (42, 7)):
        ready.put(
            "delivery", {"delivery_id": uid(delivery), "source": "crm", "declared_at": on(day), "received_at": on(day)}
        )
    ready.put("delivery", {"delivery_id": uid(43), "source": "shop", "declared_at": on(7), "received_at": on(2)})
    for version, delivery, first, last in ((8, 40, 2, 7), (9, 41, 5, 5)):
        seen = {"delivery_id": uid(delivery), "first_seen_at": on(first), "last_seen_at": on(last)}
        ready.put("source_record", {"record_key": uid(1), "version": uid(version)} | seen)
    ready.put("decision", {"decision_id": uid(50), "decided_at": on(decided)})
    ready.put(
        "decision_record",
        {"decision_id": uid(50), "record_key": uid(1)},
        {"decision_id": uid(50), "record_key": uid(5)},
    )
    moves = pl.DataFrame([(uid(1), uid(9), uid(20))], schema=NO_MOVES.schema, orient="row")
    keep(ready, moves=moves, fresh=keys(*fresh))
    assert sorted(ready.rows("SELECT record_key FROM decision_record")) == sorted([(uid(record),), (uid(5),)])


def test_contacts_of_other_bearers_are_derived_anew_when_something_is_new_of_one(tables: Tables) -> None:
    for record, id_key in ((2, 1), (3, 1), (4, 9), (5, None)):
        tables.put("record", {"record_key": uid(record)} | ({"id_key": uid(id_key)} if id_key else {}))
    for id_key in (1, 9):
        tables.put("reused_id", {"id_key": uid(id_key), "record_key": uid(id_key)})
    for step, record in (("contacts", 2), ("contacts", 5), ("match", 4)):
        tables.put("work_queue", {"step": step, "record_key": uid(record)})
    reused_ids.enqueue_other_bearers(tables.connection)
    assert tables.rows("SELECT DISTINCT * FROM work_queue ORDER BY ALL") == [
        *(("contacts", uid(2)), ("contacts", uid(3)), ("contacts", uid(5)), ("match", uid(4))),
    ]
