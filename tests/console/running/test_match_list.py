"""`onecontact match list`, from files to files, without a project."""

import json
import tempfile
from pathlib import Path

import polars as pl
import pytest

from console.cli import main

LIST = """\
id,Vorname,Nachname,E-Mail,Telefon
a1,Anna,Berg,anna.berg@example.com,0151 23456701
a2,Berg,Anna,anna.berg@example.com,
c1,Lena,Weber,weber@example.com,0151 23456702
c2,Lea,Weber,weber@example.com,0151 23456702
x,Otto,Kern,otto@example.com,0151 23456703,too many
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def groups(path: Path) -> set[frozenset[str]]:
    found = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    return {frozenset(each) for each in found.group_by("cluster").agg("record_id")["record_id"].to_list()}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_rows_of_one_person_are_one_cluster_on_either_engine(people: Path, tmp_path: Path, engine: str) -> None:
    out = tmp_path / "out.csv"
    assert main(["match", "list", str(people), "--region", "DE", "--out", str(out), "--engine", engine]) == 0
    assert groups(out) == {frozenset({"a1", "a2"}), frozenset({"c1"}), frozenset({"c2"})}


def test_a_folder_gets_clusters_and_edges_with_their_evidence(people: Path, tmp_path: Path) -> None:
    assert main(["match", "list", str(people), "--region", "DE", "--out", str(tmp_path / "out")]) == 0
    clusters, edges = (pl.read_csv(tmp_path / "out" / f"{name}.csv") for name in ("clusters", "edges"))
    assert clusters.select("row", "record_id", "cluster").rows() == [
        *((1, "a1", 1), (2, "a2", 1), (3, "c1", 3), (4, "c2", 4)),
    ]
    verdicts = {(lo, hi): verdict for lo, hi, verdict in edges.select("row_lo", "row_hi", "verdict").rows()}
    assert verdicts == {(1, 2): "merged", (3, 4): "review"}
    assert json.loads(edges["evidence"][0])["email"]["level"] == "exact"


def test_what_was_found_is_summed_up(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "list", str(people), "--region", "DE", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {name: answer[name] for name in ("rows", "refused", "clusters", "merged", "review")} == {
        "rows": 4, "refused": 1, "clusters": 3, "merged": 1, "review": 1,
    }  # fmt: skip
    assert answer["roles"]["Telefon"] == "phone"


def test_roles_that_were_inferred_are_shown_as_a_file_takes_them(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", "list", str(people)]) == 0
    shown = capsys.readouterr().out.splitlines()
    first = shown.index("columns:")
    roles = tmp_path / "roles.yaml"
    roles.write_text("\n".join(shown[first : first + 6]), encoding="utf-8")
    assert "Vorname: given_name" in roles.read_text(encoding="utf-8")
    assert main(["match", "list", str(people), "--roles", str(roles)]) == 0


def test_lists_of_several_systems_are_matched_with_each_other(people: Path, tmp_path: Path) -> None:
    other = tmp_path / "shop.parquet"
    pl.DataFrame({"id": [7], "mail": [["anna.berg@example.com"]], "name": ["Berg, Anna"]}).write_parquet(other)
    out = tmp_path / "out.parquet"
    assert main(["match", "list", str(people), str(other), "--region", "DE", "--out", str(out)]) == 0
    assert frozenset({"a1", "a2", "7"}) in groups(out)
    assert pl.read_parquet(out)["file"].to_list() == [str(people)] * 4 + [str(other)]
    assert pl.read_parquet(out)["row"].to_list() == [1, 2, 3, 4, 6]  # the fifth does not fit its header


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--region", "Germany"], "must be a two-letter country code"),
        (["--out", "clusters.txt"], "name a .csv or .parquet file, or a folder"),
        (["--roles", "missing.yaml"], "missing.yaml: no such file"),
    ],
)
def test_a_wrong_option_is_told_with_what_would_be_right(
    people: Path, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    assert main(["match", "list", str(people), *options]) == 2
    assert says in capsys.readouterr().err


def test_a_file_that_is_there_is_not_written_over(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "list", str(people), "--out", str(people)]) == 2
    assert people.read_text(encoding="utf-8") == LIST


def test_a_list_whose_columns_say_nothing_asks_for_roles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "shoes.csv"
    path.write_text("size,colour\n42,red\n", encoding="utf-8")
    assert main(["match", "list", str(path)]) == 2
    assert "--roles" in capsys.readouterr().err


def test_nothing_of_a_list_is_left_in_the_folder_for_temporary_files(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert main(["match", "list", str(people), "--engine", "duckdb"]) == 0
    assert list(scratch.iterdir()) == []


def test_a_value_of_the_list_is_in_no_message(people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "list", str(people), "--out", str(tmp_path / "out")]) == 0
    told = "".join(capsys.readouterr())
    assert not any(value in told for value in ("Anna", "Weber", "example.com", "23456701"))
