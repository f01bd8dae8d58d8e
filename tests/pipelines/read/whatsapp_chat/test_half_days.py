import pytest

from pipelines.read.whatsapp_chat.half_days import hour_of, known, says_nothing


@pytest.mark.parametrize(
    ("hour", "word", "expected"),
    [
        (12, "AM", 0),
        (12, "p. m.", 12),
        (3, "오후", 15),
        (12, "오전", 0),
        (3, "下午", 15),
        (3, "午後", 15),
        (8, "晚上", 20),
        (2, "凌晨", 2),
        (12, "中午", 12),
        (3, "μ.μ.", 15),
        (7, "CH", 19),
        (7, "SA", 7),
        (7, "du.", 19),
        (4, "ÖS", 16),
        (2, "ب.ظ.", 14),
        (3, "م", 15),
        (9, "ص", 9),
        (3, "หลังเที่ยง", 15),
        (3, "பிற்பகல்", 15),
        (3, "odp.", 15),
        (8, "da noite", 20),
        (15, "오후", 15),
    ],
)
def test_words_of_many_languages_say_which_hour_is_meant(hour: int, word: str, expected: int) -> None:
    assert hour_of(hour, 5, word) == expected


@pytest.mark.parametrize(("hour", "word"), [(3, "noonish"), (13, "noonish"), (5, "晚上"), (11, "凌晨")])
def test_a_word_that_is_unknown_or_used_at_another_time_says_nothing(hour: int, word: str) -> None:
    assert hour_of(hour, 5, word) is None


def test_words_beside_a_time_need_not_be_halves_of_a_day() -> None:
    assert says_nothing("klo")
    assert known("오후")
    assert not known("klo")


@pytest.mark.parametrize(
    "word",
    [
        "klo",
        "kl",
        "um",
        "at",
        "à",
        "as",
        "às",
        "om",
        "u",
        "o",
        "v",
        "в",
        "ve",
        "saat",
        "ore",
        "alle",
        "las",
        "a",
        "uhr",
    ],
)
def test_little_words_around_a_time_say_no_half_of_a_day(word: str) -> None:
    assert says_nothing(word)
