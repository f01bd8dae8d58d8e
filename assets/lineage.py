"""Which column comes of which: told to Dagster for contacts and exports, out of the rules that make them."""

from collections.abc import Iterable, Mapping

import dagster as dg

from pipelines.merge.golden_record import MOMENTS, TEXTS
from pipelines.merge.status import READS
from schemas.contact import Contact
from schemas.fields import EVERY
from schemas.received import ContactRow, column_types
from schemas.vocabulary import IdentifierType

Column = tuple[str, str]  # an asset, and a column of it

NAMES = ("name", "first_name", "last_name")  # chosen together: the parts are those of the name that wins
ATTRIBUTE = "attr."


def of_contacts() -> dict[str, set[Column]]:
    """What each column of the golden record is made of."""
    records = {name for name in column_types(Contact) if name in column_types(ContactRow)}
    made: dict[str, set[Column]] = {name: {("source_records", name)} for name in records}
    made |= {name: {("source_records", each) for each in NAMES} for name in NAMES}
    points = [name for name in TEXTS if name in set(IdentifierType)]
    made |= {name: {("source_records", "identifiers")} for name in points}
    made |= {moment: of_messages(kind) for kind, moment in MOMENTS.items()}
    made["first_seen_at"] |= {("source_records", "observed_at")}
    made["source"] = {("conversations", "sent_at"), ("conversations", "conversation"), ("source_records", "record_id")}
    made["channels"] = {("conversations", "conversation")}
    made |= {name: {("source_records", "record_id")} for name in ("contact_id", "records")}
    made["attributes"] = {("source_records", "attributes")}
    read = {column for name in READS for column in made.get(name, {("conversations", "conversation")})}
    return made | dict.fromkeys(("status", "status_reason", "status_since", "status_as_of"), read)


def of_messages(kind: str) -> set[Column]:
    """What a moment that messages decide is made of."""
    directed = kind.endswith(("inbound", "outbound"))
    return {("conversations", "sent_at")} | ({("conversations", "direction")} if directed else set())


def of_export(columns: Iterable[str]) -> dict[str, set[Column]]:
    """What each column of a segment is made of: a column of contacts, or the one that has the first of several."""
    return {name: {("contacts", contact_column(name))} for name in columns}


def contact_column(name: str) -> str:
    """The column of contacts that a column of an export shows."""
    return "attributes" if name.startswith(ATTRIBUTE) else EVERY.get(name, name)


def metadata(made: Mapping[str, Iterable[Column]]) -> dict[str, dg.TableColumnLineage]:
    """Asset metadata that says so."""
    deps = {
        name: [dg.TableColumnDep(asset_key=asset, column_name=column) for asset, column in sorted(parts)]
        for name, parts in made.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
