"""Files of change requests as tables and as YAML."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.change_requests.change_requests import looks_like, read


def requests(path: Path, text: str, name: str = "asked.yaml") -> list[dict[str, Any]]:
    """The requests of a file, each with the cells that are not blank."""
    file = path / name
    file.write_text(text, encoding="utf-8")
    rows = pl.concat([each.rows for each in read(file, ["tier"])], how="diagonal").to_dicts()
    return [{name: cell for name, cell in row.items() if cell} for row in rows]


def refusal(path: Path, text: str, name: str = "asked.yaml") -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        requests(path, text, name)
    return caught.value


def test_yaml_is_read_as_it_is_written_with_the_lines_of_its_entries(tmp_path: Path) -> None:
    text = """\
by: Ina Kern
decisions:
  - decision: edit
    contact: +49 30 90182001
    field: tier
    value: yes
    reason: 2026-01-02
  - {decision: note, contact: crm:2, value: ~, by: Jan}
"""
    assert requests(tmp_path, text) == [
        {
            "row": 1,
            "line": 3,
            "decision": "edit",
            "contact": "+49 30 90182001",
            "field": "tier",
            "value": "yes",
            "reason": "2026-01-02",
            "by": "Ina Kern",
        },
        {"row": 2, "line": 8, "decision": "note", "contact": "crm:2", "by": "Jan"},
    ]


def test_yaml_may_be_a_plain_list_and_its_lists_are_cells_with_several_values(tmp_path: Path) -> None:
    text = '- decision: merge\n  contact: crm:1\n  others: [crm:2, "shop:a;b"]\n  attr.tier: gold\n'
    [row] = requests(tmp_path, text)
    assert row["others"] == ["crm:2", "shop:a;b"]
    assert row["attr.tier"] == "gold"


def test_the_same_requests_read_the_same_as_a_table(tmp_path: Path) -> None:
    table = "decision;contact;others;Note;\nmerge;crm:1;crm:2 ; crm:3;hello;\n".replace(";\n", "\n")
    text = "- {decision: merge, contact: crm:1, others: [crm:2, crm:3], note: hello}"
    told = [{k: v for k, v in row.items() if k != "line"} for row in requests(tmp_path, text)]
    quoted = table.replace(";", ",").replace("crm:2 , crm:3", "crm:2 ; crm:3")
    assert [{k: v for k, v in row.items() if k != "line"} for row in requests(tmp_path, quoted, "asked.csv")] == told


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "FILE_EMPTY", "nothing"),
        ("- decision: [a\n", "FILE_FORMAT", "line 2 is no YAML"),
        ("hello", "FILE_FORMAT", "line 1 needs a list"),
        ("decisions: []", "FILE_FORMAT", "line 1 needs a list"),
        ("decisions: [{decision: tag}]\nwhy: x", "FILE_FORMAT", "line 1 needs `decisions:`"),
        ("- secret", "FILE_FORMAT", "line 1 needs a request as"),
        ("- decision: tag\n  value: {secret: 1}", "FILE_FORMAT", "line 2 needs a value"),
        ("- decision: tag\n  decision: note", "FILE_FORMAT", "line 2 needs each column once"),
        ("- decision: tag\n  untill: secret", "HEADER_UNKNOWN", "did you mean `until`?"),
        ("- decision: \x07", "FILE_FORMAT", "control character"),
    ],
)
def test_yaml_of_another_form_is_refused_by_its_line_and_without_its_words(
    tmp_path: Path, text: str, code: str, says: str
) -> None:
    refused = refusal(tmp_path, text)
    assert refused.code == code
    assert says in refused.way_out
    assert "secret" not in refused.way_out


def test_yaml_in_another_encoding_or_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "asked.yml"
    file.write_bytes("- decision: note\n  value: Grüße".encode("latin-1"))
    with pytest.raises(DeliveryRefused, match="FILE_ENCODING"):
        list(read(file, []))
    monkeypatch.setattr("pipelines.read.change_requests.change_yaml.LARGEST", 10)
    with pytest.raises(DeliveryRefused, match="FILE_LIMIT"):
        list(read(file, []))


def test_columns_of_ours_are_ignored_and_examples_and_blank_rows_skipped(tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    file.write_text("_example,decision,_errors\n,tag,x\nshow,tag,\n,,\n", encoding="utf-8")
    [batch] = read(file, [])
    assert batch.rows["row"].to_list() == [1]
    assert batch.batch.refused["code"].to_list() == ["ROW_EXAMPLE", "ROW_BLANK"]


def test_change_requests_are_told_from_lists_by_their_name_or_header() -> None:
    assert looks_like(Path("any.yml"), ())
    assert looks_like(Path("any.csv"), ("decision", "contact"))
    assert not looks_like(Path("any.csv"), ("name", "phone"))
