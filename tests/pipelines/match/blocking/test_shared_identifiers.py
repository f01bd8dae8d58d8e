import polars as pl
import pytest

from pipelines.match.blocking.shared_identifiers import SHARED_BOX, count_shared_identifiers
from pipelines.match.comparison.listed import prepare_list

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
    found = count_shared_identifiers(*prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES))
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


def firm(name: str | None, street: str | None = None, phone: str = LINE) -> dict[str, str]:
    return {field: value for field, value in (("company", name), ("street", street), ("phone", phone)) if value}


MARA, OTTO, INES = person("Mara Quint"), person("Otto Ober"), person("Ines Sol")
QUINT, GIVEN_QUINT = {"family": "Quint", "phone": LINE}, {"given": "Quint", "phone": LINE}
OAK, ELM = "12 Oak Street", "7 Elm Road"
ALIKE = ["Ada Sol", "Ana Sand", "Amy Sear", "Ava Sims", "Abe Shaw", "Alf Sykes"]


@pytest.mark.parametrize(
    ("rows", "people", "givens"),
    [
        # a family name alone, beside the full name: the same person, wherever the name was put
        ([MARA, QUINT], 1, 1),
        ([MARA, GIVEN_QUINT], 1, 1),
        ([OTTO, INES, {"given": "Ober", "phone": LINE}], 2, 2),
        ([MARA, OTTO, GIVEN_QUINT], 2, 2),
        # a given name alone is one more, if another full name does not have it as the family name
        ([MARA, {"given": "Otto", "phone": LINE}], 1, 2),
        # a word in both places is nobody's family name alone
        ([person("Ober Quint"), person("Quint Ober")], 1, 2),
        ([person("Mara Quint"), person("Quint Sol"), person("Otto Ober")], 3, 3),
        # as many as differ by family name, by initial, and by both initials whichever way round
        ([MARA, person("Mary Ober"), person("Max Sol")], 1, 1),
        ([MARA, person("Quentin Mohr")], 1, 2),
        ([MARA, OTTO, person("Ines Ober")], 2, 3),
        # of one pair of initials, three ways of writing both names make one person
        ([person(name) for name in ALIKE], 2, 2),
        ([person(name) for name in ALIKE[:5]], 1, 1),
        ([person(f"{name.split()[0]} Sol") for name in ALIKE], 1, 1),
        ([person(f"Ada {name.split()[1]}") for name in ALIKE], 1, 1),
        ([*(person(name) for name in ALIKE[:5]), {"family": "Sykes", "phone": LINE}], 1, 1),
        # half a name counts by the half there is
        ([MARA, OTTO, {"given": "Ines", "phone": LINE}, {"family": "Sol", "phone": LINE}], 3, 3),
        ([QUINT, {"family": "Ober", "phone": LINE}], 1, 1),
        # a record without a name is nobody more
        ([MARA, firm("Northwind", OAK)], 1, 1),
        ([person("Ober Quint"), person("Quint Ober"), firm("Northwind", OAK)], 1, 2),
        # firms are as many as differ by name and by place, of each the first letters
        ([firm("Northwind", OAK), firm("Contoso", ELM)], 2, 2),
        ([firm("Northwind", OAK), firm("Contoso", OAK)], 1, 1),
        ([firm("Northwind Traders", OAK), firm("Northwind Ltd", ELM)], 1, 1),
        ([firm("Northwa", OAK), firm("Northwb", ELM)], 1, 1),
        ([firm("Northa", OAK), firm("Northb", ELM)], 2, 2),
        ([firm("Northwind", OAK), firm("Contoso")], 1, 1),
        ([firm("Northwind", OAK), firm(None, ELM)], 1, 1),
        ([firm("Northwind", OAK), firm("Contoso", ELM), firm("Fabrikam", "9 Ash Lane")], 3, 3),
        # with a person's name, even half of one, a firm is where somebody works
        ([MARA | firm("Northwind", OAK), OTTO | firm("Contoso", ELM), INES | firm("Fabrikam", "9 Ash Lane")], 3, 3),
        ([MARA | firm("Northwind", OAK), MARA | firm("Contoso", ELM)], 1, 1),
        ([QUINT | firm("Northwind", OAK), QUINT | firm("Contoso", ELM)], 1, 1),
        ([{"given": "Mara"} | firm("Northwind", OAK), {"given": "Mara"} | firm("Contoso", ELM)], 1, 1),
    ],
)
def test_who_is_behind_a_line(rows: list[dict[str, str]], people: int, givens: int) -> None:
    assert counted(*rows)["442079460111"] == (people, givens)


def test_a_record_that_states_an_identifier_alone_does_not_make_it_a_shared_one() -> None:
    assert counted(MARA, person("Otto Ober", "+1 202 555 0134")) == {}


def test_an_identifier_is_known_by_its_kind_and_its_text() -> None:
    text = "mara@quint.example"
    names = pl.DataFrame(
        {"record": [0, 1, 2, 3], "given_name": ["mara", "otto", "mara", "max"], "middle_name": None,
         "family_name": ["quint", "ober", "quint", "quint"]}
    ).cast({"record": pl.UInt32, "middle_name": pl.String})  # fmt: skip
    stated = [(0, "email"), (1, "email"), (2, "channel_id"), (3, "channel_id"), (1, "exact_id")]
    facts = pl.DataFrame(
        [(record, field, text) for record, field in stated],
        schema={"record": pl.UInt32, "field": pl.String, "value": pl.String},
        orient="row",
    )

    assert sorted(count_shared_identifiers(names, facts).rows()) == [("channel_id", text, 1, 1), ("email", text, 2, 2)]


def test_what_several_share_and_does_not_identify_is_no_crowd() -> None:
    assert set(counted(MARA | {"company": "Northwind"}, OTTO | {"company": "Northwind"})) == {"442079460111"}


def test_a_lone_family_name_is_told_by_those_who_share_the_identifier() -> None:
    line, other = LINE, "+1 202 555 0134"
    rows = [
        person("Mara Quint", other), person("Otto Ober", other),
        person("Mara Quint", line), {"given": "Ober", "phone": line},
    ]  # fmt: skip

    assert counted(*rows) == {"12025550134": (2, 2), "442079460111": (1, 2)}


@pytest.mark.parametrize(
    ("address", "people"),
    [
        ("info@quint.example", 20),
        ("in.fo@quint.example", 20),
        ("mara@info.example", 1),
        ("mara.info@quint.example", 1),
    ],
)
def test_twenty_at_least_are_behind_a_mailbox_of_a_function(address: str, people: int) -> None:
    box = {"given": "Mara", "family": "Quint", "email": address}

    assert counted(box, box) == {address: (people, people)}


def test_a_number_is_no_mailbox_of_a_function() -> None:
    names = pl.DataFrame({"record": [0, 1], **dict.fromkeys(("given_name", "middle_name", "family_name"))}).cast(
        {"record": pl.UInt32, "given_name": pl.String, "middle_name": pl.String, "family_name": pl.String}
    )
    facts = pl.DataFrame({"record": [0, 1], "field": "channel_id", "value": "info@quint.example"})

    assert count_shared_identifiers(names, facts.cast({"record": pl.UInt32}))["people"].to_list() == [1]
