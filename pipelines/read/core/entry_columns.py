"""Whole columns out of entries: Polars takes a column in no time, but rows, datetimes and lists one at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from schemas import received

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Flat:
    """Tuples of one kind, held as one list of all their values: that spares the garbage collector most of its work."""

    def __init__(self, fields: Sequence[str], inner: Sequence[str] = (), field: str | None = None) -> None:
        """Hold tuples of these fields, of which `field`, if there is one, is itself a tuple, and `inner` its fields."""
        self._place = len(fields) if field is None else fields.index(field)
        self._fields = (*fields[: self._place], *inner, *fields[self._place + 1 :])
        self._values: list[Any] = []
        self._rows: list[int] = []

    @property
    def size(self) -> int:
        """How many are held."""
        return len(self._rows)

    def add(self, entry: tuple[Any, ...], row: int = 0) -> None:
        """Hold one more, and the number of its row if it has one."""
        self._rows.append(row)
        self._values += entry

    def add_unfolded(self, entry: tuple[Any, ...], row: int) -> None:
        """Hold one more that has a tuple in it."""
        values, place = self._values, self._place
        self._rows.append(row)
        values += entry[:place]
        values += entry[place]
        values += entry[place + 1 :]

    def columns(self) -> dict[str, Any]:
        """The values by field, and the rows as `row`."""
        width = len(self._fields)
        return {name: self._values[nth::width] for nth, name in enumerate(self._fields)} | {"row": self._rows}


def columns(fields: Sequence[str], entries: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """The values of tuples that all have these fields, by field."""
    values: Iterable[Any] = zip(*entries, strict=True) if entries else [()] * len(fields)
    return dict(zip(fields, values, strict=True))


def instants(times: Sequence[datetime | None]) -> pl.Series:
    """Times as instants in UTC, by way of whole numbers."""
    micros = [None if time is None else (time - EPOCH) // MICROSECOND for time in times]
    return pl.Series(micros, dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))


def lists(values: Sequence[Sequence[Any]], inner: pl.DataType) -> pl.Series:
    """A column of lists, most of which are empty."""
    flat = [(nth, each) for nth, every in enumerate(values) if every for each in every]
    if not flat:
        return pl.repeat([], len(values), dtype=pl.List(inner), eager=True)
    items = pl.Series([each for _, each in flat], dtype=inner)
    found = pl.DataFrame({"nth": pl.Series([nth for nth, _ in flat], dtype=pl.UInt32), "item": items})
    every = pl.DataFrame({"nth": pl.int_range(len(values), dtype=pl.UInt32, eager=True)})
    listed = every.join(found.group_by("nth").agg("item"), on="nth", how="left", maintain_order="left")
    return listed["item"].fill_null([])


def patched(column: pl.Series, places: pl.Series, values: pl.Series) -> pl.Series:
    """A column with other values in some places. Long texts are not copied, as `scatter` would."""
    found = pl.int_range(len(column), dtype=pl.UInt32, eager=True)
    beyond = pl.int_range(len(column), len(column) + len(values), dtype=pl.UInt32, eager=True)
    return pl.concat([column, values], rechunk=True).gather(found.scatter(places, beyond)) if len(values) else column


def framed(contract: type[received.Frame], values: Mapping[str, Any], rows: int) -> pl.DataFrame:
    """A frame of the contract's columns; those of lists that are not given are of empty ones, all others of nulls."""
    if not rows:
        return received.empty(contract)
    return pl.DataFrame(
        [
            pl.Series(name, values[name], dtype=kind)
            if name in values
            else pl.repeat([] if isinstance(kind, pl.List) else None, rows, dtype=kind, eager=True).alias(name)
            for name, kind in received.column_types(contract).items()
        ]
    )
