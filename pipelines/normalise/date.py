"""Dates and times as sources write them: which day, which instant, and when the digits alone cannot say."""

from zoneinfo import ZoneInfo

import polars as pl

from pipelines.normalise.local_date import year_first
from pipelines.normalise.locale import Convention
from pipelines.normalise.text import clean
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Precision, ZoneSource

# Year first, day first with dots, or two numbers whose order is open: y-m-d, d.m.y, a/b/y.
CALENDAR = (
    r"^(?:(?<y1>[1-9][0-9]{3})[-/](?<m1>[0-9]{1,2})[-/](?<d1>[0-9]{1,2})"
    r"|(?<y4>[1-9][0-9]{3})\. ?(?<m4>[0-9]{1,2})\. ?(?<d4>[0-9]{1,2})\.?"
    r"|(?<d2>[0-9]{1,2})\. ?(?<m2>[0-9]{1,2})\. ?(?<y2>[1-9][0-9]{3})"
    r"|(?<a>[0-9]{1,2})[-/](?<b>[0-9]{1,2})[-/](?<y3>[1-9][0-9]{3}))(?<rest>.*)$"
)
CLOCK = (
    r"^(?:[Tt ]|, )(?<hour>[0-9]{1,2}):(?<minute>[0-5][0-9])(?::(?<second>[0-5][0-9])(?:[.,](?<fraction>[0-9]{1,9}))?)?"
    r"(?: ?(?<half>[AaPp])\.?[Mm]\.?)?"
    r" ?(?:(?<utc>Z|UTC|GMT)|(?<sign>[+-])(?<off_h>0[0-9]|1[0-5]):?(?<off_m>[0-5][0-9])?)?$"
)
EPOCH_SECONDS = r"^([0-9]{9,10})(?:\.([0-9]{1,9}))?$"  # 1973 to 2286
EPOCH_FRACTION = r"^[0-9]{9,10}\."
EPOCH_MILLIS = r"^[0-9]{12,13}$"


def dates(frame: pl.DataFrame, convention: Convention | None = None) -> pl.DataFrame:
    """Add the day that each `raw` names; of a date with a time, the date as written, in whatever zone.

    Understood are 2025-04-03, 2025/4/3, 2025.4.3, 3.4.2025 (with dots the day is first unless the year is), each with
    or without a time behind it, and 13/4/2025 or 4/13/2025 (or with hyphens) where one of the numbers cannot be a
    month. A convention says which is the month for all of these, and adds what `pipelines.normalise.local_date` knows.

    Args:
        frame: `raw` (String, nullable), and anything else.
        convention: That of the source's locale, if it states one.

    Returns:
        The frame, with `day` (Date, or null) and `code` (String: DATE_AMBIGUOUS, DATE_UNPARSEABLE or null).
    """
    return frame.with_columns(_read(frame["raw"], convention).select("day", code=_code("day")))


def timestamps(frame: pl.DataFrame, zone: ZoneInfo, convention: Convention | None = None) -> pl.DataFrame:
    """Add the instant that each `raw` names; one written without an offset is a time on the walls of `zone`.

    Understood are the dates of `dates` with or without a time (then: the start of the day), 24 hours or AM and PM,
    with Z, UTC, GMT or an offset or without; and seconds (with fractions) or milliseconds since 1970. Of an hour that
    the clocks repeat the first is meant; an hour that they leave out is read as if they had not been put forward.

    Args:
        frame: `raw` (String, nullable), and anything else.
        zone: Zone of the source, for times that do not state one.
        convention: That of the source's locale, if it states one.

    Returns:
        The frame, with `at` (Datetime in microseconds, UTC, or null), `precision` (String: Precision), `zone_source`
        (String: ZoneSource), both null without `at`, and `code` (String: DATE_AMBIGUOUS, DATE_UNPARSEABLE or null).
    """
    read = _read(frame["raw"], convention).with_columns(wall=_wall())
    read = read.with_columns(stated=pl.coalesce(_by_offset(), _by_epoch()))
    read = read.with_columns(at=pl.coalesce("stated", _by_zone(zone.key)))
    source = (
        pl.when(pl.col("stated").is_null())
        .then(pl.lit(ZoneSource.ASSUMED.value))
        .otherwise(pl.lit(ZoneSource.STATED.value))
    )
    known = pl.col("at").is_not_null()
    return frame.with_columns(
        read.select(
            "at", precision=pl.when(known).then(_precision()), zone_source=pl.when(known).then(source), code=_code("at")
        )
    )


def _read(raw: pl.Series, convention: Convention | None) -> pl.DataFrame:
    """Cells taken apart: clean `text`, its `day`, whether the order of that day is `open`, and the parts of a clock."""
    text = clean(pl.col("raw"))
    fields = raw.alias("raw").to_frame().select(text=year_first(text, convention) if convention else text)
    fields = fields.with_columns(pl.col("text").str.extract_groups(CALENDAR).alias("calendar")).unnest("calendar")
    fields = fields.with_columns(pl.col("rest").str.extract_groups(CLOCK).alias("clock")).unnest("clock")
    one, two = pl.col("a").cast(pl.Int8), pl.col("b").cast(pl.Int8)
    month = pl.coalesce("m1", "m2", "m4", pl.when(two > 12).then("a").otherwise("b"))
    day = pl.coalesce("d1", "d2", "d4", pl.when(two > 12).then("b").otherwise("a"))
    written = pl.format("{}-{}-{}", pl.coalesce("y1", "y2", "y3", "y4"), month, day).str.to_date(
        "%Y-%m-%d", strict=False
    )
    legible = (pl.col("rest") == "") | pl.col("minute").is_not_null()
    is_open = legible & one.is_between(1, 12) & two.is_between(1, 12) & (one != two)
    return fields.with_columns(
        day=pl.when(legible & ~is_open.fill_null(False)).then(written), open=is_open.fill_null(False)
    )


def _code(value: str) -> pl.Expr:
    """What is wrong with a cell that gave no value."""
    return (
        pl.when("open")
        .then(pl.lit(ErrorCode.DATE_AMBIGUOUS.value))
        .when(pl.col("text").is_not_null() & pl.col(value).is_null())
        .then(pl.lit(ErrorCode.DATE_UNPARSEABLE.value))
    )


def _wall() -> pl.Expr:
    """The time that a clock on the wall showed; null where there is no such hour."""
    hour, half = pl.col("hour").cast(pl.Int64), pl.col("half").str.to_lowercase()
    hour = (
        pl.when(half.is_null() & (hour < 24))
        .then(hour)
        .when(half.is_not_null() & hour.is_between(1, 12))
        .then(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
        .when(pl.col("rest") == "")
        .then(0)
    )
    minute, second = (pl.col(name).cast(pl.Int64).fill_null(0) for name in ("minute", "second"))
    of_day = pl.duration(hours=hour, minutes=minute, seconds=second, microseconds=_micros(pl.col("fraction")))
    return pl.col("day").cast(pl.Datetime("us")) + of_day


def _micros(fraction: pl.Expr) -> pl.Expr:
    """Digits behind the point of a second, as microseconds; what is finer is cut."""
    return fraction.str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)


def _by_offset() -> pl.Expr:
    """The instant of a wall time that states its distance from UTC."""
    hours, minutes = pl.col("off_h").cast(pl.Int64), pl.col("off_m").cast(pl.Int64).fill_null(0)
    east = (hours * 60 + minutes) * pl.when(pl.col("sign") == "-").then(-1).otherwise(1)
    offset = pl.when(pl.col("utc").is_not_null()).then(0).otherwise(east)
    return (pl.col("wall") - pl.duration(minutes=offset)).dt.replace_time_zone("UTC")


def _by_zone(zone: str) -> pl.Expr:
    """The instant of a wall time in a zone, where it states no distance itself."""
    wall, hour = pl.col("wall"), pl.duration(hours=1)

    def instant(time: pl.Expr) -> pl.Expr:
        return time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")

    return pl.coalesce(instant(wall), instant(wall - hour) + hour)


def _by_epoch() -> pl.Expr:
    """The instant that is so many seconds or milliseconds after the beginning of 1970."""
    text = pl.col("text")
    parts = text.str.extract_groups(EPOCH_SECONDS).struct
    micros = parts.field("1").cast(pl.Int64) * 1_000_000 + _micros(parts.field("2"))
    millis = pl.when(text.str.contains(EPOCH_MILLIS)).then(text).cast(pl.Int64)
    return pl.coalesce(micros, millis * 1000).cast(pl.Datetime("us", "UTC"))


def _precision() -> pl.Expr:
    """How exactly a time is stated."""
    text = pl.col("text")
    return (
        pl.when(pl.col("fraction").is_not_null() | text.str.contains(EPOCH_MILLIS) | text.str.contains(EPOCH_FRACTION))
        .then(pl.lit(Precision.MILLISECOND.value))
        .when(pl.col("second").is_not_null() | text.str.contains(EPOCH_SECONDS))
        .then(pl.lit(Precision.SECOND.value))
        .otherwise(pl.lit(Precision.MINUTE.value))
    )
