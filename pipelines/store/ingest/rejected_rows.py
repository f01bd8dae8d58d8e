"""What is given back of a delivery to be corrected, what was told of it, and which of its rows have arrived since."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from pipelines.store.ingest.deliveries import RETURNED_ROWS, Delivery
from pipelines.store.warehouse.connection import Connection, query, register, value
from schemas.error_codes import ErrorCode

BATCH_ROWS = 20_000


def rows(connection: Connection, delivery_id: str) -> Iterator[pl.DataFrame]:
    """Rows of a delivery to correct, in batches: delivery, row_number, raw, codes, expected, suggestions (lists).

    `delivery` and `row_number` say where a row was refused first; those that have arrived since are left out. Of a file
    of which nothing was taken in these are all its rows; those that were right have no reasons.
    """
    return _batches(
        connection,
        """
        SELECT coalesce(r.first_delivery, r.delivery_id) AS delivery,
               coalesce(r.first_row, r.row_number) AS row_number, r.raw,
               list(p.code ORDER BY p.field, p.code, p.expected, p.suggestion) FILTER (p.code IS NOT NULL) AS codes,
               list(CASE p.field WHEN '' THEN p.expected ELSE p.field || ': ' || p.expected END
                    ORDER BY p.field, p.code, p.expected, p.suggestion) FILTER (p.code IS NOT NULL) AS expected,
               list(p.suggestion ORDER BY p.field, p.code, p.expected, p.suggestion)
                   FILTER (p.suggestion IS NOT NULL) AS suggestions
        FROM rejected_row r
        LEFT JOIN problem p
            ON p.delivery_id = r.delivery_id AND p.row_number = r.row_number AND p.severity = 'error'
        WHERE r.delivery_id = ? AND r.outcome IN ('rejected', 'quarantined')
          AND (r.delivery_id, r.row_number) NOT IN (SELECT (c.delivery_id, c.row_number) FROM corrected_row c)
        GROUP BY r.delivery_id, r.row_number, r.first_delivery, r.first_row, r.raw ORDER BY r.row_number""",
        delivery_id,
    )


def columns(connection: Connection, delivery_id: str) -> list[str]:
    """The columns of all refused rows of a delivery in the order of its list; a row may have only the first of them."""
    found = query(
        connection,
        """
        SELECT key FROM (
            SELECT row_number, unnest(json_keys(raw)) AS key, generate_subscripts(json_keys(raw), 1) AS place
            FROM rejected_row WHERE delivery_id = ? AND outcome IN ('rejected', 'quarantined'))
        GROUP BY key ORDER BY max(place), min(row_number), key""",
        [delivery_id],
    )
    return found["key"].to_list()


def problems(connection: Connection, delivery_id: str) -> Iterator[pl.DataFrame]:
    """Everything that was wrong with a delivery, in batches, in the columns of its report."""
    return _batches(
        connection,
        """
        SELECT d.run_id, d.delivery_id AS import_id, d.source AS source_system, d.file_digest, p.row_number,
               p.line_number, p.field AS column_name, p.code AS error_code, p.severity,
               p.expected, p.suggestion, p.action, d.config_digest AS config_hash, d.retry_of AS retry_of_import_id
        FROM problem p JOIN delivery d USING (delivery_id)
        WHERE p.delivery_id = ? ORDER BY p.row_number NULLS FIRST, p.field, p.code, p.expected, p.suggestion""",
        delivery_id,
    )


def summary(connection: Connection, delivery_id: str) -> pl.DataFrame:
    """A delivery as table `delivery` has it: one row."""
    return query(connection, "FROM delivery WHERE delivery_id = ?", [delivery_id])


def codes(connection: Connection, delivery_id: str) -> pl.DataFrame:
    """What was wrong with a delivery, counted: code, severity, action, problems."""
    return query(
        connection,
        """
        SELECT code, severity, action, count(*) AS problems FROM problem
        WHERE delivery_id = ? GROUP BY ALL ORDER BY problems DESC, code, action""",
        [delivery_id],
    )


def first_problems(connection: Connection, delivery_id: str, most: int) -> pl.DataFrame:
    """The problems of a delivery that matter most.

    Columns row_number, line_number, field, code, severity, expected, suggestion. Errors come before
    warnings, and those before what is only told; then they stand in the order of the rows.
    """
    return query(
        connection,
        """
        SELECT row_number, line_number, field, code, severity, expected, suggestion FROM problem
        WHERE delivery_id = ?
        ORDER BY list_position(['error', 'warning', 'info'], severity), row_number NULLS FIRST, field, code,
                 expected, suggestion LIMIT ?""",
        [delivery_id, most],
    )


def deliveries_to_return(connection: Connection, formats: list[str]) -> pl.DataFrame:
    """Deliveries of these formats of which nobody was told yet what was wrong, other than for information.

    Columns delivery_id, source, has_rows (there are some to correct that have not arrived since).
    """
    return query(
        connection,
        f"""
        SELECT d.delivery_id, d.source, d.delivery_id IN (
                   SELECT g.delivery_id FROM ({RETURNED_ROWS}) g WHERE NOT g.corrected) AS has_rows
        FROM delivery d
        WHERE d.report_file IS NULL AND list_contains(?::VARCHAR[], d.format)
          AND (d.rejected > 0 OR d.delivery_id IN (SELECT delivery_id FROM problem WHERE severity <> 'info'))
        ORDER BY d.source, d.delivery_id""",
        [formats],
    )


def keep_file_names(connection: Connection, delivery_id: str, rows_file: str | None, report_file: str) -> None:
    """Remember the files that tell of a delivery: they may be moved away, and must not come back."""
    connection.execute(
        "UPDATE delivery SET rejected_file = ?, report_file = ? WHERE delivery_id = ?",
        [rows_file, report_file, delivery_id],
    )


def claimed_rows(connection: Connection, source: str, claims: pl.DataFrame) -> pl.DataFrame:
    """Which refused rows of a source the rows of a file say they correct.

    Args:
        connection: The warehouse.
        source: The source the file belongs to.
        claims: `row` (UInt32), `delivery` and `number` (String, as they stand in the file).

    Returns:
        `row`, `retry_of` (the delivery it was refused in; null where the source has none such), `declared_at` (of that
        delivery), `place` (UInt32: the number of the row there; null where that row was not refused).
    """
    with register(connection, claim=claims):
        return query(
            connection,
            """
            SELECT c.row, d.delivery_id AS retry_of, d.declared_at, r.row_number AS place
            FROM claim c
            LEFT JOIN delivery d ON d.delivery_id = TRY_CAST(trim(c.delivery) AS UUID) AND d.source = ?
            LEFT JOIN rejected_row r
                ON r.delivery_id = d.delivery_id AND r.row_number = TRY_CAST(trim(c.number) AS UINTEGER)
               AND r.outcome IN ('rejected', 'quarantined')
            ORDER BY c.row""",
            [source],
        )


def corrected_row_numbers(connection: Connection, delivery_id: str) -> pl.Series:
    """Numbers of the rows of a delivery whose corrections have arrived."""
    sql = "SELECT row_number FROM corrected_row WHERE delivery_id = ? ORDER BY row_number"
    return query(connection, sql, [delivery_id])["row_number"]


def has_cut_rows(connection: Connection, delivery_id: str) -> bool:
    """Whether a delivery has rows that were refused for their size, and have not arrived since."""
    return bool(
        value(
            connection,
            f"""
            SELECT count(*) > 0 FROM ({RETURNED_ROWS}) g JOIN problem p USING (delivery_id, row_number)
            WHERE delivery_id = ? AND NOT g.corrected AND p.code = ?""",
            [delivery_id, ErrorCode.LIMIT_EXCEEDED.value],
        )
    )


class RejectedFile(NamedTuple):
    """A file of refused rows: its name, and the keyed digests of the file and of its rows without the reasons."""

    file_name: str
    file_digest: str
    rows_digest: str


def last_rejected_file(connection: Connection, delivery_id: str) -> RejectedFile | None:
    """The file in which the rows of a delivery were given back last, if they were."""
    sql = "SELECT file_name, file_digest, rows_digest FROM rejected_file WHERE delivery_id = ?"
    row = connection.execute(sql, [delivery_id]).fetchone()
    return RejectedFile(*row) if row else None


def keep_rejected_file(connection: Connection, delivery_id: str, file: RejectedFile) -> None:
    """Remember a file of refused rows as it was written."""
    connection.execute("INSERT OR REPLACE INTO rejected_file VALUES (?, ?, ?, ?)", [delivery_id, *file])


def note_rewritten_file(connection: Connection, file_name: str, sha256: str) -> None:
    """Remember what a file of refused rows holds, now that somebody was taken out of it."""
    connection.execute(
        "UPDATE rejected_file SET file_digest = keyed_digest('file', ?) WHERE file_name = ?", [sha256, file_name]
    )


def keep_corrected(connection: Connection, delivery: Delivery, corrected: pl.DataFrame) -> None:
    """Note the refused rows that a delivery has brought (`named`), each once.

    They are noted wherever they were refused: in the delivery they name, in others of the same bytes, and in the files
    in which they came back and were refused once more.
    """
    if corrected.is_empty():
        return
    with register(connection, arrived=corrected.select("retry_of", "place").unique()):
        connection.execute(
            """
            INSERT INTO corrected_row
            WITH first AS (
                SELECT DISTINCT alike.delivery_id, a.place FROM arrived a
                JOIN delivery claimed ON claimed.delivery_id = a.retry_of::UUID
                JOIN delivery alike ON alike.source = claimed.source AND alike.file_digest = claimed.file_digest
            )
            SELECT r.delivery_id, r.row_number, ? FROM rejected_row r
            JOIN first f ON f.delivery_id = coalesce(r.first_delivery, r.delivery_id)
                        AND f.place = coalesce(r.first_row, r.row_number)
            WHERE r.outcome IN ('rejected', 'quarantined')
              AND NOT EXISTS (FROM corrected_row c
                              WHERE c.delivery_id = r.delivery_id AND c.row_number = r.row_number)""",
            [delivery.delivery_id],
        )


def _batches(connection: Connection, sql: str, delivery_id: str) -> Iterator[pl.DataFrame]:
    reader = connection.execute(sql, [delivery_id]).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        yield pl.DataFrame(pl.from_arrow(batch))
