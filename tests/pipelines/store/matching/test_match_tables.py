from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from pipelines.store.matching import match_tables
from tests.store_tables import Tables, uid

CAPS = pl.DataFrame({"rule": [0, 1], "cap": [2, 3]}, schema={"rule": pl.UInt8, "cap": pl.UInt32})
Key = tuple[int, int, int]  # rule, key, record


def records(*numbers: int) -> pl.Series:
    return pl.Series("record_key", [uid(number) for number in numbers], dtype=pl.String)


def numbers(keys: pl.Series) -> list[int]:
    return [int(key[-2:], 16) for key in keys]


def keyed(*keys: Key) -> pl.DataFrame:
    return pl.DataFrame(
        [(rule, key, uid(record)) for rule, key, record in keys],
        schema={"rule": pl.UInt8, "key": pl.UInt64, "record_key": pl.String},
        orient="row",
    )


def blocks(tables: Tables, *keys: Key) -> None:
    tables.put("blocking_key", *({"rule": rule, "key": key, "record_key": uid(each)} for rule, key, each in keys))


def edges(tables: Tables, *pairs: tuple[int, int], zone: str = "merge", **said: Any) -> None:
    for lo, hi in pairs:
        tables.put("match_edge", {"record_lo": uid(lo), "record_hi": uid(hi), "zone": zone} | said)


# Blocking keys


def replaced(tables: Tables, changed: Sequence[int], *fresh: Key) -> list[int]:
    """Other records whose pairs can change when these records have these keys."""
    return numbers(match_tables.replace_keys(tables.connection, records(*changed), keyed(*fresh), CAPS))


def stored(tables: Tables) -> list[Key]:
    found = tables.rows("SELECT rule, key, record_key FROM blocking_key ORDER BY ALL")
    return [(rule, key, int(record[-2:], 16)) for rule, key, record in found]


def test_records_have_their_keys_instead_of_those_they_had(tables: Tables) -> None:
    blocks(tables, (0, 7, 1), (0, 8, 1), (0, 7, 2))
    assert replaced(tables, [1, 3], (0, 9, 1), (1, 7, 3)) == []
    assert stored(tables) == [(0, 7, 2), (0, 9, 1), (1, 7, 3)]


def test_a_block_that_came_under_its_cap_brings_all_its_members(tables: Tables) -> None:
    blocks(tables, (0, 7, 1), (0, 7, 2), (0, 7, 3), (1, 7, 1), (1, 7, 2), (1, 7, 3))
    assert replaced(tables, [1], (1, 7, 1)) == [2, 3]


def test_a_record_that_comes_into_a_block_under_its_cap_changes_no_pairs_of_others(tables: Tables) -> None:
    blocks(tables, (0, 7, 2), (1, 7, 2), (1, 7, 3))
    assert replaced(tables, [1], (0, 7, 1), (1, 7, 1)) == []


def test_of_a_block_that_went_over_its_cap_the_ends_of_edges_in_it_are_meant(tables: Tables) -> None:
    blocks(tables, (0, 7, 2), (0, 7, 3), (0, 8, 4), (0, 8, 5), (0, 9, 2), (0, 9, 4))
    edges(tables, (2, 3), (4, 5), (2, 4), (3, 6))
    assert replaced(tables, [1], (0, 7, 1)) == [2, 3]


def test_a_block_that_stays_over_its_cap_or_is_one_of_as_many_changes_nothing(tables: Tables) -> None:
    blocks(tables, *((0, 7, record) for record in (1, 2, 3, 4)), (0, 8, 1), (0, 8, 2), (0, 8, 5))
    edges(tables, (2, 3))
    assert replaced(tables, [1], (0, 8, 1)) == []
    assert replaced(tables, [6], (0, 7, 6)) == []


def members(tables: Tables, *subjects: int) -> list[Key]:
    found = match_tables.blocks_of(tables.connection, records(*subjects), CAPS).rows()
    return [(rule, key, int(record[-2:], 16)) for rule, key, record in found]


def test_a_subject_meets_whoever_is_in_a_block_with_it_that_is_not_too_large(tables: Tables) -> None:
    blocks(tables, (0, 7, 3), (0, 7, 1), (0, 8, 1), (0, 9, 4), (0, 9, 5))
    blocks(tables, *((0, 6, record) for record in (1, 2, 3)), *((1, 6, record) for record in (3, 2, 1)))
    assert members(tables, 1) == [(0, 7, 1), (0, 7, 3), (1, 6, 1), (1, 6, 2), (1, 6, 3)]
    assert members(tables, 8) == []


# Identifiers


def points(*told: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [(field, value, uid(record)) for field, value, record in told],
        schema=dict.fromkeys(("field", "value", "record_key"), pl.String),
        orient="row",
    )


def test_records_have_their_identifiers_instead_of_those_they_had(tables: Tables) -> None:
    for field, value, record in (
        *(("phone", "1", 1), ("phone", "2", 1), ("phone", "1", 2), ("email", "1", 2)),
        *(("phone", "3", 3), ("phone", "9", 4)),
    ):
        tables.put("compared_identifier", {"field": field, "value": value, "record_key": uid(record)})
    fresh = points(("phone", "3", 1), ("phone", "2", 1))
    touched, bearing = match_tables.replace_compared_identifiers(tables.connection, records(1), fresh)
    assert touched.rows() == [("phone", "1"), ("phone", "2"), ("phone", "3")]
    assert bearing.rows() == [
        *(("phone", "1", uid(2)), ("phone", "2", uid(1)), ("phone", "3", uid(1)), ("phone", "3", uid(3))),
    ]
    own = match_tables.compared_identifiers_of(tables.connection, records(2, 1))
    assert own.rows() == [
        *((uid(1), "phone", "2"), (uid(1), "phone", "3"), (uid(2), "email", "1"), (uid(2), "phone", "1")),
    ]


def digests(*told: tuple[str, int, int]) -> pl.DataFrame:
    schema = {"field": pl.String, "digest": pl.Int64, "digest_2": pl.Int64}
    return pl.DataFrame(told, schema=schema, orient="row")


def counted(*told: tuple[str, int, int, int, int, int]) -> pl.DataFrame:
    """Identifiers with how many records, people and given names share them."""
    schema = {"field": pl.String, "digest": pl.Int64, "digest_2": pl.Int64}
    return pl.DataFrame(told, schema=schema | dict.fromkeys(("records", "people", "givens"), pl.UInt32), orient="row")


def shared(tables: Tables, *told: tuple[str, int, int, int, int, int]) -> None:
    names = ("field", "digest", "digest_2", "records", "people", "distinct_given_names")
    tables.put("shared_identifier", *(dict(zip(names, each, strict=True)) for each in told))


@pytest.mark.parametrize(
    ("before", "now", "is_turned"),
    [
        ((2, 1, 1), (3, 1, 1), False),  # more records of the same people
        ((2, 2, 2), (2, 1, 2), True),
        ((2, 1, 2), (2, 1, 1), True),
        (None, (2, 1, 1), False),  # one that nobody shares is one person's
        (None, (2, 2, 2), True),
        ((2, 1, 1), None, False),
        ((2, 2, 2), None, True),
        ((2, 1, 2), None, True),
        (None, None, False),
    ],
)
def test_an_identifier_turns_out_to_be_of_more_people_or_fewer(
    tables: Tables, before: tuple[int, int, int] | None, now: tuple[int, int, int] | None, is_turned: bool
) -> None:
    one = ("phone", 1, 2)
    if before:
        shared(tables, (*one, *before))
    found = match_tables.replace_shared_identifiers(
        tables.connection, digests(one), counted(*([(*one, *now)] if now else []))
    )
    assert found.rows() == ([one] if is_turned else [])
    assert tables.rows("FROM shared_identifier") == ([(*one, *now)] if now else [])


def test_identifiers_that_were_not_touched_stay_shared_by_as_many(tables: Tables) -> None:
    others = [("email", 1, 2, 5, 5, 5), ("phone", 1, 3, 5, 5, 5), ("phone", 2, 2, 5, 5, 5)]
    shared(tables, ("phone", 1, 2, 4, 4, 4), *others)
    now = match_tables.replace_shared_identifiers(tables.connection, digests(("phone", 1, 2)), counted())
    assert now.rows() == [("phone", 1, 2)]
    assert sorted(tables.rows("FROM shared_identifier")) == others


def test_how_many_share_an_identifier_is_told_by_its_value(tables: Tables) -> None:
    shared(tables, ("phone", 1, 2, 4, 3, 2), ("email", 1, 2, 5, 5, 5), ("phone", 9, 9, 6, 6, 6))
    wanted = pl.DataFrame(
        [("phone", "b", 1, 2), ("phone", "b", 1, 2), ("phone", "a", 1, 2), ("phone", "c", 1, 3), ("email", "z", 1, 2)],
        schema=["field", "value", "digest", "digest_2"],
        orient="row",
    )
    assert match_tables.shared_identifiers(tables.connection, wanted).rows() == [
        *(("email", "z", 5, 5, 5), ("phone", "a", 4, 3, 2), ("phone", "b", 4, 3, 2)),
    ]


# Edges


def judged(*pairs: tuple[int, int, str], **said: Any) -> pl.DataFrame:
    plain = {"rule": "", "probability": 0.0, "weight": 0.0, "vague": False, "evidence": ""} | said
    ends = [{"record_lo": uid(lo), "record_hi": uid(hi), "zone": zone} for lo, hi, zone in pairs]
    schema: dict[str, Any] = {"record_lo": pl.String, "record_hi": pl.String, "zone": pl.String, "rule": pl.String}
    schema |= {"probability": pl.Float64, "weight": pl.Float64, "vague": pl.Boolean, "evidence": pl.String}
    return pl.DataFrame([each | plain for each in ends], schema=schema)


def affected(tables: Tables, subjects: Sequence[int], fresh: pl.DataFrame, model: str = "") -> list[int]:
    """Records whose cluster may be another when these are the edges of the subjects."""
    return numbers(match_tables.replace_edges(tables.connection, records(*subjects), fresh, model, "now"))


def test_an_edge_that_is_what_it_was_stays_with_the_run_that_made_it(tables: Tables) -> None:
    edges(tables, (1, 2), (3, 4), run_id="before")
    assert affected(tables, [1], judged((1, 2, "merge"))) == []
    assert set(tables.rows("SELECT run_id FROM match_edge")) == {("before",)}


@pytest.mark.parametrize(
    "said", [{"rule": "x"}, {"probability": 0.5}, {"weight": 1.0}, {"vague": True}, {"evidence": "x"}]
)
def test_an_edge_is_another_by_anything_it_says(tables: Tables, said: dict[str, Any]) -> None:
    edges(tables, (1, 2), run_id="before")
    assert affected(tables, [2], judged((1, 2, "merge"), **said)) == [1, 2]
    assert tables.rows("SELECT run_id FROM match_edge") == [("now",)]


def test_an_edge_of_another_model_is_another(tables: Tables) -> None:
    edges(tables, (1, 2), run_id="before")
    assert affected(tables, [1], judged((1, 2, "merge")), model="fitted") == [1, 2]


def test_edges_of_subjects_go_that_are_no_more_and_those_of_others_stay(tables: Tables) -> None:
    edges(tables, (1, 2), (3, 4), (5, 1))
    assert affected(tables, [1], judged((1, 6, "merge"))) == [1, 2, 5, 6]
    assert tables.rows("SELECT record_lo, record_hi FROM match_edge ORDER BY ALL") == [
        *((uid(1), uid(6)), (uid(3), uid(4))),
    ]


def test_an_edge_that_does_not_merge_has_a_say_where_one_that_does_ties_an_end_of_it(tables: Tables) -> None:
    edges(tables, (2, 3), (7, 8))
    edges(tables, (10, 11), zone="review")
    fresh = judged((1, 2, "review"), (4, 5, "review"), (7, 9, "review"), (10, 12, "review"))
    assert affected(tables, [1, 4, 7, 10], pl.concat([fresh, judged((7, 8, "merge"))])) == [1, 2, 7, 9]
