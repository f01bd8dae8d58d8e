"""Erasures that a restored backup has never heard of, and who they were about, as the backup knows these people.

`.onecontact/erasures.jsonl` lies beside the warehouse and has a line for each erasure: when it ended, and its tokens.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.store.privacy import suppression
from pipelines.store.privacy.requests import FIELDS, Kind, Request, State
from pipelines.store.warehouse.connection import Connection, query


class Erasure(NamedTuple):
    """An erasure that was carried out."""

    request: int
    completed_at: datetime
    tokens: list[str]


def erasures(path: Path) -> list[Erasure]:
    """The erasures that a file tells of, the first first."""
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Erasure(each["request"], datetime.fromisoformat(each["completed_at"]), each["tokens"]) for each in lines]


def missing(connection: Connection, path: Path) -> list[Erasure]:
    """Erasures of a file that this warehouse has not seen the end of: it is older than they are."""
    told = erasures(path)
    if not told:
        return []
    known = connection.execute(
        "SELECT number FROM request WHERE state IN (?, ?, ?, ?)",
        [State.COMPLETED, State.WITH_EXEMPTIONS, State.RUNNING, State.FAILED],
    ).fetchall()
    return [each for each in told if (each.request,) not in known]


def begin(connection: Connection, erasure: Erasure) -> pl.Series:
    """Suppress again whom an erasure was about, and note that it is going on; keys of their records here."""
    number, since = erasure.request, erasure.completed_at
    connection.executemany(
        "INSERT INTO suppression VALUES (?, ?, ?)", [(each, number, since) for each in erasure.tokens]
    )
    connection.execute("DELETE FROM request WHERE number = ?", [number])
    again = Request(number, Kind.ERASE, State.RUNNING, since, since, created_by="restored backup")
    marks = ", ".join("?" * len(again))
    connection.execute(f"INSERT INTO request ({FIELDS}) VALUES ({marks})", list(again))
    rows = query(connection, "SELECT DISTINCT record_key, name FROM source_record").with_row_index("row")
    points = query(connection, "SELECT DISTINCT record_key, type, scope, normalised, match_keys FROM identifier").join(
        rows.select("row", "record_key"), on="record_key"
    )
    hits = suppression.suppressed_rows(connection, rows, points, every_record=True)
    mine = hits.filter(pl.col("number") == number).join(rows, on="row")["record_key"].unique().sort()
    suppression.suppress_keys(connection, pl.DataFrame({"key": mine}).with_columns(number=pl.lit(number)))
    return mine
