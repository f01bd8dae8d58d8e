"""The file of an access package: parts in a zip, encrypted as one, beside its place and renamed."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pyrage

from pipelines.errors import ConfigurationError
from pipelines.publish.files import atomic_write
from pipelines.publish.role_keys import recipient_of
from pipelines.publish.table import as_csv, header
from schemas.segment import Dialect

FIRST = (1980, 1, 1, 0, 0, 0)  # the time zip gives what has none


def csv_of(frame: pl.DataFrame) -> bytes:
    """A frame as CSV for spreadsheets: nothing in it runs."""
    plain = frame.with_columns(pl.col(pl.Boolean).cast(pl.String), pl.col(pl.List(pl.Null)).cast(pl.List(pl.String)))
    return header(plain.columns, Dialect.EXCEL) + as_csv(plain, plain.columns, dialect=Dialect.EXCEL)


def manifest(files: Mapping[str, bytes], rows: Mapping[str, int], request: int) -> bytes:
    """What is in the package: parts, rows of the tables, SHA-256."""
    parts = [
        {"name": name, "rows": rows.get(name.removesuffix(".csv")), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    return json.dumps({"request": request, "parts": parts}, indent=2).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip in memory: none of it is in clear on disk."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, FIRST), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def check_target(out: Path, recipients: Sequence[str], passphrase: str | None) -> list[object]:
    """The keys to encrypt for; none with a passphrase.

    Raises:
        ConfigurationError: The file exists, a key is none, or it is not either keys or a passphrase.
    """
    if out.exists():
        raise ConfigurationError(f"{out} exists: name another file")
    if bool(recipients) == bool(passphrase):
        raise ConfigurationError("an access package needs either public keys (--to) or a passphrase")
    return [recipient_of(each) for each in recipients]


def write_encrypted(out: Path, content: bytes, keys: Sequence[object], passphrase: str | None) -> str:
    """Write content encrypted with age, mode 0600; the SHA-256 of the file."""
    sealed = pyrage.passphrase.encrypt(content, passphrase) if passphrase else pyrage.encrypt(content, list(keys))
    with atomic_write(out) as file:
        file.write(sealed)
    return hashlib.sha256(sealed).hexdigest()
