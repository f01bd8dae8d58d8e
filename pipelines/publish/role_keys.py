"""The keys of roles: made when a role is first granted, handed over encrypted for one person, rotated."""

from pathlib import Path

import pyrage

from pipelines.errors import ConfigurationError
from pipelines.publish.files import atomic_write, sync_folder
from pipelines.store.warehouse.keys import load_key, make_key_file
from schemas.settings.keys import KeySource


def is_granted(folder: Path, role: str) -> bool:
    """Whether a role has a key: then somebody may hold it, and its snapshot is written."""
    return key_file(folder, role).exists()


def key_file(folder: Path, role: str) -> Path:
    """Where the key of a role is kept."""
    return folder / f"{role}.key"


def load_role_key(folder: Path, role: str) -> str:
    """The key of a role as 64 hex digits.

    Raises KeyMissing, KeyMalformed or KeyExposed, as `store.warehouse.keys.load_key` does.
    """
    return load_key(folder, KeySource(file=key_file(folder, role).name))


def make_role_key(folder: Path, role: str) -> bool:
    """Make a key for a role that has none; whether it had none."""
    is_new = not is_granted(folder, role)
    make_key_file(key_file(folder, role))
    return is_new


def next_role_key(folder: Path, role: str) -> Path:
    """Make the key that a role will have after a rotation: a file beside the one it has."""
    path = key_file(folder, f".{role}.next")
    path.unlink(missing_ok=True)  # of a rotation that was not finished
    make_key_file(path)
    return path


def replace_role_key(folder: Path, role: str) -> None:
    """Put the next key of a role in the place of the one it has, which is gone then."""
    key_file(folder, f".{role}.next").replace(key_file(folder, role))
    sync_folder(folder)


def recipient_of(text: str) -> object:
    """An age public key (`age1...`), or an SSH public key that age can encrypt for.

    Raises:
        ConfigurationError: It is none.
    """
    stated = text.strip()
    try:
        if stated.startswith("age1"):
            return pyrage.x25519.Recipient.from_str(stated)
        if stated.startswith("ssh-"):
            return pyrage.ssh.Recipient.from_str(stated)
    except pyrage.RecipientError:
        pass
    raise ConfigurationError(
        "--to needs a public key of age (age1..., as `age-keygen` prints it) or of SSH (ssh-ed25519 or ssh-rsa ...)"
    )


def hand_over(folder: Path, role: str, recipient: object, path: Path) -> None:
    """Write the key of a role to a file that only the holder of a private key can open.

    Raises:
        ConfigurationError: The file exists.
    """
    if path.exists():
        raise ConfigurationError(f"{path} exists: name another file")
    sealed = pyrage.encrypt(f"{load_role_key(folder, role)}\n".encode("ascii"), [recipient], armored=True)
    with atomic_write(path) as file:
        file.write(sealed)
