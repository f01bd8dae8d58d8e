import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.privacy.files.outcome import Fate, Unreachable
from pipelines.privacy.files.tables import delimited
from pipelines.privacy.files.tables.delimited import rewrite
from tests.pipelines.privacy.files.items import rewritten

HEAD = "id,name,email,phone,notes\n"
BOB = "1,Bob Smith,bob@example.org,+1 212 555 0123,\n"
ANNAS = "C-4711,Anna Kowalska,,,\n"


@pytest.mark.parametrize(
    "row",
    [
        "2,A. K.,Anna.Kowalska@example.org,,\n",
        "2,A. K.,,0171 / 392 00 17,\n",
        "2,A. K.,bob@example.org; anna.kowalska@example.org,,\n",
        ANNAS,
        '2,"Kowalska, Anna","anna.kowalska@example.org","+49\n171 3920017",\n',
    ],
)
def test_a_row_with_an_identifier_is_left_out(row: str) -> None:
    data, done = rewritten(rewrite, (HEAD + BOB + row + BOB).encode())
    assert data.decode() == HEAD + BOB + BOB
    assert (done.removed, done.kept, done.fate) == (1, 2, Fate.REWRITTEN)


@pytest.mark.parametrize(
    "row",
    [
        "2,Anna Kowalska,anna.k@elsewhere.example,,\n",  # a namesake
        "3,Bob,bob@example.org,,his wife is anna.kowalska@example.org\n",
        "3,Bob,bob@example.org,,wife: 0171 3920017\n",
    ],
)
def test_a_namesake_and_what_somebody_wrote_stay_as_mentions(row: str) -> None:
    data, done = rewritten(rewrite, (HEAD + BOB + row).encode())
    assert data.decode() == HEAD + BOB + row
    assert (done.removed, done.mentions, done.fate) == (0, 1, Fate.UNTOUCHED)


def test_an_identifier_among_many_words_is_a_mention_under_any_header() -> None:
    row = "please call anna.kowalska@example.org about the parcel of Bob,\n"
    data, done = rewritten(rewrite, f"q1,q2\n{row}".encode())
    assert data.decode() == f"q1,q2\n{row}"
    assert done.mentions == 1


def test_an_id_alone_takes_nobody_out() -> None:
    data, done = rewritten(rewrite, (HEAD + "C-4711,Bob Smith,,,\n").encode())
    assert data.decode() == HEAD + "C-4711,Bob Smith,,,\n"
    assert done.fate is Fate.UNTOUCHED


def test_a_table_of_nobody_else_is_emptied() -> None:
    _, done = rewritten(rewrite, (HEAD + ANNAS).encode())
    assert done.fate is Fate.EMPTIED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "windows-1250", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_other_lines_stay_byte_for_byte_in_every_encoding(encoding: str, end: str, delimiter: str) -> None:
    other = {"cp932": "山田 太郎", "windows-1250": "Łukasz Żak"}.get(encoding, "Jürgen Groß")
    rows = [
        ["Name", "Email", "Telefon"],
        [other, "j@example.org", "030 123456"],
        ["Anna Kowalska", "anna.kowalska@example.org", "0171 3920017"],
        [other, "", '"quoted"'],
    ]
    lines = [delimiter.join(f'"{c}"' if '"' not in c else f'"{c[1:-1]}"' for c in row) + end for row in rows]
    kept = "".join([*lines[:2], *lines[3:]]).encode(encoding)
    stated = None if encoding.startswith("utf") else encoding
    data, done = rewritten(rewrite, "".join(lines).encode(encoding), encoding=stated)
    assert data == kept
    assert done.removed == 1


def test_a_legacy_encoding_is_told_from_the_text() -> None:
    text = "Name;Email\nJürgen Groß;j@example.org\nAnna Kowalska;anna.kowalska@example.org\n"
    data, _ = rewritten(rewrite, text.encode("windows-1252"))
    assert data == "Name;Email\nJürgen Groß;j@example.org\n".encode("windows-1252")


def test_bytes_that_are_in_no_encoding_stay_as_they_are() -> None:
    data, _ = rewritten(rewrite, b"name,email\n\xc3\x28,\xffx@example.org\nA,anna.kowalska@example.org\n")
    assert data == b"name,email\n\xc3\x28,\xffx@example.org\n"


def test_lines_above_the_header_and_blank_ones_stay() -> None:
    top = "sep=;\nPeople of today\n\n"
    data, done = rewritten(rewrite, f"{top}Name;Email\n\nBob;b@example.org\n\nA;anna.kowalska@example.org\n\n".encode())
    assert data.decode() == f"{top}Name;Email\n\nBob;b@example.org\n\n\n"
    assert done.kept == 1


def test_a_title_that_names_the_person_goes() -> None:
    data, done = rewritten(rewrite, b"Export of anna.kowalska@example.org\n\nName;Email\nBob;b@example.org\n")
    assert b"kowalska" not in data
    assert done.removed == 1


def test_a_quote_that_never_closes_hides_nobody() -> None:
    rows = 'name,email\nBob "x,b@example.org\n"Carl,c@example.org\nAnna,anna.kowalska@example.org\nD,d@example.org\n'
    data, _ = rewritten(rewrite, rows.encode())
    assert data.decode() == rows.replace("Anna,anna.kowalska@example.org\n", "")


def test_a_row_longer_than_a_block_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_LINES", 2)
    cell = '"street\nno. 3\nfloor 2"'
    rows = f"name,address,email\nBob,{cell},b@example.org\nAnna,{cell},anna.kowalska@example.org\nC,x,c@example.org\n"
    data, _ = rewritten(rewrite, rows.encode())
    assert data.decode() == f"name,address,email\nBob,{cell},b@example.org\nC,x,c@example.org\n"


def test_an_empty_file_is_left_alone() -> None:
    assert rewritten(rewrite, b"") == (b"", (0, 0, 0, 0, frozenset(), False))


def test_a_broken_utf16_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        rewritten(rewrite, "a,b\nc,d\n".encode("utf-16") + b"\x00")


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.lists(st.integers(0, 8), max_size=3), st.booleans())
def test_everybody_else_stays_byte_for_byte(others: list[tuple[str, ...]], places: list[int], quoted: bool) -> None:
    def lines(rows: list[tuple[str, ...]]) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
        writer.writerows([("name", "city", "email"), *rows])
        return out.getvalue().encode()

    mixed = list(others)
    for place in places:
        mixed.insert(place, ("Anna", "Berlin", "anna.kowalska@example.org"))
    data, done = rewritten(rewrite, lines(mixed))
    assert data == lines(others)
    assert done.removed == len(places)
