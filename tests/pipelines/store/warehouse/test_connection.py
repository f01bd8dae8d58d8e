import gc
import weakref
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from pipelines.store.warehouse.connection import query, register
from pipelines.store.warehouse.database import rolled_back
from tests.small_project import SmallProject

SOME = pl.DataFrame({"number": [3, 1, 2], "text": ["c", None, "b"], "several": [["x"], [], None]})


def test_sql_sees_a_frame_for_the_length_of_the_block_as_often_as_it_likes(project: SmallProject) -> None:
    with register(project.connection, listed=SOME):
        both = [query(project.connection, "FROM listed ORDER BY number") for _ in range(2)]
        one = query(project.connection, "SELECT text FROM listed WHERE number > 1 AND text <> 'c'")

    assert all(each.equals(SOME.sort("number")) for each in both)
    assert one["text"].to_list() == ["b"]
    assert project.rows("SELECT view_name FROM duckdb_views() WHERE view_name = 'listed'") == []


def test_a_frame_is_let_go_of_before_its_transaction_ends(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[pa.Table]] = []
    as_arrow = pl.DataFrame.to_arrow

    def watched(frame: pl.DataFrame, *given: Any, **named: Any) -> pa.Table:
        table = as_arrow(frame, *given, **named)
        made.append(weakref.ref(table))
        return table

    monkeypatch.setattr(pl.DataFrame, "to_arrow", watched)
    with rolled_back(project.connection):
        with register(project.connection, listed=SOME):
            assert query(project.connection, "SELECT count(*) AS n FROM listed")["n"].to_list() == [3]
        gc.collect()

        assert [table() for table in made] == [None]
