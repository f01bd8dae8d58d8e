import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.errors import ContractBroken
from pipelines.ids import keyed
from pipelines.ingest.records import Origin, Records, records
from pipelines.read.contact_lists.contacts_csv import ContactsCsv, read
from pipelines.read.core.batch import Batch
from schemas import received
from schemas.attribute import Attribute
from schemas.received import MAX_TEXT
from schemas.vocabulary import AttributeType

DECLARED = datetime(2026, 6, 1, tzinfo=UTC)
ATTRIBUTES = {
    "account_id": Attribute(type=AttributeType.TEXT),
    "seats": Attribute(type=AttributeType.NUMBER),
    "signup_date": Attribute(type=AttributeType.DATE),
    "tier": Attribute(type=AttributeType.DROPDOWN, values=("Gold", "Silver")),
    "newsletter": Attribute(type=AttributeType.BOOLEAN),
}
SECRET = "0123456789abcdef" * 4


def origin(**changed: Any) -> Origin:
    options = ContactsCsv(path="*.csv", region="DE", timezone="Europe/Berlin")
    return Origin("crm", options, DECLARED, ATTRIBUTES, keyed(SECRET))._replace(**changed)


def made(folder: Path, text: str, *, refuse: bool = True, **changed: Any) -> Records:
    """What becomes of the rows of a contact list; its lines may be indented."""
    path = folder / "list.csv"
    path.write_text("\n".join(map(str.strip, text.strip().splitlines())), encoding="utf-8")
    where = origin(**changed)
    [batch] = read(path, ContactsCsv(path="*.csv"))
    return records(batch, where, refuse=refuse)


def codes(result: Records) -> list[tuple[int, str, str, str]]:
    return result.problems.select("row", "code", "severity", "action").rows()


# Which rows are refused


@pytest.mark.parametrize(
    "row",
    [
        "7,Jane Doe,,",
        "7,,0151 23456789,",
        ",,,jane@example.com",
        ",Jane Doe,,jane@example.com",
        "7,Jane Doe,call me,jane@example.com",
    ],
)
def test_a_row_stays_by_which_somebody_can_be_reached_or_known(tmp_path: Path, row: str) -> None:
    result = made(tmp_path, f"id,name,phone,email\n{row}")
    assert result.kept["row"].to_list() == [1]
    assert result.rejected.is_empty()


@pytest.mark.parametrize("row", ["7,,,", ",Jane Doe,,", "7,n/a,,", "7,Jane Doe,call me,", "7,Jane Doe,,nobody"])
def test_a_row_is_refused_by_which_nobody_can_be_reached_or_known(tmp_path: Path, row: str) -> None:
    result = made(tmp_path, f"id,name,phone,email\n{row}")
    assert result.kept.is_empty()
    assert result.identifiers.is_empty()
    assert result.rejected["row"].to_list() == [1]


def test_a_row_whose_only_identifier_is_broken_is_refused_for_both_reasons(tmp_path: Path) -> None:
    assert codes(made(tmp_path, "id,name,phone\n7,Jane Doe,call me")) == [
        (1, "NO_IDENTIFIER", "error", "row_rejected"),
        (1, "PHONE_UNPARSEABLE", "error", "row_rejected"),
    ]


def test_a_broken_phone_beside_a_good_address_is_dropped_with_a_warning(tmp_path: Path) -> None:
    result = made(tmp_path, "id,phone,email\n7,call me,jane@example.com")
    assert codes(result) == [(1, "PHONE_UNPARSEABLE", "warning", "field_dropped")]
    assert result.identifiers["normalised"].to_list() == ["jane@example.com"]


def test_an_id_of_another_system_reaches_nobody(tmp_path: Path) -> None:
    assert made(tmp_path, "name,external id\nJane Doe,shop-77").kept.is_empty()


def test_a_refused_row_is_given_back_as_it_was_delivered(tmp_path: Path) -> None:
    [row] = made(tmp_path, "id, Phone\n7, call me ").rejected.rows(named=True)
    assert (row["row"], row["line"], row["outcome"]) == (1, 2, "rejected")
    assert json.loads(row["raw"]) == {"id": "7", "Phone": " call me"}


def test_people_of_conversations_always_stay(tmp_path: Path) -> None:
    result = made(tmp_path, "id,phone\n7,call me", refuse=False)
    assert result.kept["record_id"].to_list() == ["7"]
    assert codes(result) == [(1, "PHONE_UNPARSEABLE", "warning", "field_dropped")]


@pytest.mark.parametrize("column", ["notes", "email", "tags", "account_id"])
def test_a_row_with_a_cell_that_nobody_can_have_written_is_refused(tmp_path: Path, column: str) -> None:
    result = made(tmp_path, f"id,name,{column}\n7,Jane Doe,{'x' * (MAX_TEXT + 1)}\n8,Joe Bloggs,")
    assert result.kept["record_id"].to_list() == ["8"]
    assert codes(result) == [(1, "LIMIT_EXCEEDED", "error", "row_rejected")]


def test_a_frame_that_breaks_its_contract_otherwise_is_a_defect(tmp_path: Path) -> None:
    point = pl.DataFrame(
        [[1, "fax", "", "1", "Fax"]], schema=received.empty(received.IdentifierRow).schema, orient="row"
    )
    with pytest.raises(ContractBroken, match="IdentifierRow breaks type"):
        records(Batch(identifiers=point), origin(), refuse=True)


# Keys and versions


def keys(folder: Path, text: str, **changed: Any) -> list[str]:
    return made(folder, text, **changed).kept.sort("row")["record_key"].to_list()


def versions(folder: Path, text: str) -> list[str]:
    return made(folder, text).kept.sort("row")["version"].to_list()


def test_a_record_is_known_by_the_id_its_source_gives_it(tmp_path: Path) -> None:
    one, other = keys(tmp_path, "id,name,email\n7,Jane,jane@example.com\n7,Joe,joe@example.com")
    assert one == other


def test_a_record_without_an_id_is_known_by_its_identifiers_and_its_name(tmp_path: Path) -> None:
    text = """name,phone,email
        Jane Doe,0151 23456789,jane@example.com
        "Doe, Jane",+49 151 23456789,Jane@Example.com
        Jane Doe,,jane@example.com
        Joe Doe,0151 23456789,jane@example.com"""
    one, same, fewer, other = keys(tmp_path, text)
    assert one == same
    assert len({one, fewer, other}) == 3


def test_two_sources_never_share_a_record(tmp_path: Path) -> None:
    text = "id,name\n7,Jane Doe"
    assert keys(tmp_path, text) != keys(tmp_path, text, source="shop")


def test_keys_say_nothing_to_somebody_without_the_secret(tmp_path: Path) -> None:
    text = "id,name\n7,Jane Doe"
    assert keys(tmp_path, text) == keys(tmp_path, text)
    assert keys(tmp_path, text) != keys(tmp_path, text, ids=keyed("f" * 64))


def test_columns_that_are_blank_or_absent_or_mean_nothing_make_no_other_version(tmp_path: Path) -> None:
    assert versions(tmp_path, "id,name,email\n7,Jane,jane@example.com") == versions(
        tmp_path, "tier,email,phone,shoe size,name,id\n,jane@example.com,,42,Jane,7"
    )


def test_the_order_of_attribute_columns_makes_no_other_version(tmp_path: Path) -> None:
    assert versions(tmp_path, "id,name,tier,seats\n7,Jane,gold,3") == versions(
        tmp_path, "id,name,seats,tier\n7,Jane,3,gold"
    )


@pytest.mark.parametrize("other", ["8,Jane,gold,2026-01-01", "7,Jane,gold,2026-02-02"])
def test_neither_the_id_nor_the_time_of_a_row_makes_another_version(tmp_path: Path, other: str) -> None:
    one, two = versions(tmp_path, f"id,name,tier,last modified\n7,Jane,gold,2026-01-01\n{other}")
    assert one == two


@pytest.mark.parametrize(
    "other", ["7,June,gold,x", "7,Jane,silver,x", "7,Jane,gold,y", "7,Jane,gold,", "7,Jane,gold,\\N"]
)
def test_everything_else_that_is_said_makes_another_version(tmp_path: Path, other: str) -> None:
    one, two = versions(tmp_path, f"id,name,tier,notes\n7,Jane,gold,x\n{other}")
    assert one != two


# What is kept


def test_attributes_are_kept_in_the_canonical_text_of_their_type(tmp_path: Path) -> None:
    text = """id,name,account id,seats,signup date,tier,newsletter
        7,Jane Doe, A 7 ,"1,234.50",31.3.2026,GOLD,ja"""
    assert made(tmp_path, text).kept["attributes"].to_list() == [
        [
            {"key": "account_id", "value": "A 7"},
            {"key": "newsletter", "value": "true"},
            {"key": "seats", "value": "1234.5"},
            {"key": "signup_date", "value": "2026-03-31"},
            {"key": "tier", "value": "Gold"},
        ]
    ]


def test_an_attribute_of_another_type_is_dropped_and_its_row_stays(tmp_path: Path) -> None:
    text = """id,name,seats,signup date,tier,newsletter
        7,Jane Doe,many,03/04/2026,golden,perhaps"""
    result = made(tmp_path, text)
    assert result.kept["attributes"].to_list() == [[]]
    assert result.problems.select("field", "code").rows() == [
        ("newsletter", "BOOL_UNKNOWN"),
        ("seats", "ATTR_TYPE"),
        ("signup date", "DATE_AMBIGUOUS"),
        ("tier", "ATTR_NOT_IN_LIST"),
    ]


def test_headers_that_mean_nothing_in_this_project_are_named(tmp_path: Path) -> None:
    assert made(tmp_path, "id,name,Shoe size,Mood\n7,Jane,42,").unread.rows() == [(1, "Shoe size")]


def test_problems_come_with_their_line(tmp_path: Path) -> None:
    result = made(tmp_path, 'id,name,notes,phone\n7,Jane,"a\nb",1\n8,Joe,,call me')
    assert result.problems.select("row", "line").unique().sort("row").rows() == [(1, 2), (2, 4)]


def test_a_row_is_observed_when_it_says_so_in_the_zone_of_its_source(tmp_path: Path) -> None:
    text = """id,name,last modified
        1,Jane,2026-03-31 12:00
        2,Joe,2026-03-31T12:00:00Z
        3,Jim,"""
    assert made(tmp_path, text).kept.sort("row")["observed_at"].to_list() == [
        datetime(2026, 3, 31, 10, tzinfo=UTC),
        datetime(2026, 3, 31, 12, tzinfo=UTC),
        DECLARED,
    ]


def test_an_unreadable_time_is_reported_and_the_declared_one_taken(tmp_path: Path) -> None:
    result = made(tmp_path, "id,name,last modified\n1,Jane,yesterday")
    assert result.kept["observed_at"].to_list() == [DECLARED]
    assert codes(result) == [(1, "DATE_UNPARSEABLE", "warning", "field_dropped")]


def test_identifiers_keep_their_order_on_the_row(tmp_path: Path) -> None:
    text = 'id,phone,mobile,email\n7,0151 23456789; 0151 23456780,0151 23456781,"b@example.com, a@example.com"'
    assert made(tmp_path, text).identifiers.select("type", "position", "normalised").rows() == [
        ("phone", 0, "+4915123456789"),
        ("phone", 1, "+4915123456780"),
        ("phone", 2, "+4915123456781"),
        ("email", 0, "b@example.com"),
        ("email", 1, "a@example.com"),
    ]


def test_one_identifier_written_twice_is_one(tmp_path: Path) -> None:
    text = "id,phone,mobile\n7,0151 23456789,+49 151 23456789"
    assert made(tmp_path, text).identifiers["field"].to_list() == ["phone"]


def test_one_number_written_with_and_without_an_extension_is_one(tmp_path: Path) -> None:
    result = made(tmp_path, "id,phone,mobile\n7,030 901820,030 901820 ext. 12")
    assert result.identifiers["field"].to_list() == ["phone"]
    assert codes(result) == [(1, "PHONE_EXTENSION_DROPPED", "warning", "kept_with_warning")]


def test_an_id_of_another_system_is_unique_in_its_source_alone_and_matches_nothing(tmp_path: Path) -> None:
    [point] = made(tmp_path, "id,name,external id\n7,Jane,shop-77").identifiers.rows(named=True)
    assert (point["scope"], point["normalised"], point["match_keys"]) == ("crm", "shop-77", [])


def test_a_messenger_thread_is_known_by_its_number_whatever_its_name(tmp_path: Path) -> None:
    text = "name,facebook chat\nJane,janedoe_1234567\nJune,junedoe_1234567"
    assert made(tmp_path, text).identifiers["normalised"].to_list() == ["1234567", "1234567"]


@pytest.mark.parametrize(("written", "known"), [("WhatsApp", "whatsapp"), ("E-mail", "email"), ("fax", None)])
def test_only_a_known_channel_is_kept(tmp_path: Path, written: str, known: str | None) -> None:
    assert made(tmp_path, f"id,name,channel\n7,Jane,{written}").kept["channel"].to_list() == [known]


def test_tags_are_cleaned_and_kept_once(tmp_path: Path) -> None:
    assert made(tmp_path, "id,name,tags\n7,Jane,vip ; vip;press").kept["tags"].to_list() == [["vip", "press"]]


def test_a_batch_without_contacts_makes_no_records() -> None:
    result = records(Batch(), origin(), refuse=True)
    assert [frame.height for frame in result[:4]] == [0, 0, 0, 0]
    assert result.unread.is_empty()


# What a source or an attribute asks for


def test_the_locale_of_a_source_says_how_its_numbers_and_dates_are_written(tmp_path: Path) -> None:
    options = ContactsCsv(path="*.csv", region="DE", timezone="UTC", locale="de_DE")
    text = "id,name,email,seats,signup_date,updated_at\n7,Jane Doe,jane@example.com,1.234,03/04/2025,03/04/2025 10:00"
    [record] = made(tmp_path, text, options=options).kept.to_dicts()
    assert [entry["value"] for entry in record["attributes"]] == ["1234", "2025-04-03"]
    assert record["observed_at"] == datetime(2025, 4, 3, 10, tzinfo=UTC)


REQUIRED = {"account_id": Attribute(type=AttributeType.TEXT, required=True, pattern="C-[0-9]+")}


def test_a_row_without_a_required_attribute_is_given_back(tmp_path: Path) -> None:
    result = made(
        tmp_path,
        """id,name,email,account_id
           1,Jane Doe,jane@example.com,C-1
           2,Joe Bloggs,joe@example.com,
           3,Ann Other,ann@example.com,\\N
           4,Max Roe,max@example.com,D-4""",
        attributes=REQUIRED,
    )
    assert result.kept["row"].to_list() == [1]
    assert result.rejected["row"].to_list() == [2, 3, 4]
    assert codes(result) == [
        (2, "ATTR_REQUIRED", "error", "row_rejected"),
        (3, "ATTR_REQUIRED", "error", "row_rejected"),
        (4, "ATTR_PATTERN", "error", "row_rejected"),
        (4, "ATTR_REQUIRED", "error", "row_rejected"),
    ]
    assert set(result.problems["field"]) == {"account_id"}


def test_a_file_without_the_column_of_a_required_attribute_has_no_opinion(tmp_path: Path) -> None:
    result = made(tmp_path, "id,name,email\n1,Jane Doe,jane@example.com", attributes=REQUIRED)
    assert result.kept["row"].to_list() == [1]


def test_people_of_conversations_lack_nothing(tmp_path: Path) -> None:
    text = "id,name,email,account_id\n1,Jane Doe,jane@example.com,"
    assert made(tmp_path, text, refuse=False, attributes=REQUIRED).kept["row"].to_list() == [1]


# Values as programs leave them


def test_letters_that_were_lost_before_are_told_and_kept(tmp_path: Path) -> None:
    found = made(tmp_path, "name,email\nJ\ufffdrgen Berg,j@example.com")
    assert found.kept["name"].to_list() == ["J\ufffdrgen Berg"]
    assert codes(found) == [(1, "TEXT_DAMAGED", "warning", "kept_with_warning")]


def test_the_country_of_a_row_is_that_of_its_numbers(tmp_path: Path) -> None:
    found = made(tmp_path, "name,phone,country\nJane Doe,0664 1234567,Austria\nJoe Doe,0171 3920001,")
    assert found.identifiers["normalised"].to_list() == ["+436641234567", "+491713920001"]


def test_an_attribute_that_a_program_left_blank_says_nothing(tmp_path: Path) -> None:
    found = made(tmp_path, "name,email,seats,tier\nJane Doe,j@example.com,NaN,None")
    assert codes(found) == []
    assert found.kept["attributes"].to_list() == [[]]


def test_words_of_programs_are_no_tags(tmp_path: Path) -> None:
    text = """
        id,name,email,tags
        1,Ann Roe,ann@example.com,nil
        2,Bo Roe,bo@example.com,None; vip
        3,Cy Roe,cy@example.com,"null, NIL, none"
        4,Di Roe,di@example.com,test; nihil
    """
    assert made(tmp_path, text).kept["tags"].to_list() == [[], ["vip"], [], ["test", "nihil"]]


def test_whole_numbers_lose_the_decimals_of_a_program(tmp_path: Path) -> None:
    text = """
        id,name,email,account_id,tags
        1001.0,Ann Roe,ann@example.com,24103.0,5.0
        1002.0,Bo Roe,bo@example.com,10115.0,vip
        1003.0,Cy Roe,cy@example.com,,7.0
    """
    kept = made(tmp_path, text).kept
    assert kept["record_id"].to_list() == ["1001", "1002", "1003"]
    assert [[each["value"] for each in row] for row in kept["attributes"]] == [["24103"], ["10115"], []]
    assert kept["tags"].to_list() == [["5"], ["vip"], ["7"]]


def test_versions_are_no_whole_numbers(tmp_path: Path) -> None:
    text = """
        id,name,email,account_id,tags
        1,Ann Roe,ann@example.com,1.0,1.0
        2,Bo Roe,bo@example.com,2.0,1.2
    """
    kept = made(tmp_path, text).kept
    assert [row[0]["value"] for row in kept["attributes"]] == ["1.0", "2.0"]
    assert kept["tags"].to_list() == [["1.0"], ["1.2"]]


def test_a_masked_name_is_dropped_and_told(tmp_path: Path) -> None:
    found = made(tmp_path, "id,name,email\n1,D*** D,dd@example.com\n2,Ann Roe,ann@example.com\n")
    assert found.kept["name"].to_list() == [None, "Ann Roe"]
    assert codes(found) == [(1, "IDENTIFIER_MASKED", "warning", "field_dropped")]
