import codecs

import pytest
from pydantic import ValidationError

from pipelines.read.contact_lists.contacts_csv import FORMAT, ContactsCsv


@pytest.mark.parametrize("name", ["windows-1252", "latin-1", "utf-16", "cp850"])
def test_an_encoding_is_one_that_text_can_have(name: str) -> None:
    assert codecs.lookup(name)
    assert ContactsCsv(path="*.csv", encoding=name).encoding == name


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", ""])
def test_another_encoding_is_a_fault_of_the_configuration(name: str) -> None:
    with pytest.raises(ValidationError, match=r"encoding such as windows-1252|null"):
        ContactsCsv(path="*.csv", encoding=name)


def test_it_holds_contacts_whose_rows_are_counted() -> None:
    assert (FORMAT.name, FORMAT.holds, FORMAT.options) == ("contacts_csv", "contacts", ContactsCsv)
