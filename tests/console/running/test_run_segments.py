"""A run with segments that cannot be published: the others are, and it is told and ends with exit code 1."""

from pathlib import Path

import pytest

from console.cli import main
from tests.small_project import small_project

SEGMENTS = {
    "fine": "segment: fine\nwhere: {all: []}\ncolumns: [contact_id, name]\n",
    "wrong": "segment: wrong\nwhere: {field: attr.teir, op: is_set}\ncolumns: [name]\n",
    "torn": "segment: torn\nwhere: {all: []\n",
    "few": "segment: few\nwhere: {all: []}\ncolumns: [name]\nexpect: {min_rows: 100}\n",
}


@pytest.mark.heavy
def test_what_is_wrong_with_a_segment_stops_nothing_but_its_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_project(tmp_path / "p") as made:
        made.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com")
    folder = tmp_path / "p"
    (folder / "segments").mkdir()
    for name, text in SEGMENTS.items():
        (folder / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert main(["run", "--project", str(folder), "--as-of", "2026-02-01"]) == 1
    told = capsys.readouterr()
    assert "exports/fine/contacts.csv: 2 contacts, published" in told.out
    stays = "was not published, and what was published before stays"
    assert f"exports/wrong {stays}: segment wrong: where.field: no field attr.teir" in told.err
    assert f"exports/torn {stays}: {folder}/segments/torn.yaml" in told.err
    assert f"exports/few {stays}: expect: min_rows: 2 contacts are fewer than 100" in told.err
    assert {path.name for path in (folder / "exports").iterdir()} == {"fine", "id_changes"}
    for name in ("wrong", "torn", "few"):
        (folder / "segments" / f"{name}.yaml").unlink()
    assert main(["run", "--project", str(folder), "--as-of", "2026-02-01"]) == 0
