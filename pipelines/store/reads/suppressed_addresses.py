"""Whom a number or an address would reach although somebody else with it is blocked, or said no."""

from collections.abc import Sequence

import polars as pl

from pipelines.store.warehouse.connection import Connection, query
from schemas.contact import EVERY

# Who is blocked (`consent` is null) or refuses one of $1.
REFUSAL = """
    refusal AS (
        SELECT contact_id, NULL AS consent FROM contact WHERE status = 'blocked'
        UNION ALL
        SELECT contact_id, n.consent FROM contact, (SELECT unnest($1::VARCHAR[]) AS consent) n
        WHERE attributes[n.consent] = 'false'
    )"""
# Every spelling of a number or an address `p` of a contact, by the identifier `i` of its record.
SPELLING = "unnest(list_append(coalesce(i.match_keys, []), p.value))"
SPELT = """
        LEFT JOIN identifier i ON i.record_key = p.record_key AND i.normalised = p.value
                               AND replace(i.type, 'wa_id', 'phone') = p.type
        WHERE p.type IN ('phone', 'email')"""


# Contacts with a number or an address of somebody else of `refusal`, in columns of $2 (all values) or $3 (the primary).
REACHED = f"""
    spelling AS (
        SELECT r.contact_id, r.consent, p.type, {SPELLING} AS value
        FROM refusal r JOIN contact_identifier p USING (contact_id) {SPELT}
        UNION ALL  -- and what they were ever known by
        SELECT r.contact_id, r.consent, replace(i.type, 'wa_id', 'phone'),
               unnest(list_append(coalesce(i.match_keys, []), i.normalised))
        FROM refusal r JOIN membership m USING (contact_id) JOIN identifier i USING (record_key)
        WHERE m.run_to IS NULL AND i.type IN ('phone', 'wa_id', 'email')
    ),
    reached AS (  -- in every spelling
        SELECT contact_id, type, value, is_primary FROM contact_identifier
        UNION ALL
        SELECT p.contact_id, p.type, unnest(i.match_keys), p.is_primary
        FROM contact_identifier p
        JOIN identifier i ON i.record_key = p.record_key AND i.normalised = p.value
                         AND replace(i.type, 'wa_id', 'phone') = p.type
        WHERE p.type = 'phone' AND len(i.match_keys) > 1
    ),
    suppressed AS (  -- once however many refuse: two of them stand for all, so one of them is another
        SELECT type, value, consent, min(contact_id) AS one, max(contact_id) AS other FROM spelling GROUP BY ALL
    )
    SELECT DISTINCT p.contact_id, s.consent
    FROM reached p JOIN suppressed s USING (type, value)
    WHERE (s.one <> p.contact_id OR s.other <> p.contact_id)
      AND (list_contains($2::VARCHAR[], p.type) OR p.is_primary AND list_contains($3::VARCHAR[], p.type))
    ORDER BY ALL"""


def suppressed_contacts(connection: Connection, columns: Sequence[str], consents: Sequence[str]) -> pl.DataFrame:
    """Contacts that one of these columns would reach at a suppressed address: contact_id, consent.

    `columns` are of `schemas.contact.REACHING`. A row for each consent that somebody else with the address refuses; a
    null where another contact with it is blocked.
    """
    return query(
        connection,
        f"WITH {REFUSAL}, {REACHED}",
        [list(consents), [EVERY[each] for each in columns if each in EVERY], list(columns)],
    )


def contacts_with_addresses_of(connection: Connection, contact_id: str) -> pl.Series:
    """Ids of the other contacts that have a number or an address which this one has, or had; sorted."""
    return query(
        connection,
        f"WITH refusal AS (SELECT $1::UUID AS contact_id, NULL::VARCHAR AS consent), {REACHED}",
        [contact_id, list(EVERY.values()), []],
    )["contact_id"]


def refusals_of_others(connection: Connection, contact_id: str, consents: Sequence[str]) -> pl.DataFrame:
    """Why addresses of a contact are suppressed: value, consent (null: blocked), because_of (another contact)."""
    return query(
        connection,
        f"""
        WITH {REFUSAL},
        own AS MATERIALIZED (
            SELECT p.type, p.value, {SPELLING} AS spelling FROM contact_identifier p {SPELT} AND p.contact_id = $2
        ),
        sharing AS MATERIALIZED (
            SELECT o.value, p.contact_id
            FROM own o JOIN contact_identifier p ON p.type = o.type AND p.value = o.spelling
            WHERE p.contact_id <> $2
            UNION
            SELECT o.value, m.contact_id
            FROM own o
            JOIN identifier i ON replace(i.type, 'wa_id', 'phone') = o.type AND i.normalised = o.spelling
            JOIN membership m ON m.record_key = i.record_key AND m.run_to IS NULL
            WHERE m.contact_id <> $2
        )
        SELECT s.value, r.consent, min(r.contact_id) AS because_of
        FROM sharing s JOIN refusal r USING (contact_id)
        GROUP BY s.value, r.consent ORDER BY ALL""",
        [list(consents), contact_id],
    )
