"""What matching keeps: blocking keys, compared identifiers and how many share them, edges."""

import narwhals as nw
import polars as pl

from pipelines.match.blocking.usable_blocks import usable_blocks
from pipelines.store.warehouse.connection import Connection, query, register

DIGESTS = "field, digest, digest_2"  # what an identifier is found by in `shared_identifier`


def replace_keys(connection: Connection, changed: pl.Series, keys: pl.DataFrame, caps: pl.DataFrame) -> pl.Series:
    """Give records their blocking keys (rule, key, record_key) instead of those they had.

    `caps`: rule, cap. Result: other records whose pairs that can change. Those are the members of blocks that came
    under their cap by that, and the ends of edges inside blocks that went over it.
    """
    with register(connection, changed=changed.to_frame("record_key"), fresh=keys, caps=caps):
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE former AS
            SELECT rowid AS place, rule, key FROM blocking_key
            WHERE record_key IN (SELECT record_key::UUID FROM changed)""")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE fresh_key AS SELECT rule, key, record_key::UUID AS record_key FROM fresh""")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE touched_block AS
            SELECT rule, key, sum(more) AS more
            FROM (SELECT rule, key, -1 AS more FROM former UNION ALL SELECT rule, key, 1 FROM fresh_key)
            GROUP BY ALL""")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE touched_member AS
            SELECT rule, key, record_key, b.rowid AS place
            FROM blocking_key b SEMI JOIN touched_block USING (rule, key)""")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE crossed AS
            WITH sized AS (
                SELECT rule, key, coalesce(b.size, 0) AS before, before + t.more AS after
                FROM touched_block t
                LEFT JOIN (SELECT rule, key, count(*) AS size FROM touched_member GROUP BY ALL) b USING (rule, key)
            )
            SELECT rule, key, after > cap AS closed FROM sized JOIN caps USING (rule)
            WHERE (before > cap) <> (after > cap)""")
        connection.execute("DELETE FROM blocking_key WHERE rowid IN (SELECT place FROM former)")
        connection.execute("INSERT INTO blocking_key FROM fresh_key")
        return query(
            connection,
            """
            WITH member AS (
                SELECT rule, key, record_key, closed
                FROM (
                    SELECT rule, key, record_key FROM touched_member WHERE place NOT IN (SELECT place FROM former)
                    UNION ALL FROM fresh_key
                ) JOIN crossed USING (rule, key)
            ),
            ended AS (
                SELECT e.record_lo, e.record_hi FROM match_edge e
                JOIN member lo ON lo.record_key = e.record_lo
                JOIN member hi ON hi.record_key = e.record_hi AND hi.rule = lo.rule AND hi.key = lo.key
                WHERE lo.closed
            )
            SELECT record_key FROM member WHERE NOT closed
            UNION SELECT record_lo FROM ended UNION SELECT record_hi FROM ended ORDER BY record_key""",
        )["record_key"]


def replace_compared_identifiers(
    connection: Connection, changed: pl.Series, points: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give records their identifiers (field, value, record_key) instead of those they had.

    Result: the identifiers that they had or have (field, value), and every record that has one of these now, with it:
    field, value, record_key.
    """
    with register(connection, changed=changed.to_frame("record_key"), fresh=points):
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE touched AS
            SELECT field, value FROM compared_identifier WHERE record_key IN (SELECT record_key::UUID FROM changed)
            UNION SELECT field, value FROM fresh""")
        connection.execute("DELETE FROM compared_identifier WHERE record_key IN (SELECT record_key::UUID FROM changed)")
        connection.execute("INSERT INTO compared_identifier SELECT field, value, record_key FROM fresh")
    bearing = query(
        connection,
        """
        SELECT field, value, record_key FROM compared_identifier SEMI JOIN touched USING (field, value)
        ORDER BY field, value, record_key""",
    )
    return query(connection, "SELECT field, value FROM touched ORDER BY ALL"), bearing


def replace_shared_identifiers(connection: Connection, touched: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Keep how many share identifiers: DIGESTS, records, people, givens, of those of `touched` that several have.

    `touched`: DIGESTS of every identifier that may be shared by others than before. Result: DIGESTS of those of which
    there are more people or fewer.
    """
    with register(connection, touched_digest=touched, counted=shared):
        turned = query(
            connection,
            f"""
            SELECT {DIGESTS} FROM touched_digest t
            LEFT JOIN shared_identifier b USING ({DIGESTS}) LEFT JOIN counted c USING ({DIGESTS})
            WHERE (coalesce(b.people, 1), coalesce(b.distinct_given_names, 1))
                  <> (coalesce(c.people, 1), coalesce(c.givens, 1))
            ORDER BY ALL""",
        )
        connection.execute("""
            DELETE FROM shared_identifier c USING touched_digest t
            WHERE c.field = t.field AND c.digest = t.digest AND c.digest_2 = t.digest_2""")
        connection.execute(f"INSERT INTO shared_identifier SELECT {DIGESTS}, records, people, givens FROM counted")
    return turned


def shared_identifiers(connection: Connection, identifiers: pl.DataFrame) -> pl.DataFrame:
    """How many share each of these identifiers (field, value and DIGESTS): field, value, records, people, givens.

    Those that one record alone has are left out.
    """
    with register(connection, wanted=identifiers):
        return query(
            connection,
            f"""
            SELECT field, w.value, c.records, c.people, c.distinct_given_names AS givens
            FROM (SELECT DISTINCT {DIGESTS}, value FROM wanted) w JOIN shared_identifier c USING ({DIGESTS})
            ORDER BY field, w.value""",
        )


def compared_identifiers_of(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Identifiers of records as they are compared: record_key, field, value."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT record_key, field, value FROM compared_identifier
            WHERE record_key IN (SELECT record_key::UUID FROM wanted) ORDER BY record_key, field, value""",
        )


def blocks_of(connection: Connection, subjects: pl.Series, caps: pl.DataFrame) -> pl.DataFrame:
    """Members of every block a subject is in, unless it is alone or there are more than `caps` (rule, cap) allow.

    Result: rule, key, record_key.
    """
    with register(connection, subject=subjects.to_frame("record_key"), caps=caps):
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE touched_block AS
            SELECT DISTINCT rule, key FROM blocking_key WHERE record_key IN (SELECT record_key::UUID FROM subject)""")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE touched_member AS
            SELECT rule, key, record_key FROM blocking_key SEMI JOIN touched_block USING (rule, key)""")
        wanted = connection.sql("SELECT record_key::UUID AS record_key FROM subject")
        tables = (connection.table("touched_member"), wanted, connection.table("caps"))
        blocks = usable_blocks(*map(nw.from_native, tables)).sort("rule", "key", "record_key")
        members: pl.DataFrame = blocks.collect("polars").to_native()
    return members


def replace_edges(
    connection: Connection, subjects: pl.Series, edges: pl.DataFrame, model: str, run_id: str
) -> pl.Series:
    """Keep the edges of the subjects instead of those they had; every record whose cluster may be another by that.

    An edge that is what it was stays, with the run that made it. One that does not merge has a say only where edges
    that do have tied one of its records to another.
    """
    fresh = edges.rename({"vague": "ambiguous_given_name"}).with_columns(model=pl.lit(model))
    with register(connection, subject=subjects.to_frame("record_key"), fresh=fresh):
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE stood AS
            SELECT {EDGE} FROM match_edge
            WHERE record_lo IN (SELECT record_key::UUID FROM subject)
               OR record_hi IN (SELECT record_key::UUID FROM subject)""")
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE found AS
            SELECT * REPLACE (record_lo::UUID AS record_lo, record_hi::UUID AS record_hi)
            FROM (SELECT {EDGE} FROM fresh)""")
        connection.execute("CREATE OR REPLACE TEMP TABLE gone AS FROM stood EXCEPT FROM found")
        connection.execute("CREATE OR REPLACE TEMP TABLE come AS FROM found EXCEPT FROM stood")
        connection.execute("""
            DELETE FROM match_edge e USING gone g WHERE e.record_lo = g.record_lo AND e.record_hi = g.record_hi""")
        connection.execute(f"INSERT INTO match_edge SELECT {EDGE}, ? FROM come", [run_id])
        return query(
            connection,
            """
            WITH turned AS (FROM gone UNION ALL FROM come),
            merging AS (
                SELECT record_lo AS record_key FROM match_edge WHERE zone = 'merge'
                UNION ALL SELECT record_hi FROM match_edge WHERE zone = 'merge'
            ),
            told AS (
                SELECT record_lo, record_hi FROM turned WHERE zone = 'merge'
                UNION ALL
                SELECT record_lo, record_hi FROM turned
                WHERE zone <> 'merge' AND (record_lo IN (FROM merging) OR record_hi IN (FROM merging))
            )
            SELECT record_lo AS record_key FROM told UNION SELECT record_hi FROM told ORDER BY record_key""",
        )["record_key"]


# What an edge is, whichever run made it.
EDGE = "record_lo, record_hi, zone, rule, probability, weight, ambiguous_given_name, evidence, model"
