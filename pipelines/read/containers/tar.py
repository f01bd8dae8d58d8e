"""A .tar or .tar.gz from outside, read from its beginning to its end and once only."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from pipelines.errors import DeliveryRefused
from pipelines.read.containers.zip import MAX_RATIO, RATIO_FROM
from pipelines.read.core.batch import Delivered
from schemas.error_codes import ErrorCode

GZIP = b"\x1f\x8b"
MAX_READ = 128 << 20  # bytes at once: a header may ask for as many as it likes
SKIPPED = 1 << 20  # bytes read at once on the way to the next file
BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError, LookupError, RecursionError)


def is_tar(start: bytes) -> bool:
    """Whether bytes are the beginning of a tar file, compressed by gzip or not."""
    if start.startswith(GZIP):
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, tarfile.BLOCKSIZE)
        except zlib.error:
            return False
    return start[257:262] == b"ustar"


def files(path: Delivered, limit: int) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Path and first `limit` bytes of each file in it, links and the like left out.

    Raises:
        DeliveryRefused: FILE_FORMAT for one that is broken, FILE_LIMIT for one that was made to take long.
    """
    try:
        with ExitStack() as stack:
            raw = stack.enter_context(path.open("rb"))
            is_packed = raw.read(len(GZIP)) == GZIP
            raw.seek(0)
            inflated = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=raw))) if is_packed else raw
            tar = stack.enter_context(tarfile.open(fileobj=_Onward(inflated, raw), mode="r:"))
            while (info := tar.next()) is not None:
                vars(tar)["members"].clear()  # it would remember all of them
                content = tar.extractfile(info) if info.type in (tarfile.REGTYPE, tarfile.AREGTYPE) else None
                if content and not info.issparse():
                    yield PurePosixPath(info.name), content.read(limit)
    except BROKEN:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "the tar file is damaged: deliver it again") from None


class _Onward(io.RawIOBase):
    """A stream that is only read onward, by a bounded number of bytes at a time."""

    def __init__(self, inflated: IO[bytes], packed: BinaryIO):
        self._inflated, self._packed, self._given = inflated, packed, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET or offset < self._given:
            raise OSError
        while self._given < offset and self.read(min(SKIPPED, offset - self._given)):
            pass
        return self._given

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= MAX_READ:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, "the tar file has a header that no file needs")
        data = self._inflated.read(size)
        self._given += len(data)
        if self._given > RATIO_FROM and self._given > MAX_RATIO * self._packed.tell():
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, "the tar file inflates to more than mails do")
        return data
