"""How a segment is published: what its file may say, and what docs/segments.md says of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from schemas.segment import Segment
from schemas.settings.publication import Content, Expectations, Format

PAGE = (Path(__file__).parents[2] / "docs" / "segments.md").read_text(encoding="utf-8")
KEY = "age1" + "q" * 58


def segment(**said: Any) -> Segment:
    return Segment.model_validate({"segment": "vip", "columns": ["contact_id", "phone"], "where": {"all": []}} | said)


def test_the_page_has_every_key_and_no_other() -> None:
    table = PAGE.split("## Keys")[1].split("## Formats")[0]
    told = {
        name for keys in re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", keys)
    }
    assert told == set(Segment.model_fields) - {"titles"}


def test_the_page_has_every_format() -> None:
    table = PAGE.split("## Formats")[1].split("In lists")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(Format)


def test_the_example_of_the_page_is_a_segment() -> None:
    example = Segment.model_validate(yaml.safe_load(PAGE.split("```yaml")[1].split("```")[0]))
    assert example.headings == ("contact_id", "E-Mail", "Vorname")
    assert (example.format, example.sorted_by, example.file_name) == (
        Format.XLSX,
        ("last_interaction_at",),
        "contacts.xlsx",
    )


def test_columns_may_have_titles() -> None:
    made = segment(columns=["contact_id", {"column": "phone", "title": "Telefon"}])
    assert (made.columns, made.headings) == (("contact_id", "phone"), ("contact_id", "Telefon"))
    assert Segment.model_validate(made.model_dump(by_alias=True)) == made


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"columns": [{"column": "phone", "name": "Telefon"}]}, "each is a name, or {column: name, title: heading}"),
        ({"columns": [{"column": "phone", "title": ""}]}, "each is a name, or {column: name, title: heading}"),
        ({"titles": {"email": "E-Mail"}}, "titles: email is no column of the file"),
        ({"titles": {"phone": "contact_id"}}, "two columns have the same heading"),
        ({"expect": {"unique": ["email"]}}, r"expect\.unique: email is no column of the file"),
        ({"one_per": "email"}, "one_per: email is no column of the file"),
        ({"expect": {"min_rows": 2, "max_rows": 1}}, "min_rows is greater than max_rows"),
        ({"separator": ";"}, "separator and locale are for `format: excel_csv`"),
        ({"locale": "de_DE", "format": "xlsx"}, "separator and locale are for `format: excel_csv`"),
        ({"format": "vcard", "titles": {"phone": "Telefon"}}, "a vCard has no headings"),
        ({"format": "vcard", "content": "changes"}, "a vCard cannot say who left"),
        ({"dialect": "word"}, "dialect: is plain or excel"),
        ({"dialect": "excel", "format": "xlsx"}, "contradicts the format"),
        ({"schedule": "now and then"}, "a cron expression such as"),
        ({"encrypt_to": ["AGE-SECRET-KEY-1"]}, "secret keys do not belong here"),
    ],
)
def test_what_means_nothing_is_told(said: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        segment(**said)


@pytest.mark.parametrize(
    "text",
    ["every run", "when contacts change", "0 6 * * 1", "*/15 0-6,22 1,15 * 1-5", "59 23 31 12 7", "5-30/5 * * * *"],
)
def test_a_schedule_is_words_or_a_cron_expression(text: str) -> None:
    assert segment(schedule=text).schedule == text


NO_SCHEDULES = (
    "",
    "daily",
    "* * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "5-1 * * * *",
    "*/0 * * * *",
)


@pytest.mark.parametrize("text", [*NO_SCHEDULES, "a * * * *"])
def test_what_is_no_schedule_is_told(text: str) -> None:
    with pytest.raises(ValidationError, match="must be `every run`"):
        segment(schedule=text)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({}, "contacts.csv"),
        ({"dialect": "excel"}, "contacts.csv"),
        ({"format": "vcard"}, "contacts.vcf"),
        ({"format": "jsonl", "encrypt_to": [KEY]}, "contacts.jsonl.age"),
    ],
)
def test_a_file_is_named_after_its_format(said: dict[str, Any], name: str) -> None:
    assert segment(**said).file_name == name


def test_a_segment_that_says_nothing_else_is_a_whole_csv_of_every_run() -> None:
    made = segment()
    assert (made.format, made.content, made.schedule, made.expect) == (
        Format.CSV,
        Content.FULL,
        "every run",
        Expectations(),
    )
