from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.normalise.attribute import values
from pipelines.read.contact_lists.contacts_xlsx import FORMAT, ContactsXlsx, read
from pipelines.read.core.batch import Sample
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType
from tests.tiny_workbook import parts, row, write

ROWS = (
    row("Kunde", "name", "Handy") + "<row><c><v>7</v></c>" + row("Jane Doe")[5:-6] + "<c><v>491512345678</v></c></row>"
)
SHEETS = {"Intro": ("visible", row("hello")), "People": ("visible", ROWS)}
SOURCE = ContactsXlsx(path="*", key="Kunde", sheet="People")


def test_a_sheet_is_a_list_of_contacts(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path / "list.xlsx", parts(sheets=SHEETS)), SOURCE)
    assert only.contacts.select("row", "line", "record_id", "name").rows() == [(1, 2, "7", "Jane Doe")]
    assert only.identifiers.select("type", "raw").rows() == [("phone", "491512345678")]


def test_a_csv_is_read_by_the_same_columns(tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"
    path.write_text("Kunde,name,Handy,_errors\n7,Jane Doe,491512345678,\n")
    (only,) = read(path, SOURCE)
    assert only.contacts.select("record_id", "name").rows() == [("7", "Jane Doe")]


def test_an_old_workbook_is_not_taken_for_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100))
    with pytest.raises(DeliveryRefused, match=r"save it as \.xlsx"):
        next(read(path, SOURCE))


def test_a_workbook_is_known_by_its_parts_and_its_headers() -> None:
    members = ("xl/workbook.xml",)
    assert FORMAT.detects(Sample("a", b"PK", ("name", "phone"), members)) == pytest.approx(0.6)
    assert FORMAT.detects(Sample("a", b"PK", ("amount",), members)) == pytest.approx(0.1)
    assert FORMAT.detects(Sample("a.xlsx", b"PK", ("name", "phone"), ("word/document.xml",))) == 0.0


@pytest.mark.parametrize("locale", [None, "en_US", "de_DE"])
@pytest.mark.parametrize("number", ["1.5", "1.125", "1234.5", "1000", "-0.25"])
def test_a_number_typed_in_a_sheet_is_that_number_in_every_locale(
    tmp_path: Path, locale: str | None, number: str
) -> None:
    rows = f'{row("name", "seats")}<row><c t="str"><v>Jane</v></c><c><v>{number}</v></c></row>'
    path = write(tmp_path / "list.xlsx", parts(rows))
    [batch] = read(path, ContactsXlsx(path="*", locale=locale))
    kept = values(batch.attributes, {"seats": Attribute(type=AttributeType.NUMBER)}, locale).kept
    assert [float(value) for value in kept["value"]] == [float(number)]
