"""What matching needs of whatever holds its frames and runs its functions: the engine seam.

Joins and aggregations are written once, with Narwhals, over frames that are computed when they are asked for; functions
of the kernel take and give Polars frames, and an engine hands them batches. Which engine it is must not show in a
result. Here is the one that works in memory; `pipelines.store.matching.duckdb_engine` has one that does not need to.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import narwhals as nw
import polars as pl

Frame = nw.LazyFrame[Any]
Function = Callable[..., pl.DataFrame]


class Engine(Protocol):
    """Runs what is written over frames.

    A function that is mapped must not depend on how rows are cut into batches: mapped over two batches, it gives what
    it gives of both together, but for the order of rows. Frames have no order.
    """

    def frame(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Frame:
        """A frame of all rows of some batches."""
        ...

    def checkpoint(self, frame: Frame, by: str | None = None) -> Frame:
        """The frame, computed now and once. `by`: the column by which `map_groups` will ask for it."""
        ...

    def rows(self, frame: Frame) -> int:
        """How many rows a frame has."""
        ...

    def collect(self, frame: Frame) -> pl.DataFrame:
        """All rows at once, for what is known to be small."""
        ...

    def batches(self, rows: int) -> int:
        """In how many batches a frame of so many rows is handed to a function."""
        ...

    def map_batches(self, frame: Frame, function: Function, schema: pl.Schema) -> Frame:
        """What `function` makes of every row, some rows at a time; computed now."""
        ...

    def map_groups(self, frames: Sequence[Frame], by: str, function: Function, schema: pl.Schema) -> Frame:
        """What `function` makes of every group, some groups at a time; computed now.

        A group is the rows of all frames that have the same value in the column `by`. The function takes as many
        frames as there are, some of them perhaps without rows.
        """
        ...


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


def parts(by: str, starts: Iterable[Any]) -> Iterator[nw.Expr]:
    """Conditions on a column without nulls that part all rows: one for each range, which begin at `starts`."""
    bounds = sorted(set(starts))[1:]
    if not bounds:
        yield ~nw.col(by).is_null()
        return
    yield nw.col(by) < bounds[0]
    for low, high in pairwise(bounds):
        yield (nw.col(by) >= low) & (nw.col(by) < high)
    yield nw.col(by) >= bounds[-1]


def distinct(frame: Frame) -> Frame:
    """Every row once. Narwhals' own `unique` is a window function in SQL, and a window is dearer than a group."""
    columns = frame.collect_schema().names()
    return frame.group_by(columns).agg(nw.len().alias("times")).select(columns)
