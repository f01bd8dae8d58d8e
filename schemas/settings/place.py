"""Where the files of a source are: a folder of the project, or a URL of one of the transports known here."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from schemas.vocabulary import AfterImport

ENCRYPTED = ("s3", "gs", "sftp", "https")
CLEAR = ("http", "ftp")
WITH_USER = ("sftp", "ftp")
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>[^/]*)(?P<files>/.*)?", re.DOTALL)


class Place(NamedTuple):
    """A path as it was written. `scheme` and `host` are empty for one in the project folder."""

    scheme: str
    host: str
    files: str

    @property
    def at(self) -> str:
        """Scheme and host: what errors name."""
        return f"{self.scheme}://{self.host}"


def place(path: str) -> Place:
    """A path taken apart."""
    url = _URL.match(path)
    return Place(url["scheme"].lower(), url["host"], url["files"] or "") if url else Place("", "", path)


def check_place(path: str, *, insecure: bool, after_import: AfterImport) -> None:
    """Raise ValueError for a place that cannot be, or that would give away what lies there."""
    where = place(path)
    if not where.scheme:
        _check_local(where, insecure)
        return
    _check_scheme(where.scheme, insecure)
    _check_host(where)
    if where.scheme in ("http", "https") and after_import is not AfterImport.KEEP:
        raise ValueError(f"after_import: files on a web server cannot be removed over {where.scheme}: leave it `keep`")


def _check_local(where: Place, insecure: bool) -> None:
    if PurePosixPath(where.files).is_absolute() or ".." in PurePosixPath(where.files).parts:
        raise ValueError("path must be relative to the project folder and stay inside it")
    one_slash = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/", where.files)
    if one_slash:
        raise ValueError(f"path: a URL has two slashes: `{one_slash[1].lower()}://`")
    if not PurePosixPath(where.files).name:
        raise ValueError("path must name files, such as `landing/crm/*.csv`")
    if insecure:
        raise ValueError("insecure: says nothing of a folder of the project: leave it out")


def _check_scheme(scheme: str, insecure: bool) -> None:
    if scheme == "file":
        raise ValueError("path must be relative to the project folder, without `file://`")
    if scheme not in (*ENCRYPTED, *CLEAR):
        known = ", ".join(f"`{each}://`" for each in ENCRYPTED)
        raise ValueError(f"path: `{scheme}://` is not known; known are {known}, and `http://` and `ftp://` if insecure")
    if scheme in CLEAR and not insecure:
        better = "https" if scheme == "http" else "sftp"
        raise ValueError(
            f"path: `{scheme}://` is not encrypted: everybody on the way can read the deliveries. Take "
            f"`{better}://`, or say `insecure: true` where the network is yours"
        )
    if insecure and scheme in ("gs", "https"):
        raise ValueError(f"insecure: `{scheme}://` is always encrypted and checked: leave it out")


def _check_host(where: Place) -> None:
    user, at, host = where.host.rpartition("@")
    if ":" in user:
        raise ValueError(
            "path must not hold a password, as this file is kept in git: leave it out and put it into the environment "
            "(docs/configuration.md says where for each transport)"
        )
    if at and where.scheme not in WITH_USER:
        raise ValueError(f"path: `{where.scheme}://` takes no user name: its credentials come from the environment")
    if not host or not where.files.strip("/"):
        raise ValueError(f"path must name files, such as `{where.scheme}://place/folder/*.csv`")
    if ".." in PurePosixPath(where.files).parts:
        raise ValueError("path must name its folders without `..`")
    if where.scheme in ("http", "https") and re.search(r"[?#]", where.files):
        raise ValueError("path must not hold `?` or `#`: what follows is often a secret, and this file is kept in git")
