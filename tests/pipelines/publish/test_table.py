import codecs
import csv
import io
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.text import split_cells
from pipelines.publish.table import as_csv, header, joined_lists
from pipelines.read.tables.spreadsheet_cells import clean_cells
from schemas.segment import Dialect

FRAME = pl.DataFrame(
    {
        "contact_id": ["a"],
        "name": ['Jane "J" Doe, née Roe'],
        "phone": ["+4915123456789"],
        "email": pl.Series([None], dtype=pl.String),
        "tags": [["vip", "press"]],
        "channels": pl.Series([[]], dtype=pl.List(pl.String)),
        "records": [3],
        "last_inbound_at": pl.Series([datetime(2026, 3, 31, 12, 0, 1, 999_999, UTC)], dtype=pl.Datetime("us", "UTC")),
    }
)


def test_columns_stand_in_the_order_they_are_asked_for() -> None:
    assert as_csv(FRAME, ["records", "contact_id"]) == b"3,a\r\n"


def test_a_missing_value_is_an_empty_cell() -> None:
    assert as_csv(FRAME, ["contact_id", "email", "records"]) == b"a,,3\r\n"


def test_values_are_quoted_where_they_have_to_be_and_not_changed() -> None:
    assert as_csv(FRAME, ["name", "phone"]) == '"Jane ""J"" Doe, née Roe",+4915123456789\r\n'.encode()


def test_lists_are_joined() -> None:
    assert as_csv(FRAME, ["tags", "channels", "records"]) == b'vip; press,"",3\r\n'


def test_times_are_utc_to_the_second() -> None:
    assert as_csv(FRAME, ["last_inbound_at"]) == b"2026-03-31T12:00:01Z\r\n"


def test_no_rows_are_no_lines() -> None:
    assert as_csv(FRAME.clear(), ["contact_id", "tags"]) == b""


def test_a_number_that_could_be_taken_for_thousands_gets_a_zero_more() -> None:
    frame = pl.DataFrame({"attr.seats": ["1.125", "1.25", "-12.125", "0.125"], "attr.version": ["1.125"] * 4})
    written = as_csv(frame, ["attr.seats", "attr.version"], numbers=["attr.seats"])
    assert written == b"1.1250,1.125\r\n1.25,1.125\r\n-12.1250,1.125\r\n0.125,1.125\r\n"


def test_a_header_is_marked_for_spreadsheets_only() -> None:
    assert header(["name", "attr.tier"]) == b"name,attr.tier\r\n"
    assert header(["name"], Dialect.EXCEL) == codecs.BOM_UTF8 + b"name\r\n"


@pytest.mark.parametrize(
    ("value", "plain", "excel"),
    [
        ("+442079460123", "+442079460123", "'+442079460123"),
        ("=1+1", "=1+1", "'=1+1"),
        ("-5", "-5", "-5"),
        ("00123", "00123", "'00123"),
        ("'=1+1", "''=1+1", "''=1+1"),
        ("\\N", "'\\N", "'\\N"),
        ("'t Hooft", "'t Hooft", "'t Hooft"),
    ],
)
def test_cells_are_protected_as_their_dialect_asks_for(value: str, plain: str, excel: str) -> None:
    frame = pl.DataFrame({"name": [value]})
    assert as_csv(frame, ["name"]).decode() == f"{plain}\r\n"
    assert as_csv(frame, ["name"], dialect=Dialect.EXCEL).decode() == f"{excel}\r\n"


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(0xFDD0, 0xFDDA)))), min_size=1
)
TIDY = st.one_of(TEXT, st.text(st.sampled_from("'=+-@;,\\\\N\"\n 0123eE"), min_size=1)).map(str.strip).filter(bool)


@given(st.lists(TIDY, min_size=1), st.sampled_from(Dialect))
@settings(deadline=None)
def test_every_text_can_be_read_back(texts: list[str], dialect: Dialect) -> None:
    frame = pl.DataFrame({"contact_id": "x", "name": texts})
    written = as_csv(frame, ["contact_id", "name"], dialect=dialect).decode()
    cells = pl.DataFrame(list(csv.reader(io.StringIO(written, newline=""))), schema=["id", "name"], orient="row")
    assert clean_cells(cells, ["name"])["name"].to_list() == texts


@given(st.lists(st.lists(TIDY, min_size=1), min_size=1), st.sampled_from(Dialect))
@settings(deadline=None)
def test_every_list_can_be_read_back(lists: list[list[str]], dialect: Dialect) -> None:
    written = as_csv(pl.DataFrame({"tags": lists}), ["tags"], dialect=dialect).decode()
    cells = pl.DataFrame({"tags": [row[0] for row in csv.reader(io.StringIO(written, newline=""))]})
    assert split_cells(clean_cells(cells, ["tags"])["tags"], "[;,]").to_list() == lists


@pytest.mark.parametrize(
    ("texts", "cell"),
    [
        (["a", "b"], "a; b"),
        (["a; b", "c"], r"a\; b; c"),
        (["[a", "b"], r"\[a; b"),
        (["a[", "b"], "a[; b"),
        ([], ""),
    ],
)
def test_lists_are_joined_the_same_however_closely_they_are_looked_at(texts: list[str], cell: str) -> None:
    others = [["vip"], [], ["x", "y"]]
    told = [joined_lists(pl.Series([texts, *rest], dtype=pl.List(pl.String)))[0] for rest in (others, [["p; q"]], [])]
    assert told == [cell] * 3
