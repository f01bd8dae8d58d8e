"""The httpfs extension, which brings OpenSSL: DuckDB alone can read encrypted files but not write them."""

from importlib import resources
from pathlib import Path

import duckdb

from pipelines.errors import EncryptionUnavailable

Settings = dict[str, str | bool | int | float | list[str]]
_verified: set[tuple[Path, int, int, int]] = set()  # files of this process whose signature DuckDB has checked


def connect_with_openssl(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A DuckDB with these settings and a database in memory, which can write encrypted files.

    To check the signature of an extension DuckDB hashes all of it, 0.1 s of CPU. That is done when a process loads it
    for the first time; later it has this library already, and another check is left out as long as the file is the
    same. The permission this takes is withdrawn at once, and DuckDB lets nobody give it back.

    Raises:
        EncryptionUnavailable: The extension is not installed, or is not signed.
    """
    extension = openssl()
    state = extension.stat()
    loaded = (extension, state.st_ino, state.st_size, state.st_mtime_ns)
    path = str(extension).replace("'", "''")
    connection = duckdb.connect(":memory:", config=settings | {"allow_unsigned_extensions": loaded in _verified})
    try:
        connection.execute(f"LOAD '{path}'")
    except duckdb.Error:
        connection.close()
        raise EncryptionUnavailable(_reinstall()) from None
    connection.execute("SET GLOBAL allow_unsigned_extensions = false")
    _verified.add(loaded)
    return connection


def openssl() -> Path:
    """Where the extension lies.

    Raises:
        EncryptionUnavailable: It is not installed.
    """
    try:
        package = resources.files("duckdb_extension_httpfs")
    except ModuleNotFoundError:
        raise EncryptionUnavailable(_reinstall()) from None
    extension = Path(str(package / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"))
    if not extension.is_file():
        raise EncryptionUnavailable(_reinstall())
    return extension


def _reinstall() -> str:
    version = duckdb.__version__
    return f"DuckDB {version} cannot encrypt without its extension: pip install duckdb-extension-httpfs=={version}"
