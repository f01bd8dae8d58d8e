import polars as pl
import pytest

from pipelines.normalise.identifiers import identifiers, valid_identifiers
from schemas import received


def judged(*points: tuple[int, str, str], regions: pl.DataFrame | None = None) -> pl.DataFrame:
    """What is known of identifiers: row, type, raw."""
    stated = [(row, kind, "", raw, kind) for row, kind, raw in points]
    return identifiers(
        pl.DataFrame(stated, schema=received.column_types(received.IdentifierRow), orient="row"), "crm", "DE", regions
    )


def test_identifiers_stay_in_their_order_whatever_they_are() -> None:
    points = [(1, "email", "jane@example.com"), (1, "phone", "0151 23456789"), (1, "email", "j@example.com")]
    assert judged(*points)["raw"].to_list() == [raw for *_, raw in points]


def test_positions_count_the_identifiers_of_a_type_on_each_row() -> None:
    found = judged(
        (1, "phone", "0151 23456789"),
        (1, "email", "jane@example.com"),
        (1, "phone", "0151 23456780"),
        (3, "phone", "0151 23456781"),
    )
    assert found["position"].to_list() == [0, 0, 1, 0]


def test_positions_do_not_ask_for_rows_in_order() -> None:
    found = judged((2, "phone", "0151 23456789"), (1, "phone", "0151 23456780"), (2, "phone", "0151 23456781"))
    assert found.select("row", "position").rows() == [(2, 0), (1, 0), (2, 1)]


def test_the_same_identifier_twice_on_a_row_is_one() -> None:
    found = judged((1, "phone", "0151 23456789"), (1, "phone", "+49 151 23456789"), (2, "phone", "0151 23456789"))
    assert found.select("row", "raw").rows() == [(1, "0151 23456789"), (2, "0151 23456789")]


def test_what_has_no_normal_form_is_told_and_not_kept() -> None:
    found = judged((1, "phone", "call me"), (1, "external_id", "A 1"))
    assert found["code"].to_list() == ["PHONE_UNPARSEABLE", None]
    assert valid_identifiers(found)["raw"].to_list() == ["A 1"]


@pytest.mark.parametrize(
    ("kind", "raw", "scope", "normalised", "keys"),
    [
        ("external_id", " A 1 ", "crm", "A 1", []),
        ("messenger_thread", "jane_123", "", "123", ["messenger_thread//123"]),
        ("wa_id", "4915123456789", "", "+4915123456789", ["+4915123456789"]),
    ],
)
def test_ids_of_other_systems_are_known_by_what_does_not_change(
    kind: str, raw: str, scope: str, normalised: str, keys: list[str]
) -> None:
    found = judged((1, kind, raw)).row(0, named=True)
    assert (found["scope"], found["normalised"], found["match_keys"]) == (scope, normalised, keys)


def test_no_identifiers_are_a_frame_of_none() -> None:
    assert judged().is_empty()


def test_a_number_is_one_of_its_rows_country_or_else_of_the_source() -> None:
    regions = pl.DataFrame({"row": [1, 2, 4], "region": ["AT", "US", "AT"]}, schema_overrides={"row": pl.UInt32})
    found = judged(
        (1, "phone", "0664 1234567"),
        (2, "phone", "0171 3920001"),
        (3, "phone", "0171 3920002"),
        (4, "wa_id", "0664 1234567"),
        regions=regions,
    )
    assert found["normalised"].to_list() == ["+436641234567", "+491713920001", "+491713920002", "+436641234567"]


def test_an_id_of_which_a_part_is_hidden_is_none() -> None:
    found = judged((1, "external_id", "****17"), (1, "messenger_thread", "jane_••••"), (1, "external_id", "1001.0"))
    assert found.select("normalised", "code").rows() == [
        (None, "IDENTIFIER_MASKED"),
        (None, "IDENTIFIER_MASKED"),
        ("1001", None),
    ]
