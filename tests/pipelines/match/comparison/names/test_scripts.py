import polars as pl
import pytest

from pipelines.match.comparison.names.romanisation import spelling_key
from pipelines.match.comparison.names.scripts import (
    key_names,
    known_spellings,
    parted,
    script_of,
    spelling,
    spelling_columns,
)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        *(
            ("mara", "latin"),
            ("o3", "latin"),
            ("иван", "cyrillic"),
            ("νικος", "greek"),
            ("王伟", "han"),
            ("田中", "han"),
        ),
        *(("さくら", "kana"), ("サクラ", "kana"), ("김민준", "hangul"), ("أحمد", "arabic"), ("דוד", "hebrew")),
        *(("สมชาย", "thai"), ("राहुल", "devanagari"), ("გიორგი", "georgian"), ("արամ", "armenian")),
    ],
)
def test_a_text_is_in_a_script(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        *(("щербакова", "shcherbakova"), ("παπαδοπουλοσ", "papadopoulos"), ("王", "wang"), ("小明", "xiaoming")),
        *(
            ("民", "min"),
            ("張", "zhang"),
            ("민준", "minjun"),
            ("김", "kim"),
            ("さくら", "sakura"),
            ("きょうこ", "kyoko"),
        ),
        *(("じゅん", "jun"), ("しょうた", "shota"), ("田中", "tanaka"), ("דוד", "david"), ("გიორგი", "giorgi")),
    ],
)
def test_a_name_is_spelt_in_latin_letters(name: str, latin: str) -> None:
    assert spelling(name).latin == latin


@pytest.mark.parametrize(
    ("name", "latin"),
    [("الأحمد", "ahmad"), ("عبدالرحمن", "abdelrahman"), ("שמעון", "shimon"), ("ใจดี", "jaidee"), ("शर्मा", "sharma")],
)
def test_scripts_without_vowels_share_their_consonants_with_latin_spellings(name: str, latin: str) -> None:
    assert spelling(name).consonants == spelling(latin).consonants != ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(
            ("王伟", ("伟", "王")),
            ("司马光", ("光", "司马")),
            ("佐々木希", ("希", "佐々木")),
            ("황보민지", ("민지", "황보")),
        ),
        *(
            ("高橋ひろみ", ("ひろみ", "高橋")),
            ("王", (None, "王")),
            ("さくら", None),
            ("mara", None),
            ("東京電力株式会社", None),
        ),
    ],
)
def test_a_name_in_one_word_has_its_family_name_first(name: str, expected: tuple[str | None, str] | None) -> None:
    assert parted(name) == expected


def test_every_known_spelling_is_in_folded_latin_letters() -> None:
    spelt = [name for names in known_spellings().values() for name in names]
    assert all(name.isascii() and name.isalpha() and name.islower() for name in spelt)


def test_keys_meet_across_scripts_and_romanisations() -> None:
    schema = {"record": pl.UInt32, **dict.fromkeys(("given_name", "middle_name", "family_name"), pl.String)}
    rows = [(0, "юлия", None, "щербакова"), (1, "julia", None, "scherbakowa"), (2, None, "ann", None)]
    names = key_names(pl.DataFrame(rows, schema=schema, orient="row"))
    assert names["given_name"].to_list() == [spelling_key("julia"), spelling_key("julia"), None]
    assert names["family_name"].to_list() == [spelling_key("scherbakowa"), spelling_key("scherbakowa"), None]
    assert names["middle_name"].to_list() == [None, None, "ann"]


def test_spellings_are_columns_of_the_same_types_whatever_the_names() -> None:
    without, some = spelling_columns(pl.Series([], dtype=pl.String)), spelling_columns(pl.Series(["иван", "mara"]))
    assert without.schema == some.schema
    assert some["latin"].to_list() == ["ivan", "mara"]
