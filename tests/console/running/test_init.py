import shutil
from pathlib import Path

import pytest

from console.cli import main
from console.running.init import make_dagster_home
from pipelines.project import open_project


def test_a_new_project_runs_as_it_comes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "Acme Support"
    assert main(["init", str(folder)]) == 0
    assert (folder / "onecontact.yaml").read_text().count("project: acme-support") == 1
    assert (folder / "landing" / "contacts").is_dir()
    assert main(["status", "--project", str(folder)]) == 0
    assert "no run yet" in capsys.readouterr().out


def test_keys_are_made_for_their_owner_alone_and_kept_out_of_git(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    for name in ("warehouse", "identity"):
        assert (tmp_path / ".onecontact" / "keys" / f"{name}.key").stat().st_mode & 0o777 == 0o600
    assert ".onecontact/" in (tmp_path / ".gitignore").read_text()


def test_making_a_project_again_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path)])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".duckdb"}
    assert main(["init", str(tmp_path)]) == 0
    assert {path: path.read_bytes() for path in before} == before
    assert "is complete" in capsys.readouterr().out


def test_a_lost_key_is_not_replaced_by_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path)])
    key = tmp_path / ".onecontact" / "keys" / "warehouse.key"
    key.unlink()
    assert main(["init", str(tmp_path)]) == 2
    assert not key.exists()
    assert "warehouse.key" in capsys.readouterr().err


def test_dagsters_records_are_made_anew_where_somebody_deleted_them(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "shop")]) == 0
    project = open_project(tmp_path / "shop")
    shutil.rmtree(project.dagster_home)
    make_dagster_home(project)
    make_dagster_home(project)
    assert (project.dagster_home / "dagster.yaml").is_file()
