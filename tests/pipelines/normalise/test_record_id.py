import polars as pl
import pytest

from pipelines.normalise.record_id import record_ids


def ids(*written: str | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"row": range(1, len(written) + 1), "record_id": written}, {"row": pl.UInt32, "record_id": pl.String}
    )


@pytest.mark.parametrize("cut", ["4.28018E+15", "4,28018E+15", "4E+15", " 1.2E+105 "])
def test_an_id_that_a_spreadsheet_has_cut_is_dropped_and_told_of(cut: str) -> None:
    found = record_ids(ids(cut, "17"))
    assert found.contacts["record_id"].to_list() == [None, "17"]
    assert found.problems.select("row", "field", "code", "action").rows() == [
        (1, "record_id", "ID_SCIENTIFIC_NOTATION", "field_dropped")
    ]


@pytest.mark.parametrize("whole", ["12E4", "4280180252200001", "1E+5-A", "0035g00000AbCdEAAV", "E+15", None])
def test_any_other_id_stays(whole: str | None) -> None:
    found = record_ids(ids(whole))
    assert found.contacts["record_id"].to_list() == [whole]
    assert found.problems.is_empty()


def test_decimals_that_a_program_added_are_no_part_of_an_id() -> None:
    contacts = pl.DataFrame(
        {"row": [1, 2, 3], "record_id": ["1001.0", "A-1.0", "1.5"]}, schema_overrides={"row": pl.UInt32}
    )
    assert record_ids(contacts).contacts["record_id"].to_list() == ["1001", "A-1.0", "1.5"]


def test_an_id_of_which_a_part_is_hidden_is_refused() -> None:
    contacts = pl.DataFrame({"row": [1, 2], "record_id": ["****17", "a*b"]}, schema_overrides={"row": pl.UInt32})
    found = record_ids(contacts)
    assert found.contacts["record_id"].to_list() == [None, "a*b"]
    assert found.problems["code"].to_list() == ["IDENTIFIER_MASKED"]
