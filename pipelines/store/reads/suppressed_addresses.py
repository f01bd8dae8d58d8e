"""Whom a number or an address would reach although somebody else with it is blocked, or said no."""

from collections.abc import Sequence

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register, value
from schemas.fields import EVERY

# Who is blocked (`consent` is null) or refuses one of $1.
REFUSAL = """
    refusal AS (
        SELECT contact_id, NULL AS consent FROM contact WHERE status = 'blocked'
        UNION ALL
        SELECT contact_id, n.consent FROM contact, (SELECT unnest($1::VARCHAR[]) AS consent) n
        WHERE attributes[n.consent] = 'false'
    )"""


# Contacts with an address of somebody else in `refusing`, in columns of $1 (all values) or of $2 (the primary one).
REACHED = """
    WITH spelling AS (
        SELECT contact_id, consent, type, value FROM refused_address
        UNION ALL  -- in every spelling
        SELECT a.contact_id, a.consent, a.type, unnest(i.match_keys)
        FROM refused_address a
        JOIN refusing_identifier i ON i.record_key = a.record_key AND i.normalised = a.value AND i.type = a.type
        UNION ALL  -- and what they were ever known by
        SELECT r.contact_id, r.consent, i.type, unnest(list_append(coalesce(i.match_keys, []), i.normalised))
        FROM refusing r JOIN membership m USING (contact_id) JOIN refusing_identifier i USING (record_key)
        WHERE m.run_to IS NULL
    ),
    suppressed AS MATERIALIZED (  -- once however many refuse: two of them stand for all, so one of them is another
        SELECT type, value, consent, min(contact_id) AS one, max(contact_id) AS other FROM spelling GROUP BY ALL
    ),
    further AS MATERIALIZED (  -- records with a number of which another spelling is suppressed
        SELECT i.record_key, i.normalised, s.consent, s.one, s.other
        FROM (SELECT record_key, normalised, unnest(match_keys) AS value FROM identifier
              WHERE type IN ('phone', 'wa_id') AND len(match_keys) > 1) i
        JOIN suppressed s ON s.type = 'phone' AND s.value = i.value
    ),
    reached AS (
        SELECT p.contact_id, p.type, p.is_primary, s.consent, s.one, s.other
        FROM contact_identifier p JOIN suppressed s USING (type, value)
        UNION ALL
        SELECT p.contact_id, p.type, p.is_primary, f.consent, f.one, f.other
        FROM contact_identifier p JOIN further f ON f.record_key = p.record_key AND f.normalised = p.value
        WHERE p.type = 'phone'
    )
    SELECT DISTINCT contact_id, consent FROM reached
    WHERE (one <> contact_id OR other <> contact_id)
      AND (list_contains($1::VARCHAR[], type) OR is_primary AND list_contains($2::VARCHAR[], type))
    ORDER BY ALL"""


def suppressed_contacts(connection: Connection, columns: Sequence[str], consents: Sequence[str]) -> pl.DataFrame:
    """Contacts that one of these columns would reach at a suppressed address: contact_id, consent.

    `columns` are of `schemas.contact.REACHING`. A row for each consent that somebody else with the address refuses; a
    null where another contact with it is blocked.
    """
    if not _keep_refusing(connection, f"WITH {REFUSAL} FROM refusal", [list(consents)]):
        return pl.DataFrame(schema={"contact_id": pl.String, "consent": pl.String})
    return query(
        connection,
        REACHED,
        [[EVERY[each] for each in columns if each in EVERY], list(columns)],
    )


def contacts_with_addresses_of(connection: Connection, contact_id: str) -> pl.Series:
    """Ids of the other contacts that have a number or an address which this one has, or had; sorted."""
    _keep_refusing(connection, "SELECT $1::UUID AS contact_id, NULL::VARCHAR AS consent", [contact_id])
    return query(connection, REACHED, [list(EVERY.values()), []])["contact_id"]


def _keep_refusing(connection: Connection, sql: str, parameters: Sequence[object]) -> int:
    """Keep who refuses, with their addresses and the identifiers of their records, for the query that follows.

    They are few, and as tables of their own they are known to be: what is large is only read for what is theirs.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE refusing AS {sql}", parameters)
    number = int(value(connection, "SELECT count(*) FROM refusing"))
    if number:
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE refused_address AS
            SELECT r.contact_id, r.consent, p.type, p.value, p.record_key
            FROM contact_identifier p JOIN refusing r USING (contact_id) WHERE p.type IN ('phone', 'email')""")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE refusing_record AS
            SELECT record_key FROM membership SEMI JOIN refusing USING (contact_id) WHERE run_to IS NULL
            UNION SELECT record_key FROM refused_address""")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE refusing_identifier AS
            SELECT record_key, replace(type, 'wa_id', 'phone') AS type, normalised, match_keys
            FROM identifier SEMI JOIN refusing_record USING (record_key) WHERE type IN ('phone', 'wa_id', 'email')""")
    return number


def refusals_of_others(connection: Connection, contact_id: str, consents: Sequence[str]) -> pl.DataFrame:
    """Why addresses of a contact are suppressed: value, consent (null: blocked), because_of (another contact)."""
    if not value(connection, f"WITH {REFUSAL} SELECT EXISTS (FROM refusal)", [list(consents)]):
        return pl.DataFrame(schema=dict.fromkeys(("value", "consent", "because_of"), pl.String))
    own = query(
        connection,
        """
        SELECT value, type, value AS spelling FROM contact_identifier
        WHERE contact_id = $1 AND type IN ('phone', 'email')
        UNION
        SELECT p.value, p.type, unnest(i.match_keys)
        FROM contact_identifier p
        JOIN identifier i ON i.record_key = p.record_key AND i.normalised = p.value
                         AND replace(i.type, 'wa_id', 'phone') = p.type
        WHERE p.contact_id = $1 AND p.type IN ('phone', 'email')""",
        [contact_id],
    )
    with register(connection, own=own):
        sharing = query(
            connection,
            """
            SELECT o.value, p.contact_id
            FROM contact_identifier p JOIN own o ON p.type = o.type AND p.value = o.spelling
            WHERE p.contact_id <> $1::UUID AND list_contains($2, p.value)
            UNION
            SELECT o.value, m.contact_id
            FROM (SELECT record_key, replace(type, 'wa_id', 'phone') AS type, normalised FROM identifier
                  WHERE list_contains($2, normalised)) i
            JOIN own o ON i.type = o.type AND i.normalised = o.spelling
            JOIN membership m ON m.record_key = i.record_key AND m.run_to IS NULL
            WHERE m.contact_id <> $1::UUID""",
            [contact_id, own["spelling"].to_list()],
        )
    with register(connection, sharing=sharing):
        return query(
            connection,
            f"""
            WITH {REFUSAL}
            SELECT s.value, r.consent, min(r.contact_id) AS because_of
            FROM refusal r JOIN sharing s ON r.contact_id = s.contact_id::UUID
            GROUP BY s.value, r.consent ORDER BY ALL""",
            [list(consents)],
        )
