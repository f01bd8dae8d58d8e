from hashlib import sha256

import pytest

from pipelines.read.core.frames import File
from pipelines.read.mail import body as body_module
from pipelines.read.mail.body import MAX_PASSED_ON, body
from pipelines.read.mail.parts import MAX_DEPTH, MAX_PARTS, Budget, Unbounded, content_of, decoded, inner_parts, mail_of


def text_of(data: bytes) -> str | None:
    return body(mail_of(data)).text


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "Grüße".encode()),
        ("iso-8859-1", "Grüße".encode("latin-1")),
        ("x-unknown", "Grüße".encode()),
        ("us-ascii", "Grüße".encode("cp1252")),
        ("rot13", "Grüße".encode()),
        ("punycode", "Grüße".encode()),
        ("unicode-escape", "Grüße".encode()),
        ('"utf-8\n x\0"', "Grüße".encode()),
    ],
)
def test_text_is_decoded_whatever_its_charset_says(charset: str, data: bytes) -> None:
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert text_of(head.encode() + data) == "Grüße"


def multipart(*parts: str, kind: str = "mixed") -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="b"\n\n'
    return (head + "".join(f"--b\n{part}\n" for part in parts) + "--b--\n").encode()


def test_the_line_end_before_a_boundary_belongs_to_the_boundary() -> None:
    for end in ("\n", "\r\n"):
        mail = mail_of(multipart("Content-Type: text/plain\n\nhello\nyou").replace(b"\n", end.encode()))
        assert [content_of(part) for part in inner_parts(mail, 0, Budget())] == [f"hello{end}you".encode()]


@pytest.mark.parametrize("twice", [b"--b\n--b\n", b"--b\n\n--b\n"])
def test_a_boundary_that_is_written_twice_makes_no_part_of_nothing(twice: bytes) -> None:
    data = multipart("Content-Type: text/plain\n\nhello").replace(b"--b\n", twice)
    assert [content_of(part) for part in inner_parts(mail_of(data), 0, Budget())] == [b"hello"]


def test_a_kind_is_known_in_any_letters_and_beside_parameters_that_are_broken() -> None:
    for said in ("TEXT/HTML", "Text/Html; x*=''a; x*0=b"):
        assert mail_of(f"Content-Type: {said}\n\n<p>hello</p>".encode()).content.kind == "text/html"


def test_files_are_named_and_are_no_words() -> None:
    data = multipart(
        "Content-Type: text/plain\n\nplain",
        'Content-Type: application/pdf; name="offer.pdf"\n\nxx',
        "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.txt\n\nnot a body",
        "Content-Type: image/png\n\nxx",
        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR",
    )
    found = body(mail_of(data))
    assert (found.text, found.attachments) == (
        "plain",
        [
            File("offer.pdf", "application/pdf", sha256(b"xx").hexdigest()),
            File("ü.txt", "text/plain", sha256(b"not a body").hexdigest()),
            File(None, "image/png", sha256(b"xx").hexdigest()),
            File(None, "text/calendar", sha256(b"BEGIN:VCALENDAR").hexdigest()),
        ],
    )


PLAIN, RICH = "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>rich</p>"


def nested(kind: str, *parts: str, boundary: str = "in", more: str = "") -> str:
    inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\n\n{inner}--{boundary}--'


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (multipart(PLAIN, RICH, kind="alternative"), "plain"),
        (multipart(RICH, PLAIN, kind="alternative"), "plain"),
        (multipart(RICH, "Content-Type: text/plain\n\n--\nscanned by a gateway"), "rich\n\n--\nscanned by a gateway"),
        (multipart(PLAIN, RICH), "plain\n\nrich"),
        (multipart(nested("alternative", PLAIN, RICH), "Content-Type: text/plain\n\nfooter"), "plain\n\nfooter"),
        (multipart(nested("related", RICH, "Content-Type: image/png\n\nxx"), PLAIN), "rich\n\nplain"),
        (multipart(PLAIN, nested("related", RICH, "Content-Type: image/png\n\nx"), kind="alternative"), "plain"),
        (multipart(PLAIN, nested("mixed", RICH, RICH), kind="alternative"), "plain"),
        (multipart(nested("mixed", PLAIN, RICH), "Content-Type: application/pgp-signature\n\nx", kind="signed"),
         "plain\n\nrich"),
        (multipart("Content-Type: text/plain\n\n", RICH, kind="alternative"), "rich"),
        (multipart("Content-Type: text/plain\n\nSee HTML", f"{RICH}{' more words' * 9}", kind="alternative"),
         "rich\nmore words" + " more words" * 8),
        (multipart(PLAIN, "Content-Type: text/markdown\n\n# two"), "plain\n\n# two"),
        (multipart(PLAIN, "Content-Type: text/plain; name=a.txt\nContent-Disposition: inline\n\nshown"),
         "plain\n\nshown"),
        (multipart(PLAIN, "Content-Type: text/plain; name=a.txt\n\nfile"), "plain"),
        (multipart("Content-Type: text/plain; name=a.txt\n\nwords", RICH), "words\n\nrich"),
    ],
)  # fmt: skip
def test_all_words_a_person_would_see_are_kept_and_only_alternatives_are_a_choice(data: bytes, text: str) -> None:
    assert text_of(data) == text


FORWARDED = "Subject: =?utf-8?q?B=C3=A4r?=\nFrom: Bo Lind <bo@example.com>\n\nI need five bikes."
SHOWN = "From: Bo Lind <bo@example.com>\nSubject: Bär\n\nI need five bikes."


@pytest.mark.parametrize("disposition", ["", "\nContent-Disposition: attachment", "\nContent-Disposition: inline"])
def test_a_mail_that_was_passed_on_is_words_below_who_wrote_it_and_a_file(disposition: str) -> None:
    found = body(mail_of(multipart(PLAIN, f"Content-Type: message/rfc822{disposition}\n\n{FORWARDED}")))
    assert found.text == f"plain\n\n{SHOWN}"
    assert [file.type for file in found.attachments] == ["message/rfc822"]


def test_every_mail_of_a_digest_is_kept() -> None:
    assert text_of(multipart(f"\n{FORWARDED}", f"\n{FORWARDED}", kind="digest")) == f"{SHOWN}\n\n{SHOWN}"


def test_a_mail_that_comes_back_is_no_words_of_the_server() -> None:
    assert text_of(multipart(PLAIN, f"Content-Type: message/rfc822\n\n{FORWARDED}", kind="report")) == "plain"


def test_a_mail_passed_on_that_is_very_long_or_made_to_harm_stays_a_file() -> None:
    for inner in (f"Subject: x\n\n{'x' * (MAX_PASSED_ON + 1)}", "x: y\n" * 5_000):
        found = body(mail_of(multipart(PLAIN, f"Content-Type: message/rfc822\n\n{inner}")))
        assert (found.text, len(found.attachments)) == ("plain", 1)


def test_html_serves_where_plain_text_is_missing_or_empty() -> None:
    assert text_of(multipart("Content-Type: text/plain\n\n", "Content-Type: text/html\n\n<p>rich</p>")) == "rich"


def test_words_between_pictures_are_one_text() -> None:
    data = multipart("Content-Type: text/plain\n\nhere", "Content-Type: image/png\n\nxx", "\nand there")
    assert text_of(data) == "here\n\nand there"


def test_mails_within_mails_are_looked_into_up_to_a_depth() -> None:
    data = b"Subject: x\n\nwords"
    for _ in range(3):
        data = b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n' + data
    assert text_of(data) == "Subject: x\n\nwords"
    for n in range(20):
        head = f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\nContent-Type: message/rfc822\n\n'
        data = head.encode() + data
    assert (text_of(data), body(mail_of(data)).attachments[0].type) == (None, "message/rfc822")


def test_a_multipart_without_boundary_is_text() -> None:
    assert text_of(b"Content-Type: multipart/mixed\n\nwords") == "words"


def test_too_many_parts_are_too_much() -> None:
    data = multipart(*["Content-Type: text/plain\n\nx"] * MAX_PARTS)
    with pytest.raises(Unbounded):
        text_of(data)


def test_too_deep_a_mail_is_too_much() -> None:
    levels = range(MAX_DEPTH + 2)
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in levels)
    with pytest.raises(Unbounded):
        text_of(head.encode() + b"\nx\n")


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "IDNA", "unicode_escape", "raw-unicode-escape", "unicode_internal", "no-such", None]
)
def test_a_charset_that_is_none_or_costs_too_much_is_not_asked(charset: str | None) -> None:
    assert decoded(b"xn--bcher-kva \\u0041", charset) == "xn--bcher-kva \\u0041"


def test_so_much_html_is_looked_through_in_all_parts_of_a_mail_together(monkeypatch: pytest.MonkeyPatch) -> None:
    html = "<p>rich</p>"
    monkeypatch.setattr(body_module, "MAX_MARKUP", 2 * len(html))
    assert text_of(multipart(RICH, RICH)) == "rich\n\nrich"
    with pytest.raises(Unbounded):
        text_of(multipart(RICH, RICH, RICH))


@pytest.mark.parametrize(("within", "text"), [(10, "Subject: x\n\nwords"), (11, None)])
def test_ten_mails_within_each_other_are_looked_into(within: int, text: str | None) -> None:
    data = b"Subject: x\n\nwords"
    for nth in range(within):
        head = f'Content-Type: multipart/mixed; boundary="b{nth}"\n\n--b{nth}\nContent-Type: message/rfc822\n\n'
        data = head.encode() + data
    assert text_of(data) == text
