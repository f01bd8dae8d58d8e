import codecs
import csv
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import Batch, Sample
from pipelines.read.tables.table import Rows
from pipelines.read.vcard import cards
from pipelines.read.vcard.row import HEADER
from pipelines.read.vcard.vcard import FORMAT, Vcard, open_cards, read
from schemas.error_codes import ErrorCode
from tests.examples import examples

JANE = "BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nTEL:+442079460001\nEND:VCARD\n"


def batch(folder: Path, content: str | bytes, encoding: str | None = None) -> Rows:
    path = folder / "people.vcf"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_cards(path, encoding) as table:
        (rows,) = table.rows
    return rows


def refusal(folder: Path, content: str | bytes, encoding: str | None = None) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        batch(folder, content, encoding)
    return refused.value


def card(folder: Path, *lines: str, version: str = "3.0") -> dict[str, str]:
    """What one card says, by column."""
    rows = batch(folder, "\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]))
    values = rows.cells.drop("row", "line").row(0)
    return {column: value for column, value in zip(HEADER, values, strict=True) if value}


def names(rows: Rows) -> list[str]:
    return rows.cells["c1"].to_list()


# Cards and their places


def test_cards_become_rows_on_the_line_they_begin_on(tmp_path: Path) -> None:
    rows = batch(tmp_path, f"{JANE}\n{JANE.replace('Jane', 'Joe')}")
    assert rows.cells.select("row", "line", "c1").rows() == [(1, 1, "Jane Doe"), (2, 7, "Joe Doe")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(tmp_path: Path, end: str) -> None:
    content = (JANE.replace("Jane", "J\n ane") + JANE).replace("\n", end)
    rows = batch(tmp_path, content)
    assert rows.cells.select("line", "c1").rows() == [(1, "Jane Doe"), (7, "Jane Doe")]


def test_names_of_properties_may_be_in_any_case_and_in_a_group(tmp_path: Path) -> None:
    said = card(tmp_path, "fn:Jane", "item1.Email:jane@example.com", "item1.X-ABLabel:_$!<Work>!$_")
    assert said == {"name": "Jane", "email": "jane@example.com"}


def test_a_version_is_not_needed(tmp_path: Path) -> None:
    assert names(batch(tmp_path, "begin:vcard\nFN:Jane\nend:vcard")) == ["Jane"]


def test_a_card_without_an_end_is_given_back_and_the_next_is_read(tmp_path: Path) -> None:
    rows = batch(tmp_path, f"BEGIN:VCARD\nFN:Joe\nTEL:1\n{JANE}BEGIN:VCARD\nFN:Jim\n")
    assert names(rows) == ["Jane Doe"]
    assert rows.refused.select("row", "line", "code").rows() == [(1, 1, "CARD_UNREADABLE"), (3, 9, "CARD_UNREADABLE")]
    raw = json.loads(rows.refused["raw"][0])
    assert (raw["name"], raw["phone"]) == ("Joe", "1")


def test_a_card_that_lists_a_group_is_skipped(tmp_path: Path) -> None:
    apple = "BEGIN:VCARD\nFN:Friends\nX-ADDRESSBOOKSERVER-KIND:group\nEND:VCARD\n"
    rows = batch(tmp_path, JANE + apple + apple.replace("X-ADDRESSBOOKSERVER-KIND", "KIND"))
    assert names(rows) == ["Jane Doe"]
    assert rows.refused.select("outcome", "code").unique().rows() == [("skipped", "CARD_GROUP_SKIPPED")]
    assert rows.refused.height == 2


@pytest.mark.parametrize("agent", ["AGENT:\nBEGIN:VCARD\n", "AGENT:BEGIN:VCARD\n"])
def test_the_card_of_an_agent_is_no_part_of_the_card_around_it(tmp_path: Path, agent: str) -> None:
    rows = batch(tmp_path, f"BEGIN:VCARD\n{agent}FN:Joe\nTEL:2\nEND:VCARD\nFN:Jane\nTEL:1\nEND:VCARD\n{JANE}")
    assert rows.cells.select("c1", "c5").rows() == [("Jane", "1"), ("Jane Doe", "+442079460001")]


def test_an_agent_whose_card_does_not_end_hides_no_other(tmp_path: Path) -> None:
    rows = batch(tmp_path, f"BEGIN:VCARD\nFN:Joe\nAGENT:\nBEGIN:VCARD\nFN:Jim\n{JANE}{JANE}")
    assert names(rows) == ["Jane Doe", "Jane Doe"]
    assert rows.refused["code"].to_list() == ["CARD_UNREADABLE"]


def test_an_agent_written_on_one_line_hides_nothing(tmp_path: Path) -> None:
    assert card(tmp_path, r"AGENT:BEGIN:VCARD\nFN:Joe\nEND:VCARD\n", "FN:Jane") == {"name": "Jane"}


def test_a_photo_is_passed_over_whatever_its_size(tmp_path: Path) -> None:
    photo = "PHOTO;ENCODING=b:" + "A" * 3_000_000
    assert card(tmp_path, photo, " " + "B" * 3_000_000, "FN:Jane") == {"name": "Jane"}


def test_a_card_that_is_far_too_large_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "LARGEST_CARD", 1_000)
    many = "".join(f"TEL:{number}\n" for number in range(1_000))
    rows = batch(
        tmp_path, f"BEGIN:VCARD\nNOTE:{'x' * 2_000}\n y\nFN:Joe\nEND:VCARD\nBEGIN:VCARD\n{many}END:VCARD\n{JANE}"
    )
    assert names(rows) == ["Jane Doe"]
    assert rows.refused["code"].to_list() == ["LIMIT_EXCEEDED", "LIMIT_EXCEEDED"]


# Values


def test_folded_lines_are_put_together(tmp_path: Path) -> None:
    assert card(tmp_path, "FN:Jane", "  Doe", "\t-Roe") == {"name": "Jane Doe-Roe"}


def test_lines_of_the_old_version_part_at_a_blank(tmp_path: Path) -> None:
    assert card(tmp_path, "FN:Jane", " Doe", version="2.1") == {"name": "Jane Doe"}


def test_a_soft_break_goes_on_whatever_the_next_line_looks_like(tmp_path: Path) -> None:
    said = card(
        tmp_path,
        "NOTE;ENCODING=QUOTED-PRINTABLE:see=",
        "TEL:none=0D=0Athere=",
        "",
        "X-OTHER;QUOTED-PRINTABLE:=",
        "FN:Nobody",
        "FN;CHARSET=UTF-8;QUOTED-PRINTABLE:Zo=C3=",
        "=AB",
        version="2.1",
    )
    assert said == {"name": "Zoë", "notes": "seeTEL:none\r\nthere"}


def test_a_note_keeps_lines_that_were_not_folded(tmp_path: Path) -> None:
    assert card(tmp_path, "FN:Jane", "astray", "NOTE:one", "two") == {"name": "Jane", "notes": "one\ntwo"}


def test_escapes_are_resolved(tmp_path: Path) -> None:
    said = card(tmp_path, r"FN:Doe\, Jane \"J\" \x", r"NOTE:one\ntwo\N\\n\;")
    assert said == {"name": r'Doe, Jane "J" \x', "notes": "one\ntwo\n\\n;"}


def test_the_old_version_knows_no_escaped_line_break(tmp_path: Path) -> None:
    assert card(tmp_path, r"NOTE:C:\new\;", version="2.1") == {"notes": r"C:\new;"}


@pytest.mark.parametrize("charset", ["windows-1252", "ISO-8859-1"])
def test_a_charset_counts_for_its_property(tmp_path: Path, charset: str) -> None:
    content = f"BEGIN:VCARD\nFN;CHARSET={charset}:Zoë\nEND:VCARD\n".encode("latin-1") + JANE.encode()
    assert names(batch(tmp_path, content)) == ["Zoë", "Jane Doe"]


def test_text_in_base64_is_read(tmp_path: Path) -> None:
    assert card(tmp_path, "FN;ENCODING=B:Wm/Dqw==", "NOTE;BASE64:A") == {"name": "Zoë", "notes": "A"}


# The fields of a row


def test_a_name_in_parts(tmp_path: Path) -> None:
    said = card(tmp_path, r"N:Doe\, Roe;Jane;Mary,Ann;Dr.;")
    assert said == {"name": "Dr. Jane Mary Ann Doe, Roe", "first name": "Jane", "last name": "Doe, Roe"}


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["FN:Jane Doe", "N:Roe;Joe", "NICKNAME:JD"], "Jane Doe"),
        (["FN:", "NICKNAME:JD", "ORG:Example"], "JD"),
        (["ORG:Example;Sales", "TEL:1"], "Example"),
    ],
)
def test_a_card_without_a_full_name_is_called_by_what_it_has(tmp_path: Path, lines: list[str], name: str) -> None:
    assert card(tmp_path, *lines)["name"] == name


def test_several_values_come_with_the_preferred_ones_first(tmp_path: Path) -> None:
    said = card(
        tmp_path,
        "TEL;TYPE=home:1",
        "TEL;PREF=2:2",
        'TEL;TYPE="cell,pref":3',
        "TEL;HOME:1",
        "EMAIL:b@example.com",
        "EMAIL;PREF:mailto:a@example.com",
    )
    assert said == {"phone": "3; 2; 1", "email": "a@example.com; b@example.com"}


def test_numbers_of_machines_are_no_phones(tmp_path: Path) -> None:
    said = card(tmp_path, "TEL;WORK;FAX:1", "TEL;TYPE=pager:2", "TEL;TYPE=fax,voice:3")
    assert said == {"phone": "3"}


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("tel:+44-20-7946-0001", "+44-20-7946-0001"),
        ("tel:+44-20-7946-0001;ext=12;x=y", "+44-20-7946-0001 ext. 12"),
        ("TEL:%2B442079460001", "+442079460001"),
    ],
)
def test_a_number_as_an_address(tmp_path: Path, value: str, phone: str) -> None:
    assert card(tmp_path, f"TEL;VALUE=uri:{value}") == {"phone": phone}


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("IMPP;X-SERVICE-TYPE=WhatsApp:x-apple:442079460001", "442079460001"),
        ("IMPP:whatsapp:+442079460001", "+442079460001"),
        ("X-SOCIALPROFILE;TYPE=whatsapp:https://wa.me/442079460001", "442079460001"),
        ("X-WHATSAPP:+44 20 7946 0001", "+44 20 7946 0001"),
        ("IMPP:xmpp:jane@example.com", ""),
    ],
)
def test_a_whatsapp_number_is_known_by_its_service(tmp_path: Path, line: str, number: str) -> None:
    assert card(tmp_path, line).get("whatsapp", "") == number


def test_a_shared_contact_of_whatsapp_has_both_numbers(tmp_path: Path) -> None:
    said = card(tmp_path, "item1.TEL;waid=442079460001:+44 20 7946 0001")
    assert said == {"phone": "+44 20 7946 0001", "whatsapp": "442079460001"}


def test_categories_are_tags_but_for_the_group_of_everybody(tmp_path: Path) -> None:
    assert card(tmp_path, r"CATEGORIES:myContacts,VIP,Bed \& Breakfast", "CATEGORIES:VIP,a\\;b") == {
        "tags": r"VIP; Bed \\& Breakfast; a\;b"
    }


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("BDAY:1980-03-21", "1980-03-21"),
        ("BDAY:19800321", "1980-03-21"),
        ("BDAY:--0412", "--0412"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12", "--04-12"),
    ],
)
def test_birthdays(tmp_path: Path, line: str, day: str) -> None:
    assert card(tmp_path, line) == {"birthday": day}


def test_the_rest_of_a_card(tmp_path: Path) -> None:
    said = card(
        tmp_path, "UID:urn:uuid:4f1", "ORG:Example;Sales", "TITLE:Buyer", "REV:20250403T100000Z", "NOTE:a", "NOTE:b"
    )
    assert said == {
        "id": "4f1",
        "name": "Example",
        "company": "Example",
        "title": "Buyer",
        "notes": "a\nb",
        "updated at": "2025-04-03T10:00:00Z",
    }


def test_the_preferred_postal_address_has_columns_and_any_other_one(tmp_path: Path) -> None:
    said = card(
        tmp_path,
        "FN:Jane",
        r"ADR;TYPE=HOME:;;Ringstr. 2;Bonn;;53111;Germany",
        r"ADR;TYPE=WORK,PREF:PO 7;2nd floor;Lindenweg 4\, rear;Kiel;SH;24103;Germany",
        "ADR:;;;;;;",
    )
    assert said == {
        "name": "Jane",
        "street": "Lindenweg 4, rear, 2nd floor, PO 7",
        "city": "Kiel",
        "region": "SH",
        "postcode": "24103",
        "country": "Germany",
        "other address": "Ringstr. 2, Bonn, 53111, Germany",
    }


def test_a_postal_address_that_is_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    assert card(tmp_path, "FN:Jane", "ADR:;;Lindenweg 4") == {"name": "Jane", "street": "Lindenweg 4"}


def test_postal_addresses_are_attributes_for_those_who_have_some_for_them(tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(JANE.replace("END", "ADR:;;Lindenweg 4;Kiel;;24103;\nEND"))
    (only,) = read(path, Vcard(path="people"))
    assert only.attributes.rows() == [
        (1, "street", "Lindenweg 4", "street"),
        (1, "city", "Kiel", "city"),
        (1, "postcode", "24103", "postcode"),
    ]


# Encodings


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + JANE.replace("Jane", "Zoë").encode(),
        codecs.BOM_UTF16_LE + JANE.replace("Jane", "Zoë").encode("utf-16-le"),
        codecs.BOM_UTF16_BE + JANE.replace("Jane", "Zoë").encode("utf-16-be"),
        JANE.replace("Jane", "Zoë").encode("utf-16-le"),
        JANE.replace("Jane", "Zoë").encode("utf-16-be"),
        JANE.replace("FN:Jane", "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Zo=C3=AB").encode("utf-16"),
        f"\n{JANE.replace('Jane', 'Zoë')}".encode(),
    ],
)
def test_unicode_needs_no_word(tmp_path: Path, content: bytes) -> None:
    assert names(batch(tmp_path, content)) == ["Zoë Doe"]


def test_files_may_be_joined_with_their_marks(tmp_path: Path) -> None:
    assert names(batch(tmp_path, (codecs.BOM_UTF8 + JANE.encode()) * 2)) == ["Jane Doe", "Jane Doe"]


def test_text_in_another_encoding_is_refused_until_it_is_declared(tmp_path: Path) -> None:
    content = JANE.replace("Jane", "Zoë").encode("latin-1")
    assert refusal(tmp_path, content).code is ErrorCode.FILE_ENCODING
    assert "Zo" not in str(refusal(tmp_path, content))
    assert names(batch(tmp_path, content, "windows-1252")) == ["Zoë Doe"]


def test_encoded_text_in_another_encoding_is_refused_until_it_is_declared(tmp_path: Path) -> None:
    content = JANE.replace("FN:Jane", "FN;QUOTED-PRINTABLE:Zo=EB")
    assert refusal(tmp_path, content).code is ErrorCode.FILE_ENCODING
    assert names(batch(tmp_path, content, "windows-1252")) == ["Zoë Doe"]


def test_a_card_that_is_not_in_the_encoding_of_the_others_is_refused_alone(tmp_path: Path) -> None:
    content = JANE.replace("Jane", "Zoë").encode() * 2 + JANE.replace("Jane", "Zoë").encode("latin-1")
    rows = batch(tmp_path, content)
    assert names(rows) == ["Zoë Doe", "Zoë Doe"]
    assert rows.refused["code"].to_list() == ["ROW_ENCODING"]
    assert json.loads(rows.refused["raw"][0])["name"] == "Zo\ufffd Doe"


@pytest.mark.parametrize("charset", ["UTF-8", "unicode_escape", "klingon", "utf-16"])
def test_a_card_that_is_not_in_its_charset_is_refused_alone(tmp_path: Path, charset: str) -> None:
    rows = batch(tmp_path, JANE.replace("FN:", f"FN;QUOTED-PRINTABLE;CHARSET={charset}:=C3") + JANE)
    assert names(rows) == ["Jane Doe"]
    assert rows.refused["code"].to_list() == ["ROW_ENCODING"]


def test_utf_16_cut_within_a_letter_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, JANE.encode("utf-16-le")[:-1]).code is ErrorCode.FILE_ENCODING


# As a format


def contacts(folder: Path, content: str | bytes) -> Batch:
    path = folder / "people"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (only,) = read(path, Vcard(path="people", columns={"company": "employer"}))
    return only


def test_a_card_is_a_contact(tmp_path: Path) -> None:
    only = contacts(tmp_path, JANE.replace("END", "UID:7\nORG:Example\nEMAIL:jane@example.com\nEND"))
    assert only.contacts.select("record_id", "name").rows() == [("7", "Jane Doe")]
    assert only.identifiers.select("type", "raw").rows() == [("email", "jane@example.com"), ("phone", "+442079460001")]
    assert only.attributes.select("attribute", "raw").rows() == [("employer", "Example")]


def test_a_refused_card_comes_back_as_a_csv_that_is_read_again(tmp_path: Path) -> None:
    refused = contacts(tmp_path, JANE + JANE.replace("END:VCARD", "NOTE:one\\ntwo")).refused
    path = tmp_path / "rejected.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        raw = json.loads(refused["raw"].item()) | {"_extra": "", "_errors": "an end of the card"}
        writer = csv.DictWriter(file, list(raw))
        writer.writeheader()
        writer.writerow(raw)
    (again,) = read(path, Vcard(path="people"))
    assert again.contacts.select("name", "notes").rows() == [("Jane Doe", "one\ntwo")]
    assert again.identifiers["raw"].to_list() == ["+442079460001"]


def test_it_is_known_by_its_first_line() -> None:
    assert FORMAT.detects(Sample("a", JANE.encode())) == 1.0
    assert FORMAT.detects(Sample("a", JANE.encode("utf-16"))) == 1.0
    assert FORMAT.detects(Sample("a.vcf", b"name,phone\nBEGIN:VCARD,1\n")) == 0.0


# Whatever the bytes


WHOLE = (
    "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;QUOTED-PRINTABLE:D=C3=B6e;=\nJane\nTEL;CELL;PREF:+442079460001\n"
    "AGENT:\nBEGIN:VCARD\nFN:Joe\nEND:VCARD\nORG:Example\nPHOTO;BASE64:\n AAAA\n\nNOTE:one\\, two\n  three\nEND:VCARD\n"
) * 2
SCRAPS = st.sampled_from(
    [
        *(b"\n", b"=\n", b"\r", b";", b":", b'"', b"\\", b"\0", b"\xff", b"\xd8\x00", b"=C3", b"tel:;ext="),
        *(
            b"BEGIN:VCARD\n",
            b"END:VCARD\n",
            b"AGENT:\n",
            b";CHARSET=utf-16",
            b";CHARSET=\0",
            b";ENCODING=B",
            b";PREF=9",
        ),
    ]
)


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """A file with some cut out, and something else put in its place."""
    content = WHOLE.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 30)))
        content = content[:start] + draw(SCRAPS | st.binary(max_size=6)) + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


@given(content=st.binary(max_size=200) | mutilated(), encoding=st.sampled_from([None, "windows-1252", "big5"]))
@example(content=WHOLE.encode(), encoding=None)
@settings(max_examples=examples(200, light=40), deadline=1000)
def test_no_bytes_raise_anything_but_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, encoding: str | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.vcf"
    path.write_bytes(content)
    try:
        with open_cards(path, encoding, rows=2) as table:
            rows = list(table.rows)
    except DeliveryRefused:
        return
    numbers = [number for each in rows for frame in (each.cells, each.refused) for number in frame["row"]]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("label", ["_$!<AssistantPhone>!$_", "Assistant", "Assistentin", "_$!<WorkFAX>!$_", "Pager"])
def test_a_number_with_the_label_of_somebody_else_is_no_phone(tmp_path: Path, label: str) -> None:
    lines = ("TEL:+442079460001", "item1.TEL:+442079460002", f"item1.X-ABLabel:{label}", "item2.TEL:+442079460003")
    assert card(tmp_path, "FN:Jane", *lines, "item2.X-ABLabel:Desk")["phone"] == "+442079460001; +442079460003"


@given(
    people=st.lists(st.tuples(st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True), st.booleans()), max_size=6),
    size=st.integers(1, 3),
)
@settings(max_examples=examples(60, light=12), deadline=None)
def test_each_card_that_begins_is_a_row_and_each_that_ends_is_taken(
    tmp_path_factory: pytest.TempPathFactory, people: list[tuple[str, bool]], size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "cards.vcf"
    cut = JANE.replace("END:VCARD\n", "")
    text = "".join((JANE if whole else cut).replace("Jane", name) for name, whole in people)
    path.write_text(JANE + text, encoding="utf-8")
    with open_cards(path, rows=size) as table:
        rows = list(table.rows)
    assert sum(len(each.cells) + len(each.refused) for each in rows) == 1 + len(people)
    assert [name for each in rows for name in names(each)] == [
        "Jane Doe",
        *(f"{name} Doe" for name, whole in people if whole),
    ]


def test_a_refusal_names_the_encoding_that_was_declared_else_utf_8(tmp_path: Path) -> None:
    content = JANE.replace("Jane", "Z\x81").encode("latin-1")
    assert "not UTF-8" in str(refusal(tmp_path, content))
    assert "not windows-1252" in str(refusal(tmp_path, content, "windows-1252"))
