"""Every table is claimed by exactly one eraser, and the schema has nothing that a copy would lose."""

from pipelines.store.privacy.erasers import BY_KEY, BY_TEXT, DERIVED, VALUE_FREE
from pipelines.store.privacy.scan import textual_columns
from pipelines.store.warehouse.connection import query
from tests.small_project import SmallProject


def test_every_table_is_claimed(project: SmallProject) -> None:
    tables = set(query(project.connection, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary")["table_name"])
    claimed = BY_KEY.keys() | BY_TEXT.keys() | DERIVED.keys() | VALUE_FREE.keys()
    assert tables - claimed == set()
    assert claimed - tables == set()


def test_no_table_is_value_free_and_searched() -> None:
    assert (BY_KEY.keys() | BY_TEXT.keys()).isdisjoint(DERIVED.keys() | VALUE_FREE.keys())


def test_every_text_that_no_key_leads_to_is_searched(project: SmallProject) -> None:
    """What has no key of the person is found by what it says: each such column is named, or its table is value-free."""
    harmless = {
        "message": {
            *("direction", "kind", "precision", "zone_source", "author", "state", "quoted"),
            *("text", "attachments"),  # what others wrote: `MENTIONS`
        },
        "conversation_event": {"kind", "precision", "zone_source"},
        "conversation": {"source", "channel", "status", "inbox", "assignee", "labels"},
        "rejected_row": {"outcome"},
        "problem": {"field", "code", "severity", "action"},
        "decision": {"kind", "actor", "role", "revoked_by", "field", "compared"},
        "delivery": {
            *("source", "format", "file_digest", "declared_from", "state", "code", "remediation", "config_digest"),
            *("run_id", "rejected_file", "report_file"),
        },
        "file_problem": {"source", "reason"},
        "audit_value": {"field"},
        "export": {
            *("segment", "file_name", "file_sha256", "columns", "definition_digest", "run_id", "content_sha256"),
            *("login", "on_behalf_of", "settings_digest", "code_version", "deliveries", "counts"),
        },
        "request": {"kind", "state", "created_by", "verified_by", "approved_by", "receipt"},
        "request_subject": {"kind"},
        "legal_hold": {"scope", "object_id", "set_by", "released_by"},
    }
    columns = textual_columns(project.connection)
    for table, texts in BY_TEXT.items():
        searched = {column for each in texts for column in each.columns}
        assert set(columns[table]) - searched == harmless[table], table


def test_columns_of_keys_are_there(project: SmallProject) -> None:
    found = query(project.connection, "SELECT table_name || '.' || column_name AS name FROM duckdb_columns()")
    there = set(found["name"])
    wanted = {f"{table}.{column}" for table, keys in BY_KEY.items() for key in keys for column in key.columns}
    assert wanted <= there


def test_the_schema_has_no_foreign_key(project: SmallProject) -> None:
    kinds = query(project.connection, "SELECT DISTINCT constraint_type FROM duckdb_constraints()")["constraint_type"]
    assert "FOREIGN KEY" not in set(kinds)
