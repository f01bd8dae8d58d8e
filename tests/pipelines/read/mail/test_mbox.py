import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.core.batch import Batch
from pipelines.read.mail import mbox
from pipelines.read.mail.entry import MAX_WORDS
from pipelines.read.mail.mbox import FORMAT
from pipelines.read.mail.source import Mails
from schemas import received
from schemas.error_codes import ErrorCode
from tests.examples import examples
from tests.joined import joined

OPENING = "From 1790000000000000001@xxx Mon Sep 15 09:53:20 +0000 2025\n"
ANNAS = "mailto:anna@example.com"
ANNA = "From: Anna Weber <Anna@example.com>\nTo: support@acme.example\n"


def read(path: Path, *, rows: int = 20_000, **options: Any) -> Batch:
    options = {"own_addresses": ["support@acme.example"], "timezone": "Europe/Berlin", **options}
    batches = list(FORMAT.read(path, Mails(format="mbox", path="x", **options), rows=rows))
    for batch in batches:
        received.ContactRow.validate(batch.contacts)
        received.IdentifierRow.validate(batch.identifiers)
        received.Conversation.validate(batch.conversations)
        received.Message.validate(batch.messages)
        received.Tie.validate(batch.ties)
        received.Topic.validate(batch.topics)
        received.Refusal.validate(batch.refused)
    return joined(batches)


def mails(folder: Path, *texts: str | bytes, **options: Any) -> Batch:
    path = folder / "all.mbox"
    data = (text if isinstance(text, bytes) else text.encode() for text in texts)
    path.write_bytes(b"".join(OPENING.encode() + text + b"\n" for text in data))
    return read(path, **options)


def mail(folder: Path, text: str | bytes, **options: Any) -> dict[str, Any]:
    return mails(folder, text, **options).messages.row(0, named=True)


def test_a_mail_received_is_read(tmp_path: Path) -> None:
    text = ANNA + "Subject: Re: AW: Order\nDate: Mon, 15 Sep 2025 11:53:20 +0200\nMessage-ID: <a@x>\n\nWhere is it?\n"
    batch = mails(tmp_path, text)
    assert batch.messages.row(0, named=True) == {
        "row": 1,
        "line": 1,
        "key": batch.messages["key"].item(),
        "conversation": "thread:a@x",
        "person": "mailto:anna@example.com",
        "direction": "inbound",
        "author": "contact",
        "sender": "Anna Weber",
        "kind": "text",
        "text": "Where is it?",
        "sent_at": datetime(2025, 9, 15, 9, 53, 20, tzinfo=UTC),
        "precision": "second",
        "zone_source": "stated",
        "state": None,
        "attachments": [],
        "quoted": [],
    }
    assert batch.conversations.select("key", "channel", "title", "is_group", "inbox").row(0) == (
        "thread:a@x",
        "email",
        "Order",
        False,
        "support@acme.example",
    )
    assert batch.contacts.select("row", "record_id", "channel", "name").row(0) == (
        1,
        "mailto:anna@example.com",
        "email",
        "Anna Weber",
    )
    assert batch.identifiers.row(0) == (1, "email", "", "Anna@example.com", "From")


def test_a_mail_sent_belongs_to_its_first_foreign_recipient(tmp_path: Path) -> None:
    text = "From: support+wa@acme.example\nTo: support@acme.example, Ben <ben@example.com>, c@example.com\n\nx"
    batch = mails(tmp_path, text)
    assert batch.messages.select("person", "direction").row(0) == ("mailto:ben@example.com", "outbound")
    assert batch.contacts["name"].to_list() == ["Ben"]
    assert batch.identifiers["field"].to_list() == ["To"]


def test_a_domain_may_be_the_companys_own(tmp_path: Path) -> None:
    assert mail(tmp_path, "From: x@ACME.example\n\n", own_addresses=["@acme.example"])["direction"] == "outbound"


def test_the_label_of_sent_mail_tells_direction_too(tmp_path: Path) -> None:
    assert mail(tmp_path, "X-Gmail-Labels: Gesendet\nFrom: x@other.example\n\n")["direction"] == "outbound"


def test_a_mail_among_the_company_has_no_person(tmp_path: Path) -> None:
    assert mail(tmp_path, "From: support@acme.example\nTo: support@acme.example\n\n")["person"] is None


def test_an_own_address_that_is_none_is_a_configuration_error() -> None:
    with pytest.raises(ValidationError, match=r"@acme\.example"):
        Mails(format="mbox", path="x", own_addresses=["acme.example"])


@pytest.mark.parametrize(
    ("headers", "thread"),
    [
        ("X-GM-THRID: 179\nReferences: <r1> <r2>\n", "thrid:179"),
        ("References: <r1>\n <r2>\nIn-Reply-To: <i>\n", "thread:r1"),
        ("References: junk\nIn-Reply-To: your mail <i> <j>\n", "thread:i"),
        ("In-Reply-To:\n", "thread:m"),
    ],
)
def test_threads_are_found_by_their_first_mail(tmp_path: Path, headers: str, thread: str) -> None:
    assert mail(tmp_path, headers + "Message-ID: <m>\n\n")["conversation"] == thread


def test_threads_are_tied_by_all_that_a_mail_answers(tmp_path: Path) -> None:
    batch = mails(tmp_path, "References: <r1>\n <r2>\nIn-Reply-To: your mail <i>\nMessage-ID: <m>\n\n")
    assert batch.ties.rows() == [("thread:r1", each) for each in ("thread:r2", "thread:i", "thread:m")]


def test_what_gmail_parted_is_not_tied_by_what_mails_answer(tmp_path: Path) -> None:
    batch = mails(tmp_path, "X-GM-THRID: 179\nReferences: <r1> <r2>\nMessage-ID: <m>\n\n")
    assert batch.ties.rows() == [("thrid:179", "thread:m")]


def test_an_address_where_an_id_should_be_ties_nothing(tmp_path: Path) -> None:
    text = ANNA + "In-Reply-To: Message of Monday from <support@acme.example>\nMessage-ID: <m>\n\n"
    assert mail(tmp_path, text)["conversation"] == "thread:m"


def test_an_answer_that_does_not_say_to_what_is_alone(tmp_path: Path) -> None:
    dated = ANNA + "Date: Mon, 15 Sep 2025 11:53:20 +0200\n"
    texts = (
        f"{dated}Subject: {subject}\n\nx" for subject in ("Order", "AW: Order", "Re: Order\nReferences: <r>", "Re:")
    )
    topics = mails(tmp_path, *texts).topics
    assert topics.select("person", "title", "alone").rows() == [
        ("mailto:anna@example.com", "Order", False),
        ("mailto:anna@example.com", "Order", True),
        ("mailto:anna@example.com", "Order", False),
    ]


def test_a_mail_without_id_has_its_digest_as_key(tmp_path: Path) -> None:
    head = "Date: Mon, 15 Sep 2025 11:53:20 +0200\nFrom: anna@example.com\nSubject: Hi\n"
    digest = hashlib.sha256(b"Mon, 15 Sep 2025 11:53:20 +0200\nanna@example.com\nHi\nbody").hexdigest()
    found = mail(tmp_path, head + "\nbody\n")
    assert (found["key"], found["conversation"]) == (f"hash:{digest}", f"thread:hash:{digest}")


def test_the_same_id_twice_is_the_same_key_twice(tmp_path: Path) -> None:
    again = "Received: by mx.example\nMessage-ID: <m>\n\na\n"
    assert mails(tmp_path, "Message-ID: <m>\n\na", again).messages["key"].n_unique() == 1


@pytest.mark.parametrize(
    ("headers", "instant", "zone"),
    [
        ("Date: Mon, 15 Sep 2025 11:53:20 -0000\n", datetime(2025, 9, 15, 11, 53, 20, tzinfo=UTC), "assumed"),
        ("Date: Mon, 15 Sep 2025 11:53:20\n", datetime(2025, 9, 15, 9, 53, 20, tzinfo=UTC), "assumed"),
        (
            "Date: <HR>\nReceived: b; Mon, 15 Sep 2025 12:00:00 +0000\nReceived: a; Mon, 15 Sep 2025 11:00:00 +0000\n",
            datetime(2025, 9, 15, 11, tzinfo=UTC),
            "stated",
        ),
        ("Subject: x\n", datetime(2025, 9, 15, 9, 53, 20, tzinfo=UTC), "stated"),
        ("Date: Mon, 15 Sep 3609 11:53:20 +0200\n", datetime(2025, 9, 15, 9, 53, 20, tzinfo=UTC), "stated"),
    ],
)
def test_the_time_falls_back_from_date_to_received_to_the_opening_line(
    tmp_path: Path, headers: str, instant: datetime, zone: str
) -> None:
    found = mail(tmp_path, headers + "\n")
    assert (found["sent_at"], found["zone_source"]) == (instant, zone)


def test_a_mail_nothing_dates_has_no_time(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_text("From x\nSubject: x\n\n")
    assert read(tmp_path / "a.mbox").messages["sent_at"].to_list() == [None]


@pytest.mark.parametrize(
    ("headers", "kind", "person"),
    [
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", "bounce", None),
        ("X-Failed-Recipients: x@example.com\n", "bounce", None),
        ("Auto-Submitted: auto-replied\n", "auto_reply", "mailto:anna@example.com"),
        ("X-Autoreply: yes\n", "auto_reply", "mailto:anna@example.com"),
        ("Precedence: bulk\nList-Id: <news.example>\n", "text", None),
        ("Auto-Submitted: no\nList-Id: <support.acme.example>\n", "text", "mailto:anna@example.com"),
        (
            "Content-Type: multipart/report; report-type=disposition-notification\n",
            "auto_reply",
            "mailto:anna@example.com",
        ),
    ],
)
def test_what_machines_write_is_no_act_of_the_customer(
    tmp_path: Path, headers: str, kind: str, person: str | None
) -> None:
    found = mail(tmp_path, ANNA + headers + "\nx")
    assert (found["kind"], found["person"]) == (kind, person)


@pytest.mark.parametrize("header", ["List-Id: News <news.example>", "List-Unsubscribe: <mailto:x@news.example>"])
def test_what_comes_over_a_list_is_kept_and_makes_no_contact(tmp_path: Path, header: str) -> None:
    batch = mails(tmp_path, ANNA + header + "\n\nx")
    assert batch.contacts.is_empty()
    assert batch.messages.select("kind", "author", "person").row(0) == ("text", None, None)
    assert batch.conversations["is_group"].to_list() == [True]


@pytest.mark.parametrize("sender", ["noreply@forms.example", "Web <support@acme.example>", "do-not-reply@acme.example"])
def test_a_web_form_is_written_by_whom_the_answer_goes_to(tmp_path: Path, sender: str) -> None:
    found = mail(tmp_path, f"From: {sender}\nTo: support@acme.example\nReply-To: Anna <anna@example.com>\n\nx")
    assert (found["person"], found["direction"], found["sender"]) == ("mailto:anna@example.com", "inbound", "Anna")


@pytest.mark.parametrize("asked", ["support@acme.example", "a@example.com, b@example.com", "noreply@example.com"])
def test_an_answer_that_goes_to_no_one_stranger_leaves_the_sender_as_they_are(tmp_path: Path, asked: str) -> None:
    text = f"From: noreply@forms.example\nTo: support@acme.example\nReply-To: {asked}\n\nx"
    assert mail(tmp_path, text)["person"] == "mailto:noreply@forms.example"


def test_an_agent_who_wants_answers_elsewhere_still_writes(tmp_path: Path) -> None:
    text = "From: support@acme.example\nTo: Ben <ben@example.com>\nReply-To: ticket@desk.example\n\nx"
    found = mail(tmp_path, text)
    assert (found["person"], found["direction"], found["author"]) == ("mailto:ben@example.com", "outbound", "agent")


def test_a_copy_goes_to_somebody_too(tmp_path: Path) -> None:
    batch = mails(tmp_path, "From: support@acme.example\nTo: support@acme.example\nCc: ben@example.com\n\nx")
    assert batch.identifiers.select("raw", "field").row(0) == ("ben@example.com", "Cc")


def test_attached_files_have_the_digest_of_what_they_hold(tmp_path: Path) -> None:
    text = (
        'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: application/pdf; name="a.pdf"\n'
        "Content-Transfer-Encoding: base64\n\nJVBERi0=\n--b--\n"
    )
    assert mail(tmp_path, text)["attachments"] == [
        {"name": "a.pdf", "type": "application/pdf", "sha256": hashlib.sha256(b"%PDF-").hexdigest()}
    ]


def test_the_mailer_daemon_bounces(tmp_path: Path) -> None:
    assert mail(tmp_path, "From: MAILER-DAEMON@x.example\n\nx")["kind"] == "bounce"
    assert mail(tmp_path, "Return-Path: <>\nSubject: Undelivered\n\nx")["kind"] == "bounce"


def test_what_a_mail_quotes_is_kept_and_marked(tmp_path: Path) -> None:
    found = mail(tmp_path, ANNA + "\nTwo.\n\nOn 15 Sep 2025, Ben wrote:\n> How many?\n")
    assert found["text"] == "Two.\n\nOn 15 Sep 2025, Ben wrote:\n> How many?"
    assert found["quoted"] == [{"start": 6, "length": 38, "kind": "history"}]


def test_an_address_facebook_made_up_is_no_identifier(tmp_path: Path) -> None:
    batch = mails(tmp_path, "From: Anna Weber <1234567890@facebook.com>\n\nx")
    assert batch.contacts["record_id"].to_list() == ["psid:1234567890"]
    assert batch.identifiers.is_empty()


def test_mails_with_a_label_to_skip_are_counted_as_skipped(tmp_path: Path) -> None:
    labels = 'X-Gmail-Labels: =?UTF-8?Q?M=C3=BCll,?=\n =?UTF-8?Q?"Inbox, old"?=\n'
    refused = mails(tmp_path, labels + ANNA + "\nsecret", ANNA + "\nx", skip_labels=["Müll"]).refused
    assert refused.select("row", "outcome", "code").rows() == [(1, "skipped", "MAIL_LABEL_SKIPPED")]
    assert "secret" not in refused["raw"].item()


def test_spam_trash_and_drafts_are_skipped_unless_told_otherwise(tmp_path: Path) -> None:
    texts = [f"X-Gmail-Labels: {label}\n\nx" for label in ("Spam", "Trash", "Drafts", "Draft", "Inbox")]
    batch = mails(tmp_path, *texts)
    assert (batch.refused.height, batch.messages.height) == (4, 1)


def test_escaped_lines_are_restored_and_lines_that_open_no_mail_are_kept(tmp_path: Path) -> None:
    text = ANNA + "\n>From Berlin\n>>From afar\nFrom here on\n"
    assert mail(tmp_path, text)["text"] == "From Berlin\n>From afar\nFrom here on"


def test_a_mail_opens_without_an_empty_line_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(b"From a@example.com Sat Jan  3 01:05:34 1996\r\nSubject: a\r\n\r\na\r\n" * 2)
    assert read(path).messages.select("line", "text").rows() == [(1, "a"), (5, "a")]


@pytest.mark.parametrize(
    "headers",
    [
        b"From: =?x-unknown?Q?=FC?= <anna@example.com>\nTo: a: b;\nSubject: =?NONE?B?VEVTVA=?=\n",
        b'From: "Anna" Weber" <anna@example.com>\nContent-Type: text/plain; charset="\n',
        "From: Anna Müller <anna@example.com>\nSubject: Grüße\n".encode("cp1252"),
        b"From: (((((( anna@example.com\nContent-Transfer-Encoding: nonsense\nContent-Disposition: ;;\n",
        b"From: anna@example.com\nTo: " + b"(" * 50_000 + b"\nMessage-ID: <\n",
        b"From: anna@example.com\nSubject: " + b"x\n " * 3_000_000 + b"\n",
        b"From: anna@example.com\nReferences: " + b"<a@b> " * 100_000 + b"<\n",
        b"From: anna@example.com\0\nSubject: \0\nDate: Mon, 15 Sep 99999999 11:53:20 +9999\n",
    ],
)
def test_broken_headers_stop_nothing(tmp_path: Path, headers: bytes) -> None:
    found = mail(tmp_path, headers + b"\nbody\n")
    assert (found["person"], found["text"]) == ("mailto:anna@example.com", "body")


@pytest.mark.parametrize("stray", ["quite Delivered-To: x", "__\n   <bob@example.com>", "Bob;"])
def test_a_line_that_is_no_header_does_not_end_the_headers_before_those_that_count(tmp_path: Path, stray: str) -> None:
    found = mail(tmp_path, f"Received: x\n{stray}\n{ANNA}Date: Mon, 15 Sep 2025 11:53:20 +0200\n\nbody\n")
    assert (found["person"], found["text"]) == (ANNAS, "body")


def test_words_that_no_empty_line_parts_from_the_headers_are_words(tmp_path: Path) -> None:
    found = mail(tmp_path, f"Date: Mon, 15 Sep 2025 11:53:20 +0200\n{ANNA}Hello\nTo: whom it may concern\n")
    assert found["text"] == "Hello\nTo: whom it may concern"


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Anna Weber <anna@example.com>", "Anna Weber"),
        ('"Weber, Anna" <anna@example.com>', "Weber, Anna"),
        ("anna@example.com (Anna Weber)", "Anna Weber"),
        ("anna@example.com ()", "anna@example.com"),
    ],
)
def test_a_name_stands_before_an_address_or_in_brackets_after_it(tmp_path: Path, sender: str, name: str) -> None:
    found = mail(tmp_path, f"From: {sender}\n\nx")
    assert (found["person"], found["sender"]) == (ANNAS, name)


def test_what_has_no_headers_is_refused_as_unreadable(tmp_path: Path) -> None:
    batch = mails(tmp_path, "\nonly words", ANNA + "\nx")
    assert batch.refused.select("row", "line", "code").rows() == [(1, 1, "MAIL_UNREADABLE")]
    assert batch.messages["row"].to_list() == [2]


def test_overlong_texts_and_mails_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "MAX_MAIL", 1_200_000)
    texts = (ANNA + "\n" + "x" * (MAX_WORDS + 1), ANNA + "\n" + "x" * 1_300_000, ANNA + "\nx")
    batch = mails(tmp_path, *texts)
    assert batch.refused.select("row", "code").rows() == [(1, "LIMIT_EXCEEDED"), (2, "LIMIT_EXCEEDED")]
    assert batch.messages["text"].to_list() == ["x"]


@pytest.mark.parametrize(
    "text",
    [
        "Content-Type: x" + ";" * 20_000 + "\n\nx",
        'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\nx\n" * 10_000,
        'Content-Type: multipart/mixed; boundary="-"\n\n' + "-" * 100_000,
        "x: y\n" * 5_000,
    ],
)
def test_mails_made_to_take_long_are_refused(tmp_path: Path, text: str) -> None:
    assert mails(tmp_path, text).refused["code"].to_list() == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b"\n\n", ErrorCode.FILE_EMPTY),
        (b"Subject: one mail\n\nx", ErrorCode.FILE_FORMAT),
        ("From x\n".encode("utf-16"), ErrorCode.FILE_FORMAT),
    ],
)
def test_files_that_are_no_mailbox_are_refused(tmp_path: Path, data: bytes, code: ErrorCode) -> None:
    (tmp_path / "a.mbox").write_bytes(data)
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path / "a.mbox")
    assert refused.value.code == code


def test_entries_add_up_over_batches(tmp_path: Path) -> None:
    texts = ["\nlost", *(ANNA + f"Message-ID: <{n}>\n\nx" for n in range(5))]
    whole, cut = mails(tmp_path, *texts), mails(tmp_path, *texts, rows=2)
    assert whole.messages.equals(cut.messages)
    assert whole.contacts.equals(cut.contacts)
    assert sorted([*cut.messages["row"], *cut.refused["row"]]) == list(range(1, 7))


PIECES = [
    "From: ",
    "a@b.example",
    "\n",
    "\n\n",
    OPENING,
    "Content-Type: ",
    "multipart/mixed; boundary=b",
    "--b\n",
    ">From ",
]
PIECES += [
    "Date: ",
    "Message-ID: <x>",
    "=?utf-8?q?=C3?=",
    "text/html; charset=x",
    "Content-Transfer-Encoding: base64",
    "=",
]
PIECES += [
    "To: ",
    "Content-Disposition: attachment; filename*0*=",
    "message/rfc822",
    "X-Gmail-Labels: Spam",
    "\x00",
    "ü",
]


@pytest.mark.heavy
@settings(max_examples=examples(100, light=20), deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join)))
def test_whatever_the_bytes_only_delivery_errors_come_and_contracts_hold(data: bytes | str) -> None:
    content = data if isinstance(data, bytes) else data.encode(errors="replace")
    with tempfile.TemporaryDirectory() as folder:
        for start in (b"", OPENING.encode()):
            path = Path(folder) / "a.mbox"
            path.write_bytes(start + content)
            try:
                batch = read(path, rows=3)
            except DeliveryError:
                continue
            rows = [*batch.messages["row"], *batch.refused["row"]]
            assert sorted(rows) == list(range(1, len(rows) + 1))
