"""Views of the warehouse as they are now: one SQL file each, all made anew when tables or one of the files change.

Files in `views/published` are the published views, in a schema of their own; `schemas.published` says what they hold.
"""

import hashlib
import re
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import takewhile
from typing import NamedTuple

import duckdb

from pipelines.errors import MigrationError
from schemas.published.contract import SCHEMA
from schemas.published.views import VIEWS as CONTRACTS

VIEWS: Traversable = resources.files("pipelines.store") / "views"
_READ = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


class View(NamedTuple):
    """A file of the views folder, `<name>.sql`: a comment that says what a row is, and CREATE VIEW.

    The name of a published view begins with `published.`; its comments are those of its contract.
    """

    name: str
    sql: str

    @property
    def comments(self) -> dict[str, str]:
        """What a row is, under the name of the view, and what each column of a published view is, under its name."""
        schema, _, name = self.name.partition(".")
        if schema != SCHEMA:
            return {f"VIEW {self.name}": self.comment}
        contract = CONTRACTS[name]
        columns = {f"COLUMN {self.name}.{column.name}": column.description for column in contract.columns}
        return {f"VIEW {self.name}": contract.description} | columns

    @property
    def comment(self) -> str:
        """What a row is: the comment at the top of the file."""
        lines = takewhile(lambda line: line.startswith("--"), self.sql.splitlines())
        return " ".join(line.removeprefix("--").strip() for line in lines)


def read_views(folder: Traversable = VIEWS) -> list[View]:
    """The views of a folder, each after those that it reads.

    Raises MigrationError where views read each other.
    """
    texts = _texts(folder) | {f"{SCHEMA}.{name}": text for name, text in _texts(folder / SCHEMA).items()}
    reads = {name: sorted({*_READ.findall(sql)} & (texts.keys() - {name})) for name, sql in texts.items()}
    try:
        return [View(name, texts[name]) for name in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        circle = " → ".join(error.args[1])
    raise MigrationError(f"Views read each other: {circle}")


def are_current(connection: duckdb.DuckDBPyConnection, views: Sequence[View]) -> bool:
    """Whether the warehouse has these views, made from the same text."""
    return connection.execute("SELECT sha256 FROM schema_view").fetchall() == [(_digest(views),)]


def replace_views(connection: duckdb.DuckDBPyConnection, views: Sequence[View]) -> None:
    """Drop every view of the warehouse and create these, inside a transaction."""
    present = connection.execute(
        "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
    ).fetchall()
    for schema, name in present:
        connection.execute(f'DROP VIEW "{schema}"."{name}"')
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for view in views:
        connection.execute(view.sql)
        for place, comment in view.comments.items():
            text = comment.replace("'", "''")
            connection.execute(f"COMMENT ON {place} IS '{text}'")
    connection.execute("DELETE FROM schema_view")
    connection.execute("INSERT INTO schema_view VALUES (?, now())", [_digest(views)])


def _digest(views: Sequence[View]) -> str:
    said = "".join(f"{view.name}\n{view.sql}\n{view.comments}\n" for view in views)
    return hashlib.sha256(said.encode()).hexdigest()


def _texts(folder: Traversable) -> dict[str, str]:
    files = [file for file in folder.iterdir() if file.name.endswith(".sql")] if folder.is_dir() else []
    return {
        file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
        for file in sorted(files, key=lambda each: each.name)
    }
