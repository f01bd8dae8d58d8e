import pytest

from tests.pipelines.match.comparison.names_of_pairs import levels


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
