"""Trying a file without taking it in: the same code as a run, in transactions that are always undone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.decide.deliveries import request_of, request_store
from pipelines.errors import ConfigurationError, DeliveryError
from pipelines.ingest.ingest_files import DeliveryResult, by_format, delivery_of, ingest_file, origin_of
from pipelines.ingest.reading_settings import is_outdated
from pipelines.ingest.receive import should_retry
from pipelines.landing.arrivals import (
    TOLERANCE,
    LandedFile,
    Stamp,
    every_source,
    local_files,
    sha256_of,
    to_landed_file,
)
from pipelines.project import OpenProject
from pipelines.read.catalogue.detect import sample
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.change_requests.change_requests import looks_like
from pipelines.read.tables.header_words import shown
from pipelines.store.ingest import deliveries, rejected_rows
from pipelines.store.ingest.source_names import with_first_names
from pipelines.store.runs.runs import require_identity
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import rolled_back
from schemas.project import DECISIONS
from schemas.source import Source
from schemas.vocabulary import DeliveryState

SHOWN = 20  # problems


class Checked(NamedTuple):
    """What a run would make of a file.

    `known`: it has been taken in, so a run would leave it alone; what `taken` says is what reading it anew would give.
    So it is for `before`: what became of a file that did not get in, and would not be tried again as it is.
    `columns` says what each means, by header as `shown`; of conversations there are none. `way_out` says why nothing
    of it would be taken in. `codes` counts its problems (`rejected_rows.codes`), `problems`
    are the first of them (`rejected_rows.first_problems`).
    """

    known: bool
    before: deliveries.EarlierDelivery | None
    taken: DeliveryResult
    columns: dict[str, str]
    way_out: str | None
    codes: pl.DataFrame
    problems: pl.DataFrame


def check(project: OpenProject, connection: Connection, path: Path, source: str) -> Checked:
    """What a run would make of a file of this source, wherever it lies. Nothing is written."""
    ids = with_first_names(connection, project.ids())
    require_identity(connection, ids)
    file = landed_at(path, source, every_source(project.settings)[source])
    requested = source == DECISIONS
    delivery = (request_of if requested else delivery_of)(project, file, ids)
    before = deliveries.earlier_delivery(connection, [delivery.delivery_id]).get(delivery.delivery_id)
    columns = {} if requested else columns_of(path, project.settings.sources[source])
    seen: list[tuple[str | None, pl.DataFrame, pl.DataFrame]] = []

    @contextmanager
    def looked_at(connection: Connection) -> Iterator[None]:
        with rolled_back(connection):
            yield
            way_out = rejected_rows.summary(connection, delivery.delivery_id)["remediation"].item()
            codes = rejected_rows.codes(connection, delivery.delivery_id)
            seen.append((way_out, codes, rejected_rows.first_problems(connection, delivery.delivery_id, SHOWN)))

    store = request_store(project, file, ids, "check") if requested else by_format(file, origin_of(project, file, ids))
    taken = ingest_file(connection, delivery, store, "check", looked_at)
    known = before is not None and before.state == DeliveryState.ACCEPTED
    outdated = before is not None and is_outdated(before, delivery, project.settings.attributes)
    if known or before is None or should_retry(before, outdated=outdated):
        return Checked(known, None, taken, columns, *seen[-1])
    return Checked(known, before, taken, columns, *seen[-1])


def columns_of(path: Path, options: Source) -> dict[str, str]:
    """What the columns of a list mean, by header; none where it cannot be read."""
    form = FORMATS[options.format]
    if form.holds != "contacts":
        return {}
    found: Mapping[str, str] = {}
    with suppress(DeliveryError):
        for batch in form.read(path, options):
            found = batch.meanings
            if not batch.original.is_empty():
                break
    return dict(zip(shown(list(found)), found.values(), strict=True))


def landed_at(path: Path, source: str, options: Source) -> LandedFile:
    """A file as if it had landed where its source looks for files."""
    status = path.stat()
    stamp = Stamp(path.name, status.st_size, status.st_mtime_ns)
    modified = datetime.fromtimestamp(status.st_mtime_ns / 1e9, UTC)
    return to_landed_file(source, path, sha256_of(path), stamp, modified, options, datetime.now(UTC) + TOLERANCE)


def source_of(project: OpenProject, path: Path) -> str:
    """The source a file belongs to: where it lies in, else change requests, or the one list that can be read from it.

    Raises:
        ConfigurationError: There is none, or several. Its text lists what can be chosen.
    """
    sources = project.settings.sources
    lies_in = [name for name in every_source(project.settings) if is_in_landing(project, name, path)]
    if not lies_in and looks_like(sample(path).header):
        return DECISIONS
    lists = [name for name, each in sources.items() if FORMATS[each.format].holds == "contacts"]
    for choice in (lies_in, lists, [name for name in lists if reads(sources[name], path)]):
        if len(choice) == 1:
            return choice[0]
    raise ConfigurationError(
        f"say which source the file is for: --source, one of {', '.join(sorted(lists or sources))}"
    )


def is_in_landing(project: OpenProject, source: str, path: Path) -> bool:
    """Whether a file lies where a source of the project finds it."""
    found = local_files(project.folder, every_source(project.settings)).get(source, [])
    return any(each.resolve() == path.resolve() for each in found)


def reads(options: Source, path: Path) -> bool:
    """Whether a file can be read as what a source says it is; its rows may be wrong."""
    try:
        next(FORMATS[options.format].read(path, options, rows=1), None)
    except DeliveryError:
        return False
    return True
