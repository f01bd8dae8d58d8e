"""Copies of one mail are one message, and different mails are different messages, whatever their Message-ID."""

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.pipelines.read.mail.test_files import gzipped, placed, read, tarred, zipped
from tests.pipelines.read.mail.test_separators import read as read_mailbox

ID = "Message-ID: <constant@form.example>\n"
ANN = "From: Ann Form <ann@form.example>\nTo: support@acme.example\nDate: Mon, 16 Nov 2026 10:00:00 +0100\n"
MAIL = f"{ID}{ANN}Subject: bikes\n\nI need a quote.\n"


def keys(folder: Path, *mails: str) -> list[str]:
    members = {f"{number}.eml": mail.encode() for number, mail in enumerate(mails)}
    return read(placed(folder, "a.zip", zipped(members))).messages["key"].to_list()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Ann Form <ann@form.example>", "Bob Form <bob@form.example>"),
        ("Mon, 16", "Tue, 17"),
        ("10:00:00", "10:00:01"),
        ("To: support@acme.example", "To: sales@acme.example"),
        ("Subject: bikes", "Subject: locks"),
        ("I need a quote.", "My order is late."),
    ],
)
def test_another_mail_with_the_same_id_is_kept(tmp_path: Path, was: str, now: str) -> None:
    assert len({*keys(tmp_path, MAIL, MAIL.replace(was, now))}) == 2


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("", ""),
        ("Subject:", "Received: by mx.example; Mon, 16 Nov 2026 09:00:01 +0000\nX-Gmail-Labels: Inbox\nSubject:"),
        ("10:00:00 +0100", "09:00:00 GMT"),
        ("10:00:00 +0100", "10:00:00 +0100 (CET)"),
        ("\n", "\r\n"),
        ("Subject: bikes", "Subject: Re: bikes"),
        ("Subject: bikes", "Subject: =?utf-8?q?bikes?="),
        ("Ann Form <ann@form.example>", "ann@FORM.example"),
        ("From: Ann Form <ann@form.example>", "From: Ann via A <a@acme.example>\nX-Original-Sender: ann@form.example"),
        ("\n\nI need a quote.\n", "\nContent-Transfer-Encoding: base64\n\nSSBuZWVkIGEgcXVvdGUu\n"),
        ("\n\nI need a quote.\n", "\nContent-Type: text/html\n\n<p>I need a quote.</p>\n"),
    ],
)
def test_a_copy_of_a_mail_has_its_key(tmp_path: Path, was: str, now: str) -> None:
    first, second = keys(tmp_path, MAIL, MAIL.replace(was, now))
    assert first == second


people = st.lists(st.integers(0, 8), min_size=1, max_size=8)


@settings(max_examples=examples(60, light=15), deadline=None)
@given(people, st.sampled_from(["one id", "own ids", "none"]), st.sampled_from([zipped, tarred, gzipped, None]))
def test_as_many_people_come_out_as_wrote(who: list[int], ids: str, pack: object) -> None:
    """Mails of invented people in, and each person's words out, once for each mail, in every format."""
    mails = []
    for number in who:
        head = {"one id": ID, "own ids": f"Message-ID: <{number}@form.example>\n", "none": ""}[ids]
        mails.append(f"{head}From: P{number} <p{number}@form.example>\nSubject: x\n\nI am number {number}.\n")
    with tempfile.TemporaryDirectory() as folder:
        if callable(pack):
            members = {f"cur/{place}": mail.encode() for place, mail in enumerate(mails)}
            batch = read(placed(Path(folder), "a.packed", pack(members)))
        else:
            batch = read_mailbox(Path(folder), "".join(f"From \n{mail}\n" for mail in mails))
    assert batch.refused.is_empty()
    assert batch.messages["person"].to_list() == [f"mailto:p{number}@form.example" for number in who]
    assert batch.messages["text"].to_list() == [f"I am number {number}." for number in who]
    assert batch.messages["key"].n_unique() == batch.contacts.height == len({*who})


TEXTS = st.lists(st.sampled_from(["plain", "html", "file", "mail"]), min_size=1, max_size=5)
FORMS = {
    "plain": "Content-Type: text/plain\n\nword{0}",
    "html": "Content-Type: text/html\n\n<p>word{0}</p>",
    "file": "Content-Type: application/pdf; name=word{0}.pdf\n\nx",
    "mail": "Content-Type: message/rfc822\n\nFrom: a@b.example\n\nword{0}",
}


@settings(max_examples=examples(100, light=20), deadline=None)
@given(st.recursive(TEXTS, lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=6))
def test_every_text_of_a_mail_comes_out_however_it_is_nested(tree: list[object]) -> None:
    count, boundaries = itertools.count(), itertools.count()
    texts: list[str] = []
    files: list[str] = []

    def part(node: object) -> str:
        if isinstance(node, str):
            word = f"{next(count)}."
            (files if node == "file" else texts).append(f"word{word}")
            return FORMS[node].format(word)
        boundary = f"b{next(boundaries)}-"
        inner = "".join(f"--{boundary}\n{part(each)}\n" for each in (node if isinstance(node, list) else []))
        return f"Content-Type: multipart/mixed; boundary={boundary}\n\n{inner}--{boundary}--"

    with tempfile.TemporaryDirectory() as folder:
        batch = read(placed(Path(folder), "a.eml", f"From: Ann <ann@form.example>\n{part(tree)}\n".encode()))
    [text], [found] = batch.messages["text"].to_list(), batch.messages["attachments"].to_list()
    words = [word for word in (text or "").split() if word.startswith("word")]
    assert words == texts
    assert [f"{file['name'].removesuffix('.pdf')}" for file in found if file["name"]] == files
