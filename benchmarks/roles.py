"""Which column of a list plays which role for the matcher, as a YAML file says it.

Each line is `column: role`, `role: column` or `role: [columns]`; which one it is shows in which side names a role and
which a column. They may stand under a key `roles:`, and `record_id:` may name the column that tells records apart. A
list of `{column: ..., role: ...}` will do as well.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from schemas.configuration import nearest

RECORD_ID = "record_id"
IGNORED = "ignore"
HOLDERS = ("roles", "columns", "fields")  # keys the lines may stand under
SYNONYMS = {  # role -> other words for it
    "given_name": "given first first_name forename christian_name fname",
    "middle_name": "middle middle_initial second_name middlename",
    "family_name": "family last last_name surname lname",
    "full_name": "name person person_name display_name contact_name",
    "phone": "mobile cell cell_phone telephone tel phone_number mobile_number telephone_number fax landline",
    "email": "e_mail mail email_address e_mail_address mail_address",
    "channel_id": "channel username handle user_id",
    "date_of_birth": "dob birth_date birthdate birthday date_birth born",
    "postcode": "zip zip_code zipcode postal_code post_code postal",
    "city": "town suburb place municipality locality",
    "street": "address street_address address_line street_name",
    "region": "state county province",
    "country": "country_code nation",
    "company": "organisation organization org employer organisation_name organization_name company_name business",
    "exact_id": "id identifier ssn national_id social_security_number soc_sec_id tax_id passport",
    "category": "sex gender",
    "text": "notes note free_text comment comments remarks",
    RECORD_ID: "row_id",
    IGNORED: "ignored none skip source",
}
MEANT = {word: role for role, words in SYNONYMS.items() for word in (role, *words.split())}
ROLES = tuple(role for role in SYNONYMS if role not in (RECORD_ID, IGNORED))


class RolesInvalid(ValueError):
    """A roles file that cannot be followed; the message names the file, what is wrong in it, and what may be meant."""


class Roles(NamedTuple):
    """Column -> role, in the order of the file, and the column that tells records apart (None: the row number)."""

    columns: dict[str, str]
    record_id: str | None


def read_roles(path: Path, columns: Sequence[str]) -> Roles:
    """Roles of these columns as the file says them. RolesInvalid names each column or role there is not."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise RolesInvalid(f"{path}: is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(document, dict | list):
        raise RolesInvalid(f"{path}: says nothing of the form `column: role`")
    return assigned(document, columns, str(path))


def assigned(document: Mapping[str, Any] | list[Any], columns: Sequence[str], file: str) -> Roles:
    """Roles of these columns as a parsed file says them; `file` is what errors call it.

    Where both sides of a line name a role and a column, it is read as the clear lines are, else as `column: role`.
    """
    lines = list(_lines(document))
    sides = [_column_first(left, right, columns) for left, right in lines]
    role_first = sum(sides) < 0
    found, wrong = {}, []
    for (left, right), side in zip(lines, sides, strict=True):
        column, role = (right, left) if side < 0 or (side == 0 and role_first) else (left, right)
        if role_named(role) is None:
            known = list(MEANT) if get_close_matches(_spelt(role), MEANT) else ROLES
            wrong.append(f"`{role}` is no role{nearest(_spelt(role), known)}")
        elif column not in columns and role_named(role) != IGNORED:
            wrong.append(f"no column `{column}`{nearest(column, columns)}")
        else:
            found[column] = MEANT[_spelt(role)]
    if wrong:
        raise RolesInvalid("\n".join(f"{file}: {each}" for each in wrong))
    stated = next((column for column, role in found.items() if role == RECORD_ID), None)
    usual = next((column for column in (RECORD_ID, "id") if column in columns and column not in found), None)
    kept = {column: role for column, role in found.items() if role not in (RECORD_ID, IGNORED)}
    if not kept:
        raise RolesInvalid(f"{file}: gives no column a role; roles are {', '.join(f'`{role}`' for role in ROLES)}")
    return Roles(kept, stated or usual)


def role_named(word: str) -> str | None:
    """The role a word stands for, in any spelling, with or without a number at its end; None if it is none."""
    return MEANT.get(_spelt(word))


def _spelt(word: str) -> str:
    """As the words of SYNONYMS are written: `E-Mail 2` is `e_mail`, and `phones` is `phone`."""
    plain = re.sub(r"[^a-z]+", "_", re.sub(r"[\W_]*\d+$", "", word.casefold())).strip("_")
    return next((each for each in (plain, plain.removesuffix("es"), plain.removesuffix("s")) if each in MEANT), plain)


def _column_first(left: str, right: str, columns: Sequence[str]) -> int:
    """Above 0 if a line looks like `column: role`, below 0 if it looks like `role: column`."""
    if left == RECORD_ID and right in columns:
        return -1
    straight = (left in columns) + (role_named(right) is not None)
    turned = (right in columns) + (role_named(left) is not None)
    return (straight > turned) - (straight < turned)


def _lines(document: Any) -> Iterator[tuple[str, str]]:
    """Both sides of each line, a list taken apart. Beside a key that holds the roles, only `record_id` is read."""
    if isinstance(document, Mapping):
        within = next((document[key] for key in HOLDERS if isinstance(document.get(key), Mapping | list)), None)
        if within is not None and RECORD_ID in document:
            yield RECORD_ID, str(document[RECORD_ID])
        document = document if within is None else within
    entries = document.items() if isinstance(document, Mapping) else (_entry(each) for each in document)
    for left, right in entries:
        said = right.get("role", right.get("columns", right.get("column"))) if isinstance(right, Mapping) else right
        for each in said if isinstance(said, list) else [said]:
            yield str(left), IGNORED if each is None else str(each)


def _entry(each: Any) -> tuple[Any, Any]:
    """One of a list of `{column: ..., role: ...}`."""
    return (each.get("column", each.get("name")), each.get("role")) if isinstance(each, Mapping) else (each, None)
