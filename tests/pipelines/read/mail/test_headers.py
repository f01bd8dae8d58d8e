from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.read.mail.headers import (
    HEADER_CHARACTERS,
    ZONES,
    Address,
    Subject,
    addresses,
    answered,
    message_id,
    raw_header,
    raw_headers,
    sent,
    sent_at,
    subject,
    with_offset,
    words,
)
from pipelines.read.mail.parts import Head, mail_of

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
DATE = "Mon, 2 Mar 2026 11:00:00 +0100"
BERLIN = ZoneInfo("Europe/Berlin")


def head(*lines: str) -> Head:
    return mail_of("\n".join([*lines, "", "hello"]).encode()).head


# names and addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("anna@example.com", [(None, "anna@example.com")]),
        ("<anna@example.com>", [(None, "anna@example.com")]),
        ("Anna Berg <anna@example.com>", [("Anna Berg", "anna@example.com")]),
        ('"Anna Berg" <anna@example.com>', [("Anna Berg", "anna@example.com")]),
        ("'Anna' <anna@example.com>", [("Anna", "anna@example.com")]),
        ("anna@example.com (Anna Berg)", [("Anna Berg", "anna@example.com")]),
        (
            '"Berg, Anna" <anna@example.com>, ben@example.com',
            [("Berg, Anna", "anna@example.com"), (None, "ben@example.com")],
        ),
        ('"anna@example.com" <anna@example.com>', [(None, "anna@example.com")]),
        ("=?utf-8?q?Zo=C3=AB?= <zoe@example.com>", [("Zoë", "zoe@example.com")]),
        ("Anna [anna@example.com", [(None, "anna@example.com")]),
        ("undisclosed-recipients:;", []),
        ("", []),
    ],
)
def test_addresses_are_found_with_their_names(value: str, found: list[tuple[str | None, str]]) -> None:
    assert list(addresses(head(f"To: {value}"), "to")) == [Address(*each) for each in found]


def test_a_header_is_unfolded_and_cut() -> None:
    some = head("X: a", "\t b  c", "X: d", f"Y: {'y' * 3_000}")
    assert list(raw_headers(some, "x")) == ["a b c", "d"]
    assert (raw_header(some, "x"), raw_header(some, "none")) == ("a b c", "")
    assert len(raw_header(some, "y")) in (HEADER_CHARACTERS - 1, HEADER_CHARACTERS)
    assert raw_header(some, "x", 2) == "a"
    assert HEADER_CHARACTERS == 2_048


@pytest.mark.parametrize(
    ("value", "said"),
    [(" plain ", "plain"), ("=?utf-8?b?Wm/Dqw==?= =?utf-8?q?_B?=", "Zoë B"), ("=?no?x?y?=", "=?no?x?y?=")],
)
def test_encoded_words_are_decoded(value: str, said: str) -> None:
    assert words(value) == said


# ids and subjects -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "key"), [("<a@b>", "a@b"), ("x <a@b> <c@d>", "a@b"), (" a@b> ", "a@b"), ("<>", None), ("", None)]
)
def test_a_mail_has_an_id(value: str, key: str | None) -> None:
    assert message_id(head(f"Message-ID: {value}", "From: a@x.example")) == key


def test_a_mail_answers_those_it_names_but_for_addresses_of_people() -> None:
    some = head(
        *("From: Anna <anna@x.example>", "Reply-To: r@x.example", "To: to@x.example", "Cc: cc@x.example"),
        "References: <1@m> <anna@x.example> <2@m> <1@m> <r@x.example>",
        "In-Reply-To: <3@m> <to@x.example> <cc@x.example>",
    )
    assert answered(some) == ["1@m", "2@m", "3@m"]
    assert answered(head("From: a@x.example")) == []
    long = " ".join(f"<{number:04}@m.example>" for number in range(300))
    assert len(answered(head(f"References: {long}"))) == 300


@pytest.mark.parametrize(
    ("value", "title", "answers"),
    [
        ("Offer", "Offer", False),
        ("Re: Offer", "Offer", True),
        ("AW: Re[2]: WG:Offer", "Offer", True),
        ("Fwd: ", None, True),
        ("", None, False),
        ("Regarding: Offer", "Regarding: Offer", False),
        ("=?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?=", "Grüße", True),
    ],
)
def test_a_subject_is_told_without_marks_of_answering(value: str, title: str | None, answers: bool) -> None:
    assert subject(head(f"Subject: {value}")) == Subject(title, answers)


# times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(f"1 Jan 2026 10:00:00 {name}", f"1 Jan 2026 10:00:00 {offset}") for name, offset in sorted(ZONES.items())],
)
def test_a_zone_that_is_named_has_its_offset(value: str, expected: str) -> None:
    assert with_offset(value) == with_offset(value.lower()).replace("jan", "Jan") == expected


def test_zones_are_as_far_from_greenwich_as_they_are() -> None:
    assert {offset: " ".join(sorted(name for name in ZONES if ZONES[name] == offset)) for offset in ZONES.values()} == {
        "+0000": "GMT UT UTC WET Z",
        "+0100": "BST CET MET MEZ WEST",
        "+0200": "CEST EET MEST MESZ SAST",
        "+0300": "EEST MSK",
        "+0400": "MSD",
        "+0500": "PKT",
        "+0700": "WIB",
        "+0800": "AWST HKT SGT",
        "+0900": "JST KST",
        "+0930": "ACST",
        "+1000": "AEST",
        "+1030": "ACDT",
        "+1100": "AEDT",
        "+1200": "NZST",
        "+1300": "NZDT",
        "-0200": "BRST",
        "-0230": "NDT",
        "-0300": "ART BRT",
        "-0330": "NST",
        "-0400": "EDT",
        "-0500": "CDT EST",
        "-0600": "CST MDT",
        "-0700": "MST PDT",
        "-0800": "AKDT PST",
        "-0900": "AKST",
        "-1000": "HST",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1 Jan 10:00:00 CET 2026", "1 Jan 10:00:00 2026 +0100"),
        ("1 Jan 2026 10:00 (CET)", "1 Jan 2026 10:00 +0100"),
        ("1 Jan 2026 10:00 GMT+2", "1 Jan 2026 10:00 +0200"),
        ("1 Jan 2026 10:00 UTC-03:30", "1 Jan 2026 10:00 -0330"),
        ("1 Jan 2026 10:00 +05:30", "1 Jan 2026 10:00 +0530"),
        ("1 Jan 2026 10:00 +0100 (CEST)", "1 Jan 2026 10:00 +0100 (CEST)"),
        ("1 Jan 2026 10:00 IST", "1 Jan 2026 10:00 IST"),
        ("1 Jan 2026 10:00", "1 Jan 2026 10:00"),
    ],
)
def test_an_offset_may_be_written_in_many_ways(value: str, expected: str) -> None:
    assert with_offset(value) == expected


@pytest.mark.parametrize(
    ("value", "instant", "zone"),
    [
        (DATE, TEN, "stated"),
        ("Mon, 2 Mar 2026 11:00:00 CET", TEN, "stated"),
        ("2026-03-02T10:00:00+00:00", TEN, "stated"),
        ("2026-03-02 11:00:00", TEN, "assumed"),
        ("Mon, 2 Mar 2026 11:00:00", TEN, "assumed"),
        ("Mon, 2 Mar 2026 10:00:00 -0000", TEN, "assumed"),
    ],
)
def test_a_mail_was_sent_when_its_date_says(value: str, instant: datetime, zone: str) -> None:
    assert sent(head(f"Date: {value}"), b"", BERLIN) == (instant, "second", zone)


def test_a_mail_without_a_date_was_sent_when_the_first_server_had_it() -> None:
    stations = ["Received: by b; Mon, 2 Mar 2026 12:00:00 +0000", f"Received: by a; {DATE}"]
    assert sent(head(*stations), b"", UTC).instant == TEN
    assert sent(head("Date: soon", *stations[:1], "Received: by a; never"), b"", UTC).instant == TEN.replace(hour=12)
    assert sent(head("Date: Mon, 2 Mar 1970 11:00:00 +0100", *stations), b"", UTC).instant == TEN


@pytest.mark.parametrize(
    "opens",
    [
        b"From anna@x.example Mon Mar  2 10:00:00 2026",
        b"From - Mon Mar 2 10:00 2026",
        b"From - Mon Mar  2 11:00:00 +0100 2026",
        b"From - Mon Mar  2 11:00:00 2026 +0100",
    ],
)
def test_a_mail_that_nothing_else_dates_was_sent_when_the_mailbox_says(opens: bytes) -> None:
    assert sent(head("From: a@x.example"), opens, BERLIN).instant == TEN


def test_a_mail_that_nothing_dates_has_no_time() -> None:
    assert sent(head("From: a@x.example"), b"From -", UTC) == (None, "second", "assumed")


@pytest.mark.parametrize(("year", "counts"), [(1970, False), (1971, True), (2099, True), (2100, False)])
def test_a_year_of_a_clock_that_was_not_set_does_not_count(year: int, counts: bool) -> None:
    found = sent(head(f"Date: 2 Mar {year} 10:00:00 +0000"), b"", UTC).instant
    assert (found is not None and found.year == year) is counts


def test_a_time_that_its_sender_states_is_an_instant() -> None:
    assert sent_at(head(f"Date: {DATE}")) == TEN
    assert sent_at(head("Date: Mon, 2 Mar 2026 11:00:00")) is None
    assert sent_at(head("Date: soon")) is sent_at(head("From: a@x.example")) is None
