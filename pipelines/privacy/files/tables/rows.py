"""Which rows of a table are a person's, and which only mention them."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.outcome import Wanted
from pipelines.privacy.needles import find, find_names, find_record_ids, find_whole_names

PROSE = 6  # words beside addresses, from which a cell is something that somebody wrote
FREE = (
    r"(?i)note|comment|remark|message|messages|description|descripci|summary|body|memo|history|about|text|transcript"
    r"|notiz|bemerkung|kommentar|nachricht|beschreibung|remarque|commentaire|mensaje|nota|observa|uwagi|opmerking"
)
ADDRESSES = r"\S+@\S+|https?://\S+"
WORD = r"\p{L}{2,}"


class Judged(NamedTuple):
    """Of each row, in their order (Boolean): whether it is the person's, and if not, whether it mentions them."""

    theirs: pl.Series
    mentions: pl.Series


def free_columns(header: Sequence[str]) -> list[bool]:
    """Which columns hold what people wrote, by their headers."""
    return series(header).str.contains(FREE).fill_null(value=False).to_list()


def judged(rows: Sequence[Sequence[str | None]], free: Sequence[bool], wanted: Wanted) -> Judged:
    """Tell a person's rows from others.

    A row is theirs if a cell holds an identifier of theirs. So it is if it holds their name and a cell is, whole, an id
    of one of their records; or if a cell is, whole, their name and any other holds an identifier. An identifier in what
    somebody wrote (a column of notes, a cell of several words) is a mention otherwise, and a name alone: it may be a
    namesake's.

    Args:
        rows: Their cells.
        free: Of each column, whether it holds what people wrote (`free_columns`); later ones do not.
        wanted: Whom to look for.
    """
    cells = series(cell for row in rows for cell in row)
    lengths = pl.Series([len(row) for row in rows], dtype=pl.UInt32)
    which = pl.int_range(len(rows), dtype=pl.UInt32, eager=True).gather(_repeated(lengths))
    free_cells = pl.Series(
        [place < len(free) and free[place] for row in rows for place in range(len(row))], dtype=pl.Boolean
    )
    proof = find(wanted.needles, cells)
    written = proof & (free_cells | _is_prose(cells, proof))
    lines = series(" ; ".join(cell or "" for cell in row) for row in rows)
    named = find_names(wanted.needles, lines)
    told = named & _any(find_record_ids(wanted.needles, cells), which, len(rows))
    told |= _any(find_whole_names(wanted.needles, cells), which, len(rows)) & _any(written, which, len(rows))
    theirs = _any(proof & ~written, which, len(rows)) | told
    return Judged(theirs, ~theirs & (named | _any(written, which, len(rows))))


def _is_prose(cells: pl.Series, asked: pl.Series) -> pl.Series:
    places = asked.arg_true()
    words = cells.gather(places).str.replace_all(ADDRESSES, " ").str.count_matches(WORD)
    return (~asked & asked).scatter(places, words >= PROSE)


def _any(cells: pl.Series, which: pl.Series, rows: int) -> pl.Series:
    """Of each row, whether one of its cells is so."""
    return _none(rows).scatter(which.filter(cells).unique(), values=True)


def _none(rows: int) -> pl.Series:
    return pl.repeat(value=False, n=rows, dtype=pl.Boolean, eager=True)


def _repeated(lengths: pl.Series) -> pl.Series:
    """The place of each row, as often as it has cells."""
    places = pl.int_range(len(lengths), dtype=pl.UInt32, eager=True)
    return pl.select(places.repeat_by(lengths).explode()).to_series().drop_nulls() if len(lengths) else places
