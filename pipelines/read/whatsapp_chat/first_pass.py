"""The first look at a WhatsApp chat: how its headers look, which number of a date is the day, and who talks."""

from collections.abc import Collection
from typing import BinaryIO, NamedTuple

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.read.whatsapp_chat.clock import DateOrder, Evidence, date_order, order_in
from pipelines.read.whatsapp_chat.line_headers import heads, shape_of, unpacked
from pipelines.read.whatsapp_chat.media_and_notices import MARKED, by_the_app, of_app, of_group
from pipelines.read.whatsapp_chat.participants import OfGroup, Parties, Senders, counted_title, parties, same
from schemas.error_codes import ErrorCode

LOOKED_AT = 20  # of what stands under the title, before all of it is
HELD_BLOCKS = 2  # WhatsApp exports 40,000 messages at most, which are fewer
QUOTES = ('"{}"', "“{}”", "„{}“", "«{}»", "« {} »", "'{}'", "‘{}’")


class Reading(NamedTuple):
    """What the first look found out, for the reading itself. `shape` is `line_headers.code`.

    `held` are the lines with their headers, of a chat small enough to be looked at once.
    """

    shape: int
    order: DateOrder
    senders: Senders
    parties: Parties
    held: list[pl.DataFrame] | None


class Seen(NamedTuple):
    """What the lines of one shape of header say."""

    dates: Evidence
    senders: Senders


def survey(
    stream: BinaryIO,
    title: str | None,
    stem: str,
    owners: Collection[str],
    configured: DateOrder | None = None,
    locale: str | None = None,
) -> Reading:
    """Look through a chat once.

    Raises:
        DeliveryRefused: FILE_EMPTY, FILE_ENCODING, FILE_FORMAT where no line has a header.
        DeliveryHeld: DATE_AMBIGUOUS, PARTIES_UNKNOWN.
    """
    known = [*owners, *filter(None, [title, title and counted_title(title, ())])]
    shapes: dict[int, Seen] = {}
    quoted = [quote.format(title) for quote in QUOTES if title]
    lines, of_group_told, notices, more_said = 0, False, 0, False
    held: list[pl.DataFrame] | None = []
    for block in heads(stream):
        lines += block.height
        if held is not None:
            held = [*held, block] if len(held) < HELD_BLOCKS else None
        begun = block.filter(pl.col("shape").is_not_null())
        for (shape,), own in begun.partition_by("shape", as_dict=True, maintain_order=True).items():
            seen = shapes.setdefault(shape, Seen(Evidence(), Senders(known)))
            _take_in(own, seen)
            of_group_told = of_group_told or _tells_of_group(own, quoted, seen.senders)
            if title and not more_said:
                told, more_said = _under(title, own)
                notices += told
    if not lines:
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: export the chat again")
    if not shapes:
        raise DeliveryRefused(
            ErrorCode.FILE_FORMAT,
            "no line begins with a date and time in a form known here: export the chat from a phone that "
            "writes dates in digits, in the Gregorian calendar or that of Thailand or Japan",
        )
    shape = max(shapes, key=lambda shape: shapes[shape].dates.headers)
    dates, senders = shapes[shape]
    order = date_order(dates, configured or order_in(locale, shape_of(shape).separator))
    names = senders.names()
    title = counted_title(title, names) if title else None
    of_group = OfGroup(of_group_told, notices > 0 and not more_said)
    return Reading(shape, order, senders, parties(title, stem, names, [*owners], of_group), held)


def _take_in(begun: pl.DataFrame, seen: Seen) -> None:
    runs = begun["parts"].rle().struct.unnest()
    for times, parts in runs.iter_rows():
        seen.dates.add(unpacked(parts), times)
    marked = _marked(begun["words"]).fill_null(value=True)  # or without a name
    alike = begun.filter(~marked).group_by("name").agg(pl.col("line").min(), times=pl.len())
    alike = alike.select("line", "times", body=pl.col("name") + ": ")
    others = begun.filter(marked).select("line", "body", times=pl.lit(1, pl.UInt32))
    for body, times in pl.concat([alike, others], how="diagonal").sort("line").select("body", "times").iter_rows():
        seen.senders.add(body, times)


def _tells_of_group(begun: pl.DataFrame, quoted: list[str], senders: Senders) -> bool:
    """Whether a notice is one of a group, or quotes the title, as those of groups do."""
    nameless = begun.filter(pl.col("name").is_null())["body"]
    if quoted and any(senders.split(body) is None for body in nameless.filter(nameless.str.contains_any(quoted))):
        return True
    plain = nameless.filter(~nameless.str.contains(": ", literal=True)).unique()
    if any(of_group(body) for body in plain):
        return True
    marked = begun["words"].filter(_marked(begun["words"])).unique()
    return any(of_group(words) and by_the_app(words) for words in marked)


def _marked(words: pl.Series) -> pl.Series:
    """Whether words begin with a mark of the app; null where there are none."""
    return words.str.starts_with(MARKED[0]) | words.str.starts_with(MARKED[1])


def _under(title: str, begun: pl.DataFrame) -> tuple[int, bool]:
    """Of what stands under a chat's title as if it was a sender: how many are notices, and if there is more."""
    written_as = [name for name in begun["name"].drop_nulls().unique() if same(name, title)]
    words = begun.filter(pl.col("name").is_in(written_as))["words"]
    more = begun.filter(pl.col("name").is_null() & pl.col("body").str.starts_with(f"{title}: "))["body"]
    under = pl.concat([words, more.str.slice(len(title) + 2)])
    told = [of_app(text) for text in under.head(LOOKED_AT)]
    if not all(told):  # nearly every chat between two
        return 0, True
    told += [of_app(text) for text in under[LOOKED_AT:]]
    return len(told), not all(told)
