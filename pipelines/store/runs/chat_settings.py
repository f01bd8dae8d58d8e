"""What is known of chats in SQL: which formats they are, and how long a silence ends a conversation."""

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.store.warehouse.connection import Connection, register


def keep_chat_settings(connection: Connection, formats: Sequence[str], gaps: Mapping[str, int]) -> None:
    """Contacts are derived with these formats of chats, and these days of silence by channel, now.

    Whoever is named in a format that was none before, or is none any more, is left pending.
    """
    named = pl.DataFrame({"format": formats}, schema={"format": pl.String})
    silences = pl.DataFrame([*gaps.items()], schema={"channel": pl.String, "days": pl.Int32}, orient="row")
    with register(connection, named=named, silences=silences):
        connection.execute("""
            INSERT INTO work_queue
            SELECT DISTINCT 'contacts', s.record_key FROM source_record s JOIN delivery d USING (delivery_id)
            WHERE s.name IS NOT NULL
              AND d.format IN ((FROM named EXCEPT FROM chat_format) UNION (FROM chat_format EXCEPT FROM named))""")
        connection.execute("DELETE FROM chat_format")
        connection.execute("INSERT INTO chat_format FROM named")
        connection.execute("DELETE FROM conversation_gap")
        connection.execute("INSERT INTO conversation_gap FROM silences")
