"""The batches of a reader as one, for tests that do not care where one ends."""

from collections.abc import Iterable

import polars as pl

from pipelines.read.core.batch import Batch


def joined(batches: Iterable[Batch]) -> Batch:
    """All that batches hold, frame by frame; no batch at all is an empty one."""
    every = [Batch(), *batches]
    frames = {
        name: pl.concat([getattr(batch, name) for batch in every])
        for name, held in Batch()._asdict().items()
        if isinstance(held, pl.DataFrame)
    }
    return Batch(**frames)
