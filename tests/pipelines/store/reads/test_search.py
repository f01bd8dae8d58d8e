"""Finding contacts: by whatever somebody knows of them."""

import pytest

from pipelines.store.reads import search
from tests.small_project import SmallProject

PEOPLE = """id,name,phone,email,account_id,tier,tags
1,Anna Müller-Berg,0151 23456789,anna@example.com,K-7,gold,press list
2,Bernd Okafor,030 90018200,bernd@example.com,K-8,silver,
3,Çem Arslan,0151 99990000,cem@example.com,K-9,,"""


def found(project: SmallProject, words: str) -> set[str]:
    """Record ids of the contacts that are found in a small list of people."""
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.run()
    ids = {project.contact_of(f"crm:{each}"): each for each in "123"}
    return {ids[each] for each in search.find(project.connection, words)}


@pytest.mark.heavy
@pytest.mark.parametrize("words", ["", " ", ",", ", ;", "-", "+"])
def test_without_anything_to_search_for_nobody_is_found(project: SmallProject, words: str) -> None:
    assert found(project, words) == set()


@pytest.mark.heavy
def test_every_word_has_to_hit(project: SmallProject) -> None:
    assert found(project, "zzz 9001") == set()


@pytest.mark.heavy
@pytest.mark.parametrize("words", ["anna gold", "K-7 anna@", "gold, Anna", "anna 0151 234 567", "0151 23456789 müller"])
def test_words_may_hit_in_different_places(project: SmallProject, words: str) -> None:
    assert found(project, words) == {"1"}


@pytest.mark.heavy
@pytest.mark.parametrize("words", ["x23456789", "no.23456789x", "2345x6789"])
def test_digits_inside_another_word_are_no_part_of_a_phone_number(project: SmallProject, words: str) -> None:
    assert found(project, words) == set()


@pytest.mark.heavy
@pytest.mark.parametrize(
    "words", ["9001", "030 9001", "(030) 9001-8200", "+49 30 9001", "0049 309001", "9001 8200", "8200 9001"]
)
def test_a_phone_number_is_found_by_its_digits_together_or_in_parts(project: SmallProject, words: str) -> None:
    assert found(project, words) == {"2"}


@pytest.mark.heavy
@pytest.mark.parametrize("words", ["press", "PRESS list", "pres"])
def test_a_tag_is_found_by_part_of_it(project: SmallProject, words: str) -> None:
    assert found(project, words) == {"1"}


@pytest.mark.heavy
def test_signs_between_words_are_left_out(project: SmallProject) -> None:
    assert found(project, "Müller & Anna") == {"1"}


@pytest.mark.heavy
def test_a_word_finds_everybody_it_hits(project: SmallProject) -> None:
    assert found(project, "example.com") == {"1", "2", "3"}
