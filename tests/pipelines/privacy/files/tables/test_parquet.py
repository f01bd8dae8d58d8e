import io

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from pipelines.privacy.files.kinds import rewrite
from pipelines.privacy.files.outcome import Fate, Unreachable
from tests.pipelines.privacy.files.items import rewritten

PEOPLE = pl.DataFrame(
    {
        "name": ["Bob", "A. K.", "Carl", "Anna Kowalska", "Anna Kowalska", "Dora"],
        "phones": [["+1 212"], ["x", "0171 3920017"], None, [], [], ["+1 213"]],
        "age": [41, 39, 12, 1, 2, 3],
        "extra": [{"mail": "b@x.org"}, {"mail": ""}, {"mail": "Anna.Kowalska@example.org"}, None, None, None],
        "id": ["1", "2", "3", "C-4711", "5", "6"],
        "notes": [None, None, None, None, None, "knows anna.kowalska@example.org"],
    }
)


def written(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, row_group_size=2, metadata={"made": "today"})
    return out.getvalue()


def test_rows_of_the_person_go_whatever_the_type_of_the_column() -> None:
    data, done = rewritten(rewrite, written(PEOPLE), "people.parquet")
    assert_frame_equal(pl.read_parquet(data), PEOPLE[[0, 4, 5]])
    assert (done.removed, done.kept, done.mentions) == (3, 3, 2)
    assert pq.read_metadata(io.BytesIO(data)).metadata[b"made"] == b"today"


def test_a_file_of_nobody_else_is_emptied_and_one_of_others_untouched() -> None:
    assert rewritten(rewrite, written(PEOPLE[1:2]), "a.parquet")[1].fate is Fate.EMPTIED
    assert rewritten(rewrite, written(PEOPLE[:1]), "a.parquet")[1].fate is Fate.UNTOUCHED


def test_a_damaged_file_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        rewritten(rewrite, written(PEOPLE)[:-40], "a.parquet")
