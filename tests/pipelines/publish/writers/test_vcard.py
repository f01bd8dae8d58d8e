"""Address books of segments, read back by the reader that onecontact has for anybody's."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.publish.writers.vcard import as_cards, places_of
from pipelines.read.vcard.vcard import open_cards
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType, MatchRole

ATTRIBUTES = {
    "firm": Attribute(type=AttributeType.TEXT, role=MatchRole.COMPANY),
    "born": Attribute(type=AttributeType.DATE, role=MatchRole.DATE_OF_BIRTH),
    "town": Attribute(type=AttributeType.TEXT, role=MatchRole.CITY),
    "street": Attribute(type=AttributeType.TEXT, role=MatchRole.STREET),
    "tier": Attribute(type=AttributeType.TEXT),
    "towns": Attribute(type=AttributeType.TEXT, role=MatchRole.CITY, merge=AttributeMerge.UNION),
}
SCHEMA: dict[str, Any] = {
    "contact_id": pl.String,
    **dict.fromkeys(("name", "first_name", "last_name"), pl.String),
    **dict.fromkeys(("phones", "emails", "tags"), pl.List(pl.String)),
    **dict.fromkeys((f"attr.{name}" for name in ("firm", "born", "town", "street")), pl.String),
}
EVERYTHING = list(SCHEMA)
JANE = {
    "contact_id": "682a287f-16a9-50a2-91d9-349bc0e2a1df",
    "name": "Jane Doe; née Roe",
    "first_name": "Jane",
    "last_name": "Doe, née Roe",
    "phones": ["+4930901820", "+442079460123"],
    "emails": ["jane@example.com"],
    "tags": ["vip", "a, b"],
    "attr.firm": "Doe; Sons & Co.",
    "attr.born": "1980-02-29",
    "attr.town": "Köln",
    "attr.street": "Ring 1",
}


def cards(*contacts: dict[str, Any]) -> bytes:
    frame = pl.DataFrame([dict.fromkeys(SCHEMA) | each for each in contacts], schema=SCHEMA)
    return as_cards(frame, EVERYTHING, ATTRIBUTES)


def read(written: bytes) -> list[dict[str, str]]:
    """Cards as rows of a contact list, without cells that are blank."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.vcf"
        path.write_bytes(written)
        with open_cards(path) as table:
            rows = [row for batch in table.rows for row in batch.cells.drop("row", "line").rows()]
    return [{name: cell for name, cell in zip(table.header, row, strict=True) if cell} for row in rows]


def test_a_card_has_what_a_contact_is_and_how_it_is_reached() -> None:
    assert cards(JANE).decode().splitlines() == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "UID:urn:uuid:682a287f-16a9-50a2-91d9-349bc0e2a1df",
        r"FN:Jane Doe\; née Roe",
        r"N:Doe\, née Roe;Jane;;;",
        r"CATEGORIES:vip,a\, b",
        "TEL;PREF=1:+4930901820",
        "TEL:+442079460123",
        "EMAIL;PREF=1:jane@example.com",
        r"ORG:Doe\; Sons & Co.",
        "BDAY:19800229",
        "ADR:;;Ring 1;Köln;;;",
        "END:VCARD",
    ]


def test_a_card_is_read_back_as_it_was() -> None:
    assert read(cards(JANE)) == [
        {
            "id": JANE["contact_id"],
            "name": JANE["name"],
            "first name": "Jane",
            "last name": "Doe, née Roe",
            "phone": "+4930901820; +442079460123",
            "email": "jane@example.com",
            "company": "Doe; Sons & Co.",
            "birthday": "1980-02-29",
            "street": "Ring 1",
            "city": "Köln",
            "tags": r"vip; a\, b",
        }
    ]


def test_who_has_nothing_but_an_id_has_a_card_all_the_same() -> None:
    lines = cards({"contact_id": "x"}).decode().splitlines()
    assert lines == ["BEGIN:VCARD", "VERSION:4.0", "UID:urn:uuid:x", "FN:", "N:;;;;", "END:VCARD"]


def test_without_a_full_name_the_parts_are_shown() -> None:
    assert "FN:Jane Doe\r\n" in cards({"first_name": "Jane", "last_name": "Doe"}).decode()


def test_long_lines_are_folded_between_letters() -> None:
    for name in ("x" * 300, "ä" * 100, "日本" * 60, "x" * 147):
        written = cards({"name": name})
        assert max(len(line) for line in written.split(b"\r\n")) <= 75
        assert read(written)[0]["name"] == name


def test_what_has_no_place_in_a_card_is_told() -> None:
    places = places_of(ATTRIBUTES)
    assert {"contact_id", "phones", "attr.firm", "attr.town"} <= set(places)
    assert not {"status", "attr.tier", "attr.towns"} & set(places)


@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120))
def test_any_name_is_read_back(name: str) -> None:
    [found] = read(cards({"name": name}))
    assert found.get("name", "") == name.strip()
