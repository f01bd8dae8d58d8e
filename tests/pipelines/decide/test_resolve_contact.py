"""Whom a text means: by an id of now or of former times, an identifier, or a record."""

import polars as pl
import pytest

from console.looking.resolve_contact import resolve_contact
from console.terminal.exit_codes import CommandError
from pipelines.decide.merge import merge
from pipelines.decide.resolve_contact import TEXTS, contacts_meant, is_id, spellings
from tests.deciding import ruling
from tests.pipelines.decide.request_files import ask, four_people, outcomes
from tests.small_project import SmallProject, starting_point


@starting_point
def people(project: SmallProject) -> None:
    four_people(project)


def spelt(*texts: str, region: str | None = "DE") -> list[tuple[str, str]]:
    return sorted(spellings(pl.DataFrame({"text": texts}, schema=TEXTS), region).iter_rows())


@pytest.mark.heavy
def test_each_text_means_whoever_is_known_by_it_precisely(people: SmallProject) -> None:
    anna, ben = people.contact_of("crm:1"), people.contact_of("crm:2")
    nobody = "00000000-0000-4000-8000-000000000000"
    texts = [anna, f" {anna} ", "ANNA@example.com", "030 90182002", "crm:2", "crm:9", "Anna Berg", nobody]
    assert contacts_meant(people.connection, texts, "DE") == {
        anna: [anna],
        f" {anna} ": [anna],
        "ANNA@example.com": [anna],
        "030 90182002": [ben],
        "crm:2": [ben],
        "crm:9": [],
        "Anna Berg": [],
        nobody: [],
    }
    assert contacts_meant(people.connection, [], "DE") == {}


@pytest.mark.heavy
def test_an_id_of_former_times_means_what_became_of_it(people: SmallProject) -> None:
    anna, ben = people.contact_of("crm:1"), people.contact_of("crm:2")
    merge(people.project, people.connection, [anna, ben], ruling(15), primary=anna)
    assert contacts_meant(people.connection, [ben], "DE") == {ben: [anna]}


@pytest.mark.heavy
def test_a_number_of_former_times_means_who_had_it_and_two_who_share_it_are_not_guessed(people: SmallProject) -> None:
    anna, ben, number = people.contact_of("crm:1"), people.contact_of("crm:2"), "030 90182001"
    people.deliver("crm", "2026-02-05", "id,name,phone\n1,Anna Berg,030 90182099")
    people.run()
    assert meant_by_both(people, number) == [anna]
    people.deliver("crm", "2026-02-06", f"id,name,phone\n2,Ben Tal,{number}")
    people.run()
    assert meant_by_both(people, number) == sorted([anna, ben])
    assert outcomes(ask(people, f"block,{number},,,,,asked us to stop,Ina,")) == {"rejected": 1}


def meant_by_both(project: SmallProject, text: str) -> list[str]:
    """Contacts that a text means in a file, which are those it means on the command line."""
    meant = contacts_meant(project.connection, [text], "DE")[text]
    if len(meant) == 1:
        assert resolve_contact(project.project, project.connection, text) == meant[0]
    else:
        with pytest.raises(CommandError, match="several contacts fit"):
            resolve_contact(project.project, project.connection, text)
    return meant


def test_a_text_is_looked_for_as_it_is_and_as_it_would_be_kept() -> None:
    assert spelt(" 030 90182002 ") == [(" 030 90182002 ", "+493090182002"), (" 030 90182002 ", "030 90182002")]
    assert spelt("A@B.example") == [("A@B.example", "A@B.example"), ("A@B.example", "a@b.example")]
    assert spelt("030 90182002", region=None) == [("030 90182002", "030 90182002")]
    assert spelt("crm:1") == [("crm:1", "crm:1")]
    assert spelt() == []


@pytest.mark.parametrize(
    ("text", "is_one"), [(" 0b5a2f6e-3c1d-5e4f-8a9b-1c2d3e4f5a6b ", True), ("crm:1", False), ("", False)]
)
def test_an_id_is_known_by_its_form(text: str, is_one: bool) -> None:
    assert is_id(text) is is_one
