import gzip
import json

import pytest

from pipelines.privacy.files.kinds import Kind, kind_of
from tests.pipelines.privacy.files.items import item

MAIL = b"From: a@example.org\nTo: b@example.org\nSubject: x\nDate: y\n\nHi\n"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        ("[12.03.24, 14:05:01] Bob: Hi\n", "_chat.txt", Kind.CHAT),
        ("\ufeff\u200e[12.03.24, 14:05:01] Bob: Hi\n", "_chat.txt", Kind.CHAT),
        ("12/31/24, 2:05 PM - Bob: Hi\n", "x.txt", Kind.CHAT),
        ("[1, 2]", "x.txt", Kind.JSON),
        (json.dumps({"a": {"b": 1}}, indent=1), "x", Kind.JSON),
        ('{"a": 1}\n{"a": 2}\n', "x.json", Kind.JSON_LINES),
        ("a,b\n1,2\n", "x", Kind.TABLE),
        ("email\nx@example.org\n", "x.csv", Kind.TABLE),
        ("a\tb\n1\t2\n".encode("utf-16"), "x.csv", Kind.TABLE),
        ("Dear all\n", "x.txt", Kind.OTHER),
        ("", "x.csv", Kind.TABLE),
        (MAIL, "x", Kind.MAIL),
        (b"From x@y Mon Mar  4 05:06:07 2026\n" + MAIL, "x", Kind.MAILBOX),
        ("BEGIN:VCARD\nEND:VCARD\n", "x", Kind.CARDS),
        ("BEGIN:VCARD\nEND:VCARD\n".encode("utf-16"), "x", Kind.CARDS),
        ("<?xml version='1.0'?>\n<smses count='1'>", "x.xml", Kind.SMS),
        ("<?xml version='1.0'?>\n<a/>", "x", Kind.XML),
        ("<!DOCTYPE html><p>x", "x", Kind.PAGE),
        (gzip.compress(b"x"), "x.gz", Kind.GZIP),
        (b"%PDF-1.7\n\0\0", "x.pdf", Kind.OTHER),
    ],
)
def test_a_file_is_of_the_kind_that_its_first_bytes_say(content: str | bytes, name: str, kind: Kind) -> None:
    assert kind_of(item(content if isinstance(content, bytes) else content.encode(), name)) is kind
