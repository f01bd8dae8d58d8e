"""What publishing keeps: publications, their members, and what they were made of."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.audit.events import Action, Event
from pipelines.store.audit.record import record
from pipelines.store.warehouse.connection import Connection, register


class Publication(NamedTuple):
    """One file that was published."""

    export_id: str
    segment: str
    file_name: str
    file_sha256: str
    columns: list[str]
    rows: int
    definition_digest: str
    as_of: datetime
    published_at: datetime
    run_id: str


class Suppressed(NamedTuple):
    """Contacts of a segment whose address is suppressed: those left out of its file, and those in it all the same."""

    left_out: int = 0
    included: int = 0


NOBODY = Suppressed()


def last_publication(connection: Connection, segment: str) -> Publication | None:
    """The newest publication of a segment."""
    row = connection.execute(
        f"""SELECT {", ".join(Publication._fields)} FROM export WHERE segment = ?
            ORDER BY published_at DESC, export_id DESC LIMIT 1""",
        [segment],
    ).fetchone()
    return Publication(*row)._replace(export_id=str(row[0])) if row else None


def content_since(connection: Connection, publication: Publication) -> datetime:
    """Since when the file of a segment has been what it is in this publication, whatever was said about it."""
    row = connection.execute(
        """
        SELECT min(published_at) FROM export
        WHERE segment = $1 AND published_at > coalesce(
            (SELECT max(published_at) FROM export WHERE segment = $1 AND file_sha256 <> $2), '-infinity')""",
        [publication.segment, publication.file_sha256],
    ).fetchone()
    return row[0] if row and row[0] else publication.published_at


def made_of(connection: Connection, publication: Publication) -> tuple[str | None, Suppressed]:
    """What a publication was made of when it was last found to hold, and how many have a suppressed address."""
    row = connection.execute(
        "SELECT inputs, suppressed, suppressed_included FROM export_check WHERE export_id = ?", [publication.export_id]
    ).fetchone()
    return (row[0], Suppressed(row[1] or 0, row[2] or 0)) if row else (None, NOBODY)


def keep_check(
    connection: Connection,
    export_id: str,
    checked_at: datetime,
    as_of: datetime,
    inputs: str | None = None,
    suppressed: Suppressed = NOBODY,
) -> None:
    """Keep that a publication still holds, as of a moment, and what it was made of."""
    connection.execute(
        "INSERT OR REPLACE INTO export_check VALUES (?, ?, ?, ?, ?, ?)",
        [export_id, checked_at, as_of, inputs, *suppressed],
    )


def keep_publication(connection: Connection, publication: Publication, members: pl.Series) -> None:
    """Keep what was published, and who was in it, so that it can be recalled."""
    record(connection, publication_event(publication))
    marks = ", ".join("?" * len(publication))
    connection.execute(f"INSERT INTO export ({', '.join(Publication._fields)}) VALUES ({marks})", list(publication))
    with register(connection, member=members.to_frame("contact_id")):
        connection.execute("INSERT INTO export_member SELECT ?, contact_id FROM member", [publication.export_id])


def publication_event(publication: Publication) -> Event:
    """That personal data left the warehouse: which columns of how many contacts."""
    return Event(
        Action.EXPORT_PUBLISHED,
        "export",
        publication.export_id,
        publication.run_id,
        fields=tuple(publication.columns),
        details={
            "segment": publication.segment,
            "rows": publication.rows,
            "file_sha256": publication.file_sha256,
            "definition": publication.definition_digest,
        },
    )
