"""Which encoding a text may be in that is neither marked nor UTF-8, told from the words it would hold.

A list has too few words for the statistics of languages: of 17 short lists of names `charset-normalizer` 3.5.3 knew 9.
What tells code pages apart here is that a name is of one script, and has its capitals at the beginning.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path

CODE_PAGES = (  # the likelier first, where a text fits several
    *("windows-1252", "mac_roman", "windows-1250", "windows-1251", "windows-1253", "windows-1255", "windows-1256"),
    *("cp932", "gb18030", "big5", "cp949"),
)
LOOKED_AT = 200  # lines with letters beyond ASCII
LONGEST = 1 << 14  # bytes of a line
WORD = re.compile(r"[^\s,;|\"@.()/:+0-9-]+")
HAN = {"CJK", "HIRAGANA", "KATAKANA"}
BESIDE = "'’ー々"  # signs within words
STRANGE = 0.5  # share of strange words from which a text is in another encoding


def likely_encodings(path: Path) -> list[str]:
    """The encodings a file may be in, the likeliest first; none where all would make strange words of it."""
    with path.open("rb") as raw:
        start = raw.read(64)
        raw.seek(0)
        lines = (line for line in iter(partial(raw.readline, LONGEST), b"") if not line.isascii())
        return unmarked_utf16(start) or likely_among(islice(lines, LOOKED_AT))


def unmarked_utf16(start: bytes) -> list[str]:
    """The UTF-16 that the beginning of a header of plain letters is in, if it is."""
    if len(start) > 1 and not any(start[1::2]):
        return ["utf-16-le"]
    return ["utf-16-be"] if len(start) > 1 and not any(start[::2]) else []


def likely_among(lines: Iterable[bytes]) -> list[str]:
    """The encodings that lines may be in, of those that leave the fewest strange words."""
    data = b"".join(lines)
    if data.isascii():
        return []
    judged = {page: strangeness(text) for page in CODE_PAGES if (text := decoded(data, page)) is not None}
    least = min(judged.values(), default=STRANGE)
    return [page for page, strange in judged.items() if strange == least < STRANGE]


def decoded(data: bytes, encoding: str) -> str | None:
    """Bytes as text; None where they are none in an encoding."""
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def strangeness(text: str) -> float:
    """The share of the words with letters beyond ASCII that are no words."""
    words = {word for word in WORD.findall(text) if not word.isascii()}
    return sum(map(is_strange, words)) / len(words) if words else 1.0


def is_strange(word: str) -> bool:
    """Whether a word is of several scripts, holds signs, or capitals behind small letters.

    So is one of Latin letters of which most are not those of ASCII.
    """
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word if letter.isalpha()}
    if len(scripts - HAN) + bool(scripts & HAN) != 1:
        return True
    if not all(each.isalpha() or each in BESIDE or unicodedata.category(each)[0] == "M" for each in word):
        return True
    if word[1:] != word[1:].lower() and word != word.upper():
        return True
    return scripts == {"LATIN"} and 2 * sum(map(str.isascii, word)) < len(word)
