import pytest
from pydantic import ValidationError

from pipelines.read.core.own_addresses import WithOwnAddresses


def source(*own: str) -> WithOwnAddresses:
    return WithOwnAddresses.model_validate({"format": "mbox", "path": "landing/*", "own_addresses": list(own)})


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("support@acme.example", True),
        ("Support@ACME.example", True),
        ("support+4711@acme.example", True),
        ("sales@acme.example", False),
        ("support@mail.acme.example", False),
        ("anybody@shop.example", True),
        ("anna@example.com", False),
        ("acme.example", False),
    ],
)
def test_an_address_is_the_companys_by_itself_or_by_its_domain(address: str, is_own: bool) -> None:
    assert source("Support@Acme.example", "@shop.example").owns(address) is is_own


def test_a_company_without_addresses_owns_none() -> None:
    assert not source().owns("support@acme.example")


@pytest.mark.parametrize("own", ["acme.example", "a@b@acme.example", "support@", ""])
def test_what_is_neither_an_address_nor_a_domain_is_refused(own: str) -> None:
    with pytest.raises(ValidationError, match="must be an address such as"):
        source(own)
