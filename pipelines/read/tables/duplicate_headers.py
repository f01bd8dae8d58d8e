"""Columns under one header: those that hold several values are read together, of the others a row may state one."""

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.normalise.text import NO_VALUE
from pipelines.read.tables.header_words import shared
from pipelines.read.tables.spreadsheet_cells import CLEAR


def duplicates(header: Sequence[str], meanings: Sequence[str]) -> list[list[int]]:
    """The places of columns that have one header and one meaning, the spelling apart; only of headers there twice."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, (name, meaning) in enumerate(zip(shared(header), meanings, strict=True)):
        places.setdefault((name.replace(" ", ""), meaning), []).append(place)
    return [each for each in places.values() if len(each) > 1]


def contradiction(places: Sequence[int]) -> pl.Expr:
    """Whether the cells of a row (c0, c1, ...) in some columns state several values, without regard to case."""
    return pl.concat_list(map(stated, places)).list.drop_nulls().list.n_unique() > 1


def attribute_names(
    header: Sequence[str], meanings: Sequence[str], addresses: Sequence[Sequence[int]] = ()
) -> Mapping[int, pl.Expr]:
    """The attribute that each row states in a column that means what an earlier one does, by the place of the column.

    It is that of the other column, or where the two contradict each other one that no project has: it is reported as
    not read. `addresses` are the places of the columns of each postal address, the preferred one first: one that is
    stated keeps the parts of the others out.
    """
    names: dict[int, pl.Expr] = {}
    for number, places in enumerate(addresses[1:], 2):
        taken = pl.any_horizontal(stated(place).is_not_null() for each in addresses[: number - 1] for place in each)
        for place in places:
            name = meanings[place].removeprefix("attr.")
            names[place] = pl.when(taken).then(pl.lit(f"{name}_({number})")).otherwise(pl.lit(name))
    for places in duplicates(header, meanings):
        name = meanings[places[0]].removeprefix("attr.")
        for number, place in enumerate(places[1:], 2):
            differs = contradiction([*places[: number - 1], place]).fill_null(value=False)
            names[place] = pl.when(differs).then(pl.lit(f"{name}_({number})")).otherwise(pl.lit(name))
    return names


def stated(place: int) -> pl.Expr:
    """What the cells of a column state, as it is compared."""
    return pl.col(f"c{place}").replace([CLEAR, *NO_VALUE], None).str.to_lowercase()
