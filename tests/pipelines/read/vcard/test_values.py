import pytest

from pipelines.read.vcard.cards import NARROW, Property
from pipelines.read.vcard.values import Undecodable, from_base64, parted, text_of, unescaped


def of(data: bytes, **parameters: str) -> Property:
    """A property of a file that is read byte by byte."""
    return Property(1, "FN", {name: [said] for name, said in parameters.items()}, data.decode(NARROW))


@pytest.mark.parametrize(
    ("each", "text"),
    [
        (of("Zoë".encode()), "Zoë"),
        (of("Zoë".encode("cp1252")), "Zoë"),
        (of(b"Zo=C3=AB", encoding="quoted-printable"), "Zoë"),
        (of(b"Zo=EB", type="quoted-printable", charset="iso-8859-1"), "Zoë"),
        (of(b"Wm/Dqw==", encoding="base64"), "Zoë"),
        (of(b"Wm/Dqw==", encoding="b"), "Zoë"),
        (of("Zoë".encode("utf-16-le"), charset="utf-16-le"), "Zoë"),
        (of("Zoë".encode(), charset="no such thing"), "Zoë"),
    ],
)
def test_a_value_is_text_in_its_charset_else_in_that_of_the_file(each: Property, text: str) -> None:
    assert text_of(each, NARROW, "cp1252") == text


def test_a_value_of_a_wide_file_is_text_as_it_is() -> None:
    assert text_of(Property(1, "FN", {}, "Zoë"), "utf-16-le", None) == "Zoë"
    encoded = Property(1, "FN", {"encoding": ["quoted-printable"]}, "Zo=C3=AB")
    assert text_of(encoded, "utf-16-le", None) == "Zoë"


@pytest.mark.parametrize(
    ("each", "is_declared", "is_encoded"),
    [
        (of(b"Zo\xeb"), False, False),
        (of(b"Zo=EB", encoding="quoted-printable"), False, True),
        (of(b"Zo\xeb", charset="utf-8"), True, False),
    ],
)
def test_a_value_in_no_charset_says_what_it_said_of_itself(each: Property, is_declared: bool, is_encoded: bool) -> None:
    with pytest.raises(Undecodable) as refused:
        text_of(each, NARROW, None)
    assert (refused.value.is_declared, refused.value.is_encoded) == (is_declared, is_encoded)
    assert text_of(each, NARROW, None, strict=False) == "Zo\ufffd"


def test_a_charset_that_is_declared_is_the_only_one_tried() -> None:
    with pytest.raises(Undecodable):
        text_of(of(b"Zo\xeb", charset="utf-8"), NARROW, "cp1252")


def test_what_is_no_base64_stands_for_itself() -> None:
    assert from_base64(b"YQ==") == b"a"
    assert from_base64(b"abcde") == b"abcde"


def test_escapes_stand_for_signs_and_in_newer_versions_for_line_breaks() -> None:
    escaped = r"a\,b\;c\:d\\e\"f\nx\Ny\z"
    assert unescaped(escaped, is_old=False) == 'a,b;c:d\\e"f\nx\ny\\z'
    assert unescaped(escaped, is_old=True) == 'a,b;c:d\\e"f\\nx\\Ny\\z'


def test_values_are_parted_at_signs_that_are_not_escaped() -> None:
    assert parted(r"a\;b;c;", ";") == [r"a\;b", "c", ""]
    assert parted("", ";") == [""]
    assert parted(r"a\\;b,c", ";") == [r"a\\", "b,c"]
