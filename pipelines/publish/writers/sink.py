"""Where a format writes to: a file whose content is fingerprinted as it passes, and encrypted if it is to be."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import BinaryIO, cast

import pyrage

from pipelines.errors import ConfigurationError


class Sink:
    """Passes bytes on, in order, and knows their SHA-256. Nothing can be written twice or read back."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._written = 0

    def write(self, data: bytes) -> int:
        """Pass bytes on."""
        self._file.write(data)
        self._digest.update(data)
        size = memoryview(data).nbytes
        self._written += size
        return size

    def tell(self) -> int:
        """How many bytes have passed."""
        return self._written

    def flush(self) -> None:
        """Keep nothing back."""
        self._file.flush()

    def seekable(self) -> bool:
        """What has passed is gone."""
        return False

    def sha256(self) -> str:
        """Of all that has passed."""
        return self._digest.hexdigest()

    def file(self) -> BinaryIO:
        """Itself, for libraries that write files."""
        return cast("BinaryIO", self)


@contextmanager
def encrypted(file: BinaryIO, keys: Sequence[str]) -> Iterator[BinaryIO]:
    """A file to write, what is written is in `file` for the owners of these age keys alone; without keys, `file`.

    What is in clear is never on the disk: it goes through a pipe.
    """
    if not keys:
        yield file
        return
    recipients = [recipient(key) for key in keys]
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def encrypt() -> None:
        with os.fdopen(reading, "rb") as clear:
            try:
                pyrage.encrypt_io(clear, file, recipients)
            except Exception as error:  # noqa: BLE001 -- raised again where it can be seen
                failed.append(error)

    thread = Thread(target=encrypt, name="age")
    thread.start()
    try:
        with os.fdopen(writing, "wb") as clear:
            yield clear
    except BrokenPipeError:
        if not failed:
            raise
    finally:
        thread.join()
    if failed:
        raise OSError(f"the encrypted file could not be written: {failed[0]}")


def recipient(key: str) -> "pyrage.x25519.Recipient":
    """A public key of age. Raises ConfigurationError for one with a slip in it."""
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        pass
    raise ConfigurationError(f"encrypt_to: {key[:12]}… is no public key of age: a letter is wrong or missing")
