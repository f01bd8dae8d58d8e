"""How answers look: tables for people, JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipelines import wording

plural = wording.plural
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
WIDTH = 110  # columns of a table that goes to a file or a pipe, unless COLUMNS says another number

out = Console(
    highlight=False,
    soft_wrap=False,
    width=None if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal() else WIDTH,
)
err = Console(stderr=True, highlight=False)


class Clock:
    """Whose wall clock times are shown by: the project's, once it is open."""

    zone = ZoneInfo("UTC")


clock = Clock()


def say(words: str = "", style: str | None = None) -> None:
    """Print words as they are: never markup, never wrapped, so that paths and commands can be copied."""
    out.print(Text(words, style=style or ""), soft_wrap=True)


def as_json(answer: Any) -> None:
    """Print an answer for a program. Where the output has no signs for all of it, JSON has escapes of its own."""
    encoding = sys.stdout.encoding or "utf-8"  # a stream of text in memory has none
    is_utf8 = encoding.lower().replace("-", "") == "utf8"
    print(json.dumps(answer, ensure_ascii=not is_utf8, indent=2, default=plain))


def plain(value: Any) -> Any:
    """What JSON has no type for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, pl.Series):
        return value.to_list()
    return str(value)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], right: Sequence[str] = ()) -> Table:
    """A table for people. Cells are text, never markup: what customers write must not colour the screen."""
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        whole = column == "id" or column in right  # a number or its title, broken, is hard to read
        made.add_column(column, justify="right" if column in right else "left", overflow="fold", no_wrap=whole)
    for row in rows:
        made.add_row(*(Text(cell(value)) for value in row))
    return made


def cell(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(clock.zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:,}" if isinstance(value, int) else printable(str(value))


def local(value: str) -> str:
    """A stored value as people read it: instants on the project's clock, everything else as it is."""
    return cell(datetime.fromisoformat(value)) if INSTANT.fullmatch(value) else value


def printable(text: str) -> str:
    """Text without the control characters by which a message could take over a terminal."""
    return "".join(character if character.isprintable() or character == "\n" else "·" for character in text)


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Something that can be told of progress: a moving bar on a terminal, a line a stage elsewhere."""
    if not err.is_terminal:
        said: set[str] = set()

        def line(doing: str, *_: int | None) -> None:
            if doing not in said:
                said.add(doing)
                err.print(f"{doing} …", markup=False)

        yield line
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def move(doing: str, done: int, total: int | None) -> None:
            bar.update(task, description=doing, completed=done, total=total)

        yield move
