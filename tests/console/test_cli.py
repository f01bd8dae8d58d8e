import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from console import cli
from console.cli import main
from console.looking import list_contacts
from tests.small_project import small_project


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from console.cli import parser; parser(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"polars", "duckdb", "dagster", "pydantic", "rich"} & set(loaded)


@pytest.mark.parametrize(
    "command",
    [
        "init",
        "run",
        "check",
        "template",
        "status",
        "list",
        "show",
        "timeline",
        "add",
        "edit",
        "tag",
        "note",
        "merge",
        "unmerge",
        "review",
        "block",
        "unblock",
        "decisions",
        "revoke",
        "explain",
        "match",
        "formats",
        "sources",
        "dev",
    ],
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert "usage: onecontact" in capsys.readouterr().out


@pytest.mark.parametrize("asks", ["show CONTACT --why phone", "explain CONTACT CONTACT", "revoke last"])
def test_what_newcomers_ask_is_answered_by_a_command_of_the_help(asks: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert f"onecontact {asks}" in capsys.readouterr().out


def test_the_version_is_that_of_the_installed_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"onecontact {version('onecontact')}\n"


@pytest.mark.parametrize("wrong", [["--days", "0"], ["--days", "-3"], ["--limit", "-1"], ["--limit", "x"]])
def test_a_number_out_of_range_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["list", *wrong])
    assert "must be a whole number" in capsys.readouterr().err


def test_the_help_says_what_exit_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "75 the warehouse is in use" in capsys.readouterr().out


def test_a_folder_that_is_no_project_is_named_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--project", str(tmp_path)]) == 2
    assert f"onecontact init {tmp_path}" in capsys.readouterr().err


def test_a_wrong_configuration_is_told_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path)]) == 0
    with (tmp_path / "onecontact.yaml").open("a") as file:
        file.write("statsu: {active_days: 30}\n")
    assert main(["status", "--project", str(tmp_path)]) == 2
    complaint = capsys.readouterr().err
    assert "onecontact.yaml:" in complaint
    assert "did you mean `status`?" in complaint


def test_a_moment_nobody_can_read_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--project", str(tmp_path), "--as-of", "last friday"]) == 2
    assert "--as-of must be a time" in capsys.readouterr().err


def test_the_text_of_an_unforeseen_error_stays_out_of_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> int:
        raise ValueError("zacharias@example.org")

    monkeypatch.setattr("console.cli.load_command", lambda _: broken)
    assert main(["status", "--project", str(tmp_path)]) == 1
    complaint = capsys.readouterr().err
    assert "ValueError" in complaint
    assert "zacharias" not in complaint


def test_who_has_to_wait_is_told_for_whom(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path)]) == 0
    from pipelines.project import open_project

    with open_project(tmp_path).warehouse(purpose="a test"):
        assert main(["status", "--project", str(tmp_path), "--wait", "0.2"]) == 75
    assert "in use by" in capsys.readouterr().err


def stops(_: object) -> int:
    raise KeyboardInterrupt


def stops_in_a_query(_: object) -> int:
    raise RuntimeError("Query interrupted") from KeyboardInterrupt()


@pytest.mark.parametrize("stopping", [stops, stops_in_a_query])
def test_a_command_that_is_stopped_ends_with_130(
    stopping: Callable[[object], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "load_command", lambda _: stopping)

    assert main(["status"]) == 130
    assert capsys.readouterr().err.startswith("onecontact: stopped")


def test_an_unforeseen_error_leaves_its_traceback_if_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_project(tmp_path / "p"):
        pass
    monkeypatch.setenv("ONECONTACT_DEBUG", "1")
    monkeypatch.setattr(list_contacts, "list_contacts", lambda *_: 1 / 0)

    assert main(["list", "--project", str(tmp_path / "p")]) == 1

    [kept] = (tmp_path / "p" / ".onecontact").glob("traceback-*.txt")
    assert kept.name in capsys.readouterr().err
    assert "ZeroDivisionError" in kept.read_text()


@pytest.mark.heavy
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_output_without_signs_for_a_name_writes_it_in_escapes(tmp_path: Path, more: list[str]) -> None:
    with small_project(tmp_path / "p") as made:
        made.deliver("crm", "2026-06-01", "id,name,email\n1,Žofie Müller,zofie@example.com")
        made.run()
    command = [sys.executable, "-m", "console.cli", "list", "--project", str(tmp_path / "p"), *more]
    ascii_only = {"PYTHONIOENCODING": "ascii", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment = os.environ | ascii_only | {"COLUMNS": "120"}  # no name is broken into lines

    done = subprocess.run(command, capture_output=True, check=False, env=environment)

    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode("ascii")
    assert json.loads(said)[0]["name"] == "Žofie Müller" if more else r"\u017dofie M\xfcller" in said


@pytest.mark.parametrize("command", ["show", "list_contacts", "timeline"])
def test_a_command_that_looks_at_contacts_needs_no_reader_and_no_contract(command: str, tmp_path: Path) -> None:
    (tmp_path / "onecontact.yaml").write_text(
        "{project: small, default_region: DE, sources: {crm: {format: contacts_csv, path: 'landing/*.csv', key: id}}}",
        encoding="utf-8",
    )
    code = (
        f"import sys; from pathlib import Path; import console.looking.{command}\n"
        "from pipelines.project import open_project\n"
        f"assert list(open_project(Path({str(tmp_path)!r}), ingests=False).settings.sources) == ['crm']\n"
        "print([name for name in ('pandera', 'dagster', 'pipelines.read.catalogue.registry') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
