"""Who is meant by a request: records that are theirs for sure, those a weak link leads to, and all that names them.

What an erasure looks for and removes is made of these frames, none of which leaves the process but sealed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from pipelines.privacy.needles import Needles, find
from pipelines.store.privacy.requests import Certainty
from pipelines.store.privacy.texts import rows_with
from pipelines.store.warehouse.connection import Connection, in_list, query, register

SURE = 0.99  # probability from which an edge leads to the same person without somebody looking at it
ONE_KIND = "replace({0}.type, 'wa_id', 'phone')"  # a WhatsApp number is a phone number


class Subject(NamedTuple):
    """What records are known by.

    `identifiers`: type, scope, value, is_shared (somebody else bears it as well). `names`, `texts` (that they wrote)
    and `record_ids` (source, record_id) are whole; `deliveries` are ids of files that brought something of them.
    """

    records: pl.Series
    contacts: pl.Series
    identifiers: pl.DataFrame
    names: pl.Series
    record_ids: pl.DataFrame
    texts: pl.Series
    deliveries: pl.Series


def members_by_certainty(connection: Connection, contact_id: str, bearing: Sequence[str]) -> pl.DataFrame:
    """Members of a contact, by how sure it is that they are one person: record_key, certainty.

    Certain are those that bear an identifier the request names (or, where it names none, the first record), and all
    that an identifier in common, a decision, the source itself or a probability of SURE ties to these.
    """
    return query(
        connection,
        """
        WITH RECURSIVE own AS (
            SELECT record_key, ingest_seq FROM membership JOIN record USING (record_key)
            WHERE contact_id = $1 AND run_to IS NULL
        ),
        bearer AS (SELECT DISTINCT record_key FROM identifier SEMI JOIN own USING (record_key)
                   WHERE list_contains($2::VARCHAR[], normalised)),
        start AS (
            FROM bearer UNION
            SELECT arg_min(record_key, ingest_seq) FROM own WHERE (SELECT count(*) FROM bearer) = 0
        ),
        pair AS (
            SELECT a.record_key AS one, b.record_key AS other
            FROM compared_identifier a JOIN compared_identifier b USING (field, value)
            WHERE a.record_key IN (SELECT record_key FROM own) AND b.record_key IN (SELECT record_key FROM own)
            UNION ALL SELECT record_lo, record_hi FROM must_link
            UNION ALL SELECT record_key, into_key FROM source_merge
            UNION ALL SELECT record_lo, record_hi FROM match_edge WHERE zone = 'merge' AND probability >= $3
        ),
        link AS (FROM pair UNION SELECT other, one FROM pair),
        reach AS (
            FROM start
            UNION
            SELECT l.other FROM reach r JOIN link l ON l.one = r.record_key
            WHERE l.other IN (SELECT record_key FROM own)
        )
        SELECT o.record_key,
               CASE WHEN o.record_key IN (SELECT record_key FROM reach) THEN $4 ELSE $5 END AS certainty
        FROM own o ORDER BY o.ingest_seq""",
        [contact_id, list(bearing), SURE, Certainty.CERTAIN, Certainty.UNCERTAIN],
    )


def subject_of_records(connection: Connection, records: pl.Series) -> Subject:
    """All that these records are known by."""
    with register(connection, own=records.to_frame("key")):
        connection.execute("CREATE OR REPLACE TEMP TABLE subject_record AS SELECT key::UUID AS record_key FROM own")
    read = {name: query(connection, sql) for name, sql in KNOWN_BY.items()}
    connection.execute("DROP TABLE subject_record")
    return Subject(
        records,
        read["contacts"]["contact_id"],
        read["identifiers"],
        read["names"]["name"],
        read["record_ids"],
        read["texts"]["text"],
        read["deliveries"]["delivery_id"],
    )


OWN = "SEMI JOIN subject_record USING (record_key)"
KNOWN_BY = {
    "contacts": f"""
        SELECT DISTINCT contact_id FROM membership {OWN} WHERE run_to IS NULL
        UNION SELECT anchor_id FROM record {OWN} ORDER BY 1""",
    "identifiers": f"""
        SELECT DISTINCT {ONE_KIND.format("i")} AS type, i.scope, v.value,
               EXISTS (FROM identifier o ANTI JOIN subject_record USING (record_key)
                       WHERE {ONE_KIND.format("o")} = {ONE_KIND.format("i")} AND o.scope = i.scope
                         AND (o.normalised = v.value OR list_contains(o.match_keys, v.value))) AS is_shared
        FROM identifier i {OWN}, unnest(list_distinct(list_append(i.match_keys, i.normalised))) v(value)
        WHERE i.normalised IS NOT NULL ORDER BY ALL""",
    "names": f"""
        SELECT DISTINCT name FROM (
            SELECT name FROM source_record {OWN}
            UNION ALL SELECT concat_ws(' ', first_name, last_name) FROM source_record {OWN}
            UNION ALL SELECT concat_ws(' ', last_name, first_name) FROM source_record {OWN}
            UNION ALL SELECT sender FROM message {OWN} WHERE direction = 'inbound')
        WHERE name <> '' ORDER BY name""",
    "record_ids": f"SELECT source, record_id FROM record {OWN} WHERE record_id IS NOT NULL ORDER BY ALL",
    "texts": f"SELECT DISTINCT text FROM message {OWN} WHERE direction = 'inbound' AND text <> '' ORDER BY text",
    "deliveries": f"""
        SELECT DISTINCT delivery_id FROM (
            SELECT delivery_id FROM source_record {OWN} UNION ALL SELECT delivery_id FROM message {OWN}
            UNION ALL SELECT delivery_id FROM receipt {OWN} UNION ALL SELECT delivery_id FROM source_merge {OWN})
        ORDER BY 1""",
}


def neighbours(connection: Connection, subject: Subject) -> pl.Series:
    """Ids of other contacts that bear an identifier of the subject: they stay, and are shown."""
    with in_list(connection, "i.record_key", subject.records) as are_theirs:
        return query(
            connection,
            f"""
            SELECT DISTINCT m.contact_id
            FROM compared_identifier i JOIN compared_identifier o USING (field, value)
            JOIN membership m ON m.record_key = o.record_key AND m.run_to IS NULL
            WHERE {are_theirs}
              AND m.contact_id NOT IN (
                  SELECT c.contact_id FROM membership c JOIN compared_identifier i USING (record_key)
                  WHERE c.run_to IS NULL AND {are_theirs})
            ORDER BY 1""",
        )["contact_id"]


def borne_by_others(connection: Connection, records: pl.Series, values: Sequence[str]) -> set[str]:
    """Those of these identifiers that records other than these bear."""
    with register(connection, own=records.to_frame("key")):
        found = query(
            connection,
            """SELECT DISTINCT normalised FROM identifier WHERE list_contains($1::VARCHAR[], normalised)
               AND record_key NOT IN (SELECT key::UUID FROM own)""",
            [list(values)],
        )
    return set(found["normalised"])


def deliveries_that_name(connection: Connection, needles: Needles) -> pl.Series:
    """Ids of deliveries that brought what has no record: refused rows, and messages of members of groups."""
    named = {"rejected_row": "raw", "message": "sender"}
    found = [pl.Series("delivery_id", [], pl.String)]
    for table, column in named.items():
        rows = rows_with(connection, table, [column], needles, find)
        with register(connection, naming=rows.to_frame("number")):
            sql = f"SELECT DISTINCT delivery_id FROM {table} WHERE rowid IN (SELECT number FROM naming)"
            found.append(query(connection, sql)["delivery_id"])
    return pl.concat(found)
