"""What kind of file something is, and how that kind is rewritten."""

import re
from enum import StrEnum
from typing import BinaryIO
from zipfile import ZipFile

from pipelines.privacy.files import opaque
from pipelines.privacy.files.json import documents
from pipelines.privacy.files.messages import html_download, mail, sms_backup, whatsapp_chat
from pipelines.privacy.files.outcome import Done, Item, Rewriter, Wanted
from pipelines.privacy.files.packed import gzip, tar
from pipelines.privacy.files.packed import zip as zipped
from pipelines.privacy.files.tables import cards as address_book
from pipelines.privacy.files.tables import delimited, parquet, workbook
from pipelines.read.containers.json_lines import FAILS, fast
from pipelines.read.containers.tar import GZIP, is_tar
from pipelines.read.containers.zip import BROKEN
from pipelines.read.core.batch import Sample
from pipelines.read.csv.code_pages import unmarked_utf16
from pipelines.read.csv.header import DELIMITERS
from pipelines.read.mail import eml, mbox
from pipelines.read.vcard import cards

START = 1 << 16  # bytes that tell the kind
TABLES = (".csv", ".tsv", ".tab")
LINES = (".jsonl", ".ndjson")
WORKBOOK = "xl/workbook.xml"
ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
FEWEST = 2  # lines with as many delimiters as the first, from which a text is a table
XML = (".xml", ".rels", ".vml")
_SPACE = b" \t\r\n"
_BLANK = b"\xef\xbb\xbf" + _SPACE
_BOM = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*")


class Kind(StrEnum):
    """Kinds of files."""

    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    WORKBOOK = "workbook"
    PARQUET = "Parquet"
    SMS = "SMS backup"
    PAGE = "HTML"
    XML = "XML"
    CARDS = "vCard"
    MAILBOX = "mbox"
    MAIL = "mail"
    JSON = "JSON"
    JSON_LINES = "JSON lines"
    CHAT = "WhatsApp chat"
    TABLE = "delimited text"
    OTHER = "other"


LISTS = (
    *("contacts_csv", "google_contacts", "hubspot_contacts", "outlook_contacts", "salesforce_contacts"),
    *("facebook_leads", "chatwoot_contacts"),
)
OF_FORMATS = dict.fromkeys(LISTS, Kind.TABLE) | {"mbox": Kind.MAILBOX, "eml": Kind.MAIL, "maildir": Kind.MAIL}


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write an item, whatever it is, without a person.

    Raises:
        Unreachable: for what holds the person and cannot be rewritten.
    """
    kind = kind_of(item, wanted.format)
    return REWRITERS[kind](item, out, wanted._replace(format=None))  # which says nothing of what is packed in it


def kind_of(item: Item, form: str | None = None) -> Kind:
    """The kind of an item, by its first bytes and its name, and where these say nothing by the format of its source."""
    kind = _kind_of(item)
    if kind is not Kind.OTHER or form not in OF_FORMATS:
        return kind
    with item.open() as stream:
        return kind if b"\0" in stream.read(START) else OF_FORMATS[form]


def _kind_of(item: Item) -> Kind:
    with item.open() as stream:
        start = stream.read(START)
    if start.startswith(ZIPS):
        return Kind.WORKBOOK if _is_workbook(item) else Kind.ZIP
    if is_tar(start):
        return Kind.TAR
    if start.startswith((GZIP, parquet.PARQUET)):
        return Kind.GZIP if start.startswith(GZIP) else Kind.PARQUET
    return _kind_of_text(item, start)


def _kind_of_text(item: Item, start: bytes) -> Kind:
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")) and not unmarked_utf16(start[:64]):
        return Kind.OTHER
    if cards.encoding_of(start):
        return Kind.CARDS
    if sms_backup.is_backup(start):
        return Kind.SMS
    if html_download.is_page(start):
        return Kind.PAGE
    if item.ending in XML or start.lstrip(_BLANK).startswith(b"<?xml"):
        return Kind.XML
    sample = Sample(item.name, start, folders=item.within)
    if mbox.detects(sample):
        return Kind.MAILBOX
    if eml.detects(sample):
        return Kind.MAIL
    if whatsapp_chat.is_chat(start):  # an iPhone's begins with a bracket, as JSON may
        return Kind.CHAT
    bare = _BOM.sub(b"", start, count=1)
    if bare.startswith((b"{", b"[")):
        return Kind.JSON_LINES if item.ending in LINES or _is_lines(bare) else Kind.JSON
    return Kind.TABLE if item.ending in TABLES or _is_table(start) else Kind.OTHER


def _is_workbook(item: Item) -> bool:
    try:
        with item.open() as stream, ZipFile(stream) as file:
            return WORKBOOK in file.namelist()
    except BROKEN:
        return False


def _is_lines(start: bytes) -> bool:
    """Whether the first line is a value of its own and another follows."""
    first, end, rest = start.partition(b"\n")
    if not end or not rest.lstrip(_SPACE).startswith((b"{", b"[")):
        return False
    try:
        fast.decode(first)
    except FAILS:
        return False
    return True


def _is_table(start: bytes) -> bool:
    """Whether the first lines have the same number of a delimiter."""
    lines = [line for line in start.decode("utf-8", "replace").splitlines()[:FEWEST] if line.strip()]
    return len(lines) == FEWEST and any(0 < lines[0].count(each) == lines[1].count(each) for each in DELIMITERS)


def _zip(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    return zipped.rewrite(item, out, wanted, rewrite)


def _tar(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    return tar.rewrite(item, out, wanted, rewrite)


def _gzip(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    return gzip.rewrite(item, out, wanted, rewrite)


REWRITERS: dict[Kind, Rewriter] = {
    Kind.ZIP: _zip,
    Kind.TAR: _tar,
    Kind.GZIP: _gzip,
    Kind.PARQUET: parquet.rewrite,
    Kind.SMS: sms_backup.rewrite,
    Kind.PAGE: html_download.rewrite,
    Kind.XML: opaque.rewrite,
    Kind.WORKBOOK: workbook.rewrite,
    Kind.CARDS: address_book.rewrite,
    Kind.MAILBOX: mail.rewrite_mailbox,
    Kind.MAIL: mail.rewrite_mail,
    Kind.JSON: documents.rewrite_document,
    Kind.JSON_LINES: documents.rewrite_lines,
    Kind.CHAT: whatsapp_chat.rewrite,
    Kind.TABLE: delimited.rewrite,
    Kind.OTHER: opaque.rewrite,
}
