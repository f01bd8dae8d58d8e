"""What mails tie together to one conversation. Ties are only ever added, so their order decides nothing."""

import polars as pl

from pipelines.match.clusters.components import components_of
from pipelines.store.warehouse.connection import Connection, in_list, query, register

MAX_GAP_DAYS = 30  # between an answer that does not say to what, and the mails of its subject that it may answer


def keep_topics(connection: Connection, topics: pl.DataFrame) -> pl.DataFrame:
    """Store what mails are about, and say which threads are one by that: conversation_id, other_id.

    `topics`: topic_id, sent_at, conversation_id, alone. Of the mails of a topic, in the order of their times, two
    neighbours belong together where the next `alone` from the later one on is within `MAX_GAP_DAYS` of the earlier one.
    """
    with register(connection, arriving=topics):
        connection.execute("""
            INSERT INTO mail_topic BY NAME
            SELECT DISTINCT topic_id::UUID AS topic_id, sent_at, conversation_id::UUID AS conversation_id,
                   alone AS is_unlinked_reply
            FROM arriving
            EXCEPT SELECT topic_id, sent_at, conversation_id, is_unlinked_reply FROM mail_topic
                   WHERE topic_id IN (SELECT topic_id::UUID FROM arriving)""")
        return query(
            connection,
            """
            WITH placed AS (
                SELECT conversation_id,
                       lag(conversation_id) OVER so_far AS other_id,
                       lag(sent_at) OVER so_far AS before,
                       min(sent_at) FILTER (is_unlinked_reply)
                           OVER (so_far ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS answered
                FROM mail_topic
                WHERE topic_id IN (SELECT topic_id::UUID FROM arriving)
                WINDOW so_far AS (PARTITION BY topic_id ORDER BY sent_at, is_unlinked_reply, conversation_id)
            )
            SELECT DISTINCT conversation_id::VARCHAR AS conversation_id, other_id::VARCHAR AS other_id FROM placed
            WHERE answered - before <= to_days(?) AND conversation_id <> other_id""",
            [MAX_GAP_DAYS],
        )


def link_conversations(connection: Connection, ties: pl.DataFrame, seen: pl.Series) -> None:
    """Make threads one that are tied to each other, and say of each by which id it goes.

    `ties`: conversation_id, other_id. `seen`: ids of threads in `conversation`, of which some may be new there.
    """
    with register(connection, ties=ties), in_list(connection, "conversation_id", seen) as are_seen:
        parts = query(
            connection,
            """
            SELECT coalesce(a.component_id, x.conversation_id::UUID)::VARCHAR AS one,
                   coalesce(b.component_id, x.other_id::UUID)::VARCHAR AS other
            FROM ties x
            LEFT JOIN mail_thread a ON a.conversation_id = x.conversation_id::UUID
            LEFT JOIN mail_thread b ON b.conversation_id = x.other_id::UUID
            WHERE one <> other""",
        )
        with register(connection, joined=connected_conversations(parts)):
            connection.execute("""
                UPDATE mail_thread t SET component_id = j.into_part::UUID FROM joined j
                WHERE t.component_id = j.part::UUID AND j.part <> j.into_part""")
            connection.execute("""
                INSERT OR IGNORE INTO mail_thread BY NAME
                SELECT part::UUID AS conversation_id, into_part::UUID AS component_id FROM joined""")
            changed = query(
                connection,
                f"""
                WITH touched AS (
                    SELECT into_part::UUID AS component_id FROM joined
                    UNION
                    SELECT component_id FROM mail_thread WHERE {are_seen}
                ),
                whole AS (
                    SELECT t.component_id, min(t.conversation_id) AS canonical_id
                    FROM mail_thread t JOIN conversation USING (conversation_id)
                    WHERE t.component_id IN (SELECT component_id FROM touched)
                    GROUP BY t.component_id
                )
                UPDATE mail_thread t SET canonical_id = w.canonical_id FROM whole w
                WHERE t.component_id = w.component_id AND t.canonical_id IS DISTINCT FROM w.canonical_id
                RETURNING t.conversation_id::VARCHAR AS conversation_id""",
            )
    with register(connection, changed=changed):  # when a conversation began decides whether a block sets it aside
        connection.execute("""
            INSERT INTO work_queue
            SELECT DISTINCT 'contacts', record_key FROM conversation_stats  -- whoever is not in it yet is pending
            WHERE record_key IS NOT NULL AND conversation_id IN (SELECT conversation_id::UUID FROM changed)""")


def connected_conversations(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each id of `pairs` (one, other) as `part`, with the smallest id that pairs lead to from it as `into_part`."""
    ids = pl.concat([pairs["one"], pairs["other"]]).unique().sort()
    numbered = pl.DataFrame({"lo": ids.search_sorted(pairs["one"]), "hi": ids.search_sorted(pairs["other"])})
    parts = components_of(numbered)
    return pl.DataFrame({"part": ids[parts["record"]], "into_part": ids[parts["component"]]})
