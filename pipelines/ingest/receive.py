"""Draining the landing area: each file is read, checked, normalised and stored in one transaction of its own."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from pipelines.errors import (
    DeliveryError,
    DeliveryHeld,
    DeliveryRefused,
    SourceUnreachable,
    WrongIdentityKey,
    raise_interrupt,
    unforeseen,
)
from pipelines.ids import Keyed
from pipelines.ingest.post_import import put_away
from pipelines.ingest.reading_settings import is_outdated
from pipelines.ingest.records import Origin
from pipelines.ingest.store_delivery import Kept, keep
from pipelines.landing.arrivals import Landed, arrived, every_source
from pipelines.progress import progress
from pipelines.project import OpenProject, digest
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.frames import well_formed
from pipelines.store.ingest import conversation_stats, deliveries
from pipelines.store.ingest.unreachable_sources import note_unreachable
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import STORE_FAILURES, Connection
from pipelines.store.warehouse.database import transaction
from schemas.contact_list import ContactList
from schemas.source import Source
from schemas.vocabulary import DeliveryState, ErrorCode, Outcome

# Stores one file, and says what became of its entries. It is told whether what is right in it is set aside as well.
Store = Callable[[Connection, deliveries.Delivery, bool], Kept]


class Taken(NamedTuple):
    """What became of one file. Neither its name nor anything in it: this is shown by the orchestrator."""

    source: str
    delivery_id: str
    state: str
    outcomes: Counter[Outcome]
    code: str | None = None
    known: bool = False
    outdated: bool = False  # taken in before its source was configured as it is now, and kept as it was read then


def receive(project: OpenProject, connection: Connection, run_id: str) -> list[Taken]:
    """Take in everything in the landing area that is new, or was held or refused under other settings of its source."""
    ids = project.ids()
    expect_identity(connection, ids)
    there = arrived(connection, project.folder, project.settings.sources)
    unreachable = dict(there.unreachable)
    taken: list[Taken] = []
    accepted: list[tuple[Landed, str]] = []
    for number, file in enumerate(there.files):
        if file.source in unreachable:
            continue
        progress(f"reading {file.source}", number, len(there.files))
        try:
            taken.append(take(project, connection, file, ids, run_id))
        except SourceUnreachable as lost:
            unreachable[file.source] = str(lost)
            continue
        if taken[-1].state == DeliveryState.ACCEPTED:
            accepted.append((file, taken[-1].delivery_id))
    with transaction(connection):
        conversation_stats.sum_up(connection)
    done = {(file.source, file.stamp) for file, _ in accepted}
    needed = {file.stamp for file in there.files if (file.source, file.stamp) not in done}
    failed = put_away(project, connection, [each for each in accepted if each[0].stamp not in needed])
    note_unreachable(connection, failed | unreachable, datetime.now(UTC))
    return taken


def expect_identity(connection: Connection, ids: Keyed) -> None:
    """Raise WrongIdentityKey for another identity key than the one that ids in the warehouse were made with."""
    own = one_id(ids, "identity key")
    if runs.identity_fingerprint(connection, own) != own:
        raise WrongIdentityKey(
            "the warehouse was made with another identity key: set `keys: identity:` to the one it has now"
        )


def take(project: OpenProject, connection: Connection, file: Landed, ids: Keyed, run_id: str) -> Taken:
    """Take in one file, or say that it is known. What is wrong with it as a whole is kept as the delivery's state."""
    delivery = delivery_of(project, file, ids)
    before = deliveries.earlier(connection, delivery.delivery_id)
    outdated = before is not None and is_outdated(before, delivery, project.settings.attributes)
    if before and not worth_another_try(before, outdated=outdated):
        return Taken(file.source, delivery.delivery_id, before.state, Counter(), before.code, True, outdated)
    return take_in(connection, delivery, by_format(file, origin_of(project, file, ids)), run_id)


def delivery_of(project: OpenProject, file: Landed, ids: Keyed) -> deliveries.Delivery:
    """A file as a delivery, before it is read."""
    options = every_source(project.settings)[file.source]
    return deliveries.Delivery(
        delivery_id=one_id(ids, "delivery", file.source, file.sha256, file.stated_at),
        source=file.source,
        format=options.format,
        file_name=well_formed(file.path.name),
        file_sha256=file.sha256,
        size_bytes=file.size,
        declared_at=file.declared_at,
        declared_from=file.declared_from,
        config_digest=digest(options),
    )


def origin_of(project: OpenProject, file: Landed, ids: Keyed) -> Origin:
    """What the rows of a file need to know of where they come from."""
    options = project.settings.sources[file.source]
    return Origin(file.source, options, file.declared_at, project.settings.attributes, ids)


def by_format(file: Landed, origin: Origin) -> Store:
    """How a file of a source is stored: as the reader of its format reads it, up to the limit of its source."""

    def store(connection: Connection, delivery: deliveries.Delivery, hold: bool) -> Kept:
        kept = keep(connection, delivery, FORMATS[delivery.format], file.path, origin, hold=hold)
        if not hold:
            stop_at_limit(origin.options, kept.outcomes)
        return kept

    return store


def take_in(
    connection: Connection,
    delivery: deliveries.Delivery,
    store: Store,
    run_id: str,
    within: Callable[[Connection], AbstractContextManager[None]] = transaction,
) -> Taken:
    """Take in one file, whatever is known of it: all of it, or nothing but what is wrong with it.

    `within` is what each attempt is made in: a transaction, or something that looks like one and undoes it.
    """
    try:
        with within(connection):
            deliveries.begin_delivery(connection, delivery)
            kept = store(connection, delivery, False)
            deliveries.finish_delivery(
                connection, kept.delivery, kept.outcomes, DeliveryState.ACCEPTED, run_id, datetime.now(UTC)
            )
        return Taken(delivery.source, delivery.delivery_id, DeliveryState.ACCEPTED, kept.outcomes)
    except DeliveryError as refusal:
        problem = refusal
    except (*STORE_FAILURES, SourceUnreachable, OSError, MemoryError):
        raise  # the warehouse, the network or the machine, not the file
    except Exception as failure:  # noqa: BLE001 -- a reader's bug costs its file, not the run; no value leaves it
        raise_interrupt(failure)
        problem = DeliveryRefused(
            ErrorCode.READER_FAILED,
            f"the reader {delivery.format} failed with {unforeseen(failure)}",
        )
    state = DeliveryState.HELD if isinstance(problem, DeliveryHeld) else DeliveryState.REFUSED
    with within(connection):
        deliveries.begin_delivery(connection, delivery)
        left = Kept(delivery, Counter())
        if problem.code == ErrorCode.REJECT_LIMIT:  # the file is read once more, for its rows to be given back
            left = store(connection, delivery, True)
        deliveries.finish_delivery(
            connection, left.delivery, left.outcomes, state, run_id, datetime.now(UTC), problem.code, problem.way_out
        )
    return Taken(delivery.source, delivery.delivery_id, state, left.outcomes, problem.code)


def stop_at_limit(options: Source, outcomes: Counter[Outcome]) -> None:
    """Raise DeliveryRefused where more rows were refused than the source allows."""
    rejected, rows = outcomes[Outcome.REJECTED], outcomes.total() - outcomes[Outcome.SKIPPED]
    if isinstance(options, ContactList) and options.on_reject.stops(rejected, rows):
        raise DeliveryRefused(
            ErrorCode.REJECT_LIMIT,
            f"{rejected} of {rows} rows were refused, and {options.on_reject.limit} (`on_reject:`), so nothing was "
            "taken in: correct the file of all its rows in rejected/ and drop that one in, or raise the limit",
        )


def worth_another_try(before: deliveries.Earlier, *, outdated: bool) -> bool:
    """Whether a file that did not get in may get in now: it would be read otherwise, or the reader failed.

    One whose rows have all come in since, corrected, has nothing left to bring.
    """
    settled = before.code == ErrorCode.REJECT_LIMIT and before.open_rows == 0
    if before.state == DeliveryState.ACCEPTED or settled:
        return False
    return outdated or before.config_digest == "" or before.code == ErrorCode.READER_FAILED


def one_id(ids: Keyed, kind: str, *parts: str) -> str:
    """One id out of a natural key."""
    return str(pl.select(ids(kind, *(pl.lit(part) for part in parts))).item())
