import csv
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.contact_lists.contacts_csv import FORMAT
from pipelines.read.tables.contact_table import FIELDS, understand
from pipelines.read.tables.header_words import ALIASES, MEANINGS, fold, shown
from pipelines.read.tables.system_headers import SIGNS, SYSTEMS, system_of
from schemas.error_codes import ErrorCode
from tests.one_batch import attributes, one_batch
from tests.pipelines.read.tables.exports import EXPORTS


@pytest.mark.parametrize(
    ("header", "meanings"),
    [
        ("CONTACT ID;EMAIL;SMS;WHATSAPP;EMAIL_BLACKLIST", "record_id;email;phone;wa_id;attr.email_opt_out"),
        ("Person - ID;Person - Name;Person - Email - Work;Person - Owner", "record_id;name;email;ignore"),
        ("email;sms;attr.sms;WhatsApp;attr.whatsapp", "email;phone;attr.sms;wa_id;attr.whatsapp"),
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
        assert system.seen
        for meaning, headers in (*system.headers.items(), *system.own.items()):
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


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_a_system_exports_is_read_without_a_word(tmp_path: Path, name: str) -> None:
    exported = EXPORTS[name]
    batch = one_batch(FORMAT, tmp_path, exported.text)
    [contact] = batch.contacts.iter_rows(named=True)
    assert (contact["name"] or f"{contact['first_name']} {contact['last_name']}") == "Greta Holm"
    assert [contact["record_id"], contact["tags"], contact["notes"]] == [
        exported.record_id,
        exported.tags,
        exported.notes,
    ]
    stated = dict(
        batch.identifiers.group_by("type", maintain_order=True)
        .agg(pl.col("raw").unique(maintain_order=True))
        .iter_rows()
    )
    assert stated.get("phone", []) == exported.phones
    assert stated.get("email") == exported.emails
    assert attributes(batch).items() >= exported.attributes.items()
    assert "Ina Kern" not in attributes(batch).values()
    assert batch.refused.is_empty()


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_is_told_from_others_by_its_headers(name: str) -> None:
    [header] = csv.reader([EXPORTS[name].text.splitlines()[0]], delimiter=";" if name in ("brevo", "espocrm") else ",")
    assert system_of(list(map(fold, header))) == name


def test_a_list_of_nobody_in_particular_is_of_no_system() -> None:
    assert system_of(["id", "name", "email", "customer id", "description"]) is None


def test_what_a_header_means_in_one_system_alone_it_means_in_no_other_list() -> None:
    assert understand(["Email", "Description"], None, {}) == ["email", "attr.description"]
    assert understand(["Email", "Description", "accountName"], None, {})[1] == "notes"
    assert all(fold(sign) == sign for sign in SIGNS)


def test_the_page_of_lists_names_every_system() -> None:
    assert all(name in FORMAT.guide.lower() for name in SYSTEMS)
