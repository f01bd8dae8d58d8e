"""What matching needs of whatever holds its frames and runs its functions: the engine seam.

Joins and aggregations are written once, with Narwhals, over frames that are computed when they are asked for; functions
of the kernel take and give Polars frames, and an engine hands them batches. Which engine it is must not show in a
result. `polars` has the one that works in memory, `pipelines.store.matching.duckdb_engine` one that does not need to.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
