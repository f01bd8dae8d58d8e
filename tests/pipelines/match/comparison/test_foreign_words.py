import polars as pl
import pytest

from pipelines.match.comparison.name_words import judged_words


def level(lo: str, hi: str, part: str = "given_name") -> str:
    return str(judged_words(part, pl.DataFrame({"lo": [lo], "hi": [hi]})).item())


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("иван", "ivan", "exact"),
        ("иван", "мария", "different"),
        ("иван", "mara", "not comparable"),
        ("и", "ivan", "initial"),
        ("александр", "александра", "different"),
        ("александр", "aleksandra", "not comparable"),
        ("александр", "саша", "nickname"),
        ("伟", "芳", "different"),
        ("伟", "wei", "exact"),
        ("伟", "wen", "not comparable"),
        ("麗華", "丽华", "exact"),
        ("민준", "서연", "different"),
        ("أحمد", "احمد", "exact"),
        ("أمير", "أميرة", "different"),
        ("محمد", "فاطمة", "different"),
        ("محمد", "иван", "not comparable"),
        ("محمد", "moussa", "not comparable"),
        ("สมชาย", "somchai", "typo"),
        ("สมชาย", "mara", "not comparable"),
        ("मोहन", "mary", "not comparable"),
        ("عبدالرحمن", "عبدالرحمان", "typo"),
        ("عبدالرحمن", "عبدالرهمن", "typo"),
        ("عبدالرحمن", "عبدالكريم", "different"),
    ],
)
def test_two_scripts_agree_or_are_not_comparable_and_one_may_contradict_itself(lo: str, hi: str, expected: str) -> None:
    assert level(lo, hi) == level(hi, lo) == expected


def test_names_in_latin_letters_are_judged_beside_others() -> None:
    pairs = pl.DataFrame({"lo": ["jonh", "иван", "otto"], "hi": ["john", "ivan", "mara"]})
    assert judged_words("given_name", pairs).to_list() == ["typo", "exact", "different"]


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("علي", "علم", "different"),  # one slip from four letters on
        ("سمير", "سمين", "typo"),
        ("سمير", "سلين", "different"),
        ("דניאל", "דניאלה", "different"),  # a man's and a woman's
        ("راهول", "راهوله", "different"),
        ("عبد الله", "عبدالله", "exact"),  # in one word or in two
        ("김 민준", "김민준", "exact"),
        ("王伟", "王", "different"),
        ("राम", "रमा", "typo"),  # the same consonants
        ("สม", "สา", "different"),
        ("иван", "ивон", "typo"),
    ],
)
def test_within_one_script_names_differ_by_what_its_signs_stand_for(lo: str, hi: str, expected: str) -> None:
    assert level(lo, hi) == level(hi, lo) == expected


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("小明", "xiaoming", "exact"),
        ("小明", "xiaomin", "typo"),
        ("민준", "minjum", "typo"),  # one slip from six Latin letters on
        ("수진", "sujin", "exact"),
        ("수진", "sujim", "not comparable"),
        ("さくら", "sakora", "typo"),
        ("さくら", "sak", "not comparable"),
        ("王", "wang", "exact"),
        ("王", "chang", "not comparable"),
        ("陳", "chan", "exact"),  # every spelling that is known
        ("이", "lee", "exact"),
        ("سمير", "sameer", "typo"),
        ("دعاء", "dua", "not comparable"),  # too few consonants
        ("محمد", "מחמד", "typo"),
        ("राहुल", "rohit", "not comparable"),
        ("мария", "marya", "exact"),
        ("мария", "mara", "similar"),
        ("μαρια", "мария", "exact"),
        ("김민준", "さくら", "not comparable"),
    ],
)
def test_across_scripts_names_agree_by_their_spellings_or_their_consonants(lo: str, hi: str, expected: str) -> None:
    assert level(lo, hi) == level(hi, lo) == expected
