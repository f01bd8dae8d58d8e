"""What was written in a WhatsApp chat → its messages, notices and refusals, in the unified schema.

Nothing here goes through messages one by one but those whose words may stand for something else (media, calls, what was
deleted), of which each different one is looked at once, and those before whose words more than one name may stand.
"""

from typing import NamedTuple

import polars as pl

from pipelines.read.core.entry_columns import framed, lists, patched
from pipelines.read.core.frames import REMEMBERED, File
from pipelines.read.whatsapp_chat.first_pass import Reading
from pipelines.read.whatsapp_chat.line_headers import shape_of
from pipelines.read.whatsapp_chat.media_and_notices import by_the_app, content, may_be_other, number_changed
from pipelines.read.whatsapp_chat.participants import Parties, Senders, clean
from pipelines.read.whatsapp_chat.phrases import BLANK
from schemas import received
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import Author, Direction, EventKind, MessageKind, Outcome, Precision, ZoneSource

INSTANT = pl.Datetime("us", "UTC")
SECOND = 1_000_000  # microseconds
DAY = 86_400 * SECOND
MINUTES = pl.Series([f"{number // 60:02}:{number % 60:02}:" for number in range(24 * 60)])
SECONDS = pl.Series([f"{number:02}+00:00|" for number in range(60)])
FILES = pl.List(received.FILE)
WORDS = pl.col("words")
TIME_EXPECTED = "a date and time at the beginning of the line, with no words for half a day but those of Unicode's CLDR"


class Told(NamedTuple):
    """Messages, events and refusals, each in the order of the file and numbered through."""

    messages: pl.DataFrame
    events: pl.DataFrame
    refused: pl.DataFrame


class Counted:
    """How often the same was written before, in what was remembered of a chat."""

    def __init__(self) -> None:
        self._before = pl.DataFrame(schema={"at": pl.Int64, "hash": pl.UInt64})

    def __call__(self, at: pl.Series, keys: pl.Series) -> pl.Series:
        """Keys, which hold the time, with the number of equal ones before each: "|0" for the first."""
        hashes = keys.hash()
        earlier = self._before.filter(pl.col("at").is_between(at.min(), at.max()))["hash"]
        again = (hashes.is_duplicated() | hashes.is_in(earlier.implode())).arg_true()
        counts = (
            pl.DataFrame({"hash": hashes.gather(again)})
            .with_columns(nth=pl.int_range(pl.len(), dtype=pl.UInt32).over("hash"))
            .join(earlier.value_counts(name="times"), on="hash", how="left", maintain_order="left")
            .select(pl.col("nth") + pl.col("times").fill_null(0))
            .to_series()
        )
        self._before = pl.concat([self._before, pl.DataFrame({"at": at, "hash": hashes})]).tail(REMEMBERED)
        return patched(keys, again, keys.gather(again).str.head(-1) + counts.cast(pl.String))


def told(written: pl.DataFrame, reading: Reading, first: int, occurrences: Counted) -> Told:
    """The entries in what was written (`messages.WRITTEN`), their rows numbered from `first`."""
    entries = written.with_row_index("row", first)
    wrong = entries["at"].is_null() | _too_long(entries)
    who = reading.parties
    understood = _understood(_attributed(entries.filter(~wrong) if wrong.any() else entries, reading.senders, who.app))
    precision = Precision.SECOND if shape_of(reading.shape).seconds else Precision.MINUTE
    numbered = understood.with_columns(
        key=occurrences(understood["at"], _keys(understood, who.conversation)),
        conversation=pl.lit(who.conversation),
        at=(pl.col("at") + pl.col("later")).cast(INSTANT),
        precision=pl.lit(precision.value),
        zone_source=pl.when("is_skipped")
        .then(pl.lit(ZoneSource.SKIPPED.value))
        .otherwise(pl.lit(ZoneSource.ASSUMED.value)),
    )
    said = numbered["sender"].is_not_null()
    return Told(_messages(numbered.filter(said), who), _events(numbered.filter(~said)), _refused(entries.filter(wrong)))


def _too_long(entries: pl.DataFrame) -> pl.Series:
    """Whether the lines of each are more than a message may be; characters are only counted where bytes are as many."""
    size = entries.select(pl.col("body").str.len_bytes() + pl.col("more").str.len_bytes().fill_null(0)).to_series()
    long = (size >= MAX_TEXT).fill_null(value=False)
    if not long.any():
        return long
    length = pl.col("body").str.len_chars() + pl.col("more").str.len_chars().fill_null(0)
    return entries.select(length >= MAX_TEXT).to_series()


def _keys(entries: pl.DataFrame, conversation: str) -> pl.Series:
    """What is the same in each export: place, time, sender, words, and "0" for the first of equal ones."""
    day = entries["at"] // DAY
    days = day.rle().struct.field("value").cast(pl.Int32).cast(pl.Date).dt.strftime("|%Y-%m-%dT")
    seconds = (entries["at"] % DAY) // SECOND
    return entries.select(
        pl.concat_str(
            pl.select(pl.lit(conversation) + days).to_series().gather(day.rle_id()),
            MINUTES.gather(seconds // 60),
            SECONDS.gather(seconds % 60),
            pl.col("sender").fill_null(""),
            pl.lit("|"),
            pl.col("text").fill_null(""),
            pl.lit("|0"),
        )
    ).to_series()


def _attributed(entries: pl.DataFrame, senders: Senders, app: str | None) -> pl.DataFrame:
    """Entries with their `sender`, null for a notice, and their first line without it as `words`.

    What stands under the name of `app` is a notice.
    """
    names = entries["name"].unique()
    shown = pl.Series([(clean(name) or None) if name else None for name in names], dtype=pl.String)
    sender = entries["name"].replace_strict(names, shown, return_dtype=pl.String)
    words = entries.select(pl.when(sender.is_null()).then("body").otherwise("words")).to_series()
    nameless = entries["name"].is_null().arg_true()
    bodies = entries["body"].gather(nameless)
    split = [(senders.split(body) if ":" in body else None) or (None, body) for body in bodies]
    found = {nth: pl.Series([each[nth] for each in split], dtype=pl.String) for nth in (0, 1)}
    attributed = entries.with_columns(
        sender=patched(sender, nameless, found[0]),
        words=patched(words, nameless, found[1]),
    )
    return attributed.with_columns(pl.when(pl.col("sender") != app).then("sender")) if app else attributed


def _understood(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries with the `kind` of message, its `text` and its `attachments`. What the app wrote has no sender."""
    text = entries["words"].str.strip_chars(BLANK)
    longer = entries["more"].is_not_null()
    other = entries["sender"].is_not_null() & may_be_other(entries["words"], text, entries["more"])
    places = (longer | other).arg_true()
    rest = entries.select("sender", "words", "more")[places].with_columns(
        words=pl.concat_str("words", "more", separator="\n", ignore_nulls=True)
    )
    contents = _looked_at(rest, other.gather(places))
    whole = {
        "sender": entries["sender"],
        "text": text,
        "kind": pl.repeat(MessageKind.TEXT.value, entries.height, eager=True),
        "attachments": pl.repeat(None, entries.height, dtype=FILES, eager=True),
    }
    patches = {name: patched(column, places, contents[name]) for name, column in whole.items()}
    files = patches["attachments"]
    patches["attachments"] = files.zip_with(files.is_not_null(), pl.repeat([], len(files), dtype=FILES, eager=True))
    return entries.select("row", "line", "at", "later", "is_skipped", **patches)


def _looked_at(entries: pl.DataFrame, other: pl.Series) -> pl.DataFrame:
    """What entries of several lines, or of words that may stand for something else, are made of: the columns above."""
    different = entries["words"].filter(other).unique()
    contents = [content(words) for words in different]
    noticed = [by_the_app(words.partition("\n")[0]) for words in different]
    files = [[File(name)._asdict() for name in each.attachments] for each in contents]
    meanings = pl.DataFrame(
        {
            "words": different,
            "noticed": pl.Series(noticed, dtype=pl.Boolean),
            "kind": pl.Series([each.kind for each in contents], dtype=pl.String),
            "meant": pl.Series([each.text for each in contents], dtype=pl.String),
            "attachments": lists(files, received.FILE),
        }
    )
    asked = entries.with_columns(asked=pl.when(other).then("words"))
    told = asked.join(meanings, left_on="asked", right_on="words", how="left", maintain_order="left")
    return told.select(
        pl.when(pl.col("noticed").fill_null(value=False).not_()).then("sender").alias("sender"),
        pl.when(pl.col("noticed").fill_null(value=True))
        .then(WORDS.str.strip_chars(BLANK))
        .otherwise("meant")
        .alias("text"),
        pl.col("kind").fill_null(MessageKind.TEXT.value),
        "attachments",
    )


def _messages(said: pl.DataFrame, who: Parties) -> pl.DataFrame:
    senders = said["sender"].unique()
    roles = [who.role(sender) for sender in senders]
    directions = pl.Series([direction for direction, _ in roles], dtype=pl.String)
    persons = pl.Series([person for _, person in roles], dtype=pl.String)
    authors = [Author.CONTACT if direction is Direction.INBOUND else Author.AGENT for direction, _ in roles]
    which = said["sender"].replace_strict(senders, range(len(senders)), return_dtype=pl.UInt32).cast(pl.UInt32)
    complete = said.with_columns(
        direction=directions.gather(which),
        person=persons.gather(which),
        author=pl.Series(authors, dtype=pl.String).gather(which),
        sent_at="at",
    )
    return framed(received.Message, complete.to_dict(), complete.height)


def _events(notices: pl.DataFrame) -> pl.DataFrame:
    """Notices as events: that a number has changed is read out of the sentence, and so inferred."""
    texts = notices["text"].drop_nulls().unique()
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
    expected = TIME_EXPECTED, f"a message of at most {MAX_TEXT} characters"
    refused = wrong.with_columns(
        outcome=pl.lit(Outcome.REJECTED.value),
        code=pl.when(lost).then(pl.lit(codes[0])).otherwise(pl.lit(codes[1])),
        expected=pl.when(lost).then(pl.lit(expected[0])).otherwise(pl.lit(expected[1])),
        raw=pl.concat_str("body", "more", separator="\n", ignore_nulls=True).str.head(MAX_TEXT),
    )
    return framed(received.Refusal, refused.to_dict(), refused.height)
