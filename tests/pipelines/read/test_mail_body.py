from email import message_from_bytes
from email.policy import compat32
from time import perf_counter

import pytest

from pipelines.read.mail_body import MAX_DEPTH, MAX_PARTS, Unbounded, body, html_text


def text_of(data: bytes) -> str | None:
    return body(message_from_bytes(data, policy=compat32)).text


def test_html_becomes_lines_of_words() -> None:
    markup = (
        "<html><head><title>x</title><style>p {}</style></head><body><!-- no <b> --><p>Hello <b>you</b>,<br>1 &lt; 2 "
        '&amp; 3</p><script>x()</script><div title="a > b">two\n words</div>end</body></html>'
    )
    assert html_text(markup) == "Hello you,\n1 < 2 & 3\n\ntwo words\nend"


def test_what_is_no_markup_stays() -> None:
    assert html_text("1 < 2 and <3") == "1 < 2 and <3"


@pytest.mark.parametrize("pattern", ["<a ", "<!--", "<a b='", "<![", "</", "<?", "&", "<style", "<a ''", "<a\n"])
def test_hostile_html_takes_linear_time(pattern: str) -> None:
    begun = perf_counter()
    html_text(pattern * 100_000)
    assert perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "Grüße".encode()),
        ("iso-8859-1", "Grüße".encode("latin-1")),
        ("x-unknown", "Grüße".encode()),
        ("us-ascii", "Grüße".encode("cp1252")),
        ("rot13", "Grüße".encode()),
        ("punycode", "Grüße".encode()),
    ],
)
def test_text_is_decoded_whatever_its_charset_says(charset: str, data: bytes) -> None:
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert text_of(head.encode() + data) == "Grüße"


def multipart(*parts: str, kind: str = "mixed") -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="b"\n\n'
    return (head + "".join(f"--b\n{part}\n" for part in parts) + "--b--\n").encode()


def test_plain_text_is_preferred_and_files_are_named() -> None:
    data = multipart(
        "Content-Type: text/html\n\n<p>rich</p>",
        "Content-Type: text/plain\n\nplain",
        'Content-Type: application/pdf; name="offer.pdf"\n\nxx',
        "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.txt\n\nnot a body",
        "Content-Type: image/png\n\nxx",
    )
    assert body(message_from_bytes(data, policy=compat32)) == ("plain", ["offer.pdf", "ü.txt"])


def test_html_serves_where_plain_text_is_missing_or_empty() -> None:
    assert text_of(multipart("Content-Type: text/plain\n\n", "Content-Type: text/html\n\n<p>rich</p>")) == "rich"


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
