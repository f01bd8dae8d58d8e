"""What decisions say about who is one person: records that are held together, and records that are kept apart."""

from typing import NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register, value

# Kept edges; of a pair that somebody decided to be one there is that edge alone, whatever matching has found.
EDGES = """(
    SELECT record_lo, record_hi, zone, rule, weight, probability, ambiguous_given_name AS vague, evidence, model
    FROM match_edge ANTI JOIN must_link USING (record_lo, record_hi)
    UNION ALL
    SELECT record_lo, record_hi, 'merge', 'decision', 1000.0, 1.0, FALSE, NULL, NULL FROM must_link
)"""


class LinkDecision(NamedTuple):
    """A decision that says whether two records are one person; `kind` is merge, unmerge or dismiss."""

    decision_id: str
    kind: str
    actor: str
    reason: str
    decided_at: str  # yyyy-mm-dd


def sides_of(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """On which side of which decisions records are kept apart from others: record_key, sides.

    Sides are a List of "decision <id>=<side>", as an exclusive attribute is written, which is what a decision is here.
    """
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT record_key, list('decision ' || decision_id || '=' || side ORDER BY decision_id) AS sides
            FROM cannot_link WHERE record_key IN (SELECT record_key::UUID FROM wanted)
            GROUP BY record_key ORDER BY record_key""",
        )


def cannot_links(connection: Connection, records: pl.Series) -> list[str]:
    """Ids of the decisions that keep some of these records apart from others of them, sorted."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT decision_id FROM cannot_link WHERE record_key IN (SELECT record_key::UUID FROM wanted)
            GROUP BY decision_id HAVING count(DISTINCT side) > 1 ORDER BY decision_id""",
        )["decision_id"].to_list()


def newest_merge(connection: Connection, contact_id: str) -> str | None:
    """The newest merge that stands and holds records of this contact together."""
    found = value(
        connection,
        """
        SELECT decision_id
        FROM decision d JOIN decision_record r USING (decision_id) JOIN membership m USING (record_key)
        WHERE d.kind = 'merge' AND d.revoked_at IS NULL AND m.contact_id = ? AND m.run_to IS NULL
        GROUP BY decision_id, d.decided_at, d.row_number HAVING count(DISTINCT r.side) > 1
        ORDER BY d.decided_at DESC, d.row_number DESC NULLS LAST, decision_id LIMIT 1""",
        [contact_id],
    )
    return None if found is None else str(found)


def link_decisions(connection: Connection, one: str, other: str) -> LinkDecision | None:
    """What decides whether two records are one person, if a decision does: what parts them counts before a merge."""
    found = query(
        connection,
        """
        SELECT d.decision_id, d.kind, d.actor, d.reason, strftime(d.decided_at, '%Y-%m-%d') AS decided_at
        FROM decision d
        JOIN decision_record a ON a.decision_id = d.decision_id AND a.record_key = $1
        JOIN decision_record b ON b.decision_id = d.decision_id AND b.record_key = $2
        WHERE d.revoked_at IS NULL AND (d.kind = 'merge' OR (d.kind IN ('unmerge', 'dismiss') AND a.side <> b.side))
        ORDER BY d.kind = 'merge', d.decided_at DESC, d.row_number DESC NULLS LAST, d.decision_id LIMIT 1""",
        [one, other],
    )
    return next((LinkDecision(**each) for each in found.to_dicts()), None)


def other_merge_of_same(connection: Connection, merge: str) -> str | None:
    """The newest other merge that stands and holds together what are different sides of this one."""
    found = value(
        connection,
        """
        SELECT o.decision_id
        FROM decision_record r
        JOIN decision_record s USING (record_key)
        JOIN decision o ON o.decision_id = s.decision_id
        WHERE r.decision_id = $1 AND o.decision_id <> $1 AND o.kind = 'merge' AND o.revoked_at IS NULL
        GROUP BY o.decision_id, o.decided_at, o.row_number HAVING count(DISTINCT r.side) > 1
        ORDER BY o.decided_at DESC, o.row_number DESC NULLS LAST, o.decision_id LIMIT 1""",
        [merge],
    )
    return None if found is None else str(found)
