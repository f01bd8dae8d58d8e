import polars as pl
import pytest

from pipelines.read.core.batch import Batch
from pipelines.read.tables.column_guess import key_among, meaning, meanings
from schemas import received
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType

TIER = {"tier_level": Attribute(type=AttributeType.TEXT)}


def guess(header: str, *cells: str) -> str | None:
    return meaning(header, pl.Series(cells, dtype=pl.String), TIER)


def test_addresses_and_numbers_are_known_by_their_looks() -> None:
    assert guess("Kontakt", "jane@example.com", "john@example.org") == "email"
    assert guess("Draht", "+44 20 7946 0811", "030 90182011", "(202) 555-0123", "202-555-0123") == "phone"


@pytest.mark.parametrize("cell", ["2026-01-05", "01.02.2024", "12345678", "00012345", "+1", "12:30", "x" * 10])
def test_dates_and_ids_are_no_phone_numbers(cell: str) -> None:
    assert guess("Draht", cell) is None


def test_a_few_cells_may_look_otherwise() -> None:
    assert guess("x", *["jane@example.com"] * 8, "-", "none") == "email"
    assert guess("x", *["jane@example.com"] * 7, "-", "none", "?") is None


def test_a_header_that_nearly_is_a_known_one_means_the_same() -> None:
    assert guess("Nachnahme", "Doe") == "last_name"
    assert guess("Tier levels", "gold") == "tier_level"
    assert guess("Company", "Acme") is None


def test_a_header_of_addresses_without_an_address_in_it_means_nothing() -> None:
    assert guess("Emails", "yes", "no") is None


def test_a_column_without_a_value_says_nothing() -> None:
    assert guess("Nachnahme") is None


def test_only_columns_that_may_mean_something_are_given() -> None:
    columns = {"A": pl.Series(["jane@example.com"]), "B": pl.Series(["?"])}
    assert meanings(columns, {}) == {"A": "email"}


def batch(*record_ids: str | None) -> Batch:
    contacts = received.empty(received.ContactRow)
    rows = pl.DataFrame({"record_id": record_ids}, schema={"record_id": pl.String})
    return Batch(contacts=pl.concat([contacts, rows], how="diagonal"))


@pytest.mark.parametrize("header", ["Kundennummer", "Customer ID", "customer_no", "MemberId", "Kunden-Nr.", "UUID"])
def test_a_column_of_ids_that_are_all_different_is_the_key(header: str) -> None:
    assert key_among({"Ort": pl.Series(["a", "b"]), header: pl.Series(["7", "8"])}, batch(None, None)) == header


def test_a_column_whose_ids_repeat_or_are_missing_is_no_key() -> None:
    assert key_among({"Customer ID": pl.Series(["7", "7"])}, batch(None, None)) is None
    assert key_among({"Customer ID": pl.Series(["7"])}, batch(None, None)) is None


def test_a_file_whose_ids_are_known_needs_no_key() -> None:
    assert key_among({"Customer ID": pl.Series(["7", "8"])}, batch("1", "2")) is None


def test_another_number_is_no_key() -> None:
    assert key_among({"Invoice number": pl.Series(["7", "8"])}, batch(None, None)) is None
