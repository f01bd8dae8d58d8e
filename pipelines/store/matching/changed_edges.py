"""Edges under other thresholds than those they were kept under. For previews, which are undone."""

import polars as pl

from pipelines.match.score import CONFLICTS
from pipelines.store.runs.work_queue import Version, dequeue
from pipelines.store.warehouse.connection import Connection, query, register, value

REVIEW = "match.review"  # what stands in `step_state` beside the steps: the probability that edges are kept from


def keep_review_threshold(connection: Connection, review: float) -> None:
    """All edges from this probability on are kept now, and no others."""
    dequeue(connection, REVIEW, Version(repr(review)))


def review_threshold_kept(connection: Connection) -> float | None:
    """The probability from which on edges are kept; None before a run has noted it."""
    noted = value(connection, "SELECT digest FROM step_state WHERE step = ?", [REVIEW])
    return None if noted is None else float(noted)


def reclassify_edges(connection: Connection, auto: float, review: float, sure: float) -> pl.Series:
    """Give kept edges the zone they would have; those below `review` go. Every record whose cluster may be another.

    Beside the ends of edges that change, these are the ends of edges below `sure` that would merge: `auto` judges those
    once more in clustering.
    """
    zone = f"CASE WHEN probability >= $1 AND rule NOT IN {CONFLICTS} THEN 'merge' ELSE 'review' END"
    stirred = query(
        connection,
        f"""
        WITH stirred AS (
            SELECT record_lo, record_hi FROM match_edge
            WHERE probability < $2 OR zone <> {zone} OR ({zone} = 'merge' AND probability < $3)
        )
        SELECT record_lo AS record_key FROM stirred UNION SELECT record_hi FROM stirred ORDER BY 1""",
        [auto, review, sure],
    )["record_key"]
    connection.execute("DELETE FROM match_edge WHERE probability < ?", [review])
    connection.execute(f"UPDATE match_edge SET zone = {zone} WHERE zone <> {zone}", [auto])
    return stirred


def count_by_zone(connection: Connection) -> pl.DataFrame:
    """Edges by zone: zone, pairs."""
    return query(connection, "SELECT zone, count(*) AS pairs FROM match_edge GROUP BY zone ORDER BY zone")


def changed_edges(connection: Connection, edges: pl.DataFrame) -> pl.DataFrame:
    """How kept edges and these (record_lo, record_hi, zone) differ: before, after (zone or `none`), pairs."""
    with register(connection, fresh=edges.select("record_lo", "record_hi", "zone")):
        return query(
            connection,
            """
            WITH kept AS (SELECT record_lo, record_hi, zone FROM match_edge),
            coming AS (SELECT record_lo::UUID AS record_lo, record_hi::UUID AS record_hi, zone FROM fresh)
            SELECT coalesce(k.zone, 'none') AS before, coalesce(c.zone, 'none') AS after, count(*) AS pairs
            FROM kept k FULL JOIN coming c USING (record_lo, record_hi)
            WHERE k.zone IS DISTINCT FROM c.zone GROUP BY ALL ORDER BY ALL""",
        )
