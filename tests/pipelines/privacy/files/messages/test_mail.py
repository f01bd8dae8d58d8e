import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.privacy.files.messages.mail import rewrite_mail, rewrite_mailbox
from pipelines.privacy.files.outcome import Fate, Unreachable
from pipelines.privacy.needles import needles
from tests.pipelines.privacy.files.items import rewritten

OPEN = "From x@example.org Mon Mar  4 05:06:07 2026\n"
ANNA = "anna.kowalska@example.org"


def mail(body: str = "Hello\n", **headers: str) -> str:
    stated = {"From": "Bob <bob@example.org>", "To": "support@acme.example", "Date": "Mon, 4 Mar 2026 05:06:07 +0000"}
    stated |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{name}: {value}\n" for name, value in stated.items()) + "\n" + body


def box(*mails: str) -> bytes:
    return "".join(f"{OPEN}{each}\n" for each in mails).encode()


@pytest.mark.parametrize(
    "theirs",
    [
        mail(From=f'"Anna K." <{ANNA.upper()}>', To="support@acme.example, bob@example.org"),
        mail(From="forms@acme.example", Reply_To=ANNA),
        mail(From="support@acme.example", To=f"Anna Kowalska <{ANNA}>"),
        mail(From="support@acme.example", To=ANNA, Cc=f"<{ANNA}>"),
        mail("My parcel has not\r\ncome yet.\n", From="forms@acme.example"),
    ],
)
def test_mails_of_the_person_and_those_to_them_alone_go(theirs: str) -> None:
    data, done = rewritten(rewrite_mailbox, box(mail(), theirs, mail("Bye\n")))
    assert data == box(mail(), mail("Bye\n"))
    assert (done.removed, done.kept, done.mentions) == (1, 2, 0)


def test_one_of_several_recipients_loses_address_and_name() -> None:
    several = mail(To=f'"Kowalska, Anna" <{ANNA}>,\n\tCarl <c@example.org>', Received=f"from x by y for <{ANNA}>; z")
    data, done = rewritten(rewrite_mailbox, box(mail(), several))
    expected = mail(To='"erased" <erased>,\n\tCarl <c@example.org>', Received="from x by y for <erased>; z")
    assert data == box(mail(), expected)
    assert (done.removed, done.erased, done.fate) == (0, 3, Fate.REWRITTEN)


def test_a_line_that_is_no_header_hides_nobody() -> None:
    broken = f"From: bob@example.org\nquite Delivered-To: {ANNA}\nDate: x\nTo: a@example.org, b@example.org\n\nHello\n"
    data, _ = rewritten(rewrite_mail, broken.encode())
    assert data.decode() == broken.replace(ANNA, "erased")


def test_names_in_encoded_words_go_with_the_address() -> None:
    sought = needles(emails=[ANNA], names=["Jörg Müller"])
    word = "=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M=C3=BCller?="
    other = "=?utf-8?q?J=C3=BCrgen?="
    data, _ = rewritten(rewrite_mailbox, box(mail(To=f"{word} <{ANNA}>, {other} <j@example.org>")), sought=sought)
    assert data == box(mail(To=f"erased <erased>, {other} <j@example.org>"))


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ({}, f"Ask {ANNA} about it\n"),
        ({}, "Ask Anna Kowalska about it\n"),
        ({"Content_Transfer_Encoding": "base64"}, base64.encodebytes(f"Ask {ANNA}".encode()).decode()),
        ({"Content_Transfer_Encoding": "quoted-printable"}, quopri.encodestring(f"Ask {ANNA}".encode()).decode()),
        ({"Content_Type": "text/html"}, "<p>Ask <b>anna.kowalska</b>&#64;example.org</p>\n"),
        ({"From": "Anna Kowalska <other@elsewhere.example>"}, "I am a namesake\n"),
    ],
)
def test_what_others_wrote_stays_as_a_mention(head: dict[str, str], body: str) -> None:
    mails = box(mail(body, **head), mail())
    data, done = rewritten(rewrite_mailbox, mails)
    assert data == mails
    assert (done.fate, done.mentions) == (Fate.UNTOUCHED, 1)


def test_a_mail_passed_on_within_another_is_a_mention() -> None:
    inner = mail("secret\n", From=ANNA)
    outer = mail(f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n", Content_Type='multipart/mixed; boundary="b"')
    data, done = rewritten(rewrite_mailbox, box(outer))
    assert data == box(outer)
    assert done.mentions == 1


def test_a_mailbox_of_nobody_else_is_emptied() -> None:
    assert rewritten(rewrite_mailbox, box(mail(From=ANNA)))[1].fate is Fate.EMPTIED


def test_lines_that_look_like_openings_and_lengths_do_not_mislead() -> None:
    body = ">From here on\n\nFrom me to you\n"
    mails = [
        mail(body),
        mail(body, From=ANNA, Content_Length=str(len(body))),
        mail(body, Content_Length=str(len(body))),
    ]
    data, _ = rewritten(rewrite_mailbox, box(*mails))
    assert data == box(mails[0], mails[2])


def test_one_mail_in_a_file_is_emptied_rewritten_or_left() -> None:
    assert rewritten(rewrite_mail, mail(From=ANNA).encode())[1].fate is Fate.EMPTIED
    data, _ = rewritten(rewrite_mail, mail(Cc=ANNA).replace("\n", "\r\n").encode())
    assert data == mail(Cc="erased").replace("\n", "\r\n").encode()
    assert rewritten(rewrite_mail, mail().encode()) == (mail().encode(), (0, 0, 0, 1, frozenset(), False))


def test_a_mail_without_bounds_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        rewritten(rewrite_mail, "".join(f"X-{n}: y\n" for n in range(2_000)).encode())


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=40)


@given(st.lists(TEXT, max_size=5), st.lists(st.integers(0, 5), max_size=2))
def test_every_other_mail_stays_byte_for_byte(bodies: list[str], places: list[int]) -> None:
    others = [mail(f"{body}\n") for body in bodies]
    mixed = list(others)
    for place in places:
        mixed.insert(place, mail("x\n", From=ANNA))
    if mixed:
        data, done = rewritten(rewrite_mailbox, box(*mixed))
        assert data == box(*others)
        assert done.removed == len(places)
