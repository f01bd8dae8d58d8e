"""Parquet and JSON Lines: values with the type that they have."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import polars as pl
import pytest

from pipelines.errors import PublicationBlocked
from pipelines.publish.writers.columns import Column, columns_of, description_of, pii_of
from pipelines.publish.writers.jsonl import as_jsonl
from pipelines.publish.writers.parquet import open_parquet
from schemas.attribute import Attribute
from schemas.fields import Kind, field_kinds
from schemas.vocabulary import AttributeType

ATTRIBUTES = {
    "seats": Attribute(type=AttributeType.NUMBER),
    "since": Attribute(type=AttributeType.DATE),
    "news": Attribute(type=AttributeType.BOOLEAN),
    "tier": Attribute(type=AttributeType.DROPDOWN, values=("gold", "silver")),
}
NAMES = ["contact_id", "attr.seats", "attr.since", "attr.news", "tags", "last_inbound_at", "records"]
COLUMNS = columns_of(NAMES, ["id", *NAMES[1:]], field_kinds(ATTRIBUTES))
FRAME = pl.DataFrame(
    {
        "contact_id": ["a", "b"],
        "attr.seats": ["12.5", None],
        "attr.since": ["2026-01-31", None],
        "attr.news": ["true", "false"],
        "tags": [["vip"], []],
        "last_inbound_at": [datetime(2026, 3, 31, 12, 0, 1, tzinfo=UTC), None],
        "records": pl.Series([3, 1], dtype=pl.UInt32),
    }
)


def written(*frames: pl.DataFrame) -> bytes:
    file = BytesIO()
    with open_parquet(file, COLUMNS) as write:
        for frame in frames:
            write(frame)
    return file.getvalue()


def test_parquet_has_the_types_of_the_fields() -> None:
    read = pl.read_parquet(BytesIO(written(FRAME)))
    assert read.schema == {
        "id": pl.String,
        "attr.seats": pl.Float64,
        "attr.since": pl.Date,
        "attr.news": pl.Boolean,
        "tags": pl.List(pl.String),
        "last_inbound_at": pl.Datetime("us", "UTC"),
        "records": pl.Int64,
    }
    assert read.rows()[0] == (
        "a",
        12.5,
        date(2026, 1, 31),
        True,
        ["vip"],
        datetime(2026, 3, 31, 12, 0, 1, tzinfo=UTC),
        3,
    )


def test_parquet_is_written_in_batches_and_may_hold_nobody() -> None:
    assert pl.read_parquet(BytesIO(written(FRAME[:1], FRAME[1:]))).height == 2
    assert pl.read_parquet(BytesIO(written())).schema.names() == ["id", *NAMES[1:]]


def test_the_same_content_is_the_same_file() -> None:
    assert written(FRAME) == written(FRAME)


def test_json_lines_have_types_too() -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in as_jsonl(FRAME, COLUMNS).splitlines()]
    assert lines[0] == {
        "id": "a",
        "attr.seats": 12.5,
        "attr.since": "2026-01-31",
        "attr.news": True,
        "tags": ["vip"],
        "last_inbound_at": "2026-03-31T12:00:01Z",
        "records": 3,
    }
    assert (lines[1]["attr.seats"], lines[1]["tags"], lines[1]["attr.news"]) == (None, [], False)


@pytest.mark.parametrize(("name", "value"), [("attr.seats", "many"), ("attr.since", "2026"), ("attr.news", "perhaps")])
def test_a_value_of_another_type_is_not_left_out_in_silence(name: str, value: str) -> None:
    with pytest.raises(PublicationBlocked, match="2 values of") as blocked:
        written(FRAME.with_columns(pl.lit(value).alias(name)))
    assert value not in str(blocked.value).split("are no")[0]


@pytest.mark.parametrize(
    ("column", "pii", "says"),
    [
        ("email", "direct", "Primary e-mail address"),
        ("phones", "direct", "All there are, the primary one first: phone"),
        ("attr.tier", "quasi", "Custom attribute, dropdown: gold, silver"),
        ("change", "none", "entered, changed, or left: of who left, only the id is in the file"),
    ],
)
def test_a_column_says_what_it_is(column: str, pii: str, says: str) -> None:
    assert (pii_of(column), description_of(column, ATTRIBUTES)) == (pii, says)


def test_a_column_that_is_no_field_is_text() -> None:
    assert columns_of(["change"], ["change"], {}) == [Column("change", "change", Kind.TEXT)]
