import polars as pl
import pytest

from pipelines.match.comparison.listed import prepare_list

Parts = tuple[str | None, str | None, str | None]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Mara Ann O'Quint", ("mara", "ann", "oquint")),
        ("Mama", ("mama", None, None)),
        ("Mama Quint", (None, None, "quint")),
        ("Büro", ("buro", None, None)),
        ("Omar Quint", ("omar", None, "quint")),
        ("sunny_girl92", (None, None, None)),
        ("mara92", (None, None, None)),
        ("Kovács Péterné", (None, None, "kovacs")),
        ("René", ("rene", None, None)),
        ("Ida Saint James", ("ida", None, "st james")),
        ("Mohamed Abd El Rahman", ("mohamed", None, "abd el rahman")),
        ("Abd El Rahman Hassan", ("abdrahman", None, "hassan")),
        ("عبد الرحمن حسن", ("عبدالرحمن", None, "حسن")),
        ("王小明", ("小明", None, "王")),
        ("欧阳娜娜", ("娜娜", None, "欧阳")),
        ("王 小明", ("小明", None, "王")),
        ("小明 王", ("小明", None, "王")),
        ("田中宏", ("宏", None, "田中")),
        ("田中", (None, None, "田中")),
        ("伊藤さくら", ("さくら", None, "伊藤")),
        ("김민준", ("민준", None, "김")),
        ("남궁민수", ("민수", None, "남궁")),
        ("Lê Hiền", ("hien", None, "le")),
        ("Le Hien", ("le", None, "hien")),
        ("Mai Thị Hoa", ("hoa", "thi", "mai")),
        ("Mai Hoa", ("mai", None, "hoa")),
        ("Anna Phạm", ("anna", None, "pham")),
    ],
)
def test_a_full_name_has_its_parts(name: str, expected: Parts) -> None:
    names, _ = prepare_list(pl.DataFrame({"name": [name]}), {"name": "full_name"})
    assert names.select("given_name", "middle_name", "family_name").row(0) == expected


def test_names_that_nothing_has_to_be_done_with_stay_beside_those_that_are_repaired() -> None:
    columns = {"given": ["Mara", "Mama", "Otto"], "family": ["Quint", "Quint", "Ober Jr."]}
    names, _ = prepare_list(pl.DataFrame(columns), {"given": "given_name", "family": "family_name"})
    assert names.select("given_name", "family_name").rows() == [("mara", "quint"), (None, "quint"), ("otto", "ober")]


def test_a_blank_middle_name_leaves_that_which_the_given_name_has() -> None:
    columns = {"given": ["Mara Ann", "Mara Ann", "Mara"], "middle": ["", "Lou", None], "family": ["Quint"] * 3}
    roles = {"given": "given_name", "middle": "middle_name", "family": "family_name"}
    names, _ = prepare_list(pl.DataFrame(columns), roles)
    assert names["middle_name"].to_list() == ["ann", "lou", None]


def test_names_in_han_that_share_a_part_are_put_where_each_stands() -> None:
    columns = {"given": ["小明", "小明", "小明", "王"], "family": ["王", "李", None, "小明"]}
    names, _ = prepare_list(pl.DataFrame(columns), {"given": "given_name", "family": "family_name"})
    found = names.select("given_name", "family_name").rows()
    assert found == [("小明", "王"), ("小明", "李"), ("明", "小"), ("小明", "王")]  # alone it is a whole name
