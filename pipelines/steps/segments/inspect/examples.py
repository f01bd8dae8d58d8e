"""Segments to begin with, made for the attributes that a project has."""

from collections.abc import Mapping

from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType, MatchRole

AUDIENCE = """\
# Whom a newsletter may reach: who said yes, is not blocked, and has an address that nobody refuses.
segment: {name}
description: Everybody who agreed to be written to, one row per address
owner: ""                      # who answers for it
purpose: ""                    # why people's data is given away, such as: newsletter, by consent
recipients: []                 # who is given the file
format: csv
where:
  all:
    - {{field: email, op: is_set}}
{consent}columns: [contact_id, email, first_name, last_name]
one_per: email                 # who shares an address is written to once
# Blocked contacts are left out, and so is whoever has an address that is blocked or refused at somebody else.
expect:
  min_rows: 1
  max_change_pct: 50           # a list that halves, or grows by half, is looked at before it goes out
  unique: [email]
"""
CONSENT = "    - {{field: attr.{name}, op: eq, value: true}}\n"
NO_CONSENT = """\
    # This project has no attribute that is a consent (boolean, `merge: most_restrictive`). Add one, and ask for it:
    # - {field: attr.newsletter, op: eq, value: true}
"""
CRM_UPSERT = """\
# What a CRM takes in by `{key}`: who is new, who has other values, and who left since the last publication.
segment: {name}
description: Changes for the CRM, by {key}
owner: ""                      # who answers for it
purpose: ""                    # why people's data is given away, such as: customer care
recipients: [crm]
format: csv
content: changes               # each file is a number higher; `change` says entered, changed or left
where: {where}
columns:
{columns}expect:
  unique: [{key}]
"""
CONTACT_COLUMNS = ("contact_id", "first_name", "last_name", "phone", "email", "tags", "status")


def audience(name: str, attributes: Mapping[str, Attribute]) -> str:
    """A segment for a broadcast: consented, not blocked, one address each."""
    asked = [
        each
        for each, own in attributes.items()
        if own.merge is AttributeMerge.MOST_RESTRICTIVE and own.type is AttributeType.BOOLEAN
    ]
    consent = "".join(CONSENT.format(name=each) for each in asked) or NO_CONSENT
    return AUDIENCE.format(name=name, consent=consent)


def crm_upsert(name: str, attributes: Mapping[str, Attribute]) -> str:
    """A segment of changes by the id that another system knows people by, or by contact_id where there is none."""
    ids = [
        each
        for each, own in attributes.items()
        if (own.exclusive or own.role is MatchRole.EXACT_ID) and not own.is_list
    ]
    key = f"attr.{ids[0]}" if ids else "contact_id"
    where = f"{{field: {key}, op: is_set}}" if ids else "{all: []}"
    names = dict.fromkeys((key, *CONTACT_COLUMNS, *(f"attr.{each}" for each in attributes)))
    return CRM_UPSERT.format(name=name, key=key, where=where, columns="".join(f"  - {each}\n" for each in names))


EXAMPLES = {"audience": audience, "crm_upsert": crm_upsert}
