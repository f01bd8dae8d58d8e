"""What quick search looks through: everything a contact is known by, in one text."""

import polars as pl

from pipelines.normalise.text import search_form
from pipelines.store.warehouse.connection import Connection, in_list, query, register

SAID = """
    WITH scope AS (SELECT contact_id FROM contact WHERE {are_among}),
    member AS MATERIALIZED (
        SELECT m.contact_id, m.record_key FROM membership m JOIN scope USING (contact_id) WHERE m.run_to IS NULL
    ),
    own AS (FROM contact JOIN scope USING (contact_id))
    SELECT contact_id, 0 AS part, 'name' AS field, name AS text FROM own
    UNION ALL SELECT contact_id, 1, 'name', unnest([first_name, last_name]) FROM own
    UNION ALL SELECT i.contact_id, 2, i.type, ltrim(i.value, '+')
              FROM contact_identifier i JOIN scope USING (contact_id)
    UNION ALL SELECT m.contact_id, 2, i.type, ltrim(i.normalised, '+')
              FROM identifier i JOIN member m USING (record_key)
    UNION ALL SELECT m.contact_id, 3, 'record', r.source || ':' || r.record_id
              FROM record r JOIN member m USING (record_key)
    UNION ALL SELECT contact_id, 4, 'tag', unnest(tags) FROM own
    UNION ALL SELECT contact_id, 5, 'attr.' || e.key, e.value
              FROM (SELECT contact_id, unnest(map_entries(attributes)) AS e FROM own)
    UNION ALL SELECT m.contact_id, 6, 'note', s.notes FROM source_record s JOIN member m USING (record_key)
              WHERE s.notes IS NOT NULL
    UNION ALL SELECT m.contact_id, 6, 'note', d.value
              FROM decision d JOIN decision_record r USING (decision_id) JOIN member m USING (record_key)
              WHERE d.kind = 'note' AND d.revoked_at IS NULL AND coalesce(r.side, 0) = 0
    UNION ALL SELECT m.contact_id, 6, 'note', g.text
              FROM message g JOIN member m USING (record_key) WHERE g.kind = 'note'
    """


def replace_search_texts(connection: Connection, contacts: pl.Series | None = None) -> None:
    """Keep what these contacts are searched by, or all of them, instead of what there was; nothing of those that went.

    A text has its words between single spaces, in a fixed order.
    """
    with in_list(connection, "contact_id", contacts) as are_among:
        said = query(connection, SAID.format(are_among=are_among))
        connection.execute(f"DELETE FROM contact_search WHERE {are_among}")
    with register(connection, searched=search_texts(said)):
        connection.execute("INSERT INTO contact_search BY NAME FROM searched")


def search_texts(said: pl.DataFrame) -> pl.DataFrame:
    """Texts of contacts (contact_id, part, field, text; part 0 is the name) as one each: contact_id, names, text."""
    ordered = (
        said.drop_nulls("text")
        .sort("contact_id", "part", "text")
        .unique(["contact_id", "text"], keep="first", maintain_order=True)
    )
    joined = ordered.group_by("contact_id", maintain_order=True).agg(
        pl.col("text").filter(pl.col("part") == 0).first().alias("names"), pl.col("text").str.join(" ")
    )
    return joined.with_columns(
        pl.format(" {} ", search_form(pl.col("names"))), pl.format(" {} ", search_form(pl.col("text")).fill_null(""))
    )
