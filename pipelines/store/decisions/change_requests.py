"""Change requests: whom they mean, which of them have been granted, and what that did to ids of contacts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register, value


def find_contacts(connection: Connection, called: pl.DataFrame) -> pl.DataFrame:
    """The contacts that are known by these words, or were until their records said otherwise: text, contact_id.

    Who was known by a number before is meant as well as who is now: where these are two, it is not clear who.

    Args:
        connection: The warehouse.
        called: `text` (as it was written) and `word` (String): an id, a normalised identifier, or a record as
            `source:record id`. A text may have several words.
    """
    with register(connection, called=called.select("text", "word").unique()):
        return query(
            connection,
            """
            WITH hit AS (
                SELECT text, contact_id FROM called JOIN contact ON contact_id = try_cast(word AS UUID)
                UNION
                SELECT text, i.contact_id FROM called JOIN contact_identifier i ON lower(i.value) = lower(word)
                UNION
                SELECT text, m.contact_id FROM called JOIN identifier i ON lower(i.normalised) = lower(word)
                JOIN membership m ON m.record_key = i.record_key AND m.run_to IS NULL
                UNION
                SELECT text, m.contact_id FROM called
                JOIN record r ON r.source || ':' || r.record_id = word
                    AND r.record_key NOT IN (SELECT record_key FROM former_record)
                JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
            )
            FROM hit ORDER BY text, contact_id""",
        )


def applied_requests(connection: Connection, requests: pl.Series) -> set[str]:
    """Those of these requests that were granted once, whatever has become of it."""
    with register(connection, asked=requests.alias("request").to_frame()):
        sql = "SELECT DISTINCT request FROM change_request WHERE request IN (SELECT request::UUID FROM asked)"
        return set(query(connection, sql)["request"])


def still_holds(connection: Connection, request: str) -> bool:
    """Whether what a request was granted is in force: not taken back, and not overtaken by the opposite."""
    return bool(
        value(
            connection,
            """
            SELECT count(*) > 0 FROM change_request q JOIN decision d USING (decision_id)
            WHERE q.request = ? AND d.revoked_at IS NULL AND NOT EXISTS (
                FROM decision n JOIN decision_record a ON a.decision_id = n.decision_id
                JOIN decision_record b ON b.decision_id = d.decision_id AND b.record_key = a.record_key
                WHERE n.revoked_at IS NULL
                  AND (n.decided_at, coalesce(n.row_number, 0)) > (d.decided_at, coalesce(d.row_number, 0))
                  AND CASE d.kind WHEN 'block' THEN n.kind = 'unblock'
                                  WHEN 'unblock' THEN n.kind = 'block'
                                  WHEN 'tag' THEN n.kind = 'untag' AND n.value = d.value
                                  WHEN 'untag' THEN n.kind = 'tag' AND n.value = d.value
                                  WHEN 'merge' THEN n.kind = 'unmerge'
                                  WHEN 'edit' THEN n.kind IN ('edit', 'pin') AND n.field = d.field
                                  WHEN 'pin' THEN n.kind IN ('edit', 'pin') AND n.field = d.field
                                  ELSE FALSE END)""",
            [request],
        )
    )


def keep_applied(connection: Connection, request: str, decision_id: str) -> None:
    """Know a request when it comes again."""
    connection.execute("INSERT INTO change_request VALUES (?, ?)", [request, decision_id])


def records_about(connection: Connection, decisions: Sequence[str]) -> pl.Series:
    """Keys of the records that these decisions are about."""
    with register(connection, taken=pl.DataFrame({"decision_id": decisions}, schema={"decision_id": pl.String})):
        return query(
            connection,
            """SELECT DISTINCT record_key FROM decision_record SEMI JOIN record USING (record_key)
               WHERE decision_id IN (SELECT decision_id::UUID FROM taken) ORDER BY record_key""",
        )["record_key"]


class Effects(NamedTuple):
    """What change requests of a run did: decisions by kind, and how many contacts those were about, merged, split."""

    kinds: dict[str, int]
    contacts: int
    merged: int
    split: int


def effects(connection: Connection, run_id: str) -> Effects:
    """What the change requests did that a run has read."""
    kinds = query(
        connection,
        """SELECT kind, count(*) AS decisions FROM decision JOIN delivery USING (delivery_id)
           WHERE run_id = ? GROUP BY kind ORDER BY kind""",
        [run_id],
    )
    counted = query(
        connection,
        """
        WITH own AS (SELECT decision_id FROM decision JOIN delivery USING (delivery_id) WHERE run_id = $1)
        SELECT (SELECT count(DISTINCT contact_id) FROM own JOIN decision_record r USING (decision_id)
                JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
                WHERE coalesce(r.side, 0) = 0) AS contacts,
               (SELECT count(DISTINCT old_id) FROM id_changes
                WHERE kind = 'merged' AND run_id IN (SELECT 'decision:' || decision_id FROM own)) AS merged,
               (SELECT count(DISTINCT new_id) FROM id_changes
                WHERE kind IN ('split', 'restored') AND run_id IN (SELECT 'decision:' || decision_id FROM own)) AS split
        """,
        [run_id],
    ).row(0)
    return Effects(dict(kinds.iter_rows()), *counted)


def last_change(connection: Connection) -> int:
    """Number of the last change of an id of a contact; 0 before the first."""
    return int(value(connection, "SELECT coalesce(max(number), 0) FROM id_changes"))


def attribute_id_changes(connection: Connection, since: int, touched: Mapping[str, str]) -> None:
    """Say of the changes of ids after the one of this number which decision made them: decisions by contact."""
    made = pl.DataFrame(list(touched.items()), schema={"contact_id": pl.String, "decision_id": pl.String}, orient="row")
    with register(connection, made=made):
        connection.execute(
            """
            UPDATE id_changes c SET run_id = 'decision:' || m.decision_id FROM made m
            WHERE c.number > ? AND m.contact_id::UUID IN (c.old_id, c.new_id)""",
            [since],
        )
