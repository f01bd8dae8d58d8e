"""An id that two people have borne: which of their records is split off is said."""

from pathlib import Path

import pytest

from console.cli import main
from tests.small_project import SmallProject, closed_starting_point, reopened

pytestmark = pytest.mark.heavy


@closed_starting_point
def folder(project: SmallProject) -> None:
    """Anna Berg was crm:4 until February 5, when Zoe Tal became it; both are customers of the shop, too."""
    project.deliver("crm", "2026-01-05", "id,name,phone\n4,Anna Berg,0151 23456781")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456781\n2,Zoe Tal,0151 23456792")
    project.run()
    project.deliver("crm", "2026-02-05", "id,name,phone\n4,Zoe Tal,0151 23456792")
    project.run()
    assert project.people() == {frozenset({"crm:4", "shop:1"}), frozenset({"crm:4", "shop:2"})}


def unmerged(folder: Path, capsys: pytest.CaptureFixture[str], contact: str, *more: str) -> str:
    capsys.readouterr()
    words = ("unmerge", contact, "--record", "crm:4", "--reason", "not hers", *more, "--project", str(folder))
    assert main(words) == 0
    return capsys.readouterr().out


def short(folder: Path, record: str) -> str:
    with reopened(folder) as project:
        return project.contact_of(record)[:8]


def test_the_present_bearer_is_meant_in_her_contact(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = (
        "crm:4: split off is the record of who has this id now; before, it was the id of "
        f"Anna Berg ({short(folder, 'shop:1')}).\n"
    )
    assert told in unmerged(folder, capsys, "shop:2", "--dry-run")
    assert told in unmerged(folder, capsys, "shop:2")
    with reopened(folder) as project:
        assert project.contact_of("crm:4") != project.contact_of("shop:2")


def test_in_the_contact_of_the_former_bearer_it_is_her_record(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zoe = short(folder, "crm:4")
    assert (
        f"crm:4: split off is the record of who had this id before; now it is the id of Zoe Tal ({zoe}).\n"
    ) in unmerged(folder, capsys, "shop:1")
    with reopened(folder) as project:
        assert project.contact_of("crm:4") == project.contact_of("shop:2")


def test_where_both_are_one_contact_that_of_the_present_bearer_is_split_off(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["merge", "shop:1", "shop:2", "--reason", "one person", "--project", str(folder)]) == 0
    told = "crm:4: split off is the record of who has this id now; that of who had it before stays.\n"
    assert told in unmerged(folder, capsys, "shop:1")
    with reopened(folder) as project:
        assert project.contact("crm:4")["name"] == "Zoe Tal"
        assert frozenset({"crm:4"}) in project.people()
