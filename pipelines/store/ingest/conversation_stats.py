"""What conversations come to: who exchanges how much in which, and the messages that only receipts tell of.

All of it is made of tables `message` and `receipt`, could be made anew at any time, and is kept so that a run looks at
what changed and not at all that was ever said.
"""

import polars as pl

from pipelines.store.warehouse.connection import Connection, in_list, register

# What is known of a message by its receipts, in the order of its table, and the order of these.
PLACE = "struct_pack(d := delivery_id, n := row_number, r := receipt_id)"
FIRST_TOLD = """arg_min(conversation_id, place), arg_min(record_key, place), min(reached_at),
                arg_min(delivery_id, place), arg_min(row_number, place), arg_min(line_number, place)"""


def mark_stale(connection: Connection, spoken: pl.DataFrame) -> None:
    """Leave those pending who something was exchanged with, and the threads it was in: conversation_id, record_key."""
    if spoken.is_empty():
        return
    with register(connection, stirred=spoken.select("conversation_id", "record_key").unique()):
        connection.execute("""
            INSERT INTO work_queue
            SELECT DISTINCT 'contacts', record_key::UUID FROM stirred WHERE record_key IS NOT NULL""")
        connection.execute("INSERT INTO stale_conversation_stats SELECT DISTINCT conversation_id::UUID FROM stirred")


def remove_receipt_only(connection: Connection, messages: pl.Series) -> None:
    """Messages are there, so those of them that only receipts have told of are unseen no more."""
    with in_list(connection, "message_id", messages) as are_these:
        mark_stale(
            connection, connection.execute(f"DELETE FROM receipt_only_message WHERE {are_these} RETURNING *").pl()
        )


def refresh_receipt_only(connection: Connection, messages: pl.Series) -> None:
    """Receipts of messages have changed: of those that are not there themselves, nothing else is known."""
    with in_list(connection, "message_id", messages) as are_these:
        mark_stale(
            connection, connection.execute(f"DELETE FROM receipt_only_message WHERE {are_these} RETURNING *").pl()
        )
        told = connection.execute(f"""
            INSERT INTO receipt_only_message
            WITH told AS (
                SELECT * FROM receipt
                WHERE {are_these} AND message_id NOT IN (SELECT message_id FROM message WHERE {are_these})
            ),
            again AS (SELECT message_id FROM told GROUP BY message_id HAVING count(*) > 1)
            SELECT message_id, conversation_id, record_key, reached_at, delivery_id, row_number, line_number
            FROM told WHERE message_id NOT IN (FROM again)
            UNION ALL
            SELECT message_id, {FIRST_TOLD}
            FROM (SELECT *, {PLACE} AS place FROM told WHERE message_id IN (FROM again))
            GROUP BY message_id
            RETURNING *""").pl()
    mark_stale(connection, told)


def mark_direction_changed(connection: Connection, conversations: pl.Series) -> None:
    """Leave those pending who are in threads that are otherwise; whoever is not summed up yet is pending."""
    if conversations.is_empty():
        return
    with in_list(connection, "conversation_id", conversations) as are_these:
        connection.execute(f"""
            INSERT INTO work_queue
            SELECT DISTINCT 'contacts', record_key FROM conversation_stats
            WHERE record_key IS NOT NULL AND {are_these}""")


def clear(connection: Connection) -> None:
    """Make it all anew: what is unseen now, and every thread when they are summed up next."""
    connection.execute("DELETE FROM receipt_only_message")
    connection.execute(f"""
        INSERT INTO receipt_only_message
        SELECT message_id, {FIRST_TOLD}
        FROM (SELECT *, {PLACE} AS place FROM receipt ANTI JOIN message USING (message_id))
        GROUP BY message_id""")
    connection.execute("DELETE FROM conversation_stats")
    connection.execute("""
        INSERT INTO stale_conversation_stats
        SELECT conversation_id FROM message UNION SELECT conversation_id FROM receipt_only_message""")


def refresh_stale(connection: Connection) -> None:
    """Sum up the threads in which something changed."""
    connection.execute("DELETE FROM conversation_stats WHERE conversation_id IN (FROM stale_conversation_stats)")
    connection.execute("""
        INSERT INTO conversation_stats
        SELECT conversation_id, record_key, count(*), min(sent_at), bool_or(sent_at IS NULL)
        FROM (SELECT conversation_id, record_key, sent_at FROM message
              UNION ALL SELECT conversation_id, record_key, sent_at FROM receipt_only_message)
        WHERE conversation_id IN (FROM stale_conversation_stats)
        GROUP BY ALL""")
    connection.execute("DELETE FROM stale_conversation_stats")
