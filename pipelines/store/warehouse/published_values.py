"""Filling what the published views show of contacts that an earlier version derived (migration 28)."""

import json

from pipelines.merge.published_values import Typing, attribute_values, folded_contacts, folded_identifiers
from pipelines.store.warehouse.connection import Connection, query, register
from schemas.vocabulary import AttributeMerge, AttributeType


def fill_published_values(connection: Connection) -> None:
    """Fold the names, addresses and tags of every contact and type its attributes, inside a transaction.

    Attributes are typed by the settings that contacts were last derived under.
    """
    contacts = query(
        connection,
        """SELECT contact_id, name, first_name, last_name, email, tags, map_entries(attributes) AS attributes
           FROM contact""",
    )
    if contacts.is_empty():
        return
    folded = folded_contacts(contacts.drop("attributes"))
    identifiers = query(connection, "SELECT DISTINCT value FROM contact_identifier")
    others = folded_identifiers(identifiers).drop_nulls("value_folded")
    with register(connection, folded=folded, others=others, typed=attribute_values(contacts, _typings(connection))):
        connection.execute("""
            UPDATE contact c
            SET name_folded = f.name_folded, first_name_folded = f.first_name_folded,
                last_name_folded = f.last_name_folded, email_folded = f.email_folded, tags_folded = f.tags_folded
            FROM folded f WHERE c.contact_id = f.contact_id::UUID""")
        connection.execute("""
            UPDATE contact_identifier i SET value_folded = o.value_folded FROM others o WHERE i.value = o.value""")
        connection.execute("INSERT INTO contact_attribute BY NAME FROM typed")


def _typings(connection: Connection) -> dict[str, Typing]:
    rows = connection.execute("SELECT name, definition FROM setting WHERE starts_with(name, 'attribute.')").fetchall()
    definitions = {name.removeprefix("attribute."): json.loads(definition) for name, definition in rows}
    return {
        name: Typing(AttributeType(each["type"]), each.get("merge") == AttributeMerge.UNION)
        for name, each in definitions.items()
    }
