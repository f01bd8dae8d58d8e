"""Date and time at the head of a WhatsApp line: shapes they come in, and which number is the day.

Digits decide which number is the day, and a locale where they leave it open. Words for half a day are those of CLDR.
Years of the Buddhist era (Thailand) and of Japanese eras are understood; months in words and other calendars are not,
so no header is found.
"""

import re
from datetime import date, time
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from pipelines.errors import DeliveryHeld
from pipelines.normalise.locale import convention
from pipelines.read.whatsapp_chat import half_days
from schemas.error_codes import ErrorCode

DateOrder = Literal["day_first", "month_first", "year_first"]
ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
ORDER_OF: dict[str, DateOrder] = {"dmy": "day_first", "mdy": "month_first", "ymd": "year_first"}
MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
SPACE = "[ \u00a0\u202f\u2009]"
YEARS = range(2009, 2051)  # WhatsApp began in 2009; years of other calendars fall outside
BUDDHIST = 543  # years that the Buddhist era is ahead
ERAS = {"H": 1988, "R": 2018}  # the years before the first of Heisei and of Reiwa

_DATE = [r"(?P<a>[HR]?\d{1,4})", "(?P<dot>[./-])", f"{SPACE}?", r"(?P<b>\d{1,2})", "(?P=dot)", f"{SPACE}?"]
_DATE += [r"(?P<c>[HR]?\d{1,4})", rf"\.?(?:{SPACE}(?:BE|B\.E\.|พ\.ศ\.))?"]
_GAP = [f"(?:[,،][{MARKS}]*{SPACE}?|{SPACE})"]
_WORD = r"[^\W\d_][^\d\s:/,،\[\]()<>–-]{0,15}"  # vowel signs of many scripts are no letters
_BESIDE = rf"(?:[^\W\d_]\.{SPACE}[^\W\d_]\.?|{_WORD}(?:{SPACE}{_WORD}){{0,3}})"
_TIME = [rf"(?:(?P<before>{_BESIDE}){SPACE}?)?"]
_TIME += [r"(?P<hour>\d{1,2})", "[:.]", r"(?P<minute>\d\d)", r"(?:[:.](?P<second>\d\d))?", f"{SPACE}?"]
_TIME += [rf"(?P<half>{_BESIDE})?"]
_STAMPS = (_DATE + _GAP + _TIME, _TIME + _GAP + _DATE)
_CLOCK = re.compile("".join(_TIME))
_FRAMES = {"[": ([r"\["], [rf"\]{SPACE}?"]), "-": ([], [f"{SPACE}?", f"[-–]{SPACE}"]), ":": ([], [f":{SPACE}"])}
_HEADERS = [
    (kind, stamp is _STAMPS[1], re.compile(f"[{MARKS}]*".join(["", *before, *stamp, *after])))
    for kind, (before, after) in _FRAMES.items()
    for stamp in _STAMPS
]


class Shape(NamedTuple):
    """What all headers of one export have in common."""

    frame: str
    time_first: bool
    separator: str
    wide_years: bool
    seconds: bool
    half_days: bool


class WallClock(NamedTuple):
    """A time on the clock, and how it is written. `time` is None beside a word that may be any half of the day."""

    time: time | None
    seconds: bool
    half_days: bool


class Header(NamedTuple):
    """Date (its three numbers as they stand), wall-clock time (see `WallClock`), and the rest of the line."""

    shape: Shape
    parts: tuple[int, int, int]
    time: time | None
    body: str


def header(line: str) -> Header | None:
    """The header a line begins with, if it does and if its numbers can be a date and a time at all."""
    if not line[:1] or not (line[0].isdecimal() or line[0] in MARKS or line[0] == "["):
        return None
    for frame, time_first, pattern in _HEADERS:
        if found := pattern.match(line):
            a, b, c = found["a"], found["b"], found["c"]
            parts = (_number(a), int(b), _number(c))
            wall = _wall_clock(found)
            if wall is None or not any(dated(parts, order) for order in ORDERS):
                return None
            wide = len(a) == 4 or len(c) == 4
            shape = Shape(frame, time_first, found["dot"], wide, wall.seconds, wall.half_days)
            return Header(shape, parts, wall.time, line[found.end() :])
    return None


def wall_clock(text: str) -> WallClock | None:
    """The time that a text is, if it is one."""
    found = _CLOCK.fullmatch(text)
    return _wall_clock(found) if found else None


@lru_cache(4096)
def dated(parts: tuple[int, int, int], order: DateOrder) -> date | None:
    """The date three numbers mean in an order, or None where they can mean none."""
    a, b, c = parts
    year, month, day = {"day_first": (c, b, a), "month_first": (c, a, b), "year_first": (a, b, c)}[order]
    year = year + 2000 if year < 100 else year
    year = year - BUDDHIST if year - BUDDHIST in YEARS else year
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def order_in(locale: str | None, separator: str) -> DateOrder | None:
    """The order of dates with a separator: that of the locale; no locale puts the month first between dots."""
    stated = ORDER_OF[convention(locale).order] if locale else None
    return "day_first" if separator == "." and stated in (None, "month_first") else stated


class Evidence:
    """What the dates of a file say about their order."""

    def __init__(self) -> None:
        self.headers = 0
        self.impossible = dict.fromkeys(ORDERS, 0)
        self.backward = dict.fromkeys(ORDERS, 0)
        self.differs = False
        self._last: dict[DateOrder, date] = {}

    def add(self, parts: tuple[int, int, int], times: int = 1) -> None:
        """Take in the numbers of the next headers, as many as have the same ones."""
        self.headers += times
        self.differs |= parts[0] != parts[1]
        for order in ORDERS:
            day = dated(parts, order)
            if day is None:
                self.impossible[order] += times
            else:
                self.backward[order] += day < self._last.get(order, day)
                self._last[order] = day


def date_order(evidence: Evidence, configured: DateOrder | None) -> DateOrder:
    """The order with the fewest impossible dates, then the fewest steps back in time, then the configured one.

    Two-digit years in front are taken only where nothing else fits as well, or where they are configured.

    Raises:
        DeliveryHeld: DATE_AMBIGUOUS where none of these tells.
    """
    scores = {order: (evidence.impossible[order], evidence.backward[order]) for order in ORDERS}
    leaders = [order for order in ORDERS if scores[order] == min(scores.values())]
    if configured is not None and configured in leaders:
        return configured
    likely = [order for order in leaders if order != "year_first"] or leaders
    if len(likely) == 1 or not evidence.differs:
        return likely[0]
    raise DeliveryHeld(
        ErrorCode.DATE_AMBIGUOUS,
        "the dates fit day and month either way round: "
        "set date_order: day_first or month_first for this source in onecontact.yaml",
    )


def _number(part: str) -> int:
    return ERAS[part[0]] + int(part[1:]) if part[0] in ERAS else int(part)


def _wall_clock(found: re.Match[str]) -> WallClock | None:
    """The time found; None where there is none, or words beside it that are no part of a time."""
    words = [word for word in (found["before"], found["half"]) if word and not half_days.says_nothing(word)]
    unknown = [word for word in words if not half_days.known(word)]
    if len(words) > 1 or any(len(word.split()) > 1 for word in unknown):
        return None
    hour: int | None = int(found["hour"])
    if words:
        hour = half_days.hour_of(int(found["hour"]), int(found["minute"]), words[0])
    try:
        stated = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None
    at = None if hour is None else stated.replace(hour=hour)
    return WallClock(at, found["second"] is not None, bool(words))
