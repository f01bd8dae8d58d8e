import hashlib
from io import BytesIO
from pathlib import Path

import pyrage
import pytest

from pipelines.errors import ConfigurationError
from pipelines.publish.writers.sink import Sink, encrypted, recipient

OWNER, COLLEAGUE, STRANGER = (pyrage.x25519.Identity.generate() for _ in range(3))


def test_a_sink_passes_bytes_on_and_knows_their_fingerprint() -> None:
    file = BytesIO()
    sink = Sink(file)
    assert [sink.write(data) for data in (b"one", b"two")] == [3, 3]
    sink.flush()
    assert (file.getvalue(), sink.tell(), sink.seekable()) == (b"onetwo", 6, False)
    assert sink.sha256() == hashlib.sha256(b"onetwo").hexdigest()


def test_without_keys_a_file_is_itself() -> None:
    file = BytesIO()
    with encrypted(file, ()) as clear:
        assert clear is file


def test_what_is_encrypted_is_read_by_its_recipients_and_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "a.age"
    content = b"Jane Doe\n" * 50_000
    keys = [str(each.to_public()) for each in (OWNER, COLLEAGUE)]
    with path.open("wb") as file, encrypted(file, keys) as clear:
        clear.write(content)
    assert b"Jane" not in path.read_bytes()
    for identity in (OWNER, COLLEAGUE):
        assert pyrage.decrypt(path.read_bytes(), [identity]) == content
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(path.read_bytes(), [STRANGER])


def test_an_error_while_writing_passes(tmp_path: Path) -> None:
    def broken() -> None:
        with (tmp_path / "a.age").open("wb") as file, encrypted(file, [str(OWNER.to_public())]) as clear:
            clear.write(b"some")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        broken()


class Full(BytesIO):
    """A disk on which there is no room."""

    def write(self, data: object) -> int:
        raise OSError("no space left on device")


def test_an_error_of_the_encrypted_file_is_raised() -> None:
    def write() -> None:
        with encrypted(Full(), [str(OWNER.to_public())]) as clear:
            for _ in range(100):
                clear.write(b"x" * 100_000)

    with pytest.raises(OSError, match=r"could not be written: .*no space left"):
        write()


def test_a_slip_in_a_key_is_told() -> None:
    key = str(OWNER.to_public())
    assert str(recipient(key)) == key
    with pytest.raises(ConfigurationError, match=r"encrypt_to: age1.{8}… is no public key of age"):
        recipient(key[:-1] + ("q" if key[-1] != "q" else "p"))
