"""Who wrote a mail, whether a machine did, and when, by headers of programs that do not say it plainly."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.read.core.frames import Identifier
from pipelines.read.mail.headers import Address
from pipelines.read.mail.labels import SENT
from pipelines.read.mail.participants import machine, parties, person, written_by
from pipelines.read.mail.parts import Part, mail_of
from pipelines.read.mail.source import Mails
from schemas.vocabulary import IdentifierType, MessageKind
from tests.pipelines.read.mail.test_mbox import ANNAS, mail


@pytest.mark.parametrize(
    ("sender", "headers", "kind"),
    [
        ("postmaster@mx.example", "Subject: Undelivered Mail Returned to Sender", "bounce"),
        ("Postmaster <postmaster@mx.example>", "Subject: Unzustellbar: bikes", "bounce"),
        ("postmaster@mx.example", "Return-Path: <postmaster@mx.example>\nSubject: Delivery failure", "bounce"),
        ("postmaster@mx.example", "Return-Path: <postmaster@mx.example>\nSubject: your domain", "text"),
        ("postmaster@mx.example", "Subject: Re: your domain", "text"),
        ("anna@example.com", "Subject: Undelivered parcel", "text"),
        ("anna@example.com", "Precedence: bulk\nSubject: bikes", "text"),
        ("anna@example.com", "Precedence: bulk\nSubject: Out of office: bikes", "auto_reply"),
        ("anna@example.com", "Precedence: junk\nSubject: Abwesenheitsnotiz", "auto_reply"),
        ("anna@example.com", "Precedence: auto_reply\nSubject: bikes", "auto_reply"),
        ("anna@example.com", "Precedence: list\nSubject: bikes", "text"),
    ],
)
def test_machines_are_known_by_more_than_one_sign(tmp_path: Path, sender: str, headers: str, kind: str) -> None:
    assert mail(tmp_path, f"From: {sender}\nTo: support@acme.example\n{headers}\n\nx")["kind"] == kind


GROUP = "Support <support@acme.example>\nX-Original-Sender:"


@pytest.mark.parametrize(
    ("sender", "direction", "name"),
    [
        (
            "'Anna Weber' via Support <support@acme.example>\nX-Original-Sender: anna@example.com",
            "inbound",
            "Anna Weber",
        ),
        (f"{GROUP} anna@example.com\nX-Original-From: Anna Weber <anna@example.com>", "inbound", "Anna Weber"),
        ("Anna Weber <anna@example.com>\nX-Original-Sender: anna@example.com", "inbound", "Anna Weber"),
        ("Anna Weber <anna@example.com>\nX-Original-Sender: bounces@mx.example", "inbound", "Anna Weber"),
        (f"{GROUP} support@acme.example\nCc: anna@example.com", "outbound", "Support"),
        (f"{GROUP} noreply@mx.example\nReply-To: anna@example.com", "inbound", "anna@example.com"),
    ],
)
def test_what_a_group_hands_on_is_from_whoever_wrote_to_it(
    tmp_path: Path, sender: str, direction: str, name: str
) -> None:
    found = mail(tmp_path, f"From: {sender}\nTo: support@acme.example\nList-ID: <support.acme.example>\n\nx")
    assert (found["person"], found["direction"], found["sender"]) == (ANNAS, direction, name)


@pytest.mark.parametrize(
    ("stated", "hour"),
    [
        ("10:00:00 CEST", 8), ("10:00:00 (CEST)", 8), ("10:00:00 MESZ", 8), ("10:00:00 CET", 9), ("10:00:00 PDT", 17),
        ("10:00:00 BST", 9), ("10:00:00 JST", 1), ("10:00:00 GMT+2", 8), ("10:00:00 UTC-03:00", 13), ("10:00:00 Z", 10),
        ("10:00:00 +02:00", 8), ("10:00:00 +0200 (PDT)", 8), ("10:00:00 AEST", 0),
    ],
)  # fmt: skip
def test_named_zones_are_stated_zones(tmp_path: Path, stated: str, hour: int) -> None:
    found = mail(tmp_path, f"Date: Mon, 16 Nov 2026 {stated}\n\nx")
    assert (found["sent_at"], found["zone_source"]) == (datetime(2026, 11, 16, hour, tzinfo=UTC), "stated")


@pytest.mark.parametrize("stated", ["10:00:00 IST", "10:00:00 XYZ", "10:00:00"])
def test_a_name_of_several_zones_or_of_none_states_nothing(tmp_path: Path, stated: str) -> None:
    found = mail(tmp_path, f"Date: Mon, 16 Nov 2026 {stated}\n\nx")
    assert (found["sent_at"], found["zone_source"]) == (datetime(2026, 11, 16, 9, tzinfo=UTC), "assumed")


# between whom a mail went -----------------------------------------------------------------------------------------

ANNA, BEN, US = "anna@example.com", "ben@example.com", "support@acme.example"
OURS = Mails(format="mbox", path="x", own_addresses=["@acme.example"])


def headed(**headers: str) -> Part:
    """A mail with these headers, in whose names `_` stands for a hyphen."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return mail_of("\n".join([*lines, "", "hello"]).encode())


def went(*labels: str, **headers: str) -> tuple[str | None, str | None, str, str, bool, str | None]:
    """Author, other, field, direction, whether it is of a list, and inbox."""
    found = parties(headed(**headers), frozenset(labels), OURS)
    author, other = (each and each.address for each in found[:2])
    return author, other, found.field, found.direction.value, found.is_list, found.inbox


def test_a_mail_from_a_stranger_came_in() -> None:
    assert went(From=ANNA, To=f"{BEN}, {US}") == (ANNA, ANNA, "From", "inbound", False, US)
    assert went(From=ANNA, Cc="Sales@Acme.example") == (ANNA, ANNA, "From", "inbound", False, "sales@acme.example")
    assert went(From=ANNA, To=BEN) == (ANNA, ANNA, "From", "inbound", False, None)
    assert went(To=US) == (None, None, "From", "inbound", False, US)


@pytest.mark.parametrize("field", ["To", "Cc", "Bcc"])
def test_a_mail_of_the_company_went_to_the_first_stranger(field: str) -> None:
    assert went(From=US, **{field: f"sales@acme.example, {ANNA}, {BEN}"}) == (US, ANNA, field, "outbound", False, US)


def test_a_mail_among_the_company_went_to_nobody() -> None:
    assert went(From=US, To="sales@acme.example") == (US, None, "To", "outbound", False, US)


def test_a_label_of_sent_mail_tells_direction_too() -> None:
    assert went(SENT, From=ANNA, To=BEN) == (ANNA, BEN, "To", "outbound", False, None)
    assert went(SENT, From=ANNA, To=US, Reply_To=BEN) == (ANNA, None, "To", "outbound", False, None)


@pytest.mark.parametrize(
    ("headers", "author"),
    [
        ({"From": US, "To": US, "Reply-To": ANNA}, ANNA),
        ({"From": "no-reply@forms.example", "To": US, "Reply-To": ANNA}, ANNA),
        ({"From": BEN, "To": US, "Reply-To": ANNA}, BEN),
        ({"From": US, "To": BEN, "Reply-To": ANNA}, US),
        ({"From": US, "To": US, "Reply-To": f"{ANNA}, {BEN}"}, US),
        ({"From": US, "To": US, "Reply-To": "sales@acme.example"}, US),
        ({"From": US, "To": US, "Reply-To": "noreply@example.com"}, US),
        ({"From": "noreply@forms.example", "To": US, "Reply-To": "NoReply@forms.example"}, "noreply@forms.example"),
    ],
)
def test_a_web_form_was_written_by_the_one_stranger_it_is_to_be_answered_to(
    headers: dict[str, str], author: str
) -> None:
    found = went(**headers)
    assert found[0] == author
    if author == ANNA:
        assert found == (ANNA, ANNA, "Reply-To", "inbound", False, US)


@pytest.mark.parametrize(
    ("local", "is_nobody"),
    [
        *(
            (local, True)
            for local in ("noreply", "no-reply", "do-not-reply", "donot_reply", "nicht-antworten", "No.Reply")
        ),
        *((local, True) for local in ("mailer", "notification", "notifications", "wordpress", "notifications-x")),
        *((local, False) for local in ("norbert", "mailers", "reply", "wordpressfan", "x-noreply")),
    ],
)
def test_a_form_is_sent_in_the_name_of_nobody(local: str, is_nobody: bool) -> None:
    assert (went(**{"From": f"{local}@forms.example", "To": US, "Reply-To": ANNA})[0] == ANNA) is is_nobody


@pytest.mark.parametrize(
    ("headers", "is_list"),
    [
        ({"List-Id": "News <news.lists.example>"}, True),
        ({"List-Id": "Support <support.acme.example>"}, False),
        ({"List-Id": "no id", "List-Post": "x"}, True),
        ({"List-Unsubscribe": "<mailto:x>"}, True),
        ({"List-Post": "<mailto:x>"}, True),
        ({"X-List": "x"}, False),
    ],
)
def test_what_came_over_a_list_was_exchanged_with_nobody(headers: dict[str, str], is_list: bool) -> None:
    found = went(**{"From": ANNA, "To": US} | headers)
    assert (found[1], found[4]) == (None if is_list else ANNA, is_list)


@pytest.mark.parametrize(
    ("sender", "original", "author", "name"),
    [
        ("'Anna Berg' via Support <support@acme.example>", {"X-Original-Sender": ANNA}, ANNA, "Anna Berg"),
        ("Support <support@acme.example>", {"X-Original-Sender": ANNA}, ANNA, None),
        ("Anna über Liste <list@groups.example>", {"X-Original-Sender": ANNA}, ANNA, "Anna"),
        ("List <list@groups.example>", {"X-Original-Sender": ANNA}, "list@groups.example", "List"),
        (
            "x via y <s@acme.example>",
            {"X-Original-Sender": BEN, "X-Original-From": f"A. Berg <{ANNA}>"},
            ANNA,
            "A. Berg",
        ),
        ("x via y <s@acme.example>", {"X-Original-From": f"A. Berg <{ANNA}>"}, "s@acme.example", "x via y"),
        ("x via y <s@acme.example>", {"X-Original-Sender": "S@acme.example"}, "s@acme.example", "x via y"),
        ("x via y <s@acme.example>", {"X-Original-Sender": "noreply@x.example"}, "s@acme.example", "x via y"),
        ("x via y <s@acme.example>", {"X-Original-Sender": ""}, "s@acme.example", "x via y"),
    ],
)
def test_what_a_group_hands_on_is_from_the_one_who_wrote(
    sender: str, original: dict[str, str], author: str, name: str | None
) -> None:
    found = parties(headed(**{"From": sender, "To": BEN} | original), frozenset(), OURS).author
    assert found == Address(name, author)


def test_a_contact_is_known_by_its_address_and_one_of_facebook_by_nothing() -> None:
    anna = person(Address("Anna", "Anna@Example.com"), "Cc", 4)
    assert (anna.record_id, anna.channel, anna.name, anna.line) == ("mailto:anna@example.com", "email", "Anna", 4)
    assert anna.identifiers == (Identifier(IdentifierType.EMAIL, "Anna@Example.com", "Cc"),)
    made_up = person(Address("Ben", "17@Facebook.com"), "From", 4)
    assert (made_up.record_id, made_up.identifiers, made_up.line) == ("psid:17", (), 4)


@pytest.mark.parametrize(
    ("headers", "kind", "author"),
    [
        ({"From": ANNA, "To": US}, MessageKind.TEXT, "contact"),
        ({"From": US, "To": ANNA}, MessageKind.TEXT, "agent"),
        ({"From": ANNA, "List-Id": "<a.b>"}, MessageKind.TEXT, None),
        ({"From": US, "To": ANNA}, MessageKind.AUTO_REPLY, "system"),
        ({"From": ANNA, "To": US}, MessageKind.BOUNCE, "system"),
    ],
)
def test_a_mail_is_of_a_contact_an_agent_or_a_machine(
    headers: dict[str, str], kind: MessageKind, author: str | None
) -> None:
    assert written_by(parties(headed(**headers), frozenset(), OURS), kind) == author


REPORT = "multipart/report; boundary=b; report-type="


@pytest.mark.parametrize(
    ("local", "headers", "kind"),
    [
        ("anna", {}, None),
        ("anna", {"Content-Type": REPORT + "delivery-status"}, "bounce"),
        ("anna", {"Content-Type": REPORT + "disposition-notification"}, "auto_reply"),
        ("mailer-daemon", {"Content-Type": REPORT + "disposition-notification"}, "auto_reply"),
        ("MAILER-DAEMON", {}, "bounce"),
        ("anna", {"X-Failed-Recipients": "x"}, "bounce"),
        ("anna", {"Return-Path": "<>"}, None),
        ("postmaster", {"Return-Path": "<>", "Subject": "Hello"}, "bounce"),
        ("", {"Return-Path": "<>"}, "bounce"),
        ("", {}, None),
        ("postmaster", {"Subject": "Hello"}, "bounce"),
        ("postmaster", {"Subject": "Re: Hello"}, None),
        ("postmaster", {"Return-Path": "<p@x>", "Subject": "Hello"}, None),
        ("postmaster", {"Return-Path": "<p@x>", "Subject": "Undeliverable: Hello"}, "bounce"),
        ("anna", {"Subject": "Undeliverable: Hello"}, None),
        ("anna", {"Auto-Submitted": "auto-replied; x"}, "auto_reply"),
        ("anna", {"Auto-Submitted": " No "}, None),
        ("anna", {"Auto-Submitted": "auto-generated"}, "auto_reply"),
        ("anna", {"X-Autoreply": "yes"}, "auto_reply"),
        ("anna", {"X-Autorespond": "x"}, "auto_reply"),
        ("anna", {"Precedence": "Auto_Reply"}, "auto_reply"),
        *(("anna", {"Precedence": each, "Subject": "Out of office"}, "auto_reply") for each in ("bulk", "junk")),
        ("anna", {"Precedence": "bulk", "Subject": "News"}, None),
        ("anna", {"Precedence": "list", "Subject": "Out of office"}, None),
        ("anna", {"Subject": "Out of office"}, None),
    ],
)
def test_what_a_machine_wrote_is_known_by_its_headers(local: str, headers: dict[str, str], kind: str | None) -> None:
    author = Address(None, f"{local}@example.com") if local else None
    assert machine(headed(**{"X": "1"} | headers), author) == kind
