from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.change_requests.change_requests import looks_like, read
from tests.tiny_workbook import parts, row, write


def requests(path: Path, text: str, name: str = "asked.csv") -> list[dict[str, Any]]:
    """The requests of a file, each with the cells that are not blank."""
    file = path / name
    file.write_text(text, encoding="utf-8")
    rows = pl.concat([each.rows for each in read(file, ["tier"])], how="diagonal").to_dicts()
    return [{name: cell for name, cell in row.items() if cell} for row in rows]


def refusal(path: Path, text: str, name: str = "asked.csv") -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        requests(path, text, name)
    return caught.value


def test_a_cell_may_hold_several_contacts_and_columns_may_be_named_as_in_a_list(tmp_path: Path) -> None:
    text = "decision,contact,others,Note,tier\nmerge,crm:1,crm:2 ; shop:a\\;b,hello,gold\n"
    assert requests(tmp_path, text) == [
        {
            "row": 1,
            "line": 2,
            "decision": "merge",
            "contact": "crm:1",
            "others": ["crm:2", "shop:a;b"],
            "notes": "hello",
            "attr.tier": "gold",
        }
    ]


def test_a_workbook_is_read_as_a_table_is(tmp_path: Path) -> None:
    sheet = row("decision", "contact", "others") + row("merge", "crm:1", "crm:2; crm:3")
    file = write(tmp_path / "asked.xlsx", parts(sheets={"Decisions": ("visible", sheet)}))
    [batch] = read(file, [])
    assert batch.rows.select("row", "decision", "contact", "others").rows() == [
        (1, "merge", "crm:1", ["crm:2", "crm:3"])
    ]


def test_a_column_that_means_nothing_refuses_the_file_without_a_word_of_it(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "decision,untill\ntag,secret\n")
    assert refused.code == "HEADER_UNKNOWN"
    assert "did you mean `until`?" in refused.way_out
    assert "secret" not in refused.way_out


@pytest.mark.parametrize("name", ["asked.yaml", "asked.yml", "read me.txt"])
def test_another_kind_of_file_is_refused_with_the_command_that_makes_the_right_one(tmp_path: Path, name: str) -> None:
    refused = refusal(tmp_path, "- {decision: note, contact: crm:1, value: secret}\n", name)
    assert refused.code == "FILE_FORMAT"
    assert "`onecontact template --decisions --to requests.csv`" in refused.way_out
    assert "secret" not in refused.way_out


def test_columns_of_ours_are_ignored_and_examples_and_blank_rows_skipped(tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    file.write_text("_example,decision,_errors\n,tag,x\nshow,tag,\n,,\n", encoding="utf-8")
    [batch] = read(file, [])
    assert batch.rows["row"].to_list() == [1]
    assert batch.batch.refused["code"].to_list() == ["ROW_EXAMPLE", "ROW_BLANK"]


def test_change_requests_are_told_from_lists_by_their_header() -> None:
    assert looks_like(("decision", "contact"))
    assert not looks_like(("name", "phone"))
