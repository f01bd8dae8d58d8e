from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import zip as archive
from pipelines.read.workbook import parts as module
from pipelines.read.workbook.parts import found, parse, related, whole
from pipelines.read.workbook.workbook import RichText, opened, written
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.tiny_workbook import parts, row, write
from tests.tiny_workbook import related as relations


def elements(folder: Path, xml: str) -> tuple[list[tuple[str, dict[str, str]]], list[tuple[str, str]]]:
    """Elements of a part as they begin and as they end."""
    begun: list[tuple[str, dict[str, str]]] = []
    ended: list[tuple[str, str]] = []
    with archive.opened(write(folder / "a.zip", {"a.xml": xml})) as file:
        whole(
            file, "A.XML", lambda name, told: begun.append((name, told)), lambda name, text: ended.append((name, text))
        )
    return begun, ended


def refused(folder: Path, xml: str) -> ErrorCode:
    with pytest.raises(DeliveryRefused) as told:
        elements(folder, xml)
    return told.value.code


def test_elements_come_without_prefix_and_with_the_text_since_the_last_tag(tmp_path: Path) -> None:
    begun, ended = elements(tmp_path, '<x:a xmlns:x="u" k="1">one<b>two</b>three<c/></x:a>')
    assert begun == [("a", {"xmlns:x": "u", "k": "1"}), ("b", {}), ("c", {})]
    assert ended == [("b", "two"), ("c", ""), ("a", "")]


def test_of_a_text_longer_than_any_so_much_is_kept_that_it_shows(tmp_path: Path) -> None:
    _, [(_, text)] = elements(tmp_path, f"<a>{'x&amp;' * (MAX_TEXT + 5)}</a>")
    assert len(text) == MAX_TEXT + 1
    _, [(_, text)] = elements(tmp_path, f"<a>{'x' * MAX_TEXT}</a>")
    assert len(text) == MAX_TEXT


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<a>", ErrorCode.FILE_FORMAT),
        ("", ErrorCode.FILE_FORMAT),
        ("<!DOCTYPE a []><a/>", ErrorCode.FILE_FORMAT),
        ("<a>" * 101 + "</a>" * 101, ErrorCode.FILE_LIMIT),
    ],
)
def test_what_is_no_part_of_a_workbook_is_refused(tmp_path: Path, xml: str, code: ErrorCode) -> None:
    assert refused(tmp_path, xml) == code


def test_elements_may_lie_a_hundred_deep(tmp_path: Path) -> None:
    assert len(elements(tmp_path, "<a>" * 100 + "</a>" * 100)[0]) == 100
    assert len(elements(tmp_path, "<a>" + "<b></b>" * 200 + "</a>")[0]) == 201


def test_a_tag_may_be_so_long_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 16)
    monkeypatch.setattr(module, "LONGEST_TAG", 100)
    assert elements(tmp_path, f'<a k="{"x" * 50}"/>')[0]
    assert refused(tmp_path, f'<a k="{"x" * 500}"/>') == ErrorCode.FILE_LIMIT


def test_a_part_is_let_go_after_each_chunk_and_read_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 8)
    with archive.opened(write(tmp_path / "a.zip", {"a.xml": "<a>1234567890</a>"})) as file:
        assert len(list(parse(file, "a.xml", lambda *_: None, lambda *_: None))) == 4
        with pytest.raises(DeliveryRefused) as told:
            list(parse(file, "a.xml", lambda *_: None, lambda *_: None, 10))
        assert told.value.code == ErrorCode.FILE_LIMIT
        assert (found(file, "A.xml"), found(file, "b.xml")) == ("a.xml", None)
        with pytest.raises(DeliveryRefused):
            list(parse(file, "b.xml", lambda *_: None, lambda *_: None))


def test_a_part_points_at_others_of_its_folder_or_from_the_top(tmp_path: Path) -> None:
    told = relations(("r1", "worksheet", "sheets/a.xml"), ("r2", "styles", "/xl/s.xml"), ("r3", "theme", "../t.xml"))
    told = told.replace("</R", '<Relationship Id="r4" Type="x/link" Target="http://x" TargetMode="External"/></R', 1)
    with archive.opened(write(tmp_path / "a.zip", {"xl/_rels/workbook.xml.rels": told})) as file:
        assert related(file, "xl/workbook.xml") == {
            "r1": ("worksheet", "xl/sheets/a.xml"),
            "r2": ("styles", "xl/s.xml"),
            "r3": ("theme", "t.xml"),
        }


# the workbook -----------------------------------------------------------------------------------------------------


def test_a_workbook_lists_its_sheets_and_which_are_shown(tmp_path: Path) -> None:
    sheets = {"People": ("visible", row("a")), "Old": ("hidden", row("b")), "Older": ("veryHidden", row("c"))}
    with opened(write(tmp_path / "a.xlsx", parts(sheets=sheets))) as book:
        assert [(each.name, each.is_visible) for each in book.sheets] == [
            ("People", True),
            ("Old", False),
            ("Older", False),
        ]
        assert book.sheets[0].part == "xl/worksheets/rId1.xml"
        assert (book.strings, book.styles) == ([], [])


def test_shared_texts_are_in_their_order_without_how_they_are_pronounced(tmp_path: Path) -> None:
    shared = (
        "<si><t>one</t></si><si><r><t>tw</t></r><rPh><t>x</t></rPh><r><t>o</t></r></si><si/><si><t>a_x000D_b</t></si>"
    )
    with opened(write(tmp_path / "a.xlsx", parts(row("a"), shared=shared))) as book:
        assert book.strings == ["one", "two", "", "a\rb"]


def test_only_styles_of_cells_count(tmp_path: Path) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf/><xf numFmtId="164"/></cellXfs>'
    )
    with opened(write(tmp_path / "a.xlsx", parts(row("a"), styles=styles))) as book:
        assert len(book.styles) == 2
        assert book.styles[0] != book.styles[1]


@pytest.mark.parametrize(
    ("flag", "is_later"), [("1", True), ("true", True), ("on", True), ("0", False), ("false", False)]
)
def test_days_may_count_from_1904(tmp_path: Path, flag: str, is_later: bool) -> None:
    def shown(settings: str) -> list[object]:
        styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
        with opened(write(tmp_path / "a.xlsx", parts(row("a"), styles=styles, settings=settings))) as book:
            return [each(1) if callable(each) else each for each in book.styles]

    assert (shown(f'<workbookPr date1904="{flag}"/>') != shown("")) is is_later


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a_x000D_b", "a\rb"),
        ("_x0041_", "A"),
        ("_xD800_", "_xD800_"),
        ("_xE000_", "\ue000"),
        ("_x00_", "_x00_"),
        ("a", "a"),
    ],
)
def test_characters_that_xml_has_not_are_escaped(text: str, meant: str) -> None:
    assert written(text) == meant


def test_a_text_is_taken_once_and_kept_up_to_a_length() -> None:
    text = RichText()
    for run in ("a" * MAX_TEXT, "b", "c"):
        text.end("t", run)
    assert text.taken() == "a" * MAX_TEXT + "b"
    assert text.taken() == ""
    text.end("x", "no text")
    text.end("t", "again")
    assert text.taken() == "again"
