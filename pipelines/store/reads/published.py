"""Reading the published views, in a warehouse or in the snapshot of a role: `published.<view>` is there in both.

A snapshot lacks what its role may not see. `whole` gives every view all its columns, with nulls for those.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from pipelines.normalise.text import fold_case
from pipelines.store.warehouse.connection import Connection, query
from schemas.published.contract import SCHEMA
from schemas.published.views import VIEWS

ORIGIN = "source, file_name, line_number, row_number, decided_by AS actor, decided_at"


def whole(connection: Connection, view: str) -> str:
    """SQL for a published view with all columns of its contract: null where one is missing, empty without the view."""
    rows = connection.execute(
        """SELECT column_name FROM duckdb_columns()
           WHERE table_name = $view AND (database_name = $schema OR schema_name = $schema)""",
        {"view": view, "schema": SCHEMA},
    ).fetchall()
    there = {name for (name,) in rows}
    columns = ", ".join(
        each.name if each.name in there else f"NULL::{each.type} AS {each.name}" for each in VIEWS[view].columns
    )
    return f"(SELECT {columns} FROM {SCHEMA}.{view})" if there else f"(SELECT {columns} WHERE FALSE)"


def contacts_with(connection: Connection, words: Sequence[str]) -> pl.Series:
    """Ids of the contacts in which every word is found.

    That is in a name, an address, a number, a tag or an attribute, or at the beginning of the id. What is masked is not
    found by what it stands for.
    """
    contacts, identifiers = whole(connection, "contacts"), whole(connection, "identifiers")
    found: pl.Series | None = None
    for word in words:
        folded = pl.select(fold_case(pl.lit(word))).item() or ""
        digits = "".join(each for each in word if each.isdigit()).lstrip("0")
        hits = query(
            connection,
            f"""
            SELECT contact_id FROM {contacts}
            WHERE starts_with(contact_id::VARCHAR, $word)
               OR contains(concat_ws(chr(31), coalesce(name_folded, lower(name)), first_name_folded, last_name_folded,
                                     array_to_string(tags_folded, chr(31))), $word)
            UNION
            SELECT contact_id FROM {identifiers}
            WHERE contains(coalesce(value_folded, lower(value)), $word)
               OR ($digits <> '' AND contains(digits, $digits))
            UNION
            SELECT contact_id FROM {whole(connection, "attributes")} WHERE contains(value_folded, $word)""",
            {"word": folded, "digits": digits if len(digits) > 3 else ""},  # fewer digits stand in every number
        )["contact_id"]
        found = hits if found is None else found.filter(found.is_in(hits.implode()))
    return pl.Series("contact_id", [], pl.String) if found is None else found.sort()


def contacts(connection: Connection, columns: Sequence[str], attributes: Sequence[str] = ()) -> pl.DataFrame:
    """Every contact in these columns, custom attributes as `attr.<name>` (String), those last heard of first."""
    custom = [f"""attributes['{name}'] AS "attr.{name}" """ for name in attributes]
    return query(
        connection,
        f"""SELECT {", ".join([*columns, *custom])} FROM {whole(connection, "contacts")}
            ORDER BY last_interaction_at DESC NULLS LAST, contact_id""",
    )


def resolve(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts somebody means: by the id or its beginning, else precisely, else by a search."""
    folded = pl.select(fold_case(pl.lit(text))).item() or ""
    exact = query(
        connection,
        f"""
        SELECT contact_id FROM {whole(connection, "contacts")}
        WHERE length($text) >= 4 AND starts_with(contact_id::VARCHAR, $text) OR name_folded = $text
        UNION SELECT contact_id FROM {whole(connection, "identifiers")} WHERE value_folded = $text
        ORDER BY contact_id""",
        {"text": folded},
    )["contact_id"]
    return exact if exact.len() else contacts_with(connection, text.split())


def contact(connection: Connection, contact_id: str) -> dict[str, Any]:
    """One contact."""
    return query(
        connection,
        f"""SELECT * REPLACE (map_entries(attributes) AS attributes) FROM {whole(connection, "contacts")}
            WHERE contact_id = ?""",
        [contact_id],
    ).to_dicts()[0]


def fields(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Values of a contact: field, value, rule, candidates, and where each comes from."""
    return query(
        connection,
        f"""SELECT field, value, rule, candidates, {ORIGIN} FROM {whole(connection, "field_provenance")}
            WHERE contact_id = ? ORDER BY field, value""",
        [contact_id],
    )


def identifiers(connection: Connection, contact_id: str) -> pl.DataFrame:
    """What a contact is known by: type, value, is_primary, validity, and where each comes from."""
    return query(
        connection,
        f"""SELECT type, value, is_primary, validity, {ORIGIN} FROM {whole(connection, "identifiers")}
            WHERE contact_id = ? ORDER BY type, is_primary DESC, value""",
        [contact_id],
    )


def timeline(connection: Connection, contact_id: str) -> pl.DataFrame:
    """All that happened with a contact, in order, in the columns of `store.reads.timeline` but for the file."""
    common = "contact_id, channel, source, inbox, precision, zone_source, delivery_id, row_number, line_number"
    return query(
        connection,
        f"""
        SELECT * EXCLUDE (contact_id, delivery_id, entry_id) FROM (
            SELECT {common}, sent_at AS happened_at, kind, direction, author, sender AS actor, text, attachments, state,
                   NULL AS before, NULL AS after, FALSE AS inferred, conversation_id, quoted, message_id AS entry_id
            FROM {whole(connection, "messages")}
            UNION ALL BY NAME
            SELECT {common}, happened_at, kind, actor,
                   coalesce(text, CASE WHEN kind IN ('edited', 'pinned') THEN field || ': '
                                       WHEN field IS NOT NULL THEN '' END) AS text,
                   before, after, inferred, conversation_id, event_id AS entry_id
            FROM {whole(connection, "events")}
            UNION ALL BY NAME
            SELECT {common}, written_at AS happened_at, 'note' AS kind, author, written_by AS actor, text, attachments,
                   conversation_id, note_id AS entry_id, FALSE AS inferred
            FROM {whole(connection, "notes")}
        ) WHERE contact_id = ?
        ORDER BY happened_at NULLS FIRST, delivery_id NULLS FIRST, row_number NULLS FIRST, entry_id""",
        [contact_id],
    )
