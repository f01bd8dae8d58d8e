"""Messages into the warehouse, beside DuckDB inserting the same rows from Parquet into the same table.

Both write to a new encrypted warehouse, and commit. onecontact is given what its reader makes of a log of webhooks and
does what it takes to keep it: people as records, threads, keyed ids, each message once, what became of each, who is
left to the next steps. The bare insert is given the rows that came of that, ids and all. The reading alone is shown,
too. The best of three.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.day import bench_project, webhooks
from pipelines.ingest.records import Origin
from pipelines.ingest.store_delivery import store_delivery
from pipelines.project import OpenProject
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.batch import Batch
from pipelines.store.ingest import deliveries
from pipelines.store.warehouse.connection import query
from pipelines.store.warehouse.database import transaction
from pipelines.store.warehouse.keys import load_key
from pipelines.store.warehouse.openssl import openssl
from schemas.vocabulary import DeliveryState

MESSAGES = 500_000
PEOPLE = 5_000
TRIES = 3
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> None:
    """Time the reading, the keeping, and the bare insert of what was kept."""
    tries = []
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory() as folder:
            tries.append(measured(Path(folder)))
    print(f"{MESSAGES:,} messages of {PEOPLE:,} people")
    print(f"{'':12}{'seconds':>10}{'messages/s':>12}{'x bare':>8}")
    best = {name: min(each[name] for each in tries) for name in tries[0]}
    for name, seconds in best.items():
        print(f"{name:12}{seconds:10.2f}{MESSAGES / seconds:12,.0f}{seconds / best['bare insert']:8.1f}")


def measured(folder: Path) -> dict[str, float]:
    """Seconds of each."""
    project = bench_project(folder)
    path = project.folder / "landing" / "log.jsonl"
    path.write_text("".join(webhooks((nth % PEOPLE for nth in range(MESSAGES)), "said")), encoding="utf-8")
    source = project.settings.sources["whatsapp"]
    batches: list[Batch] = []
    spent = {"reading": seconds(lambda: batches.extend(FORMATS[source.format].read(path, source)))}
    spent["keeping"] = kept(project, path, batches)
    bare = folder / "bare"
    bare.mkdir()
    spent["bare insert"] = inserted(bench_project(bare), folder / "message.parquet")
    return spent


def kept(project: OpenProject, path: Path, batches: list[Batch]) -> float:
    """Seconds to keep batches as a delivery; the rows of its messages are left in a Parquet file."""
    source = project.settings.sources["whatsapp"]
    form = FORMATS[source.format]._replace(read=lambda *_asked, **_how: iter(batches))
    origin = Origin("whatsapp", source, NOW, {}, project.ids())
    one = deliveries.Delivery(
        "00000000-0000-0000-0000-000000000001", "whatsapp", form.name, path.name, "", 0, NOW, "file_name", ""
    )
    with project.warehouse(create=True) as connection:

        def work() -> None:
            with transaction(connection):
                deliveries.begin_delivery(connection, one)
                outcomes = store_delivery(connection, one, form, path, origin).outcomes
                finished = deliveries.Finished(one, outcomes, DeliveryState.ACCEPTED, NOW)
                deliveries.finish(connection, [finished], "bench")

        spent = seconds(work)
        query(connection, "FROM message").write_parquet(project.folder / "message.parquet")
    return spent


def inserted(project: OpenProject, rows: Path) -> float:
    """Seconds of the bare insert."""
    with project.warehouse(create=True):
        pass
    key = load_key(project.folder, project.settings.keys.warehouse)
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{openssl()}'")
        connection.execute(f"ATTACH '{project.warehouse_path}' AS w (ENCRYPTION_KEY '{key}', ENCRYPTION_CIPHER 'GCM')")
        connection.execute("USE w")
        insert = "INSERT INTO message BY NAME SELECT * FROM read_parquet(?)"
        return seconds(lambda: connection.execute(insert, [str(rows)]))


def seconds(work: Callable[[], object]) -> float:
    """How long something takes on the wall."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
