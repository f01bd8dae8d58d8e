"""The objects of a helpdesk's export, one by one: out of JSON Lines, an array, pages of a list, or single documents."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import json_walk
from pipelines.read.containers.json_lines import FOREIGN, LINE_BYTES, WIDE, Line, json_lines, parsed, written
from pipelines.read.core.batch import Sample
from pipelines.read.core.frames import Rejected
from schemas.error_codes import ErrorCode

START = 1 << 16  # bytes that are looked at to tell which form a file has
PAGES = 4  # how deep lists may lie in the pages that hold them

_FIRST_KEY = re.compile(r'\{\s*"(\w{1,40})"\s*:')


class Form(NamedTuple):
    """What an export is made of.

    `kind` says which kind of thing an object is, None for what is nothing known. `pages` has the keys under which a
    page holds its objects, and which kind these are if their own keys do not tell; of one page they are taken in this
    order. `expected` says what an entry should have been.
    """

    kind: Callable[[Mapping[str, Any]], str | None]
    pages: Mapping[str, str | None]
    expected: str


class Given(NamedTuple):
    """An object, which kind of thing it is, and the line it is on, where lines are entries."""

    line: int | None
    kind: str
    fields: dict[str, Any]


def objects(path: Path, form: Form) -> Iterator[Given | Rejected]:
    """Yield the objects of a file in its order, without the pages around them; what is none of them is refused.

    Raises:
        DeliveryRefused: the file is no JSON, or holds nothing that is known.
    """
    early: list[Rejected] = []
    known = False
    for found in _values(path, form):
        for given in [found] if isinstance(found, Rejected) else _unwrapped(found, form):
            if not known and isinstance(given, Rejected):
                early.append(given)
                if len(early) == FOREIGN:
                    raise _foreign(form)
                continue
            known = True
            yield from early
            early.clear()
            if given is not None:
                yield given
    if not known:
        raise _foreign(form)


def unreadable(line: int | None, value: Any, expected: str) -> Rejected:
    """The refusal of an entry."""
    return Rejected(line, ErrorCode.MESSAGE_UNREADABLE, expected, written(value))


def keys_in(sample: Sample) -> frozenset[str]:
    """Keys at the beginning of what may be JSON, at any depth."""
    start = sample.start.removeprefix(codecs.BOM_UTF8).lstrip()
    if not start.startswith((b"{", b"[")):
        return frozenset()
    pieces = start.decode("utf-8", errors="replace").replace("\\\\", "").replace('\\"', "").split('"')
    return frozenset(key for key, after in zip(pieces[1::2], pieces[2::2], strict=False) if after.lstrip()[:1] == ":")


def has_one_of(sample: Sample, told: Iterable[Set[str]]) -> bool:
    """Whether all keys of one of these sets stand at the beginning of a file."""
    keys = keys_in(sample)
    return any(each <= keys for each in told)


class _Held(NamedTuple):
    line: int | None
    value: Any
    kind: str | None = None


def _values(path: Path, form: Form) -> Iterator[_Held | Rejected]:
    with path.open("rb") as stream:
        start = stream.read(START).removeprefix(codecs.BOM_UTF8).lstrip()
        if start and start[:1] not in (b"{", b"["):
            code = ErrorCode.FILE_ENCODING if start.startswith(WIDE) else ErrorCode.FILE_FORMAT
            raise DeliveryRefused(code, "the file is not JSON in UTF-8: export it as JSON")
        stream.seek(0)
        lines = start.startswith(b"{") and _one_a_line(stream)
        stream.seek(0)
        if lines:
            for entry in json_lines(stream):
                yield _Held(entry.number, entry.value) if isinstance(entry, Line) else entry
            return
        if start.startswith(b"{") and (whole := _document(stream)) is not None:
            yield _Held(None, whole)
            return
        first = _FIRST_KEY.match(start.decode(errors="replace"))
        opened = start.startswith(b"[") or (first is not None and first[1] in form.pages)

        def into(place: json_walk.Path) -> bool:
            return opened and all(step in form.pages for step in place)

        for place, value in json_walk.walk(stream, into):
            keys = [form.pages.get(step) for step in place if isinstance(step, str)]
            if isinstance(value, dict | list) or not place or isinstance(place[-1], int):
                yield _Held(None, value, next(reversed(keys), None))


def _one_a_line(stream: BinaryIO) -> bool:
    """Whether the first line is a whole object, and short enough for an entry."""
    size = 0
    while data := stream.readline(START):
        size += len(data)
        if data.endswith(b"\n") and data.strip():
            break
    else:
        stream.seek(-min(size, 8), 2)
        data = stream.read()
    return size < LINE_BYTES and data.rstrip().endswith(b"}")


def _document(stream: BinaryIO) -> dict[str, Any] | None:
    """The one object a file is, however it is laid out; None where it is more, none, or longer than an entry may be."""
    data = stream.read(LINE_BYTES)
    stream.seek(0)
    if len(data) == LINE_BYTES:
        return None
    try:
        value = parsed(data.decode("utf-8-sig"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _unwrapped(found: _Held, form: Form) -> Iterator[Given | Rejected | None]:
    """The objects in a value; None for a page without any."""
    waiting: list[tuple[Any, str | None, int]] = [(found.value, found.kind, 0)]
    while waiting:
        value, held_as, depth = waiting.pop()
        if isinstance(value, list) and depth < PAGES:
            waiting.extend((item, held_as, depth + 1) for item in reversed(value))
            if not value:
                yield None
            continue
        fields = value if isinstance(value, dict) else {}
        inner = [key for key in form.pages if isinstance(fields.get(key), list | dict)]
        if own := (form.kind(fields) or held_as if fields else None):
            yield Given(found.line, own, fields)
        elif inner and depth < PAGES:
            waiting.extend((fields[key], form.pages[key], depth + 1) for key in reversed(inner))
        else:
            yield unreadable(found.line, value, form.expected)


def _foreign(form: Form) -> DeliveryRefused:
    return DeliveryRefused(
        ErrorCode.FILE_FORMAT, f"nothing in the file is {form.expected}: export it as the guide says"
    )
