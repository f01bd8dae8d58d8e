"""People who bear one id: their contents, their keys, what is warned of. In frames, without a store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.ingest.people.reused_ids import contents_of, keys_of, name_problems, problems_of, records_of
from pipelines.match.people_of_ids import MANY_NAMES, PEOPLE
from schemas.error_codes import ErrorCode

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
SEEN: dict[str, Any] = dict.fromkeys(("id_key", "version"), pl.String) | {"name_tokens": pl.List(pl.String)}
STORED = SEEN | {
    **dict.fromkeys(("first_at", "last_at"), pl.Datetime("us", "UTC")),
    **dict.fromkeys(("first_place", "last_place"), pl.UInt32),
}
ROWS = SEEN | {"observed_at": pl.Datetime("us", "UTC"), "place": pl.UInt32}


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def ids(*parts: Any) -> pl.Expr:
    """Ids that show what they are made of."""
    return pl.concat_str([pl.lit(each) if isinstance(each, str) else each for each in parts], separator="/")


# When contents were seen


def test_a_content_is_as_old_as_its_first_sighting_and_as_new_as_its_last() -> None:
    stored = pl.DataFrame([("k", "v", ["ann"], on(2), on(5), 7, 9)], schema=STORED, orient="row")
    rows = pl.DataFrame(
        [("k", "v", ["ann"], on(day), place) for day, place in ((8, 3), (8, 1), (3, 2), (1, 5), (1, 6))]
        + [("k", "w", ["zoe"], on(4), 4)],
        schema=ROWS,
        orient="row",
    )
    for shown in (rows, rows.reverse()):
        found = contents_of(stored, shown).sort("version").drop("id_key", "name_tokens").rows()
        assert found == [("v", on(1), 5, on(8), 3), ("w", on(4), 4, on(4), 4)]


# Keys of people


def keys(people: Sequence[tuple[str, str, int, bool, int]]) -> list[tuple[Any, ...]]:
    """Keys of people: id, content, number of the person, whether it is certain, rank."""
    stored = pl.DataFrame({"id_key": ["k"], "source": ["crm"], "record_id": ["1"]})
    rows = pl.DataFrame({"id_key": ["k", "l"], "source": ["crm", "crm"], "record_id": ["1", "2"]})
    frame = pl.DataFrame(people, schema=PEOPLE, orient="row")
    return sorted(keys_of(frame, stored, rows, ids).rows())


def test_the_first_with_an_id_has_the_record_it_names_and_each_other_one_of_what_was_said_first() -> None:
    people = [("k", "b", 1, True, 3), ("k", "a", 0, True, 0), ("k", "c", 1, True, 2), ("k", "d", 0, True, 1)]
    expected = [(0, "k", None, "crm", "1"), (1, "record/crm/1/c", "k", "crm", "1")]
    assert keys(people) == keys(people[::-1]) == expected


def test_what_is_certain_of_a_person_names_it_even_if_something_else_came_first() -> None:
    people = [("k", "a", 0, True, 0), ("k", "b", 1, False, 1), ("k", "c", 1, True, 2)]
    assert keys(people)[1] == (1, "record/crm/1/c", "k", "crm", "1")


def test_of_each_id_somebody_is_the_first() -> None:
    people = [("k", "a", 0, True, 0), ("k", "b", 1, True, 1), ("l", "c", 2, True, 2)]
    assert [(person, key) for person, key, *_ in keys(people)] == [(0, "k"), (1, "record/crm/1/b"), (2, "l")]


# Records that there are


def records(*stored: tuple[str, str, int]) -> list[tuple[Any, ...]]:
    """What becomes of records (key, content, when they came) of two people, of whom "a" and "b" are one."""
    people = pl.DataFrame(
        [("k", "a", 0, True, 0), ("k", "b", 0, True, 1), ("k", "z", 1, True, 2)], schema=PEOPLE, orient="row"
    )
    own = pl.DataFrame(
        [(key, "k", version, came) for key, version, came in stored],
        schema=dict.fromkeys(("record_key", "id_key", "version"), pl.String) | {"ingest_seq": pl.Int64},
        orient="row",
    )
    named = pl.DataFrame(
        {"person": [0, 1], "key": ["k", "other"], "id_key": [None, "k"]}, schema_overrides={"person": pl.UInt32}
    )
    found = records_of(people, own, named, ids).select("record_key", "person", "key", "is_emptied")
    return sorted(found.rows())


def test_a_record_is_that_of_the_person_of_its_first_content() -> None:
    assert records(("k", "z", 1), ("k", "a", 1)) == [("k", 0, "k", False)]
    assert records(("k", "z", 1)) == [("k", 1, "other", False)]


def test_of_several_records_of_one_person_the_one_that_came_first_stays() -> None:
    expected = [("k", 0, "record/emptied/k/2", True), ("l", 0, "k", False), ("m", 1, "other", False)]
    assert records(("k", "a", 2), ("l", "b", 1), ("m", "z", 3)) == expected


# What is warned of


def arriving(*rows: tuple[int, str, str | None, str]) -> pl.DataFrame:
    """Rows: number, record, the id it has borne if that names another record, and name."""
    return pl.DataFrame(
        [(row, row + 1, key, id_key, name.split()) for row, key, id_key, name in rows],
        schema={"row": pl.UInt32, "line": pl.UInt32, "record_key": pl.String, "id_key": pl.String}
        | {"name_tokens": pl.List(pl.String)},
        orient="row",
    )


def warned(problems: pl.DataFrame) -> list[int]:
    assert set(problems["severity"]) <= {"warning"}
    assert set(problems["action"]) <= {"kept_with_warning"}
    return sorted(problems["row"].to_list())


def test_every_person_but_the_first_with_an_id_is_warned_of_once() -> None:
    rows = arriving((3, "k2", "k", ""), (1, "k", None, ""), (2, "k2", "k", ""), (4, "l", None, ""))
    found = problems_of(rows, pl.Series([], dtype=pl.String))
    assert warned(found) == [2]
    assert found.select("row", "line", "field", "code").rows() == [(2, 3, "record_id", ErrorCode.ID_REUSED)]
    assert warned(problems_of(rows, pl.Series(["l"]))) == [2, 4]


def test_whoever_comes_first_is_so_by_the_numbers_of_rows_however_many_there_are() -> None:
    numbers = list(range(2, 1002))
    firsts = [(nth, f"k{nth // 2}", None, "") for nth in numbers[::2]]
    rows = [*firsts, *((nth + 1, f"another {nth}", key, "") for nth, key, *_ in firsts)]
    found = problems_of(arriving(*Random(1).sample(rows, len(rows))), pl.Series([], dtype=pl.String))
    assert warned(found) == numbers[1::2]


def renamed(*rows: tuple[int, str, str], known: Sequence[tuple[str, str]] = ()) -> list[int]:
    """Numbers of the rows (number, record, name) that are warned of, where records are known by these names."""
    before = pl.DataFrame(
        [(key, name.split()) for key, name in known],
        schema={"record_key": pl.String, "name_tokens": pl.List(pl.String)},
        orient="row",
    )
    return warned(name_problems(arriving(*((row, key, None, name) for row, key, name in rows)), before))


@pytest.mark.parametrize(
    ("rows", "known", "told"),
    [
        ([(1, "k", "zoe tal")], [("k", "ann berg")], [1]),
        ([(1, "k", "zoe tal")], [("l", "ann berg")], []),
        ([(1, "k", "zoe tal")], [], []),
        # a name that is known, or says less, is no other name
        ([(1, "k", "zoe tal")], [("k", "ann berg"), ("k", "zoe tal")], []),
        ([(1, "k", "tal")], [("k", "ann berg"), ("k", "zoe tal")], []),
        ([(1, "k", "")], [("k", "ann berg")], []),
        ([(1, "k", "zoe tal")], [("k", "")], []),
        ([(1, "k", "ann berg"), (2, "k", "")], [], []),
        # of several rows the first with a name counts, and those before it
        ([(2, "k", "zoe tal"), (1, "k", "ann berg")], [], [2]),
        ([(1, "k", "zoe tal"), (2, "k", "zoe tal")], [("k", "ann berg")], [1]),
        ([(1, "k", "zoe tal"), (2, "k", "max orth")], [("k", "ann berg")], [1, 2]),
        ([(1, "k", "zoe tal"), (2, "k", "zoe")], [("k", "ann berg")], [1]),
        ([(1, "k", "zoe tal"), (2, "l", "zoe tal")], [("k", "ann berg"), ("l", "zoe")], [1]),
    ],
)
def test_a_name_that_contradicts_every_name_before_is_warned_of(
    rows: list[tuple[int, str, str]], known: list[tuple[str, str]], told: list[int]
) -> None:
    assert renamed(*rows, known=known) == told


@pytest.mark.parametrize(("names", "told"), [(MANY_NAMES - 1, [1]), (MANY_NAMES, [])])
def test_a_record_of_so_many_names_is_nobody_whose_name_could_change(names: int, told: list[int]) -> None:
    letters = [f"{chr(97 + nth // 10)}{chr(107 + nth % 10)}" * 4 for nth in range(names)]
    known = [("k", f"{word} {word[::-1]}") for word in letters]
    assert renamed((1, "k", "ximena quisling"), known=known) == told
