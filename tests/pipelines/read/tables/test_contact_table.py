import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import contracts
from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.core.batch import Batch
from pipelines.read.csv.rows import open_csv
from pipelines.read.tables.contact_table import (
    LISTS,
    Layout,
    batch_of,
    layout_of,
    made_sure,
    meaning_of,
    read_contacts,
    tags_of,
    understand,
)
from pipelines.read.tables.header_words import fold
from pipelines.read.tables.spreadsheet_cells import CLEAR
from pipelines.read.tables.table import Rows
from schemas import received
from schemas.error_codes import ErrorCode
from tests.examples import examples

CONTRACTS = {
    "contacts": received.ContactRow,
    "identifiers": received.IdentifierRow,
    "attributes": received.AttributeRow,
    "refused": received.Refusal,
}
NOTHING: Mapping[str, str] = {}


def batches(
    folder: Path,
    content: bytes | str,
    *,
    key: str | None = None,
    columns: Mapping[str, str] = NOTHING,
    rows: int = 100,
) -> list[Batch]:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_csv(path, rows=rows) as table:
        return list(read_contacts(table, Layout(understand(table.header, key, columns))))


def one(folder: Path, content: str, *, key: str | None = None, columns: Mapping[str, str] = NOTHING) -> Batch:
    [batch] = batches(folder, content, key=key, columns=columns)
    return batch


def refusal(folder: Path, content: str, *, key: str | None = None) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        batches(folder, content, key=key)
    return refused.value


def points(batch: Batch) -> list[tuple[int, str, str]]:
    return batch.identifiers.select("row", "type", "raw").rows()


# What columns mean


def test_usual_headers_are_known(tmp_path: Path) -> None:
    batch = one(
        tmp_path, "Record ID,Vorname,Last-Name,E-mail 1 - Value,Handy\n7,Jane,Doe,jane@example.com,0151 23456789\n"
    )
    assert batch.contacts.select("record_id", "first_name", "last_name").rows() == [("7", "Jane", "Doe")]
    assert points(batch) == [(1, "email", "jane@example.com"), (1, "phone", "0151 23456789")]


@pytest.mark.parametrize("header", ["E-Mail", "e_mail", " E MAIL ", "ｅ－mail", "\u00a0e-mail"])
def test_headers_are_compared_without_case_spaces_hyphens_and_underscores(tmp_path: Path, header: str) -> None:
    assert points(one(tmp_path, f"{header}\njane@example.com\n")) == [(1, "email", "jane@example.com")]


def test_a_column_means_what_the_source_says_it_does(tmp_path: Path) -> None:
    batch = one(tmp_path, "Kontakt,Tel\nJane,7\n", columns={"kontakt": "name", "TEL": "ignore"})
    assert batch.contacts["name"].to_list() == ["Jane"]
    assert batch.identifiers.is_empty()


def test_the_key_is_the_record_id_and_no_other_column_is(tmp_path: Path) -> None:
    batch = one(tmp_path, "ID,Customer,Name\n1,A7,Jane\n", key="customer")
    assert batch.contacts["record_id"].to_list() == ["A7"]
    assert batch.attributes.is_empty()


def test_a_column_that_means_nothing_else_is_offered_as_an_attribute(tmp_path: Path) -> None:
    batch = one(tmp_path, "Name,Signup date\nJane,2026-03-31\n")
    assert batch.attributes.rows() == [(1, "signup_date", "2026-03-31", "Signup date")]


def test_a_column_may_be_told_to_be_an_attribute(tmp_path: Path) -> None:
    batch = one(tmp_path, "Name,Customer no\nJane,A7\n", columns={"Customer no": "account_id"})
    assert batch.attributes.rows() == [(1, "account_id", "A7", "Customer no")]


def test_of_two_columns_that_are_one_attribute_the_first_that_says_something_speaks(tmp_path: Path) -> None:
    batch = one(tmp_path, "Name,Tier,Level\nJane,gold,silver\nJoe,,silver\n", columns={"Level": "tier"})
    assert batch.attributes.sort("row").rows() == [(1, "tier", "gold", "Tier"), (2, "tier", "silver", "Level")]


def test_of_two_columns_that_are_one_field_the_first_that_says_something_speaks(tmp_path: Path) -> None:
    batch = one(tmp_path, "Name,Full name\nJane,Jane Doe\n,Joe Bloggs\n")
    assert batch.contacts["name"].to_list() == ["Jane", "Joe Bloggs"]


@pytest.mark.parametrize("header", ["_errors", "_Row number", "_id", "_"])
def test_columns_that_begin_with_an_underscore_are_ignored(tmp_path: Path, header: str) -> None:
    batch = one(tmp_path, f"Name,{header},Errors\nJane,7,none\n")
    assert batch.attributes["attribute"].to_list() == ["errors"]
    assert batch.contacts["record_id"].to_list() == [None]


def test_a_column_that_begins_with_an_underscore_may_be_the_key(tmp_path: Path) -> None:
    assert one(tmp_path, "_id,Name\n7,Jane\n", key="_id").contacts["record_id"].to_list() == ["7"]


def test_a_column_without_a_header_is_called_by_its_place(tmp_path: Path) -> None:
    assert one(tmp_path, "Name,\nJane,x\n").attributes["field"].to_list() == ["column 2"]


# Files that are no contact list


@pytest.mark.parametrize("header", ["name,Name", "e-mail,phone,E_Mail", "name,x,x", "name,-,-", "name,,column 2"])
def test_two_columns_with_one_header_are_two_columns(tmp_path: Path, header: str) -> None:
    width = header.count(",") + 1
    batch = one(tmp_path, f"{header}\n{','.join(['Ina'] * width)}\n")
    assert len(batch.meanings) == width == batch.original.width - 1


def test_a_file_without_a_header_row_is_refused_without_its_cells(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "Jane Doe,jane@example.com\nJoe Bloggs,joe@example.com\n")
    assert refused.code is ErrorCode.HEADER_MISSING
    assert "jane" not in str(refused).lower()


def test_columns_that_were_to_make_a_contact_list_and_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match=r"not found: kontakt"):
        batches(tmp_path, "a,b\n", columns={"Kontakt": "name"})


def test_a_file_without_the_key_of_its_source_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "name,phone\n", key="Record ID")
    assert refused.code is ErrorCode.HEADER_MISSING
    assert "`Record ID`" in refused.way_out


def test_a_header_without_rows_is_a_list_of_nobody(tmp_path: Path) -> None:
    assert batches(tmp_path, "name,phone\n") == []


# Cells


@pytest.mark.parametrize(
    ("header", "cell", "values"),
    [
        ("email", "jane@example.com; j.doe@example.org,jd@example.net", 3),
        ("phone", "0151 23456789; +44 7700 900123", 2),
        ("phone", "+1 (202) 555-0101, ext. 3", 1),
        ("external_id", "a;b,c", 1),
        ("email", " ; ,", 0),
    ],
)
def test_a_cell_may_hold_several_values_where_people_write_them(
    tmp_path: Path, header: str, cell: str, values: int
) -> None:
    assert one(tmp_path, f'name,{header}\nJane,"{cell}"\n').identifiers.height == values


def test_tags_of_all_columns_come_together(tmp_path: Path) -> None:
    batch = one(tmp_path, 'name,tags,labels\nJane,"vip; press,new",late\nJoe,,\n')
    assert batch.contacts["tags"].to_list() == [["vip", "press", "new", "late"], []]


def test_a_blank_cell_says_nothing(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,phone,tier\n1, ,,\t\n")
    assert batch.contacts.select("name", "cleared").rows() == [(None, [])]
    assert batch.identifiers.is_empty()
    assert batch.attributes.is_empty()


def test_a_clearing_cell_says_that_a_field_is_empty_now(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,phone,tier,tags\n1,\\N,\\N,\\N,\\N\n")
    assert batch.contacts.select("name", "tags", "cleared").rows() == [
        (None, [], ["name", "phone", "attr.tier", "tags"])
    ]
    assert batch.identifiers.is_empty()
    assert batch.attributes.is_empty()


@pytest.mark.parametrize("part", ["first name", "last name", "full name"])
def test_clearing_a_part_of_a_name_clears_the_name(tmp_path: Path, part: str) -> None:
    assert one(tmp_path, f"id,email,{part}\n1,jane@example.com,\\N\n").contacts["cleared"].to_list() == [["name"]]


def test_clearing_an_attribute_whose_name_ends_like_a_name_leaves_the_name(tmp_path: Path) -> None:
    assert one(tmp_path, "name,nickname\nJane,\\N\n").contacts["cleared"].to_list() == [["attr.nickname"]]


# Rows that do not fit


@pytest.mark.parametrize(
    ("row", "code", "outcome"),
    [
        ("Jane,1,2", "ROW_TOO_MANY_FIELDS", "rejected"),
        ("Jane", "ROW_TOO_FEW_FIELDS", "rejected"),
        (",", "ROW_BLANK", "skipped"),
        (" ", "ROW_BLANK", "skipped"),
        (",,,", "ROW_BLANK", "skipped"),
    ],
)
def test_a_row_that_does_not_fit_the_header_is_refused(tmp_path: Path, row: str, code: str, outcome: str) -> None:
    batch = one(tmp_path, f"name,phone\n{row}\nJoe,1\n")
    assert batch.refused.select("row", "line", "outcome", "code").rows() == [(1, 2, outcome, code)]
    assert batch.contacts["row"].to_list() == [2]


def test_a_refused_row_is_kept_whole(tmp_path: Path) -> None:
    batch = one(tmp_path, "name,,\nJane,a,b,c,d\n")
    assert pl.Series(batch.refused["raw"]).str.json_decode(
        pl.Struct({"name": pl.String, "column 2": pl.String, "column 3": pl.String, "_extra": pl.List(pl.String)})
    ).to_list() == [{"name": "Jane", "column 2": "a", "column 3": "b", "_extra": ["c", "d"]}]


def test_what_is_wrong_with_a_row_is_said_without_its_values(tmp_path: Path) -> None:
    assert "Jane" not in one(tmp_path, "name,phone\nJane\n").refused["expected"].item()


def test_rows_are_kept_as_they_were_delivered(tmp_path: Path) -> None:
    batch = one(tmp_path, "Name,_seen, Tier\n Jane ,\\N,\n")
    assert batch.original.rows(named=True) == [{"row": 1, "c.Name": " Jane ", "c._seen": "\\N", "c.Tier": ""}]


# Batches


def test_rows_are_numbered_through_from_batch_to_batch(tmp_path: Path) -> None:
    read = batches(tmp_path, "name\nJane\nJoe\nJim\n", rows=2)
    assert [batch.contacts["row"].to_list() for batch in read] == [[1, 2], [3]]


# Laws


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
TABLES = st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=12)


@given(rows=TABLES, size=st.integers(1, 5))
@settings(max_examples=examples(60, light=12), deadline=None)
def test_every_row_is_a_contact_or_refused_whatever_the_batches(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "name", "email", "tier"], *rows])
    with open_csv(path, rows=size) as table:
        read = list(read_contacts(table, Layout(understand(table.header, None, NOTHING))))
    numbers = [number for batch in read for frame in (batch.contacts, batch.refused) for number in frame["row"]]
    assert sorted(numbers) == list(range(1, len(rows) + 1))


@given(content=st.binary(max_size=200) | st.binary(max_size=200).map(b"name,phone,tags,x\n".__add__))
@settings(deadline=None)
def test_whatever_the_bytes_a_file_is_refused_or_its_batches_keep_their_contracts(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        read = batches(tmp_path_factory.getbasetemp(), content, rows=3)
    except DeliveryError:
        return
    for batch in read:
        for name, contract in CONTRACTS.items():
            contracts.require(contract, getattr(batch, name))


@given(header=st.text(max_size=10))
@settings(deadline=None)
def test_a_folded_header_folds_to_itself(header: str) -> None:
    assert fold(fold(header)) == fold(header)


def test_a_row_that_comes_back_with_cells_left_over_is_refused_again(tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    path.write_text('id,email,_extra\n1,a@example.com,\n2,b@example.com,"[""x""]"\n')
    with open_csv(path) as table:
        (batch,) = read_contacts(table, Layout(understand(table.header, "id", NOTHING)))
    assert batch.contacts["record_id"].to_list() == ["1"]
    assert batch.refused["code"].to_list() == ["ROW_TOO_MANY_FIELDS"]
    assert "_extra" in batch.refused["expected"].item()


# What programs write


@pytest.mark.parametrize(
    "word", ["NaN", "nan", "None", "NULL", "null", "N/A", "<NA>", "NaT", "-", "--", "#N/A", "#REF!"]
)
def test_what_programs_write_for_no_value_is_blank(tmp_path: Path, word: str) -> None:
    batch = one(tmp_path, f"id,first name,phone,email,tags,notes\n{word},Jane,{word},{word},{word},{word}\n")
    assert batch.contacts.select("record_id", "first_name", "tags", "notes").rows() == [(None, "Jane", [], None)]
    assert points(batch) == []


def test_a_name_that_programs_write_too_is_kept_unless_it_stands_for_no_value_elsewhere(tmp_path: Path) -> None:
    batch = one(tmp_path, "first name,last name,email\nJennifer,Null,j@example.com\nClaire,None,None\n")
    assert batch.contacts.select("first_name", "last_name").rows() == [("Jennifer", "Null"), ("Claire", None)]


def test_a_text_that_was_kept_from_being_a_number_is_read_as_text(tmp_path: Path) -> None:
    batch = one(tmp_path, 'id,name,postcode\n"=""00011""",Jane,"=""01067"""\n')
    assert batch.contacts["record_id"].to_list() == ["00011"]
    assert batch.attributes["raw"].to_list() == ["01067"]


def test_cells_of_tags_as_programs_and_as_people_write_them_stand_side_by_side() -> None:
    cells = pl.Series(['["vip", "fair"]', "new; old", None, CLEAR, "n/a"])
    assert tags_of(cells, LISTS["tags"]).to_list() == [["vip", "fair"], ["new", "old"], [], [], []]
    assert tags_of(cells[:1], ";").to_list() == [['["vip", "fair"]']]


# meanings and values, without a file ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told", "special", "has_key", "meaning"),
    [
        ("_extra", {}, {}, False, "ignore"),
        ("_id", {"_id": "record_id"}, {}, True, "record_id"),
        ("e mail", {}, {}, False, "email"),
        ("e mail", {"e mail": "notes"}, {"e mail": "phone"}, False, "notes"),
        ("e mail", {}, {"e mail": "phone"}, False, "phone"),
        ("mood today", {}, {}, False, "attr.mood_today"),
        ("attr.mood today", {}, {}, False, "attr.mood_today"),
        ("id", {}, {}, False, "record_id"),
        ("id", {}, {}, True, "ignore"),
        ("id", {"id": "record_id"}, {}, True, "record_id"),
        ("x", {"x": "ignore"}, {}, False, "ignore"),
        ("x", {"x": "tier"}, {}, False, "attr.tier"),
        ("x", {"x": "attr.tier"}, {}, False, "attr.tier"),
    ],
)
def test_a_header_means_what_the_source_says_or_its_system_or_any_list(
    name: str, told: dict[str, str], special: dict[str, str], has_key: bool, meaning: str
) -> None:
    assert meaning_of(name, told, special, has_key=has_key) == meaning


def taken(header: list[str], *rows: list[str | None], **layout: Any) -> Batch:
    """A batch of rows whose columns mean what their headers say."""
    numbers = pl.Series(range(1, len(rows) + 1), dtype=pl.UInt32)
    cells = {f"c{nth}": pl.Series([row[nth] for row in rows], dtype=pl.String) for nth in range(len(header))}
    frame = pl.DataFrame({"row": numbers, "line": numbers, **cells})
    return batch_of(header, Rows(frame), Layout(understand(header, None, NOTHING), **layout))


def test_identifiers_come_in_the_order_of_the_columns_and_their_values() -> None:
    found = taken(
        ["Email", "Phone", "WhatsApp"], ["a@x.example, b@x.example", "030 1; 030 2", None], [None, "n/a", "5"]
    )
    assert found.identifiers.select("row", "type", "raw", "field", "scope").rows() == [
        (1, "email", "a@x.example", "Email", ""),
        (1, "email", "b@x.example", "Email", ""),
        (1, "phone", "030 1", "Phone", ""),
        (1, "phone", "030 2", "Phone", ""),
        (2, "wa_id", "5", "WhatsApp", ""),
    ]


def test_of_fields_the_first_column_speaks_and_of_notes_all() -> None:
    found = taken(
        ["Name", "Full Name", "Notes", "Remarks", "Comment"],
        [None, "Anna", "a", "b", "a"],
        ["Ben", "x", None, "n/a", None],
    )
    assert found.contacts.select("name", "notes").rows() == [("Anna", "a\nb"), ("Ben", None)]


def test_what_a_row_clears_is_named_by_its_field() -> None:
    header = ["First Name", "Last Name", "Email", "Mood", "_x"]
    found = taken(header, ["\\N", "\\N", "\\N", "\\N", "\\N"], ["Anna", None, None, None, None])
    assert found.contacts["cleared"].to_list() == [["name", "email", "attr.mood"], []]
    assert found.identifiers.is_empty()
    assert found.attributes.is_empty()


def test_attributes_are_as_written_and_of_two_columns_the_first_speaks() -> None:
    found = taken(["Name", "Mood", "mood"], ["Anna", None, "glad"], ["Ben", "sad", "sad"])
    assert found.attributes.select("row", "attribute", "raw", "field").sort("row").rows() == [
        (1, "mood", "glad", "mood"),
        (2, "mood", "sad", "Mood"),
    ]


def test_a_batch_keeps_rows_as_delivered_and_tells_what_columns_mean() -> None:
    found = taken(["Name", "Mood"], [" Anna ", "glad"], [" ", None])
    assert found.original.rows(named=True) == [
        {"row": 1, "c.Name": " Anna ", "c.Mood": "glad"},
        {"row": 2, "c.Name": " ", "c.Mood": None},
    ]
    assert dict(found.meanings) == {"Name": "name", "Mood": "attr.mood"}
    assert found.refused.select("row", "code").rows() == [(2, "ROW_BLANK")]
    assert found.contacts["row"].to_list() == [1]


def test_a_column_that_may_be_the_family_name_or_the_whole_is_told_by_its_values() -> None:
    layout = layout_of(["Name", "Vorname"], None, {})
    assert (layout.meanings, layout.unsure) == (["last_name", "first_name"], 0)
    whole = pl.DataFrame({"c0": ["Anna Berg", "Ben Kohl"], "c1": ["Anna", "Ben"]})
    family = pl.DataFrame({"c0": ["Berg", "Kohl"], "c1": ["Anna", "Ben"]})
    assert made_sure(layout, whole).meanings == ["name", "first_name"]
    assert made_sure(layout, family).meanings == ["last_name", "first_name"]
    assert made_sure(layout, family).unsure is None
    assert made_sure(layout, family.clear()) is layout
    told = layout_of(["Name", "Vorname"], None, {"NAME": "name"})
    assert (told.meanings, told.unsure) == (["name", "first_name"], None)


def test_what_programs_write_for_no_value_is_a_name_unless_it_stands_elsewhere_too() -> None:
    found = taken(["Name", "Mood"], ["None", "glad"], ["None", "None"], ["Null", "none"])
    assert found.contacts["name"].to_list() == ["None", None, "Null"]
