"""Received: everything in the landing area is taken in, file by file."""

from collections import Counter
from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.metadata import column_schema, table, verdict
from assets.resources import Workspace
from pipelines.ingest.ingest_files import DeliveryResult
from pipelines.ingest.receive import receive as take_in
from pipelines.steps.rejected_files import write_rejected_files
from pipelines.steps.setting_changes import require_no_unnamed_rename, setting_changes
from pipelines.store.ingest.file_problems import file_problems
from pipelines.store.ingest.unreachable_sources import unreachable
from pipelines.store.reads import health
from schemas import received as contracts
from schemas.vocabulary import DeliveryState, Outcome

GROUP = "received"

RECORD_LISTS = (  # what a record has several of
    dg.TableColumn("identifiers", description="Phones, addresses and ids, each with its type", tags={"pii": "direct"}),
    dg.TableColumn("attributes", description="Custom attributes as name and value", tags={"pii": "quasi"}),
)

DELIVERIES = dg.AssetSpec(
    "deliveries",
    group_name=GROUP,
    kinds={"duckdb", "polars"},
    description="Files that arrived, each with its hash, its declared time and what became of its rows",
)
SOURCE_RECORDS = dg.AssetSpec(
    "source_records",
    group_name=GROUP,
    deps=[DELIVERIES],
    kinds={"duckdb", "polars", "pandera"},
    tags={"pii": "direct"},
    description="What each source keeps about a person, with every content a record has had",
    metadata=column_schema(contracts.ContactRow, RECORD_LISTS),
)
CONVERSATIONS = dg.AssetSpec(
    "conversations",
    group_name=GROUP,
    deps=[DELIVERIES],
    kinds={"duckdb", "polars", "pandera"},
    tags={"pii": "direct"},
    description="Threads of every channel with their messages and events, each once",
    metadata=column_schema(contracts.Message),
)
REJECTED_ROWS = dg.AssetSpec(
    "rejected_rows",
    group_name=GROUP,
    deps=[DELIVERIES],
    kinds={"duckdb", "csv"},
    tags={"pii": "direct"},
    description="Rows that could not be taken in, kept and given back for correction in rejected/*.csv",
)
ROWS_CONSERVED = dg.AssetCheckSpec(
    "rows_conserved",
    asset="deliveries",
    blocking=True,
    description="Outcomes add up to the rows read, and every refused row is kept",
)
ROWS_ACCOUNTED_FOR = dg.AssetCheckSpec(
    "rows_accounted_for",
    asset="deliveries",
    blocking=True,
    description="As many rows were read of every text as are counted by its line breaks, apart from reading it",
)
KEYS_UNIQUE = dg.AssetCheckSpec(
    "keys_unique",
    asset="deliveries",
    blocking=True,
    description="No record, message or event that this run has brought is there twice",
)
SOURCES_REACHABLE = dg.AssetCheckSpec(
    "sources_reachable",
    asset="deliveries",
    description="Every place that deliveries come from could be looked into; the others are taken in all the same",
)
FILES_HANDLED = dg.AssetCheckSpec(
    "files_handled",
    asset="deliveries",
    description="Every file could be read, and put away as its source says; the others are taken in all the same",
)


@dg.multi_asset(
    name="receive",
    specs=[DELIVERIES, SOURCE_RECORDS, CONVERSATIONS, REJECTED_ROWS],
    check_specs=[ROWS_CONSERVED, ROWS_ACCOUNTED_FOR, KEYS_UNIQUE, SOURCES_REACHABLE, FILES_HANDLED],
)
def receive(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult]:
    """Drain the landing area; every file in a transaction of its own."""
    yield from drain(workspace, context.run.run_id)


@without_values
@with_cpu_seconds
def drain(workspace: Workspace, run_id: str) -> list[dg.MaterializeResult]:
    """Take in what is new, give back what was refused, count."""
    project, connection, _ = workspace.opened()
    require_no_unnamed_rename(project, connection, workspace.arrived().files)
    changes = setting_changes(project, connection)
    taken = take_in(project, connection, run_id, workspace.arrived())
    files = write_rejected_files(project, connection)
    counted = health.rows_conserved(connection)
    accounted = health.rows_accounted_for(connection)
    unique = health.keys_unique(connection, health.RECEIVED, run_id)
    lost = unreachable(connection)
    stuck = file_problems(connection)
    return [
        dg.MaterializeResult(
            asset_key="deliveries",
            metadata={
                **states(taken),
                **outcomes(taken),
                "settings": dg.MetadataValue.json(changes),
                "dagster/row_count": health.count(connection, "delivery"),
            },
            check_results=[
                dg.AssetCheckResult(
                    check_name="rows_conserved",
                    passed=counted.broken == 0,
                    metadata={"deliveries": counted.checked, "not_adding_up": counted.broken},
                ),
                dg.AssetCheckResult(
                    check_name="rows_accounted_for",
                    passed=accounted.broken == 0,
                    metadata={"deliveries": accounted.checked, "with_rows_unread": accounted.broken},
                ),
                verdict("keys_unique", unique),
                dg.AssetCheckResult(check_name="sources_reachable", passed=not lost, metadata=lost),
                dg.AssetCheckResult(
                    check_name="files_handled",
                    passed=not stuck,
                    metadata=dict(Counter(each.source for each in stuck)),
                ),
            ],
        ),
        dg.MaterializeResult(
            asset_key="source_records",
            metadata={
                "records": health.count(connection, "record"),
                "dagster/row_count": health.count(connection, "source_record"),
            },
        ),
        dg.MaterializeResult(
            asset_key="conversations",
            metadata={
                "threads": health.count(connection, "conversation"),
                "events": health.count(connection, "conversation_event"),
                "dagster/row_count": health.count(connection, "message"),
            },
        ),
        dg.MaterializeResult(
            asset_key="rejected_rows",
            metadata={
                "given_back": len(files),
                "corrected_since": health.count(connection, "corrected_row"),
                "reasons": table(health.problem_codes(connection)),
                "dagster/row_count": health.count(connection, "rejected_row"),
            },
        ),
    ]


def states(taken: Sequence[DeliveryResult]) -> dict[str, int]:
    """How many files were new, known, held and refused."""
    new = Counter(each.state for each in taken if not each.known)
    return {
        "new": new.total(),
        "known": sum(each.known for each in taken),
        "outdated": sum(each.outdated for each in taken),
        "held": sum(each.state == DeliveryState.HELD for each in taken),
        "refused": sum(each.state == DeliveryState.REFUSED for each in taken),
    }


def outcomes(taken: Sequence[DeliveryResult]) -> dict[str, dg.TableMetadataValue]:
    """What became of the rows of this run's files, by source."""
    rows = [
        {"source": each.source, "delivery": each.delivery_id[:8], "state": str(each.state)}
        | {str(outcome): each.outcomes[outcome] for outcome in Outcome}
        for each in taken
        if not each.known
    ]
    schema = {"source": pl.String, "delivery": pl.String, "state": pl.String} | {str(o): pl.Int64 for o in Outcome}
    return {"outcomes": table(pl.DataFrame(rows, schema=schema))}
