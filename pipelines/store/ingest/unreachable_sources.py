"""Sources that could not be looked into when they last should have been, and why."""

from collections.abc import Mapping
from datetime import datetime

from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction


def note_unreachable(connection: Connection, reasons: Mapping[str, str], now: datetime) -> None:
    """These sources, and no others, are out of reach now; `reasons` by source hold no credential."""
    with transaction(connection):
        connection.execute("DELETE FROM unreachable_source WHERE NOT list_contains(?, source)", [list(reasons)])
        for source, reason in sorted(reasons.items()):
            connection.execute(
                """INSERT INTO unreachable_source VALUES (?, ?, ?)
                   ON CONFLICT (source) DO UPDATE SET reason = excluded.reason""",
                [source, now, reason],
            )


def unreachable(connection: Connection) -> dict[str, str]:
    """Why sources are out of reach, by source."""
    return dict(connection.execute("SELECT source, reason FROM unreachable_source ORDER BY source").fetchall())
