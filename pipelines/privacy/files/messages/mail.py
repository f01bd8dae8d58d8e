"""Mails without a person: those with them alone go, others lose their address and name in the headers."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.messages.mail_text import texts_of
from pipelines.privacy.files.outcome import ERASED, Done, Item, Unreachable, Wanted
from pipelines.privacy.needles import find, find_names, find_texts
from pipelines.privacy.redact import redacted
from pipelines.read.mail.entry import MAX_MAIL
from pipelines.read.mail.headers import HEADER_CHARACTERS, addresses, words
from pipelines.read.mail.mbox import as_they_stand
from pipelines.read.mail.parts import BROKEN, Part, Unbounded, mail_of

AUTHORS = ("from", "sender", "reply-to", "x-original-from", "x-original-sender", "resent-from")
RECIPIENTS = ("to", "cc", "bcc", "resent-to", "resent-cc")
BATCH_BYTES = 16 << 20  # of mails that are judged together
BATCH_MAILS = 2_000
OPENING = re.compile(rb"\A(?:\xef\xbb\xbf)?[ \t\r\n]*(?:From[ \r\n][^\n]*\n)?")  # of a mail in a mailbox
_FIELD = re.compile(rb"([!-9;-~]++[ \t]*+:)?([^\n]*+(?:\n[ \t][^\n]*+)*+)(\n?)")
_ENCODED = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=(?:\s+=\?[^?\s]+\?[BbQq]\?[^?]*\?=)*")


class _Mail(NamedTuple):
    """A mail: its bytes, where its headers begin and end, and the texts in which the person is looked for."""

    data: bytes
    begins: int
    ends: int
    authors: str
    recipients: list[str]
    headers: str
    texts: list[str]


def rewrite_mail(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write one mail; see `rewrite_mailbox`."""
    with item.open() as stream:
        data = stream.read(MAX_MAIL + 1)
    if len(data) > MAX_MAIL:
        raise Unreachable(f"a mail larger than {MAX_MAIL >> 20} MB")
    return _write(out, [_read(data)], wanted)


def rewrite_mailbox(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a mailbox without a person; every other mail stays byte for byte.

    Mails that they wrote go, and so do those to them alone, and those whose text is one of theirs. Where they are one
    of several recipients, or are named in another header, ERASED stands for address and name. What others wrote stays.

    Raises:
        Unreachable: for a mail that is too large, or whose parts cannot be told.
    """
    done = Done()
    with item.open() as stream:
        try:
            for batch in _batches(stream):
                told = _write(out, batch, wanted)
                done = done.with_(told)._replace(kept=done.kept + told.kept)
        except DeliveryRefused as refused:
            raise Unreachable(refused.way_out) from None
    return done


def _batches(stream: BinaryIO) -> Iterator[list[_Mail]]:
    batch: list[_Mail] = []
    size = 0
    for data in as_they_stand(stream):
        batch.append(_read(data))
        size += len(data)
        if size > BATCH_BYTES or len(batch) == BATCH_MAILS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read(data: bytes) -> _Mail:
    opening = OPENING.match(data)
    begins = opening.end() if opening else 0
    try:
        mail = mail_of(data[begins:])
        texts = list(texts_of(mail))
    except (Unbounded, *BROKEN):
        raise Unreachable("a mail whose parts cannot be told") from None
    headers = data[: begins + mail.start].decode("utf-8", "replace")
    unfolded = re.sub(r"\r?\n[ \t]+", " ", headers)
    decoded = "\n".join(words(line) for line in unfolded.splitlines())
    authors = " ; ".join(_addresses(mail, AUTHORS))
    return _Mail(data, begins, begins + mail.start, authors, _addresses(mail, RECIPIENTS), decoded, texts)


def _addresses(mail: Part, names: Sequence[str]) -> list[str]:
    """Addresses in some headers; of one too long to be parsed, the text."""
    found: list[str] = []
    for name in names:
        for value in mail.head.get(name, ()):
            listed = [each.address for each in addresses({name: [value]}, name)]
            is_whole = listed and len(value) < HEADER_CHARACTERS
            found += listed if is_whole else value.decode("utf-8", "replace").split(",")
    return found


def _write(out: BinaryIO, mails: Sequence[_Mail], wanted: Wanted) -> Done:
    gone, in_headers, mentions = _judged(mails, wanted)
    erased = 0
    for mail, is_gone, is_in_headers in zip(mails, gone, in_headers, strict=True):
        if is_gone:
            continue
        if is_in_headers:
            headers, count = _without(mail, wanted)
            erased += count
            out.write(headers + mail.data[mail.ends :])
        else:
            out.write(mail.data)
    removed = sum(gone)
    return Done(removed, erased, sum(mentions), len(mails) - removed)


def _judged(mails: Sequence[_Mail], wanted: Wanted) -> tuple[list[bool], list[bool], list[bool]]:
    """Of each mail, whether it goes, whether a header names the person, and whether what others wrote does."""
    needles = wanted.needles
    wrote = find(needles, series(mail.authors for mail in mails)).to_list()
    recipients = _by_mail([mail.recipients for mail in mails], lambda texts: find(needles, texts))
    alone = [bool(each) and all(each) for each in recipients]
    theirs = _by_mail([mail.texts for mail in mails], lambda texts: find_texts(needles, texts))
    gone = [a or b or any(c) for a, b, c in zip(wrote, alone, theirs, strict=True)]
    headers = series(mail.headers for mail in mails)
    in_headers = find(needles, headers).to_list()
    named = find_names(needles, headers).to_list()
    written = _by_mail([mail.texts for mail in mails], lambda texts: find(needles, texts) | find_names(needles, texts))
    if wanted.names_are_theirs:
        in_headers = [a or b for a, b in zip(in_headers, named, strict=True)]
    mentions = [
        not is_gone and (any(texts) or (is_named and not is_in_headers))
        for is_gone, texts, is_named, is_in_headers in zip(gone, written, named, in_headers, strict=True)
    ]
    return gone, in_headers, mentions


def _by_mail(texts: Sequence[Sequence[str]], ask: Callable[[pl.Series], pl.Series]) -> list[list[bool]]:
    """What is asked of each text, by mail."""
    answers = iter(ask(series(text for some in texts for text in some)).to_list())
    return [[next(answers) for _ in some] for some in texts]


def _without(mail: _Mail, wanted: Wanted) -> tuple[bytes, int]:
    """The headers of a mail, with the line that opens it, without the person; and at how many places they were."""
    opening, erased = _redacted(mail.data[: mail.begins], wanted)
    at = mail.begins
    written = [opening]
    while at < mail.ends and (field := _FIELD.match(mail.data, at, mail.ends)):  # or a line that is none
        value, count = _redacted(field[2], wanted)
        written += [field[1] or b"", value, field[3]]
        erased += count
        at = field.end()
    return b"".join(written), erased


def _redacted(value: bytes, wanted: Wanted) -> tuple[bytes, int]:
    """A header without the person; names go only where an identifier is, or where they are known to be theirs."""
    text = value.decode("utf-8", "surrogateescape")
    readable = words(" ".join(text.split()))
    held = find(wanted.needles, series([readable])).any()
    if not held and not (wanted.names_are_theirs and find_names(wanted.needles, series([readable])).any()):
        return value, 0
    erased = 0

    def bare(encoded: re.Match[str]) -> str:
        nonlocal erased
        plain = words(" ".join(encoded[0].split()))
        without, count = redacted(wanted.needles, plain)
        erased += count
        return ERASED if without != plain else encoded[0]

    text, count = redacted(wanted.needles, _ENCODED.sub(bare, text))
    return text.encode("utf-8", "surrogateescape"), erased + count
