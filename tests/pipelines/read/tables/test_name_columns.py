from pathlib import Path

import polars as pl
import pytest

from pipelines.read.csv.rows import open_csv
from pipelines.read.tables.contact_table import layout_of, read_contacts
from pipelines.read.tables.name_columns import hold_given_names, only_family_name


def named(folder: Path, text: str, **columns: str) -> list[tuple[str | None, ...]]:
    """The name, given name and family name that each row of a list states."""
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    with open_csv(path) as table:
        contacts = pl.concat(batch.contacts for batch in read_contacts(table, layout_of(table.header, None, columns)))
    return contacts.select("name", "first_name", "last_name").rows()


@pytest.mark.parametrize(
    "header",
    [
        "Name;Vorname",
        "Name,First Name",
        "name,given name",
        "Nom;Prénom",
        "Naam;Voornaam",
        "Cognome;Nome",
        "Apellidos;Nombre",
        "Sobrenome;Nome",
        "NAME;vorname",
    ],
)
def test_the_word_for_a_name_beside_given_names_is_the_family_name_in_each_language(
    tmp_path: Path, header: str
) -> None:
    delimiter = ";" if ";" in header else ","
    assert named(tmp_path, f"{header}\nWeber{delimiter}Karl\n") == [(None, "Karl", "Weber")]


def test_a_name_that_mostly_holds_the_given_name_is_the_whole_name(tmp_path: Path) -> None:
    rows = "Name;Vorname\nKarl Weber;Karl\nBerg, Anna;Anna\nRoe;Jim\n"
    assert [name for name, *_ in named(tmp_path, rows)] == ["Karl Weber", "Berg, Anna", "Roe"]


def test_family_names_of_several_words_are_none_the_less_family_names(tmp_path: Path) -> None:
    rows = "Naam;Voornaam\nvan den Berg;Jan\nvan Dijk;Piet\n"
    assert [family for *_, family in named(tmp_path, rows)] == ["van den Berg", "van Dijk"]


def test_a_list_with_family_names_keeps_its_whole_names(tmp_path: Path) -> None:
    assert named(tmp_path, "Name;Vorname;Nachname\nK. Weber;Karl;Weber\n") == [("K. Weber", "Karl", "Weber")]


def test_a_source_that_says_what_the_column_means_is_believed(tmp_path: Path) -> None:
    assert named(tmp_path, "Name;Vorname\nWeber;Karl\n", name="name") == [("Weber", "Karl", None)]


def test_rows_decide_that_stand_behind_a_title(tmp_path: Path) -> None:
    text = "Our customers\n\nName;Vorname;Handy\nKarl Weber;Karl;0151 23456789\nAnna Berg;Anna;0151 23456780\n"
    assert [name for name, *_ in named(tmp_path, text)] == ["Karl Weber", "Anna Berg"]


def test_two_columns_of_one_word_stay_names() -> None:
    assert only_family_name(["name", "name", "vorname"], ["name", "name", "first_name"]) is None


def test_names_without_a_value_hold_nothing() -> None:
    nothing = pl.Series([None, "", "-"], dtype=pl.String)
    assert not hold_given_names(nothing, pl.Series(["Karl"]))
    assert not hold_given_names(pl.Series(["Karl Weber"]), nothing)
