"""Values that stand twice in a file: rows left out because of them, and how many there are."""

from collections.abc import Sequence

import polars as pl


class Distinct:
    """Of contacts with one value in a column, lets the first one pass; those without a value all pass."""

    def __init__(self, column: str | None) -> None:
        self.left_out = 0
        self._column = column
        self._seen = pl.Series("seen", [], pl.String)

    def first_of_each(self, contacts: pl.DataFrame) -> pl.DataFrame:
        """The contacts that pass, in their order."""
        if self._column is None:
            return contacts
        value = as_text(contacts, self._column)
        is_first = value.is_first_distinct() & ~value.is_in(self._seen.implode()) | value.is_null()
        passing = contacts.filter(is_first)
        self._seen = pl.concat([self._seen, value.filter(is_first).drop_nulls().alias("seen")])
        self.left_out += contacts.height - passing.height
        return passing


class Duplicates:
    """Counts values that stand more than once in a column; of a list, each of its values is one."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._values: dict[str, list[pl.Series]] = {name: [] for name in columns}

    def add(self, contacts: pl.DataFrame) -> None:
        """Look at further contacts."""
        for name, seen in self._values.items():
            values = contacts[name]
            if isinstance(values.dtype, pl.List):
                values = values.list.unique().explode()
            seen.append(values.drop_nulls().hash())

    def counts(self) -> dict[str, int]:
        """How many values are superfluous, by column."""
        return {name: _superfluous(seen) for name, seen in self._values.items()}


def _superfluous(seen: Sequence[pl.Series]) -> int:
    values = pl.concat(seen) if seen else pl.Series([], dtype=pl.UInt64)
    return values.len() - values.n_unique()


def as_text(contacts: pl.DataFrame, column: str) -> pl.Series:
    """A column as one text each: a list as all of its values."""
    cells = contacts[column]
    return cells.list.join("\n") if isinstance(cells.dtype, pl.List) else cells.cast(pl.String)
