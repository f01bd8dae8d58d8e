"""The ledger of requests: what people asked about their data, who verified and approved it, how far it has come."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register


class Kind(StrEnum):
    """What somebody asks."""

    ERASE = "erase"
    ACCESS = "access"
    RECTIFY = "rectify"
    OBJECT = "object"


class State(StrEnum):
    """How far a request has come."""

    RECEIVED = "received"
    VERIFIED = "verified"  # that whoever asks is who the data is about
    APPROVED = "approved"
    ON_HOLD = "on_hold"
    RUNNING = "running"
    COMPLETED = "completed"
    WITH_EXEMPTIONS = "completed_with_exemptions"
    FAILED = "failed"
    DENIED = "denied"


ENDED = (State.COMPLETED, State.WITH_EXEMPTIONS, State.DENIED)


class Certainty(StrEnum):
    """How sure it is that a record is of the person."""

    CERTAIN = "certain"
    UNCERTAIN = "uncertain"  # only a weak link leads to it: the approver says
    HELD = "held"  # it is theirs, and kept for a legal reason


class Request(NamedTuple):
    """A request; times in UTC, people as logins."""

    number: int
    kind: Kind
    state: State
    received_at: datetime
    due_at: datetime
    created_by: str
    verified_by: str | None = None
    verified_at: datetime | None = None
    verified_how: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    ground: str | None = None
    ended_at: datetime | None = None
    receipt: str | None = None


FIELDS = ", ".join(Request._fields)


def keep_request(connection: Connection, made: Request, subject: Sequence[tuple[str, str]]) -> Request:
    """Store a new request under the next number, with whom it is about: (kind, value)."""
    row = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM request").fetchone()
    numbered = made._replace(number=int(row[0]) if row else 1)
    marks = ", ".join("?" * len(numbered))
    connection.execute(f"INSERT INTO request ({FIELDS}) VALUES ({marks})", list(numbered))
    connection.executemany(
        "INSERT INTO request_subject VALUES (?, ?, ?)", [(numbered.number, *each) for each in subject]
    )
    return numbered


def change(connection: Connection, number: int, **fields: Any) -> None:
    """Change fields of a request."""
    says = ", ".join(f"{name} = ?" for name in fields)
    connection.execute(f"UPDATE request SET {says} WHERE number = ?", [*fields.values(), number])


def requests(connection: Connection, *states: State) -> list[Request]:
    """Requests in these states, or all, by number."""
    rows = connection.execute(
        f"SELECT {FIELDS} FROM request WHERE len($1) = 0 OR list_contains($1, state) ORDER BY number",
        [[str(each) for each in states]],
    ).fetchall()
    return [Request(row[0], Kind(row[1]), State(row[2]), *row[3:]) for row in rows]


def request_of(connection: Connection, number: int) -> Request | None:
    """The request of this number."""
    return next((each for each in requests(connection) if each.number == number), None)


def subject_of(connection: Connection, number: int) -> list[tuple[str, str]]:
    """Whom a request is about, as it was asked: (kind, value)."""
    rows = connection.execute(
        "SELECT kind, value FROM request_subject WHERE number = ? ORDER BY ALL", [number]
    ).fetchall()
    return [(str(kind), str(text)) for kind, text in rows]


def keep_records(connection: Connection, number: int, records: pl.DataFrame) -> None:
    """Note which records a request reaches: record_key, certainty; what an approver said of one stays said."""
    with register(connection, reached=records):
        connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE reached_before AS
            SELECT record_key, is_included FROM request_record WHERE number = ?""",
            [number],
        )
        connection.execute("DELETE FROM request_record WHERE number = ?", [number])
        connection.execute(
            """
            INSERT INTO request_record
            SELECT ?, r.record_key::UUID, r.certainty, b.is_included
            FROM reached r LEFT JOIN reached_before b ON b.record_key = r.record_key::UUID""",
            [number],
        )
    connection.execute("DROP TABLE reached_before")


def records_of(connection: Connection, number: int) -> pl.DataFrame:
    """Records that a request reaches: record_key, source, record_id, certainty, is_included."""
    return query(
        connection,
        """
        SELECT q.record_key, r.source, r.record_id, q.certainty, q.is_included
        FROM request_record q LEFT JOIN record r USING (record_key) WHERE number = ?
        ORDER BY r.source, r.record_id, q.record_key""",
        [number],
    )


def include(connection: Connection, number: int, records: pl.Series, *, is_included: bool) -> None:
    """Note what an approver said of records of which it was not sure."""
    with register(connection, said=records.to_frame("record_key")):
        connection.execute(
            "UPDATE request_record SET is_included = ? "
            "WHERE number = ? AND record_key IN (SELECT record_key::UUID FROM said)",
            [is_included, number],
        )


def keep_step(connection: Connection, number: int, step: str, now: datetime, figures: Mapping[str, Any]) -> None:
    """Note that a step of a request is done, with counts."""
    connection.execute("DELETE FROM request_step WHERE number = ? AND step = ?", [number, step])
    said = json.dumps(dict(figures), sort_keys=True)
    connection.execute("INSERT INTO request_step VALUES (?, ?, ?, ?)", [number, step, now, said])


def steps_of(connection: Connection, number: int) -> dict[str, dict[str, Any]]:
    """The steps of a request that are done, with their counts, in the order in which they were."""
    rows = connection.execute(
        "SELECT step, figures FROM request_step WHERE number = ? ORDER BY done_at, step", [number]
    ).fetchall()
    return {str(step): json.loads(figures) for step, figures in rows}


def forget_subject(connection: Connection, numbers: Sequence[int]) -> None:
    """Forget whom requests were about: what is asked is being done."""
    connection.execute("DELETE FROM request_subject WHERE list_contains($1, number)", [list(numbers)])


def mentions_of(connection: Connection, number: int) -> pl.DataFrame:
    """What others wrote that names the person of a request, and stays: place, object_id."""
    return query(connection, "SELECT place, object_id FROM request_mention WHERE number = ? ORDER BY ALL", [number])


def mark_held(connection: Connection, number: int, records: pl.Series) -> None:
    """Note that records of a request are kept for a legal reason."""
    with register(connection, kept=records.to_frame("record_key")):
        connection.execute(
            "UPDATE request_record SET certainty = ? "
            "WHERE number = ? AND record_key IN (SELECT record_key::UUID FROM kept)",
            [Certainty.HELD, number],
        )


def begin_again(connection: Connection, number: int) -> None:
    """Let a request be carried out once more: what was held is not any longer, and it gets another receipt."""
    connection.execute("DELETE FROM request_step WHERE number = ?", [number])
    change(connection, number, receipt=None, ended_at=None)


def try_again(connection: Connection, number: int) -> None:
    """Let the steps of a request that has failed be done once more; what they did the first time stays noted."""
    connection.execute("UPDATE request_step SET step = 'earlier ' || step WHERE number = ?", [number])
    change(connection, number, state=State.RUNNING)
