import pytest

from pipelines.read.mail import parts as module
from pipelines.read.mail.parts import (
    CONTENT_BYTES,
    HEADER_BYTES,
    MAX_DEPTH,
    MAX_FIELDS,
    Budget,
    Content,
    Unbounded,
    content_of,
    decoded,
    inner_parts,
    mail_of,
)


def contents(data: bytes) -> list[bytes]:
    return [content_of(part) for part in inner_parts(mail_of(data), 0, Budget())]


def mixed(*lines: str, kind: str = "mixed") -> bytes:
    return "\n".join([f"Content-Type: multipart/{kind}; boundary=b", "", *lines]).encode()


# headers ----------------------------------------------------------------------------------------------------------


def test_headers_are_by_small_name_in_their_order_and_folded_lines_belong_to_them() -> None:
    mail = mail_of(b"From: a\nX-Y : 1\n  2\nfrom: b\n\nhello")
    assert mail.head == {"from": [b" a", b" b"], "x-y": [b" 1\n  2"]}
    assert content_of(mail) == b"hello"
    assert (mail.start, mail.end) == (29, 34)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_any_system_ends_them(end: bytes) -> None:
    mail = mail_of(b"From: a\nTo: b\n\nhello\nyou".replace(b"\n", end))
    assert [value.strip() for value in mail.head["to"]] == [b"b"]
    assert content_of(mail).splitlines() == [b"hello", b"you"]


def test_what_opens_a_mail_and_a_line_amid_headers_are_no_headers() -> None:
    mail = mail_of(b"From anna Mon\n>From ben Tue\nX: 1\nno header\n folded\nFrom: a\nDate: d\nno more\nTo: b\n\nhi")
    assert list(mail.head) == ["x", "from", "date"]
    assert content_of(mail).startswith(b"no more")


def test_a_mail_without_a_body_ends_with_its_headers() -> None:
    assert content_of(mail_of(b"From: a")) == b""
    assert content_of(mail_of(b"hello")) == b"hello"
    assert mail_of(b"hello").head == {}


def test_headers_are_kept_up_to_a_length_and_up_to_a_number() -> None:
    assert len(mail_of(b"X: " + b"x" * (HEADER_BYTES + 5)).head["x"][0]) == HEADER_BYTES
    assert len(mail_of(b"X: 1\n" * MAX_FIELDS).head["x"]) == MAX_FIELDS
    with pytest.raises(Unbounded):
        mail_of(b"X: 1\n" * (MAX_FIELDS + 1))
    assert mail_of(b"Content-X:" + b"x" * HEADER_BYTES).head
    with pytest.raises(Unbounded):
        mail_of(b"Content-X:" + b"x" * (HEADER_BYTES + 1))


def test_headers_say_what_a_part_holds() -> None:
    mail = mail_of(
        b'Content-Type: Multipart/Report; Charset="UTF-8"; boundary="b "; report-type=Delivery-Status; name=n.txt\n'
        b"Content-Disposition: ATTACHMENT; filename=f.txt\n"
        b"Content-Transfer-Encoding: Base64 ; x\n\n"
    )
    assert mail.content == Content("multipart/report", "UTF-8", "b", "delivery-status", "f.txt", "attachment", "base64")


@pytest.mark.parametrize(
    ("said", "kind", "name"),
    [
        (b"", "text/plain", None),
        (b"Content-Type: text\n", "text/plain", None),
        (b"Content-Type: a/b/c\n", "text/plain", None),
        (b"Content-Type: image/png; name=a.png\n", "image/png", "a.png"),
        (b"Content-Type: image/png\nContent-Type: text/html\n", "image/png", None),
        (b"Content-Type: text/html; x*0=a; x*=''b\n", "text/html", None),
        (b"Content-Type: text/html; name=a; name=b\n", "text/html", "a"),
        (b"Content-Type: text/html;" + b" " * CONTENT_BYTES + b"name=a\n", "text/html", None),
    ],
)
def test_a_part_is_plain_text_if_it_does_not_say_otherwise(said: bytes, kind: str, name: str | None) -> None:
    content = mail_of(said + b"\nx").content
    assert (content.kind, content.name, content.charset, content.boundary) == (kind, name, None, "")


# content ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "data", "said"),
    [
        ("base64", b"aGVsbG8=", b"hello"),
        ("base64", b"aGVsbG8", b"hello"),
        ("base64", b"a", b"a"),
        ("quoted-printable", b"a=3Db", b"a=b"),
        ("8bit", b"a=3Db", b"a=3Db"),
    ],
)
def test_transfer_encodings_are_undone_as_far_as_they_can_be(encoding: str, data: bytes, said: bytes) -> None:
    assert content_of(mail_of(f"Content-Transfer-Encoding: {encoding}\n\n".encode() + data)) == said


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"plain\0", None, "plain"),
        ("Zoë".encode(), None, "Zoë"),
        ("Zoë".encode("cp1252"), None, "Zoë"),
        ("Zoë".encode("cp1252"), "utf-8", "Zoë"),
        ("Zoë".encode("utf-16-le"), "utf-16-le", "Zoë"),
        (b"Z\x81\xeb", None, "Z\x81ë"),
        (b"a+AOs-", "utf-7", "aë"),
        *((b"xn--a", tricky, "xn--a") for tricky in ("punycode", "IDNA", "unicode-escape", "raw_unicode_escape")),
        (b"a\\u00eb", "unicode escape", "a\\u00eb"),
    ],
)
def test_bytes_are_text_in_the_first_charset_that_fits(data: bytes, charset: str | None, text: str) -> None:
    assert decoded(data, charset) == text


# parts within parts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("preamble", "--b", "", "one", "--b", "", "two", "--b--", "epilogue"), [b"one", b"two"]),
        (("--b", "", "one", "--b--", "--b", "", "no more"), [b"one"]),
        (("--b", "", "one", "--b", "", "two"), [b"one", b"two"]),
        (("--b", "", "one", "x--b", "--bb", "--b--"), [b"one\nx--b\n--bb"]),
        (("--b \t", "", "one", "--b-- "), [b"one"]),
        (("--b", "--b", "", "one", "--b--"), [b"one"]),
        (("no boundary",), []),
    ],
)
def test_parts_lie_between_boundaries(lines: tuple[str, ...], found: list[bytes]) -> None:
    assert contents(mixed(*lines)) == found


def test_what_is_no_multipart_has_no_parts() -> None:
    assert contents(b"Content-Type: text/plain; boundary=b\n\n--b\n\none\n--b--") == []
    assert contents(b"Content-Type: multipart/mixed\n\n--b\n\none\n--b--") == []


def test_parts_of_a_digest_are_mails_if_they_do_not_say_otherwise() -> None:
    data = mixed("--b", "", "From: a", "", "hi", "--b", "Content-Type: text/plain", "", "x", "--b--", kind="digest")
    assert [part.content.kind for part in inner_parts(mail_of(data), 0, Budget())] == ["message/rfc822", "text/plain"]


def test_parts_are_looked_at_to_a_depth() -> None:
    mail = mail_of(mixed("--b", "", "one", "--b--"))
    assert len(inner_parts(mail, MAX_DEPTH - 1, Budget())) == 1
    with pytest.raises(Unbounded):
        inner_parts(mail, MAX_DEPTH, Budget())


@pytest.mark.parametrize(("limit", "enough"), [("parts", 3), ("cuts", 3), ("scanned", 23)])
def test_so_many_parts_boundaries_and_bytes_are_looked_at_of_a_whole_mail(limit: str, enough: int) -> None:
    mail = mail_of(mixed("--b", "", "one", "--b", "", "two", "--b--"))
    assert mail.end - mail.start == 23
    budget, less = Budget(), Budget()
    setattr(budget, limit, enough)
    setattr(less, limit, enough - 1)
    assert len(inner_parts(mail, 0, budget)) == 2
    with pytest.raises(Unbounded):
        inner_parts(mail, 0, budget)
    with pytest.raises(Unbounded):
        inner_parts(mail, 0, less)


def test_a_mail_may_be_looked_at_so_far() -> None:
    budget = Budget()
    limits = (budget.parts, budget.cuts, budget.scanned, module.MAX_DEPTH, MAX_FIELDS, HEADER_BYTES, CONTENT_BYTES)
    assert limits == (1_000, 10_000, 1 << 30, 50, 1_000, 16_384, 4_096)
