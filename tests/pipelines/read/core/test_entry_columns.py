from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest

from pipelines.read.core.entry_columns import Flat, columns, framed, instants, lists, patched
from schemas import received


def test_tuples_are_held_as_one_list_and_given_back_as_columns() -> None:
    held = Flat(("a", "b"))
    assert (held.size, held.columns()) == (0, {"a": [], "b": [], "row": []})
    held.add((1, "x"), 7)
    held.add((2, "y"))
    assert held.size == 2
    assert held.columns() == {"a": [1, 2], "b": ["x", "y"], "row": [7, 0]}


@pytest.mark.parametrize(
    ("entry", "unfolded"),
    [("a", ["x", "y", "b", "c"]), ("b", ["a", "x", "y", "c"]), ("c", ["a", "b", "x", "y"])],
)
def test_a_tuple_in_a_tuple_is_unfolded_at_its_place(entry: str, unfolded: list[str]) -> None:
    held = Flat(("a", "b", "c"), ("x", "y"), entry)
    for row in (1, 2):
        held.add_unfolded(tuple((f"x{row}", f"y{row}") if name == entry else f"{name}{row}" for name in "abc"), row)
    assert held.columns() == {name: [f"{name}1", f"{name}2"] for name in unfolded} | {"row": [1, 2]}


def test_columns_of_tuples_are_by_field() -> None:
    assert columns(("a", "b"), [(1, 2), (3, 4)]) == {"a": (1, 3), "b": (2, 4)}
    assert columns(("a", "b"), []) == {"a": (), "b": ()}


def test_times_are_instants_in_utc_to_the_microsecond() -> None:
    at = datetime(2026, 3, 2, 10, 0, 0, 125, tzinfo=UTC)
    found = instants([at, None, at.astimezone(timezone(timedelta(hours=2))), datetime(1969, 12, 31, tzinfo=UTC)])
    assert found.dtype == pl.Datetime("us", "UTC")
    assert found.to_list() == [at, None, at, datetime(1969, 12, 31, tzinfo=UTC)]


def test_lists_are_a_column_whether_some_are_empty_or_all() -> None:
    found = lists([["a", "b"], [], (), ["c"]], pl.String())
    assert found.to_list() == [["a", "b"], [], [], ["c"]]
    nothing = lists([[], []], pl.String())
    assert (nothing.to_list(), nothing.dtype) == ([[], []], pl.List(pl.String))
    assert found.dtype == nothing.dtype


def test_some_places_of_a_column_get_other_values() -> None:
    column = pl.Series("x", ["a", "b", "c"])
    places = pl.Series([2, 0], dtype=pl.UInt32)
    assert patched(column, places, pl.Series(["z", None], dtype=pl.String)).to_list() == [None, "b", "z"]
    assert patched(column, places.clear(), pl.Series([], dtype=pl.String)).to_list() == ["a", "b", "c"]


def test_a_frame_has_the_columns_of_its_contract_and_nothing_where_nothing_is_given() -> None:
    schema = received.column_types(received.Message)
    found = framed(received.Message, {"row": [1, 2], "key": ["a", "b"], "more": [0, 0]}, 2)
    assert dict(found.schema) == schema
    assert found.select("row", "key", "text").rows() == [(1, "a", None), (2, "b", None)]
    assert found["attachments"].to_list() == [[], []]
    assert dict(framed(received.Message, {}, 0).schema) == schema
