"""Which mail addresses are the company's, as a source says it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from schemas.source import Source


def _address_or_domain(value: str) -> str:
    if value.count("@") != 1 or value.endswith("@"):
        raise ValueError('must be an address such as "support@acme.example" or a domain such as "@acme.example"')
    return value.lower()


class WithOwnAddresses(Source):
    """A source in which addresses tell the company from its customers."""

    own_addresses: list[Annotated[str, AfterValidator(_address_or_domain)]] = Field(
        default=[],
        description='The company\'s own addresses, or "@acme.example" for all of a domain',
        examples=[["support@acme.example", "@acme.example"]],
    )

    def owns(self, address: str) -> bool:
        """Whether an address is the company's; support+anything@ is support@."""
        local, _, domain = address.lower().rpartition("@")
        return any(own in (f"@{domain}", f"{local.partition('+')[0]}@{domain}") for own in self.own_addresses)
