"""What matching keeps, when it has looked at all records there are: tables filled from nothing.

Records come by their number, which stands for a key inside `stated.numbered`.
"""

import polars as pl

from pipelines.store.matching.match_tables import DIGESTS, EDGE
from pipelines.store.warehouse.connection import Connection, query, register, value


def contacts(connection: Connection) -> pl.DataFrame:
    """The contact of each record that belongs to one, known by the smallest of its records: record, contact."""
    return query(
        connection,
        """
        SELECT n.record, min(n.record) OVER (PARTITION BY m.contact_id) AS contact
        FROM membership m JOIN numbered_record n USING (record_key) WHERE m.run_to IS NULL ORDER BY n.record""",
    )


def replace_keys(connection: Connection, keys: pl.DataFrame) -> None:
    """Keep these blocking keys (rule, key, record) and no others."""
    connection.execute("DELETE FROM blocking_key")
    with register(connection, fresh=keys):
        connection.execute("""
            INSERT INTO blocking_key
            SELECT f.rule, f.key, n.record_key FROM fresh f JOIN numbered_record n USING (record)""")


def replace_compared_identifiers(connection: Connection, identifiers: pl.DataFrame, shared: pl.DataFrame) -> None:
    """Keep these identifiers (record, field, value), and no others.

    `shared`: how many share them, as `match_tables.replace_shared_identifiers` takes it.
    """
    connection.execute("DELETE FROM compared_identifier")
    connection.execute("DELETE FROM shared_identifier")
    with register(connection, fresh=identifiers, counted=shared):
        connection.execute("""
            INSERT INTO compared_identifier
            SELECT f.field, f.value, n.record_key FROM fresh f JOIN numbered_record n USING (record)""")
        connection.execute(f"INSERT INTO shared_identifier SELECT {DIGESTS}, records, people, givens FROM counted")


def replace_edges(connection: Connection, edges: pl.DataFrame, model: str, run_id: str) -> None:
    """Keep these edges and no others. An edge that is what it was stays, with the run that made it."""
    fresh = edges.rename({"vague": "ambiguous_given_name"}).with_columns(model=pl.lit(model))
    with register(connection, fresh=fresh):
        if not value(connection, "SELECT EXISTS (FROM match_edge)"):
            connection.execute(f"INSERT INTO match_edge SELECT {EDGE}, ? FROM fresh", [run_id])
            return
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE found AS
            SELECT * REPLACE (record_lo::UUID AS record_lo, record_hi::UUID AS record_hi)
            FROM (SELECT {EDGE} FROM fresh)""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE kept AS SELECT e.run_id, f.* FROM found f JOIN match_edge e USING ({EDGE})""")
    connection.execute("DELETE FROM match_edge")
    connection.execute(
        f"""
        INSERT INTO match_edge
        SELECT {EDGE}, run_id FROM kept UNION ALL SELECT {EDGE}, ? FROM found ANTI JOIN kept USING ({EDGE})""",
        [run_id],
    )
    connection.execute("DROP TABLE kept")
    connection.execute("DROP TABLE found")
