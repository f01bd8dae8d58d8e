from pathlib import Path

import pytest

from pipelines.read.contact_lists.hubspot_contacts import FORMAT, HubspotContacts
from pipelines.read.core.batch import Sample
from tests.one_batch import attributes, one_batch, points
from tests.tiny_workbook import parts, row, write

LABELS = '"Record ID","First Name","Last Name","Email","Phone Number","Lead Status","Create Date","Associated Company"'
NAMES = (
    "hs_object_id,firstname,lastname,email,hs_additional_emails,mobilephone,lifecyclestage,createdate,lastmodifieddate"
)


def test_an_export_with_labels_is_read(tmp_path: Path) -> None:
    line = '"51","Jane","Doe","jane@example.com","\'+44 7700 900123","OPEN","2026-03-12 09:14","Acme"'
    batch = one_batch(FORMAT, tmp_path, f"{LABELS}\n{line}\n")
    assert batch.contacts.select("record_id", "first_name", "last_name").rows() == [("51", "Jane", "Doe")]
    assert [kind for _, kind, _ in points(batch)] == ["email", "phone"]
    assert attributes(batch) == {"lead_status": "OPEN", "create_date": "2026-03-12 09:14", "company": "Acme"}


def test_an_export_with_internal_names_is_read(tmp_path: Path) -> None:
    line = "51,Jane,Doe,jane@example.com,j@example.com;doe@example.com,+447700900123,lead,1773306840000,1773306840123"
    batch = one_batch(FORMAT, tmp_path, f"{NAMES}\n{line}\n")
    assert batch.contacts.select("record_id", "observed_at").rows() == [("51", "2026-03-12T09:14:00.123Z")]
    assert [raw for *_, raw in points(batch)] == [
        "jane@example.com",
        "j@example.com",
        "doe@example.com",
        "+447700900123",
    ]
    assert attributes(batch) == {"lifecycle_stage": "lead", "create_date": "2026-03-12T09:14:00.000Z"}


def test_a_property_with_several_choices_may_be_tags(tmp_path: Path) -> None:
    batch = one_batch(
        FORMAT, tmp_path, "Record ID,Email,Interests\n1,j@example.com,a;b\n", columns={"Interests": "tags"}
    )
    assert batch.contacts["tags"].to_list() == [["a", "b"]]


def test_another_key_than_hubspots_is_obeyed(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, "Record ID,Customer,Email\n1,A7,jane@example.com\n", key="Customer")
    assert batch.contacts["record_id"].to_list() == ["A7"]


def test_a_workbook_is_read_by_the_same_columns(tmp_path: Path) -> None:
    sheets = {"Contacts": ("visible", row("Record ID", "First Name", "Email") + row("51", "Jane", "jane@example.com"))}
    path = write(tmp_path / "contacts.xlsx", parts(sheets=sheets))
    [batch] = FORMAT.read(path, HubspotContacts(path="*"))
    assert batch.contacts.select("record_id", "first_name").rows() == [("51", "Jane")]
    assert points(batch) == [(1, "email", "jane@example.com")]


@pytest.mark.parametrize(
    ("header", "sure"),
    [
        (("record id", "first name", "lifecycle stage"), True),
        (("hs object id", "email"), True),
        (("record id", "first name", "email"), False),
        (("id", "lead status", "email"), False),
    ],
)
def test_it_is_recognised_by_what_only_hubspot_has(header: tuple[str, ...], *, sure: bool) -> None:
    assert (FORMAT.detects(Sample("a.csv", b"", header)) > 0.8) is sure
