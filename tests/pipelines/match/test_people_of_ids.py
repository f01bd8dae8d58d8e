from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import polars as pl
import pytest

from pipelines.match.people_of_ids import MANY_NAMES, people_of_ids

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
Content = tuple[str, str]  # a name and what is known of it, blank-separated


def people(*contents: Content) -> list[set[int]]:
    """The people of one id, each as the numbers of their contents, of which each came a day after the one before."""
    frame = pl.DataFrame(
        [("1", str(n), name.lower().split(), FIRST + timedelta(days=n), n) for n, (name, _) in enumerate(contents)],
        schema={
            "id_key": pl.String,
            "version": pl.String,
            "name_tokens": pl.List(pl.String),
            "first_at": pl.Datetime("us", "UTC"),
            "first_place": pl.UInt32,
        },
        orient="row",
    ).with_columns(last_at="first_at", last_place="first_place")
    points = pl.DataFrame(
        [("1", str(n), point) for n, (_, known) in enumerate(contents) for point in known.split()],
        schema=dict.fromkeys(("id_key", "version", "normalised"), pl.String),
        orient="row",
    )
    found = people_of_ids(frame, points).group_by("person").agg(pl.col("version").cast(pl.Int64))
    return sorted((set(own) for own in found["version"].to_list()), key=min)


CASES: list[tuple[list[Content], list[set[int]]]] = [
    ([("Ann Berg", "a"), ("Zoe Tal", "z")], [{0}, {1}]),
    ([("Ann Berg", "a"), ("Zoe Tal", "a")], [{0, 1}]),  # one mailbox
    ([("Ann Berg", "a"), ("Ann Tal", "z")], [{0}, {1}]),
    ([("Ann Berg", "a"), ("Ann Tal", "")], [{0, 1}]),  # who married, as far as is known
    ([("Ann Berg", ""), ("Zoe Tal", "")], [{0}, {1}]),
    ([("Ann Berg", "a"), ("Anne Berg", "z")], [{0, 1}]),
    ([("Ann Berg", "a"), ("Zoe Tal", "z"), ("Ann Berg", "b")], [{0, 2}, {1}]),
    ([("Ann Berg", "a"), ("Zoe Tal", "z"), ("Zoe Tal", "a")], [{0, 1, 2}]),
    ([("Ann Berg", "a"), ("Zoe Tal", "z"), ("", "n")], [{0}, {1, 2}]),  # whoever had the id then
    ([("Ann Berg", "a"), ("", "n"), ("Zoe Tal", "z")], [{0, 1}, {2}]),
    ([("", "n"), ("Ann Berg", "a"), ("Zoe Tal", "z")], [{0, 1}, {2}]),
    ([("", "z"), ("Ann Berg", "a"), ("Zoe Tal", "z")], [{0, 2}, {1}]),
    ([("Ann Berg", "a"), ("Tom Berg", "t"), ("Berg", "n")], [{0}, {1, 2}]),  # a name of both joins neither
    ([("Ann Berg", "a"), ("Zoe Tal", "z"), ("Mia Berg", "m"), ("Berg", "n")], [{0}, {1}, {2, 3}]),
    ([("", "n"), ("", "m")], [{0, 1}]),
    ([("Ann Berg", "a"), ("", "n"), ("Zoe Tal", "z"), ("", "m")], [{0, 1}, {2, 3}]),  # each of its own time
    ([("Berg", "b"), ("Ann Tal", "")], [{0}, {1}]),
    ([("Ann", "a"), ("Ann Berg", "b")], [{0, 1}]),  # who says less contradicts nobody
]


@pytest.mark.parametrize(("contents", "told"), CASES)
def test_people_are_told_apart_by_names_and_what_is_known_of_them(
    contents: list[Content], told: list[set[int]]
) -> None:
    assert people(*contents) == told


def test_the_order_of_rows_makes_no_difference() -> None:
    contents = [("Ann Berg", "a"), ("Zoe Tal", "z"), ("Ann Tal", "a z"), ("Berg", "n"), ("Tom Otto", "t")]
    expected = {frozenset(contents[n] for n in own) for own in people(*contents)}
    assert len(expected) == 2
    for mixed in permutations(contents[:3]):
        found = {frozenset(([*mixed, *contents[3:]])[n] for n in own) for own in people(*mixed, *contents[3:])}
        assert found == expected


def test_an_id_of_very_many_is_none_and_only_equal_names_are_one() -> None:
    several = [(f"Ann Berg{number}", f"a{number}") for number in range(MANY_NAMES + 1)]
    assert len(people(*several, ("Ann Berg0", "b"))) == MANY_NAMES + 1


def certain(*contents: Content) -> list[bool]:
    """Whether each content of one id is of one person for sure."""
    named = [("1", str(n), name.lower().split(), FIRST + timedelta(days=n), n) for n, (name, _) in enumerate(contents)]
    columns = ["id_key", "version", "name_tokens", "first_at", "first_place"]
    texts: dict[str, pl.DataType | type[pl.DataType]] = {"name_tokens": pl.List(pl.String), "first_place": pl.UInt32}
    frame = pl.DataFrame(named, schema=columns, schema_overrides=texts, orient="row")
    frame = frame.with_columns(last_at="first_at", last_place="first_place")
    known = [("1", str(n), point) for n, (_, told) in enumerate(contents) for point in told.split()]
    points = pl.DataFrame(known, schema=dict.fromkeys(("id_key", "version", "normalised"), pl.String), orient="row")
    return people_of_ids(frame, points).sort("version")["is_certain"].to_list()


def test_a_name_is_of_one_person_for_sure_unless_it_fits_two_who_contradict_each_other() -> None:
    assert certain(("Ann Berg", "a"), ("Anne Berg", "b"), ("Anna Berg", "c")) == [True, True, True]
    assert certain(("Ann Berg", "a"), ("Tom Berg", "t"), ("Berg", "n")) == [True, True, False]
    assert certain(("Ann Berg", "a"), ("", "n")) == [True, False]


Seen = tuple[str, str, str, int, int]  # id, name, what is known of it, and the days it was first and last stated


def told(*contents: Seen) -> pl.DataFrame:
    """The people of several ids, by `id_key` and `version`, which numbers the contents of each id."""
    versions = [sum(each[0] == own[0] for each in contents[:nth]) for nth, own in enumerate(contents)]
    rows = [
        (key, str(version), name.lower().split(), *(FIRST + timedelta(days=day) for day in (first, last)), 0, 0)
        for version, (key, name, _, first, last) in zip(versions, contents, strict=True)
    ]
    columns = ["id_key", "version", "name_tokens", "first_at", "last_at", "first_place", "last_place"]
    overrides: dict[str, Any] = {"name_tokens": pl.List(pl.String)} | dict.fromkeys(columns[-2:], pl.UInt32)
    frame = pl.DataFrame(rows, schema=columns, schema_overrides=overrides, orient="row")
    known = [(own[0], str(v), point) for v, own in zip(versions, contents, strict=True) for point in own[2].split()]
    points = pl.DataFrame(known, schema=dict.fromkeys(("id_key", "version", "normalised"), pl.String), orient="row")
    return people_of_ids(frame, points).sort("id_key", "version")


@pytest.mark.parametrize(("contents", "expected"), CASES)
def test_what_one_id_has_stood_for_tells_nothing_of_another(contents: list[Content], expected: list[set[int]]) -> None:
    both = [(key, *content, day, day) for day, content in enumerate(contents) for key in ("2", "1")]
    found = told(*both)
    people = {
        key: [set(own) for own in part.group_by("person", maintain_order=True).agg("version")["version"].to_list()]
        for (key,), part in found.group_by("id_key")
    }
    assert people == {key: [{str(nth) for nth in own} for own in expected] for key in ("1", "2")}
    assert found.filter(pl.col("id_key").n_unique().over("person") > 1).is_empty()


@pytest.mark.parametrize(("last", "with_whom"), [(3, "1"), (5, "2"), (7, "1")])
def test_who_is_not_named_is_whoever_had_the_id_when_it_was_stated_last(last: int, with_whom: str) -> None:
    found = told(("1", "", "n", 0, last), ("1", "Ann Berg", "a", 2, 6), ("1", "Zoe Tal", "z", 4, 4))
    person = dict(found.select("version", "person").rows())
    assert [person["0"] == person[version] for version in ("1", "2")] == [with_whom == version for version in "12"]
    assert found["is_certain"].to_list() == [False, True, True]


def test_contents_have_the_order_in_which_they_were_first_stated() -> None:
    found = told(("1", "Ann", "a", 4, 9), ("1", "Ben", "b", 2, 2), ("2", "Cleo", "c", 3, 3), ("1", "Dora", "d", 0, 7))
    in_order = found.sort("rank").select("id_key", "version").rows()
    assert in_order == [("1", "2"), ("1", "1"), ("2", "0"), ("1", "0")]


def test_an_id_of_many_people_still_tells_them_apart_by_names_that_are_alike() -> None:
    several = [(f"Ann{number}x Berg{number}", f"a{number}") for number in range(MANY_NAMES - 1)]
    assert len(people(*several, ("Ann0x Bergg0", "b"))) < MANY_NAMES
