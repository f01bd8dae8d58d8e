"""Salts of contacts and decisions, which commitments are made with; deleted, they unlink what was committed."""

import polars as pl

from pipelines.audit.commitments import new_salts
from pipelines.store.warehouse.connection import Connection, query, register


def salts_of(connection: Connection, objects: pl.Series) -> pl.DataFrame:
    """The salt of each of these ids (text, each once), made where there is none yet: object_id, salt."""
    wanted = objects.alias("object_id").to_frame()
    with register(connection, wanted=wanted):
        known = query(
            connection,
            "SELECT object_id::VARCHAR AS object_id, salt FROM audit_salt "
            "WHERE object_id IN (SELECT object_id::UUID FROM wanted)",
        )
    missing = wanted.join(known, on="object_id", how="anti") if known.height else wanted
    if missing.is_empty():
        return known
    made = missing.with_columns(salt=pl.Series(new_salts(missing.height), dtype=pl.Binary))
    with register(connection, made=made):
        connection.execute("INSERT INTO audit_salt SELECT object_id, salt FROM made")
    return pl.concat([known, made])


def unlink(connection: Connection, objects: pl.Series) -> None:
    """Delete what links events to values of these contacts and decisions (ids): their salts, and all values kept.

    The events stay, and the trail verifies as before.
    """
    with register(connection, erased=objects.alias("object_id").to_frame()):
        for table, column in (("audit_salt", "object_id"), ("audit_value", "contact_id")):
            connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT object_id::UUID FROM erased)")
