"""Whom Front's conversations are held with: handles, and the contacts they belong to."""

from collections.abc import Mapping
from typing import Any

from pipelines.read.core.frames import Identifier, Person
from pipelines.read.helpdesk.common import channel_of, ident, known_by, mapping, words
from schemas.vocabulary import Channel, IdentifierType

EVERYWHERE = {
    Channel.EMAIL: IdentifierType.EMAIL,
    Channel.PHONE: IdentifierType.PHONE,
    Channel.SMS: IdentifierType.PHONE,
    Channel.WHATSAPP: IdentifierType.WA_ID,
}
ON_A_PAGE = {Channel.FACEBOOK: IdentifierType.PSID, Channel.INSTAGRAM: IdentifierType.IGSID}


def party(fields: Mapping[str, Any], channel: Channel, own: Any, line: int | None) -> Person | None:
    """A recipient as a person: the contact it links to, else its handle. `own` is the company's handle beside it."""
    handle = words(fields.get("handle")) or ident(fields.get("handle"))
    link = mapping(mapping(fields.get("_links")).get("related")).get("contact")
    contact = ident(link.rpartition("/")[2]) if isinstance(link, str) else None
    if not contact and not handle:
        return None
    found = handle_identifiers(handle, channel.value, own, "recipients")
    key = f"front:contact:{contact}" if contact else f"front:handle:{channel.value}:{str(handle).lower()}"
    return Person(key, channel, words(fields.get("name")), found, line)


def handle_identifiers(handle: Any, source: str, own: Any, field: str) -> tuple[Identifier, ...]:
    """What a handle of a source such as `email` or `twitter` is; one that is unique on a page is nothing without it."""
    channel = channel_of(source)
    if kind := EVERYWHERE.get(channel):
        return known_by((kind, handle, field))
    raw, page = words(handle) or ident(handle), words(own) or ident(own)
    if raw and page and (kind := ON_A_PAGE.get(channel)):
        return (Identifier(kind, raw, field, page),)
    if raw and source in ("twitter", "telegram"):
        return (Identifier(IdentifierType.USERNAME, raw, field, source),)
    return ()
