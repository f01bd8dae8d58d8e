"""What every format has: a function that writes the next contacts."""

from collections.abc import Callable

import polars as pl

Write = Callable[[pl.DataFrame], object]
