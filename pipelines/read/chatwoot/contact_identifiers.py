"""What Chatwoot's contacts are known by: their own fields, and the ids they have on the channels of inboxes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.read.core.frames import Identifier, Person
from pipelines.read.helpdesk.common import Known, channel_of, ident, known_by, listed, mapping, words
from schemas.vocabulary import Channel, IdentifierType

TOLD = ("name", "email", "phone_number", "identifier", "contact_inboxes")
LAST_TOLD = 4_096  # contacts
PROFILES = ("facebook", "instagram", "telegram", "twitter", "linkedin")

_NUMBER = re.compile(r"\+?\d{5,15}")


def record(contact: str) -> str:
    """The natural key of a contact."""
    return f"chatwoot:contact:{contact}"


def person(
    line: int | None, fields: Mapping[str, Any], channel: Channel, contact_inbox: Mapping[str, Any] | None = None
) -> Person:
    """A contact, with the `contact_inbox` of the conversation it is met in, whose channel is `channel`."""
    own = known_by(
        (IdentifierType.EMAIL, fields.get("email"), "email"),
        (IdentifierType.PHONE, fields.get("phone_number"), "phone_number"),
        (IdentifierType.EXTERNAL_ID, fields.get("identifier"), "identifier"),
    )
    found = [*own, *_profiles(fields)]
    for each in map(mapping, listed(fields.get("contact_inboxes"))):
        inbox = mapping(each.get("inbox"))
        found.extend(_on_channel(each.get("source_id"), channel_of(inbox.get("channel_type")), inbox, inbox.get("id")))
    if contact_inbox:
        found.extend(_on_channel(contact_inbox.get("source_id"), channel, {}, contact_inbox.get("inbox_id")))
    known = tuple(dict.fromkeys(found))
    return Person(record(ident(fields.get("id")) or ""), channel, words(fields.get("name")), known, line)


def met_again(fields: Mapping[str, Any], known: Known) -> bool:
    """Whether the last message of a contact said the same of them. Nearly every one does, and that is quick to see."""
    key, more = ident(fields.get("id")) or "", mapping(fields.get("additional_attributes"))
    told = (*map(fields.get, TOLD), more.get("social_profiles"))
    if known.told.get(key) == told:
        return True
    if len(known.told) >= LAST_TOLD:
        known.told.clear()
    known.told[key] = told
    return False


def _profiles(fields: Mapping[str, Any]) -> Iterator[Identifier]:
    profiles = mapping(mapping(fields.get("additional_attributes")).get("social_profiles"))
    for network in PROFILES:
        if name := words(profiles.get(network)):
            yield Identifier(IdentifierType.USERNAME, name, "social_profiles", network)


def _on_channel(source_id: Any, channel: Channel, inbox: Mapping[str, Any], number: Any) -> Iterator[Identifier]:
    """What a source id is on its channel. An id of a page is unique there; where none is told, in its inbox."""
    raw = ident(source_id)
    if not raw:
        return
    field, on_whatsapp = "source_id", channel is Channel.WHATSAPP or raw.startswith("whatsapp:")
    raw = raw.removeprefix("whatsapp:")
    inbox_id = ident(number)
    page = (
        ident(inbox.get("page_id")) or ident(inbox.get("instagram_id")) or (f"inbox:{inbox_id}" if inbox_id else None)
    )
    scoped = {Channel.FACEBOOK: IdentifierType.PSID, Channel.INSTAGRAM: IdentifierType.IGSID}
    if on_whatsapp and _NUMBER.fullmatch(raw):
        yield Identifier(IdentifierType.WA_ID, raw, field)
    elif on_whatsapp:
        yield Identifier(IdentifierType.WA_USER_ID, raw, field, page or "")
    elif channel is Channel.SMS and _NUMBER.fullmatch(raw):
        yield Identifier(IdentifierType.PHONE, raw, field)
    elif channel is Channel.TELEGRAM:
        yield Identifier(IdentifierType.TELEGRAM_ID, raw, field)
    elif channel is Channel.EMAIL:
        yield from known_by((IdentifierType.EMAIL, raw, field))
    elif channel in scoped and page:
        yield Identifier(scoped[channel], raw, field, page)
