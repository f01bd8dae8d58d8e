"""Draining the landing area: files are read, checked, normalised and stored, each whole or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

import polars as pl

from pipelines.errors import DeliveryError, DeliveryHeld, DeliveryRefused, SourceUnreachable, WrongIdentityKey
from pipelines.ids import Keyed
from pipelines.ingest.post_import import put_away
from pipelines.ingest.records import Origin
from pipelines.ingest.small_files import Incoming, grouped
from pipelines.ingest.store_delivery import Kept, keep, keep_together
from pipelines.landing.arrivals import Landed, arrived, every_source, untouched
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

ELSEWHERE = (
    *STORE_FAILURES,
    SourceUnreachable,
    OSError,
    MemoryError,
)  # the warehouse, network or machine, not the file

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
    found = incoming(project, there.files, ids)
    earlier = deliveries.earlier(connection, [each.delivery.delivery_id for each in found])
    taken = {each.delivery_id: each for each in known(found, earlier)}
    new = {each.delivery.delivery_id: each for each in found if each.delivery.delivery_id not in taken}
    for source, files in groupby(new.values(), lambda each: each.file.source):
        try:
            for each in take_all(project, connection, list(files), earlier, ids, run_id):
                taken[each.delivery_id] = each
        except SourceUnreachable as lost:
            unreachable[source] = str(lost)
    with transaction(connection):
        conversation_stats.sum_up(connection)
    got_in = [
        (file, delivery.delivery_id)
        for file, delivery, _ in found
        if delivery.delivery_id in taken and taken[delivery.delivery_id].state == DeliveryState.ACCEPTED
    ]
    done = {(file.source, file.stamp) for file, _ in got_in}
    needed = {file.stamp for file in there.files if (file.source, file.stamp) not in done}
    failed = put_away(project, connection, [each for each in got_in if each[0].stamp not in needed])
    note_unreachable(connection, failed | unreachable, datetime.now(UTC))
    return answers(found, taken)


def incoming(project: OpenProject, files: Sequence[Landed], ids: Keyed) -> list[Incoming]:
    """Files with the deliveries they are."""
    return [Incoming(*each) for each in zip(files, deliveries_of(project, files, ids), strict=True)]


def known(found: Iterable[Incoming], earlier: Mapping[str, deliveries.Earlier]) -> Iterator[Taken]:
    """What is said of files that were taken in before, or would be refused once more."""
    for file, delivery, _ in found:
        before = earlier.get(delivery.delivery_id)
        if before and not worth_another_try(before, delivery.config_digest):
            outdated = before.config_digest != delivery.config_digest
            yield Taken(file.source, delivery.delivery_id, before.state, Counter(), before.code, True, outdated)


def answers(found: Iterable[Incoming], taken: Mapping[str, Taken]) -> list[Taken]:
    """What became of files, in their order; a copy of one that was taken in is known."""
    told: dict[str, int] = Counter()
    answered = []
    for each in found:
        delivery_id = each.delivery.delivery_id
        if delivery_id in taken:
            own = taken[delivery_id]
            answered.append(own._replace(outcomes=Counter(), known=True) if told[delivery_id] else own)
            told[delivery_id] += 1
    return answered


def take_all(
    project: OpenProject,
    connection: Connection,
    files: Sequence[Incoming],
    earlier: Mapping[str, deliveries.Earlier],
    ids: Keyed,
    run_id: str,
) -> Iterator[Taken]:
    """Take in files of one source: small ones together, others one by one, and so those that were read before."""
    source = files[0].file.source
    form, options = FORMATS[files[0].delivery.format], project.settings.sources[source]

    def told() -> Iterator[Incoming]:
        for number, each in enumerate(files):
            progress(f"reading {source}", number, len(files))
            yield each

    for group in grouped(told(), set(earlier), form, options):
        yield from take_group(project, connection, group, ids, run_id)


def take_group(
    project: OpenProject, connection: Connection, group: Sequence[Incoming], ids: Keyed, run_id: str
) -> list[Taken]:
    """Take in files of one source that stand or fall alone.

    Where they cannot be stored together, because of one of them or of what they bring, each half is tried by itself.
    """
    group = [each for each in group if untouched(project.folder, each.file.path, each.file.stamp)]
    if not group:
        return []
    file, delivery, batch = group[0]
    origin = origin_of(project, file, ids)
    if batch is not None:
        try:
            return store_group(connection, group, origin, run_id)
        except ELSEWHERE:
            raise
        except Exception:  # noqa: BLE001 -- whichever of them it is comes to be alone, and is told what is wrong with it
            if len(group) > 1:
                half = len(group) // 2
                halves = (group[:half], group[half:])
                return [each for some in halves for each in take_group(project, connection, some, ids, run_id)]
    return [take_in(connection, delivery, by_format(file, origin), run_id)]


def store_group(connection: Connection, group: Sequence[Incoming], origin: Origin, run_id: str) -> list[Taken]:
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
        accepted = [deliveries.Finished(*each, DeliveryState.ACCEPTED, datetime.now(UTC)) for each in kept]
        deliveries.finish(connection, accepted, run_id)
    progress(f"reading {origin.source}", sum(each.outcomes.total() for each in kept))
    return [Taken(origin.source, each.delivery.delivery_id, DeliveryState.ACCEPTED, each.outcomes) for each in kept]


def expect_identity(connection: Connection, ids: Keyed) -> None:
    """Raise WrongIdentityKey for another identity key than the one that ids in the warehouse were made with."""
    own = one_id(ids, "identity key")
    if runs.identity_fingerprint(connection, own) != own:
        raise WrongIdentityKey(
            "the warehouse was made with another identity key: set `keys: identity:` to the one it has now"
        )


def delivery_of(project: OpenProject, file: Landed, ids: Keyed) -> deliveries.Delivery:
    """A file as a delivery, before it is read."""
    return deliveries_of(project, [file], ids)[0]


def deliveries_of(project: OpenProject, files: Sequence[Landed], ids: Keyed) -> list[deliveries.Delivery]:
    """Files as deliveries, before they are read."""
    sources = {name: every_source(project.settings)[name] for name in {file.source for file in files}}
    attributes = sorted(project.settings.attributes.items())
    digests = {name: digest(options, attributes) for name, options in sources.items()}
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
            finished = deliveries.Finished(*kept, DeliveryState.ACCEPTED, datetime.now(UTC))
            deliveries.finish(connection, [finished], run_id)
        return Taken(delivery.source, delivery.delivery_id, DeliveryState.ACCEPTED, kept.outcomes)
    except DeliveryError as refusal:
        problem = refusal
    except ELSEWHERE:
        raise
    except Exception as failure:  # noqa: BLE001 -- a reader's bug costs its file, not the run; no value leaves it
        problem = DeliveryRefused(
            ErrorCode.READER_FAILED,
            f"the reader {delivery.format} failed with {type(failure).__name__}; please report it",
        )
    state = DeliveryState.HELD if isinstance(problem, DeliveryHeld) else DeliveryState.REFUSED
    with within(connection):
        deliveries.begin_delivery(connection, delivery)
        left = Kept(delivery, Counter())
        if problem.code == ErrorCode.REJECT_LIMIT:  # the file is read once more, for its rows to be given back
            left = store(connection, delivery, True)
        finished = deliveries.Finished(*left, state, datetime.now(UTC), problem.code, problem.way_out)
        deliveries.finish(connection, [finished], run_id)
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


def worth_another_try(before: deliveries.Earlier, settings: str) -> bool:
    """Whether a file that did not get in may get in now: its source is configured otherwise, or the reader failed.

    One whose rows have all come in since, corrected, has nothing left to bring.
    """
    settled = before.code == ErrorCode.REJECT_LIMIT and before.open_rows == 0
    if before.state == DeliveryState.ACCEPTED or settled:
        return False
    return before.config_digest != settings or before.code == ErrorCode.READER_FAILED


def one_id(ids: Keyed, kind: str, *parts: str) -> str:
    """One id out of a natural key."""
    return str(pl.select(ids(kind, *(pl.lit(part) for part in parts))).item())
