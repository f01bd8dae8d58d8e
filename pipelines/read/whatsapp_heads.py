"""Headers of WhatsApp lines, a block of lines at a time.

Most headers are plain: ASCII digits, date first, a comma or a space, one of two frames. Polars finds and parts those as
whole columns, and only their different dates and times are looked at in Python. All other lines that could begin with
a header go through `pipelines.read.whatsapp_clock.header` one by one. Both give the same.
"""

from collections.abc import Callable, Iterator
from datetime import time
from functools import lru_cache
from typing import BinaryIO

import polars as pl

from pipelines.read.entry_columns import columns
from pipelines.read.lines import line_blocks
from pipelines.read.whatsapp_clock import MARKS, Shape, header
from pipelines.read.whatsapp_parties import SENDER_LENGTH

HEADS = pl.Schema(
    {
        "line": pl.UInt32(),
        "text": pl.String(),  # the whole line
        "shape": pl.Int32(),  # `code` of the header's shape; null where the line has no header
        "parts": pl.Int32(),  # `packed` numbers of its date
        "clock": pl.Int32(),  # seconds since midnight on the clock
        "body": pl.String(),  # what follows the header
        "name": pl.String(),  # before the first colon of the body; null where more than one may be meant
        "words": pl.String(),  # what follows that
    }
)
FRAMES = "[-:"
SEPARATORS = "./-"

_DATE = r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}"
_TIME = "[0-9]{1,2}[:.][0-9][0-9](?:[:.][0-9][0-9])?(?:[ \u00a0\u202f]?[AaPp]\\.?[ \u00a0\u202f]?[Mm]\\.?)?"
_PLAIN = {"[": rf"^[{MARKS}]*\[{_DATE},? {_TIME}\] ", "-": f"^[{MARKS}]*{_DATE},? {_TIME} - "}
_ENDS = {"[": "] ", "-": " - "}
_POSSIBLE = rf"^[\d{MARKS}\[]"


def heads(stream: BinaryIO) -> Iterator[pl.DataFrame]:
    """The lines of a chat, in blocks, with the headers they begin with (HEADS)."""
    return map(headed, line_blocks(stream))


def headed(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines (`pipelines.read.lines.LINES`) with the headers they begin with (HEADS)."""
    text = lines["text"]
    plain = {frame: text.str.contains(pattern) for frame, pattern in _PLAIN.items()}
    frame = max(plain, key=lambda frame: plain[frame].sum())
    found = _plain(lines, plain[frame], frame)
    rest = (~plain[frame] & text.str.contains(_POSSIBLE)).arg_true()
    one_by_one = [(place, head) for place, line in zip(rest, text.gather(rest), strict=True) if (head := header(line))]
    if one_by_one:
        others = [(code(head.shape), packed(head.parts), _seconds(head.time), head.body) for _, head in one_by_one]
        places = [place for place, _ in one_by_one]
        found = found.with_columns(
            found[name].scatter(places, pl.Series(values, dtype=HEADS[name]))
            for name, values in columns(("shape", "parts", "clock", "body"), others).items()
        )
    return found.hstack(_parted(found["body"]))


def code(shape: Shape) -> int:
    """A shape as a number."""
    placed = FRAMES.index(shape.frame) * 2 + shape.time_first
    of_date = SEPARATORS.index(shape.separator) * 2 + shape.wide_years
    return (placed * 6 + of_date) * 4 + shape.seconds * 2 + shape.half_days


def shape_of(number: int) -> Shape:
    """The shape that a number means."""
    number, half_days = divmod(number, 2)
    number, seconds = divmod(number, 2)
    number, wide_years = divmod(number, 2)
    number, separator = divmod(number, len(SEPARATORS))
    frame, time_first = divmod(number, 2)
    where, between = FRAMES[frame], SEPARATORS[separator]
    return Shape(where, bool(time_first), between, bool(wide_years), bool(seconds), bool(half_days))


def packed(parts: tuple[int, int, int]) -> int:
    """The numbers of a date as one number."""
    return (parts[0] * 100 + parts[1]) * 10_000 + parts[2]


def unpacked(number: int) -> tuple[int, int, int]:
    """The numbers of a date that are packed in one."""
    front, last = divmod(number, 10_000)
    return (*divmod(front, 100), last)


def _plain(lines: pl.DataFrame, plain: pl.Series, frame: str) -> pl.DataFrame:
    """HEADS, up to the body, of lines with a plain header. A date or time that cannot be is no header after all."""
    own = pl.select(pl.when(plain).then(lines["text"])).to_series()
    pieces = own.str.splitn(_ENDS[frame], 2).struct.unnest()
    stamp = pieces["field_0"].str.strip_chars_start(MARKS + "[").str.splitn(" ", 2).struct.unnest()
    day = _each(stamp["field_0"], _day)
    clock = _each(stamp["field_1"], _clock)
    of_frame = code(Shape(frame, False, SEPARATORS[0], False, False, False))
    known = day.is_not_null() & clock.is_not_null()
    return lines.select(
        "line",
        "text",
        shape=(of_frame + day % 24 + clock % 4).cast(pl.Int32),
        parts=pl.when(known).then(day // 24).cast(pl.Int32),
        clock=pl.when(known).then(clock // 4).cast(pl.Int32),
        body=pl.when(known).then(pieces["field_1"]),
    )


def _parted(bodies: pl.Series) -> pl.DataFrame:
    """The name before the words, and the words; neither where more than one name may be meant."""
    pieces = bodies.str.splitn(": ", 2).struct.unnest()
    name, words = pieces["field_0"], pieces["field_1"]
    alone = ~words.str.head(SENDER_LENGTH).str.contains(": ", literal=True) & ~bodies.str.ends_with(":")
    sure = alone & (name.str.len_bytes() < SENDER_LENGTH)
    return pl.select(name=pl.when(sure).then(name), words=pl.when(sure).then(words))


def _each(column: pl.Series, meaning: Callable[[str], int | None]) -> pl.Series:
    """What the texts of a column mean, each different one asked for once."""
    texts = column.unique()
    meanings = pl.Series([None if text is None else meaning(text) for text in texts], dtype=pl.Int64)
    return column.replace_strict(texts, meanings, return_dtype=pl.Int64).cast(pl.Int64)


@lru_cache(8_192)
def _day(text: str) -> int | None:
    found = header(f"{text} 0:00 - ")
    return packed(found.parts) * 24 + code(found.shape) % 24 if found else None


@lru_cache(1 << 17)
def _clock(text: str) -> int | None:
    found = header(f"1/1/2020, {text} - ")
    if found is None:
        return None
    return _seconds(found.time) * 4 + found.shape.seconds * 2 + found.shape.half_days


def _seconds(wall: time) -> int:
    return wall.hour * 3600 + wall.minute * 60 + wall.second
