"""Who goes, sealed: what an erasure needs to go on after it was killed, when the warehouse has forgotten the person.

It lies in `.onecontact/erasing/`, encrypted under a key of its own beside it; both go when the erasure has ended.
"""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from pipelines.privacy.needles import Needles, needles
from pipelines.publish.files import sync_folder
from pipelines.store.privacy.subject import Subject
from schemas.vocabulary import IdentifierType

FOLDER = "erasing"
NONCE = 12  # bytes
SERIES = {
    "records": "record_key",
    "contacts": "contact_id",
    "names": "name",
    "texts": "text",
    "deliveries": "delivery_id",
}


class Person(NamedTuple):
    """Somebody who goes: what they are known by, and what they were asked about by."""

    subject: Subject
    asked: tuple[tuple[str, str], ...]  # kind, value
    held: int = 0  # records that are kept for a legal reason

    def needles(self) -> Needles:
        """What the person is found by. What others bear as well is nobody's proof."""
        own = self.subject.identifiers.filter(~pl.col("is_shared"))
        values = {kind: own.filter(pl.col("type") == kind)["value"].to_list() for kind in own["type"].unique()}
        shared = set(self.subject.identifiers.filter("is_shared")["value"])
        asked = [(kind, value) for kind, value in self.asked if value not in shared]
        return needles(
            emails=[*values.pop(IdentifierType.EMAIL, []), *(value for kind, value in asked if kind == "email")],
            phones=[*values.pop(IdentifierType.PHONE, []), *(value for kind, value in asked if kind == "phone")],
            names=self.subject.names.to_list(),
            handles=[each for some in values.values() for each in some],
            record_ids=self.subject.record_ids["record_id"].to_list(),
            texts=self.subject.texts.to_list(),
        )


def keep_plan(hidden: Path, people: Mapping[int, Person]) -> None:
    """Seal who goes, by the numbers of their requests."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    folder = hidden / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    key, nonce = secrets.token_bytes(32), secrets.token_bytes(NONCE)
    text = json.dumps({str(number): _as_json(person) for number, person in people.items()}).encode()
    for name, data in (("key", key), ("people", nonce + AESGCM(key).encrypt(nonce, text, None))):
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(data)
            os.fsync(file.fileno())
    sync_folder(folder)


def load_plan(hidden: Path) -> dict[int, Person]:
    """Who was going when an erasure was killed; nobody, where none was."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    folder = hidden / FOLDER
    if not (folder / "people").exists():
        return {}
    sealed = (folder / "people").read_bytes()
    text = AESGCM((folder / "key").read_bytes()).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    return {int(number): _of_json(person) for number, person in json.loads(text).items()}


def forget_plan(hidden: Path) -> None:
    """Remove who went: the key first, then the rest."""
    folder = hidden / FOLDER
    (folder / "key").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _as_json(person: Person) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(person.subject, name).to_list() for name in SERIES}
    said |= {name: getattr(person.subject, name).to_dicts() for name in ("identifiers", "record_ids")}
    return said | {"asked": person.asked, "held": person.held}


def _of_json(said: Mapping[str, Any]) -> Person:
    series = {name: pl.Series(column, said[name], pl.String) for name, column in SERIES.items()}
    texts = dict.fromkeys(("type", "scope", "value"), pl.String)
    identifiers = pl.DataFrame(said["identifiers"], schema={**texts, "is_shared": pl.Boolean})
    record_ids = pl.DataFrame(said["record_ids"], schema=dict.fromkeys(("source", "record_id"), pl.String))
    subject = Subject(**series, identifiers=identifiers, record_ids=record_ids)
    return Person(subject, tuple((kind, value) for kind, value in said["asked"]), said["held"])
