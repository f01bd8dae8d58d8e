"""Entries of a kind, `Flat` by the fields of `pipelines.read.core.frames` → their frame in the unified schema."""

from collections.abc import Sequence

import polars as pl

from pipelines.read.core.entry_columns import Flat, framed, instants, lists
from schemas import received


def contacts(people: Flat) -> pl.DataFrame:
    """A row per person."""
    return framed(received.ContactRow, people.columns(), people.size)


def identifiers(people: Flat, fields: Sequence[str]) -> pl.DataFrame:
    """A row per identifier, each a tuple of `fields`, of a person."""
    told, known = people.columns(), Flat(fields)
    for row, every in zip(told["row"], told["identifiers"], strict=True):
        for each in every:
            known.add(each, row)
    return framed(received.IdentifierRow, known.columns(), known.size)


def conversations(threads: Flat) -> pl.DataFrame:
    """A row per thread."""
    told = threads.columns()
    more = {"labels": lists(told["labels"], pl.String()), "started_at": instants(told["started"])}
    return framed(received.Conversation, told | more, threads.size)


def messages(said: Flat) -> pl.DataFrame:
    """A row per message, with the moment it was sent unfolded."""
    told = said.columns()
    files = lists([[file._asdict() for file in each] if each else () for each in told["attachments"]], received.FILE)
    quoted = lists([[each._asdict() for each in ranges] if ranges else () for ranges in told["quoted"]], received.RANGE)
    more = {"sent_at": instants(told["instant"]), "attachments": files, "quoted": quoted}
    return framed(received.Message, told | more, said.size)


def receipts(receipted: Flat) -> pl.DataFrame:
    """A row per word of how far a message has come."""
    told = receipted.columns()
    return framed(received.Receipt, told | {"reached_at": instants(told["at"])}, receipted.size)


def events(happened: Flat) -> pl.DataFrame:
    """A row per event, with the moment it happened unfolded."""
    told = happened.columns()
    return framed(received.Event, told | {"happened_at": instants(told["instant"])}, happened.size)


def ties(tied: Flat) -> pl.DataFrame:
    """A row per pair of threads that are one."""
    return framed(received.Tie, tied.columns(), tied.size)


def topics(told_of: Flat) -> pl.DataFrame:
    """A row per subject of a mail."""
    told = told_of.columns()
    return framed(received.Topic, told | {"sent_at": instants(told["sent"])}, told_of.size)


def refused(left_out: Flat) -> pl.DataFrame:
    """A row per entry left out."""
    return framed(received.Refusal, left_out.columns(), left_out.size)
