import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.privacy.files.kinds import rewrite
from pipelines.privacy.files.outcome import Done, Fate, Unreachable
from pipelines.read.workbook.sheet import open_sheet
from tests import tiny_workbook as tiny
from tests.pipelines.privacy.files.items import rewritten

ANNA = "anna.kowalska@example.org"
HEAD = tiny.row("Name", "Email", "Notes")


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def bare(tmp_path: Path, files: dict[str, str]) -> tuple[dict[str, bytes], Done]:
    data, done = rewritten(rewrite, tiny.write(tmp_path / "in.xlsx", files).read_bytes(), "people.xlsx")
    return parts_of(data) if data else {}, done


def cells(data: bytes, tmp_path: Path) -> list[list[str]]:
    (tmp_path / "out.xlsx").write_bytes(data)
    with open_sheet(tmp_path / "out.xlsx") as table:
        return [table.header, *(list(row[2:]) for rows in table.rows for row in rows.cells.iter_rows())]


def test_rows_of_the_person_go_and_others_keep_their_cells(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("People")
        for line, row in enumerate(
            [
                ["Name", "Email", "Age", "Notes"],
                ["Bob", "bob@example.org", 41, "friend of anna.kowalska@example.org"],
                ["Anna Kowalska", ANNA, 39, ""],
                ["Carl", "c@example.org", 12.5, "x"],
            ]
        ):
            sheet.write_row(line, 0, row)
        sheet.write_formula(4, 2, "=SUM(C2:C4)", None, 92.5)
        sheet.write_comment("A3", "prefers to be called in the morning")
        sheet.write_url("B3", f"mailto:{ANNA}", string=ANNA)
        book.set_properties({"author": "Anna Kowalska", "title": "People"})
    data, done = rewritten(rewrite, path.read_bytes(), "people.xlsx")
    assert cells(data, tmp_path) == [
        ["Name", "Email", "Age", "Notes"],
        ["Bob", "bob@example.org", "41", "friend of anna.kowalska@example.org"],
        ["Carl", "c@example.org", "12.5", "x"],
        ["", "", "92.5", ""],
    ]
    assert (done.removed, done.mentions, done.fate) == (1, 1, Fate.REWRITTEN)
    parts = parts_of(data)
    assert parts.keys() == parts_of(path.read_bytes()).keys()
    assert b"<f>SUM(C2:C4)</f>" in parts["xl/worksheets/sheet1.xml"]
    everything = b"".join(content for name, content in parts.items() if "sharedStrings" not in name)
    assert b"owalska" not in everything
    assert b"morning" not in everything
    assert parts["xl/sharedStrings.xml"].count(b"owalska") == 1  # the note of Bob


def test_shared_texts_lose_what_only_the_person_showed(tmp_path: Path) -> None:
    shared = f"<si><t>Name</t></si><si><t>Hamburg</t></si><si><r><t>{ANNA}</t></r></si><si><t>old {ANNA}</t></si>"
    shared += "<si><t>Berlin</t></si>"
    rows = (
        '<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c t="s"><v>1</v></c></row>'
        '<row r="3"><c t="s"><v>2</v></c><c t="s"><v>1</v></c><c r="C3" t="s"><v>4</v></c></row>'
    )
    parts, _ = bare(tmp_path, tiny.parts(rows, shared=shared))
    blank = "<si><t></t></si>"
    assert (
        f"<si><t>Name</t></si><si><t>Hamburg</t></si>{blank}{blank}{blank}</sst>"
        in parts["xl/sharedStrings.xml"].decode()
    )
    assert '<row r="3">' not in parts["xl/worksheets/rId1.xml"].decode()


def test_rows_without_numbers_and_with_prefixes_are_told(tmp_path: Path) -> None:
    rows = f"{tiny.row('Name', 'Email')}{tiny.row('A', ANNA)}<row/>{tiny.row('B', 'b@example.org')}"
    parts, done = bare(tmp_path, tiny.parts(rows))
    assert done.removed == 1
    assert tiny.row("B", "b@example.org") in parts["xl/worksheets/rId1.xml"].decode()
    assert ANNA.encode() not in parts["xl/worksheets/rId1.xml"]


def test_hidden_sheets_are_rewritten_too(tmp_path: Path) -> None:
    sheets = {"A": ("visible", HEAD + tiny.row("Bob", "b@example.org")), "B": ("hidden", HEAD + tiny.row("x", ANNA))}
    parts, done = bare(tmp_path, tiny.parts(sheets=sheets))
    assert done.removed == 1
    assert ANNA.encode() not in parts["xl/worksheets/rId2.xml"]


def test_a_formula_that_others_repeat_goes_and_their_values_stay(tmp_path: Path) -> None:
    first = '<c r="C2"><f t="shared" ref="C2:C3" si="0">A1</f><v>1</v></c>'
    second = '<c r="C3"><f t="shared" si="0"/><v>7</v></c>'
    rows = f'{HEAD}<row r="2">{tiny.text(ANNA)}{first}</row><row r="3">{tiny.text("b@example.org")}{second}</row>'
    files = tiny.parts(rows) | {"xl/calcChain.xml": '<calcChain><c r="C2" i="1"/></calcChain>'}
    parts, _ = bare(tmp_path, files)
    assert '<c r="C3"><v>7</v></c>' in parts["xl/worksheets/rId1.xml"].decode()
    assert "xl/calcChain.xml" not in parts


def test_a_workbook_of_nobody_else_is_emptied_and_one_of_others_untouched(tmp_path: Path) -> None:
    assert bare(tmp_path, tiny.parts(HEAD + tiny.row("A", ANNA)))[1].fate is Fate.EMPTIED
    assert bare(tmp_path, tiny.parts(HEAD + tiny.row("B", "b@example.org")))[1].fate is Fate.UNTOUCHED


def test_a_part_that_is_no_xml_and_holds_the_person_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        bare(tmp_path, tiny.parts(HEAD) | {"xl/media/image.bin": f"\0{ANNA}"})


def test_parts_that_do_not_change_stay_as_they_are(tmp_path: Path) -> None:
    files = tiny.parts(HEAD + tiny.row("A", ANNA) + tiny.row("B", "b@example.org"), styles="<numFmts/>")
    parts, _ = bare(tmp_path, files)
    same = [name for name, content in files.items() if parts[name] == content.encode()]
    assert sorted(set(files) - set(same)) == ["xl/worksheets/rId1.xml"]
    assert re.search(rb"<row>.*?b@example.org", parts["xl/worksheets/rId1.xml"])
