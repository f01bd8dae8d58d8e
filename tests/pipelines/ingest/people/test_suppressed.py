"""Who was erased does not come back with a later delivery, and others do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.store.privacy import suppression
from schemas.vocabulary import Outcome
from tests.erasing import LISTED, erased, left_of_ina
from tests.small_project import SmallProject, small_project


@pytest.fixture
def without_ina(tmp_path: Path) -> Iterator[SmallProject]:
    """A project in which Ina was erased, and Olaf was not."""
    with small_project(tmp_path / "small", privacy={"second_person": False}) as made:
        made.deliver("crm", "2026-05-01", LISTED)
        made.run()
        erased(made, ("email", "ina@example.com"))
        yield made


def outcomes(project: SmallProject) -> dict[Outcome, int]:
    """What became of the rows of the deliveries that are new."""
    every = [each.outcomes for each in project.receive() if not each.known]
    return {
        outcome: sum(each[outcome] for each in every) for outcome in Outcome if any(each[outcome] for each in every)
    }


@pytest.mark.parametrize(
    "row",
    [
        "1,Ina Sommer,,",
        "9,I. S.,0171 39200-17,",
        "9,Somebody,,INA@example.com",
        "9,Ina Winter,+49 (0)171 3920017,new@example.com",
    ],
    ids=["record id and name", "number", "address", "number beside a new address"],
)
def test_a_row_of_somebody_erased_is_counted_and_not_stored(row: str, without_ina: SmallProject) -> None:
    without_ina.deliver("crm", "2026-06-01", f"id,name,phone,email\n{row}\n3,Neu Mensch,,neu@example.com")
    assert outcomes(without_ina) == {Outcome.SUPPRESSED: 1, Outcome.CREATED: 1}
    assert left_of_ina(without_ina) == {}
    assert without_ina.rows("FROM rejected_row") == []


@pytest.mark.parametrize("row", ["1,Other Person,,other@example.com", "5,Ina Sommer,,another.ina@example.com"])
def test_another_person_with_the_record_id_or_the_name_comes_in(row: str, without_ina: SmallProject) -> None:
    without_ina.deliver("crm", "2026-06-01", f"id,name,phone,email\n{row}")
    assert outcomes(without_ina) == {Outcome.CREATED: 1}


def test_a_refused_row_of_somebody_erased_is_not_kept_either(without_ina: SmallProject) -> None:
    without_ina.deliver("crm", "2026-06-01", 'id,name,phone,email\n9,"x",0171 3920017,ina@example.com,too,many')
    assert outcomes(without_ina) == {Outcome.SUPPRESSED: 1}
    assert left_of_ina(without_ina) == {}


def test_what_somebody_erased_writes_is_noted_and_not_stored(without_ina: SmallProject) -> None:
    without_ina.connection.execute("UPDATE suppressed_key SET since = TIMESTAMPTZ '2026-05-10 00:00:00Z'")
    without_ina.connection.execute("UPDATE suppression SET since = TIMESTAMPTZ '2026-05-10 00:00:00Z'")
    without_ina.chat(
        "+49 171 3920017",
        "2026-05-03 10:00 +49 171 3920017: an old one",
        "2026-06-01 10:00 +49 171 3920017: hello again",
    )
    assert outcomes(without_ina) == {Outcome.SUPPRESSED: 2}
    assert without_ina.rows("FROM message") == without_ina.rows("FROM conversation") == []
    assert left_of_ina(without_ina) == {}
    assert suppression.returned(without_ina.connection)["messages"].to_list() == [1]


def test_lifted_somebody_comes_back(without_ina: SmallProject) -> None:
    assert suppression.lift(without_ina.connection, 1) > 0
    without_ina.deliver("crm", "2026-06-01", "id,name,phone,email\n1,Ina Sommer,0171 3920017,")
    assert outcomes(without_ina) == {Outcome.CREATED: 1}


def test_tokens_tell_nothing(without_ina: SmallProject) -> None:
    tokens = suppression.tokens_of(without_ina.connection, 1)
    assert all(len(each) == 64 for each in tokens)
    assert len(set(tokens)) == len(tokens)
