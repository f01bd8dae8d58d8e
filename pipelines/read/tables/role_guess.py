"""Which role the columns of a list have, told from their headers, and where those say nothing, from their values."""

from collections.abc import Mapping

import polars as pl

from pipelines.read.tables.column_guess import meaning
from pipelines.read.tables.header_words import MEANINGS, fold, shared
from pipelines.read.tables.name_columns import hold_given_names, only_family_name
from schemas.list_roles import NO_EVIDENCE, ListRole

OF_MEANINGS = {  # what contact lists call it: the role
    "name": ListRole.FULL_NAME,
    "first_name": ListRole.GIVEN_NAME,
    "last_name": ListRole.FAMILY_NAME,
    "phone": ListRole.PHONE,
    "email": ListRole.EMAIL,
    "wa_id": ListRole.WA_ID,
    "messenger_thread": ListRole.MESSENGER_THREAD,
    "record_id": ListRole.RECORD_ID,
}
FIELDS = {role: field for field, role in OF_MEANINGS.items()}
WORDS = {
    ListRole.MIDDLE_NAME: "middle|middle name|middle initial|second name|zweiter vorname",
    ListRole.DATE_OF_BIRTH: "date of birth|birth date|birthdate|birthday|dob|born|geburtsdatum|geburtstag|geboren am"
    "|year of birth|birth year|yob|geburtsjahr"
    "|date de naissance|fecha de nacimiento|data di nascita|data de nascimento|geboortedatum",
    ListRole.POSTCODE: "postcode|post code|postal code|zip|zip code|zipcode|plz|postleitzahl|code postal"
    "|código postal|codigo postal|cap",
    ListRole.CITY: "city|town|suburb|ort|stadt|wohnort|ville|ciudad|cidade|città|plaats",
    ListRole.STREET: "street|street address|address|address line|address line 1|straße|strasse|anschrift|adresse|rue"
    "|calle|dirección|rua|via|straat",
    ListRole.REGION: "region|state|county|province|bundesland|provincia",
    ListRole.COUNTRY: "country|country code|land|pays|país|pais|paese",
    ListRole.CATEGORY: "sex|gender|age|geschlecht|alter|sexe|âge|sexo|edad|idade|sesso|età|geslacht|leeftijd",
    ListRole.COMPANY: "company|company name|organisation|organization|employer|firma|unternehmen|société|empresa"
    "|azienda|bedrijf",
}
BY_HEADER = {word: role for role, words in WORDS.items() for word in words.split("|")}


def guessed_roles(columns: Mapping[str, pl.Series]) -> dict[str, ListRole]:
    """Roles of columns, by header, of those that one can be told for.

    `columns`: the first values of each, without nulls. A second `record_id` is none.
    """
    found: dict[str, ListRole] = {}
    for (header, cells), name in zip(columns.items(), shared(list(columns)), strict=True):
        role = role_of(name, cells)
        if role is not None and not (role is ListRole.RECORD_ID and role in found.values()):
            found[header] = role
    return with_family_name(found, columns)


def with_family_name(found: dict[str, ListRole], columns: Mapping[str, pl.Series]) -> dict[str, ListRole]:
    """Roles in which a column called "name" is the family name where the other columns and its values say so."""
    headers = list(found)
    place = only_family_name(list(map(fold, headers)), [FIELDS.get(role) for role in found.values()])
    if place is None:
        return found
    given = pl.concat([columns[header] for header, role in found.items() if role is ListRole.GIVEN_NAME])
    if hold_given_names(columns[headers[place]], given):
        return found
    return found | {headers[place]: ListRole.FAMILY_NAME}


def role_of(header: str, cells: pl.Series) -> ListRole | None:
    """The role of one column, if it can be told."""
    known = fold(header)
    if known.startswith("_"):
        return None
    if known in BY_HEADER:
        return BY_HEADER[known]
    found = MEANINGS.get(known) or meaning(header, cells, {})
    return OF_MEANINGS.get(found) if found else None


def says_something(roles: Mapping[str, ListRole]) -> bool:
    """Whether any of these roles is something to match by."""
    return bool(set(roles.values()) - set(NO_EVIDENCE))
