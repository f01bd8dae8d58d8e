import pytest

from tests.pipelines.match.comparison.names_of_pairs import compared, levels


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Nguyễn Văn An", "Van An Nguyen", ("exact", "exact")),
        ("Anna Maria Quint", "Maria Quint", ("short", "exact")),
        ("José García López", "Jose Garcia", ("exact", "part")),
        ("María del Carmen Ruiz Ortega", "Carmen Ruiz", ("short", "part")),
        ("Wang Xiao Ming", "Xiaoming Wang", ("exact", "exact")),
        ("Ana Ruiz Ortega", "Luis Ruiz Ortega", ("different", "exact")),
        ("Ana Ruiz Ortega", "Luis Ortega Ruiz", ("different", "different")),
        ("Ana Maria Ruiz", "Paula Maria Ruiz", ("different", "exact")),
        ("Mara Quint", "Quint Ober", ("different", "different")),
        ("Anna Bea Cleo Dora Emma Fina Gina Quint", "Bea Quint", ("short", "exact")),
        ("Anna Bea Cleo Dora Emma Fina Gina Hera Quint", "Bea Quint", ("different", "exact")),
    ],
)
def test_all_words_of_the_shorter_name_have_to_be_in_the_longer(
    one: str, other: str, expected: tuple[str | None, str | None]
) -> None:
    assert levels([(one, other)]) == levels([(other, one)]) == [expected]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("An Nguyen", "Nguyễn Văn An", ("exact", "exact")),  # two words are enough, where the other has three
        ("Anna Quint", "M. Anna Quint", ("exact", "exact")),  # and where it begins with an initial
        ("Jonh Ruiz", "Maria John Ruiz", ("typo", "exact")),
        ("Jon Ruiz", "Maria John Ruiz", ("nickname", "exact")),
        ("Anna Maria Ruiz", "Maria Anna Ruiz", ("exact", "exact")),
        ("Anna Quint", "Quint Anna Bea", ("short", "exact")),  # the family name stands first, so it is whole
        ("María José García", "Mariajose Garcia", ("short", "exact")),
        ("Иван Петров", "Petrov Ivan Sergeevich", ("short", "exact")),
        ("Ana Ana Ruiz", "Maria Ana Ruiz", ("different", "exact")),  # each word in a place of its own
        ("Ruiz Ruiz", "Ana Ruiz Ortega", ("different", "different")),
        ("Anna Bea Ruiz", "Bea Ruiz Ober", ("different", "different")),
        ("Anna de la Cruz", "Maria Anna Cruz", ("short", "exact")),
        ("J. Maria Quint", "Maria Quint", ("exact", "exact")),  # whatever the initial
        ("Z. Maria Quint", "Maria Quint", ("exact", "exact")),
        ("A. B. Quint", "Cleo Dora Quint", ("different", "exact")),  # initials are no words
        ("T. Ruiz-Ortega", "Ortega Ruiz", ("different", "part")),  # nor is an initial alone
        (
            "Anna Ruiz-Ortega",
            "Maria Anna Ruiz Ortegs",
            ("short", "typo"),
        ),  # of two family names the one that fits worse
        ("Anna Ruiz", "Anne Ruiz Anna Ortega", ("short", "part")),  # of two the word that is spelt alike
        ("Bea Ruiz", "Anna Bea Ruiz Ruiz", ("short", "exact")),  # and of two alike the one in the same part
        ("Martina Quint", "Anna Martin Quint", ("different", "exact")),  # a given name is no family name
    ],
)
def test_words_are_found_wherever_they_stand_and_however_they_are_spelt(
    one: str, other: str, expected: tuple[str | None, str | None]
) -> None:
    assert levels([(one, other)]) == levels([(other, one)]) == [expected]


def test_names_that_are_told_by_their_words_do_not_stand_in_each_others_place() -> None:
    pairs = [("Nguyễn Văn An", "Van An Nguyen"), ("Anna Quint", "Quint Anna Bea"), ("Mara Quint", "Quint Mara")]
    assert compared(pairs).swapped.tolist() == [False, False, True]


def test_particles_are_no_words_of_their_own() -> None:
    particles = ["de", "del", "de la", "las", "da", "dos", "di", "du", "le", "van", "von", "der", "zu", "al", "ibn"]
    pairs = [(f"Carmen {particle} Ruiz", "Maria Carmen Ruiz Ortega") for particle in particles]
    assert levels(pairs) == [("short", "part")] * len(particles)


def test_names_are_found_whatever_letters_they_begin_with() -> None:
    words = [f"{consonant}{vowel}mara" for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]
    neighbours = list(zip(words, words[7:] + words[:7], strict=True))
    whole = levels([(f"{one} {other}", f"Wilhelmine {one} {other}") for one, other in neighbours])
    slips = levels([(f"{one[:2]}q{one[2:]} {other}", f"Wilhelmine {one} {other}") for one, other in neighbours])

    assert whole.count(("short", "exact")) > 0.95 * len(words)  # a first look by hashes may overlook a few
    assert slips.count(("typo", "exact")) > 0.95 * len(words)
