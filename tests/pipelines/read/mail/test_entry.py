from typing import Any

import pytest

from pipelines.read.core.frames import Entry, Message, Person, Rejected, Thread, Tied, Topic
from pipelines.read.mail import entry
from pipelines.read.mail.entry import Piece, entries
from pipelines.read.mail.source import Mails

MAIL = b"""From: Anna Berg <anna@example.com>
To: support@acme.example
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <1@m>
Subject: Offer

hello
"""


def told(data: bytes, *, options: dict[str, Any] | None = None, **piece: Any) -> list[Entry]:
    own = {"own_addresses": ["@acme.example"]} | (options or {})
    return list(entries(Piece(4, data, **piece), Mails(format="mbox", path="x", **own)))


def message(data: bytes, **piece: Any) -> Message:
    [found] = [each for each in told(data, **piece) if isinstance(each, Message)]
    return found


def refused(data: bytes, **piece: Any) -> Rejected:
    [found] = told(data, **piece)
    assert isinstance(found, Rejected)
    return found


def headed(*lines: bytes) -> bytes:
    """The mail with other headers: those of the same name are replaced."""
    names = {line.partition(b":")[0] for line in lines}
    head, _, text = MAIL.partition(b"\n\n")
    kept = [line for line in head.splitlines() if line.partition(b":")[0] not in names]
    return b"\n".join([*kept, *lines]) + b"\n\n" + text


def test_a_mail_is_a_message_of_a_thread_with_a_person_and_a_topic() -> None:
    thread, person, topic, found = told(MAIL)
    assert thread == Thread("thread:1@m", thread.channel, "Offer", inbox="support@acme.example")  # type: ignore[union-attr]
    assert isinstance(person, Person)
    assert isinstance(topic, Topic)
    assert isinstance(found, Message)
    assert (person.name, person.line, person.channel) == ("Anna Berg", 4, "email")
    assert (topic.conversation, topic.person, topic.title, topic.alone) == (
        "thread:1@m",
        person.record_id,
        "Offer",
        False,
    )
    assert (found.line, found.conversation, found.person) == (4, "thread:1@m", person.record_id)
    assert (found.direction, found.sender, found.kind, found.text) == ("inbound", "Anna Berg", "text", "hello")
    assert found.sent.instant == topic.sent


def test_the_same_mail_has_the_same_key_however_it_was_sent_on() -> None:
    key = message(MAIL).key
    assert key.startswith("mid:1@m|")
    added = MAIL.replace(b"Subject", b"Received: by a; Mon, 2 Mar 2026 11:00:00 +0000\nSubject")
    same = [added, headed(b"To: Support <SUPPORT@acme.example>"), headed(b"Date: Mon, 2 Mar 2026 11:00:00 +0100")]
    same += [
        MAIL.replace(b"hello", b"hel lo"),
        headed(b"From: A. Berg <Anna@example.com>"),
        headed(b"Subject: Re: Offer"),
    ]
    assert {message(each).key for each in same} == {key}


@pytest.mark.parametrize(
    "line",
    [
        *(b"Message-ID: <2@m>", b"Date: Mon, 2 Mar 2026 10:00:01 +0000", b"Date: soon", b"From: ben@example.com"),
        *(b"To: sales@acme.example", b"Cc: cleo@example.com", b"Subject: Other", b"X-Original-From: ben@example.com"),
    ],
)
def test_another_mail_has_another_key(line: bytes) -> None:
    assert message(headed(line)).key != message(MAIL).key
    assert message(MAIL.replace(b"hello", b"hullo")).key != message(MAIL).key


def test_a_mail_without_an_id_is_known_by_what_it_says() -> None:
    key = message(headed(b"Message-ID:")).key
    assert key.startswith("hash:")
    others = [headed(b"Message-ID:", line) for line in (b"Subject: x", b"Date: soon", b"From: ben@example.com")]
    others.append(headed(b"Message-ID:").replace(b"hello", b"hullo"))
    assert len({key, *(message(each).key for each in others)}) == 5


def test_a_mail_lies_in_the_thread_of_the_first_it_answers_and_ties_the_others_to_it() -> None:
    found = told(headed(b"References: <a@m> <b@m>", b"Subject: Re: Offer"))
    assert [each.other for each in found if isinstance(each, Tied)] == ["thread:b@m", "thread:1@m"]
    assert message(headed(b"References: <a@m> <b@m>")).conversation == "thread:a@m"
    gmail = told(headed(b"References: <a@m>", b"X-GM-THRID: 17"))
    assert [each.other for each in gmail if isinstance(each, Tied)] == ["thread:1@m"]
    assert [each.key for each in gmail if isinstance(each, Thread)] == ["thrid:17"]


@pytest.mark.parametrize(
    ("lines", "alone"),
    [
        ((b"Subject: Re: Offer",), True),
        ((b"Subject: Offer",), False),
        ((b"Subject: Re: Offer", b"In-Reply-To: <a@m>"), False),
        ((b"Subject: Re: Offer", b"X-GM-THRID: 17"), False),
    ],
)
def test_an_answer_that_does_not_say_to_what_is_alone(lines: tuple[bytes, ...], alone: bool) -> None:
    assert [each.alone for each in told(headed(*lines)) if isinstance(each, Topic)] == [alone]


@pytest.mark.parametrize("lines", [(b"Subject:",), (b"Subject: Re: ",), (b"Date: soon",)])
def test_without_a_subject_or_a_time_there_is_no_topic(lines: tuple[bytes, ...]) -> None:
    assert [type(each) for each in told(headed(*lines))] == [Thread, Person, Message]


def test_a_bounce_has_no_person() -> None:
    found = message(headed(b"From: MAILER-DAEMON@example.com"))
    assert (found.kind, found.person) == ("bounce", None)


def test_a_mail_of_files_alone_is_media() -> None:
    data = headed(b'Content-Type: application/pdf; name="a.pdf"')
    found = message(data)
    assert (found.kind, found.text, found.attachments[0].name) == ("media", None, "a.pdf")


# what is left out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "piece"),
    [
        ((b"X-Gmail-Labels: Inbox,Spam",), {}),
        ((b'X-Gmail-Labels: "Trash"',), {}),
        ((b"X-Gmail-Labels: =?utf-8?q?Papierkorb?=",), {}),
        ((b'X-Gmail-Labels: "a" b",Spam',), {}),
        ((), {"labels": frozenset({"Drafts"})}),
        ((), {"dropped": True}),
    ],
)
def test_mails_with_a_label_to_skip_and_dropped_ones_are_skipped(
    lines: tuple[bytes, ...], piece: dict[str, Any]
) -> None:
    found = refused(headed(*lines), **piece)
    assert (found.line, found.code, found.outcome) == (4, "MAIL_LABEL_SKIPPED", "skipped")
    assert found.raw.startswith("From: Anna Berg")
    assert "hello" not in found.raw


def test_what_is_to_be_skipped_is_said_by_the_source() -> None:
    assert message(headed(b"X-Gmail-Labels: Spam"), options={"skip_labels": ["Private"]}).text == "hello"
    assert refused(headed(b"X-Gmail-Labels: Private"), options={"skip_labels": ["private"]}).outcome == "skipped"
    assert message(headed(b"X-Gmail-Labels: Inbox")).text == "hello"


def test_what_is_no_mail_is_refused() -> None:
    assert refused(b"hello").expected == "headers such as From, Date and Message-ID"
    assert refused(b"X: 1\n" * 1_001).code == "LIMIT_EXCEEDED"
    found = refused(MAIL, overlong=True)
    assert (found.line, found.code, found.expected) == (4, "LIMIT_EXCEEDED", "a mail of at most 80 MB")
    assert found.raw == MAIL.decode()


def test_a_text_may_be_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "MAX_WORDS", 5)
    assert message(MAIL).text == "hello"
    found = refused(MAIL.replace(b"hello", b"hellos"))
    assert (found.code, found.expected) == ("LIMIT_EXCEEDED", "a text of at most 5 characters")


def test_the_line_that_opens_a_mail_dates_it_where_nothing_else_does() -> None:
    found = message(headed(b"Date:"), envelope=b"From anna Mon Mar  2 09:00:00 2026")
    assert found.sent.instant is not None
    assert found.sent.instant.hour == 9


def test_a_mail_of_words_and_files_is_text_and_so_is_one_of_nothing() -> None:
    parts = b"--b\n\nhello\n--b\nContent-Type: application/pdf; name=a.pdf\n\nx\n--b--\n"
    found = message(headed(b"Content-Type: multipart/mixed; boundary=b").replace(b"\nhello\n", parts))
    assert (found.kind, found.text, len(found.attachments)) == ("text", "hello", 1)
    assert (message(MAIL.replace(b"hello", b"")).kind, message(MAIL.replace(b"hello", b"")).text) == ("text", None)
