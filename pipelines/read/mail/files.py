"""Mails that are files of their own: one of them, or a zip or tar file of many."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath, PurePosixPath

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import tar
from pipelines.read.containers import zip as archive
from pipelines.read.containers.zip import ZIP
from pipelines.read.core.batch import BATCH_ROWS, SAMPLE_BYTES, Batch, Delivered
from pipelines.read.core.frames import Entry, Rejected, batches
from pipelines.read.mail.entry import MAX_MAIL, Piece, entries
from pipelines.read.mail.parts import Unbounded, mail_of
from pipelines.read.mail.source import Mails
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

NO_ZIP_ENTRIES = b"PK\x05\x06"
MAILDIR = ("cur", "new")
UNFINISHED = "tmp"  # of a Maildir: what is written there is not complete

_FLAGS = re.compile(r"[:;!]2,(?P<flags>[A-Za-z]*)$")
_DROPPED = frozenset("TD")  # trashed, draft


def read(path: Path, source: Mails, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield one mail, or the mails in a zip or tar file, in batches; see `pipelines.read.core.batch.Read`."""
    yield from batches(_entries(path, source), rows)


def is_mail(name: str) -> bool:
    """Whether a file in an archive is a mail, by its path: it ends in .eml, or lies where a Maildir has mails."""
    path = PurePosixPath(name)
    return path.suffix.lower() == ".eml" or path.parent.name in MAILDIR


def _entries(path: Path, source: Mails) -> Iterator[Entry]:
    with path.open("rb") as stream:
        start = stream.read(SAMPLE_BYTES)
    if not start.strip(b"\xef\xbb\xbf \t\r\n") and len(start) < SAMPLE_BYTES:
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file holds no mail: save or pack it again")
    if start.startswith((ZIP, NO_ZIP_ENTRIES)):
        yield from _all_of(_zipped(path), source)
    elif tar.is_tar(start):
        yield from _all_of(_packed(path), source)
    elif path.parent.name == UNFINISHED:
        yield Rejected(None, ErrorCode.MAIL_LABEL_SKIPPED, "a mail in cur or new of a Maildir", "", Outcome.SKIPPED)
    else:
        yield from _single(path, source)


def _single(path: Path, source: Mails) -> Iterator[Entry]:
    with path.open("rb") as stream:
        piece = _piece(path.parent / path.name, stream.read(MAX_MAIL + 1))
    try:
        is_one = bool(mail_of(piece.data).head)
    except Unbounded:
        is_one = True
    if not is_one:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "not a mail: its first line must be a header such as From")
    yield from entries(piece._replace(line=1), source)


def _all_of(pieces: Iterable[Piece], source: Mails) -> Iterator[Entry]:
    found = False
    for piece in pieces:
        found = True
        yield from entries(piece, source)
    if not found:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "no mail in it: neither files that end in .eml nor cur and new")


def _zipped(path: Delivered) -> Iterator[Piece]:
    with archive.opened(path) as files:
        for name in filter(is_mail, files.members):
            if not name.endswith("/"):
                with archive.member(files, name) as stream:
                    yield _piece(PurePosixPath(name), stream.read(MAX_MAIL + 1))


def _packed(path: Delivered) -> Iterator[Piece]:
    return (_piece(name, data) for name, data in tar.files(path, MAX_MAIL + 1) if is_mail(str(name)))


def _piece(place: PurePath, data: bytes) -> Piece:
    """A mail with what the place says of it: the folders of a mail program have the names of its labels."""
    marked = _FLAGS.search(place.name)
    folder = place.parent.parent if place.parent.name in MAILDIR else place.parent
    names = folder.name.split(".") if folder.name.startswith(".") else [folder.name]
    return Piece(
        None,
        data[:MAX_MAIL],
        overlong=len(data) > MAX_MAIL,
        labels=frozenset(names),
        dropped=marked is not None and not _DROPPED.isdisjoint(marked["flags"].upper()),
    )
