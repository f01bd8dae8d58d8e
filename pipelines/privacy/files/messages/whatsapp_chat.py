"""WhatsApp's "Export chat" without a person: a chat with them goes as a whole, of a group what they wrote."""

from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

import polars as pl

from pipelines.privacy.files.decoding import file_names
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.needles import Needles, find, find_names, find_record_ids, find_texts, is_name
from pipelines.privacy.redact import redacted
from pipelines.read.core.lines import LINES
from pipelines.read.whatsapp_chat.line_headers import headed
from pipelines.read.whatsapp_chat.participants import SENDER_LENGTH, clean, title_in

LARGEST = 256 << 20  # bytes; WhatsApp exports 40,000 messages at most
BETWEEN_TWO = 3  # senders at most, of a chat that is called after one of them; with more it is a group
BEGINNING = 4_096  # bytes in which the first message of a chat begins


class _Chat(NamedTuple):
    """The lines of a chat as they stand, and of each (`line`): `nth` message, its `sender` and `words` (or null)."""

    raw: list[bytes]
    lines: pl.DataFrame


def is_chat(start: bytes) -> bool:
    """Whether bytes are the beginning of a chat."""
    lines = start[:BEGINNING].decode("utf-8-sig", "replace").split("\n")[:3]
    return bool(_headed(lines)["shape"].is_not_null().any())


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a chat without a person.

    A chat between two that is called after the person, or in which they and one other wrote, is emptied. In a group,
    what they wrote is left out, and notices name nobody. Whoever goes by the name of the person is them if that is
    known (`names_are_theirs`), or if they wrote a text of theirs here. What others wrote stays.

    Raises:
        Unreachable: for a chat that is no UTF-8, or larger than any.
    """
    chat = _parted(item)
    needles = wanted.needles
    senders = chat.lines["sender"].drop_nulls().unique().to_list()
    known, called = _who(senders, needles)
    by_called = chat.lines.filter(pl.col("sender").is_in(called))["words"]
    trusted = wanted.names_are_theirs or bool(find_texts(needles, by_called).any())
    theirs = [*known, *called] if trusted else known
    messages = chat.lines["nth"].max() or 0
    if _is_with_them(item, senders, theirs, wanted, trusted=trusted):
        files = file_names(chat.lines["text"].to_list())
        return Done(int(messages), files=files, is_talk=True)  # type: ignore[arg-type]
    first = chat.lines.filter(pl.col("begins"))
    gone = first.filter(pl.col("sender").is_in(theirs))["nth"]
    lines = chat.lines.with_columns(gone=pl.col("nth").is_in(gone.implode()))
    texts = lines["text"]
    held = find(needles, texts)
    named = find_names(needles, texts)
    notices = lines["sender"].is_null() & lines["begins"]
    told = notices & (held | (named & trusted)) & ~lines["gone"]
    mentions = lines.filter((held | named) & ~told & ~lines["gone"])["nth"].n_unique()
    erased = _written(out, chat, lines["gone"], told, wanted, names=trusted)
    removed = lines.filter(lines["gone"])["text"].to_list()
    return Done(len(gone), erased, mentions, len(first) - len(gone), file_names(removed))


def _written(out: BinaryIO, chat: _Chat, gone: pl.Series, told: pl.Series, wanted: Wanted, *, names: bool) -> int:
    """Write what stays; how many places of notices were replaced."""
    erased = 0
    for raw, is_gone, is_told, body in zip(chat.raw, gone, told, chat.lines["body"], strict=True):
        if is_gone:
            continue
        if is_told:
            plain, count = redacted(wanted.needles, body, names=names)
            head, found, end = raw.partition(body.encode())
            out.write(head + plain.encode() + end if found else raw)
            erased += count
        else:
            out.write(raw)
    return erased


def _parted(item: Item) -> _Chat:
    with item.open() as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreachable(f"a chat larger than {LARGEST >> 20} MB")
    raw = data.splitlines(keepends=True) if b"\n" not in data else [each + b"\n" for each in data.split(b"\n")]
    if b"\n" in data:
        raw[-1] = raw[-1][:-1]
        raw = raw if raw[-1] else raw[:-1]
    try:
        texts = [line.decode() for line in raw]
    except UnicodeDecodeError:
        raise Unreachable("a chat that is not UTF-8") from None
    heads = _headed([text.removeprefix("\ufeff").rstrip("\r\n") for text in texts])
    common = heads["shape"].drop_nulls().mode().sort()
    begins = (heads["shape"] == (common[0] if len(common) else -1)).fill_null(value=False)
    body = pl.when(begins).then("body")
    first = body.str.head(SENDER_LENGTH).str.extract(r"^(.*?): ?")
    lines = heads.select(
        "text",
        body.alias("body"),
        begins.alias("begins"),
        nth=begins.cum_sum(),
        sender=pl.when(begins).then(pl.coalesce("name", first)),
        words=pl.when(begins).then(pl.coalesce("words", body.str.extract(r"^.*?: ?(.*)$"))),
    )
    cleaned = {name: clean(name) for name in lines["sender"].drop_nulls().unique()}
    return _Chat(raw, lines.with_columns(pl.col("sender").replace(cleaned)))


def _headed(texts: Iterable[str]) -> pl.DataFrame:
    text = pl.Series("text", list(texts), dtype=pl.String)
    line = pl.int_range(1, len(text) + 1, dtype=pl.UInt32, eager=True)
    return headed(pl.DataFrame({"line": line, "text": text}, schema=LINES))


def _who(senders: list[str], needles: Needles) -> tuple[list[str], list[str]]:
    """Senders known by an identifier, and others who go by the name of the person."""
    found = find(needles, pl.Series(senders, dtype=pl.String))
    known = [sender for sender, is_known in zip(senders, found, strict=True) if is_known]
    return known, [sender for sender in senders if sender not in known and is_name(needles, sender)]


def _is_with_them(item: Item, senders: list[str], theirs: list[str], wanted: Wanted, *, trusted: bool) -> bool:
    """Whether a chat is one between the person and one other."""
    titles = [title for name in (item.stem, *item.within[-1:]) if (title := title_in(name))]
    if not titles:
        return bool(theirs) and len(senders) <= 2
    title = titles[0]
    ids = pl.Series([f"chat:{title.casefold()}"])
    called = find(wanted.needles, pl.Series([title])).any() or find_record_ids(wanted.needles, ids).any()
    return bool(called or (trusted and is_name(wanted.needles, title))) and len(senders) <= BETWEEN_TWO
