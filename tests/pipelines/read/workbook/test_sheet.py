import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read.tables import table as table_module
from pipelines.read.workbook import parts as workbook_parts
from pipelines.read.workbook import sheet as sheet_module
from pipelines.read.workbook.sheet import open_sheet
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.tiny_workbook import parts, row, text, write

HEADER = row("name", "phone")


def table(path: Path, sheet: str | None = None, *, rows: int = 100) -> tuple[list[str], list[tuple[object, ...]]]:
    with open_sheet(path, sheet, rows=rows) as opened:
        return opened.header, [row for batch in opened.rows for row in batch.cells.rows()]


def sheet(folder: Path, rows: str, *, shared: str | None = None, styles: str | None = None) -> list[tuple[object, ...]]:
    """The rows below a header of one sheet: row, line, cells."""
    return table(write(folder / "list.xlsx", parts(rows, shared=shared, styles=styles)))[1]


def cell(folder: Path, xml: str, *, shared: str | None = None, styles: str | None = None) -> str:
    """The text of one cell."""
    return str(sheet(folder, f"{row('value')}<row>{xml}</row>", shared=shared, styles=styles)[0][2])


def refusal(folder: Path, files: Mapping[str, str | bytes], name: str | None = None) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        table(write(folder / "list.xlsx", files), name)
    return refused.value


# Rows and their places


def test_the_first_row_with_content_is_the_header_and_lines_are_those_of_the_sheet(tmp_path: Path) -> None:
    rows = (
        f'<row r="3"><c r="A3" t="inlineStr"><is><t> name </t></is></c></row><row r="5">{text("Jane")}</row>'
        f'<row r="9">{text("Joe")}</row>'
    )
    path = write(tmp_path / "list.xlsx", parts(rows))
    assert table(path) == (["name"], [(1, 5, "Jane"), (2, 9, "Joe")])


def test_rows_and_cells_without_a_place_follow_the_last(tmp_path: Path) -> None:
    assert sheet(tmp_path, HEADER + row("Jane", "1") + "<row/>" + row("Joe", "2")) == [
        (1, 2, "Jane", "1"),
        (2, 4, "Joe", "2"),
    ]


def test_rows_that_say_nothing_are_no_rows(tmp_path: Path) -> None:
    blank = '<row><c s="0"/><c t="inlineStr"><is><t> </t></is></c></row>'
    assert sheet(tmp_path, HEADER + blank + row("Jane", "1") + blank) == [(1, 3, "Jane", "1")]


def test_cells_that_are_not_there_are_blank(tmp_path: Path) -> None:
    rows = HEADER + row("Jane") + '<row r="3"><c r="B3"><v>1</v></c></row>'
    assert sheet(tmp_path, rows) == [(1, 2, "Jane", ""), (2, 3, "", "1")]


def test_a_column_without_a_header_is_called_by_its_place(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
    assert table(write(tmp_path / "list.xlsx", parts(rows)))[0] == ["column 1", "name"]


def test_a_row_wider_than_the_header_is_refused_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", parts(HEADER + row("Jane", "1", "", "x") + row("Joe", "2", " ")))
    with open_sheet(path) as opened:
        (batch,) = opened.rows
    assert batch.cells.rows() == [(2, 3, "Joe", "2")]
    assert batch.refused["code"].to_list() == ["ROW_TOO_MANY_FIELDS"]
    assert batch.refused["raw"].to_list() == ['{"name": "Jane", "phone": "1", "_extra": ["", "x"]}']


def test_rows_come_in_batches(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", parts(row("name") + row("Jane") * 5))
    with open_sheet(path, rows=2) as opened:
        assert [batch.cells.height for batch in opened.rows] == [2, 2, 1]


def test_of_merged_cells_the_first_holds_the_value(tmp_path: Path) -> None:
    files = parts(HEADER + row("Jane") + '<row r="3"><c r="A3"/><c r="B3"><v>1</v></c></row>')
    sheet_part = "xl/worksheets/rId1.xml"
    files[sheet_part] = files[sheet_part].replace(
        "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    )
    assert table(write(tmp_path / "list.xlsx", files))[1] == [(1, 2, "Jane", ""), (2, 3, "", "1")]


def test_names_of_elements_may_have_a_prefix(tmp_path: Path) -> None:
    files = parts()
    files["xl/worksheets/rId1.xml"] = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row><x:c t="str"><x:v>name</x:v></x:c></x:row><x:row><x:c t="str"><x:v>Jane</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    assert table(write(tmp_path / "list.xlsx", files)) == (["name"], [(1, 2, "Jane")])


# Which sheet


SHEETS = {
    "Empty": ("visible", "<row/>"),
    "Old": ("hidden", row("name") + row("Jane")),
    "People": ("visible", row("name") + row("Joe")),
}


def test_the_first_sheet_that_is_shown_and_has_content_is_read(tmp_path: Path) -> None:
    assert table(write(tmp_path / "list.xlsx", parts(sheets=SHEETS)))[1] == [(1, 2, "Joe")]


def test_a_sheet_can_be_named_even_if_it_is_hidden(tmp_path: Path) -> None:
    assert table(write(tmp_path / "list.xlsx", parts(sheets=SHEETS)), "old")[1] == [(1, 2, "Jane")]


def test_a_sheet_that_is_not_there_is_told_of_without_a_name(tmp_path: Path) -> None:
    refused = refusal(tmp_path, parts(sheets=SHEETS), "Clients")
    assert refused.code is ErrorCode.FILE_FORMAT
    assert "none of the 3 sheets" in refused.way_out
    assert "People" not in str(refused)


def test_a_workbook_without_content_is_empty(tmp_path: Path) -> None:
    assert refusal(tmp_path, parts("<row/>")).code is ErrorCode.FILE_EMPTY


# Cells


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ('<c t="s"><v>1</v></c>', "two"),
        ('<c t="str"><f>A1</f><v>a &amp; b</v></c>', "a & b"),
        ('<c t="inlineStr"><is><r><t>Jane </t></r><r><t>Doe</t></r></is></c>', "Jane Doe"),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="b"><v>0</v></c>', "false"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="d"><v>2025-04-03T10:00:00</v></c>', "2025-04-03T10:00:00"),
        ("<c><v>491512345678</v></c>", "491512345678"),
        ("<c><v>4.91512345678E+11</v></c>", "491512345678"),
        ('<c t="n"><v>1.50</v></c>', "1.5"),
        ("<c><v>INF</v></c>", "INF"),
        ("<c><v>nothing</v></c>", "nothing"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ("<c><f>1+1</f></c>", "=1+1"),
        ("<c><f>1+1</f><v/></c>", "=1+1"),
        ('<c t="str"><v>one_x000D_two_x005F_x0041_</v></c>', "one\rtwo_x0041_"),
        ('<c t="str"><v>_xD83D_</v></c>', "_xD83D_"),
    ],
)
def test_a_cell_as_text(tmp_path: Path, xml: str, said: str) -> None:
    assert cell(tmp_path, xml, shared="<si><t>one</t></si><si><t>two</t></si>") == said


def test_how_a_text_is_pronounced_is_no_part_of_it(tmp_path: Path) -> None:
    shared = "<si><r><t>東京</t></r><rPh><t>トウキョウ</t></rPh><r><t>都</t></r></si>"
    assert cell(tmp_path, '<c t="s"><v>0</v></c>', shared=shared) == "東京都"


def test_the_style_of_a_cell_says_what_its_number_is(tmp_path: Path) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="164" formatCode="0"/></dxf></dxfs>'
    )
    assert cell(tmp_path, '<c s="0"><v>45000</v></c>', styles=styles) == "45000"
    assert cell(tmp_path, '<c s="1"><v>45000</v></c>', styles=styles) == "2023-03-15"
    assert cell(tmp_path, '<c s="2"><v>45000.5</v></c>', styles=styles) == "2023-03-15T12:00:00"


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    rows = row("day") + '<row><c s="0"><v>43538</v></c></row>'
    files = parts(rows, styles=styles, settings='<workbookPr date1904="1"/>')
    assert table(write(tmp_path / "list.xlsx", files))[1] == [(1, 2, "2023-03-15")]


def test_a_text_too_long_to_be_accepted_is_cut_where_that_shows(tmp_path: Path) -> None:
    assert len(cell(tmp_path, text("ä" * MAX_TEXT))) == MAX_TEXT
    assert len(cell(tmp_path, text("x\n" * MAX_TEXT))) == MAX_TEXT + 1
    assert len(cell(tmp_path, '<c t="s"><v>0</v></c>', shared=f"<si>{'<t>xyz</t>' * MAX_TEXT}</si>")) == MAX_TEXT + 1


# What is no workbook, or made to do harm


@pytest.mark.parametrize("content", [b"", b"name,phone\n", b"PK\x03\x04 and so on"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(DeliveryRefused):
        table(path)


def test_a_password_and_the_old_format_are_told_of(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    with pytest.raises(DeliveryRefused, match=r"has a password or is an old \.xls"):
        table(path)


@pytest.mark.parametrize("missing", ["_rels/.rels", "xl/workbook.xml", "xl/worksheets/rId1.xml"])
def test_a_workbook_that_lacks_a_part_is_refused(tmp_path: Path, missing: str) -> None:
    files = {name: content for name, content in parts(HEADER).items() if name != missing}
    assert refusal(tmp_path, files).code is ErrorCode.FILE_FORMAT


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c><v>1</v></row>",
        '<row><c t="s"><v>7</v></c></row>',
        '<row><c s="7"><v>7</v></c></row>',
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="x"><c><v>1</v></c></row>',
        '<row><c r="A"><v>1</v></c></row>',
        '<row><c r="ZZZZZZZZZZZZ99999999999999"><v>1</v></c></row>',
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path: Path, rows: str) -> None:
    assert refusal(tmp_path, parts(rows)).code is ErrorCode.FILE_FORMAT


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/rId1.xml", "_rels/.rels"])
def test_a_document_type_is_refused_wherever_it_stands(tmp_path: Path, part: str) -> None:
    files = parts(HEADER, shared="<si><t>a</t></si>")
    kind = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    refused = refusal(tmp_path, files | {part: kind + files[part]})
    assert (refused.code, "document type" in refused.way_out) == (ErrorCode.FILE_FORMAT, True)


def test_parts_outside_the_workbook_are_never_looked_at(tmp_path: Path) -> None:
    files = parts(HEADER)
    key = "xl/_rels/workbook.xml.rels"
    files[key] = files[key].replace('Target="worksheets/rId1.xml"', 'Target="file:///a.xml" TargetMode="External"')
    assert refusal(tmp_path, files).code is ErrorCode.FILE_EMPTY


def test_a_workbook_can_promise_what_it_likes(tmp_path: Path) -> None:
    files = parts(row("name") + '<row><c t="s"><v>0</v></c></row>')
    files["xl/sharedStrings.xml"] = (
        '<sst count="99999999999999" uniqueCount="99999999999999"><si><t>Jane</t></si></sst>'
    )
    sheet_part = "xl/worksheets/rId1.xml"
    files[sheet_part] = files[sheet_part].replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert table(write(tmp_path / "list.xlsx", files))[1] == [(1, 2, "Jane")]


def test_a_cell_far_away_costs_no_more_than_itself(tmp_path: Path) -> None:
    rows = row("name") + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    assert sheet(tmp_path, rows) == [(1, 1048576, "1")]


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, parts(row(*["x"] * 2001))).code is ErrorCode.FILE_LIMIT
    assert refusal(tmp_path, parts('<row><c r="XFD1"><v>1</v></c></row>')).code is ErrorCode.FILE_LIMIT


def test_styled_cells_without_content_are_no_columns(tmp_path: Path) -> None:
    styled = '<row><c t="str"><v>Jane</v></c><c r="XFD2" s="0"/></row>'
    assert sheet(tmp_path, row("name") + styled) == [(1, 2, "Jane")]


def test_elements_within_elements_come_to_an_end(tmp_path: Path) -> None:
    assert refusal(tmp_path, parts("<a>" * 100_000)).code is ErrorCode.FILE_LIMIT


def test_a_tag_that_never_ends_is_not_read_to_its_end(tmp_path: Path) -> None:
    digits = "".join(map(str, range(500_000)))
    assert refusal(tmp_path, parts(f'<row a="{digits}"/>')).code is ErrorCode.FILE_LIMIT


def test_shared_texts_are_held_only_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_parts, "LARGEST_HELD", 2_000)
    assert table(write(tmp_path / "list.xlsx", parts(HEADER, shared="<si><t>text</t></si>")))[1] == []
    assert refusal(tmp_path, parts(HEADER, shared="<si><t>text</t></si>" * 100)).code is ErrorCode.FILE_LIMIT


def test_a_long_text_cannot_be_repeated_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_module, "MOST_TEXT", 20_000)
    rows = row("name") + '<row><c t="s"><v>0</v></c></row>' * 30
    assert refusal(tmp_path, parts(rows, shared=f"<si><t>{'x' * 1_000}</t></si>")).code is ErrorCode.FILE_LIMIT


def test_a_text_before_the_first_is_none(tmp_path: Path) -> None:
    rows = row("name") + '<row><c t="s"><v>-1</v></c></row>'
    assert refusal(tmp_path, parts(rows, shared="<si><t>Jane</t></si>")).code is ErrorCode.FILE_FORMAT


def test_rows_of_a_wide_sheet_come_in_short_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MOST_CELLS", 6)
    path = write(tmp_path / "list.xlsx", parts(row("a", "b", "c") + row("x") * 5))
    with open_sheet(path) as opened:
        assert [batch.cells.height for batch in opened.rows] == [2, 2, 1]


def test_a_refusal_says_nothing_of_what_is_in_the_workbook(tmp_path: Path) -> None:
    refused = refusal(tmp_path, parts(row("name") + "<row><c><v>jane@example.com</v></x></row>"))
    assert "jane" not in str(refused)
    assert refused.__suppress_context__


# Whatever the bytes


def bytes_of(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


WHOLE: dict[str, str | bytes] = {
    **parts(
        HEADER + '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>45000.5</v></c></row>',
        shared="<si><t>Jane</t></si>",
        styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
    )
}
SCRAPS = st.sampled_from(
    [
        b"<",
        b">",
        b'"',
        b"&",
        b"\0",
        b'r="ZZZ9"',
        b'r="99999999"',
        b"<v>-9</v>",
        b's="9"',
        b"<row>",
        b"1e9",
        b"<!DOCTYPE a>",
    ]
)


@st.composite
def mutilated(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes with some cut out, and others put in their place."""
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 20)))
    return content[:start] + draw(SCRAPS | st.binary(max_size=8)) + (content[end:] if draw(st.booleans()) else b"")


@st.composite
def with_a_part_mutilated(draw: st.DrawFn) -> bytes:
    name = draw(st.sampled_from(sorted(WHOLE)))
    content = WHOLE[name]
    return bytes_of(WHOLE | {name: draw(mutilated(content.encode() if isinstance(content, str) else content))})


@given(content=st.binary(max_size=200) | mutilated(bytes_of(WHOLE)) | with_a_part_mutilated())
@example(content=bytes_of(WHOLE))
@settings(max_examples=examples(150, light=30), deadline=1000)
def test_no_bytes_raise_anything_but_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.xlsx"
    path.write_bytes(content)
    try:
        header, rows = table(path)
    except DeliveryRefused:
        return
    assert all(len(row) == len(header) + 2 for row in rows)


@given(
    widths=st.lists(st.integers(1, 4), max_size=8),
    size=st.integers(1, 3),
)
@settings(max_examples=examples(60, light=12), deadline=None)
def test_rows_that_fit_the_header_are_taken_and_longer_ones_refused(
    tmp_path_factory: pytest.TempPathFactory, widths: list[int], size: int
) -> None:
    body = "".join(row(*["x"] * width) for width in widths)
    path = write(tmp_path_factory.getbasetemp() / "widths.xlsx", parts(row("id", "name", "email") + body))
    with open_sheet(path, rows=size) as table:
        batches = list(table.rows)
    taken = [number for each in batches for number in each.cells["row"]]
    refused = [number for each in batches for number in each.refused["row"]]
    assert taken == [number for number, width in enumerate(widths, 1) if width <= 3]
    assert refused == [number for number, width in enumerate(widths, 1) if width > 3]
