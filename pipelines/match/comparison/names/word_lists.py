"""The lists of words beside this module: what no rule of names tells, to be read and added to by anybody."""

from functools import cache
from importlib.resources import files

import polars as pl


@cache
def table(name: str) -> pl.DataFrame:
    """A file of tab-separated values beside this module, by its name."""
    return pl.read_csv(files("pipelines.match.comparison.names").joinpath(name).read_bytes(), separator="\t")


@cache
def listed(kind: str) -> tuple[str, ...]:
    """The words of one kind in `words.tsv`.

    `relation`: what somebody is to the owner of an address book, or what is there instead of somebody. `husband`: men
    whose names, with -né behind them, are their wives' in Hungary. `female`, `given`, `family`: see `gender`.
    """
    return tuple(table("words.tsv").filter(pl.col("kind") == kind)["word"])
