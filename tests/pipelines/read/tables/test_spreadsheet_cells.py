import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.text import joined, split_cells
from pipelines.read.tables.spreadsheet_cells import CLEAR, bare, clean_cells, protected, unmistakable

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Co"])), st.text(st.sampled_from("'=+-@\t\r\n\\N0123eE.,;=a "))
)


def told(cell: str | None) -> str | None:
    (meant,) = clean_cells(pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String}), ["cell"]).row(0)
    return None if meant is None else str(meant)


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+442079460123", "@SUM(A1)", "-1+1", "-A1", " =1", "\t=1", "\r", "＝1+1", "＋1", "－1", "＠A1"),
        *("123456789012", "00123", "12E34", "\\N", "'=1", "''+1", "'6001"),
    ],
)
def test_what_a_spreadsheet_would_run_or_show_as_something_else_is_protected(cell: str) -> None:
    assert pl.DataFrame({"cell": [cell]}).select(protected(pl.col("cell"))).item() == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["Jane", "'t Hooft", "O'Neil", "-5", "-5.25", "5", "0", "0.5", "2025-04-03", "a=b", ""]
)
def test_what_it_shows_as_it_is_is_not(cell: str) -> None:
    assert pl.DataFrame({"cell": [cell]}).select(protected(pl.col("cell"))).item() == cell


@pytest.mark.parametrize("cell", ["=1+1", "+442079460123", "123456789012"])
def test_for_a_program_such_a_cell_stays_as_it_is(cell: str) -> None:
    assert pl.DataFrame({"cell": [cell]}).select(unmistakable(pl.col("cell"))).item() == cell


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (" Jane ", "Jane"),
        ("'+442079460123", "+442079460123"),
        ("''=1", "'=1"),
        ("'t Hooft", "'t Hooft"),
        ("'6001", "6001"),
        ("\\N", CLEAR),
        (" \\N ", CLEAR),
        ("'\\N", "\\N"),
        ("' -", "-"),
        ("'\t=1", "=1"),
        ("", None),
        (" ", None),
        (None, None),
    ],
)
def test_a_cell_says_what_stands_in_it_without_its_protection(cell: str | None, meant: str | None) -> None:
    assert told(cell) == meant


@given(st.lists(TEXT, min_size=1))
@settings(deadline=None)
def test_what_is_protected_is_read_as_it_was(texts: list[str]) -> None:
    frame = pl.DataFrame({"cell": texts})
    assert frame.select(bare(protected(pl.col("cell"))))["cell"].to_list() == texts
    assert frame.select(bare(unmistakable(pl.col("cell"))))["cell"].to_list() == texts


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("vip; press", ["vip", "press"]),
        ("vip,press;", ["vip", "press"]),
        ("press\\, media; vip", ["press, media", "vip"]),
        ("a\\\\; b\\c", ["a\\", "b\\c"]),
        (None, []),
    ],
)
def test_a_separator_behind_a_backslash_is_part_of_its_text(cell: str | None, texts: list[str]) -> None:
    assert split_cells(pl.Series([cell], dtype=pl.String), "[;,]").to_list() == [texts]


def test_a_backslash_means_nothing_where_other_signs_part_a_cell() -> None:
    assert split_cells(pl.Series(["a\\; b ::: c"]), " ::: ").to_list() == [["a\\; b", "c"]]


@given(st.lists(st.lists(TEXT.map(str.strip).filter(bool), min_size=1), min_size=1))
@settings(deadline=None)
def test_a_list_that_is_joined_is_parted_as_it_was(lists: list[list[str]]) -> None:
    cells = pl.DataFrame({"texts": lists}).select(joined(pl.col("texts")))["texts"]
    assert split_cells(cells, "[;,]").to_list() == lists
