import csv
import io
from datetime import UTC, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.publish.table import as_csv

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


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
@settings(deadline=None)
def test_every_text_can_be_read_back(texts: list[str]) -> None:
    written = as_csv(pl.DataFrame({"contact_id": "x", "name": texts}), ["contact_id", "name"]).decode()
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["x", text] for text in texts]
