"""What an erasure removes: records, the contacts that are nobody else's, and the conversations with nobody else.

They stand in temporary tables as long as the transaction of an erasure lasts: `erased_record`, `erased_contact`,
`erased_conversation`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import polars as pl

from pipelines.privacy.needles import Needles
from pipelines.store.privacy.subject import Subject
from pipelines.store.warehouse.connection import Connection, query, register

TABLES = ("erased_record", "erased_contact", "erased_conversation")


class Scope(NamedTuple):
    """Whose rows go, and what they are found by where a row has no key of them."""

    needles: Needles
    record_ids: pl.DataFrame  # source, record_id


@contextmanager
def scoped(connection: Connection, subject: Subject, needles: Needles) -> Iterator[Scope]:
    """For the length of the block, the temporary tables with the keys of all that goes."""
    with register(connection, theirs=subject.records.to_frame("key")):
        connection.execute("CREATE OR REPLACE TEMP TABLE erased_record AS SELECT key::UUID AS record_key FROM theirs")
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE erased_contact AS
        SELECT anchor_id AS contact_id FROM record SEMI JOIN erased_record USING (record_key)
        UNION
        SELECT contact_id FROM membership m WHERE run_to IS NULL
        GROUP BY contact_id HAVING bool_and(record_key IN (SELECT record_key FROM erased_record))""")
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE erased_conversation AS
        WITH spoken AS (
            SELECT conversation_id, record_key FROM message
            UNION ALL SELECT conversation_id, record_key FROM receipt
        )
        SELECT conversation_id FROM spoken JOIN conversation USING (conversation_id)
        WHERE NOT coalesce(is_group, FALSE) AND record_key IS NOT NULL
        GROUP BY conversation_id HAVING bool_and(record_key IN (SELECT record_key FROM erased_record))""")
    try:
        yield Scope(needles, subject.record_ids)
    finally:
        for table in TABLES:
            connection.execute(f"DROP TABLE IF EXISTS {table}")


def erased_conversations(connection: Connection) -> pl.Series:
    """Ids of the conversations that go."""
    return query(connection, "SELECT conversation_id FROM erased_conversation ORDER BY 1")["conversation_id"]


def erased_contacts(connection: Connection) -> pl.Series:
    """Ids of the contacts that go."""
    return query(connection, "SELECT contact_id FROM erased_contact ORDER BY 1")["contact_id"]
