import hmac

import polars as pl

from pipelines.audit.commitments import (
    SALT_BYTES,
    commitment,
    contact_commitment,
    contact_commitments,
    field_commitments,
    new_salts,
)

SALT = b"s" * SALT_BYTES


def test_a_column_of_fields_is_committed_as_each_of_them_is() -> None:
    fields = pl.DataFrame(
        {"field": ["phone", "tags", "email"], "salt": [SALT, b"t" * 16, SALT], "after": [["+49301"], ["a", 'ü"'], []]}
    )
    expected = [commitment(SALT, "phone", ["+49301"]), commitment(b"t" * 16, "tags", ['ü"', "a"]), None]
    assert field_commitments(fields, "after").to_list() == expected


def test_a_column_of_contacts_is_committed_as_each_of_them_is() -> None:
    cells = [("email", "a@b.example"), ("tags", "Jörg"), ("identifier.email", "a@b.example"), ("status", "active")]
    contact = [{"field": field, "value": value} for field, value in cells]
    contacts = pl.DataFrame({"contact": [contact], "salt": [SALT]})
    assert contact_commitments(contacts).to_list() == [contact_commitment(SALT, reversed(cells))]


def test_a_commitment_is_an_hmac_under_the_salt() -> None:
    said = b'{"field":"phone","values":["+49301"]}'
    assert commitment(SALT, "phone", ["+49301"]) == hmac.digest(SALT, said, "sha256")


def test_equal_values_of_two_contacts_have_two_commitments() -> None:
    one, other = new_salts(2)
    assert len(one) == len(other) == SALT_BYTES
    assert commitment(one, "phone", ["+49301"]) != commitment(other, "phone", ["+49301"])


def test_no_values_have_no_commitment() -> None:
    assert commitment(SALT, "phone", []) is None
