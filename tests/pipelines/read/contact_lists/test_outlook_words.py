import pytest

from pipelines.read.contact_lists.outlook_words import ADDRESSES, COLUMNS, NO_PHONES, PHONES, SHOWN, addresses
from pipelines.read.tables.header_words import fold


@pytest.mark.parametrize(
    ("meaning", "headers"),
    [
        ("first_name", "First Name|Vorname|Prénom|Nombre"),
        ("last_name", "Last Name|Nachname|Nom|Apellidos"),
        ("email", "E-mail Address|E-Mail 2: Adresse|Adresse de messagerie 3|Dirección de correo electrónico"),
        ("phone", "Mobile Phone|Haupttelefon|Téléphone (bureau)|Teléfono privado|Car Phone|Telefon Firma"),
        ("tags", "Categories|Kategorien|Catégories|Categorías"),
        ("notes", "Notes|Notizen|Notas"),
        ("attr.salutation", "Title|Anrede|Titre|Trato"),
        ("attr.company", "Company|Firma|Société|Empresa"),
        ("attr.department", "Department|Abteilung|Service|Departamento"),
        ("attr.job_title", "Job Title|Position|Fonction|Titre (2)|Cargo"),
        ("attr.birthday", "Birthday|Geburtstag|Anniversaire|Cumpleaños"),
        ("attr.street", "Business Street|Straße privat|Rue (bureau)|Calle particular"),
        ("attr.city", "Home City|Ort geschäftlich|Ville (domicile)|Ciudad particular"),
        ("attr.region", "Home State|Region privat|Dép/Région (bureau)"),
        ("attr.postcode", "Business Postal Code|Postleitzahl privat|Code postal (bureau)"),
        ("attr.country", "Home Country|Land/Region privat|Pays/Région (bureau)"),
        ("attr.website", "Web Page|Webseite|Page Web|Página Web"),
        ("ignore", "Initials|Privat|E-mail Type|E-Mail 2: Angezeigter Name|Middle Name|Deuxième prénom"),
    ],
)
def test_headers_of_outlook_mean_the_same_in_every_language(meaning: str, headers: str) -> None:
    assert {COLUMNS.get(fold(header)) for header in headers.split("|")} == {meaning}


def test_phones_are_known_by_where_they_ring_and_machines_are_none() -> None:
    assert list(dict.fromkeys(PHONES.values())) == ["mobile", "main", "home", "business", "other", "company"]
    assert not NO_PHONES.keys() & PHONES.keys()
    assert {"business fax", "pager", "telex"} <= NO_PHONES.keys()


def test_addresses_and_what_is_shown_for_them_are_three() -> None:
    assert set(ADDRESSES.values()) == set(SHOWN.values()) == {"1", "2", "3"}


def test_the_business_address_comes_before_that_of_the_home() -> None:
    header = ["Straße privat", "Rue (bureau)", "Ville (domicile)", "Calle particular", "Home City", "Name"]
    meanings = ["attr.street", "attr.street", "attr.city", "attr.street", "attr.city", "name"]
    assert addresses(header, meanings) == [[1], [0, 2, 3, 4]]
    assert addresses(["Home City"], ["attr.city"]) == [[0]]
    assert addresses(["Name"], ["name"]) == []
