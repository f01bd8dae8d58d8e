"""The project's secrets: made once, loaded when the warehouse is opened, never shown."""

import os
import re
import secrets
import shlex
import stat
import subprocess
from pathlib import Path

from pipelines.errors import KeyExposed, KeyMalformed, KeyMissing
from schemas.settings.keys import KeySource, KeySources

COMMAND_SECONDS = 30.0
_KEY = re.compile(rb"[0-9a-f]{64}", re.IGNORECASE)
_READ_AT_MOST = 4096  # bytes: a key needs 65, a file given by mistake is not read whole


def make_keys(project_dir: Path, keys: KeySources) -> None:
    """Create the key files that `keys` names and that are not there yet, readable by their owner only.

    An existing file is never touched, whatever it holds; secrets from a variable or a command are somebody else's.
    """
    for source in (keys.warehouse, keys.identity, keys.seal):
        make_key(project_dir, source)


def make_key(project_dir: Path, key_source: KeySource) -> None:
    """`make_keys` of one key."""
    if key_source.file is not None:
        _make_file(_place(project_dir, key_source.file))


def make_key_file(path: Path, key: str | None = None) -> None:
    """Create a file with this key or a new one, mode 0600, on the disk with its name; one there is never touched."""
    _make_file(path, key)


def key_file(project_dir: Path, key_source: KeySource) -> Path | None:
    """The file that holds a secret, links followed; None where it comes from a variable or a command."""
    return None if key_source.file is None else _place(project_dir, key_source.file).resolve()


def new_key() -> str:
    """A new secret: 64 hex digits of 32 random bytes."""
    return secrets.token_hex(32)


def load_key(project_dir: Path, key_source: KeySource) -> str:
    """The secret as 64 lower-case hex digits.

    Raises `KeyMissing`, `KeyMalformed`, or `KeyExposed` if others may read the file. No message holds what was read.
    """
    if key_source.file is not None:
        text, origin = _from_file(_place(project_dir, key_source.file))
    elif key_source.env is not None:
        text, origin = _from_environment(key_source.env)
    else:
        text, origin = _from_command(shlex.split(key_source.command or ""), project_dir)
    if not _KEY.fullmatch(text):
        raise KeyMalformed(f"{origin} must hold 64 hex digits and nothing else (32 random bytes: openssl rand -hex 32)")
    return text.decode("ascii").lower()


def _place(project_dir: Path, file: str) -> Path:
    return project_dir / Path(file).expanduser()


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_file(path: Path, key: str | None = None) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key or new_key()}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)  # the name must survive a power cut as well: a warehouse without its key is lost


def _from_file(path: Path) -> tuple[bytes, str]:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise KeyExposed(
                    f"Key file {path} has mode {mode:04o}, so other users can read it. "
                    f"Run: chmod 600 {shlex.quote(str(path))}"
                )
            return file.read(_READ_AT_MOST).strip(), f"Key file {path}"
    except FileNotFoundError:
        raise KeyMissing(
            f"Key file {path} does not exist. Restore it from where keys are kept: no new one fits the warehouse"
        ) from None
    except OSError as error:
        raise KeyMissing(f"Key file {path} cannot be read: {error.strerror}") from None


def _from_environment(name: str) -> tuple[bytes, str]:
    value = os.environ.get(name, "").strip()
    if not value:
        raise KeyMissing(f"Environment variable {name}, named under keys in onecontact.yaml, is not set or empty")
    return value.encode("utf-8", "surrogateescape"), f"Environment variable {name}"


def _from_command(words: list[str], project_dir: Path) -> tuple[bytes, str]:
    origin = f"Key command {words[0]}"  # its other words, its output and its errors may hold secrets
    try:
        done = subprocess.run(
            words,
            cwd=project_dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise KeyMissing(f"{origin} gave no answer within {COMMAND_SECONDS:g} s") from None
    except OSError as error:
        raise KeyMissing(f"{origin} cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        raise KeyMissing(f"{origin} failed with exit code {done.returncode}")
    if not done.stdout.strip():
        raise KeyMissing(f"{origin} printed nothing")
    return done.stdout.strip(), origin
