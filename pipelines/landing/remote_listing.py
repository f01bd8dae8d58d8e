"""The files that match the URL of a source. Credentials come from the environment, never from onecontact.yaml."""

import os
import re
from typing import Any
from urllib.parse import urlsplit

import fsspec

from pipelines.errors import ConfigurationError, SourceUnreachable
from pipelines.landing.network_errors import as_source_unreachable
from pipelines.landing.remote_file import Remote, remote
from schemas.settings.place import Place, place
from schemas.source import Source

EXTRAS = {"s3": "s3", "gs": "gcs", "sftp": "sftp", "https": "https", "http": "https"}
BUCKETS = ("s3", "gs")
WEB = ("http", "https")
FRESH: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}


def list_remote_files(name: str, source: Source) -> list[Remote]:
    """Files of a source on another machine, sorted by their path there.

    Raises:
        SourceUnreachable: Also for a bucket or folder that is not there; an empty one is no error.
        ConfigurationError: The package for this transport is not installed.
    """
    where = place(source.path)
    try:
        with as_source_unreachable(where.at):
            system = _connected(name, where, insecure=source.insecure)
            found = _found(system, where)
            return [_remote(system, where, key, found[key]) for key in sorted(found)]
    except ImportError:
        pass
    raise ConfigurationError(
        f"sources.{name}: `{where.scheme}://` needs a package: pip install 'onecontact[{EXTRAS[where.scheme]}]'"
    )


def password_variable(source: str) -> str:
    """Name of the environment variable that holds the password of a source."""
    return f"ONECONTACT_{source.upper().replace('-', '_')}_PASSWORD"


def _connected(name: str, where: Place, *, insecure: bool) -> Any:
    """A file system of fsspec, made anew: what is there now counts, not what was there when somebody last looked."""
    if where.scheme == "s3":
        return _s3(insecure=insecure)
    if where.scheme in WEB:
        return fsspec.filesystem(where.scheme, client_kwargs={"trust_env": True}, **FRESH)
    if where.scheme == "gs":
        return fsspec.filesystem("gs", **FRESH)
    host = urlsplit(where.at)
    password = os.environ.get(password_variable(name))
    if where.scheme == "sftp":
        from pipelines.landing.sftp import sftp

        return sftp(host.hostname or "", host.port, host.username, password, check_host=not insecure)
    return fsspec.filesystem(
        "ftp", host=host.hostname, port=host.port or 21, username=host.username, password=password, **FRESH
    )


def _s3(*, insecure: bool) -> Any:
    patience = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}}
    system = fsspec.filesystem("s3", config_kwargs=patience, **FRESH)
    if urlsplit(system.s3.meta.endpoint_url).scheme != "https" and not insecure:
        raise SourceUnreachable(
            "s3:// goes to an endpoint without encryption (AWS_ENDPOINT_URL): give it one of https://, or say "
            "`insecure: true` where the network is yours"
        )
    return system


def _found(system: Any, where: Place) -> dict[str, dict[str, Any]]:
    """What fsspec tells of each file that matches, by path."""
    pattern = _pattern(where)
    try:
        if pattern == _fixed(pattern):
            return {pattern: system.info(pattern)}
        found: dict[str, dict[str, Any]] = system.glob(pattern, detail=True, on_error="raise")
    except FileNotFoundError:
        if where.scheme in WEB:
            raise
        folder = _fixed(pattern).rpartition("/")[0] or "/"
        system.info(where.host if where.scheme in BUCKETS else folder)  # raises if that is missing too
        return {}
    return {key: each for key, each in found.items() if each.get("type") != "directory"}


def _pattern(where: Place) -> str:
    """The path as the file system of its transport wants it."""
    if where.scheme in WEB:
        return where.at + where.files
    return where.host + where.files if where.scheme in BUCKETS else where.files


def _fixed(pattern: str) -> str:
    """A pattern up to its first wildcard."""
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0]


def _remote(system: Any, where: Place, key: str, told_of: dict[str, Any]) -> Remote:
    if told_of.get("size") is None:  # a list on a web page says no more than names
        told_of = system.info(key)
    if where.scheme == "https" and not str(told_of.get("url", "https:")).startswith("https:"):
        raise SourceUnreachable(f"{where.at} passes on to an address without encryption: give `path:` its own")
    return remote(system, where.at, key, told_of)
