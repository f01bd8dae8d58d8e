"""A real S3-compatible server and a real SFTP server, started from packages, each with a folder to deliver to."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

SECRET = "correct-horse-battery"


class Place(Protocol):
    """Where a test delivers to, as a source names it."""

    @property
    def url(self) -> str:
        """The folder as a URL."""

    @property
    def options(self) -> dict[str, Any]:
        """What the source has to say beside its path."""

    def put(self, name: str, content: bytes) -> None:
        """Deliver a file."""

    def names(self) -> list[str]:
        """What lies there."""


class Bucket(NamedTuple):
    """A bucket of the S3 server; `client` is not the code under test."""

    client: Any
    endpoint: str
    name: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}/in"

    @property
    def options(self) -> dict[str, Any]:
        return {"insecure": True}  # the server speaks http

    def put(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=f"in/{name}", Body=content)

    def names(self) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=self.name, Prefix="in/").get("Contents", [])
        return sorted(each["Key"].removeprefix("in/") for each in listed)


class Drop(NamedTuple):
    """A folder of the SFTP server; `folder` is where it is on this machine."""

    folder: Path
    port: int
    host_key: str
    home: Path

    @property
    def url(self) -> str:
        return f"sftp://dropper@127.0.0.1:{self.port}/in"

    @property
    def options(self) -> dict[str, Any]:
        return {}

    def put(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def trust(self, host_key: str | None = None) -> None:
        """Write known_hosts, with this key or the server's own."""
        line = f"[127.0.0.1]:{self.port} {host_key or self.host_key}\n"
        (self.home / ".ssh" / "known_hosts").write_text(line, encoding="ascii")


@contextmanager
def running() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Something that runs coroutines in a thread of their own and waits for each."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Endpoint of an S3-compatible server."""
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'onecontact[s3]'")
    server = pytest.importorskip("moto.server", reason="moto[server], the S3 server of the tests, is not installed")
    started = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Bucket]:
    """A new bucket, with credentials for it in the environment."""
    import boto3

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "dropper")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3")
    name = f"box-{abs(hash(request.node.nodeid))}"
    client.create_bucket(Bucket=name)
    yield Bucket(client, s3_server, name)
    client.close()


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drop]:
    """An SFTP server that lets `dropper` in with a password or a key, and a home that knows the server."""
    pytest.importorskip("paramiko", reason="paramiko is not installed: pip install 'onecontact[sftp]'")
    asyncssh = pytest.importorskip("asyncssh", reason="asyncssh, the SFTP server of the tests, is not installed")
    home, root = tmp_path / "home", tmp_path / "server"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    (root / "in").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    host_key, own_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    own_key.write_private_key(home / ".ssh" / "id_ed25519")
    own_key.write_public_key(tmp_path / "authorized_keys")

    open_connections: list[Any] = []

    methods = {
        "connection_made": lambda _, connection: open_connections.append(connection),
        "password_auth_supported": lambda _: True,
        "validate_password": lambda _, *login: login == ("dropper", SECRET),
    }
    passwords = type("Passwords", (asyncssh.SSHServer,), methods)

    async def listen() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=passwords,
            server_host_keys=[host_key],
            authorized_client_keys=str(tmp_path / "authorized_keys"),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root)),
        )

    async def close(server: Any) -> None:
        server.close()
        for connection in open_connections:
            connection.abort()
            await connection.wait_closed()
        await server.wait_closed()

    with running() as run:
        server = run(listen())
        made = Drop(root / "in", server.get_port(), host_key.export_public_key().decode().strip(), home)
        made.trust()
        yield made
        run(close(server))


@pytest.fixture(params=["bucket", "drop"])
def there(request: pytest.FixtureRequest) -> Place:
    """Each of the two servers in turn."""
    place: Place = request.getfixturevalue(request.param)
    return place
