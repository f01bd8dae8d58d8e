"""Headers of WhatsApp lines, a block of lines at a time.

Most headers are plain: ASCII digits, date first, a comma or a space, one of two frames. Polars finds and parts those as
whole columns, and only their different dates and times are looked at in Python. All other lines that could begin with
a header go through `pipelines.read.whatsapp_chat.clock.header` one by one. Both give the same.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import time
from functools import lru_cache
from typing import BinaryIO

import polars as pl

from pipelines.read.core.entry_columns import columns, patched
from pipelines.read.core.lines import line_blocks
from pipelines.read.whatsapp_chat.clock import MARKS, Shape, header, wall_clock
from pipelines.read.whatsapp_chat.participants import SENDER_LENGTH

HEADS = pl.Schema(
    {
        "line": pl.UInt32(),
        "text": pl.String(),  # the whole line
        "shape": pl.Int32(),  # `code` of the header's shape; null where the line has no header
        "parts": pl.Int64(),  # `packed` numbers of its date
        "clock": pl.Int32(),  # seconds since midnight on the clock; NO_CLOCK where the half of the day is not known
        "body": pl.String(),  # what follows the header
        "name": pl.String(),  # before the first colon of the body; null where more than one may be meant
        "words": pl.String(),  # what follows that
    }
)
NO_CLOCK = -1
FRAMES = "[-:"
SEPARATORS = "./-"
AHEAD = 1  # block that is looked at while another is read
LOOKED_AT = 1_000  # lines, for which of two headers is the common one

_DATE = r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}"
_TIME = "[0-9]{1,2}[:.][0-9][0-9](?:[:.][0-9][0-9])?(?:[ \u00a0\u202f]?[AaPp]\\.?[ \u00a0\u202f]?[Mm]\\.?)?"
_PLAIN = {"[": rf"^[{MARKS}]*\[{_DATE},? {_TIME}\] ", "-": f"^[{MARKS}]*{_DATE},? {_TIME} - "}
_ENDS = {"[": "] ", "-": " - "}
_POSSIBLE = rf"^[\d{MARKS}\[]"


def heads(stream: BinaryIO) -> Iterator[pl.DataFrame]:
    """The lines of a chat, in blocks, with the headers they begin with (HEADS): found while others are looked at."""
    with ThreadPoolExecutor(AHEAD) as pool:
        found: deque[Future[pl.DataFrame]] = deque()
        for lines in line_blocks(stream):
            found.append(pool.submit(headed, lines))
            if len(found) > AHEAD:
                yield found.popleft().result()
        while found:
            yield found.popleft().result()


def headed(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines (`pipelines.read.core.lines.LINES`) with the headers they begin with (HEADS)."""
    text = lines["text"]
    first = text.head(LOOKED_AT)
    frame = max(_PLAIN, key=lambda frame: first.str.contains(_PLAIN[frame]).sum())
    plain = text.str.contains(_PLAIN[frame])
    found = _plain(lines, plain, frame)
    rest = (~plain).arg_true()
    rest = rest.filter(text.gather(rest).str.contains(_POSSIBLE))
    one_by_one = [(place, head) for place, line in zip(rest, text.gather(rest), strict=True) if (head := header(line))]
    if one_by_one:
        others = [(code(head.shape), packed(head.parts), _seconds(head.time), head.body) for _, head in one_by_one]
        places = pl.Series([place for place, _ in one_by_one], dtype=pl.UInt32)
        found = found.with_columns(
            patched(found[name], places, pl.Series(values, dtype=HEADS[name])).alias(name)
            for name, values in columns(("shape", "parts", "clock", "body"), others).items()
        )
    return _parted(found)


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
    own = lines.select("line", "text", own=pl.when(plain).then("text"))
    stamped = _halved(own, "own", _ENDS[frame], "stamp", "body").with_columns(
        pl.col("stamp").str.strip_chars_start(MARKS + "[")
    )
    timed = _halved(stamped, "stamp", " ", "date", "time")
    date = timed["date"].forward_fill()  # it lasts; a line without a header has no time either
    day = _each(date.rle().struct.field("value"), _day).gather(date.rle_id()).alias("day")
    of_frame = code(Shape(frame, False, SEPARATORS[0], False, False, False))
    known = pl.col("day").is_not_null() & pl.col("time").is_not_null()
    return timed.select("line", "text", "body", day, _each(timed["time"], _clock)).select(
        "line",
        "text",
        shape=(of_frame + pl.col("day") % 24 + pl.col("time") % 4).cast(pl.Int32),
        parts=pl.when(known).then(pl.col("day") // 24),
        clock=pl.when(known).then(pl.col("time") // 4).cast(pl.Int32),
        body=pl.when(known).then("body"),
    )


def _parted(found: pl.DataFrame) -> pl.DataFrame:
    """HEADS: with the name before the words, and the words; neither where more than one name may be meant."""
    words = pl.col("words")
    again = words.str.head(SENDER_LENGTH).str.contains(": ", literal=True) | pl.col("body").str.ends_with(":")
    sure = ~again & (pl.col("name").str.len_bytes() < SENDER_LENGTH)
    parted = _halved(found, "body", ": ", "name", "words")
    return parted.select(*list(HEADS)[:-2], name=pl.when(sure).then("name"), words=pl.when(sure).then("words"))


def _halved(texts: pl.DataFrame, column: str, mark: str, before: str, after: str) -> pl.DataFrame:
    """With what stands before the first `mark` and what follows it, null where there is none, as views of one text."""
    whole, place = pl.col(column).cast(pl.Binary), pl.col("place")
    return texts.with_columns(place=pl.col(column).str.find(mark, literal=True)).with_columns(
        whole.bin.slice(0, place).cast(pl.String).alias(before),
        whole.bin.slice(place + len(mark)).cast(pl.String).alias(after),
    )


def _each(column: pl.Series, meaning: Callable[[str], int | None]) -> pl.Series:
    """What the texts of a column mean, each different one asked for once."""
    texts = column.unique()
    meanings = pl.Series([None if text is None else meaning(text) for text in texts], dtype=pl.Int64)
    return column.replace_strict(texts, meanings, return_dtype=pl.Int64).cast(pl.Int64).alias(column.name)


@lru_cache(8_192)
def _day(text: str) -> int | None:
    found = header(f"{text} 0:00 - ")
    return packed(found.parts) * 24 + code(found.shape) % 24 if found else None


@lru_cache(1 << 17)
def _clock(text: str) -> int | None:
    found = wall_clock(text)
    return _seconds(found.time) * 4 + found.seconds * 2 + found.half_days if found else None


def _seconds(wall: time | None) -> int:
    if wall is None:
        return NO_CLOCK
    return wall.hour * 3600 + wall.minute * 60 + wall.second
