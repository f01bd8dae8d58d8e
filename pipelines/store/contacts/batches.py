"""Which records are derived together: all that hangs together is in one batch, so that each is derived by itself."""

from collections.abc import Iterator

import polars as pl

from pipelines.match.clusters.components import components_of
from pipelines.store.warehouse.connection import Connection, query, register

BATCH_RECORDS = 200_000  # bounds memory; every batch reads the large tables once


def batches(
    connection: Connection, records: pl.Series, likely: float, most: int = BATCH_RECORDS
) -> Iterator[pl.Series]:
    """Records (`clustering.component_of`) in batches of about `most`, each in order of their keys.

    Together are those that edges may join (as in `component_of`), that are one contact now, or were decided to be one.
    What hangs together is never parted, however much it is.
    """
    if records.len() <= most:
        yield records
        return
    found = components_of(_ties(connection, records, likely))
    own = pl.DataFrame({"record": pl.int_range(records.len(), dtype=pl.UInt32, eager=True)})
    labelled = own.join(found, on="record", how="left").select("record", component=pl.coalesce("component", "record"))
    sizes = labelled.group_by("component").len("records").sort("component")
    dealt = sizes.select("component", batch=(pl.col("records").cum_sum() - pl.col("records")) // most)
    batch = labelled.join(dealt, on="component").sort("batch", "record")
    for part in batch.partition_by("batch", maintain_order=True):
        yield records.gather(part["record"])


def _ties(connection: Connection, records: pl.Series, likely: float) -> pl.DataFrame:
    """Which records, by their places among these, have to be in one batch: lo, hi."""
    with register(connection, placed=records.to_frame("record_key").with_row_index("place")):
        return query(
            connection,
            """
            WITH own AS MATERIALIZED (SELECT place, record_key::UUID AS record_key FROM placed),
            link AS (
                SELECT record_lo, record_hi FROM match_edge WHERE zone = 'merge' OR probability >= $1
                UNION ALL SELECT record_lo, record_hi FROM must_link
            ),
            member AS (
                SELECT place, min(place) OVER (PARTITION BY contact_id) AS first
                FROM membership JOIN own USING (record_key) WHERE run_to IS NULL
            )
            SELECT a.place AS lo, b.place AS hi
            FROM link JOIN own a ON a.record_key = record_lo JOIN own b ON b.record_key = record_hi
            UNION ALL SELECT first, place FROM member WHERE first <> place""",
            [likely],
        )
