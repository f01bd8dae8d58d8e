"""What becomes of each table when a person is erased: each that can hold one is claimed here, or the tests fail.

A table is claimed by `BY_KEY` (its rows go by a key of the person), by `BY_TEXT` (found by what stands in them), by
`DERIVED` (made anew of what is left), or by `VALUE_FREE` (with the reason why nobody can be in it).
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from pipelines.privacy.needles import find, find_whole_names
from pipelines.store.privacy.scope import Scope
from pipelines.store.privacy.texts import Find, blank, delete_rows, named_or_identified, rows_with
from pipelines.store.warehouse.connection import Connection, query, register

RECORD, CONTACT, CONVERSATION = "erased_record", "erased_contact", "erased_conversation"
TAKEN_OUT = "<taken out>"


class Key(NamedTuple):
    """Columns of a table that may hold a key of what goes, and the temporary table with those keys."""

    columns: tuple[str, ...]
    keys: str

    @property
    def sql(self) -> str:
        """The condition that a row goes."""
        own = {RECORD: "record_key", CONTACT: "contact_id", CONVERSATION: "conversation_id"}[self.keys]
        return " OR ".join(f"{each} IN (SELECT {own} FROM {self.keys})" for each in self.columns)


def by(keys: str, *columns: str) -> Key:
    """Rows that go by a key."""
    return Key(columns, keys)


BY_KEY: Mapping[str, tuple[Key, ...]] = MappingProxyType(
    {
        "message": (by(CONVERSATION, "conversation_id"), by(RECORD, "record_key")),
        "receipt": (by(CONVERSATION, "conversation_id"), by(RECORD, "record_key")),
        "receipt_only_message": (by(CONVERSATION, "conversation_id"), by(RECORD, "record_key")),
        "conversation_event": (by(CONVERSATION, "conversation_id"),),
        "conversation": (by(CONVERSATION, "conversation_id"),),
        "conversation_stats": (by(CONVERSATION, "conversation_id"), by(RECORD, "record_key")),
        "stale_conversation_stats": (by(CONVERSATION, "conversation_id"),),
        "suppressed_conversation": (by(CONVERSATION, "conversation_id"), by(CONTACT, "contact_id")),
        "mail_thread": (by(CONVERSATION, "conversation_id"),),
        "mail_topic": (by(CONVERSATION, "conversation_id"),),
        "source_merge": (by(RECORD, "record_key", "into_key"),),
        "reused_id": (by(RECORD, "record_key", "id_key"),),
        "decision_record": (by(RECORD, "record_key"),),
        "record": (by(RECORD, "record_key"),),
        "source_record": (by(RECORD, "record_key"),),
        "identifier": (by(RECORD, "record_key"),),
        "record_field": (by(RECORD, "record_key"),),
        "blocking_key": (by(RECORD, "record_key"),),
        "compared_identifier": (by(RECORD, "record_key"),),
        "match_edge": (by(RECORD, "record_lo", "record_hi"),),
        "vetoed_edge": (by(RECORD, "record_lo", "record_hi"),),
        "pooled_join": (by(RECORD, "record_lo", "record_hi"),),
        "membership": (by(RECORD, "record_key"),),
        "work_queue": (by(RECORD, "record_key"),),
        "export_member": (by(CONTACT, "contact_id"),),
        "unchecked_contact": (by(CONTACT, "contact_id"),),
        "contact": (by(CONTACT, "contact_id"),),
        "contact_field": (by(CONTACT, "contact_id"),),
        "contact_identifier": (by(CONTACT, "contact_id"),),
        "contact_attribute": (by(CONTACT, "contact_id"),),
        "contact_search": (by(CONTACT, "contact_id"),),
        "audit_salt": (by(CONTACT, "object_id"),),
        "audit_value": (by(CONTACT, "contact_id"),),
    }
)


# What has to be put right before rows with texts of the person change, whose numbers are in `found`.
CONSEQUENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "message": (
            """INSERT INTO stale_conversation_stats
               SELECT DISTINCT conversation_id FROM message WHERE rowid IN (SELECT number FROM found)""",
        ),
        "rejected_row": tuple(
            f"""UPDATE delivery d SET {outcome} = d.{outcome} - g.rows, suppressed = d.suppressed + g.rows
                FROM (SELECT delivery_id, count(*) AS rows FROM rejected_row
                      WHERE outcome = '{outcome}' AND rowid IN (SELECT number FROM found) GROUP BY ALL) g
                WHERE g.delivery_id = d.delivery_id"""
            for outcome in ("rejected", "quarantined", "skipped")
        ),
        "decision": (
            """INSERT INTO work_queue SELECT DISTINCT 'contacts', record_key
               FROM decision_record SEMI JOIN record USING (record_key)
               WHERE decision_id IN (SELECT decision_id FROM decision WHERE rowid IN (SELECT number FROM found))""",
        ),
    }
)


class Text(NamedTuple):
    """Texts of a table in which a person may stand, how they are found, and what becomes of rows in which they do."""

    columns: tuple[str, ...]
    found_by: Find
    deletes: bool = False  # else what was found is taken out of the column
    says: str = "NULL"  # what stands there then, as SQL


BY_TEXT: Mapping[str, tuple[Text, ...]] = MappingProxyType(
    {
        "message": (
            Text(("sender",), find, deletes=True),
            Text(("sender",), find_whole_names, says=f"'{TAKEN_OUT}'"),
        ),
        "rejected_row": (Text(("raw",), find, deletes=True),),
        "problem": (Text(("suggestion",), find), Text(("expected",), find, says=f"'{TAKEN_OUT}'")),
        "conversation": (Text(("title",), named_or_identified),),
        "conversation_event": tuple(
            Text((each,), named_or_identified) for each in ("text", "actor", "before", "after")
        ),
        "decision": (
            Text(("reason",), named_or_identified, says=f"'{TAKEN_OUT}'"),
            *(Text((each,), named_or_identified) for each in ("value", "revoked_reason")),
        ),
        "delivery": (Text(("file_name",), named_or_identified, says="delivery_id::VARCHAR"),),
        "file_problem": (Text(("file_name",), named_or_identified, deletes=True),),
        "audit_value": (Text(("before", "after"), find, deletes=True),),
        "export": (Text(("definition",), find),),
        "request": tuple(Text((each,), named_or_identified) for each in ("verified_how", "ground")),
        "request_subject": (Text(("value",), find, deletes=True),),
        "legal_hold": (Text(("ground",), named_or_identified, says=f"'{TAKEN_OUT}'"),),
    }
)
# What others wrote stays, and somebody looks at it: columns, how they are searched, and the key that says which.
MENTIONS: Mapping[str, tuple[tuple[str, ...], Find, str]] = MappingProxyType(
    {
        "message": (("text", "sender", "attachments"), named_or_identified, "message_id"),
        "source_record": (("name", "tags", "notes", "attributes", "raw"), find, "record_key"),
    }
)
DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "shared_identifier": "keyed digests, counted anew when a record goes",
        "term_frequency": "values of three people at least: nobody is in it alone",
        "full_name_frequency": "values of three people at least: nobody is in it alone",
        "match_model": "rates of levels: no value",
    }
)
VALUE_FREE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("announced_rule", "as_of_time", "chat_format", "conversation_gap", "full_check"), "settings"),
        **dict.fromkeys(("contact_count_history", "run", "step_state"), "counts and ids of runs"),
        **dict.fromkeys(
            ("schema_migration", "schema_view", "identity_key", "setting"), "digests and names of settings"
        ),
        **dict.fromkeys(
            ("source_first_name", "unreachable_source", "delivery_attribute"), "names of the configuration"
        ),
        **dict.fromkeys(("audit_event", "audit_leaf", "audit_seal", "audit_verification"), "commitments and ids"),
        **dict.fromkeys(("corrected_row", "export_check", "change_request", "post_import_action"), "ids and keys"),
        **dict.fromkeys(("landed_file", "rejected_file", "rewritten_file"), "keyed digests, and ids of deliveries"),
        **dict.fromkeys(("id_changes", "request_record", "request_step", "request_mention"), "ids and counts"),
        **dict.fromkeys(
            ("suppression", "suppressed_key", "returned_person", "recall"), "keyed digests, ids and places"
        ),
    }
)


def erase_texts(connection: Connection, scope: Scope) -> dict[str, int]:
    """Take the person out of texts; how many rows of each table that concerned."""
    counts: dict[str, int] = {}
    for table, texts in BY_TEXT.items():
        for each in texts:
            rows = rows_with(connection, table, each.columns, scope.needles, each.found_by)
            if table in CONSEQUENCES and rows.len():
                with register(connection, found=rows.to_frame("number")):
                    for sql in CONSEQUENCES[table]:
                        connection.execute(sql)
            if each.deletes:
                done = delete_rows(connection, table, rows)
            else:
                done = blank(connection, table, each.columns[0], rows, each.says)
            counts[table] = counts.get(table, 0) + done
    return {table: rows for table, rows in counts.items() if rows}


def erase_keyed(connection: Connection, tables: Sequence[str] = tuple(BY_KEY)) -> dict[str, int]:
    """Delete the rows that go by their keys; how many of each table."""
    counts = {}
    for table in tables:
        condition = " OR ".join(each.sql for each in BY_KEY[table])
        row = connection.execute(f"DELETE FROM {table} WHERE {condition}").fetchone()
        if row and row[0]:
            counts[table] = int(row[0])
    return counts


def counts_before(connection: Connection) -> dict[str, int]:
    """How many rows of each table go by their keys."""
    counted = {
        table: query(
            connection, f"SELECT count(*) AS n FROM {table} WHERE {' OR '.join(each.sql for each in keys)}"
        ).item()
        for table, keys in BY_KEY.items()
    }
    return {table: int(rows) for table, rows in counted.items() if rows}


def keep_mentions(connection: Connection, scope: Scope, number: int) -> int:
    """Note what others wrote that names the person; how many rows."""
    found = 0
    for table, (columns, found_by, key) in MENTIONS.items():
        rows = rows_with(connection, table, columns, scope.needles, found_by)
        if rows.is_empty():
            continue
        found += rows.len()
        ids = _ids(connection, table, key, rows)
        connection.executemany("INSERT INTO request_mention VALUES (?, ?, ?)", [(number, table, each) for each in ids])
    return found


def _ids(connection: Connection, table: str, key: str, rows: pl.Series) -> list[str]:
    connection.execute("CREATE OR REPLACE TEMP TABLE mentioning (number BIGINT)")
    connection.executemany("INSERT INTO mentioning VALUES (?)", [(each,) for each in rows])
    ids = query(connection, f"SELECT {key} AS id FROM {table} WHERE rowid IN (SELECT number FROM mentioning)")["id"]
    connection.execute("DROP TABLE mentioning")
    return ids.to_list()


Eraser = Callable[[Connection, Scope], dict[str, int]]


def orphaned_decisions(connection: Connection) -> int:
    """Delete decisions that are about nobody any more, with their salts; how many."""
    gone = query(
        connection,
        """
        DELETE FROM decision WHERE decision_id NOT IN (SELECT decision_id FROM decision_record)
            AND decision_id IN (SELECT decision_id FROM emptied_decision) RETURNING decision_id""",
    )["decision_id"]
    for each in gone.to_list():
        connection.execute("DELETE FROM audit_salt WHERE object_id = ?", [each])
    return gone.len()


def note_decisions(connection: Connection) -> None:
    """Note the decisions that are about somebody who goes, before their records do."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE emptied_decision AS
        SELECT DISTINCT decision_id FROM decision_record SEMI JOIN erased_record USING (record_key)""")
