from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.ingest.corrections import CLAIMS
from pipelines.ingest.records import Origin
from pipelines.ingest.row_precedence import blank_filling_fields, cap_future_dates, with_precedence
from pipelines.read.contact_lists.contacts_csv import ContactsCsv
from pipelines.read.core.batch import Batch
from schemas.contact_list import Update
from schemas.source import Source
from tests.small_project import SmallProject


def test_a_row_that_claims_to_be_later_than_its_file_counts_as_of_that(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,last modified\n1,Anna Berg,2099-01-01\n2,Ben Tal,2026-06-01 23:00")
    project.receive()
    seen = project.rows("SELECT record_id, last_seen_at FROM source_record JOIN record USING (record_key) ORDER BY ALL")
    assert [(each["record_id"], each["last_seen_at"]) for each in seen] == [
        ("1", datetime(2026, 6, 1, tzinfo=UTC)),
        ("2", datetime(2026, 6, 1, 23, tzinfo=UTC)),
    ]
    assert project.rows("SELECT row_number, line_number, field, code, severity, action FROM problem") == [
        {
            "row_number": 1,
            "line_number": 2,
            "field": "observed_at",
            "code": "DATE_IN_FUTURE",
            "severity": "warning",
            "action": "kept_with_warning",
        }
    ]


@pytest.mark.heavy
def test_a_record_from_the_future_does_not_stay_the_newest_for_ever(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,last modified\n1,Anna Berg,2099-01-01")
    project.deliver("crm", "2026-06-02", "id,name,last modified\n1,Anna Maria Berg,2026-06-02")
    project.run()
    assert project.contact("crm:1")["name"] == "Anna Maria Berg"


def test_messages_may_be_written_whenever_they_were(project: SmallProject) -> None:
    project.chat("+44 7700 900123", "2026-06-13 10:00 Jane: hello")
    project.receive()
    assert project.rows("FROM problem") == []


@pytest.mark.parametrize(
    ("ahead", "is_list", "is_capped"),
    [
        (timedelta(days=-1), True, False),
        (timedelta(days=1), True, False),  # the clock of a source may be before that of its file
        (timedelta(days=1, microseconds=1), True, True),
        (timedelta(days=400), True, True),
        (timedelta(days=400), False, False),  # a message was written whenever it was
    ],
)
def test_a_row_may_be_a_day_later_than_its_file(ahead: timedelta, is_list: bool, is_capped: bool) -> None:
    dated = datetime(2026, 6, 1, tzinfo=UTC)
    rows = pl.DataFrame({"row": [7, 8], "line": [9, 10], "dated": [dated] * 2, "observed_at": [dated, dated + ahead]})
    found, problems = cap_future_dates(rows, is_list=is_list)
    assert found["observed_at"].to_list() == [dated, dated if is_capped else dated + ahead]
    assert problems.select("row", "line", "field", "code").rows() == (
        [(8, 10, "observed_at", "DATE_IN_FUTURE")] if is_capped else []
    )


# Columns that only fill blanks

MEANINGS = {"Full Name": "name", "First": "first_name", "E-Mail": "email", "E-Mail (2)": "email", "Town": "attr.town"}


def ids(*parts: Any) -> pl.Expr:
    """Ids that show what they are made of."""
    return pl.concat_str([pl.lit(each) if isinstance(each, str) else each for each in parts], separator="/")


def origin(**update: str) -> Origin:
    """Where rows come from, with what columns may do, by header."""
    wanted = {header.replace("_", "-"): Update(each) for header, each in update.items()}
    return Origin("crm", ContactsCsv(path="*.csv", update=wanted), None, {}, ids)


def listed(*rows: Mapping[str, str]) -> Batch:
    cells = {f"c.{header}": [row.get(header) for row in rows] for header in MEANINGS}
    original = pl.DataFrame({"row": range(1, len(rows) + 1), **cells}, schema_overrides=dict.fromkeys(cells, pl.String))
    return Batch(original=original.cast({"row": pl.UInt32}), meanings=MEANINGS)


def fills(where: Origin, *rows: Mapping[str, str]) -> list[tuple[int, list[str]]]:
    return blank_filling_fields(listed(*rows), where).rows()


def test_of_columns_that_only_fill_blanks_those_count_that_say_something() -> None:
    rows = [{"Full Name": "Ann", "Town": "Bath"}, {"Full Name": "Ann"}, {"Town": " "}, {"Town": ""}]
    assert fills(origin(town="fill_blank"), *rows) == [(1, ["attr.town"]), (2, []), (3, []), (4, [])]


def test_fields_that_only_fill_blanks_are_sorted() -> None:
    row = {"Town": "Bath", "Full Name": "Ann", "E-Mail": "a@example.com"}
    where = origin(town="fill_blank", Full_Name="fill_blank", e_mail="fill_blank")
    assert fills(where, row) == [(1, ["attr.town", "email", "name"])]


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"Full Name": "Ann"}, ["name"]),
        ({"First": "Ann"}, []),
        ({"Full Name": "Ann", "First": "Ann"}, []),  # what another column says of the field counts by itself
        ({"Full Name": "Ann", "First": ""}, ["name"]),
        ({}, []),
    ],
)
def test_a_field_only_fills_blanks_if_all_that_is_said_of_it_does(row: Mapping[str, str], fields: list[str]) -> None:
    assert fills(origin(Full_Name="fill_blank"), row) == [(1, fields)]


def test_a_second_column_of_a_name_does_what_the_first_may_unless_it_is_named_itself() -> None:
    second = {"E-Mail (2)": "a@example.com"}
    assert fills(origin(e_mail="fill_blank"), second) == [(1, ["email"])]
    named = ContactsCsv(path="*.csv", update={"e-mail": Update.FILL_BLANK, "e-mail (2)": Update.OVERWRITE})
    assert fills(Origin("crm", named, None, {}, ids), second) == [(1, [])]


def test_where_no_column_only_fills_blanks_no_row_does() -> None:
    assert fills(origin(town="overwrite"), {"Town": "Bath"}) == []
    assert fills(Origin("chat", Source(format="none", path="*"), None, {}, ids), {"Town": "Bath"}) == []


# Where a row stands

DATED = datetime(2026, 6, 1, tzinfo=UTC)
CORRECTED = DATED - timedelta(days=7)


def placed(
    where: Origin, rows: Sequence[Mapping[str, str]], claims: pl.DataFrame, seen: datetime | None = None
) -> list[dict[str, Any]]:
    """Rows of a list with their precedence; each clears its town and its e-mail."""
    numbers = range(1, len(rows) + 1)
    kept = pl.DataFrame(
        {"row": numbers, "row_number": [nth + 100 for nth in numbers], "version": "v", "declared_at": DATED}
        | {"observed_at": [seen] * len(rows), "cleared": [["email", "attr.town"]] * len(rows)},
        schema_overrides={"row": pl.UInt32, "row_number": pl.UInt32, "observed_at": pl.Datetime("us", "UTC")},
    ).with_columns(pl.col("declared_at").cast(pl.Datetime("us", "UTC")))
    return with_precedence(kept, listed(*rows), where, claims).drop("row_number", "declared_at").to_dicts()


def test_a_row_stands_where_it_is_and_one_that_comes_back_corrected_where_it_stood() -> None:
    claim = pl.DataFrame([(2, "d", CORRECTED, 7, "later")], schema=CLAIMS, orient="row")
    plain = {"version": "v", "cleared": ["email", "attr.town"], "fills": []}
    assert placed(origin(), [{}, {}], claim) == [
        {"row": 1, "place": 101, "correction": "", "dated": DATED, "observed_at": DATED, **plain},
        {"row": 2, "place": 7, "correction": "later", "dated": CORRECTED, "observed_at": CORRECTED, **plain},
    ]
    assert [each["observed_at"] for each in placed(origin(), [{}, {}], claim, AFTER)] == [AFTER, AFTER]


AFTER = DATED + timedelta(hours=1)


def test_what_only_fills_blanks_clears_nothing_and_is_another_content() -> None:
    rows = [{"Town": "Bath"}, {"Full Name": "Ann"}]
    found = placed(origin(town="fill_blank"), rows, CLAIMS.to_frame())
    assert [(each["version"], each["cleared"], each["fills"]) for each in found] == [
        ("filling content/v/attr.town", ["email"], ["attr.town"]),
        ("v", ["attr.town", "email"], []),
    ]
