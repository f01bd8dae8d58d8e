"""What somebody gets who asks what is known of them (GDPR, articles 15 and 20): one encrypted file."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from pipelines.audit.events import Action, Event
from pipelines.derive.consent_history import consent_history
from pipelines.errors import ConfigurationError
from pipelines.match.source_links import DECISION, SOURCE_MERGE
from pipelines.project import OpenProject
from pipelines.publish.access.mask import Mask
from pipelines.publish.access.package import check_target, csv_of, manifest, write_encrypted, zipped
from pipelines.publish.access.page import page, readme
from pipelines.publish.access.parts import masked_parts, searched, with_purpose
from pipelines.publish.access.words import LANGUAGES, words_of
from pipelines.query.suppression import consents
from pipelines.steps.explain import explain
from pipelines.store.audit.record import record
from pipelines.store.contacts.id_history import former_ids
from pipelines.store.decisions.decisions import members
from pipelines.store.matching import evidence
from pipelines.store.privacy import disclosure
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import in_transaction

MOST_TIES = 50  # that are told in words
CONSENTS: dict[str, pl.DataType] = {
    "question": pl.String(),
    "value": pl.String(),
    "stated_at": pl.Datetime("us", "UTC"),
    "is_current": pl.Boolean(),
}


class Package(NamedTuple):
    """A package that was written: rows of each table, and SHA-256 of the encrypted file."""

    path: Path
    counts: dict[str, int]
    sha256: str


def write_package(
    project: OpenProject,
    connection: Connection,
    contact_id: str,
    *,
    out: Path,
    request: int,
    recipients: Sequence[str],
    passphrase: str | None,
    language: str = "en",
) -> Package:
    """Write all that is known of a contact to one file, encrypted for public keys or with a passphrase.

    The disclosure is in the audit trail if and only if the file is there.

    Raises:
        ConfigurationError: The file exists, the language or a key is none, nobody has this id, or it is not either
            keys or a passphrase.
    """
    if language not in LANGUAGES:
        raise ConfigurationError(f"--language is one of {', '.join(LANGUAGES)}")
    keys = check_target(out, recipients, passphrase)
    files, counts = build(project, connection, contact_id, request, language)
    try:
        with in_transaction(connection):
            sha256 = write_encrypted(out, zipped(files), keys, passphrase)
            details: dict[str, str | int] = {"request": request, "rows": sum(counts.values()), "file_sha256": sha256}
            record(connection, Event(Action.CONTACT_DISCLOSED, "contact", contact_id, details=details))
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return Package(out, counts, sha256)


def build(
    project: OpenProject, connection: Connection, contact_id: str, request: int, language: str
) -> tuple[dict[str, bytes], dict[str, int]]:
    """The files of a package, the manifest last, and rows by table."""
    found = disclosure.contact(connection, contact_id).to_dicts()
    if not found:
        raise ConfigurationError("no contact has this id: a former id leads to another one")
    said = words_of(language)
    own_ids = {contact_id, *former_ids(connection, contact_id)}
    parts = read_parts(project, connection, contact_id)
    mask = mask_for(connection, contact_id, parts, said)
    refused = parts["refused_rows"]
    is_own = pl.Series([mask.finds_own(raw) for raw in refused["raw"]], dtype=pl.Boolean)
    parts["refused_rows"] = refused.filter(is_own)
    tables = masked_parts(parts, mask, own_ids)
    contact = shown(found[0], mask)
    counts = {name: frame.height for name, frame in tables.items()} | {"contact": 1}
    files = {
        "README.txt": readme(said, counts),
        "your-data.html": page(contact, tables, reasons(project, connection, contact_id, said), said, language),
        "contact.json": as_json({"contact": contact, **{name: each.to_dicts() for name, each in tables.items()}}),
        "contact.csv": csv_of(pl.DataFrame([{**contact, "attributes": json.dumps(contact["attributes"])}])),
        **{f"{name}.csv": csv_of(frame) for name, frame in tables.items()},
    }
    return {**files, "manifest.json": manifest(files, counts, request)}, counts


def read_parts(project: OpenProject, connection: Connection, contact_id: str) -> dict[str, pl.DataFrame]:
    """Every table, nothing masked; refused rows are those that may be the person's."""
    known = disclosure.identifiers(connection, contact_id)
    return {
        "records": disclosure.records(connection, contact_id),
        "identifiers": known,
        "values": disclosure.values(connection, contact_id),
        "timeline": disclosure.history(connection, contact_id),
        "decisions": disclosure.decisions(connection, contact_id),
        "consents": answers(project, connection, contact_id),
        "publications": with_purpose(disclosure.publications(connection, contact_id)),
        "refused_rows": disclosure.refused_rows(connection, *searched(known)),
        "id_history": disclosure.id_history(connection, contact_id),
        "audit_events": disclosure.audit_events(connection, contact_id),
    }


def answers(project: OpenProject, connection: Connection, contact_id: str) -> pl.DataFrame:
    """Every answer to a question of consent."""
    asked = [
        consent_history(project, connection, contact_id, name).with_columns(question=pl.lit(name)).select(*CONSENTS)
        for name in consents(project.settings.attributes)
    ]
    return pl.concat(asked, how="vertical_relaxed") if asked else pl.DataFrame(schema=CONSENTS)


def mask_for(
    connection: Connection, contact_id: str, parts: Mapping[str, pl.DataFrame], said: Mapping[str, str]
) -> Mask:
    """A mask made of what the person is known by, and of the names of whoever is named in the parts."""
    stated, known = parts["records"], parts["identifiers"]
    own = {*known["value"], *known["raw"], *stated["record_id"].drop_nulls()} - {None}
    values = parts["values"]
    names = {*stated["name"], *values.filter(pl.col("field").str.ends_with("name"))["value"]} - {None}
    text = "\n".join(
        str(cell)
        for name in ("records", "values", "timeline", "decisions", "refused_rows")
        for column in parts[name].select(pl.col(pl.String)).iter_columns()
        for cell in column.drop_nulls()
    )
    others = disclosure.other_people(connection, contact_id, text)
    staff = disclosure.staff_names(connection, contact_id)
    return Mask(own, names, staff, others, said["as_staff"], said["as_other"])


def shown(contact: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """The golden record with its attributes by name."""
    attributes = {each["key"]: mask.text(each["value"]) for each in contact["attributes"]}
    return {**contact, "attributes": attributes, "tags": [mask.text(each) for each in contact["tags"]]}


def reasons(project: OpenProject, connection: Connection, contact_id: str, said: Mapping[str, str]) -> list[str]:
    """Why the records are one person, a sentence for each tie."""
    records = members(connection, contact_id)
    if records.len() < 2:
        return []
    ties = evidence.ties(connection, records)
    return [tie_in_words(project, connection, tie, said) for tie in ties.head(MOST_TIES).to_dicts()]


def tie_in_words(project: OpenProject, connection: Connection, tie: Mapping[str, Any], said: Mapping[str, str]) -> str:
    """What two records have in common, or who says that they are one."""
    sides = [pl.Series("record_key", [tie[each]]) for each in ("record_lo", "record_hi")]
    pair = explain(project, connection, *sides)
    if tie["rule"] in (DECISION, SOURCE_MERGE):
        return f"{pair.one} – {pair.other}: {said[tie['rule']]}"
    fields = [said.get(each.field, each.field) for each in pair.items if each.weight > 0]
    sentence = said["same"].format(one=pair.one, other=pair.other, fields=", ".join(fields) or said["several"])
    return f"{sentence} ({said['likelihood']} {tie['probability']:.0%})"


def as_json(found: object) -> bytes:
    """A part as JSON; times as ISO 8601."""

    def plain(each: object) -> str:
        return each.isoformat() if isinstance(each, datetime) else str(each)

    return json.dumps(found, ensure_ascii=False, indent=1, default=plain).encode()
