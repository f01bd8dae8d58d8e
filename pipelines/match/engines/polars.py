"""The engine that works in memory. What it promises: `engine`."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from pipelines.match.engines.engine import Frame, Function, parts


@dataclass(frozen=True)
class PolarsEngine:
    """Everything in memory. A function is called once, with all rows, unless they are more than `at_once`."""

    at_once: int = sys.maxsize

    def frame(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Frame:
        """A frame of all rows of some batches."""
        return lazy(pl.concat([pl.DataFrame(schema=schema), *batches]))

    def checkpoint(self, frame: Frame, by: str | None = None) -> Frame:
        """The frame, computed now and once; sorted, if functions are to get less than all of it."""
        rows = self.collect(frame)
        return lazy(rows.sort(by) if by and rows.height > self.at_once else rows)

    def rows(self, frame: Frame) -> int:
        """How many rows a frame has."""
        return int(frame.select(nw.len()).collect().item())

    def collect(self, frame: Frame) -> pl.DataFrame:
        """All rows at once."""
        rows: pl.DataFrame = frame.collect("polars").to_native()
        return rows

    def batches(self, rows: int) -> int:
        """In how many batches a frame of so many rows is handed to a function."""
        return max(1, -(-rows // self.at_once))

    def map_batches(self, frame: Frame, function: Function, schema: pl.Schema) -> Frame:
        """What `function` makes of every row, some rows at a time; computed now."""
        rows = self.collect(frame)
        batches = rows.iter_slices(self.at_once) if rows.height > self.at_once else [rows]
        return self.frame((function(batch).match_to_schema(schema) for batch in batches), schema)

    def map_groups(self, frames: Sequence[Frame], by: str, function: Function, schema: pl.Schema) -> Frame:
        """What `function` makes of every group, some groups at a time; computed now."""
        batches = [frames]
        if self.rows(frames[0]) > self.at_once:
            starts = self.collect(frames[0].select(by))[by].sort().gather_every(self.at_once)
            batches = [[frame.filter(part) for frame in frames] for part in parts(by, starts)]
        made = (function(*map(self.collect, batch)).match_to_schema(schema) for batch in batches)
        return self.frame(made, schema)


IN_MEMORY = PolarsEngine()


def lazy(frame: pl.DataFrame) -> Frame:
    """A frame in memory as joins take it."""
    return nw.from_native(frame.lazy())
