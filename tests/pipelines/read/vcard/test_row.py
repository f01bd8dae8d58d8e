import pytest

from pipelines.read.vcard.cards import Card, Property
from pipelines.read.vcard.row import (
    HEADER,
    cells,
    date,
    is_group,
    is_phone,
    joined,
    names,
    number,
    parts_of_address,
    rank,
    whatsapp,
)


def said(name: str, value: str = "", group: str = "", **parameters: str) -> Property:
    """A property with its parameters, each with values parted by commas."""
    return Property(1, name, {key.replace("_", "-"): told.split(",") for key, told in parameters.items()}, value, group)


def row(*properties: Property) -> dict[str, str]:
    """What a card of these properties says, by column."""
    told = cells(Card(1, list(properties), None), lambda each: each.value)
    return {column: text for column, text in zip(HEADER, told, strict=True) if text}


def test_the_columns_of_a_card_stand_in_this_order() -> None:
    assert (
        *("id", "name", "first name", "last name", "email", "phone", "whatsapp", "company", "title", "birthday"),
        *("street", "city", "region", "postcode", "country", "other address", "tags", "notes", "updated at"),
    ) == HEADER


def test_each_property_has_its_column() -> None:
    full = row(
        said("UID", "urn:uuid:7"),
        said("FN", "Dr. Anna Berg"),
        said("N", "Berg;Anna;Maria;Dr.;MBA"),
        said("EMAIL", "MAILTO:anna@example.com"),
        said("TEL", "+49301"),
        said("X-WHATSAPP", "+49302"),
        said("ORG", "Acme;Sales"),
        said("TITLE", "Buyer"),
        said("BDAY", "19800131"),
        said("ADR", "Box 1;2nd floor;Main St 5;Bonn;NRW;53111;Germany"),
        said("ADR", ";;Side St 6;Köln;;;"),
        said("CATEGORIES", "vip,My Contacts,fair"),
        said("NOTE", "met at the fair"),
        said("NOTE", "likes tea"),
        said("REV", "20260102T030405Z"),
    )
    assert full == {
        "id": "7",
        "name": "Dr. Anna Berg",
        "first name": "Anna",
        "last name": "Berg",
        "email": "anna@example.com",
        "phone": "+49301",
        "whatsapp": "+49302",
        "company": "Acme",
        "title": "Buyer",
        "birthday": "1980-01-31",
        "street": "Main St 5, 2nd floor, Box 1",
        "city": "Bonn",
        "region": "NRW",
        "postcode": "53111",
        "country": "Germany",
        "other address": "Side St 6, Köln",
        "tags": "vip; fair",
        "notes": "met at the fair\nlikes tea",
        "updated at": "2026-01-02T03:04:05Z",
    }


def test_a_card_is_called_by_the_first_of_what_it_has() -> None:
    parts, nick, company = said("N", "Berg;Anna;Maria;Dr.;MBA"), said("NICKNAME", "Anni"), said("ORG", "Acme")
    assert row(parts, nick, company)["name"] == "Dr. Anna Maria Berg MBA"
    assert row(nick, company)["name"] == "Anni"
    assert row(company)["name"] == "Acme"
    assert row(said("FN", " "), said("FN", "Anna"))["name"] == "Anna"


def test_an_address_of_blanks_is_no_address() -> None:
    assert row(said("ADR", ";;;;;;"), said("ADR", ";;Main St 5")) == {"street": "Main St 5"}
    assert row(said("ADR", ";;A"), said("ADR", ";;B"), said("ADR", ";;C"))["other address"] == "B; C"


def test_preferred_values_come_first_and_the_rest_as_they_are_written() -> None:
    told = row(
        *(said("EMAIL", "c@x.example"), said("EMAIL", "b@x.example", pref="2"), said("EMAIL", "a@x.example", pref="1")),
        *(said("EMAIL", "d@x.example"), said("EMAIL", "p@x.example", type="home,pref")),
    )
    assert told["email"].split("; ") == [f"{each}@x.example" for each in "apbcd"]


@pytest.mark.parametrize(
    ("parameters", "place"),
    [({"pref": "100"}, 100), ({"pref": "1000"}, 101), ({"pref": "²"}, 101), ({"type": "pref"}, 1), ({}, 101)],
)
def test_a_preference_is_a_number_up_to_a_hundred(parameters: dict[str, str], place: int) -> None:
    assert rank(said("TEL", **parameters)) == place


@pytest.mark.parametrize(
    ("types", "talks"),
    [
        ("", True),
        ("work,voice", True),
        *((machine, False) for machine in ("fax", "pager", "modem", "bbs", "textphone")),
        *((f"fax,{use}", True) for use in ("voice", "cell", "msg", "text")),
        ("assistant", False),
        ("x-assistant,cell", False),
    ],
)
def test_machines_and_assistants_are_not_called(types: str, talks: bool) -> None:
    assert is_phone(said("TEL", type=types), "") is talks


def test_a_label_belongs_to_the_number_of_its_group() -> None:
    fax = said("X-ABLABEL", "Fax", group="item1")
    assert row(fax, said("TEL", "1", group="item1"), said("TEL", "2", group="item2"), said("TEL", "3")) == {
        "phone": "2; 3"
    }
    assert row(said("X-ABLABEL", "Fax"), said("TEL", "1"))["phone"] == "1"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0151 23", "0151 23"),
        ("TEL:+1-202-555", "+1-202-555"),
        ("tel:%2B49301;EXT=5;x=1", "+49301 ext. 5"),
        ("tel:7;phone-context=a", "7"),
    ],
)
def test_a_number_may_be_an_address(text: str, phone: str) -> None:
    assert number(text) == phone


@pytest.mark.parametrize(
    ("each", "text", "known"),
    [
        (said("TEL", waid="4930"), "+49 30", "4930"),
        (said("TEL"), "whatsapp:+4930", ""),
        (said("X-WHATSAPP"), "+4930", "+4930"),
        (said("IMPP"), "whatsapp:+4930", "+4930"),
        (said("IMPP"), "xmpp:anna@example.com", ""),
        (said("IMPP", x_service_type="whatsapp"), "x-apple:+4930", "+4930"),
        (said("X-SOCIALPROFILE", type="whatsapp"), "+4930", "+4930"),
        (said("IMPP"), "https://wa.me/4930", "4930"),
        (said("IMPP"), "https://api.whatsapp.com/send?phone=%2B4930", "+4930"),
        (said("IMPP"), "x" * 40 + "whatsapp", ""),
    ],
)
def test_a_whatsapp_number_is_told_by_what_stands_beside_it(each: Property, text: str, known: str) -> None:
    assert whatsapp(each, text) == known


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19800131", "1980-01-31"),
        ("19800131T101112", "1980-01-31T10:11:12"),
        ("19800131T101112.5+02:00", "1980-01-31T10:11:12+02:00"),
        ("1980-01-31", "1980-01-31"),
        ("--0131", "--0131"),
    ],
)
def test_a_day_has_its_hyphens(text: str, day: str) -> None:
    assert date(said("BDAY"), text) == day


def test_a_year_that_is_only_a_filler_is_left_out() -> None:
    assert date(said("BDAY", x_apple_omit_year="1604"), "1604-01-31") == "--01-31"
    assert date(said("BDAY", x_apple_omit_year="1604"), "1980-01-31") == "1980-01-31"


def test_values_of_one_cell_are_told_once_and_parted_so_that_they_can_be_told_apart() -> None:
    assert joined(["a", "", "b;c", "a", "(d)", "e(f)", 'g"h']) == 'a; b\\;c; \\(d); e(f); g\\"h'


def test_a_name_has_five_parts_each_of_which_may_be_several() -> None:
    assert names("Berg,Lund;Anna", is_old=False) == ["Berg Lund", "Anna", "", "", ""]
    assert names("a;b;c;d;e;f", is_old=False) == ["a", "b", "c", "d", "e"]


def test_an_address_has_five_parts_of_which_the_street_comes_with_what_stands_before_it() -> None:
    assert parts_of_address("Box 1; Floor 2 ;Main St,5;Bonn", is_old=False) == [
        *("Main St, 5, Floor 2, Box 1", "Bonn", "", "", ""),
    ]


def test_in_the_old_version_a_line_break_is_not_escaped() -> None:
    assert row(said("VERSION", "2.1"), said("NOTE", "a\\nb"))["notes"] == "a\\nb"
    assert row(said("VERSION", "3.0"), said("NOTE", "a\\nb"))["notes"] == "a\nb"


def test_a_card_of_a_group_is_nobodys() -> None:
    assert is_group(Card(1, [said("KIND", " Group ")], None))
    assert is_group(Card(1, [said("X-ADDRESSBOOKSERVER-KIND", "group")], None))
    assert not is_group(Card(1, [said("KIND", "individual"), said("FN", "group")], None))
