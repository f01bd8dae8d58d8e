import json
from pathlib import Path

import pytest

from console.cli import main
from tests.small_project import small_project


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project: Anna in two sources, and Otto."""
    with small_project(tmp_path_factory.mktemp("explain") / "p") as made:
        made.deliver(
            "crm",
            "2026-06-01",
            """
            id,name,email,phone
            1,Anna Berg,anna@example.com,
            2,Otto Kern,,+49 30 90182012
            """,
        )
        made.deliver("shop", "2026-06-01", "id,name,email\n1,Anna :thread: Berg,anna@example.com")
        made.run()
    return made.project.folder


@pytest.mark.heavy
def test_two_records_are_explained_field_by_field(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "crm:1", "shop:1", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("One person\n  A  crm:1\n  B  shop:1\n")
    assert "anna@" in said  # the rest may be folded
    for part in ("prior", "relation", "sum", "probability", "Shared blocking keys"):
        assert part in said


def test_contacts_are_found_as_show_finds_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "anna@example.com", "otto kern", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Never compared\n")
    assert "they share no blocking key" in said
    assert "only B has" in said
    assert "This is the strongest of 2 pairs of their records." in said


def test_a_program_gets_all_of_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "crm:1", "crm:2", "--json", "--project", str(folder)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["verdict"], said["zone"], said["one_contact"]) == ("not_compared", "nothing", False)
    assert said["keys"]["shared"] == []
    assert {each["field"] for each in said["items"]} >= {"given_name", "family_name"}


def test_one_contact_cannot_be_explained_with_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "anna@example.com", "anna@example.com", "--project", str(folder)]) == 4
    said = capsys.readouterr()
    assert "both are the same contact; name two of its records" in said.err
    assert "shop:1" in said.out
    assert main(["explain", "crm:2", "otto kern", "--project", str(folder)]) == 2
    assert "both name the same record" in capsys.readouterr().err


def test_a_record_is_explained_with_the_rest_of_its_contact(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "anna@example.com", "shop:1", "--project", str(folder)]) == 0
    assert "  A  crm:1\n  B  shop:1\n" in capsys.readouterr().out


def test_whoever_nobody_knows_is_not_explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "crm:1", "nobody", "--project", str(folder)]) == 3
    assert "no contact matches" in capsys.readouterr().err


def test_before_the_first_run_the_way_out_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with small_project(tmp_path / "p") as made:
        pass
    assert main(["explain", "a", "b", "--project", str(made.project.folder)]) == 1
    assert "nothing has been matched yet: `onecontact run`" in capsys.readouterr().err


@pytest.mark.heavy
def test_an_id_that_was_merged_away_explains_why(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with small_project(tmp_path / "p") as made:
        made.deliver("crm", "2026-06-01", "id,name,email\n1,Anna Berg,anna@example.com")
        made.deliver("shop", "2026-06-01", "id,name,email\n1,Anna Berg,berg@example.org")
        made.run()
        former = made.contact_of("shop:1")
        now = made.contact_of("crm:1")
        made.deliver("shop", "2026-06-02", "id,name,email\n1,Anna Berg,anna@example.com")
        made.run()
    if former == now:
        former, now = now, former
    assert main(["explain", former, "crm:1", "--project", str(made.project.folder)]) == 0
    assert "One person" in capsys.readouterr().out
