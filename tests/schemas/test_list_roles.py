from pathlib import Path

import pytest

from schemas.configuration import ConfigurationInvalid
from schemas.list_roles import ListRole, load_roles

HEADERS = ["Kundennr", "Vorname", "Mail"]


def load(folder: Path, text: str) -> dict[str, ListRole]:
    (folder / "roles.yaml").write_text(text, encoding="utf-8")
    return load_roles(folder / "roles.yaml", HEADERS)


def test_columns_have_the_roles_that_the_file_gives_them(tmp_path: Path) -> None:
    found = load(tmp_path, "columns:\n  Kundennr: record_id\n  Mail: email\n")
    assert found == {"Kundennr": ListRole.RECORD_ID, "Mail": ListRole.EMAIL}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("columns:\n  Mail: emial\n", "roles.yaml:2: columns.Mail: unknown value; did you mean `email`?"),
        ("columns:\n  Mial: email\n", "roles.yaml:2: columns.Mial: no such column; did you mean `Mail`?"),
        ("colums:\n  Mail: email\n", "roles.yaml:1: colums: unknown key; did you mean `columns`?"),
        ("columns:\n  Kundennr: record_id\n", "roles.yaml:1: columns: no column has a role that says anything"),
        ("columns: {Mail: email, Kundennr: record_id, Vorname: record_id}", "another column is the record_id already"),
        ("columns: [", "roles.yaml:1: not valid YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_what_may_be_meant(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationInvalid) as error:
        load(tmp_path, text)
    assert says in str(error.value)


def test_every_fault_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid) as error:
        load(tmp_path, "columns:\n  Vornam: given_name\n  Meil: email\n")
    assert len(str(error.value).splitlines()) == 2


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="no such file"):
        load_roles(tmp_path / "roles.yaml", HEADERS)
