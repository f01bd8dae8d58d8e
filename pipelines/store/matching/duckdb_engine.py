"""The engine that needs no memory for what it holds: DuckDB, spilling encrypted. The protocol: `match.engines`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import narwhals as nw
import polars as pl

from pipelines.match.engines.engine import Frame, Function, parts
from pipelines.store.warehouse.connection import Connection, query, register
from pipelines.store.warehouse.database import in_memory

AT_ONCE = 500_000  # rows that a function is called with, about
PREFIX = "engine_frame_"
_numbers = count()


@contextmanager
def temporary_engine(memory_limit: str, at_once: int = AT_ONCE) -> Iterator["DuckDBEngine"]:
    """An engine on a database of its own, gone at the end of the `with` block.

    Beyond `memory_limit` (such as "2GB") it spills, encrypted, into the system's temporary folder. What functions take
    for a batch comes on top.
    """
    with (
        TemporaryDirectory(prefix="onecontact-") as folder,
        in_memory(Path(folder) / "spill", memory_limit) as connection,
    ):
        yield DuckDBEngine(connection, at_once)


class DuckDBEngine:
    """Frames are relations of one connection; what is computed is a temporary table of it."""

    def __init__(self, connection: Connection, at_once: int) -> None:
        self._connection = connection
        self._at_once = at_once
        self._tables: set[str] = set()

    def frame(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Frame:
        """A frame of all rows of some batches."""
        with register(self._connection, batch=pl.DataFrame(schema=schema)):
            name = self._create("FROM batch")
        for batch in batches:
            with register(self._connection, batch=batch.match_to_schema(schema)):
                self._connection.execute(f"INSERT INTO {name} FROM batch")
        return self.table(name)

    def table(self, name: str) -> Frame:
        """A table of the connection as joins take it."""
        return nw.from_native(self._connection.table(name))

    def checkpoint(self, frame: Frame, by: str | None = None) -> Frame:
        """The frame, computed now and once. `by`: the column by which `map_groups` will ask for it."""
        order = f' ORDER BY "{by}"' if by else ""
        return self.table(self._create(f"FROM ({frame.to_native().sql_query()}){order}"))

    def rows(self, frame: Frame) -> int:
        """How many rows a frame has."""
        return int(frame.select(nw.len()).collect("polars").item())

    def collect(self, frame: Frame) -> pl.DataFrame:
        """All rows at once."""
        rows: pl.DataFrame = frame.collect("polars").to_native()
        return rows

    def batches(self, rows: int) -> int:
        """In how many batches a frame of so many rows is handed to a function."""
        return max(1, -(-rows // self._at_once))

    def map_batches(self, frame: Frame, function: Function, schema: pl.Schema) -> Frame:
        """What `function` makes of every row, some rows at a time; computed now."""
        name, frame = self._kept(frame)
        batches = (
            query(self._connection, f"FROM {name} WHERE rowid BETWEEN ? AND ?", [start, start + self._at_once - 1])
            for start in range(0, max(1, self.rows(frame)), self._at_once)
        )
        return self.frame(map(function, batches), schema)

    def map_groups(self, frames: Sequence[Frame], by: str, function: Function, schema: pl.Schema) -> Frame:
        """What `function` makes of every group, some groups at a time; computed now.

        Of a frame that was kept in the order of `by`, each batch is read alone; any other is scanned for it.
        """
        kept = [self._kept(frame, by) for frame in frames]
        starts = f'SELECT DISTINCT "{by}" FROM {kept[0][0]} WHERE rowid % ? = 0'
        ranges = parts(by, query(self._connection, starts, [self._at_once])[by])
        made = (function(*(self.collect(frame.filter(part)) for _, frame in kept)) for part in ranges)
        return self.frame(made, schema)

    def _create(self, select: str) -> str:
        name = f"{PREFIX}{next(_numbers)}"
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {select}")
        self._tables.add(name)
        return name

    def _kept(self, frame: Frame, by: str | None = None) -> tuple[str, Frame]:
        """The table that a frame is, made if it is none."""
        relation = frame.to_native()
        if relation.type == "TABLE_RELATION" and relation.alias in self._tables:
            return relation.alias, frame
        kept = self.checkpoint(frame, by)
        return kept.to_native().alias, kept
