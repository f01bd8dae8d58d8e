"""Texts and attributes of XML in which a person is replaced; all other bytes stay."""

import re
from html import escape, unescape

from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.outcome import Unreachable, Wanted
from pipelines.privacy.needles import find, find_names
from pipelines.privacy.redact import redacted

_TEXT = re.compile(r">([^<>]+)<|=\s*\"([^\"<]*)\"|=\s*'([^'<]*)'")


def redacted_xml(data: bytes, wanted: Wanted, *, names: bool) -> tuple[bytes, int]:
    """XML in UTF-8 without the person's identifiers, and without their names where `names`; at how many places.

    Raises:
        Unreachable: for XML in another encoding.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unreachable("XML that is not UTF-8") from None
    places = [
        (found.start(group), found.end(group)) for found in _TEXT.finditer(text) if (group := found.lastindex or 1)
    ]
    said = [unescape(text[start:end]) for start, end in places]
    texts = series(said)
    held = find(wanted.needles, texts)
    if names:
        held |= find_names(wanted.needles, texts)
    kept, at, erased = [], 0, 0
    for place in held.arg_true():
        start, end = places[place]
        bare, count = redacted(wanted.needles, said[place], names=names)
        kept += [text[at:start], escape(bare)]
        at, erased = end, erased + count
    return "".join([*kept, text[at:]]).encode(), erased
