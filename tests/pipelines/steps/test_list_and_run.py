"""A list that goes through a run and the same list without a project: the same people, on either engine."""

import csv
import io
from pathlib import Path
from random import Random

import polars as pl
import pytest

from benchmarks.people import contact_list
from pipelines.match.priors import FEWEST
from pipelines.read.tables.role_guess import guessed_roles
from pipelines.steps.match_list import engine_named, match_list
from schemas.list_roles import ListRole
from tests.small_project import small_project

ROLES = {
    "id": ListRole.RECORD_ID,
    "first name": ListRole.GIVEN_NAME,
    "last name": ListRole.FAMILY_NAME,
    "name": ListRole.FULL_NAME,
    "phone": ListRole.PHONE,
    "email": ListRole.EMAIL,
    "whatsapp": ListRole.WA_ID,
    "town": ListRole.CITY,
    "employer": ListRole.COMPANY,
    "born": ListRole.DATE_OF_BIRTH,
}
ATTRIBUTES = {  # what a project has to declare so that a run knows as much
    "town": {"type": "text", "role": "city"},
    "employer": {"type": "text", "role": "company"},
    "born": {"type": "text", "role": "date_of_birth"},
}
GIVEN = ("Anna", "Ana", "Thomas", "Tom", "Claudia", "Karl-Heinz", "Jürgen", "Otto", "Mia", "Elif")
FAMILY = ("Berg", "Weber", "Vogt", "von der Heide", "Müller", "Mueller", "Yilmaz", "O'Neill")
TOWNS = ("Ulm", "Köln", "Koeln", "Bonn")
FIRMS = ("Kern GmbH", "Kern", "Nordlicht Räder")
Row = dict[str, str]


def household(chance: Random, nth: int) -> list[Row]:
    """People of one address who share a line, perhaps a mailbox, and each their records in several ways of writing."""
    family, town = chance.choice(FAMILY), chance.choice(TOWNS)
    line, box = f"030 9018{nth:04}", f"{family.split()[-1].lower().replace(chr(39), '')}{nth}@example.com"
    rows: list[Row] = []
    for given in chance.sample(GIVEN, chance.randint(1, 3)):
        mobile = f"0151 23{nth:03}{chance.randint(100, 999)}"
        own = f"{given.lower()}.{family.split()[-1].lower().replace(chr(39), '')}@example.org"
        born = f"19{chance.randint(50, 99)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
        rows += [
            chance.choice((
                {"first name": given, "last name": family, "phone": mobile, "email": own, "town": town},
                {"name": f"{family}, {given}", "phone": f"+49 {mobile[1:]}; {line}", "born": born},
                {"name": f"{given} {family}", "email": box, "phone": line, "town": town},
                {"first name": given[0] + ".", "last name": family, "phone": line},
                {"first name": family, "last name": given, "email": own.upper(), "employer": chance.choice(FIRMS)},
                {"name": given, "whatsapp": f"49{mobile[1:].replace(' ', '')}"},
                {"name": f"Dr. {given} {family}", "email": f"{box}, {own}", "born": born},
                {"name": family, "phone": "030 901820", "employer": FIRMS[0]},
                {"name": f"{given} {family}", "email": "info@example.com", "employer": FIRMS[0]},
            ))
            for _ in range(chance.randint(1, 4))
        ]  # fmt: skip
    return rows


def generated(seed: int) -> list[Row]:
    chance = Random(seed)
    rows = [row for nth in range(chance.randint(3, 20)) for row in household(chance, chance.randint(0, 40) + nth)]
    chance.shuffle(rows)
    return [{"id": f"r{nth}", **row} for nth, row in enumerate(rows, 1)]


def as_csv(rows: list[Row]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(ROLES), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def by_run(folder: Path, text: str) -> set[frozenset[str]]:
    """The people a run makes of a list."""
    with small_project(folder, attributes=ATTRIBUTES) as project:
        project.deliver("crm", "2026-01-05", text)
        project.run()
        return {frozenset(each.removeprefix("crm:") for each in members) for members in project.people()}


def by_list(folder: Path, path: Path, roles: dict[str, ListRole], engine: str = "polars") -> set[frozenset[str]]:
    """The people `match list` makes of it."""
    out = folder / f"{engine}.csv"
    with engine_named(engine, "500MB") as made:
        match_list(made, [path], roles, "DE", out)
    found = pl.read_csv(out, infer_schema=False).group_by("cluster").agg("record_id")
    return {frozenset(members) for members in found["record_id"].to_list()}


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(8))
def test_a_list_makes_the_people_that_a_run_makes_of_it(tmp_path: Path, seed: int) -> None:
    text = as_csv(generated(seed))
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    run = by_run(tmp_path / "project", text)
    assert by_list(tmp_path, tmp_path / "list.csv", ROLES) == run
    assert by_list(tmp_path, tmp_path / "list.csv", ROLES, "duckdb") == run
    assert max(map(len, run)) > 1


@pytest.mark.heavy
def test_a_list_that_a_model_is_fitted_to_makes_the_same_people(tmp_path: Path) -> None:
    rows = contact_list(720)
    assert rows.height >= FEWEST
    text = rows.with_columns(pl.col("id").cast(pl.String)).write_csv()
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    roles = guessed_roles({header: rows[header].cast(pl.String).drop_nulls() for header in rows.columns})
    run = by_run(tmp_path / "project", text)
    assert by_list(tmp_path, tmp_path / "list.csv", roles) == run
    assert by_list(tmp_path, tmp_path / "list.csv", roles, "duckdb") == run


DEMO = Path(__file__).parents[3] / "examples" / "demo" / "landing" / "crm" / "crm-export-2026-11-16.csv"
DEMO_ROLES = {
    "Record ID": ListRole.RECORD_ID,
    "First Name": ListRole.GIVEN_NAME,
    "Last Name": ListRole.FAMILY_NAME,
    "Email": ListRole.EMAIL,
    "Phone Number": ListRole.PHONE,
    "Handy": ListRole.PHONE,
    "Facebook chat": ListRole.MESSENGER_THREAD,
}
DEMO_SOURCE = {
    "format": "contacts_csv",
    "path": "landing/crm/*.csv",
    "key": "Record ID",
    "columns": {"Handy": "phone", "Facebook chat": "messenger_thread", "Customer no": "account_id"},
}


def demo_by_run(folder: Path, *, exclusive: bool = False) -> set[frozenset[str]]:
    attributes = {"account_id": {"type": "text", "exclusive": exclusive}}
    with small_project(folder, sources={"crm": DEMO_SOURCE}, attributes=attributes) as project:
        project.deliver("crm", "2026-11-16", DEMO.read_text(encoding="utf-8-sig"))
        project.run()
        return {frozenset(each.removeprefix("crm:") for each in members) for members in project.people()}


@pytest.mark.heavy
def test_the_list_of_the_demo_makes_the_people_that_a_run_makes_of_it(tmp_path: Path) -> None:
    run = demo_by_run(tmp_path / "project")
    taken_in = frozenset().union(*run)  # a run gives back rows that nobody could be reached by
    found = {members & taken_in for members in by_list(tmp_path, DEMO, DEMO_ROLES)}
    assert found - {frozenset()} == run


@pytest.mark.heavy
def test_only_a_project_knows_of_exclusive_attributes(tmp_path: Path) -> None:
    """The one thing a list cannot say: that two values of a column are two people."""
    run = demo_by_run(tmp_path / "project", exclusive=True)
    found = by_list(tmp_path, DEMO, DEMO_ROLES)
    assert frozenset({"1201", "1601"}) in found
    assert {frozenset({"1201"}), frozenset({"1601"})} <= run
