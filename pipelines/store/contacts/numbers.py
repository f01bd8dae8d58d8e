"""Numbers that stand for records, contacts and what stated a value, within one derivation.

A number is the place of a key among all of its kind in their order, so both sort alike. Joining, sorting and handing
over numbers costs a fraction of what keys as text do.
"""

from typing import NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register

# The temporary tables that the queries of a derivation read: `member_number` has its records with their contacts,
# `origin_number` the deliveries and decisions that values can come from, with the format of a delivery.


class Numbered(NamedTuple):
    """What the numbers (UInt32) of a derivation stand for: each is a place in one of these."""

    records: pl.Series
    contacts: pl.Series
    origins: pl.Series  # deliveries and decisions

    def keyed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame with keys instead of the numbers in contact_id, record_key and delivery_id, so far as it has them."""
        keys = {"contact_id": self.contacts, "record_key": self.records, "delivery_id": self.origins}
        return frame.with_columns(
            key.gather(frame[name]).alias(name) for name, key in keys.items() if name in frame.columns
        )

    def keyed_losers(self, fields: pl.DataFrame) -> pl.DataFrame:
        """The same with keys instead of the numbers in the structs of `lost`."""
        rows = fields.with_row_index("nth")
        losers = rows.drop_nulls("lost").select("nth", "lost").explode("lost").unnest("lost")
        keyed = self.keyed(losers).group_by("nth", maintain_order=True).agg(lost=pl.struct(pl.exclude("nth")))
        return rows.drop("lost").join(keyed, on="nth", how="left", maintain_order="left").drop("nth")

    def numbered(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame with numbers instead of the keys in record_key; rows of records that have none are left out."""
        own = self.records.to_frame("record_key").with_row_index("record")
        return frame.join(own, on="record_key").with_columns(record_key="record").drop("record")


def number_members(connection: Connection, members: pl.DataFrame) -> Numbered:
    """Number these records and their contacts (record_key, contact_id), for the queries that follow."""
    own = members.select("record_key", "contact_id").sort("record_key")
    contacts = own["contact_id"].unique().sort()
    numbered = own.with_row_index("record").join(contacts.to_frame().with_row_index("contact"), on="contact_id")
    with register(connection, numbered=numbered):
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE member_number AS
            SELECT record, record_key::UUID AS record_key, contact, contact_id::UUID AS contact_id FROM numbered""")
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE origin_number AS
        SELECT (row_number() OVER (ORDER BY origin_id) - 1)::UINTEGER AS origin, origin_id, format
        FROM (SELECT delivery_id AS origin_id, format FROM delivery
              UNION ALL SELECT decision_id, NULL FROM decision)""")
    origins = query(connection, "SELECT origin_id FROM origin_number ORDER BY origin")["origin_id"]
    return Numbered(own["record_key"], contacts, origins)


def number_contacts(connection: Connection, contacts: pl.Series) -> Numbered:
    """Number all members of these contacts, for the queries that follow."""
    with register(connection, scope=contacts.to_frame("contact_id")):
        members = query(
            connection,
            """SELECT record_key, contact_id FROM membership
               WHERE run_to IS NULL AND contact_id IN (SELECT contact_id::UUID FROM scope)""",
        )
    return number_members(connection, members)
