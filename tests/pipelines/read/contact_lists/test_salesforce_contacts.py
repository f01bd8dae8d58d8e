from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.contact_lists.salesforce_contacts import CHECKS, FORMAT, long_id
from pipelines.read.core.batch import Sample
from tests.one_batch import attributes, one_batch, points, skipped

HEADER = "Id,IsDeleted,MasterRecordId,FirstName,LastName,Phone,MobilePhone,Email,LastModifiedDate"
JANE, JOE = "0035g00000AbCdEAAV", "0035g00000AbCdFAAV"


def test_records_of_the_data_loader_are_read(tmp_path: Path) -> None:
    line = f"{JANE},0,,Jane,Doe,+44 20 7946 0018,+44 7700 900123,jane@example.com,2026-03-12T09:14:00.000Z"
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{line}\n")
    assert batch.contacts.select("record_id", "first_name", "last_name", "observed_at").rows() == [
        (JANE, "Jane", "Doe", "2026-03-12T09:14:00.000Z")
    ]
    assert [raw for *_, raw in points(batch)] == ["+44 20 7946 0018", "+44 7700 900123", "jane@example.com"]
    assert batch.merges.is_empty()


def test_a_file_in_latin_letters_of_one_byte_is_read(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, "Id,LastName,Email\n1,Müller,m@example.com\n".encode("iso-8859-1"))
    assert batch.contacts["last_name"].to_list() == ["Müller"]


@pytest.mark.parametrize(("deleted", "master"), [("1", JANE), ("true", JANE), ("TRUE", JANE[:15])])
def test_a_merged_record_is_no_contact_but_a_decision(tmp_path: Path, deleted: str, master: str) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{JOE[:15]},{deleted},{master},Joe,,,,joe@example.com,\n")
    assert batch.merges.rows() == [(1, 2, JOE, JANE)]
    assert batch.contacts.is_empty()
    assert batch.identifiers.is_empty()
    assert batch.refused.is_empty()
    assert batch.original.height == 1


@pytest.mark.parametrize("master", ["", JOE, JOE[:15]])
def test_a_record_that_is_only_deleted_is_skipped(tmp_path: Path, master: str) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{JOE},1,{master},Joe,,,,joe@example.com,\n")
    assert skipped(batch) == [(1, "skipped", "ROW_DELETED")]
    assert batch.merges.is_empty()


def test_a_record_that_is_not_deleted_is_a_contact_whatever_its_master(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{JOE},0,{JANE},Joe,,,,joe@example.com,\n")
    assert batch.contacts["record_id"].to_list() == [JOE]


def test_without_its_own_key_nothing_is_known_of_merges(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{JOE},1,{JANE},Joe,,,,joe@example.com,\n", key="Email")
    assert batch.merges.is_empty()
    assert skipped(batch) == [(1, "skipped", "ROW_DELETED")]


def test_a_short_id_and_the_long_one_of_the_same_record_are_one_key(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, f"Contact ID,Email\n{JANE[:15]},a@example.com\n{JANE},b@example.com\n")
    assert batch.contacts["record_id"].to_list() == [JANE, JANE]
    assert batch.original["c.Contact ID"].to_list() == [JANE[:15], JANE]


@given(st.from_regex(r"[A-Za-z0-9]{15}", fullmatch=True))
def test_the_last_three_signs_of_an_id_tell_its_capitals(short: str) -> None:
    told = "".join(CHECKS[sum(2**n for n in range(5) if short[start + n].isupper())] for start in (0, 5, 10))
    assert pl.select(long_id(pl.lit(short))).item() == short + told


@pytest.mark.parametrize("other", ["", "abc", "0035g00000AbCdE-", "0035g00000AbCdEAAVx", "Jörg00000000000"])
def test_what_is_no_short_id_stays(other: str) -> None:
    assert pl.select(long_id(pl.lit(other))).item() == other


def test_a_report_is_read_by_its_labels(tmp_path: Path) -> None:
    header = '"Contact ID","First Name","Last Name","Account Name","Title","Mobile","Email","Mailing Zip/Postal Code"'
    batch = one_batch(FORMAT, tmp_path, f'{header}\n"{JANE}","Jane","Doe","Acme","CEO","1","j@example.com","53111"\n')
    assert batch.contacts["record_id"].to_list() == [JANE]
    assert attributes(batch) == {"company": "Acme", "job_title": "CEO", "postcode": "53111"}


@pytest.mark.parametrize(
    ("header", "sure"),
    [
        (("id", "isdeleted", "masterrecordid", "lastname"), True),
        (("id", "lastname", "ownerid", "accountid"), True),
        (("contact id", "first name", "account name", "email"), True),
        (("id", "lastname", "email", "lastmodifieddate"), False),
        (("first name", "last name", "account name", "email"), False),
    ],
)
def test_it_is_recognised_by_its_ids_and_names(header: tuple[str, ...], *, sure: bool) -> None:
    assert (FORMAT.detects(Sample("a.csv", b"", header)) > 0.8) is sure
