from pathlib import Path

import pytest

from pipelines.read.contact_lists.outlook_contacts import FORMAT
from pipelines.read.core.batch import Sample
from pipelines.read.tables.header_words import fold
from tests.one_batch import attributes, one_batch, points

MAIL = "First Name,E-mail Address,E-mail Type,E-mail Display Name"
SPANISH_ADDRESSES = "E-mail Address,Dirección de correo electrónico 2"
OF_BUSINESS = "Business Street,Business City,Business State,Business Phone,Business Fax"
PATH = "/o=Example/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=jane"


def test_a_file_in_the_code_page_of_windows_is_read(tmp_path: Path) -> None:
    text = "First Name,Last Name,E-mail Address\nJürgen,Groß,j.gross@example.com\n"
    batch = one_batch(FORMAT, tmp_path, text.encode("windows-1252"))
    assert batch.contacts.select("first_name", "last_name").rows() == [("Jürgen", "Groß")]


def test_a_code_page_is_told_from_the_words_and_said_to_be_assumed(tmp_path: Path) -> None:
    text = "First Name,Last Name,E-mail Address\nОльга,Сидорова,o@example.com\n"
    batch = one_batch(FORMAT, tmp_path, text.encode("windows-1251"))
    assert batch.contacts.select("first_name", "last_name").rows() == [("Ольга", "Сидорова")]
    assert batch.assumed_encoding == "windows-1251"
    assert one_batch(FORMAT, tmp_path, text).assumed_encoding is None
    assert one_batch(FORMAT, tmp_path, text.encode("windows-1251"), encoding="windows-1251").assumed_encoding is None


def test_a_file_that_is_utf_8_is_read_as_such(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, "First Name,E-mail Address\nJürgen,j.gross@example.com\n")
    assert batch.contacts["first_name"].to_list() == ["Jürgen"]


def test_another_code_page_is_one_the_source_names(tmp_path: Path) -> None:
    text = "First Name,E-mail Address\nЖанна,z@example.com\n".encode("windows-1251")
    assert one_batch(FORMAT, tmp_path, text, encoding="windows-1251").contacts["first_name"].to_list() == ["Жанна"]


@pytest.mark.parametrize("shown", ["Jane Doe (jane@example.com)", "<jane@example.com>", "'jane@example.com'"])
def test_the_address_behind_a_path_is_the_one_that_is_shown(tmp_path: Path, shown: str) -> None:
    assert points(one_batch(FORMAT, tmp_path, f"{MAIL}\nJane,{PATH},EX,{shown}\n")) == [
        (1, "email", "jane@example.com")
    ]


def test_a_path_without_an_address_stays_to_be_told_of(tmp_path: Path) -> None:
    assert points(one_batch(FORMAT, tmp_path, f"{MAIL}\nJane,{PATH},EX,Jane Doe\n")) == [(1, "email", PATH)]


def test_an_address_is_not_replaced_by_what_is_shown(tmp_path: Path) -> None:
    line = "Jane,jane@example.com,SMTP,Joe (joe@example.com)"
    assert points(one_batch(FORMAT, tmp_path, f"{MAIL}\n{line}\n")) == [(1, "email", "jane@example.com")]


def test_phones_come_in_the_order_in_which_somebody_is_best_reached(tmp_path: Path) -> None:
    header = "First Name,Business Fax,Business Phone,Home Phone,Mobile Phone,Pager"
    batch = one_batch(FORMAT, tmp_path, f"{header}\nJane,1,2,3,4,5\nJoe,,6,,,\n")
    assert points(batch) == [(1, "phone", "4"), (1, "phone", "3"), (1, "phone", "2"), (2, "phone", "6")]


def test_a_date_of_zeros_is_none(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, "First Name,Birthday,Anniversary\nJane,0/0/00,00.00.0000\n")
    assert batch.attributes.is_empty()
    assert attributes(one_batch(FORMAT, tmp_path, "First Name,Birthday\nJane,10/10/2000\n")) == {
        "birthday": "10/10/2000"
    }


@pytest.mark.parametrize(
    "header",
    [
        "Vorname,Nachname,Firma,Ort geschäftlich,Mobiltelefon,E-Mail-Adresse,E-Mail 2: Adresse,Kategorien",
        "Prénom,Nom,Société,Ville (bureau),Tél. mobile,Adresse de messagerie,Adresse de messagerie 2,Catégories",
        f"Nombre,Apellidos,Organización,Ciudad de trabajo,Teléfono móvil,{SPANISH_ADDRESSES},Categorías",
    ],
)
def test_headers_may_be_german_french_or_spanish(tmp_path: Path, header: str) -> None:
    line = "Jane,Doe,Acme,Bonn,+44 7700 900123,jane@example.com,j.doe@example.com,VIP"
    batch = one_batch(FORMAT, tmp_path, f"{header}\n{line}\n".encode("windows-1252"))
    assert batch.contacts.select("first_name", "last_name", "tags").rows() == [("Jane", "Doe", ["VIP"])]
    assert sorted(points(batch)) == [
        (1, "email", "j.doe@example.com"),
        (1, "email", "jane@example.com"),
        (1, "phone", "+44 7700 900123"),
    ]
    assert attributes(batch) == {"company": "Acme", "city": "Bonn"}


def test_two_columns_that_a_french_outlook_calls_alike_are_told_apart(tmp_path: Path) -> None:
    header = "Titre,Prénom,Titre,Adresse de messagerie,Type de messagerie,Nom complet de l'adresse de messagerie"
    line = f"Mme,Jane,Directrice,{PATH},EX,Jane (jane@example.com)"
    batch = one_batch(FORMAT, tmp_path, f"{header}\n{line}\n".encode("windows-1252"))
    assert attributes(batch) == {"salutation": "Mme", "job_title": "Directrice"}
    assert points(batch) == [(1, "email", "jane@example.com")]


@pytest.mark.parametrize(
    "header",
    [
        f"Title,{MAIL}",
        "Vorname,E-Mail-Adresse,E-Mail-Typ",
        "First Name,Given Yomi,Surname Yomi,E-mail Address",
        f"First Name,Middle Name,Last Name,Company,Department,Job Title,{OF_BUSINESS},Home Phone,E-mail Address",
    ],
)
def test_its_headers_are_recognised(header: str) -> None:
    assert FORMAT.detects(Sample("contacts.csv", b"", tuple(map(fold, header.split(","))))) > 0.8


def test_a_few_headers_that_any_list_has_are_not() -> None:
    assert FORMAT.detects(Sample("contacts.csv", b"", ("first name", "last name", "company", "email", "notes"))) == 0


def test_the_address_at_home_is_read_only_where_the_business_has_none(tmp_path: Path) -> None:
    header = "First Name,Given Yomi,Surname Yomi,Business Street,Business City,Home Street,Home City"
    batch = one_batch(FORMAT, tmp_path, f"{header}\nJane,,,,Kiel,Lindenweg 4,Bonn\n")
    assert attributes(batch) == {"city": "Kiel", "street_(2)": "Lindenweg 4", "city_(2)": "Bonn"}
    batch = one_batch(FORMAT, tmp_path, f"{header}\nJoe,,,,,Lindenweg 5,Bonn\n")
    assert attributes(batch) == {"street": "Lindenweg 5", "city": "Bonn"}
