"""What is kept of contacts for the published views alone. It follows from their values: `merge.published_values`."""

import polars as pl

from pipelines.store.warehouse.connection import Connection, register

PUBLISHED = "name_folded, first_name_folded, last_name_folded, email_folded, tags_folded"  # columns of `contact`


def replace_attributes(connection: Connection, before: pl.Series, attributes: pl.DataFrame) -> None:
    """Keep these typed attributes (`merge.published_values.attribute_values`) for what the contacts before had."""
    with register(connection, before=before.to_frame("contact_id"), typed=attributes):
        if not before.is_empty():
            connection.execute("""
                DELETE FROM contact_attribute WHERE contact_id IN (SELECT contact_id::UUID FROM "before")""")
        connection.execute("INSERT INTO contact_attribute BY NAME FROM typed")
