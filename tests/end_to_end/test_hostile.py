"""Files nobody should send: each costs itself or its own rows, says why and where, and everything else goes on."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from tests.small_project import SETTINGS, SmallProject, small_project
from tests.tiny_workbook import parts, row

GOOD = b"2,Joe Bloggs,joe@example.com\n"
HEADER = b"id,name,email\n"


def with_row(row: bytes) -> bytes:
    """A list with one bad row before a good one."""
    return HEADER + row + GOOD


def deliver(project: SmallProject, name: str, content: bytes) -> None:
    path = project.project.folder / "landing" / "crm" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def problems(project: SmallProject) -> list[tuple[str, int | None]]:
    """Codes of what was wrong with whole rows, and the physical lines they stand on."""
    return [
        (each["code"], each["line_number"])
        for each in project.rows("SELECT code, line_number FROM problem WHERE severity = 'error' ORDER BY ALL")
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param("3,Zoë,zoe@example.com\n".encode() * 2 + b"1,Zo\xeb,zoe@example.com\n", "ROW_ENCODING", id="byte"),
        pytest.param(b"1,Jane\n", "ROW_TOO_FEW_FIELDS", id="short"),
        pytest.param(b"1,Jane,jane@example.com,,,x\n", "ROW_TOO_MANY_FIELDS", id="long"),
        pytest.param(b'1,"Jane,jane@example.com\n', "QUOTE_UNCLOSED", id="quote"),
        pytest.param(b"1,Jane,%s@example.com\n" % (b"x" * 50_000_000), "LIMIT_EXCEEDED", id="50 MB cell"),
        pytest.param(b'1,"%s",jane@example.com\n' % (b"Jane\n" * 40_000), "LIMIT_EXCEEDED", id="200 kB of lines"),
        pytest.param(b"1" + b"," * 100_000 + b"\n", "ROW_TOO_MANY_FIELDS", id="100,000 cells"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_the_next_one_comes_in(
    project: SmallProject, row: bytes, code: str
) -> None:
    deliver(project, "bad.csv", with_row(row))
    project.receive()

    line = 4 if code == "ROW_ENCODING" else 2
    assert problems(project) == [(code, line)]
    assert "2" in {each["record_id"] for each in project.rows("SELECT record_id FROM record")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "FILE_EMPTY", id="empty"),
        pytest.param(
            HEADER.decode().encode("utf-16-le") + GOOD.decode().encode("utf-16-le"), "FILE_ENCODING", id="nul"
        ),
        pytest.param(HEADER + b"1,Zo\xeb,zoe@example.com\n", "FILE_ENCODING", id="windows-1252"),
        pytest.param(b"a," * 100_000 + b"b\n", "FILE_LIMIT", id="100,000 columns"),
        pytest.param(b"x" * 9_000_000 + b"\n" + GOOD, "FILE_LIMIT", id="endless header"),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_the_next_one_comes_in(
    project: SmallProject, content: bytes, code: str
) -> None:
    deliver(project, "bad-2026-06-01.csv", content)
    deliver(project, "good-2026-06-02.csv", HEADER + GOOD)
    project.receive()

    assert project.rows("SELECT state, code, rows_read FROM delivery ORDER BY declared_at") == [
        {"state": "refused", "code": code, "rows_read": 0},
        {"state": "accepted", "code": None, "rows_read": 1},
    ]


def test_what_cannot_be_seen_is_no_part_of_a_name_and_a_formula_is_no_name(project: SmallProject) -> None:
    deliver(
        project,
        "list.csv",
        HEADER
        + "1,J\u202eane\u0000 D\u200boe\u2066,jane@example.com\n".encode()
        + b'2,"=HYPERLINK(""http://evil.example"",""Joe"")",joe@example.com\n',
    )
    project.receive()

    names = [each["name"] for each in project.rows("SELECT name FROM source_record ORDER BY row_number")]
    assert names[0] == "Jane Doe"
    assert names[1].startswith("=HYPERLINK")


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def bomb() -> bytes:
    return zipped(("_chat.txt", b"[1/1/26, 10:00:00] Jane: " + b"0" * 300_000_000))


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(bomb, "FILE_LIMIT", id="bomb"),
        pytest.param(lambda: zipped(("../../_chat.txt", b"[1/1/26, 10:00:00] Jane: Hello")), "FILE_FORMAT", id="../"),
        pytest.param(lambda: zipped(("_chat.txt", b"x"))[:-30], "FILE_FORMAT", id="cut short"),
    ],
)
def test_a_hostile_zip_is_refused(tmp_path: Path, content: Callable[[], bytes], code: str) -> None:
    sources = {"chats": {"format": "whatsapp_chat", "path": "landing/crm/*.zip", "owner": "Small Shop"}}
    with small_project(tmp_path / "small", **(SETTINGS | {"sources": sources})) as project:
        deliver(project, "WhatsApp Chat - Jane.zip", content())
        project.receive()
        assert project.rows("SELECT state, code FROM delivery") == [{"state": "refused", "code": code}]


ENTITY = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"xl/sharedStrings.xml": f"{ENTITY}<sst><si><t>&secret;</t></si></sst>"}, "FILE_FORMAT", id="XXE"),
        pytest.param({"../../evil.xml": "x"}, "FILE_FORMAT", id="../"),
        pytest.param(
            {"xl/sharedStrings.xml": f"<sst>{'<si><t>x</t></si>' * 4_000_000}</sst>"},
            "FILE_LIMIT",
            id="bomb",
            marks=pytest.mark.heavy,
        ),
    ],
)
def test_a_hostile_workbook_is_refused(tmp_path: Path, change: dict[str, str], code: str) -> None:
    sources = {"crm": {"format": "contacts_xlsx", "path": "landing/crm/*"}}
    with small_project(tmp_path / "small", **(SETTINGS | {"sources": sources})) as project:
        rows = row("name", "email") + row("Jane Doe", "jane@example.com")
        files = parts(rows, shared="<sst/>") | change
        deliver(project, "list-2026-06-01.xlsx", zipped(*((name, text.encode()) for name, text in files.items())))
        deliver(project, "list-2026-06-02.csv", b"name,email\nJoe Bloggs,joe@example.com\n")
        project.receive()
        assert project.rows("SELECT state, code, created FROM delivery ORDER BY declared_at") == [
            {"state": "refused", "code": code, "created": 0},
            {"state": "accepted", "code": None, "created": 1},
        ]
