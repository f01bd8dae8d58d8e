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
