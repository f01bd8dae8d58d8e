import polars as pl
import pytest

from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.names.generation import generation, without_generation


def told(name: str) -> str | None:
    found = pl.DataFrame({"name": [name]}).select(generation(pl.col("name"))).item()
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("Thomas Whitlock Jr.", "junior"), ("Thomas Whitlock, Jr", "junior"), ("Whitlock Sr., Thomas", "senior")),
        *(("Robert Quint II", "junior"), ("Robert Quint III", "third"), ("Robert Quint IV", "fourth")),
        *(("Hans Quint jun.", "junior"), ("Hans Quint sen.", "senior"), ("Hans Quint d.J.", "junior")),
        *(("Hans Quint d. Ä.", "senior"), ("Luc Duval fils", "junior"), ("Luc Duval père", "senior")),
        *(("João Silva Filho", "junior"), ("João Silva Neto", "grandson"), ("João Silva Sobrinho", "nephew")),
        *(("José Ruiz hijo", "junior"), ("Jan Novák ml.", "junior"), ("Jan Novák st.", "senior")),
        *(("ifj. Kovács János", "junior"), ("id. Kovács János", "senior"), ("Иван Петров мл.", "junior")),
        *(("Thomas Whitlock", None), ("Amartya Sen", None), ("Kim Jun", None), ("João Neto", None)),
        *(("Sr. João Pereira", None), ("Junior Santos", None), ("Ivan Ivanov", None)),
    ],
)
def test_a_word_behind_or_before_a_name_says_which_generation_somebody_is(name: str, expected: str | None) -> None:
    assert told(name) == expected


@pytest.mark.parametrize(
    ("part", "expected"), [("Whitlock Sr.", "Whitlock"), ("Quint, II", "Quint"), ("Neto", "Neto"), ("Sen", "Sen")]
)
def test_it_is_no_part_of_a_family_name(part: str, expected: str) -> None:
    assert pl.DataFrame({"part": [part]}).select(without_generation(pl.col("part"))).item() == expected


@pytest.mark.parametrize(
    ("columns", "roles"),
    [
        ({"n": ["Thomas Whitlock Jr.", "Thomas Whitlock"]}, {"n": "full_name"}),
        ({"g": ["Thomas", "Thomas"], "f": ["Whitlock Jr.", "Whitlock"]}, {"g": "given_name", "f": "family_name"}),
    ],
)
def test_it_is_a_fact_of_its_record_and_the_names_are_equal(
    columns: dict[str, list[str]], roles: dict[str, str]
) -> None:
    names, facts = prepare_list(pl.DataFrame(columns), roles)
    assert facts.rows() == [(0, "generation", "junior")]
    assert names.select("given_name", "family_name").rows() == [("thomas", "whitlock")] * 2
