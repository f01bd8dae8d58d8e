"""Segments as files of every format, encrypted, and in the place of an earlier format."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyrage
import pytest

from pipelines.errors import ConfigurationError
from pipelines.publish.files import sha256_of
from pipelines.steps.publish import publish
from pipelines.steps.segments.compile import segment_faults
from tests.pipelines.steps.segments_of_people import ID, gold, published, set_tier, write_people
from tests.small_project import AS_OF, SmallProject, starting_point

OWNER = pyrage.x25519.Identity.generate()
KEY = str(OWNER.to_public())
ALL = ["csv", "excel_csv", "xlsx", "parquet", "jsonl", "vcard"]


@starting_point
def filled(project: SmallProject) -> None:
    """A project with four contacts, three of them gold."""
    write_people(project)


def folder(project: SmallProject) -> Path:
    return project.project.folder / "exports" / "gold"


def manifest(project: SmallProject) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder(project) / "manifest.json").read_bytes())
    return told


def options(kind: str) -> dict[str, Any]:
    return {"format": kind} | ({"columns": ["contact_id", "name", "email"]} if kind == "vcard" else {})


@pytest.mark.parametrize("kind", ALL)
def test_an_unchanged_segment_stays_as_it_is_in_every_format(filled: SmallProject, kind: str) -> None:
    made = published(filled, **options(kind))
    assert (made.rows, made.changed, manifest(filled)["sha256"]) == (3, True, sha256_of(folder(filled) / made.file))
    before = (folder(filled) / made.file).read_bytes()
    (folder(filled) / made.file).unlink()
    again = published(filled, "run2", **options(kind))
    assert (again.changed, (folder(filled) / again.file).read_bytes() == before) == (True, True)
    assert len(filled.rows("FROM export")) == 1
    assert not published(filled, "run3", **options(kind)).changed


def test_a_file_of_an_earlier_format_does_not_stay_behind(filled: SmallProject) -> None:
    for kind in ALL:
        published(filled, f"run-{kind}", **options(kind))
        assert len([*folder(filled).iterdir()]) == 2
    published(filled, "run-age", encrypt_to=[KEY])
    assert {path.name for path in folder(filled).iterdir()} == {"contacts.csv.age", "manifest.json"}


def test_titles_head_the_columns(filled: SmallProject) -> None:
    columns = ["contact_id", {"column": "name", "title": 'Name, "ganz"'}, {"column": "attr.seats", "title": "Plätze"}]
    published(filled, columns=columns)
    with (folder(filled) / "contacts.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert header == ["contact_id", 'Name, "ganz"', "Plätze"]
    assert [each["title"] for each in manifest(filled)["columns"]] == header
    published(filled, "run2", columns=columns, format="parquet")
    assert pl.read_parquet(folder(filled) / "contacts.parquet").columns == header


def test_a_spreadsheet_of_a_place_has_its_separator_and_decimal_sign(filled: SmallProject) -> None:
    filled.connection.execute("UPDATE contact SET attributes = MAP {'tier': 'gold', 'seats': '-1.5'}")
    published(filled, format="excel_csv", locale="de_DE", columns=["attr.seats", "name"])
    assert (folder(filled) / "contacts.csv").read_bytes()[:20] == b"\xef\xbb\xbfattr.seats;name\r\n"
    assert b"\r\n-1,5;Jane Doe\r\n" in (folder(filled) / "contacts.csv").read_bytes()
    assert "semicolon" in manifest(filled)["reading"]
    assert "decimal sign of de_DE" in manifest(filled)["reading"]
    published(filled, "run2", format="excel_csv", separator="\t", columns=["attr.seats", "name"])
    assert b"-1.5\tJane Doe\r\n" in (folder(filled) / "contacts.csv").read_bytes()


def test_rows_can_be_sorted_downwards_with_missing_values_last(filled: SmallProject) -> None:
    published(filled, order_by=["-attr.seats", "name"])
    assert pl.read_csv(folder(filled) / "contacts.csv")["name"].to_list() == ["Jane Doe", "Ann Other", "Ben Other"]


# Encrypted


def test_an_encrypted_file_is_for_its_recipients(filled: SmallProject) -> None:
    made = published(filled, encrypt_to=[KEY])
    path = folder(filled) / "contacts.csv.age"
    assert (made.file, manifest(filled)["encrypted_to"]) == ("contacts.csv.age", [KEY])
    assert b"Jane" not in path.read_bytes()
    assert b"Jane Doe" in pyrage.decrypt(path.read_bytes(), [OWNER])
    assert "age -d" in manifest(filled)["reading"]


def test_an_encrypted_file_is_made_again_only_with_other_content(filled: SmallProject) -> None:
    published(filled, encrypt_to=[KEY])
    before = (folder(filled) / "contacts.csv.age").read_bytes()
    filled.connection.execute("UPDATE contact SET tags = ['vip']")
    assert not published(filled, "run2", encrypt_to=[KEY]).changed
    assert (folder(filled) / "contacts.csv.age").read_bytes() == before
    set_tier(filled, 1, "silver")
    assert published(filled, "run3", encrypt_to=[KEY]).changed
    (folder(filled) / "contacts.csv.age").unlink()
    assert published(filled, "run4", encrypt_to=[KEY]).changed
    assert manifest(filled)["sha256"] == sha256_of(folder(filled) / "contacts.csv.age")
    assert not published(filled, "run5", encrypt_to=[KEY]).changed


# What cannot be published


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"format": "vcard"}, r"columns\[3\]: attr\.seats has no place in a vCard"),
        ({"encrypt_to": [KEY[:-1] + ("q" if KEY[-1] != "q" else "p")]}, r"encrypt_to: age1.{8}… is no public key"),
        ({"order_by": ["-nam"]}, r"order_by\[0\]: no field nam; did you mean name\?"),
        ({"where": {"in_segment": "gold"}}, r"segments go round in a circle: gold → gold|no segment gold"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(filled: SmallProject, said: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        published(filled, **said)


def test_relative_dates_count_from_the_moment_that_is_stated(filled: SmallProject) -> None:
    filled.connection.execute("UPDATE contact SET last_inbound_at = '2026-01-10T00:00:00Z'")
    where = {"field": "last_inbound_at", "op": "within_last", "value": {"days": 30}}
    assert published(filled, where=where).rows == 0
    assert published(filled, "run2", where=where, as_of="2026-01-20").rows == 4
    assert published(filled, "run3", where=where, as_of="2026-03-01T12:00:00Z").rows == 0
    assert manifest(filled)["relative_dates_as_of"] == "2026-03-01T12:00:00Z"


def test_a_segment_can_be_of_who_is_in_another(filled: SmallProject) -> None:
    project = filled.project._replace(segments=[gold()])
    not_gold = gold(segment="others", where={"not": {"in_segment": "gold"}})
    assert segment_faults(project, not_gold, AS_OF) == []
    assert publish(project, filled.connection, not_gold, "run1", AS_OF).rows == 1


# Who was in it


def test_it_is_forgotten_who_was_in_old_publications_but_not_in_the_last(filled: SmallProject) -> None:
    keep = {"keep_members": {"days": 30}}
    for run, tier in (("run1", "gold"), ("run2", "silver"), ("run3", "gold")):
        set_tier(filled, 1, tier)
        published(filled, run, **keep)
        filled.connection.execute("UPDATE export SET published_at = published_at - INTERVAL 100 DAY")
    published(filled, "run4", **keep, description="others")
    kept = filled.rows(
        """SELECT e.run_id, count(m.contact_id) AS members, any_value(e.members_removed_at) IS NULL AS is_kept
           FROM export e LEFT JOIN export_member m USING (export_id) GROUP BY ALL ORDER BY ALL"""
    )
    assert [(row["run_id"], row["members"], row["is_kept"]) for row in kept] == [
        ("run1", 0, False),
        ("run2", 0, False),
        ("run3", 0, False),
        ("run4", 3, True),
    ]


def test_a_manifest_says_who_published_it_and_why(filled: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECONTACT_ACTOR", "Mia")
    monkeypatch.setattr("getpass.getuser", lambda: "cron")
    published(filled, owner="Sales", purpose="newsletter", recipients=["agency"])
    told = manifest(filled)
    assert told["published_by"] == {"login": "cron", "on_behalf_of": "Mia"}
    assert (told["owner"], told["purpose"], told["recipients"]) == ("Sales", "newsletter", ["agency"])
    assert (told["filter"], told["where"]["value"]) == ("attr.tier is gold", "gold")
    assert told["code_version"]
    monkeypatch.setenv("ONECONTACT_ACTOR", "Ben")
    publish(filled.project, filled.connection, gold(owner="Sales", purpose="newsletter", recipients=["agency"]), "run2",
            AS_OF + timedelta(days=1))  # fmt: skip
    assert manifest(filled)["published_by"]["on_behalf_of"] == "Mia"


@pytest.mark.heavy
def test_a_manifest_names_the_deliveries_that_values_come_from(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,email,tier\n1,Jane Doe,jane@example.com,gold\n2,Joe,,silver")
    project.deliver("shop", "2026-06-02", "id,name,email\n7,Jan Roe,roe@example.com")
    project.run()
    published(project)
    [crm] = manifest(project)["deliveries"]
    [delivery] = project.rows("SELECT delivery_id FROM delivery WHERE source = 'crm'")
    assert (crm["source"], crm["deliveries"], crm["delivery_ids"]) == ("crm", 1, [delivery["delivery_id"]])


# Pulled into other tools, as docs/segments.md shows


def test_a_file_is_pulled_into_polars_and_duckdb(filled: SmallProject) -> None:
    published(filled, format="parquet")
    path = folder(filled) / "contacts.parquet"
    assert pl.scan_parquet(path).filter(pl.col("attr.seats") > 9).select("name").collect()["name"].to_list() == [
        "Jane Doe"
    ]
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT sum(\"attr.seats\") FROM '{path}'").fetchall()
    assert found == [(19.0,)]
    published(filled, "run2")
    with duckdb.connect() as connection:
        sql = f"SELECT name FROM read_csv('{folder(filled) / 'contacts.csv'}', all_varchar = true) ORDER BY name"
        assert connection.sql(sql).fetchall() == [("Ann Other",), ("Ben Other",), ("Jane Doe",)]


def test_a_file_is_pulled_into_pandas(filled: SmallProject) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is no dependency of onecontact")
    published(filled)
    read = pandas.read_csv(folder(filled) / "contacts.csv", dtype=str, keep_default_na=False)
    assert read["contact_id"].tolist() == [ID.format(1), ID.format(3), ID.format(4)]


def test_a_workbook_is_read_by_polars_own_reader_or_ours(filled: SmallProject) -> None:
    published(filled, format="xlsx")
    pytest.importorskip("fastexcel", reason="fastexcel is no dependency of onecontact; our own reader has its tests")
    assert pl.read_excel(folder(filled) / "contacts.xlsx")["name"].to_list() == ["Jane Doe", "Ann Other", "Ben Other"]
