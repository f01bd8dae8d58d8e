import csv
import json
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.project import open_project
from pipelines.store.warehouse.connection import query
from tests.end_to_end.demo_project import AS_OF, answered, derived, onecontact

LENA = "lena.hoffmann@example.com"


@pytest.fixture
def copy(run_demo: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(run_demo, tmp_path / "copy"))


@pytest.fixture(scope="module")
def judged(run_demo: Path) -> pl.DataFrame:
    """Every record of the demo with the contact it is in and the person it really is."""
    truth = pl.read_csv(run_demo / "truth.csv", infer_schema=False)
    with open_project(run_demo).warehouse(read_only=True) as connection:
        found = query(
            connection,
            """SELECT r.source, r.record_id, m.contact_id
               FROM record r JOIN membership m USING (record_key) WHERE m.run_to IS NULL""",
        )
    return found.join(truth, on=["source", "record_id"], how="full", coalesce=True)


@pytest.mark.heavy
def test_the_records_are_those_of_the_truth(judged: pl.DataFrame) -> None:
    assert judged.height == 86
    assert judged.null_count().select("contact_id", "person").row(0) == (0, 0)


def test_no_two_people_are_one_contact(judged: pl.DataFrame) -> None:
    people = judged.group_by("contact_id").agg(pl.col("person").unique())
    assert people.filter(pl.col("person").list.len() > 1).is_empty()


def test_every_true_pair_is_merged_or_waits_for_a_person(run_demo: Path, judged: pl.DataFrame) -> None:
    with open_project(run_demo).warehouse(read_only=True) as connection:
        waiting = {
            frozenset(pair) for pair in query(connection, "SELECT contact_lo, contact_hi FROM review_queue").iter_rows()
        }
    parted = [
        frozenset(pair)
        for (contacts,) in judged.group_by("person").agg(pl.col("contact_id").unique()).select("contact_id").iter_rows()
        for pair in combinations(contacts, 2)
    ]
    assert parted
    assert [pair for pair in parted if pair not in waiting] == []


def test_the_first_run_tells_a_newcomer_what_happened(run_demo: Path) -> None:
    said = (run_demo / "said.txt").read_text(encoding="utf-8")
    assert "86 records are 59 contacts." in said
    assert "held: whatsapp" in said
    assert "date_order" in said
    assert "rows of crm refused: correct rejected/crm-" in said
    lena = answered("show", LENA, "--project", str(run_demo))["contact"]["contact_id"]
    assert f"show {lena}" in said  # a person at a terminal is shown an address instead


@pytest.mark.heavy
def test_a_second_run_says_that_nothing_is_new_and_changes_nothing(copy: Path) -> None:
    before = derived(copy)
    stamps = {path: path.stat().st_mtime_ns for path in (copy / "exports").rglob("*.csv")}
    manifests = published(copy)
    said = onecontact("run", "--project", str(copy), "--as-of", AS_OF)
    assert "Nothing new: all 11 files in the landing area are known." in said
    assert "No contact has changed." in said
    after = derived(copy)
    for name, frame in before.items():
        assert_frame_equal(frame, after[name])
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps != {}
    assert published(copy) == manifests != {}


def published(folder: Path) -> dict[Path, dict[str, Any]]:
    """What manifests say of publications, without when a run last confirmed it."""
    read = {path: json.loads(path.read_text()) for path in (folder / "exports").rglob("manifest.json")}
    return {path: {name: said[name] for name in said if not name.startswith("checked_")} for path, said in read.items()}


def test_show_names_file_line_and_rule_of_every_value(run_demo: Path) -> None:
    shown = answered("show", LENA, "--project", str(run_demo))
    contact = shown["contact"]
    stated = {name for name, value in contact.items() if value and name in ("name", "phone", "email", "source", "tags")}
    proven = {row["field"] for row in shown["fields"]}
    assert stated <= proven
    assert {f"attr.{name}" for name in contact["attributes"]} <= proven
    assert all(row["file_name"] and row["rule"] and row["row_number"] for row in shown["fields"])
    assert len(shown["records"]) == 5


def test_the_timeline_of_a_merged_contact_is_in_order_over_three_channels(run_demo: Path) -> None:
    entries = answered("show", LENA, "--project", str(run_demo))["timeline"]
    moments = [entry["happened_at"] for entry in entries]
    assert moments == sorted(moments)
    assert {"facebook", "email", "whatsapp"} <= {entry["channel"] for entry in entries}
    assert [entry["text"] for entry in entries].count("Super") == 2  # truly said twice within a minute


def test_show_is_readable_by_a_person(run_demo: Path) -> None:
    shown = onecontact("show", LENA, "--project", str(run_demo))
    assert "crm-export-2026-11-16.csv" in shown
    assert "only value" in shown
    assert "times in Europe/Berlin" in shown


def test_contacts_are_found_by_name_number_address_and_id(run_demo: Path) -> None:
    contact_id = answered("show", LENA, "--project", str(run_demo))["contact"]["contact_id"]
    for words in ("lena hoff", "0171 3920017", "LENA.HOFFMANN@", contact_id[:8]):
        (found,) = answered("list", words, "--project", str(run_demo))
        assert found["contact_id"] == contact_id


def test_lists_are_filtered_by_status_channel_and_attribute(run_demo: Path) -> None:
    project = ["--project", str(run_demo), "--limit", "0"]
    active, everybody = answered("list", "--status", "active", *project), answered("list", *project)
    assert 0 < len(active) < len(everybody) == 59
    assert len(answered("list", "--channel", "whatsapp", *project)) == 5
    assert len(answered("list", "--attribute", "tier=gold", *project)) == 9


def test_what_cannot_be_answered_ends_with_its_own_exit_code(run_demo: Path) -> None:
    project = ["--project", str(run_demo)]
    assert "no contact matches" in onecontact("show", "nobody@example.org", *project, code=3)
    assert "several contacts fit" in onecontact("show", "Michael Schmidt", *project, code=4)
    assert "did you mean" in onecontact("list", "--attribute", "teir=gold", *project, code=2)
    assert "one of gold, silver, bronze" in onecontact("list", "--attribute", "tier=golden", *project, code=2)


def test_status_says_how_things_stand(run_demo: Path) -> None:
    stands = answered("status", "--project", str(run_demo))
    assert stands["contacts"] == {"active": 17, "inactive": 42}
    assert {row["source"] for row in stands["deliveries"]} == {"crm", "chatwoot", "whatsapp", "mailbox", "facebook"}
    for row in stands["deliveries"]:
        outcomes = ("created", "updated", "unchanged", "duplicate_in_file", "rejected", "skipped")
        assert row["rows_read"] == sum(row[outcome] for outcome in outcomes)


@pytest.mark.heavy
def test_a_refused_row_that_is_corrected_and_dropped_in_again_arrives_once(copy: Path) -> None:
    (given_back,) = (path for path in (copy / "rejected").glob("crm-*.csv") if not path.name.endswith(".errors.csv"))
    assert given_back.stat().st_mode & 0o777 == 0o600
    with given_back.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Record ID"] for row in rows} == {"551", "951", "1301", "1551", "1951"}
    (row,) = (row for row in rows if row["Record ID"] == "1551")
    row["Email"] = "juergen.moeller@example.org"
    with (copy / "landing" / "crm" / "corrected-2026-11-19.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    for _ in range(2):
        onecontact("run", "--project", str(copy), "--as-of", AS_OF)
    (found,) = answered("list", "juergen.moeller", "--project", str(copy))
    assert found["email"] == "juergen.moeller@example.org"


@pytest.mark.heavy
def test_a_held_delivery_is_taken_once_a_person_has_settled_it(copy: Path) -> None:
    settings = copy / "onecontact.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("format: whatsapp_chat", "format: whatsapp_chat\n    date_order: day_first"), "utf-8"
    )
    said = onecontact("run", "--project", str(copy), "--as-of", AS_OF)
    assert "held:" not in said
    shown = answered("show", "+491713920058", "--project", str(copy))
    assert "whatsapp" in shown["contact"]["channels"]


def test_exports_come_with_a_manifest_and_are_for_their_owner_alone(run_demo: Path) -> None:
    for segment, rows in (("gold_customers", 9), ("recent_whatsapp", 3)):
        folder = run_demo / "exports" / segment
        frame = pl.read_csv(folder / "contacts.csv", infer_schema=False)
        assert frame.height == rows
        assert (folder / "manifest.json").is_file()
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
