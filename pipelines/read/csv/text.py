"""The text of a delimited file: in which encoding it is, and its physical lines, none longer than memory can bear."""

import codecs
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.read.containers.zip import ZIP
from pipelines.read.csv.code_pages import likely_encodings
from pipelines.read.csv.row_count import RowCount
from schemas.error_codes import ErrorCode

BLOCK = 1 << 20  # characters read at a time
LONGEST_LINE = 4 << 20  # characters; a line that long is no line of a table
OVERLONG = "\ud800\n"  # what is given in its place; no decoder makes half a surrogate pair of this kind
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Encoding(NamedTuple):
    """The encoding a file was opened in."""

    path: Path
    name: str


@contextmanager
def opened(path: Path, encoding: str | None) -> Iterator[tuple[BinaryIO, Encoding]]:
    """A file and its encoding: a byte order mark decides, else the one given, else it is UTF-8."""
    with path.open("rb") as raw:
        start = raw.read(4)
        if start == ZIP:
            raise DeliveryRefused(
                ErrorCode.FILE_FORMAT, "the file is a workbook or a zip: use `format: contacts_xlsx`, or save it as CSV"
            )
        raw.seek(0)
        marked = (name for mark, name in BOMS.items() if start.startswith(mark))
        yield raw, Encoding(path, next(marked, encoding or "utf-8"))


class Lines(Iterator[str]):
    """Physical lines one after another, of which some can be put back. `number` is that of the last one, from 1."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.number = 0
        self._lines = lines
        self._again: list[str] = []  # the next one is the last

    def __next__(self) -> str:
        """The next line."""
        line = self._again.pop() if self._again else next(self._lines)
        self.number += 1
        return line

    def some(self, most: int, characters: int) -> list[str]:
        """The next lines, at most so many, and no more after those that have so many characters together."""
        taken: list[str] = []
        for line in islice(chain(self._put_back(), self._lines), most):
            taken.append(line)
            characters -= len(line)
            if characters <= 0:
                break
        self.number += len(taken)
        return taken

    def _put_back(self) -> Iterator[str]:
        while self._again:
            yield self._again.pop()

    def put_back(self, lines: Sequence[str]) -> None:
        """Make lines that were taken the next ones again."""
        self._again.extend(reversed(lines))
        self.number -= len(lines)


def text_lines(raw: BinaryIO, encoding: str, count: RowCount | None = None) -> Iterator[str]:
    r"""Physical lines with their ends, which are "\n", "\r\n" or "\r".

    A byte that is not in the encoding becomes a lone surrogate (U+DC80 to U+DCFF), so that the others can be read; in
    UTF-16, where one byte puts all that follow out of step, it raises UnicodeError. `count` is given the same text.
    """
    strict = encoding.startswith(("utf-16", "utf_16", "utf-32", "utf_32"))
    text = io.TextIOWrapper(raw, encoding, errors="strict" if strict else "surrogateescape", newline="")
    rest = ""
    while block := text.read(BLOCK):
        whole, rest = whole_lines(rest + block)
        if count:
            count.add(whole)
        yield from io.StringIO(whole, newline="")
        if len(rest) > LONGEST_LINE:
            rest = beyond(text)
            if count:
                count.add("-\n")
            yield OVERLONG
    if count:
        count.add(rest)
    yield from io.StringIO(rest, newline="")
    text.detach()


def whole_lines(text: str) -> tuple[str, str]:
    r"""The lines of a text that have ended, and the beginning of the next. A "\r" at its end may still get its "\n"."""
    end = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
    return text[:end], text[end:]


def beyond(text: io.TextIOWrapper) -> str:
    """Read to the end of a line; what lies behind it of the block that it ends in."""
    while block := text.read(BLOCK):
        end = io.StringIO(block, newline="").readline()
        if end.endswith(("\n", "\r")):
            return block[len(end) :]
    return ""


def mostly_in(path: Path, encoding: str) -> bool:
    """Whether at least as many lines with letters beyond ASCII are in the encoding as are not.

    If so, the others are at fault; if not, the file is in another encoding.
    """
    told = 0
    with path.open("rb") as raw:
        for line in text_lines(raw, encoding):
            if not line.isascii():
                told += -1 if broken(line) else 1
    return told >= 0


def broken(text: str) -> bool:
    """Whether a text holds what its encoding does not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def unreadable(encoding: Encoding) -> DeliveryRefused:
    """The refusal of a file in another encoding; it names those the file may be in."""
    likely = [page for page in likely_encodings(encoding.path) if page != encoding.name]
    option = f"set `encoding:` of its source to {'that' if len(likely) == 1 else 'the right one'}"
    fix = f"it looks like {' or '.join(likely)}: {option}, or save it as UTF-8"
    unknown = "save it as UTF-8, or set `encoding:` of its source, such as windows-1252"
    return DeliveryRefused(ErrorCode.FILE_ENCODING, f"the file is not {encoding.name}; {fix if likely else unknown}")
