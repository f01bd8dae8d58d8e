"""Where the contacts of former times are, and which contacts a change of one can reach."""

from collections.abc import Iterable

import polars as pl

from pipelines.store.contacts import id_changes
from pipelines.store.warehouse.connection import Connection, query, register


def resolve_id(connection: Connection, contact_id: str) -> str | None:
    """The contact that an id of former times leads to. None for any other text, ids of contacts of today included."""
    return resolve_ids(connection, [contact_id]).get(contact_id)


def resolve_ids(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The contacts that ids of former times lead to, by the id; any other text is left out."""
    now = id_changes.all_resolved(connection, ids)
    return {former: contact for former, contact in now.items() if contact != former.strip().lower()}


def id_moves(connection: Connection, contact_id: str) -> pl.DataFrame:
    """What became of an id, the first thing first: kind, other, is_now, is_origin, changed_at, decision_id.

    A contact is merged into another, split off from another or restored out of another, or it is withdrawn; `other` is
    the one at the far end, `is_now` where that one is now, and `is_origin` says whether it all went from this one to
    the other. `decision_id` is the decision that did it, if one did and it stands.
    """
    moved = query(
        connection,
        """
        SELECT c.kind, CASE WHEN c.old_id = $1 THEN c.new_id ELSE c.old_id END AS other, c.old_id = $1 AS is_origin,
               c.changed_at, d.decision_id
        FROM id_changes c
        LEFT JOIN decision d ON c.run_id = 'decision:' || d.decision_id::VARCHAR
            AND d.revoked_at IS NULL AND d.kind <> 'revoke'
        WHERE c.old_id = $1 OR c.new_id = $1 ORDER BY c.number""",
        [contact_id],
    )
    now = id_changes.all_resolved(connection, moved["other"].drop_nulls())
    return moved.with_columns(is_now=pl.Series([now.get(each) for each in moved["other"]], dtype=pl.String))


def affected_contacts(connection: Connection, contacts: pl.Series) -> pl.Series:
    """Ids of all contacts, those of former times too, that records have been in which were ever in one of these."""
    with register(connection, wanted=contacts.to_frame("contact_id")):
        return query(
            connection,
            """
            WITH own AS (
                SELECT record_key FROM membership WHERE contact_id IN (SELECT contact_id::UUID FROM wanted)
            ),
            theirs AS (
                SELECT record_key FROM membership WHERE contact_id IN (
                    SELECT contact_id FROM membership SEMI JOIN own USING (record_key) WHERE run_to IS NULL)
                UNION FROM own
            )
            SELECT DISTINCT contact_id FROM membership SEMI JOIN theirs USING (record_key) ORDER BY contact_id""",
        )["contact_id"]
