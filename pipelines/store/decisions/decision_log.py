"""What people decided, for whoever asks: what stands and what was taken back, and which contacts it is about."""

from collections.abc import Sequence

import polars as pl

from pipelines.store.decisions.decisions import DECISION_ORDER
from pipelines.store.warehouse.connection import Connection, query, register

FEWEST_LETTERS = 4  # of the beginning of an id

# Records that decisions are about. What is said of a value is about the record that carries it and no other.
CONCERNED = """
        concerned AS (
            SELECT d.decision_id, r.record_key
            FROM decision d
            JOIN decision_record r USING (decision_id)
            LEFT JOIN decision t ON t.decision_id = d.target AND d.kind = 'revoke'
            WHERE coalesce(r.side, 0) = 0 OR coalesce(t.kind, d.kind) NOT IN ('edit', 'pin', 'tag', 'untag', 'note')
        )"""


# Which blocks of `chosen` were lifted: of all their records (in contact $1), or lifted_in_part. Of which merges no two
# sides are one contact any more: parted. And where edits and pins stand: in_force, confirmed (a record has stated the
# same value since), replaced (by a later decision), primary (a merge lets the value of another contact win), gave_way,
# without_effect (no such field).
STANDING = f"""
        valued AS (
            SELECT d.decision_id, m.contact_id, d.field, d.value
            FROM chosen d JOIN decision_record r USING (decision_id) JOIN membership m USING (record_key)
            WHERE d.kind IN ('edit', 'pin') AND d.revoked_at IS NULL AND coalesce(r.side, 0) = 0 AND m.run_to IS NULL
        ),
        newest AS (
            SELECT m.contact_id, d.field,
                   arg_max(d.decision_id, struct_pack(p := d.kind = 'pin', t := {DECISION_ORDER})) AS newest
            FROM decision d JOIN decision_record r USING (decision_id) JOIN membership m USING (record_key)
            WHERE d.kind IN ('edit', 'pin') AND d.revoked_at IS NULL AND coalesce(r.side, 0) = 0 AND m.run_to IS NULL
              AND m.contact_id IN (SELECT contact_id FROM valued)
            GROUP BY ALL
        ),
        lifting AS (
            SELECT r.record_key, max(struct_pack(t := u.decided_at, n := coalesce(u.row_number, 0))) AS last
            FROM decision u JOIN decision_record r USING (decision_id)
            WHERE u.kind = 'unblock' AND u.revoked_at IS NULL
            GROUP BY r.record_key
        ),
        standing AS (
            SELECT v.decision_id,
                   CASE WHEN coalesce(bool_or(f.delivery_id = v.decision_id), v.value IS NULL) THEN 'in_force'
                        WHEN bool_or(n.newest <> v.decision_id) THEN 'replaced'
                        WHEN bool_or(f.rule = 'primary') THEN 'primary'
                        WHEN bool_or(f.value = v.value) THEN 'confirmed'
                        WHEN count(f.field) > 0 THEN 'gave_way'
                        ELSE 'without_effect' END AS standing,
                   min(r.source || ':' || coalesce(r.record_id, left(r.record_key::VARCHAR, 8))) AS record
            FROM valued v
            JOIN newest n USING (contact_id, field)
            LEFT JOIN contact_field f USING (contact_id, field)
            LEFT JOIN record r USING (record_key)
            GROUP BY v.decision_id, v.value
            UNION ALL
            SELECT b.decision_id, CASE WHEN bool_and(is_lifted) THEN 'lifted' ELSE 'lifted_in_part' END, NULL
            FROM (
                SELECT d.decision_id, coalesce(
                    l.last > struct_pack(t := d.decided_at, n := coalesce(d.row_number, 0)), FALSE) AS is_lifted
                FROM chosen d
                JOIN decision_record r USING (decision_id)
                JOIN membership m USING (record_key)
                LEFT JOIN lifting l USING (record_key)
                WHERE d.kind = 'block' AND d.revoked_at IS NULL AND m.run_to IS NULL
                  AND ($1::UUID IS NULL OR m.contact_id = $1)
            ) b
            GROUP BY b.decision_id HAVING bool_or(is_lifted)
            UNION ALL
            SELECT decision_id, 'parted', NULL
            FROM (
                SELECT d.decision_id, m.contact_id, count(DISTINCT r.side) AS sides
                FROM chosen d JOIN decision_record r USING (decision_id) JOIN membership m USING (record_key)
                WHERE d.kind = 'merge' AND d.revoked_at IS NULL AND m.run_to IS NULL
                GROUP BY ALL
            )
            GROUP BY decision_id HAVING max(sides) = 1 AND count(*) > 1
        )"""


def list_decisions(connection: Connection, contact_id: str | None = None, most: int = 0) -> pl.DataFrame:
    """Decisions, the newest first: all, or those about records that are in a contact now; at most so many, 0 is all.

    Columns decision_id, kind, actor, role, reason, decided_at, expires_at, is_over, field, value, target, revoked_at,
    revoked_by, revoked_reason, file_name and row_number (where a change request asked for it), standing (of blocks,
    merges, edits and pins, see STANDING) with stated_by (the record whose value the contact has), records (List of side
    and `source:record id`) and contacts (List of contact_id and name, as they are now).
    """
    return query(
        connection,
        f"""
        WITH {CONCERNED},
        of_contact AS (
            SELECT DISTINCT decision_id FROM concerned JOIN membership m USING (record_key)
            WHERE m.run_to IS NULL AND m.contact_id = $1
        ),
        chosen AS (
            FROM decision d
            WHERE $1::UUID IS NULL OR decision_id IN (FROM of_contact)
            ORDER BY decided_at DESC, row_number DESC NULLS LAST, decision_id
            LIMIT CASE WHEN $2 = 0 THEN 9223372036854775807 ELSE $2 END
        ),
        subject AS (
            SELECT c.decision_id, coalesce(s.side, 0) AS side,
                   r.source || ':' || coalesce(r.record_id, left(r.record_key::VARCHAR, 8)) AS record
            FROM chosen c
            JOIN decision_record s USING (decision_id)
            JOIN record r USING (record_key)
        ),
        named AS (
            SELECT decision_id, list(struct_pack(side, record) ORDER BY side, record) AS records
            FROM subject GROUP BY decision_id
        ),
        met AS (
            SELECT decision_id, list(DISTINCT struct_pack(contact_id, name)) AS contacts
            FROM concerned SEMI JOIN chosen USING (decision_id)
            JOIN membership m USING (record_key) JOIN contact USING (contact_id)
            WHERE m.run_to IS NULL GROUP BY decision_id
        ),
        {STANDING}
        SELECT c.decision_id, c.kind, c.actor, c.role, c.reason, c.decided_at, c.expires_at,
               coalesce(c.expires_at <= (SELECT max(as_of) FROM as_of_time), FALSE) AS is_over,
               c.field, c.value, c.target, c.revoked_at, c.revoked_by, c.revoked_reason, d.file_name, c.row_number,
               s.standing, s.record AS stated_by, coalesce(n.records, []) AS records,
               coalesce(list_sort(m.contacts), []) AS contacts
        FROM chosen c
        LEFT JOIN delivery d USING (delivery_id)
        LEFT JOIN named n USING (decision_id)
        LEFT JOIN met m USING (decision_id)
        LEFT JOIN standing s USING (decision_id)
        ORDER BY c.decided_at DESC, c.row_number DESC NULLS LAST, c.decision_id""",
        [contact_id, most],
    )


def contacts_of_decisions(connection: Connection, decisions: Sequence[str]) -> pl.Series:
    """Ids of the contacts that these decisions are about, as they are now."""
    with register(connection, taken=pl.DataFrame({"decision_id": decisions}, schema={"decision_id": pl.String})):
        return query(
            connection,
            f"""
            WITH {CONCERNED}
            SELECT DISTINCT m.contact_id FROM membership m JOIN concerned c USING (record_key)
            WHERE m.run_to IS NULL AND c.decision_id IN (SELECT decision_id::UUID FROM taken) ORDER BY m.contact_id""",
        )["contact_id"]


def known_as(connection: Connection, text: str) -> pl.Series:
    """Ids of the decisions whose id begins so, sorted."""
    return query(
        connection,
        """SELECT decision_id FROM decision
           WHERE starts_with(decision_id::VARCHAR, lower(trim($1))) AND length(trim($1)) >= $2 ORDER BY decision_id""",
        [text, FEWEST_LETTERS],
    )["decision_id"]


def last_of(connection: Connection, actor: str) -> pl.Series:
    """Id of the last decision somebody took that still stands, or none."""
    return query(
        connection,
        """SELECT decision_id FROM decision WHERE actor = trim(?) AND kind <> 'revoke' AND revoked_at IS NULL
           ORDER BY decided_at DESC, row_number DESC NULLS LAST, decision_id DESC LIMIT 1""",
        [actor],
    )["decision_id"]


def between(connection: Connection, one: pl.Series, other: pl.Series) -> pl.DataFrame:
    """What stands decided between records of two sides, the newest first: that they are one person, or are not.

    Columns decision_id, kind, actor, reason, decided_at.
    """
    with register(connection, one_side=one.to_frame("record_key"), other_side=other.to_frame("record_key")):
        return query(
            connection,
            """
            WITH placed AS (SELECT decision_id, record_key, coalesce(side, 0) AS side FROM decision_record)
            SELECT DISTINCT d.decision_id, d.kind, d.actor, d.reason, d.decided_at
            FROM decision d
            JOIN placed a USING (decision_id)
            JOIN placed b USING (decision_id)
            WHERE d.revoked_at IS NULL AND a.side <> b.side AND d.kind IN ('merge', 'unmerge', 'dismiss')
              AND a.record_key IN (SELECT record_key::UUID FROM one_side)
              AND b.record_key IN (SELECT record_key::UUID FROM other_side)
            ORDER BY d.decided_at DESC, d.decision_id""",
        )
