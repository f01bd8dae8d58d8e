"""Tables that fit the terminal: columns that do not fit are left out whole, the least important first."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from console.terminal.screen import cell, out, say

NARROWEST = 12  # of a column that may break its lines
UNBOUND = 10_000


def print_fitted(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], importance: Sequence[str]) -> None:
    """Print rows under these columns, and say which columns were left out.

    A phone number, an address, a name of a source never breaks: only the name of a person and reasons do. Columns that
    are not in `importance` (the most important first) go first, the last one before the others.
    """
    ranked = [each for each in importance if each in columns] + [each for each in columns if each not in importance]
    shown = list(columns)
    unbound = out.options.update(max_width=UNBOUND)  # else it is measured as if it did fit
    while len(shown) > 1 and out.measure(made(title, shown, columns, rows), options=unbound).minimum > out.width:
        least = max(shown, key=ranked.index)
        shown.remove(least)
    out.print(made(title, shown, columns, rows))
    if left_out := [each for each in columns if each not in shown]:
        say(f"Too narrow for {', '.join(left_out)}: widen the terminal, choose --columns, or use --format json.")


def made(title: str, shown: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """The table with the columns that are shown."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in shown:
        breaks = column in ("name", "why")
        place = columns.index(column)
        longest = max((len(cell(row[place])) for row in rows), default=0)
        table.add_column(
            column, overflow="fold", no_wrap=not breaks, min_width=min(NARROWEST, longest) if breaks else None
        )
    for row in rows:
        table.add_row(*(Text(cell(row[columns.index(column)])) for column in shown))
    return table
