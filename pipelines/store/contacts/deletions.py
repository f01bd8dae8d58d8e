"""Records that are taken out again, because what brought them was taken back."""

import polars as pl

from pipelines.store.audit.contact_changes import record_removed_contacts
from pipelines.store.contacts.id_changes import keep_changes, keep_withdrawn
from pipelines.store.warehouse.connection import Connection, query, register

HELD_BY_RECORD = ("record", "source_record", "identifier", "record_field", "work_queue")
HELD_BY_CONTACT = ("contact", "contact_field", "contact_identifier", "contact_attribute", "contact_search")


def delete_records(
    connection: Connection, records: pl.Series, run_id: str, heirs: pl.DataFrame | None = None
) -> pl.Series:
    """Delete records, their contents and their edges, and end their membership; the other members of their contacts.

    A contact of which nothing is left goes; with `heirs` (record_key, heir_key) it is merged into that of the heir. The
    others are to be derived anew. What was decided about one of those while such a record spoke for it stays with the
    contact.
    """
    if heirs is not None:
        _inherit_decisions(connection, heirs)
    with register(connection, withdrawing=records.to_frame("record_key")):
        _hand_over(connection)
        members = query(
            connection,
            """
            SELECT record_key, contact_id FROM membership
            WHERE run_to IS NULL AND record_key IN (SELECT record_key::UUID FROM withdrawing) ORDER BY record_key""",
        )
        contacts = members["contact_id"].unique()
        connection.execute(
            """
            UPDATE membership SET run_to = ?
            WHERE run_to IS NULL AND record_key IN (SELECT record_key::UUID FROM withdrawing)""",
            [run_id],
        )
        for table in ("match_edge", "vetoed_edge", "pooled_join"):
            connection.execute(f"""
                DELETE FROM {table} WHERE record_lo IN (SELECT record_key::UUID FROM withdrawing)
                                       OR record_hi IN (SELECT record_key::UUID FROM withdrawing)""")
        for table in HELD_BY_RECORD:
            connection.execute(f"DELETE FROM {table} WHERE record_key IN (SELECT record_key::UUID FROM withdrawing)")
    with register(connection, concerned=contacts.to_frame()):
        left = query(
            connection,
            """
            SELECT record_key, contact_id FROM membership
            WHERE run_to IS NULL AND contact_id IN (SELECT contact_id::UUID FROM concerned) ORDER BY record_key""",
        )
    emptied = contacts.filter(~contacts.is_in(left["contact_id"].implode()))
    record_removed_contacts(connection, emptied, run_id)
    with register(connection, emptied=emptied.to_frame()):
        for table in HELD_BY_CONTACT:
            connection.execute(f"DELETE FROM {table} WHERE contact_id IN (SELECT contact_id::UUID FROM emptied)")
    if heirs is None:
        keep_withdrawn(connection, emptied, run_id)
    else:
        _keep_inherited(connection, members.join(emptied.to_frame(), on="contact_id", how="semi"), heirs, run_id)
    return left["record_key"]


def _inherit_decisions(connection: Connection, heirs: pl.DataFrame) -> None:
    """Let what was decided about records be about their heirs, each decision once."""
    with register(connection, inheriting=heirs):
        connection.execute("""
            INSERT OR IGNORE INTO decision_record
            SELECT DISTINCT ON (d.decision_id, i.heir_key) d.* REPLACE (i.heir_key::UUID AS record_key)
            FROM decision_record d JOIN inheriting i ON d.record_key = i.record_key::UUID
            ORDER BY d.decision_id, i.heir_key, coalesce(d.side, 0)""")
        connection.execute("DELETE FROM decision_record WHERE record_key IN (SELECT record_key::UUID FROM inheriting)")


def _keep_inherited(connection: Connection, members: pl.DataFrame, heirs: pl.DataFrame, run_id: str) -> None:
    """Keep that contacts of which nothing is left are now those of their records' heirs."""
    with register(connection, inherited=members.join(heirs, on="record_key")):
        moved = query(
            connection,
            """
            SELECT g.contact_id AS old_id, first(m.contact_id ORDER BY g.record_key) AS new_id, 'merged' AS kind
            FROM inherited g JOIN membership m ON m.record_key = g.heir_key::UUID AND m.run_to IS NULL
            GROUP BY g.contact_id ORDER BY g.contact_id""",
        )
    keep_changes(connection, moved, run_id)


def _hand_over(connection: Connection) -> None:
    """Let values, tags and notes of contacts be carried by who was a member, too, when they were decided, and stays."""
    connection.execute("""
        UPDATE decision_record t SET side = 0
        FROM (
            SELECT d.decision_id, arg_min(r.record_key, struct_pack(n := r.ingest_seq, k := r.record_key)) AS heir
            FROM decision d
            JOIN decision_record c ON c.decision_id = d.decision_id AND coalesce(c.side, 0) = 0
            JOIN membership w ON w.record_key = c.record_key AND w.run_to IS NULL
            JOIN decision_record o ON o.decision_id = d.decision_id AND o.side = 1
            JOIN membership m ON m.record_key = o.record_key AND m.run_to IS NULL AND m.contact_id = w.contact_id
            JOIN record r ON r.record_key = o.record_key
            WHERE d.kind IN ('edit', 'pin', 'tag', 'untag', 'note')
              AND c.record_key IN (SELECT record_key::UUID FROM withdrawing)
              AND o.record_key NOT IN (SELECT record_key::UUID FROM withdrawing)
            GROUP BY d.decision_id
        ) h
        WHERE t.decision_id = h.decision_id AND t.record_key = h.heir""")
