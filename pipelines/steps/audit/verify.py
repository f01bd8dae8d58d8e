"""Verifying the audit trail: events against leaves, leaves against seals, seals against each other and their files."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pipelines.audit.verification.proofs import GrowingTree
from pipelines.audit.verification.seal_chain import chain_faults, raw_key, read_seals
from pipelines.audit.verification.trail import Numbered, event_faults, recomputed, root_faults
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.store.audit import verified as store
from pipelines.store.audit.seal_file import file_lines
from pipelines.store.audit.seal_key import public_keys
from pipelines.store.audit.seals import seal_lines
from pipelines.store.warehouse.connection import Connection

WEEK = timedelta(days=7)
WAREHOUSE = "the warehouse"


class Verified(NamedTuple):
    """What was looked at, and what is wrong with it, a sentence each."""

    events: int
    seals: int
    is_whole: bool
    faults: list[str]


def verify(project: OpenProject, connection: Connection, now: datetime) -> Verified:
    """Verify what has been sealed since the last time; every week, and while something is wrong, all that is sealed."""
    last = store.last_verification(connection)
    if last is not None and not last.faults and now - last.verified_at < WEEK:
        found = verify_recent(project, connection, last.verified_to)
        if not found.faults:
            store.keep_verification(connection, last._replace(verified_to=store.sealed_size(connection)))
        return found
    sealed = store.sealed_size(connection)
    found = verify_whole(project, connection, end=sealed)
    store.keep_verification(connection, store.Verification(now.astimezone(UTC), found.faults, sealed))
    return found


def verify_recent(project: OpenProject, connection: Connection, since: int) -> Verified:
    """Verify the last two seals, the leaves between them, and sealed events from a number on.

    Of all others, that none is missing.
    """
    size, peaks, lines = store.seal_before_last(connection)
    seals, extent = read_seals(lines), store.extent(connection)
    end = seals[-1].size if seals else 0
    faults = [*extent_faults(extent), *file_faults(project, connection)]
    if len(lines) == 2:
        faults += chain_faults(lines[1:], trusted(project), WAREHOUSE, after=lines[0])
    else:
        faults += chain_faults(lines, trusted(project), WAREHOUSE)
    faults += root_faults(GrowingTree(size, peaks), store.leaves_up_to(connection, end, size), seals, WAREHOUSE)
    faults += leaf_faults(connection, since, end)
    return Verified(max(end - since, 0), len(lines), is_whole=False, faults=faults)


def verify_whole(
    project: OpenProject,
    connection: Connection,
    outside: Sequence[str] | None = None,
    keys: Collection[str] | None = None,
    end: int | None = None,
) -> Verified:
    """Verify every event and every seal.

    Args:
        project: Whose trail it is.
        connection: Its warehouse.
        outside: Lines of seals that were kept elsewhere. Only these tell that somebody who has the seal key has made
            everything anew: events, leaves and seals.
        keys: Public keys that seals must be signed with, 64 hex digits each; by default those of the project.
        end: The event at which to stop; by default there is none.
    """
    lines, extent = seal_lines(connection), store.extent(connection)
    end = extent.end if end is None else end
    keys = trusted(project) if keys is None else keys
    faults = [*extent_faults(extent), *chain_faults(lines, keys, WAREHOUSE)]
    leaves = store.leaves_up_to(connection, extent.end)
    faults += [*leaf_faults(connection, 0, end), *root_faults(GrowingTree(), leaves, read_seals(lines), WAREHOUSE)]
    faults += file_faults(project, connection)
    if outside is not None:
        faults += outside_faults(connection, outside, lines, keys)
    return Verified(end, len(lines), is_whole=True, faults=list(dict.fromkeys(faults)))


def outside_faults(
    connection: Connection, outside: Sequence[str], lines: Sequence[str], keys: Collection[str]
) -> Iterator[str]:
    """What tells seals that were kept elsewhere from the events and seals that are here."""
    where = "the file given"
    yield from chain_faults(outside, keys, where)
    if not outside:
        yield "the file given holds no seal"
    differing = [
        f"seal {number} in {where} is not the one in the warehouse"
        for number, (there, here) in enumerate(zip(outside, lines, strict=False), start=1)
        if there != here
    ]
    yield from differing[:1]
    if len(outside) > len(lines):
        more = f"{where} holds {len(outside)} seals, the warehouse {len(lines)}"
        yield f"{more}: the end was cut off, or a backup restored"
    leaves = store.leaves_up_to(connection, store.extent(connection).end)
    yield from root_faults(GrowingTree(), leaves, read_seals(outside), where)


def leaf_faults(connection: Connection, since: int, end: int) -> list[str]:
    """What tells the events from a number on from their leaves."""
    events: list[tuple[int, bytes]] = []
    leaves: list[tuple[int, bytes]] = []
    for batch in store.batches(connection, since, end):
        progress("verifying the audit trail", batch.leaf_numbers[-1] if batch.leaf_numbers else end, end)
        own = recomputed(batch.events)
        if events or leaves or (batch.numbers, own) != (batch.leaf_numbers, batch.leaves):
            events += zip(batch.numbers, own, strict=True)
            leaves += zip(batch.leaf_numbers, batch.leaves, strict=True)
    return event_faults(_numbered(events), _numbered(leaves))


def extent_faults(extent: store.Extent) -> Iterator[str]:
    """Whether numbers are missing or there twice, without looking at them."""
    if extent.events != extent.end:
        yield f"there are {extent.events:,} events, their numbers end at {extent.end - 1:,}"
    if extent.leaves != extent.end:
        yield f"there are {extent.leaves:,} leaves, the numbers of events end at {extent.end - 1:,}"


def file_faults(project: OpenProject, connection: Connection) -> Iterator[str]:
    """What tells the file of seals from the seals in the warehouse."""
    kept, lines = file_lines(project.seals_path), seal_lines(connection)
    name = project.seals_path.name
    if len(kept) > len(lines):
        yield (
            f"{name} holds {len(kept)} seals, the warehouse {len(lines)}: the end was cut off, or a backup restored. "
            f"If it was restored on purpose, keep {name} elsewhere and remove it here"
        )
    for number, (there, here) in enumerate(zip(kept, lines, strict=False), start=1):
        if there != here:
            yield f"seal {number} in {name} is not the one in the warehouse"
            return
    if len(kept) < len(lines):
        yield f"{name} lacks {len(lines) - len(kept)} seals that are in the warehouse: the next run adds them"


def trusted(project: OpenProject) -> Collection[str]:
    """Public keys that seals may be signed with, 64 hex digits each."""
    return {raw_key(pem) for pem in public_keys(project.folder).values()}


def _numbered(pairs: Sequence[tuple[int, bytes]]) -> Numbered:
    return Numbered([number for number, _ in pairs], [hashed for _, hashed in pairs])
