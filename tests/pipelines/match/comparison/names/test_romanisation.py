import pytest

from pipelines.match.comparison.names.romanisation import consonants, forms, spelling_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("shcherbakova", "scherbakowa"), ("yuliya", "julia"), ("sergey", "sergei"), ("yekaterina", "ekaterina")),
        *(("dmitriy", "dmitry"), ("tatyana", "tatjana"), ("kuznetsov", "kusnezow"), ("xenia", "ksenia")),
        *(("mueller", "muller"), ("soeren", "soren"), ("philipp", "filip"), ("anne marie", "annemarie")),
    ],
)
def test_romanisations_of_one_name_have_one_key(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("samuel", "samul"), ("anna", "hanna"), ("chen", "shen"), ("maria", "mara"), ("kim", "kin"), ("li", "lu")],
)
def test_other_names_have_another_key(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("mohammed", "muhammad"), ("ahmad", "ahmed"), ("hussein", "husain"), ("karim", "kareem")]
)
def test_vowels_that_arabic_has_one_of_are_one(one: str, other: str) -> None:
    assert forms(one).vowels == forms(other).vowels


@pytest.mark.parametrize(("one", "other"), [("alan", "ellen"), ("jan", "jon"), ("maria", "mario")])
def test_vowels_tell_short_names_apart(one: str, other: str) -> None:
    assert forms(one).vowels != forms(other).vowels


@pytest.mark.parametrize("name", ["abdelrahman", "abd el rahman", "abdul rahman", "abdrahman"])
def test_a_servant_is_written_in_one_word_or_three(name: str) -> None:
    assert forms(name).written == "abdrahman"


@pytest.mark.parametrize(
    ("word", "expected"),
    [("ahmad", "Ahmd"), ("fatimah", "ptm"), ("yusuf", "ysp"), ("khalid", "kld"), ("sharma", "srm"), ("jaidee", "Cd")],
)
def test_consonants_are_what_is_left_of_a_word(word: str, expected: str) -> None:
    assert consonants(word) == expected
