from pathlib import Path

from pipelines.read.core.batch import Batch
from pipelines.read.csv.rows import open_csv
from pipelines.read.tables.contact_table import Layout, read_contacts, understand
from pipelines.read.tables.header_words import shared, told_apart
from schemas.error_codes import ErrorCode


def read(folder: Path, content: str, columns: dict[str, str] | None = None) -> Batch:
    path = folder / "list.csv"
    path.write_text(content)
    with open_csv(path) as table:
        [batch] = read_contacts(table, Layout(understand(table.header, None, columns or {})))
    return batch


def test_headers_are_told_apart_by_a_number_that_none_of_them_has() -> None:
    assert told_apart(["Email", "EMAIL", "E-Mail", "Email (2)", "email"]) == [
        "Email",
        "EMAIL (2)",
        "E-Mail",
        "Email (2) (2)",
        "email (3)",
    ]


def test_a_numbered_header_is_another_of_a_header_the_file_has() -> None:
    assert shared(["Phone", "Phone (2)", "Score (2)"]) == ["phone", "phone", "score (2)"]


def test_both_of_two_columns_of_addresses_are_read(tmp_path: Path) -> None:
    batch = read(tmp_path, "Name,Email,Email\nJane,jane@example.com,doe@example.com\n")
    assert batch.identifiers["raw"].to_list() == ["jane@example.com", "doe@example.com"]
    assert batch.original.columns == ["row", "c.Name", "c.Email", "c.Email (2)"]


def test_all_notes_are_kept_each_once(tmp_path: Path) -> None:
    batch = read(tmp_path, "Email,Notes,Notes,Comments\nj@example.com,a,b,a\nk@example.com,,,\n")
    assert batch.contacts["notes"].to_list() == ["a\nb", None]


def test_a_row_that_states_two_first_names_comes_back_and_says_where(tmp_path: Path) -> None:
    batch = read(
        tmp_path,
        "First name,Email,Firstname\nJane,jane@example.com,Ina\nJoe,joe@example.com,JOE\n,kim@example.com,Kim\n",
    )
    assert batch.contacts["first_name"].to_list() == ["Joe", "Kim"]
    [(row, line, code, expected)] = batch.refused.select("row", "line", "code", "expected").rows()
    assert (row, line, code) == (1, 2, ErrorCode.HEADER_DUPLICATE)
    assert "columns 1 and 3" in expected
    assert "`Firstname: ignore`" in expected
    assert "Ina" not in expected


def test_one_of_two_columns_of_a_header_can_be_left_out(tmp_path: Path) -> None:
    batch = read(tmp_path, "Name,Name,Email\nJane,Ina,j@example.com\n", {"Name (2)": "ignore"})
    assert batch.contacts["name"].to_list() == ["Jane"]
    assert batch.refused.is_empty()


def test_an_attribute_that_two_columns_contradict_each_other_in_is_told_apart(tmp_path: Path) -> None:
    batch = read(tmp_path, "Email,Tier,Tier\na@example.com,gold,Gold\nb@example.com,,gold\nc@example.com,gold,silver\n")
    assert batch.attributes.sort("row", "attribute").rows() == [
        (1, "tier", "gold", "Tier"),
        (2, "tier", "gold", "Tier (2)"),
        (3, "tier", "gold", "Tier"),
        (3, "tier_(2)", "silver", "Tier (2)"),
    ]
