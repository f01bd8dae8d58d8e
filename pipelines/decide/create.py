"""Adding a contact by hand: a record of a source of its own, checked like a row of a contact list."""

from collections.abc import Mapping
from datetime import UTC

import polars as pl

from pipelines.decide.batch import DecisionBatch
from pipelines.decide.commit import Attribution, derive, store_decision
from pipelines.decide.validate import one_row, origin_of, require_attributes, require_valid
from pipelines.errors import DecisionRefused
from pipelines.ids import contact_id
from pipelines.ingest.ingest_files import one_id
from pipelines.ingest.records import Origin, Records, records
from pipelines.project import OpenProject
from pipelines.read.tables.refusals import NAMES
from pipelines.store.decisions.decisions import Decision
from pipelines.store.ingest import records as store
from pipelines.store.ingest.deliveries import Delivery, begin_delivery, placed
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import in_transaction
from schemas.project import MANUAL
from schemas.vocabulary import DecisionKind

FIELDS = (*NAMES, "phone", "email", "wa_id", "tags", "notes")


def create(
    project: OpenProject,
    connection: Connection,
    fields: Mapping[str, str],
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> tuple[Decision, str]:
    """Add a contact; the decision and the contact's id. Its record is matched with all others by the next run.

    Args:
        project: Whose warehouse it is.
        connection: The warehouse.
        fields: What is known of it, as in a contact list: of FIELDS, and custom attributes with or without `attr.`.
            Several phone numbers, addresses or tags are parted by `;`.
        attribution: By whom, why and when.
        batch: The decisions it is committed with, if it is one of many.

    Raises:
        DecisionRefused: Something is not what it should be, or there is neither a name nor a way to reach somebody.
    """
    origin = origin_of(project, attribution.decided_at)
    meant = {name if name in FIELDS else f"attr.{name.removeprefix('attr.')}": text for name, text in fields.items()}
    stated = {"name": "", **meant}
    require_attributes(origin, stated)
    read = _read(stated, origin, attribution)
    at = attribution.decided_at.astimezone(UTC)
    subject = read.kept.select("record_key", side=pl.lit(0, pl.UInt16))
    with in_transaction(connection):
        decision = store_decision(project, connection, DecisionKind.CREATE, attribution, subject)
        delivery = Delivery(decision.decision_id, MANUAL, MANUAL, "", "", 0, at, MANUAL, "")
        begin_delivery(connection, delivery)
        store.keep_records(connection, placed(delivery, _standing(read.kept)), read.identifiers)
        derive(project, connection, decision, read.kept["record_key"], batch)
    return decision, contact_id(read.kept["record_key"].item())


def _read(stated: Mapping[str, str], origin: Origin, attribution: Attribution) -> Records:
    """The one record that is stated, under an id that only this decision gives."""
    at = attribution.decided_at.astimezone(UTC).isoformat()
    place = (at, attribution.delivery_id or "", str(attribution.row_number or ""))
    batch = one_row(stated)
    own = batch.contacts.with_columns(record_id=pl.lit(one_id(origin.ids, MANUAL, *place)))
    read = records(batch._replace(contacts=own), origin, refuse=True)
    require_valid(read)
    if any(stated.get(part, "").strip() for part in NAMES) and read.kept["name"].item() is None:
        raise DecisionRefused("name: what stands there names nobody; leave it out if it is not known")
    return read


def _standing(kept: pl.DataFrame) -> pl.DataFrame:
    """A record as one that stands in no file (`pipelines.ingest.row_precedence`)."""
    return kept.with_columns(place="row", correction=pl.lit(""), fills=pl.lit([], pl.List(pl.String)))
