"""A file on another machine, as much of `pathlib.Path` as readers use: streamed, never copied here."""

import io
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from pipelines.errors import SourceUnreachable
from pipelines.landing.network_errors import as_source_unreachable

BLOCK = 4 << 20  # bytes asked for at a time
WINDOW = 1 << 20  # bytes kept here while they are read
_CHANGED = ("mtime", "LastModified", "updated", "modify", "Last-Modified")


class Size(NamedTuple):
    """As much of `os.stat_result` as readers use."""

    st_size: int


class Remote(NamedTuple):
    """A file as its server told of it. `key` is its path there, `at` scheme and host."""

    system: Any
    at: str
    key: str
    size: int
    modified: datetime | None
    version: str  # changes with the content; empty where the transport knows no such thing

    @property
    def name(self) -> str:
        """Name of the file."""
        return self._path.name

    @property
    def stem(self) -> str:
        """Its name without the suffix."""
        return self._path.stem

    @property
    def suffix(self) -> str:
        """What its name ends in, with the dot."""
        return self._path.suffix

    @property
    def parent(self) -> PurePosixPath:
        """Its folder."""
        return self._path.parent

    @property
    def _path(self) -> PurePosixPath:
        return PurePosixPath(unquote(self.key) if self.at.startswith("http") else self.key)

    def stat(self) -> Size:
        """Its size when it was last looked at."""
        return Size(self.size)

    def open(self, _: Literal["rb"] = "rb", /) -> io.BufferedReader:
        """A stream that can seek. Raises SourceUnreachable, now or when it is read."""
        with as_source_unreachable(self.at):
            stream = self.system.open(self.key, "rb", block_size=BLOCK)
        return io.BufferedReader(_Streamed(stream, self.at, self.size), WINDOW)

    def looked_at_again(self) -> "Remote | None":
        """The file as it is now, or None if it is gone."""
        with as_source_unreachable(self.at):
            try:
                told_of = self.system.info(self.key)
            except FileNotFoundError:
                return None
            return remote(self.system, self.at, self.key, told_of)

    def unlink(self) -> None:
        """Remove the file."""
        with as_source_unreachable(self.at):
            self.system.rm_file(self.key)


def remote(system: Any, at: str, key: str, told_of: dict[str, Any]) -> Remote:
    """A file out of what fsspec tells of it."""
    if told_of.get("size") is None:
        raise SourceUnreachable(f"{at} does not say how large its files are: deliver them some other way")
    version = str(told_of.get("ETag") or told_of.get("etag") or "")
    return Remote(system, at, key, int(told_of["size"]), _modified(told_of), version)


def _modified(told_of: dict[str, Any]) -> datetime | None:
    """When it was last changed; each transport has a name and a spelling of its own for it."""
    stated = next((told_of[key] for key in _CHANGED if told_of.get(key)), None)
    if stated is None:
        return None
    if not isinstance(stated, datetime):
        text = str(stated)
        if text.isdecimal():  # FTP: 20260601100000
            text = f"{text[:8]}T{text[8:]}"
        stated = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
    return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)


class _Streamed(io.RawIOBase):
    """Bytes as they come. A failure of the network is told as such, and not taken for a fault of the file."""

    def __init__(self, stream: Any, at: str, size: int) -> None:
        self._stream, self._at, self._size = stream, at, size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END:  # not every transport knows the end
            offset, whence = offset + self._size, io.SEEK_SET
        with as_source_unreachable(self._at):
            self._stream.seek(offset, whence)
            return int(self._stream.tell())

    def tell(self) -> int:
        return int(self._stream.tell())

    def readinto(self, buffer: Any, /) -> int:
        with as_source_unreachable(self._at):
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _read(self, most: int) -> bytes:
        place = self._stream.tell()
        most = min(most, self._size - place)
        if most <= 0:
            return b""
        if hasattr(self._stream, "readv"):  # SFTP: many small requests on their way at once, instead of one by one
            return bytes(next(self._stream.readv([(place, most)])))
        return bytes(self._stream.read(most))

    def close(self) -> None:
        if not self.closed:
            with as_source_unreachable(self._at):
                self._stream.close()
        super().close()
