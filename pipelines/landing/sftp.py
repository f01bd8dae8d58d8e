"""SFTP to servers whose host key is known: fsspec alone would trust whoever answers."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
PORT = 22
PATIENCE = 30.0  # seconds for each step of connecting
SILENCE = 120.0  # seconds after which a server that says nothing is given up
ALIVE = 30  # seconds between signs of life while other files are read


class HostKeyUnknown(paramiko.SSHException):
    """The server's key is not the one in known_hosts, or there is none."""


class Known(paramiko.MissingHostKeyPolicy):
    """Refuses a server whose key does not stand in known_hosts."""

    def __init__(self, keys: paramiko.HostKeys) -> None:
        self._keys = keys

    def missing_host_key(self, _: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Compare; every key is missing to paramiko, as fsspec loads none."""
        if not self._keys.check(hostname, key):
            raise HostKeyUnknown("the host key is not in known_hosts")


def sftp(host: str, port: int | None, user: str | None, password: str | None, *, check_host: bool = True) -> Any:
    """A file system on an SFTP server, as `user` with a password, or a key from the agent or ~/.ssh."""
    options: dict[str, Any] = {"host_key_policy": "auto_add"}
    if check_host:
        keys = _known_hosts()
        known_as = host if port in (None, PORT) else f"[{host}]:{port}"
        options = {"host_key_policy": Known(keys), "transport_factory": partial(_transport, keys.lookup(known_as))}
    system = SFTPFileSystem(
        host,
        port=port or PORT,
        username=user,
        password=password,
        allow_agent=password is None,
        look_for_keys=password is None,
        timeout=PATIENCE,
        banner_timeout=PATIENCE,
        auth_timeout=PATIENCE,
        skip_instance_cache=True,
        **options,
    )
    system.client.get_transport().set_keepalive(ALIVE)
    system.ftp.get_channel().settimeout(SILENCE)
    return system


def _known_hosts() -> paramiko.HostKeys:
    keys = paramiko.HostKeys()
    for name in KNOWN_HOSTS:
        with suppress(OSError):
            keys.load(str(Path(name).expanduser()))
    return keys


def _transport(known: Any, sock: Any, **more: Any) -> paramiko.Transport:
    """A connection that asks the server for a key of a kind we know, as it may have several."""
    transport = paramiko.Transport(sock, **more)
    kinds = set(known.keys()) if known else set()
    options = transport.get_security_options()
    wanted = [kind for kind in options.key_types if kind in kinds or (kind.startswith("rsa-") and "ssh-rsa" in kinds)]
    options.key_types = (*wanted, *(kind for kind in options.key_types if kind not in wanted))
    return transport
