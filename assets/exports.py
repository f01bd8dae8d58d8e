"""Exports: one published dataset per file in segments/, and what became of the ids of contacts."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets import lineage
from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.resources import Workspace
from pipelines.errors import PublicationBlocked
from pipelines.publish.writers.columns import pii_of
from pipelines.steps.publish import publish
from pipelines.steps.publish_id_changes import COLUMNS, DESCRIPTION, publish_id_changes
from schemas.segment import ID_CHANGES, Segment
from schemas.segment_files import BrokenSegment
from schemas.settings.publication import Format

Result = dg.MaterializeResult | dg.AssetCheckResult
GROUP = "exports"
KINDS = {Format.EXCEL_CSV: "csv", Format.XLSX: "excel", Format.JSONL: "json"}  # as Dagster calls them
PUBLISHABLE = "publishable"
HOLDS = "Nothing is wrong with the file, the filter and the columns of the segment, and its expectations hold"


def export_asset(segment: Segment) -> dg.AssetsDefinition:
    """The asset that publishes a segment. If it cannot be published, its check fails, and nothing else."""
    columns = [dg.TableColumn(name, tags={"pii": pii_of(name)}) for name in segment.columns]

    @dg.asset(
        key=["exports", segment.segment],
        group_name=GROUP,
        deps=["contacts", "timeline", "cluster_health", "audit_trail"],
        kinds={KINDS.get(segment.format, segment.format.value)},
        tags={"pii": "direct"},
        description=segment.description or f"Contacts of the segment {segment.segment}",
        metadata={
            "dagster/column_schema": dg.TableSchema(columns=columns),
            **lineage.metadata(lineage.of_export(segment.columns)),
        },
        output_required=False,
        check_specs=[check_of(segment.segment)],
    )
    def export(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Result]:
        yield from published(workspace, segment, context.run.run_id)

    return export


def broken_asset(broken: BrokenSegment) -> dg.AssetsDefinition:
    """An asset that publishes nothing, because the file of its segment cannot be read: its check says why."""

    @dg.asset(
        key=["exports", broken.segment],
        group_name=GROUP,
        deps=["contacts", "timeline", "cluster_health"],
        description="A segment that cannot be read, and is not published",
        output_required=False,
        check_specs=[check_of(broken.segment)],
    )
    def export() -> Iterator[Result]:
        yield verdict(broken.faults)

    return export


def check_of(segment: str) -> dg.AssetCheckSpec:
    """The check that tells whether a segment could be published."""
    return dg.AssetCheckSpec(PUBLISHABLE, asset=dg.AssetKey(["exports", segment]), description=HOLDS)


def verdict(fault: str) -> dg.AssetCheckResult:
    """That a segment cannot be published, and why: names and counts, no value of a person."""
    return dg.AssetCheckResult(check_name=PUBLISHABLE, passed=False, description=fault)


@without_values
@with_cpu_seconds
def published(workspace: Workspace, segment: Segment, run_id: str) -> list[Result]:
    """Publish a segment, or say why it cannot be."""
    project, connection, moment = workspace.opened()
    filters, broken = workspace.segments()
    for each in broken:
        if each.segment == segment.segment:
            return [verdict(each.faults)]
    try:
        made = publish(
            project,
            connection,
            segment,
            run_id,
            moment,
            filters[segment.segment],
            accept_change=workspace.accept_change,
        )
    except PublicationBlocked as blocked:
        return [verdict(str(blocked))]
    told: dict[str, Any] = {
        "published": made.changed,
        "suppressed": made.suppressed,
        "suppressed_included": made.suppressed_included,
        "file": made.file,
    }
    passed = dg.AssetCheckResult(check_name=PUBLISHABLE, passed=True)
    return [dg.MaterializeResult(metadata={"dagster/row_count": made.rows, **told}, check_results=[passed])]


@dg.asset(
    key=["exports", ID_CHANGES],
    group_name=GROUP,
    deps=["contacts", "cluster_health", "audit_trail"],
    kinds={"csv"},
    tags={"pii": "keyed"},
    description=DESCRIPTION,
    metadata={
        "dagster/column_schema": dg.TableSchema(
            columns=[dg.TableColumn(name, tags={"pii": pii.value}) for name, pii in COLUMNS.items()]
        ),
        **lineage.metadata({name: {("contacts", "contact_id")} for name in COLUMNS}),
    },
)
@without_values
@with_cpu_seconds
def id_changes(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """Publish the feed for systems that keep ids of contacts."""
    project, connection, moment = workspace.opened()
    published = publish_id_changes(project, connection, context.run.run_id, moment)
    return dg.MaterializeResult(metadata={"dagster/row_count": published.rows, "published": published.changed})
