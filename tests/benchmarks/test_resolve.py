"""Records as the matcher takes them, out of files as people have them."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.resolve import main, read_records


def saved(folder: Path, frame: pl.DataFrame, roles: str) -> tuple[Path, Path]:
    frame.write_parquet(folder / "records.parquet")
    (folder / "roles.yaml").write_text(roles, encoding="utf-8")
    return folder / "records.parquet", folder / "roles.yaml"


def test_values_become_text_and_columns_without_a_role_are_left_out(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [7, 8], "zip": [60601.0, None], "born": [date(2001, 2, 3), None], "x": [1, 2]})
    records, roles = read_records(*saved(tmp_path, frame, "zip: postcode\nborn: dob\n"))
    assert roles == {"zip": "postcode", "born": "date_of_birth"}
    assert records.rows() == [(7, "60601", "2001-02-03"), (8, None, None)]


def test_a_column_of_lists_becomes_columns_of_one_role(tmp_path: Path) -> None:
    frame = pl.DataFrame({"record_id": ["a", "b"], "mails": [["x@example.com", "y@example.com"], []]})
    records, roles = read_records(*saved(tmp_path, frame, "mails: email\n"))
    assert roles == {"mails 1": "email", "mails 2": "email"}
    assert records.rows() == [("a", "x@example.com", "y@example.com"), ("b", None, None)]


def test_a_csv_file_is_text_and_its_rows_are_numbered_where_nothing_tells_them_apart(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,phone\nAda Lind,020 7946 0001\n,\n", encoding="utf-8")
    (tmp_path / "roles.yaml").write_text("name: full_name\nphone: phone\n", encoding="utf-8")
    records, _ = read_records(tmp_path / "list.csv", tmp_path / "roles.yaml")
    assert records.rows() == [(0, "Ada Lind", "020 7946 0001"), (1, None, None)]


@pytest.mark.parametrize("ids", [[1, 1], [1, None]])
def test_ids_that_do_not_tell_records_apart_are_an_error(tmp_path: Path, ids: list[int | None]) -> None:
    frame = pl.DataFrame({"key": ids, "name": ["Ada", "Bo"]})
    with pytest.raises(ValueError, match="`key` should tell each record apart"):
        read_records(*saved(tmp_path, frame, "record_id: key\nroles: {name: full_name}\n"))


def test_what_is_wrong_with_the_roles_is_said_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records, roles = saved(tmp_path, pl.DataFrame({"mail": ["x@example.com"]}), "mial: email\n")
    assert main([str(records), "--roles", str(roles), "--out", str(tmp_path / "out.parquet")]) == 2
    assert "no column `mial`; did you mean `mail`?" in capsys.readouterr().err


@pytest.mark.parametrize(("options", "contacts"), [([], 1), (["--auto", "0.9999999"], 2), (["--region", "DE"], 1)])
def test_clusters_are_written_and_what_they_took_is_printed(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    contacts: int,
) -> None:
    frame = pl.DataFrame({"record_id": ["a", "b"], "name": ["Ada Lind"] * 2, "mail": ["ada@example.com"] * 2})
    records, roles = saved(tmp_path, frame, "name: full_name\nmail: email\n")
    out = tmp_path / "made" / "predicted.parquet"
    assert main([str(records), "--roles", str(roles), "--out", str(out), "--json", *options]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["records", "contacts", "review", "seconds", "cpu_seconds", "peak_mib"]
    assert (figures["records"], figures["contacts"], figures["review"]) == (2, contacts, contacts - 1)
    assert pl.read_parquet(out).columns == ["record_id", "contact_id"]


def test_both_engines_write_the_same(tmp_path: Path) -> None:
    names, mails = (
        ["Mara Quint", "Quint, Mara", "Otto Kern"],
        [["m.quint@example.com"]] * 2 + [["kern@example.org", "o@example.org"]],
    )
    records, roles = saved(tmp_path, pl.DataFrame({"name": names, "mails": mails}), "name: full_name\nmails: email\n")
    written = []
    for engine in (["polars"], ["duckdb", "--memory-limit", "200MB"]):
        out = tmp_path / f"{engine[0]}.parquet"
        assert main([str(records), "--roles", str(roles), "--out", str(out), "--json", "--engine", *engine]) == 0
        written.append(pl.read_parquet(out))
    assert written[0].equals(written[1])
    assert written[0]["contact_id"].to_list() == [0, 0, 2]
