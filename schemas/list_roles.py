"""A roles file: what the columns of a list mean to `onecontact match list`."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from schemas.configuration import ConfigurationInvalid, Fault, located, nearest, parse, validated
from schemas.settings.strict import Strict


class ListRole(StrEnum):
    """What a column of a list says of the person a row is about."""

    FULL_NAME = "full_name"
    GIVEN_NAME = "given_name"
    MIDDLE_NAME = "middle_name"
    FAMILY_NAME = "family_name"
    PHONE = "phone"
    EMAIL = "email"
    WA_ID = "wa_id"
    MESSENGER_THREAD = "messenger_thread"
    CHANNEL_ID = "channel_id"
    EXACT_ID = "exact_id"
    DATE_OF_BIRTH = "date_of_birth"
    POSTCODE = "postcode"
    CITY = "city"
    STREET = "street"
    REGION = "region"
    COUNTRY = "country"
    COMPANY = "company"
    CATEGORY = "category"
    TEXT = "text"
    RECORD_ID = "record_id"  # tells rows apart, and is nothing to match by
    IGNORE = "ignore"


NO_EVIDENCE = (ListRole.RECORD_ID, ListRole.IGNORE)


class ListRoles(Strict):
    """The role of each column that has one, by header."""

    columns: dict[str, ListRole] = Field(description="The role of columns, by header")


def load_roles(path: Path, headers: Sequence[str]) -> dict[str, ListRole]:
    """The role of each column of a list with these headers, as the file says it.

    Raises:
        ConfigurationInvalid: with every fault found, each with its line.
    """
    if not path.is_file():
        raise ConfigurationInvalid(f"{path}: no such file. Left out, roles are told by the headers.")
    data, document = parse(path)
    checked = validated(ListRoles, data)
    faults = checked if isinstance(checked, list) else faults_in(checked, headers)
    if isinstance(checked, list) or faults:
        raise ConfigurationInvalid("\n".join(located(path, document, faults)))
    return checked.columns


def faults_in(roles: ListRoles, headers: Sequence[str]) -> list[Fault]:
    """What is wrong with roles for a list with these headers."""
    by_header = roles.columns
    faults = [
        Fault(("columns", header), f"no such column{nearest(header, headers)}")
        for header in by_header
        if header not in headers
    ]
    if not set(by_header.values()) - set(NO_EVIDENCE):
        faults.append(Fault(("columns",), "no column has a role that says anything of a person"))
    ids = [header for header, role in by_header.items() if role is ListRole.RECORD_ID]
    return faults + [Fault(("columns", header), "another column is the record_id already") for header in ids[1:]]
