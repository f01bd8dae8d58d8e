"""Finding contacts: by whatever somebody knows of them."""

import polars as pl
import pytest

from pipelines.store.reads import search
from pipelines.store.warehouse.search_text import replace_search_texts
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


@pytest.mark.parametrize("name", ["Jörg Müller-Aeschbacher", "Joerg Mueller-Äschbacher", "JORG MULLER-ASCHBACHER"])
@pytest.mark.parametrize("word", ["jörg", "joerg", "JORG", "ueller", "ller", "müll", "aesch", "asch", "äsch", "u", "e"])
def test_a_word_hits_a_name_however_its_umlauts_are_spelt_in_either(
    project: SmallProject, name: str, word: str
) -> None:
    project.connection.execute(
        """INSERT INTO contact (contact_id, name, source, status, status_reason, status_as_of, tags, attributes,
                                channels, records, run_id)
           VALUES (uuid(), ?, 'import:crm', 'inactive', 'never_interacted', now(), [], MAP {}, [], 1, 'run1')""",
        [name],
    )
    replace_search_texts(project.connection)
    assert search.find(project.connection, word).len() == 1


def test_contacts_last_heard_of_come_first_and_those_never_heard_of_last(project: SmallProject) -> None:
    ids = [f"00000000-0000-0000-0000-00000000000{number}" for number in range(1, 5)]
    for contact_id, heard in zip(ids, [None, "2026-06-01", "2026-06-02", None], strict=True):
        project.connection.execute(
            """INSERT INTO contact (contact_id, last_interaction_at, source, status, status_reason, status_as_of, tags,
                                    attributes, channels, records, run_id)
               VALUES (?, ?, 'import:crm', 'inactive', 'never_interacted', now(), [], MAP {}, [], 1, 'run1')""",
            [contact_id, heard],
        )
    every = search.last_heard_of(project.connection, ["contact_id"], None)["contact_id"].to_list()
    assert every == [ids[2], ids[1], ids[0], ids[3]]
    assert search.last_heard_of(project.connection, ["contact_id"], pl.Series(ids[:2]), 1)["contact_id"].to_list() == [
        ids[1]
    ]
