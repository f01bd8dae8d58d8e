"""What publishing reads and keeps: contacts in order, publications and their members."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.normalise.text import split_cells
from pipelines.store.warehouse.connection import Connection, register
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType

BATCH_ROWS = 50_000
ROOT = "en"  # sorts by the rules that hold where a language has none of its own
TEXTS = ("name", "first_name", "last_name", "email")


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


def contacts_in_order(
    connection: Connection, attributes: Mapping[str, Attribute], order_by: Sequence[str], collation: str = ROOT
) -> Iterator[pl.DataFrame]:
    """Contacts in batches, sorted; custom attributes as columns `attr.<name>`: lists, or text or null.

    `phones` and `emails` are lists of all there are, the primary one first. `attributes` are those of onecontact.yaml,
    `order_by` columns of the result: checked names, no input. The text of numbers is sorted as a number, other text by
    `collation` (`collation_of`).
    """
    numbers = [f"attr.{name}" for name, each in attributes.items() if each.type is AttributeType.NUMBER]
    lists = [f"attr.{name}" for name, each in attributes.items() if each.is_list]
    custom = "".join(f""", attributes['{name}'] AS "attr.{name}\"""" for name in sorted(attributes))
    sorted_by = [
        f'TRY_CAST("{column}" AS DOUBLE)' if column in numbers else f'"{column}"{collated(column, collation)}'
        for column in dict.fromkeys((*order_by, "contact_id"))
    ]
    order = ", ".join(f"{column} NULLS LAST" for column in sorted_by)
    reader = connection.execute(
        f"""
        WITH known AS (
            SELECT contact_id,
                   list(value ORDER BY is_primary DESC, value) FILTER (type = 'phone') AS phones,
                   list(value ORDER BY is_primary DESC, value) FILTER (type = 'email') AS emails
            FROM contact_identifier GROUP BY contact_id
        )
        SELECT * EXCLUDE (attributes, run_id, phones, emails), coalesce(phones, []) AS phones,
               coalesce(emails, []) AS emails{custom}
        FROM contact LEFT JOIN known USING (contact_id) ORDER BY {order}"""
    ).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        frame = pl.from_arrow(batch)
        if isinstance(frame, pl.DataFrame):
            yield frame.with_columns(split_cells(frame[name], ";").alias(name) for name in lists)


def collation_of(connection: Connection, locale: str) -> str:
    """The collation of a locale such as de_AT: its own, else that of its language, else ROOT."""
    known = {name for (name,) in connection.execute("SELECT collname FROM pragma_collations()").fetchall()}
    own = locale.lower()
    return next((each for each in (own, own.partition("_")[0]) if each in known), ROOT)


def collated(column: str, collation: str) -> str:
    """How the text of a column is compared; nothing where it is no text that people read."""
    is_text = column.startswith("attr.") or column in TEXTS
    return f" COLLATE {collation}" if is_text else ""


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


def keep_check(connection: Connection, export_id: str, checked_at: datetime, as_of: datetime) -> None:
    """Keep that a publication still holds, as of a moment."""
    connection.execute("INSERT OR REPLACE INTO export_check VALUES (?, ?, ?)", [export_id, checked_at, as_of])


def keep_publication(connection: Connection, publication: Publication, members: pl.Series) -> None:
    """Keep what was published, and who was in it, so that it can be recalled."""
    marks = ", ".join("?" * len(publication))
    connection.execute(f"INSERT INTO export ({', '.join(Publication._fields)}) VALUES ({marks})", list(publication))
    with register(connection, member=members.to_frame("contact_id")):
        connection.execute("INSERT INTO export_member SELECT ?, contact_id FROM member", [publication.export_id])
