"""Published views of contacts: who they are, what they are known by, and where each value comes from."""

from schemas.published.contract import (
    CONTACT_ID,
    DECIDED_AT,
    DECIDED_BY,
    DELIVERY,
    FILE,
    FLAG,
    LINE_NUMBER,
    PERSON,
    ROW,
    ROW_NUMBER,
    SOURCE,
    TEXT,
    TEXTS,
    TIME,
    UUID,
    Column,
    Mask,
    View,
)
from schemas.vocabulary import Pii


def folded(name: str, what: str) -> Column:
    """The folded form of a text column, `name_folded` of `name`."""
    return Column(f"{name}_folded", TEXT, f"{what}, folded for comparing", Pii.DIRECT, (name,))


CONTACTS = View(
    "contacts",
    "A contact: one row per person",
    (
        Column("contact_id", UUID, "Id, stable as long as the contact's first record is in it", Pii.KEYED),
        Column("name", TEXT, "Full name", Pii.DIRECT, ("first_name", "last_name"), Mask.NAME),
        folded("name", "Full name"),
        Column("first_name", TEXT, "Given name", Pii.DIRECT, ("name",), Mask.NAME),
        folded("first_name", "Given name"),
        Column("last_name", TEXT, "Family name", Pii.DIRECT, ("name",), Mask.NAME),
        folded("last_name", "Family name"),
        Column("phone", TEXT, "Primary phone number, E.164", Pii.DIRECT, (), Mask.PHONE),
        Column("phone_digits", TEXT, "Primary phone number, digits only", Pii.DIRECT, ("phone",)),
        Column("phones", TEXTS, "All phone numbers, the primary one first", Pii.DIRECT, ("phone",), Mask.PHONE),
        Column("email", TEXT, "Primary e-mail address, in lower case", Pii.DIRECT, (), Mask.EMAIL),
        folded("email", "Primary e-mail address"),
        Column("emails", TEXTS, "All e-mail addresses, the primary one first", Pii.DIRECT, ("email",), Mask.EMAIL),
        Column("emails_folded", TEXTS, "All e-mail addresses, folded for comparing", Pii.DIRECT, ("emails",)),
        Column("source", TEXT, "Channel of the first interaction, or import:<source>", Pii.NONE),
        Column("first_seen_at", TIME, "First interaction, or first time a record was seen", Pii.QUASI, (), Mask.MONTH),
        Column("last_interaction_at", TIME, "Last message in either direction", Pii.QUASI, (), Mask.MONTH),
        Column("last_inbound_at", TIME, "Last message from the contact", Pii.QUASI, (), Mask.MONTH),
        Column("last_outbound_at", TIME, "Last message to the contact", Pii.QUASI, (), Mask.MONTH),
        Column("status", TEXT, "blocked, active or inactive", Pii.NONE),
        Column("status_reason", TEXT, "Why it has that status", Pii.NONE),
        Column("status_since", TIME, "Since when it has that status", Pii.QUASI, (), Mask.MONTH),
        Column("status_as_of", TIME, "The time the status was computed for", Pii.NONE),
        Column("tags", TEXTS, "Tags, sorted", Pii.QUASI),
        Column("tags_folded", TEXTS, "Tags, folded for comparing, in the same order", Pii.QUASI, ("tags",)),
        Column("channels", TEXTS, "Channels it was talked to on, sorted", Pii.QUASI),
        Column(
            "attributes",
            "MAP(VARCHAR, VARCHAR)",
            "Custom attributes by name, as shown; a list is one text with `; ` between its values",
            Pii.QUASI,
            ("attributes.value_text",),
            Mask.WORDS,
        ),
        Column("records", ROW, "How many source records it is made of", Pii.NONE),
    ),
)

IDENTIFIERS = View(
    "identifiers",
    "Something a contact is known by: a phone number, an e-mail address, an id on a channel",
    (
        CONTACT_ID,
        Column("type", TEXT, "Kind of identifier, such as phone, email, wa_id or external_id", Pii.NONE),
        Column("scope", TEXT, "Where the value is unique; empty for everywhere", Pii.NONE),
        Column("value", TEXT, "The identifier, normalised", Pii.DIRECT, (), Mask.WORDS),
        Column("value_folded", TEXT, "The identifier, folded for comparing", Pii.DIRECT, ("value",)),
        Column("digits", TEXT, "Digits of a phone or WhatsApp number", Pii.DIRECT, ("value",)),
        Column("is_primary", FLAG, "Whether it is the contact's phone or e-mail address", Pii.NONE),
        Column("validity", TEXT, "valid, possible or invalid", Pii.NONE),
        SOURCE,
        DELIVERY,
        FILE,
        ROW_NUMBER,
        LINE_NUMBER,
        DECIDED_BY,
        DECIDED_AT,
    ),
)

SEARCH = View(
    "search",
    "What a contact is searched by: words between single spaces, in small letters without accents",
    (
        CONTACT_ID,
        Column("names", TEXT, "Words of the full name", Pii.DIRECT, ("contacts.name",)),
        Column(
            "text",
            TEXT,
            "Words of names, identifiers that there are and were, record ids, tags, attributes and notes",
            Pii.DIRECT,
            (
                *("contacts.name", "identifiers.value", "field_provenance.record_id"),
                *("contacts.tags", "attributes.value_text", "notes.text"),
            ),
        ),
    ),
)

TAGS = View(
    "tags",
    "A tag of a contact",
    (
        CONTACT_ID,
        Column("tag", TEXT, "The tag", Pii.QUASI, ("contacts.tags",)),
        Column("tag_folded", TEXT, "The tag, folded for comparing", Pii.QUASI, ("tag",)),
    ),
)

ATTRIBUTES = View(
    "attributes",
    "A value of a custom attribute of a contact; of a list, one row per value",
    (
        CONTACT_ID,
        Column("name", TEXT, "Name of the attribute in onecontact.yaml", Pii.NONE),
        Column("position", ROW, "Among the values of a list, from 1; 1 of a single value", Pii.NONE),
        Column("value_text", TEXT, "The value as shown", Pii.QUASI, (), Mask.WORDS),
        Column("value_folded", TEXT, "The value, folded for comparing", Pii.QUASI, ("value_text",)),
        Column("value_number", "DOUBLE", "The value of a number", Pii.QUASI, ("value_text",)),
        Column("value_date", "DATE", "The value of a date", Pii.QUASI, ("value_text",)),
        Column("value_boolean", FLAG, "The value of a yes or no", Pii.QUASI, ("value_text",)),
    ),
)

FIELD_PROVENANCE = View(
    "field_provenance",
    "A value of a contact, where it was read or who decided it, and the rule that chose it",
    (
        CONTACT_ID,
        Column("field", TEXT, "Field of the contact; custom attributes are attr.<name>", Pii.NONE),
        Column("value", TEXT, "The value", Pii.DIRECT, (), Mask.WORDS),
        Column("rule", TEXT, "Rule that chose it among the candidates", Pii.NONE),
        Column("candidates", ROW, "How many values there were to choose from", Pii.NONE),
        SOURCE,
        Column("record_id", TEXT, "The source's own id of the record", Pii.DIRECT, PERSON, Mask.WORDS),
        DELIVERY,
        FILE,
        ROW_NUMBER,
        LINE_NUMBER,
        DECIDED_BY,
        DECIDED_AT,
        Column("reason", TEXT, "Why that was decided", Pii.DIRECT, (), Mask.WORDS),
    ),
)
