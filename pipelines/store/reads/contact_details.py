"""What people ask of the warehouse: show all of a contact, say where it comes from and how things stand."""

import polars as pl

from pipelines.store.contacts.published_values import PUBLISHED
from pipelines.store.warehouse.connection import Connection, query, register, value


def golden_records(connection: Connection, contacts: pl.Series) -> pl.DataFrame:
    """Golden records of these contacts, attributes as a list of key and value."""
    with register(connection, wanted=contacts.to_frame("contact_id")):
        return query(
            connection,
            f"""
            SELECT * EXCLUDE (run_id, {PUBLISHED}) REPLACE (map_entries(attributes) AS attributes)
            FROM contact WHERE contact_id IN (SELECT contact_id::UUID FROM wanted) ORDER BY contact_id""",
        )


# Where a value was read and who decided it, if somebody did; where a change request was, if that was in a file.
ORIGIN = """
    LEFT JOIN decision w ON w.decision_id = v.delivery_id
    LEFT JOIN delivery d ON d.delivery_id = coalesce(w.delivery_id, v.delivery_id)"""
ROW = "CASE WHEN w.decision_id IS NULL THEN v.row_number ELSE w.row_number END"


def fields(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Every value of a contact, with where it was read, or who decided it.

    Columns field, value, source, file_name, line_number, row_number, rule, candidates, actor, decided_at, reason.
    """
    return query(
        connection,
        f"""
        SELECT v.field, v.value, d.source, d.file_name, v.line_number, {ROW} AS row_number, v.rule, v.candidates,
               w.actor, w.decided_at, w.reason
        FROM contact_field v {ORIGIN} WHERE v.contact_id = ? ORDER BY v.field, v.value""",
        [contact_id],
    )


def identifiers(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Everything a contact is known by: type, value, validity, is_primary, and where from as `fields` says it."""
    return query(
        connection,
        f"""
        SELECT v.type, v.value, v.validity, v.is_primary, d.source, d.file_name, v.line_number, {ROW} AS row_number,
               w.actor, w.decided_at, w.reason
        FROM contact_identifier v {ORIGIN} WHERE v.contact_id = ?
        ORDER BY v.type, v.is_primary DESC, v.value, v.scope, v.record_key""",
        [contact_id],
    )


def former_identifiers(connection: Connection, contact_id: str) -> pl.DataFrame:
    """What a contact was known by until its records or people said otherwise: type, value, last_seen_at, where from.

    Columns source, file_name, line_number, row_number, actor, decided_at and reason as of `fields`.
    """
    return query(
        connection,
        f"""
        SELECT i.type, i.normalised AS value, max(v.last_seen_at) AS last_seen_at,
               arg_max(struct_pack(source := d.source, file_name := d.file_name, line_number := v.line_number,
                                   row_number := {ROW}, actor := w.actor, decided_at := w.decided_at,
                                   reason := w.reason),
                       struct_pack(t := v.last_seen_at, r := v.last_row, c := v.correction, k := v.record_key,
                                   v := v.version)) AS place
        FROM membership m
        JOIN identifier i USING (record_key)
        JOIN source_record v USING (record_key, version) {ORIGIN}
        WHERE m.contact_id = ? AND m.run_to IS NULL
          AND i.normalised NOT IN (SELECT value FROM contact_identifier WHERE contact_id = ?)
        GROUP BY i.type, i.normalised ORDER BY i.type, i.normalised""",
        [contact_id, contact_id],
    ).unnest("place")


def origin_of(connection: Connection, contact_id: str, field: str) -> pl.DataFrame:
    """Where a field of a contact comes from, a row for each value it has: as `fields`, with the record.

    `source` and `record_id` are of the record it was stated by, or decided for.
    """
    return query(
        connection,
        f"""
        SELECT v.field, v.value, r.source, r.record_id, d.file_name, v.line_number, {ROW} AS row_number, v.rule,
               v.candidates, w.actor, w.decided_at, w.reason, w.decision_id
        FROM contact_field v LEFT JOIN record r USING (record_key) {ORIGIN}
        WHERE v.contact_id = ? AND v.field = ? ORDER BY v.value""",
        [contact_id, field],
    )


def losing_values(connection: Connection, contact_id: str, field: str) -> pl.DataFrame:
    """Values that a contact does not have because another one won, the best of them first.

    Columns value, source, record_id, file_name, line_number, row_number, actor, decided_at. Parts of a name lose with
    their name, so that is what they give.
    """
    return query(
        connection,
        f"""
        WITH v AS (
            SELECT unnest(losing_values, recursive := TRUE),
                   unnest(generate_series(1, len(losing_values))) AS place
            FROM contact_field
            WHERE contact_id = ? AND field = regexp_replace(?, '^(first|last)_name$', 'name')
        )
        SELECT v.value, r.source, r.record_id, d.file_name, v.line_number, {ROW} AS row_number, w.actor, w.decided_at
        FROM v LEFT JOIN record r USING (record_key) {ORIGIN} ORDER BY v.place""",
        [contact_id, field],
    )


def member_records(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Records a contact is made of: source, record_id, is_current, reason, and what best ties each to another of them.

    One is not current whose id its source has given to somebody else since.
    """
    return query(
        connection,
        """
        WITH member AS (
            SELECT record_key, reason FROM membership WHERE contact_id = ? AND run_to IS NULL
        ),
        tie AS (
            SELECT record_lo AS record_key, record_hi AS other, rule, probability, weight FROM match_edge
            UNION ALL SELECT record_hi, record_lo, rule, probability, weight FROM match_edge
            UNION ALL SELECT record_lo, record_hi, 'decision', 1.0, 1000.0 FROM must_link
            UNION ALL SELECT record_hi, record_lo, 'decision', 1.0, 1000.0 FROM must_link
        )
        SELECT r.source, r.record_id, f.record_key IS NULL AS is_current, m.reason,
               arg_max(t.rule, struct_pack(p := t.probability, w := t.weight, r := t.rule)) AS rule,
               max(t.probability) AS probability
        FROM member m JOIN record r USING (record_key) LEFT JOIN former_record f USING (record_key)
        LEFT JOIN tie t ON t.record_key = m.record_key AND t.other IN (SELECT record_key FROM member)
        GROUP BY r.record_key, r.source, r.record_id, f.record_key, m.reason
        ORDER BY r.source, r.record_id, r.record_key""",
        [contact_id],
    )


# Whether anything of a contact can wait for a person at all: the queue itself is made of everybody's edges.
IS_ASKED_ABOUT = """
    WITH member AS (SELECT record_key FROM membership WHERE contact_id = ? AND run_to IS NULL)
    SELECT EXISTS (FROM match_edge WHERE zone = 'review' AND (record_lo IN (FROM member) OR record_hi IN (FROM member)))
        OR EXISTS (FROM vetoed_edge WHERE record_lo IN (FROM member) OR record_hi IN (FROM member))"""


def possible_duplicates(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Contacts that may be the same person as this one: contact_id, name, probability, reason."""
    if not value(connection, IS_ASKED_ABOUT, [contact_id]):
        return pl.DataFrame(
            schema={"contact_id": pl.String, "name": pl.String, "probability": pl.Float64, "reason": pl.String}
        )
    return query(
        connection,
        """
        SELECT c.contact_id, c.name, q.probability, q.reason
        FROM review_queue q JOIN contact c
            ON c.contact_id = CASE WHEN q.contact_lo = ? THEN q.contact_hi ELSE q.contact_lo END
        WHERE q.contact_lo = ? OR q.contact_hi = ? ORDER BY q.probability DESC, c.contact_id""",
        [contact_id, contact_id, contact_id],
    )


def review_queue(connection: Connection) -> pl.DataFrame:
    """Pairs of contacts that wait for a person, likeliest first and what was put off last.

    Columns contact_lo, contact_hi, probability, reason, is_deferred.
    """
    return query(
        connection,
        """SELECT contact_lo, contact_hi, probability, reason, is_deferred FROM review_queue
           ORDER BY is_deferred, probability DESC, contact_lo, contact_hi""",
    )


def problems(connection: Connection, run_id: str | None = None) -> pl.DataFrame:
    """What was wrong with the rows of a run's deliveries, or of all: source, action, code, rows."""
    return query(
        connection,
        """
        SELECT d.source, p.action, p.code, count(*) AS rows FROM problem p JOIN delivery d USING (delivery_id)
        WHERE ?::VARCHAR IS NULL OR d.run_id = ? GROUP BY ALL ORDER BY d.source, p.action, rows DESC, p.code""",
        [run_id, run_id],
    )


def deliveries(connection: Connection, run_id: str | None = None) -> pl.DataFrame:
    """Deliveries by source: files, held, refused, rows read and their outcomes; of one run, or of all.

    `corrected` are refused rows that have arrived since.
    """
    return query(
        connection,
        """
        SELECT source, count(*) AS files, count(*) FILTER (state = 'held') AS held,
               count(*) FILTER (state = 'refused') AS refused, sum(rows_read)::BIGINT AS rows_read,
               sum(created)::BIGINT AS created, sum(updated)::BIGINT AS updated, sum(unchanged)::BIGINT AS unchanged,
               sum(duplicate_in_file)::BIGINT AS duplicate_in_file, sum(rejected)::BIGINT AS rejected,
               sum(quarantined)::BIGINT AS quarantined, sum(skipped)::BIGINT AS skipped,
               sum((SELECT count(*) FROM corrected_row c WHERE c.delivery_id = d.delivery_id))::BIGINT AS corrected
        FROM delivery d WHERE ?::VARCHAR IS NULL OR run_id = ? GROUP BY source ORDER BY source""",
        [run_id, run_id],
    )


def open_deliveries(connection: Connection) -> pl.DataFrame:
    """Deliveries that wait for somebody, until all their rows have arrived.

    Columns source, delivery_id, file_name, state, code, remediation, rows (refused here for the first time, and given
    back to be corrected), corrected (those of them that have arrived since), rejected_file, retried_in (the files in
    which rows that were still wrong came back once more).
    """
    return query(
        connection,
        """
        WITH given_back AS (
            SELECT r.delivery_id, count(*) AS all_rows, count(c.row_number) AS arrived,
                   count(*) FILTER (r.first_delivery IS NULL) AS rows,
                   count(c.row_number) FILTER (r.first_delivery IS NULL) AS corrected
            FROM rejected_row r LEFT JOIN corrected_row c USING (delivery_id, row_number)
            WHERE r.outcome IN ('rejected', 'quarantined') GROUP BY r.delivery_id
        ),
        retry AS (
            SELECT retry_of, list(rejected_file ORDER BY rejected_file) AS files
            FROM delivery JOIN given_back USING (delivery_id)
            WHERE retry_of IS NOT NULL AND rejected_file IS NOT NULL AND all_rows > arrived GROUP BY retry_of
        )
        SELECT d.source, d.delivery_id, d.file_name, d.state, d.code, d.remediation,
               coalesce(g.rows, 0) AS rows, coalesce(g.corrected, 0) AS corrected, d.rejected_file,
               coalesce(r.files, []) AS retried_in
        FROM delivery d
        LEFT JOIN given_back g USING (delivery_id)
        LEFT JOIN retry r ON r.retry_of = d.delivery_id
        WHERE g.rows > g.corrected OR (d.state <> 'accepted' AND coalesce(g.all_rows > g.arrived, TRUE))
        ORDER BY d.state, d.source, d.file_name, d.delivery_id""",
    )


def unread_headers(connection: Connection, source: str, run_id: str | None = None) -> list[str]:
    """Headers of a source that mean nothing in this project, in a run's deliveries or in all; sorted."""
    return query(
        connection,
        """
        SELECT DISTINCT p.field FROM problem p JOIN delivery d USING (delivery_id)
        WHERE d.source = ? AND p.code = 'HEADER_UNKNOWN' AND (?::VARCHAR IS NULL OR d.run_id = ?) ORDER BY p.field""",
        [source, run_id, run_id],
    )["field"].to_list()


def statuses(connection: Connection) -> pl.DataFrame:
    """Contacts by status: status, contacts."""
    return query(connection, "SELECT status, count(*) AS contacts FROM contact GROUP BY status ORDER BY status")


def publications(connection: Connection) -> pl.DataFrame:
    """The newest publication of each segment: segment, rows, published_at, as_of."""
    return query(
        connection,
        """
        SELECT segment, rows, published_at, as_of FROM export
        QUALIFY row_number() OVER (PARTITION BY segment ORDER BY published_at DESC, export_id DESC) = 1
        ORDER BY segment""",
    )


def last_run(connection: Connection) -> pl.DataFrame:
    """The newest run: run_id, as_of, started_at."""
    return query(connection, "SELECT run_id, as_of, started_at FROM run ORDER BY started_at DESC, run_id DESC LIMIT 1")


def example_contact(connection: Connection) -> tuple[str, str] | None:
    """A contact worth looking at, as its id and as a person would call it: of most channels, then of most records."""
    row = connection.execute(
        """SELECT contact_id, coalesce(email, phone, contact_id::VARCHAR) FROM contact
           ORDER BY len(channels) DESC, records DESC, contact_id LIMIT 1"""
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))
