import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import EncryptionUnavailable
from pipelines.store.warehouse import openssl
from pipelines.store.warehouse.openssl import connect_with_openssl


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The extension as installed by somebody who can change it."""
    extension = tmp_path / "o'brien" / "httpfs.duckdb_extension"
    extension.parent.mkdir()
    shutil.copy(openssl.openssl(), extension)
    monkeypatch.setattr(openssl, "openssl", lambda: extension)
    return extension


def flip_a_bit(extension: Path) -> None:
    """Change a file in its middle."""
    content = bytearray(extension.read_bytes())
    content[len(content) // 2] ^= 1
    extension.unlink()  # what a process has loaded stays as it was
    extension.write_bytes(content)


def test_a_changed_extension_is_refused(copied: Path) -> None:
    flip_a_bit(copied)
    with pytest.raises(EncryptionUnavailable):
        connect_with_openssl({})


def test_an_extension_that_is_changed_after_it_was_loaded_is_refused(copied: Path) -> None:
    for _ in range(2):
        connect_with_openssl({}).close()
    flip_a_bit(copied)
    with pytest.raises(EncryptionUnavailable):
        connect_with_openssl({})


def test_the_signature_is_checked_once_and_nothing_unsigned_can_be_loaded(copied: Path) -> None:
    for _ in range(2):
        with connect_with_openssl({}) as connection:
            unsigned = "SELECT current_setting('allow_unsigned_extensions')"
            assert connection.execute(unsigned).fetchone() == (False,)
            with pytest.raises(duckdb.InvalidInputException, match="allow_unsigned_extensions"):
                connection.execute("SET GLOBAL allow_unsigned_extensions = true")
