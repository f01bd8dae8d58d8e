import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.tables.contact_table import FIELDS, understand
from pipelines.read.tables.header_words import ALIASES, MEANINGS, fold, shown
from pipelines.read.tables.system_headers import SYSTEMS
from schemas.error_codes import ErrorCode


@pytest.mark.parametrize(
    ("header", "meanings"),
    [
        ("CONTACT ID;EMAIL;SMS;WHATSAPP;EMAIL_BLACKLIST", "record_id;email;phone;wa_id;attr.email_opt_out"),
        ("Person - ID;Person - Name;Person - Email - Work;Person - Owner", "record_id;name;email;ignore"),
        ("user_email;billing_phone;billing_company;shipping_phone", "email;phone;attr.company;ignore"),
        ("Customer Email;Customer Name;Customer Phone", "email;name;phone"),
        ("Email Address;LAST_CHANGED;LEID;TAGS", "email;observed_at;record_id;tags"),
        ("Emails / Primary Email;Name / First Name", "email;first_name"),
    ],
)
def test_columns_of_systems_are_known_without_a_word(header: str, meanings: str) -> None:
    assert understand(header.split(";"), None, {}) == meanings.split(";")


def test_headers_are_as_they_are_compared_and_mean_what_there_is() -> None:
    for system in SYSTEMS.values():
        assert system.export
        for meaning, headers in system.headers.items():
            assert meaning in (*FIELDS, "ignore") or meaning.startswith("attr.")
            assert all(fold(header) == header for header in headers.split("|"))


def test_what_any_list_calls_a_column_is_not_changed_by_a_system() -> None:
    assert all(MEANINGS[word] == field for field, words in ALIASES.items() for word in words.split("|"))


def test_a_name_of_a_column_that_may_be_a_person_is_shown_by_its_place() -> None:
    assert shown(["901", "Zoe Firstrow", "Kiel", "email"]) == ["column 1", "column 2", "column 3", "email"]
    assert shown(["id", "name", "mood"]) == ["id", "name", "mood"]


def test_a_first_row_that_is_a_person_is_no_header() -> None:
    with pytest.raises(DeliveryRefused) as refused:
        understand(["901", "Zoe Firstrow", "+14155550194", "email"], None, {})
    assert refused.value.code is ErrorCode.HEADER_MISSING
    assert "Zoe" not in str(refused.value)
    assert understand(["12345678", "email"], None, {"12345678": "notes"}) == ["notes", "email"]
