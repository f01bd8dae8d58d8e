"""Draining the landing area: what is new there is taken in, file by file, and then put away."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

from pipelines.errors import SourceUnreachable
from pipelines.ids import Keyed
from pipelines.ingest.ingest_files import DeliveryResult, deliveries_of, ingest_group
from pipelines.ingest.people.reused_ids import tell_apart_stored
from pipelines.ingest.post_import import apply_post_import
from pipelines.ingest.reading_settings import is_outdated
from pipelines.ingest.small_files import Incoming, grouped
from pipelines.landing.arrivals import Arrivals, list_arrivals
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.read.catalogue.registry import FORMATS
from pipelines.store.ingest import conversation_stats, deliveries
from pipelines.store.ingest.file_problems import FileProblem, note_file_problems
from pipelines.store.ingest.source_names import with_first_names
from pipelines.store.ingest.unreachable_sources import note_unreachable
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.attribute import Attribute
from schemas.error_codes import ErrorCode
from schemas.vocabulary import DeliveryState


def receive(
    project: OpenProject, connection: Connection, run_id: str, there: Arrivals | None = None
) -> list[DeliveryResult]:
    """Take in everything in the landing area that is new, or was held or refused under other settings of its source.

    `there` is what lies in it, change requests too, if somebody has looked already; those are left to others.
    """
    ids = with_first_names(connection, project.ids())
    runs.keep_identity(connection, ids)
    tell_apart_stored(project, connection, ids)
    there = there or list_arrivals(connection, project.folder, project.settings.sources)
    files = [file for file in there.files if file.source in project.settings.sources]
    unreachable, unreadable = dict(there.unreachable), list(there.unreadable)
    found = [Incoming(*each) for each in zip(files, deliveries_of(project, files, ids), strict=True)]
    earlier = deliveries.earlier_delivery(connection, [each.delivery.delivery_id for each in found])
    taken = {each.delivery_id: each for each in already_ingested(found, earlier, project.settings.attributes)}
    new: dict[str, Incoming] = {}  # of copies the first
    for incoming in found:
        if incoming.delivery.delivery_id not in taken:
            new.setdefault(incoming.delivery.delivery_id, incoming)
    for source, some in groupby(new.values(), lambda each: each.file.source):
        try:
            for each in ingest_all(project, connection, list(some), earlier, ids, run_id, unreadable):
                taken[each.delivery_id] = each
        except SourceUnreachable as lost:
            unreachable[source] = str(lost)
    with transaction(connection):
        conversation_stats.refresh_stale(connection)
    got_in = [
        (file, delivery.delivery_id)
        for file, delivery, _ in found
        if delivery.delivery_id in taken and taken[delivery.delivery_id].state == DeliveryState.ACCEPTED
    ]
    done = {(file.source, file.stamp) for file, _ in got_in}
    needed = {file.stamp for file in files if (file.source, file.stamp) not in done}
    failed = apply_post_import(project, connection, [each for each in got_in if each[0].stamp not in needed])
    now = datetime.now(UTC)
    note_unreachable(connection, unreachable, now)
    note_file_problems(connection, [*unreadable, *failed], now)
    return results_in_order(found, taken)


def already_ingested(
    found: Iterable[Incoming], earlier: Mapping[str, deliveries.EarlierDelivery], attributes: Mapping[str, Attribute]
) -> Iterator[DeliveryResult]:
    """What is said of files that were taken in before, or would be refused once more."""
    for file, delivery, _ in found:
        before = earlier.get(delivery.delivery_id)
        outdated = before is not None and is_outdated(before, delivery, attributes)
        if before and not should_retry(before, outdated=outdated):
            yield DeliveryResult(
                file.source, delivery.delivery_id, before.state, Counter(), before.code, True, outdated
            )


def results_in_order(found: Iterable[Incoming], taken: Mapping[str, DeliveryResult]) -> list[DeliveryResult]:
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


def ingest_all(
    project: OpenProject,
    connection: Connection,
    files: Sequence[Incoming],
    earlier: Mapping[str, deliveries.EarlierDelivery],
    ids: Keyed,
    run_id: str,
    unreadable: list[FileProblem],
) -> Iterator[DeliveryResult]:
    """Take in files of one source: small ones together, others one by one, and so those that were read before."""
    source = files[0].file.source
    form, options = FORMATS[files[0].delivery.format], project.settings.sources[source]

    def told() -> Iterator[Incoming]:
        for number, each in enumerate(files):
            progress(f"reading {source}", number, len(files))
            yield each

    for group in grouped(told(), set(earlier), form, options):
        yield from ingest_group(project, connection, group, ids, run_id, unreadable)


def should_retry(before: deliveries.EarlierDelivery, *, outdated: bool) -> bool:
    """Whether a file that did not get in may get in now: it would be read otherwise, or the reader failed.

    One whose rows have all come in since, corrected, has nothing left to bring.
    """
    settled = before.code == ErrorCode.REJECT_LIMIT and before.open_rows == 0
    if before.state == DeliveryState.ACCEPTED or settled:
        return False
    return outdated or before.config_digest == "" or before.code == ErrorCode.READER_FAILED
