"""Values of a card as text: transfer encodings and charsets undone, escapes resolved, lists parted."""

import binascii
import re
from collections.abc import Iterator, Sequence

from pipelines.read.vcard.cards import NARROW, SOFT, Property

CHARSETS = re.compile(
    r"(?:utf-?(?:8|16)|(?:us-)?ascii|iso-?[0-9]|latin|windows|cp-?[0-9]|koi8|big5|gb|euc|shift|mac)[\w:-]*", re.ASCII
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Undecodable(ValueError):
    """The bytes of a value are in no charset it could be in. It holds none of them.

    `is_declared`: its property names one. `is_encoded`: in the file they are ASCII, and tell nothing of the others.
    """

    def __init__(self, *, is_declared: bool, is_encoded: bool) -> None:
        super().__init__("in no charset it could be in")
        self.is_declared, self.is_encoded = is_declared, is_encoded


def text_of(each: Property, encoding: str, legacy: str | None, *, strict: bool = True) -> str:
    """The value as text.

    `encoding` is that of the file, `legacy` the one that a value is in which is neither UTF-8 nor has a CHARSET. Raises
    Undecodable, unless `strict` is off: then U+FFFD stands for what cannot be read.
    """
    plain = each.value.encode(NARROW if encoding == NARROW else "utf-8")
    if each.is_encoded_as(SOFT):
        data = binascii.a2b_qp(plain)
    elif each.is_encoded_as("base64", "b"):
        data = from_base64(plain)
    elif encoding != NARROW:
        return each.value
    else:
        data = plain
    declared = each.says("charset")
    known = (declared,) if CHARSETS.fullmatch(declared) else ("utf-8", legacy) if legacy else ("utf-8",)
    for charset in known:
        try:
            return data.decode(charset)
        except (UnicodeError, LookupError):
            continue
    if strict:
        raise Undecodable(is_declared=bool(declared), is_encoded=data != plain)
    return data.decode(errors="replace")


def from_base64(data: bytes) -> bytes:
    """What bytes in base64 stand for; themselves, where they are none."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return data


def unescaped(text: str, *, is_old: bool) -> str:
    r"""A text without its backslashes. In vCard 2.1 (`is_old`) "\n" is no line break but what it looks like."""

    def meant(found: re.Match[str]) -> str:
        if found[1] in ("n", "N") and not is_old:
            return "\n"
        return found[1] if found[1] in r"\,;:" + '"' else found[0]

    return ESCAPED.sub(meant, text)


def parted(text: str, separator: str) -> list[str]:
    """The values between separators that are not escaped, still with their escapes."""
    places = [found.start() for found in re.finditer(rf"\\.|{separator}", text, re.DOTALL) if found[0] == separator]
    return [text[start:end] for start, end in _between(places, len(text))]


def _between(places: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    yield from zip([0, *(place + 1 for place in places)], [*places, end], strict=True)
