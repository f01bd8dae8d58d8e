import polars as pl

from pipelines.match.blocking.shared_identifiers import SHARED_BOX, crowds
from pipelines.match.comparison.listed import prepared

ROLES = {
    "given": "given_name",
    "family": "family_name",
    "phone": "phone",
    "email": "email",
    "company": "company",
    "street": "street",
}
LINE = "+44 20 7946 0111"


def counted(*rows: dict[str, str]) -> dict[str, tuple[int, int]]:
    found = crowds(*prepared(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES))
    return {value: (people, givens) for _, value, people, givens in found.iter_rows()}


def person(name: str, phone: str = LINE) -> dict[str, str]:
    given, family = name.split()
    return {"given": given, "family": family, "phone": phone}


def test_an_identifier_of_one_record_is_nobodys_but_its_own() -> None:
    assert counted(person("Mara Quint")) == {}


def test_a_person_written_in_several_ways_is_one() -> None:
    assert counted(person("Mara Quint"), person("Mary Qiunt"), person("M Ober"))["442079460111"] == (1, 1)


def test_a_family_shares_a_line_under_one_family_name() -> None:
    assert counted(person("Mara Quint"), person("Otto Quint"))["442079460111"] == (1, 2)


def test_a_switchboard_is_shared_by_people_of_other_names_altogether() -> None:
    rows = [person(name) for name in ("Mara Quint", "Otto Ober", "Ines Sol", "Paul Rast")]
    assert counted(*rows)["442079460111"] == (4, 4)


def test_a_mailbox_of_a_function_is_shared_by_several_whoever_is_known_to_use_it() -> None:
    box = {"email": "info@quint.example"}
    assert counted(box, box)["info@quint.example"] == (SHARED_BOX, SHARED_BOX)


def test_firms_of_other_names_at_other_places_share_a_line_as_people_do() -> None:
    rows = [
        {"company": "Northwind", "street": "12 Oak Street", "phone": LINE},
        {"company": "Contoso", "street": "7 Elm Road", "phone": LINE},
    ]
    assert counted(*rows)["442079460111"][0] == 2


def test_the_order_of_records_decides_nothing() -> None:
    rows = [person("Mara Quint"), person("Otto Ober"), person("Otto Quint")]
    assert counted(*rows) == counted(*rows[::-1])
