"""What was written in a WhatsApp chat → its messages, notices and refusals, in the unified schema.

Nothing here goes through messages one by one but those whose words may stand for something else (media, calls, what was
deleted), of which each different one is looked at once, and those before whose words more than one name may stand.
"""

from typing import NamedTuple

import polars as pl

from pipelines.read.entry_columns import framed, lists
from pipelines.read.frames import REMEMBERED, File
from pipelines.read.whatsapp_heads import shape_of
from pipelines.read.whatsapp_parties import Parties, Senders, clean
from pipelines.read.whatsapp_survey import Reading
from pipelines.read.whatsapp_words import BLANK, by_the_app, content, may_be_other, number_changed, tells_of_number
from schemas import received
from schemas.received import MAX_TEXT
from schemas.vocabulary import Author, Direction, ErrorCode, EventKind, MessageKind, Outcome, Precision, ZoneSource

INSTANT = pl.Datetime("us", "UTC")
WORDS = pl.col("words")


class Told(NamedTuple):
    """Messages, events and refusals, each in the order of the file and numbered through."""

    messages: pl.DataFrame
    events: pl.DataFrame
    refused: pl.DataFrame


class Counted:
    """How often the same was written before, in what was remembered of a chat."""

    def __init__(self) -> None:
        self._before = pl.Series(dtype=pl.UInt64)

    def __call__(self, keys: pl.Series) -> pl.Series:
        """The number of equal keys before each."""
        hashes = keys.hash()
        again = hashes.is_duplicated() | hashes.is_in(self._before.implode())
        nth = pl.zeros(len(keys), dtype=pl.UInt32, eager=True)
        if again.any():
            repeated = pl.DataFrame({"hash": hashes.filter(again)})
            earlier = self._before.filter(self._before.is_in(repeated["hash"].implode()))
            counts = repeated.with_columns(nth=pl.int_range(pl.len(), dtype=pl.UInt32).over("hash")).join(
                earlier.alias("hash").value_counts(name="times"), on="hash", how="left", maintain_order="left"
            )
            nth = nth.scatter(again.arg_true(), counts["nth"] + counts["times"].fill_null(0))
        self._before = pl.concat([self._before, hashes]).tail(REMEMBERED)
        return nth


def told(written: pl.DataFrame, reading: Reading, first: int, occurrences: Counted) -> Told:
    """The entries in what was written (`pipelines.read.whatsapp_written.WRITTEN`), their rows numbered from `first`."""
    rows = pl.int_range(first, first + written.height, dtype=pl.UInt32, eager=True)
    length = pl.col("body").str.len_chars() + pl.col("more").str.len_chars().fill_null(0)
    entries = written.with_columns(row=rows, too_long=length >= MAX_TEXT)
    wrong = entries["at"].is_null() | entries["too_long"]
    spoken = entries.filter(~wrong) if wrong.any() else entries
    understood = _understood(_attributed(spoken, reading.senders))
    who = reading.parties
    keys = understood.select(
        pl.concat_str(
            pl.lit(who.conversation),
            _stamps(understood["at"]),
            pl.col("sender").fill_null(""),
            pl.col("text").fill_null(""),
            separator="|",
        )
    ).to_series()
    precision = Precision.SECOND if shape_of(reading.shape).seconds else Precision.MINUTE
    numbered = understood.with_columns(
        key=keys + "|" + occurrences(keys).cast(pl.String),
        conversation=pl.lit(who.conversation),
        at=pl.col("at").cast(INSTANT),
        precision=pl.lit(precision.value),
        zone_source=pl.lit(ZoneSource.ASSUMED.value),
    )
    said = numbered.filter(pl.col("sender").is_not_null())
    return Told(
        _messages(said, who), _events(numbered.filter(pl.col("sender").is_null())), _refused(entries.filter(wrong))
    )


def _stamps(at: pl.Series) -> pl.Series:
    """Times as they stand in keys. Equal ones mostly follow each other, and are written once."""
    stamps = at.rle().struct.field("value").cast(INSTANT).dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return stamps.gather(at.rle_id())


def _attributed(entries: pl.DataFrame, senders: Senders) -> pl.DataFrame:
    """Entries as line, row, at, `sender`, null for a notice, and `words` with all their lines."""
    names = entries["name"].drop_nulls().unique()
    shown = pl.Series([clean(name) or None for name in names], dtype=pl.String)
    entries = entries.with_columns(sender=pl.col("name").replace_strict(names, shown, return_dtype=pl.String))
    nameless = entries["name"].is_null()
    rest = entries.filter(nameless)
    split = [(senders.split(body) if ":" in body else None) or (None, body) for body in rest["body"]]
    rest = rest.with_columns(
        sender=pl.Series([sender for sender, _ in split], dtype=pl.String),
        words=pl.Series([words for _, words in split], dtype=pl.String),
    )
    known = entries.filter(~nameless)
    every = pl.concat([known, rest]).select(
        "line", "row", "at", "sender", "more", words=pl.when(pl.col("sender").is_null()).then("body").otherwise("words")
    )
    alone = every.filter(pl.col("more").is_null())
    longer = every.filter(pl.col("more").is_not_null()).with_columns(words=WORDS + "\n" + pl.col("more"))
    return pl.concat([alone, longer]).drop("more")


def _understood(spoken: pl.DataFrame) -> pl.DataFrame:
    """Entries with the `kind` of message, its `text` and its `attachments`. What the app wrote has no sender."""
    other = spoken["sender"].is_not_null() & may_be_other(spoken["words"])
    plain = spoken.filter(~other).select(
        "line", "row", "at", "sender", text=WORDS.str.strip_chars(BLANK), kind=pl.lit(MessageKind.TEXT.value)
    )
    rest = spoken.filter(other)
    different = rest["words"].unique()
    contents = [content(words) for words in different]
    noticed = [by_the_app(words.partition("\n")[0]) for words in different]
    files = [[File(name)._asdict() for name in each.attachments] for each in contents]
    meanings = pl.DataFrame(
        {
            "words": different,
            "noticed": pl.Series(noticed, dtype=pl.Boolean),
            "kind": pl.Series([each.kind for each in contents], dtype=pl.String),
            "text": pl.Series([each.text for each in contents], dtype=pl.String),
            "attachments": lists(files, received.FILE),
        }
    )
    rest = rest.join(meanings, on="words", how="left").select(
        "line",
        "row",
        "at",
        sender=pl.when(~pl.col("noticed")).then("sender"),
        text=pl.when("noticed").then(WORDS.str.strip_chars(BLANK)).otherwise("text"),
        kind="kind",
        attachments="attachments",
    )
    return pl.concat([plain, rest], how="diagonal").sort("row")


def _messages(said: pl.DataFrame, who: Parties) -> pl.DataFrame:
    senders = said["sender"].unique()
    roles = [who.role(sender) for sender in senders]
    authors = [Author.CONTACT if direction is Direction.INBOUND else Author.AGENT for direction, _ in roles]
    known = pl.DataFrame(
        {
            "sender": senders,
            "direction": pl.Series([direction for direction, _ in roles], dtype=pl.String),
            "person": pl.Series([person for _, person in roles], dtype=pl.String),
            "author": pl.Series(authors, dtype=pl.String),
        }
    )
    complete = said.join(known, on="sender", how="left", maintain_order="left").with_columns(
        pl.col("attachments").fill_null([]), sent_at="at"
    )
    return framed(received.Message, complete.to_dict(), complete.height)


def _events(notices: pl.DataFrame) -> pl.DataFrame:
    """Notices as events: that a number has changed is read out of the sentence, and so inferred."""
    texts = notices.filter(tells_of_number(pl.col("text")))["text"].unique()
    changes = [(text, change) for text in texts if (change := number_changed(text))]
    known = pl.DataFrame(
        [(text, change.before, change.after, True) for text, change in changes],
        schema={"text": pl.String, "before": pl.String, "after": pl.String, "inferred": pl.Boolean},
        orient="row",
    )
    changed = pl.col("inferred").is_not_null()
    kinds = EventKind.NUMBER_CHANGED.value, EventKind.SYSTEM.value
    events = (
        notices.drop("kind")
        .join(known, on="text", how="left", maintain_order="left")
        .with_columns(
            kind=pl.when(changed).then(pl.lit(kinds[0])).otherwise(pl.lit(kinds[1])),
            inferred=changed,
            text=pl.when(pl.col("text") != "").then("text"),
            happened_at="at",
        )
    )
    return framed(received.Event, events.to_dict(), events.height)


def _refused(wrong: pl.DataFrame) -> pl.DataFrame:
    lost = pl.col("at").is_null()
    codes = ErrorCode.MESSAGE_UNREADABLE.value, ErrorCode.LIMIT_EXCEEDED.value
    expected = "a date and time at the beginning of the line", f"a message of at most {MAX_TEXT} characters"
    refused = wrong.with_columns(
        outcome=pl.lit(Outcome.REJECTED.value),
        code=pl.when(lost).then(pl.lit(codes[0])).otherwise(pl.lit(codes[1])),
        expected=pl.when(lost).then(pl.lit(expected[0])).otherwise(pl.lit(expected[1])),
        raw=pl.concat_str("body", "more", separator="\n", ignore_nulls=True).str.head(MAX_TEXT),
    )
    return framed(received.Refusal, refused.to_dict(), refused.height)
