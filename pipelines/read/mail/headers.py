"""Headers of a mail, read so that nothing in them can stop the reader.

Values are cut to a length before they are given to `email.policy.default`, whose parser raises and slows down on
hostile ones, and only those are given to it that the plain forms do not cover.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from pipelines.read.core.frames import Moment
from pipelines.read.core.lines import well_formed
from pipelines.read.mail.parts import BROKEN, HEADER_BYTES, Head, decoded
from schemas.vocabulary import Precision, ZoneSource

HEADER_CHARACTERS = 2_048  # the parsers of the standard library are quadratic in what they are given
YEARS = range(1971, 2100)  # of a clock that was set

_ADDRESS = re.compile(r"[^\s<>\"(),:;\[\]\\@]{1,64}@[^\s<>\"(),:;\[\]\\@]{1,255}")
_PLAIN = re.compile(rf'"?([^"<>@,;:\\()=]*+)"?\s*<({_ADDRESS.pattern})>|({_ADDRESS.pattern})')
_COMMENTED = re.compile(rf"({_ADDRESS.pattern})\s*\(([^()\\=]*+)\)")  # as mails before 2001 have it
_ID = re.compile(r"<([^<>\s]+)>")
_PREFIXES = re.compile(
    r"\s*(?:(?:re|aw|antw|sv|vs|fwd?|wg|tr|rv|res|enc|odp|ynt|rif|r|i)(?:\[\d{1,3}\])?\s{0,3}[:：]\s*)+", re.IGNORECASE
)
# Zones by name, of which the standard library knows those of the United States only. Names of several zones, such as
# IST and AST, are left out; CST and BST are what they mean in mails, those of RFC 5322 and of Britain.
ZONES = {"Z": "+0000", "UTC": "+0000", "WET": "+0000", "WEST": "+0100", "BST": "+0100", "CET": "+0100", "MET": "+0100"}
ZONES |= {"MEZ": "+0100", "CEST": "+0200", "MEST": "+0200", "MESZ": "+0200", "EET": "+0200", "EEST": "+0300"}
ZONES |= {"SAST": "+0200", "MSK": "+0300", "MSD": "+0400", "PKT": "+0500", "WIB": "+0700", "HKT": "+0800"}
ZONES |= {"SGT": "+0800", "AWST": "+0800", "JST": "+0900", "KST": "+0900", "ACST": "+0930", "AEST": "+1000"}
ZONES |= {"ACDT": "+1030", "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300", "BRT": "-0300", "BRST": "-0200"}
ZONES |= {"ART": "-0300", "NDT": "-0230", "NST": "-0330", "AKDT": "-0800", "AKST": "-0900", "HST": "-1000"}
ZONES |= {"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600"}
ZONES |= {"PST": "-0800", "PDT": "-0700", "GMT": "+0000", "UT": "+0000"}
_ZONE = re.compile(r"(?<=\d) *\(?(?P<name>[A-Za-z]{1,4})\)?(?P<year> \d{4})?\s*$")
_OFFSET = re.compile(
    r"\s*\(?(?:(?:GMT|UTC?)\s?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?|(?P<iso>[+-]\d\d:\d\d))\)?\s*$",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"[+-]\d{4}\b(?!-)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]")
_ENVELOPE = re.compile(
    rb"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) +(?P<time>\d{1,2}:\d\d(?::\d\d)?) +"
    rb"(?:(?P<before>[+-]\d{4}) +)?(?P<year>\d{4})(?: +(?P<after>[+-]\d{4}))?"
)


class Address(NamedTuple):
    """A display name, if there is one, and an address as written."""

    name: str | None
    address: str


class Subject(NamedTuple):
    """A subject without marks of answering and forwarding, and whether it had some."""

    title: str | None
    answers: bool


def raw_headers(head: Head, name: str, most: int = HEADER_CHARACTERS) -> Iterator[str]:
    """Values of a header as they stand, unfolded and cut to `most` bytes, in the order of the mail."""
    return (_unfolded(value, most) for value in head.get(name, ()))


def raw_header(head: Head, name: str, most: int = HEADER_CHARACTERS) -> str:
    """The first value of a header as it stands, or an empty string."""
    values = head.get(name)
    return _unfolded(values[0], most) if values else ""


def _unfolded(value: bytes, most: int) -> str:
    return " ".join(decoded(value[:most]).split())


def words(value: str) -> str:
    """A header value with its encoded words decoded."""
    if "=?" not in value:
        return value.strip()
    try:
        return well_formed(str(default.header_fetch_parse("Subject", value[:HEADER_CHARACTERS]))).strip()
    except BROKEN:
        return value.strip()


def addresses(head: Head, name: str) -> tuple[Address, ...]:
    """Addresses in a header, as far as they can be made out."""
    return _addresses(raw_header(head, name))


@lru_cache(2_000)
def _addresses(value: str) -> tuple[Address, ...]:
    if plain := _PLAIN.fullmatch(value):
        return (Address(_display(plain[1]), plain[2] or plain[3]),)
    if commented := _COMMENTED.fullmatch(value):
        return (Address(_display(commented[2]), commented[1]),)
    try:
        parsed = default.header_fetch_parse("To", value)
        found = tuple(Address(_display(a.display_name), well_formed(a.addr_spec)) for a in parsed.addresses)
    except BROKEN:
        found = ()
    valid = tuple(a for a in found if _ADDRESS.fullmatch(a.address))
    return valid or tuple(Address(None, a) for a in _ADDRESS.findall(value))


def message_id(head: Head) -> str | None:
    """The mail's own id without angle brackets."""
    value = raw_header(head, "message-id")
    return (_ID.findall(value) or [value.strip("<> ")])[0] or None


def answered(head: Head) -> list[str]:
    """Ids of the mails it says to answer, the one that began it all first; some name no mail that anybody has.

    Old programs name there whom they answer, by address: such an id would tie together all that a person ever wrote.
    """
    named = [_ID.findall(raw_header(head, name, HEADER_BYTES)) for name in ("references", "in-reply-to")]
    if not any(named):
        return []
    parties = {each for name in ("from", "reply-to", "to", "cc") for each in _ADDRESS.findall(raw_header(head, name))}
    return list(dict.fromkeys(each for ids in named for each in ids if each not in parties))


def subject(head: Head) -> Subject:
    """What a mail is about."""
    return _subject(raw_header(head, "subject"))


@lru_cache(2_000)
def _subject(value: str) -> Subject:
    stated = words(value)
    marks = _PREFIXES.match(stated)
    return Subject((stated[marks.end() :] if marks else stated).strip() or None, marks is not None)


def sent(head: Head, envelope: bytes, zone: tzinfo) -> Moment:
    """When a mail was sent: by its Date, else its first way station, else the line that opens it in the mbox.

    A time without a zone is one of `zone`; -0000 means UTC, by somebody who does not say where they are. A year that is
    none of `YEARS` was written by a broken clock or for a joke, and does not count.
    """
    if moment := _moment(raw_header(head, "date"), zone):
        return moment
    received = [value.rpartition(";")[2] for value in raw_headers(head, "received")]
    for value in reversed(received):
        if moment := _moment(value, zone):
            return moment
    if found := _ENVELOPE.search(envelope[:512]):
        offset = found["before"] or found["after"] or b""
        parts = (found["day"], found["month"], found["year"], found["time"], offset)
        if moment := _moment(b" ".join(parts).decode("ascii"), UTC):
            return moment
    return Moment(None, Precision.SECOND, ZoneSource.ASSUMED)


def sent_at(head: Head) -> datetime | None:
    """The instant of its Date as its sender wrote it; None for one without a zone or that cannot be read."""
    moment = _moment(raw_header(head, "date"), UTC)
    return moment.instant if moment and moment.zone_source is ZoneSource.STATED else None


def with_offset(value: str) -> str:
    """A date with the offset of a zone that it only names, such as CEST; the name of no zone, or of several, stays."""
    if _NUMERIC.search(value):
        return value
    if stated := _OFFSET.search(value):
        offset = stated["iso"] or f"{stated['sign']}{stated['hours']:0>2}{stated['minutes'] or '00'}"
        return f"{value[: stated.start()]} {offset.replace(':', '')}"
    named = _ZONE.search(value)
    known = ZONES.get(named["name"].upper()) if named else None
    return f"{value[: named.start()]}{named['year'] or ''} {known}" if named and known else value


@lru_cache(2_000)
def _moment(value: str, zone: tzinfo) -> Moment | None:
    try:
        parsed = datetime.fromisoformat(value) if _ISO.match(value) else parsedate_to_datetime(with_offset(value[:128]))
        stated = parsed.tzinfo is not None
        wall = parsed if stated else parsed.replace(tzinfo=UTC if "-0000" in value else zone)
        instant: datetime = wall.astimezone(UTC)
    except BROKEN:
        return None
    if instant.year not in YEARS:
        return None
    return Moment(instant, Precision.SECOND, ZoneSource.STATED if stated else ZoneSource.ASSUMED)


def _display(name: str | None) -> str | None:
    shown = well_formed(name or "").strip(" '\"\t")
    return shown if shown and "@" not in shown else None
