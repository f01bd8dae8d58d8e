"""Taking in files: each is read, checked, normalised and stored, whole or not at all; small ones in one transaction."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from pipelines.errors import (
    DeliveryError,
    DeliveryHeld,
    DeliveryRefused,
    SourceUnreachable,
    raise_interrupt,
    unforeseen,
)
from pipelines.ids import Keyed
from pipelines.ingest.records import Origin
from pipelines.ingest.small_files import Incoming
from pipelines.ingest.store_delivery import StoredDelivery, keep_together, misdated, store_delivery
from pipelines.landing.arrivals import UNREADABLE, LandedFile, every_source, is_untouched
from pipelines.progress import progress
from pipelines.project import OpenProject, digest
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.lines import well_formed
from pipelines.store.ingest import deliveries
from pipelines.store.ingest.file_problems import FileProblem
from pipelines.store.warehouse.connection import STORE_FAILURES, Connection
from pipelines.store.warehouse.database import transaction
from schemas.contact_list import ContactList
from schemas.error_codes import ErrorCode
from schemas.source import Source
from schemas.vocabulary import DeliveryState, Outcome


class FileChanged(Exception):
    """A file is not what it was when it was looked at: somebody writes to it, and the next run takes it in."""


# The warehouse, the network, the machine, or somebody who writes to the file: not what is in it.
ELSEWHERE = (*STORE_FAILURES, SourceUnreachable, OSError, MemoryError, FileChanged)

# Stores one file, and says what became of its entries. It is told whether what is right in it is set aside as well.
Store = Callable[[Connection, deliveries.Delivery, bool], StoredDelivery]


class DeliveryResult(NamedTuple):
    """What became of one file. Neither its name nor anything in it: this is shown by the orchestrator."""

    source: str
    delivery_id: str
    state: str
    outcomes: Counter[Outcome]
    code: str | None = None
    known: bool = False
    outdated: bool = False  # taken in before its source was configured as it is now, and kept as it was read then


def ingest_group(
    project: OpenProject,
    connection: Connection,
    group: Sequence[Incoming],
    ids: Keyed,
    run_id: str,
    unreadable: list[FileProblem],
) -> list[DeliveryResult]:
    """Take in files of one source, each of which stands or falls alone.

    Where they cannot be stored together, because of one of them or of what they bring, each half is tried by itself.
    Those that somebody touches or takes away are left out, and those that may not be read added to `unreadable`.
    """
    group = [each for each in group if is_untouched(project.folder, each.file.path, each.file.stamp)]
    if not group:
        return []
    file, delivery, batch = group[0]
    origin = origin_of(project, file, ids)
    if batch is not None:
        try:
            return store_group(connection, group, origin, run_id)
        except ELSEWHERE:
            raise
        except Exception as failure:  # noqa: BLE001 -- whichever it is comes to be alone, and is told what is wrong
            raise_interrupt(failure)
            if len(group) > 1:
                middle = len(group) // 2
                halves = (group[:middle], group[middle:])
                taken = [ingest_group(project, connection, half, ids, run_id, unreadable) for half in halves]
                return [each for some in taken for each in some]
    try:
        return [ingest_file(connection, delivery, unless_changed(project, file, by_format(file, origin)), run_id)]
    except (FileChanged, FileNotFoundError):
        return []
    except PermissionError:
        unreadable.append(FileProblem(file.source, delivery.file_name, UNREADABLE))
        return []


def store_group(connection: Connection, group: Sequence[Incoming], origin: Origin, run_id: str) -> list[DeliveryResult]:
    """Store files that were read in one transaction.

    Raises:
        DeliveryRefused: More rows of one of them were refused than its source allows.
        Entangled: What becomes of one depends on what becomes of another.
    """
    files = [(each.delivery, each.batch) for each in group if each.batch is not None]
    with transaction(connection):
        deliveries.begin(connection)
        kept = keep_together(connection, files, FORMATS[files[0][0].format], origin)
        for each in kept:
            stop_at_limit(origin.options, each.outcomes)
        deliveries.keep_problems(connection, misdated([(each.file, each.delivery) for each in group]))
        accepted = [finished(each, DeliveryState.ACCEPTED) for each in kept]
        deliveries.finish(connection, accepted, run_id)
    progress(f"reading {origin.source}", sum(each.outcomes.total() for each in kept))
    return [
        DeliveryResult(origin.source, each.delivery.delivery_id, DeliveryState.ACCEPTED, each.outcomes) for each in kept
    ]


def by_format(file: LandedFile, origin: Origin) -> Store:
    """How a file of a source is stored: as the reader of its format reads it, up to the limit of its source."""

    def store(connection: Connection, delivery: deliveries.Delivery, hold: bool) -> StoredDelivery:
        kept = store_delivery(connection, delivery, FORMATS[delivery.format], file.path, origin, hold=hold)
        deliveries.keep_problems(connection, misdated([(file, delivery)]))
        if not hold:
            stop_at_limit(origin.options, kept.outcomes)
        return kept

    return store


def unless_changed(project: OpenProject, file: LandedFile, store: Store) -> Store:
    """The same way to store a file, which raises Touched if the file was not the same from beginning to end."""

    def stored(connection: Connection, delivery: deliveries.Delivery, hold: bool) -> StoredDelivery:
        try:
            return store(connection, delivery, hold)
        finally:
            if not is_untouched(project.folder, file.path, file.stamp):
                raise FileChanged

    return stored


def ingest_file(
    connection: Connection,
    delivery: deliveries.Delivery,
    store: Store,
    run_id: str,
    within: Callable[[Connection], AbstractContextManager[None]] = transaction,
) -> DeliveryResult:
    """Take in one file, whatever is known of it: all of it, or nothing but what is wrong with it.

    `within` is what each attempt is made in: a transaction, or something that looks like one and undoes it.
    """
    try:
        with within(connection):
            deliveries.begin_delivery(connection, delivery)
            kept = store(connection, delivery, False)
            deliveries.finish(connection, [finished(kept, DeliveryState.ACCEPTED)], run_id)
        return DeliveryResult(delivery.source, delivery.delivery_id, DeliveryState.ACCEPTED, kept.outcomes)
    except DeliveryError as refusal:
        problem = refusal
    except ELSEWHERE:
        raise
    except Exception as failure:  # noqa: BLE001 -- a reader's bug costs its file, not the run; no value leaves it
        raise_interrupt(failure)
        problem = DeliveryRefused(
            ErrorCode.READER_FAILED,
            f"the reader {delivery.format} failed with {unforeseen(failure)}",
        )
    state = DeliveryState.HELD if isinstance(problem, DeliveryHeld) else DeliveryState.REFUSED
    with within(connection):
        deliveries.begin_delivery(connection, delivery)
        left = StoredDelivery(delivery, Counter())
        if problem.code == ErrorCode.REJECT_LIMIT:  # the file is read once more, for its rows to be given back
            left = store(connection, delivery, True)
        deliveries.finish(connection, [finished(left, state, problem)], run_id)
    return DeliveryResult(delivery.source, delivery.delivery_id, state, left.outcomes, problem.code)


def finished(stored: StoredDelivery, state: DeliveryState, problem: DeliveryError | None = None) -> deliveries.Finished:
    """A file as a delivery that came to an end now, and what it failed for if it did."""
    code, way_out = (problem.code, problem.way_out) if problem else (None, None)
    return deliveries.Finished(
        stored.delivery, stored.outcomes, state, datetime.now(UTC), code, way_out, stored.text_rows
    )


def stop_at_limit(options: Source, outcomes: Counter[Outcome]) -> None:
    """Raise DeliveryRefused where more rows were refused than the source allows."""
    rejected, rows = outcomes[Outcome.REJECTED], outcomes.total() - outcomes[Outcome.SKIPPED]
    if isinstance(options, ContactList) and options.on_reject.stops(rejected, rows):
        raise DeliveryRefused(
            ErrorCode.REJECT_LIMIT,
            f"{rejected} of {rows} rows were refused, and {options.on_reject.limit} (`on_reject:`), so nothing was "
            "taken in: correct the file of all its rows in rejected/ and drop that one in, or raise the limit",
        )


def delivery_of(project: OpenProject, file: LandedFile, ids: Keyed) -> deliveries.Delivery:
    """A file as a delivery, before it is read."""
    return deliveries_of(project, [file], ids)[0]


def deliveries_of(project: OpenProject, files: Sequence[LandedFile], ids: Keyed) -> list[deliveries.Delivery]:
    """Files as deliveries, before they are read."""
    sources = {name: every_source(project.settings)[name] for name in {file.source for file in files}}
    digests = {name: digest(options) for name, options in sources.items()}
    natural = [(file.source, file.sha256, file.stated_at) for file in files]
    keys = pl.DataFrame(natural, schema=dict.fromkeys(("source", "sha256", "stated_at"), pl.String), orient="row")
    delivery_ids = keys.select(ids("delivery", *(pl.col(column) for column in keys.columns))).to_series()
    return [
        deliveries.Delivery(
            delivery_id=delivery_id,
            source=file.source,
            format=sources[file.source].format,
            file_name=well_formed(file.path.name),
            file_sha256=file.sha256,
            size_bytes=file.size,
            declared_at=file.declared_at,
            declared_from=file.declared_from,
            config_digest=digests[file.source],
        )
        for file, delivery_id in zip(files, delivery_ids, strict=True)
    ]


def origin_of(project: OpenProject, file: LandedFile, ids: Keyed) -> Origin:
    """What the rows of a file need to know of where they come from."""
    options = project.settings.sources[file.source]
    return Origin(file.source, options, file.declared_at, project.settings.attributes, ids)


def one_id(ids: Keyed, kind: str, *parts: str) -> str:
    """One id out of a natural key."""
    return str(pl.select(ids(kind, *(pl.lit(part) for part in parts))).item())
