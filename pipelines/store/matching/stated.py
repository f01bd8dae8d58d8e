"""What records state now, as far as it is compared: names, exclusive attributes, identifiers, attributes with a role.

Records come as a frame `wanted`: record (UInt32, their number), record_key (String); results have the number alone, for
a key as text is forty times as long.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl

from pipelines.match.comparison.identifier_fields import FIELDS
from pipelines.store.warehouse.connection import Connection, query, register

FACTS = pl.Schema({"record": pl.UInt32, "field": pl.String, "value": pl.String})


@contextmanager
def numbered(connection: Connection, wanted: pl.DataFrame) -> Iterator[None]:
    """For the length of the block, `wanted` with keys that are no text any more is the table `numbered_record`."""
    with register(connection, wanted=wanted.select("record", "record_key")):
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE numbered_record AS
            SELECT record, record_key::UUID AS record_key FROM wanted""")
    try:
        yield
    finally:
        connection.execute("DROP TABLE numbered_record")


@contextmanager
def stated_fields(connection: Connection, wanted: pl.DataFrame) -> Iterator[None]:
    """`numbered`, and the content that speaks for each field of these records is the table `stated_field`.

    It is looked for once: the other tables are then read by what it names.
    """
    with numbered(connection, wanted):
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE stated_field AS
            SELECT n.record, f.record_key, f.version, f.field
            FROM record_field f JOIN numbered_record n USING (record_key)""")
        try:
            yield
        finally:
            connection.execute("DROP TABLE stated_field")


def stated_names(connection: Connection) -> pl.DataFrame:
    """First and last name of each record inside `stated_fields`: record, first_name, last_name; sorted by record."""
    return query(
        connection,
        """
        SELECT n.record, s.first_name, s.last_name
        FROM numbered_record n
        LEFT JOIN stated_field f ON f.record = n.record AND f.field = 'name'
        LEFT JOIN source_record s ON s.record_key = f.record_key AND s.version = f.version
        ORDER BY n.record""",
    )


def stated_exclusive(connection: Connection, exclusive: list[str]) -> pl.DataFrame:
    """Exclusive attributes of the `numbered` records: record, exclusive (List of "attribute=value").

    Records without any are left out.
    """
    if not exclusive:
        return pl.DataFrame(schema={"record": pl.UInt32, "exclusive": pl.List(pl.String)})
    return query(
        connection,
        """
        SELECT record, list(attribute || '=' || value ORDER BY attribute) AS exclusive
        FROM (
            SELECT n.record, substr(f.field, 6) AS attribute, s.attributes[substr(f.field, 6)] AS value
            FROM record_field f
            JOIN numbered_record n USING (record_key)
            JOIN source_record s USING (record_key, version)
            WHERE starts_with(f.field, 'attr.') AND list_contains(?::VARCHAR[], substr(f.field, 6))
        )
        WHERE value IS NOT NULL GROUP BY record ORDER BY record""",
        [exclusive],
    )


def stated_facts(connection: Connection, roles: Mapping[str, str]) -> pl.DataFrame:
    """What records state that can be compared across sources, inside `stated_fields`: FACTS; as stated, not folded.

    `roles`: the field of the match model that a custom attribute speaks for. A fact may be there twice.
    """
    kinds = pl.DataFrame({"type": [str(kind) for kind in FIELDS], "field": list(FIELDS.values())})
    told = pl.concat([pl.DataFrame(schema=FACTS), _identifiers(connection, kinds)])
    return pl.concat([told, _attributes(connection, roles)]) if roles else told


def _identifiers(connection: Connection, kinds: pl.DataFrame) -> pl.DataFrame:
    """Phone numbers, addresses and ids; a number of WhatsApp is a number as any other, and a person's account too."""
    with register(connection, kinds=kinds):
        found = query(
            connection,
            """
            SELECT f.record, k.field, i.type, unnest(i.match_keys) AS value
            FROM stated_field f
            JOIN kinds k ON k.type = f.field
            JOIN identifier i ON i.record_key = f.record_key AND i.version = f.version AND i.type = f.field""",
        )
    accounts = found.filter(pl.col("type") == "wa_id").with_columns(
        field=pl.lit("channel_id"), value=pl.format("{}:{}", "type", "value")
    )
    return pl.concat([found, accounts]).select(FACTS.names())


def _attributes(connection: Connection, roles: Mapping[str, str]) -> pl.DataFrame:
    named = pl.DataFrame({"attribute": list(roles), "field": list(roles.values())})
    with register(connection, named=named):
        return query(
            connection,
            """
            SELECT f.record, a.field, s.attributes[a.attribute] AS value
            FROM stated_field f
            JOIN named a ON f.field = 'attr.' || a.attribute
            JOIN source_record s USING (record_key, version)
            WHERE s.attributes[a.attribute] IS NOT NULL""",
        )


def decided_points(connection: Connection) -> pl.DataFrame:
    """Phone numbers and addresses that somebody decided for the `numbered` records last: FACTS."""
    return query(
        connection,
        """
        SELECT n.record, d.field, d.value
        FROM decision d JOIN decision_record r USING (decision_id) JOIN numbered_record n USING (record_key)
        WHERE d.kind IN ('edit', 'pin') AND d.field IN ('phone', 'email') AND d.revoked_at IS NULL
          AND coalesce(r.side, 0) = 0
        QUALIFY d.value IS NOT NULL AND row_number() OVER (
            PARTITION BY n.record, d.field
            ORDER BY d.decided_at DESC, d.row_number DESC NULLS LAST, d.decision_id DESC) = 1
        ORDER BY ALL""",
    )
