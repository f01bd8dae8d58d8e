"""What publishing keeps: publications, their members, and what they were made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from pipelines.audit.events import Action, Event
from pipelines.store.audit.record import record
from pipelines.store.warehouse.connection import Connection, query, register


class Publication(NamedTuple):
    """One file that was published.

    `content_sha256` is of what the file holds before it is encrypted. `definition` is the segment as JSON, None before
    it was kept; so are who made it and out of what. `deliveries` and `counts` are JSON.
    """

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
    content_sha256: str | None = None
    definition: str | None = None
    login: str | None = None
    on_behalf_of: str | None = None
    settings_digest: str | None = None
    code_version: str | None = None
    deliveries: str | None = None
    counts: str | None = None
    previous_id: str | None = None
    members_removed_at: datetime | None = None
    removed_at: datetime | None = None


class Suppressed(NamedTuple):
    """Contacts of a segment whose address is suppressed: those left out of its file, and those in it all the same."""

    left_out: int = 0
    included: int = 0


NOBODY = Suppressed()
FIELDS = ", ".join(Publication._fields)
NEWEST = "published_at DESC, export_id DESC"


def publication_of(row: tuple[Any, ...]) -> Publication:
    """A row of `export` as a publication, with ids as text."""
    made = Publication(*row)
    previous = None if made.previous_id is None else str(made.previous_id)
    return made._replace(export_id=str(made.export_id), previous_id=previous)


def publications(connection: Connection, segment: str | None = None) -> list[Publication]:
    """All publications of a segment, or of all segments; the newest first."""
    rows = connection.execute(
        f"SELECT {FIELDS} FROM export WHERE $1 IS NULL OR segment = $1 ORDER BY {NEWEST}", [segment]
    ).fetchall()
    return [publication_of(row) for row in rows]


def last_publication(connection: Connection, segment: str) -> Publication | None:
    """The newest publication of a segment."""
    row = connection.execute(
        f"SELECT {FIELDS} FROM export WHERE segment = ? ORDER BY {NEWEST} LIMIT 1", [segment]
    ).fetchone()
    return publication_of(row) if row else None


def content_since(connection: Connection, publication: Publication) -> datetime:
    """Since when the file of a segment has been what it is in this publication, whatever was said about it."""
    row = connection.execute(
        """
        SELECT min(published_at) FROM export
        WHERE segment = $1 AND published_at > coalesce(
            (SELECT max(published_at) FROM export
             WHERE segment = $1 AND coalesce(content_sha256, file_sha256) <> $2), '-infinity')""",
        [publication.segment, publication.content_sha256 or publication.file_sha256],
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


def keep_publication(connection: Connection, publication: Publication) -> None:
    """Keep what was published."""
    record(connection, publication_event(publication))
    marks = ", ".join("?" * len(publication))
    connection.execute(f"INSERT INTO export ({FIELDS}) VALUES ({marks})", list(publication))


def keep_members(connection: Connection, export_id: str, members: pl.DataFrame) -> None:
    """Keep who was in a publication, so that it can be recalled.

    `members`: contact_id, and of a file of changes what became of each (change) and a fingerprint of its values.
    """
    with register(connection, member=members):
        connection.execute(
            "INSERT INTO export_member BY NAME SELECT ?::UUID AS export_id, * REPLACE (contact_id::UUID AS contact_id) "
            "FROM member",
            [export_id],
        )


def publication_event(publication: Publication) -> Event:
    """That personal data left the warehouse: which columns of how many contacts."""
    return Event(
        Action.EXPORT_PUBLISHED,
        "export",
        publication.export_id,
        publication.run_id,
        on_behalf_of=publication.on_behalf_of,
        fields=tuple(publication.columns),
        details={
            "segment": publication.segment,
            "rows": publication.rows,
            "file_sha256": publication.file_sha256,
            "definition": publication.definition_digest,
        },
    )


def members_of(connection: Connection, export_id: str) -> pl.DataFrame:
    """Who was in a publication: contact_id, change (null in a full file), fingerprint; in no order."""
    return query(
        connection, "SELECT contact_id, change, fingerprint FROM export_member WHERE export_id = ?", [export_id]
    )


def forget_members(connection: Connection, segment: str, before: datetime, now: datetime) -> int:
    """Forget who was in publications of a segment before a moment, but for the newest; how many publications."""
    old = connection.execute(
        f"""SELECT export_id FROM (FROM export WHERE segment = $1 ORDER BY {NEWEST} OFFSET 1)
            WHERE published_at < $2 AND members_removed_at IS NULL""",
        [segment, before],
    ).fetchall()
    ids = [str(each) for (each,) in old]
    if ids:
        connection.execute("DELETE FROM export_member WHERE list_contains($1::UUID[], export_id)", [ids])
        connection.execute(
            "UPDATE export SET members_removed_at = $2 WHERE list_contains($1::UUID[], export_id)", [ids, now]
        )
    return len(ids)


def mark_removed(connection: Connection, segment: str, now: datetime) -> None:
    """Keep that the files of a segment have been removed."""
    connection.execute("UPDATE export SET removed_at = $2 WHERE segment = $1 AND removed_at IS NULL", [segment, now])


def contributing(connection: Connection, export_id: str, columns: Sequence[str]) -> pl.DataFrame:
    """Deliveries that the values of members in these columns come from: source, delivery_id, declared_at."""
    stated = [{"first_name": "name", "last_name": "name"}.get(each, each) for each in columns]
    lists = [kind for several, kind in (("phones", "phone"), ("emails", "email")) if several in columns]
    return query(
        connection,
        """
        WITH own AS (SELECT contact_id FROM export_member WHERE export_id = $3),
        used AS (
            SELECT delivery_id FROM contact_field SEMI JOIN own USING (contact_id) WHERE list_contains($1, field)
            UNION
            SELECT delivery_id FROM contact_identifier SEMI JOIN own USING (contact_id) WHERE list_contains($2, type)
        )
        SELECT source, delivery_id, declared_at FROM delivery SEMI JOIN used USING (delivery_id)
        ORDER BY source, declared_at, delivery_id""",
        [stated, lists, export_id],
    )


def publications_of(connection: Connection, contacts: pl.Series) -> list[Publication]:
    """Publications that held one of these ids, the newest first; in a file of changes, as one of its rows."""
    with register(connection, asked=contacts.alias("contact_id").to_frame()):
        rows = connection.execute(
            f"""SELECT {FIELDS} FROM export WHERE export_id IN (
                    SELECT m.export_id FROM export_member m WHERE m.contact_id IN (SELECT contact_id::UUID FROM asked)
                    AND m.change IS DISTINCT FROM 'unchanged')
                ORDER BY {NEWEST}"""
        ).fetchall()
    return [publication_of(row) for row in rows]


def checked_at(connection: Connection) -> dict[str, datetime]:
    """When a run last found that publications hold, by their ids."""
    found = connection.execute("SELECT export_id, checked_at FROM export_check").fetchall()
    return {str(export_id): when for export_id, when in found}
