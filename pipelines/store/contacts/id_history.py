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


def former_ids(connection: Connection, contact_id: str) -> list[str]:
    """Ids that lead to a contact now: those that its records are the anchors of, its own left out."""
    found = connection.execute(
        """
        SELECT DISTINCT r.anchor_id FROM membership m JOIN record r USING (record_key)
        WHERE m.contact_id = ? AND m.run_to IS NULL ORDER BY r.anchor_id""",
        [contact_id],
    ).fetchall()
    return [str(each) for (each,) in found if str(each) != contact_id]


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


def shared_record_ids(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Record ids that a contact has had and another contact, too: record, other, is_origin, since; in order.

    `record` is written `source:record id`. With `is_origin` the other one has had it later, else this one has; `since`
    is when the source stated that first.
    """
    return query(
        connection,
        """
        WITH bearer AS (
            SELECT b.id_key, b.record_key, m.contact_id, r.source || ':' || r.record_id AS record,
                   max(struct_pack(t := s.last_seen_at, r := s.last_row, c := s.correction, v := s.version)) AS last
            FROM id_bearer b JOIN record r USING (record_key) JOIN source_record s USING (record_key)
            JOIN membership m USING (record_key) WHERE m.run_to IS NULL GROUP BY ALL
        ),
        pair AS (
            SELECT own.record, theirs.contact_id AS other, own.last < theirs.last AS is_origin,
                   least(own.last, theirs.last).t AS ended,
                   CASE WHEN own.last < theirs.last THEN theirs.record_key ELSE own.record_key END AS record_key
            FROM bearer own JOIN bearer theirs USING (id_key)
            WHERE own.contact_id = $1 AND theirs.contact_id <> $1
        )
        SELECT p.record, p.other, p.is_origin,
               min(CASE WHEN s.first_seen_at >= p.ended THEN s.first_seen_at ELSE s.last_seen_at END) AS since
        FROM pair p JOIN source_record s USING (record_key) WHERE s.last_seen_at >= p.ended
        GROUP BY p.record, p.other, p.is_origin ORDER BY since, p.record, p.other""",
        [contact_id],
    )


def bearers(connection: Connection, text: str) -> pl.DataFrame:
    """Who has a record id, `source:record id`, and who had it before: contact_id, name, phone, email, is_current.

    A row for each record; none where one person alone has ever had the id.
    """
    return query(
        connection,
        """
        SELECT c.contact_id, c.name, c.phone, c.email, f.record_key IS NULL AS is_current
        FROM id_bearer b JOIN record r USING (record_key) JOIN membership m USING (record_key)
        JOIN contact c USING (contact_id) LEFT JOIN former_record f USING (record_key)
        WHERE r.source || ':' || r.record_id = trim(?) AND m.run_to IS NULL
          AND b.id_key IN (SELECT id_key FROM former_record)
        ORDER BY is_current DESC, c.contact_id, b.record_key""",
        [text],
    )


def former_bearers(connection: Connection, text: str) -> pl.DataFrame:
    """Contacts that had a record id, `source:record id`, and are another than who has it now: as `bearers`."""
    every = bearers(connection, text)
    current = every.filter("is_current")["contact_id"].implode()
    former = every.filter(~pl.col("contact_id").is_in(current)).drop("is_current")
    return former.unique("contact_id", maintain_order=True)


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
