"""Zip files from outside, read without trusting what they say of themselves."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import Delivered
from schemas.error_codes import ErrorCode

ZIP = b"PK\x03\x04"  # the first bytes of a zip file that holds anything
MAX_MEMBERS = 100_000
MAX_INFLATED = 4 << 30  # bytes of all members read together
MAX_RATIO = 200  # inflated to compressed, once a member has given more than RATIO_FROM bytes
RATIO_FROM = 4 << 20
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # encrypted, or a compression this Python does not know (NotImplementedError)
    OverflowError,
    LookupError,
)


class Archive(NamedTuple):
    """An open zip file whose member names have been found harmless."""

    zip: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    inflated: list[int]  # one number: bytes that all members have given so far


@contextmanager
def opened(path: Delivered) -> Iterator[Archive]:
    """Open a zip file.

    Raises:
        DeliveryRefused: FILE_EMPTY, FILE_FORMAT for one that is broken, encrypted or holds names that lead elsewhere,
            FILE_LIMIT for one with too many members.
    """
    if path.stat().st_size == 0:
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: deliver it again")
    with path.open("rb") as raw:
        try:
            file = zipfile.ZipFile(raw)
        except BROKEN:
            raise DeliveryRefused(ErrorCode.FILE_FORMAT, "not a complete zip file: deliver it again") from None
        with file:
            yield Archive(file, _harmless(file.infolist()), [0])


@contextmanager
def member(archive: Archive, name: str, limit: int = MAX_INFLATED) -> Iterator[BinaryIO]:
    """Open one member as a stream that counts what it inflates.

    The stream raises DeliveryRefused: FILE_LIMIT beyond `limit` bytes or against the limits of this module,
    FILE_FORMAT where the member is broken or encrypted.
    """
    info = archive.members[name]
    try:
        raw = archive.zip.open(info)
    except BROKEN:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "the zip file is damaged or has a password") from None
    with raw, io.BufferedReader(_Counted(raw, info, archive.inflated, limit)) as stream:
        yield stream


class _Counted(io.RawIOBase):
    """Bytes of a member as they are inflated, up to the limits."""

    def __init__(self, raw: IO[bytes], info: zipfile.ZipInfo, inflated: list[int], limit: int):
        self._raw, self._info, self._inflated, self._limit = raw, info, inflated, limit
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            data = self._raw.read(len(buffer))
        except BROKEN:
            raise DeliveryRefused(ErrorCode.FILE_FORMAT, "the zip file is damaged: deliver it again") from None
        self._given += len(data)
        self._inflated[0] += len(data)
        bomb = self._given > RATIO_FROM and self._given > MAX_RATIO * self._info.compress_size
        if bomb or self._given > self._limit or self._inflated[0] > MAX_INFLATED:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, "the zip file inflates to more than this format needs")
        buffer[: len(data)] = data
        return len(data)


def _harmless(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > MAX_MEMBERS:
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"the zip file holds more than {MAX_MEMBERS} files")
    members = {info.filename: info for info in infos}
    if len(members) < len(infos):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "the zip file holds two files of the same name")
    for name in members:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]:
            raise DeliveryRefused(ErrorCode.FILE_FORMAT, "the zip file holds names that lead out of it")
    return members
