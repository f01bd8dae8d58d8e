"""The key of digests: each digest of what people sent that is stored is an HMAC-SHA256 with the project's secret.

A plain hash can be searched: of a file with one person in it, of a path that holds a name, of a name and a number. The
secret stands nowhere in the warehouse. SQL has it for as long as a connection lasts, for macro `keyed_digest`
(migration 25), which refuses to work without.
"""

from types import MappingProxyType

from pipelines.store.warehouse.connection import Connection, value

BLOCK = 64  # bytes of a block of SHA-256
PADS = MappingProxyType({"inner_pad": 0x36, "outer_pad": 0x5C})  # RFC 2104


def set_digest_key(connection: Connection, secret: str) -> None:
    """Key all digests that this connection makes with a secret of 64 hex digits."""
    key = bytes.fromhex(secret).ljust(BLOCK, b"\0")
    for name, pad in PADS.items():
        connection.execute(f"SET VARIABLE {name} = ?", [bytes(byte ^ pad for byte in key)])


def keyed_digest(connection: Connection, kind: str, text: str) -> str:
    """The digest of a text as it is stored; `kind` keeps digests of different things apart."""
    return str(value(connection, "SELECT keyed_digest(?, ?)", [kind, text]))
