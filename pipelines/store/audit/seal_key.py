"""The key that seals are signed with: made on first use, its public half beside it."""

from pathlib import Path

from pipelines.audit.seals import public_pem
from pipelines.store.warehouse.keys import load_key, make_key
from schemas.settings.keys import KeySource

KEYS = Path(".onecontact") / "keys"
PUBLIC = "seal.pub"


def load_seal_key(folder: Path, source: KeySource, *, is_first: bool) -> str:
    """The seal key of a project, 64 hex digits; made if nothing has been sealed yet (`is_first`) and there is none.

    Where the key is another one than before, the public half of the one before is kept: seals are checked with all.
    """
    if is_first:
        make_key(folder, source)
    secret = load_key(folder, source)
    _keep_public(folder / KEYS, public_pem(secret))
    return secret


def public_keys(folder: Path) -> dict[str, bytes]:
    """The public halves that a project has, as PEM, by the names of their files."""
    return {path.name: path.read_bytes() for path in sorted((folder / KEYS).glob("seal*.pub"))}


def _keep_public(folder: Path, pem: str) -> None:
    known = {path: path.read_text(encoding="ascii") for path in sorted(folder.glob("seal*.pub"))}
    path = folder / PUBLIC
    if known.get(path) == pem:
        return
    if path in known:
        path.rename(folder / f"seal-{len(known)}.pub")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(pem, encoding="ascii")
