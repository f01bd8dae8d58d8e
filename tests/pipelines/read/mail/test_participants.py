"""Who wrote a mail, whether a machine did, and when, by headers of programs that do not say it plainly."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

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
