"""An Excel workbook (.xlsx): its sheets, the texts that cells share, and how cells show numbers.

That is what is held of it in memory, at most LARGEST_HELD bytes of XML each; sheets themselves are streamed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import zip as archive
from pipelines.read.workbook.numbers import Shown, shown_as
from pipelines.read.workbook.parts import found, related, whole
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # of Excel before 2007, and of a workbook with a password
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Sheet(NamedTuple):
    """A sheet of cells: its name, the part that holds it, and whether Excel shows it."""

    name: str
    part: str
    is_visible: bool


class Workbook(NamedTuple):
    """An open workbook. Cells name their shared text and their style by its place in `strings` and `styles`."""

    archive: archive.Archive
    sheets: list[Sheet]
    strings: list[str]
    styles: list[Shown]


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """Open a workbook.

    Raises:
        DeliveryRefused: FILE_EMPTY, FILE_LIMIT, or FILE_FORMAT for what is no workbook, damaged, or has a password.
    """
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            raise DeliveryRefused(
                ErrorCode.FILE_FORMAT, "the workbook has a password or is an old .xls: save it as .xlsx without one"
            )
    with archive.opened(path) as parts:
        start = next((part for kind, part in related(parts, "").values() if kind == "officeDocument"), "")
        others = related(parts, start)
        of_kind = {kind: part for kind, part in others.values() if found(parts, part)}
        places, since_1904 = listed(parts, start)
        sheets = [
            Sheet(name, others[key][1], state == "visible")
            for name, key, state in places
            if others.get(key, ("", ""))[0] == "worksheet"
        ]
        yield Workbook(
            parts,
            sheets,
            shared_strings(parts, of_kind.get("sharedStrings")),
            styles(parts, of_kind.get("styles"), since_1904=since_1904),
        )


def listed(parts: archive.Archive, part: str) -> tuple[list[tuple[str, str, str]], bool]:
    """The sheets that a workbook lists (name, key, state), and whether it counts its days from 1904."""
    sheets: list[tuple[str, str, str]] = []
    since_1904: list[bool] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            sheets.append((attributes["name"], key, attributes.get("state", "visible")))
        elif element == "workbookPr":
            since_1904.append(attributes.get("date1904") in ("1", "true", "on"))

    whole(parts, part, start)
    return sheets, any(since_1904)


def shared_strings(parts: archive.Archive, part: str | None) -> list[str]:
    """Texts that cells share, in the order that cells count them by."""
    strings: list[str] = []
    text = RichText()

    def end(element: str, said: str) -> None:
        text.end(element, said)
        if element == "si":
            strings.append(text.taken())

    if part:
        whole(parts, part, text.start, end)
    return strings


class RichText:
    """The text of a cell as its runs are met; how it is pronounced (`rPh`, in Japanese) is no part of it."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._length = 0
        self._is_aside = False

    def start(self, element: str, _: dict[str, str]) -> None:
        """An element begins."""
        if element == "rPh":
            self._is_aside = True

    def end(self, element: str, text: str) -> None:
        """An element ends."""
        if element == "rPh":
            self._is_aside = False
        elif element == "t" and text and not self._is_aside and self._length <= MAX_TEXT:
            self._runs.append(text)
            self._length += len(text)

    def taken(self) -> str:
        """The text so far, which is then forgotten; of one too long to be accepted it keeps the start."""
        text = written("".join(self._runs)[: MAX_TEXT + 1])
        self._runs, self._length = [], 0
        return text


def written(text: str) -> str:
    """A text without the escapes in which Excel stores characters that XML has not, such as `_x000D_`."""
    return ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code < 0xE000 else chr(code)


def styles(parts: archive.Archive, part: str | None, *, since_1904: bool) -> list[Shown]:
    """How each cell style shows a number."""
    formats: dict[str, str] = {}
    shown: list[Shown] = []
    inside: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "numFmt":
            formats.setdefault(attributes["numFmtId"], attributes["formatCode"])
        elif element == "xf" and inside[-1:] == ["cellXfs"]:
            number = attributes.get("numFmtId", "0")
            shown.append(show(number, formats.get(number)))
        inside.append(element)

    def end(_: str, __: str) -> None:
        inside.pop()

    show = partial(shown_as, since_1904=since_1904)
    if part:
        whole(parts, part, start, end)
    return shown
