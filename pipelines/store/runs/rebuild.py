"""What is derived of what was received and decided: emptied to be made anew, and compared with what it was."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from pipelines.store.ingest import conversation_stats
from pipelines.store.ingest.records import refresh_fields
from pipelines.store.warehouse.connection import Connection, query

# What is compared: all but which run did it, and when. Contacts are told apart by their ids.
DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "record_field": "SELECT NULL AS contact_id, * FROM record_field",
        "receipt_only_message": "SELECT NULL AS contact_id, * FROM receipt_only_message",
        "conversation_stats": "SELECT NULL AS contact_id, * FROM conversation_stats",
        "blocking_key": "SELECT NULL AS contact_id, * FROM blocking_key",
        "compared_identifier": "SELECT NULL AS contact_id, * FROM compared_identifier",
        "shared_identifier": "SELECT NULL AS contact_id, * FROM shared_identifier",
        "match_edge": "SELECT NULL AS contact_id, * EXCLUDE (run_id) FROM match_edge",
        "vetoed_edge": "SELECT NULL AS contact_id, * FROM vetoed_edge",
        "pooled_join": "SELECT NULL AS contact_id, * FROM pooled_join",
        "membership": "SELECT contact_id, record_key, reason FROM membership WHERE run_to IS NULL",
        "suppressed_conversation": "SELECT * FROM suppressed_conversation",
        "contact": "SELECT * EXCLUDE (run_id, status_as_of) FROM contact",
        "contact_field": "SELECT * FROM contact_field",
        "contact_identifier": "SELECT * FROM contact_identifier",
        "contact_attribute": "SELECT * FROM contact_attribute",
        "contact_search": "SELECT * FROM contact_search",
    }
)
EMPTIED = ("blocking_key", "compared_identifier", "shared_identifier", "match_edge", "vetoed_edge", "pooled_join")
OF_CONTACTS = ("contact", "contact_field", "contact_identifier", "contact_attribute", "contact_search")
DIFFERENCE = {"table": pl.String, "stored": pl.Int64, "rebuilt": pl.Int64, "missing": pl.Int64, "surplus": pl.Int64}


def clear_derived(connection: Connection, run_id: str) -> pl.Series:
    """Empty what is derived, and say again what records state; keys of all records, sorted.

    Memberships and contacts are kept, so that those that come out the same keep their history; those of records that
    are not there go.
    """
    for table in EMPTIED:
        connection.execute(f"DELETE FROM {table}")
    conversation_stats.clear(connection)
    connection.execute("DELETE FROM record_field")
    refresh_fields(connection, query(connection, "SELECT record_key FROM record"))
    connection.execute(
        "UPDATE membership SET run_to = ? WHERE run_to IS NULL AND record_key NOT IN (SELECT record_key FROM record)",
        [run_id],
    )
    for table in OF_CONTACTS:
        connection.execute(
            f"DELETE FROM {table} WHERE contact_id NOT IN (SELECT contact_id FROM membership WHERE run_to IS NULL)"
        )
    return query(connection, "SELECT record_key FROM record ORDER BY record_key")["record_key"]


def keep_stored_copy(connection: Connection) -> None:
    """Note what is derived now, to compare it with what is derived later in this transaction."""
    for table in DERIVED:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE stored_{table} AS {_prints(table)}")


def differences(connection: Connection) -> pl.DataFrame:
    """How what is derived now differs from what was noted, by table (columns `DIFFERENCE`).

    `missing` are stored rows that are not derived any more, `surplus` rows that had not been there.
    """
    found = [
        query(
            connection,
            f"""
            SELECT '{table}' AS "table", (SELECT count(*) FROM stored_{table}) AS stored,
                   (SELECT count(*) FROM {_source(table)}) AS rebuilt,
                   coalesce(sum(more) FILTER (more > 0), 0)::BIGINT AS missing,
                   coalesce(-sum(more) FILTER (more < 0), 0)::BIGINT AS surplus
            FROM ({_unequal(table)})""",
        )
        for table in DERIVED
    ]
    return pl.concat(found).cast(pl.Schema(DIFFERENCE))


def contacts_that_differ(connection: Connection) -> list[str]:
    """Ids of the contacts that have rows in one of what was noted and what is derived now and not in the other."""
    unequal = " UNION ".join(f"SELECT contact_id FROM ({_unequal(table)})" for table in DERIVED)
    return query(
        connection, f"SELECT DISTINCT contact_id FROM ({unequal}) WHERE contact_id IS NOT NULL ORDER BY contact_id"
    )["contact_id"].to_list()


def _source(table: str) -> str:
    return f"({DERIVED[table]})"


def _prints(table: str) -> str:
    return (
        f"SELECT made.contact_id::UUID AS contact_id, md5(to_json(made)::VARCHAR) AS print FROM {_source(table)} made"
    )


def _unequal(table: str) -> str:
    return f"""
        SELECT contact_id, print, sum(n) AS more
        FROM (SELECT *, 1 AS n FROM stored_{table} UNION ALL SELECT *, -1 FROM ({_prints(table)}))
        GROUP BY contact_id, print HAVING sum(n) <> 0"""
