from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.csv.code_pages import likely_among, likely_encodings
from pipelines.read.csv.rows import open_csv
from schemas.error_codes import ErrorCode

WESTERN = "name;email\nJürgen Groß;j@example.com\nZoë Müller;z@example.com\n"
CYRILLIC = "Имя;Фамилия;Телефон\nИван;Петров;+79161234567\nОльга;Сидорова;+79161234568\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1252", WESTERN),
        ("mac_roman", WESTERN),
        ("windows-1250", "Imię;Email\nŁukasz;l@example.com\nŻaneta Błąd;z@example.com\n"),
        ("windows-1251", CYRILLIC),
        ("windows-1253", "name,email\nΕλένη Νικολάου,e@example.com\n"),
        ("windows-1256", "name,email\nمحمد علي,m@example.com\n"),
        ("cp932", "name,email\nヤマダ タロウ,y@example.com\n"),
        ("gb18030", "姓名,电话\n王小明,13800138000\n李华,13800138001\n"),
        ("big5", "姓名,電話\n陳小明,0912345678\n林美華,0912345679\n"),
        ("utf-16-le", WESTERN),
        ("utf-16-be", WESTERN),
    ],
)
def test_the_encoding_of_names_is_the_likeliest(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    assert likely_encodings(path)[0] == encoding


@pytest.mark.parametrize(("encoding", "text"), [("cp949", "이름\n김철수\n이영희\n"), ("windows-1255", "משה כהן\n")])
def test_where_several_fit_all_are_named(encoding: str, text: str) -> None:
    likely = likely_among([text.encode(encoding)])
    assert encoding in likely
    assert len(likely) > 1


def test_plain_letters_and_bytes_that_make_no_words_tell_nothing() -> None:
    assert likely_among([b"name,email\n"]) == []
    assert likely_among([b"\x81\x9d\x8f\x90\x00\xff\xfe"]) == []


def test_the_refusal_names_what_was_tried_what_fits_and_the_option(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(CYRILLIC.encode("windows-1251"))
    with pytest.raises(DeliveryRefused) as refused, open_csv(path) as table:
        list(table.rows)
    assert refused.value.code is ErrorCode.FILE_ENCODING
    assert refused.value.way_out == (
        "the file is not utf-8; it looks like windows-1251: set `encoding:` of its source to that, or save it as UTF-8"
    )


def test_what_fits_is_read_once_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(CYRILLIC.encode("windows-1251"))
    with open_csv(path, "windows-1251") as table:
        assert table.header == ["Имя", "Фамилия", "Телефон"]
        assert next(table.rows).cells["c1"].to_list() == ["Петров", "Сидорова"]
