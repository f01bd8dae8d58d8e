from hashlib import sha256

import pytest

from pipelines.read.core.frames import File
from pipelines.read.mail.body import body
from pipelines.read.mail.parts import MAX_DEPTH, MAX_PARTS, Unbounded, content_of, leaves, mail_of


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
        assert [content_of(part) for part in leaves(mail)] == [f"hello{end}you".encode()]


@pytest.mark.parametrize("twice", [b"--b\n--b\n", b"--b\n\n--b\n"])
def test_a_boundary_that_is_written_twice_makes_no_part_of_nothing(twice: bytes) -> None:
    data = multipart("Content-Type: text/plain\n\nhello").replace(b"--b\n", twice)
    assert [content_of(part) for part in leaves(mail_of(data))] == [b"hello"]


def test_a_kind_is_known_in_any_letters_and_beside_parameters_that_are_broken() -> None:
    for said in ("TEXT/HTML", "Text/Html; x*=''a; x*0=b"):
        assert mail_of(f"Content-Type: {said}\n\n<p>hello</p>".encode()).content.kind == "text/html"


def test_plain_text_is_preferred_and_files_are_named() -> None:
    data = multipart(
        "Content-Type: text/html\n\n<p>rich</p>",
        "Content-Type: text/plain\n\nplain",
        'Content-Type: application/pdf; name="offer.pdf"\n\nxx',
        "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.txt\n\nnot a body",
        "Content-Type: image/png\n\nxx",
    )
    assert body(mail_of(data)) == (
        "plain",
        [
            File("offer.pdf", "application/pdf", sha256(b"xx").hexdigest()),
            File("ü.txt", "text/plain", sha256(b"not a body").hexdigest()),
            File(None, "image/png", sha256(b"xx").hexdigest()),
        ],
    )


def test_html_serves_where_plain_text_is_missing_or_empty() -> None:
    assert text_of(multipart("Content-Type: text/plain\n\n", "Content-Type: text/html\n\n<p>rich</p>")) == "rich"


def test_words_between_pictures_are_one_text() -> None:
    data = multipart("Content-Type: text/plain\n\nhere", "Content-Type: image/png\n\nxx", "\nand there")
    assert text_of(data) == "here\n\nand there"


def test_mails_within_mails_are_not_looked_into() -> None:
    data = b"Subject: x\n\nx"
    for _ in range(100):
        data = b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n' + data
    assert body(mail_of(data)).attachments[0].type == "message/rfc822"


def test_a_forwarded_mail_is_no_body() -> None:
    assert text_of(multipart("Content-Type: message/rfc822\n\nSubject: x\n\ninner")) is None


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
