"""What holds for every list whose columns have names of their own, whatever the bytes."""

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import contracts
from pipelines.errors import DeliveryError
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.chatwoot import contacts
from pipelines.read.contact_lists import (
    facebook_leads,
    google_contacts,
    hubspot_contacts,
    outlook_contacts,
    salesforce_contacts,
)
from pipelines.read.contact_lists.own_columns import (
    aliases,
    encoding_of,
    left_out,
    meanings_of,
    middle_names,
    with_middle_names,
)
from pipelines.read.core.batch import Format, Sample
from pipelines.read.tables.header_words import fold
from pipelines.read.tables.table import Rows
from schemas import received
from schemas.contact_list import ContactTable
from schemas.error_codes import ErrorCode
from tests.examples import examples

CONTRACTS = {
    "contacts": received.ContactRow,
    "identifiers": received.IdentifierRow,
    "attributes": received.AttributeRow,
    "merges": received.Merge,
    "refused": received.Refusal,
}
HEADERS = {
    contacts.FORMAT: "id,name,email,phone_number,identifier,custom_attributes,labels",
    facebook_leads.FORMAT: "id,created_time,ad_id,form_id,platform,full_name,phone_number,email",
    google_contacts.FORMAT: "First Name,Middle Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value",
    hubspot_contacts.FORMAT: "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date",
    outlook_contacts.FORMAT: "First Name,Middle Name,E-mail Address,E-mail Type,E-mail Display Name,Birthday,Pager",
    salesforce_contacts.FORMAT: "Id,IsDeleted,MasterRecordId,FirstName,LastName,Email,LastModifiedDate",
}
FORMS = pytest.mark.parametrize("form", HEADERS, ids=lambda form: form.name)
CELLS = st.text(max_size=8) | st.sampled_from(
    ["1", "l:42", "* a ::: b", "/o=x", "0/0/00", "\\N", '{"a"=>1}', "1773306840000", "0035g00000AbCdE", "a@example.com"]
)


@FORMS
def test_each_is_recognised_as_itself_before_any_other(form: Format) -> None:
    seen = Sample("list.csv", HEADERS[form].encode(), tuple(map(fold, HEADERS[form].split(","))))
    sure = {other.name: other.detects(seen) for other in FORMATS.values()}
    assert [name for name in sure if sure[name] > 0.8] == [form.name]


@FORMS
def test_the_file_that_refused_rows_come_back_in_is_read(form: Format, tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"
    cells = ",".join("x" for _ in HEADERS[form].split(","))
    path.write_text(f"{HEADERS[form]},_row_number,_error_codes,_extra\n{cells},7,EMAIL_SYNTAX,\n")
    [batch] = form.read(path, form.options(format=form.name, path="*"))
    assert batch.contacts["row"].to_list() == [1]
    assert not any(name.startswith("_") for name in batch.attributes["attribute"])


@FORMS
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=30), size=st.integers(1, 9))
@settings(deadline=None, max_examples=examples(25, light=5))
def test_every_row_is_a_contact_a_merge_or_refused_whatever_the_batches(
    tmp_path_factory: pytest.TempPathFactory, form: Format, rows: list[list[str]], size: int
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADERS[form].split(","), *rows])
    path = tmp_path_factory.getbasetemp() / f"{form.name}.csv"
    path.write_bytes(text.getvalue().encode("utf-8", "replace"))
    batches = list(form.read(path, form.options(format=form.name, path="*"), rows=size))
    frames = [frame for batch in batches for frame in (batch.contacts, batch.merges, batch.refused)]
    assert sorted(number for frame in frames for number in frame["row"]) == list(range(1, len(rows) + 1))
    assert all(batch.contacts.height + batch.merges.height + batch.refused.height <= size for batch in batches)


@FORMS
@given(start=st.sampled_from(["", "header", "header as UTF-16", "PK\x03\x04"]), content=st.binary(max_size=300))
@settings(deadline=None, max_examples=examples(40, light=8))
def test_whatever_the_bytes_a_file_is_refused_or_its_batches_keep_their_contracts(
    tmp_path_factory: pytest.TempPathFactory, form: Format, start: str, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{form.name}.bin"
    header = f"{HEADERS[form]}\n"
    known = {"header": header.encode(), "header as UTF-16": header.encode("utf-16")}
    path.write_bytes(known.get(start, start.encode()) + content)
    try:
        batches = list(form.read(path, form.options(format=form.name, path="*"), rows=3))
    except DeliveryError:
        return
    for batch in batches:
        for name, contract in CONTRACTS.items():
            contracts.require(contract, getattr(batch, name))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"name\nJane\n", "utf-8"),
        ("name\nJürgen\n".encode(), "utf-8"),
        ("name\nJürgen\n".encode("windows-1252"), "windows-1252"),
        ("name\nJürgen\n".encode("utf-16-le"), "utf-16-le"),
        ("name\nJürgen\n".encode("utf-16"), None),
        (b"PK\x03\x04", None),
        (b"", "utf-8"),
    ],
)
def test_the_encoding_of_a_text_that_does_not_say_is_told_by_its_bytes(
    tmp_path: Path, content: bytes, encoding: str | None
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert encoding_of(path) == encoding


def test_rows_that_are_left_out_are_skipped_and_those_of_which_nothing_is_known_are_not() -> None:
    cells = pl.DataFrame({"row": [1, 2, 3], "line": [2, 3, 4], "c0": ["a", "b", "c"], "c1": ["1", None, "0"]})
    found = left_out(Rows(cells), ["Name", "Gone"], pl.col("c1") == "1", ErrorCode.ROW_DELETED, "somebody")
    assert found.cells["row"].to_list() == [2, 3]
    assert found.refused.select("row", "line", "outcome", "code", "expected", "raw").rows() == [
        (1, 2, "skipped", "ROW_DELETED", "somebody", '{"Name":"a","Gone":"1"}')
    ]
    none = left_out(Rows(cells), ["Name", "Gone"], pl.col("c1") == "9", ErrorCode.ROW_DELETED, "somebody")
    assert (none.cells.height, none.refused.height) == (3, 0)


@pytest.mark.parametrize(
    ("first", "last", "name", "middle", "whole"),
    [
        ("Anna", "Berg", None, " Maria ", "Anna Maria Berg"),
        ("Anna", None, None, "Maria", "Anna Maria"),
        (None, "Berg", None, "Maria", "Maria Berg"),
        (None, None, None, "Maria", None),
        ("Anna", "Berg", None, " ", None),
        ("Anna", "Berg", "Dr. Berg", "Maria", "Dr. Berg"),
    ],
)
def test_a_middle_name_becomes_part_of_a_name_that_is_not_stated_as_a_whole(
    first: str | None, last: str | None, name: str | None, middle: str, whole: str | None
) -> None:
    said = {"row": [1], "name": [name], "first_name": [first], "last_name": [last]}
    texts = dict.fromkeys(("name", "first_name", "last_name"), pl.String)
    cells = pl.DataFrame({"row": [1], "c4": [None], "c5": [middle]}, schema_overrides={"c4": pl.String})
    found = with_middle_names(pl.DataFrame(said, schema_overrides=texts), cells, ["c4", "c5"])
    assert found.columns == ["row", "name", "first_name", "last_name"]
    assert found["name"].to_list() == [whole]


def test_columns_mean_what_the_source_says_then_what_the_format_does() -> None:
    own = {"nick": "name", "key": "record_id", "tel": "attr.extension"}
    header = ["Nick", "Key", "Tel", "Email"]
    assert meanings_of(header, ContactTable(format="x", path="x"), own) == [
        "name",
        "record_id",
        "attr.extension",
        "email",
    ]
    told = ContactTable(format="x", path="x", columns={"NICK": "notes"}, key="Tel")
    assert meanings_of(header, told, own) == ["notes", "attr.key", "record_id", "email"]


def test_columns_of_middle_names_are_those_of_which_nothing_else_is_said() -> None:
    header = ["Middle Name", "x", "Additional Name"]
    names = ("middle name", "additional name")
    assert middle_names(header, ContactTable(format="x", path="x"), names) == ["c0", "c2"]
    said = ContactTable(format="x", path="x", columns={"middle-name": "notes"})
    assert middle_names(header, said, names) == ["c2"]


def test_headers_of_one_meaning_are_written_with_bars_between_them() -> None:
    assert aliases({"name": "Full Name|E-Name", "email": "Mail"}) == {
        "full name": "name",
        "e name": "name",
        "mail": "email",
    }
