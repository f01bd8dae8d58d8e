"""Exports: one published dataset per file in segments/."""

import dagster as dg

from assets.boundary import without_values
from assets.resources import Workspace
from pipelines.steps.publish import pii_of, publish
from schemas.segment import Segment

GROUP = "exports"


def export_asset(segment: Segment) -> dg.AssetsDefinition:
    """The asset that publishes a segment."""
    columns = [dg.TableColumn(name, tags={"pii": pii_of(name)}) for name in segment.columns]

    @dg.asset(
        key=["exports", segment.segment],
        group_name=GROUP,
        deps=["contacts", "timeline"],
        kinds={"csv"},
        tags={"pii": "direct"},
        description=segment.description or f"Contacts of the segment {segment.segment}",
        metadata={"dagster/column_schema": dg.TableSchema(columns=columns)},
    )
    @without_values
    def export(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
        project, connection, moment = workspace.opened()
        published = publish(project, connection, segment, context.run.run_id, moment)
        return dg.MaterializeResult(metadata={"dagster/row_count": published.rows, "published": published.changed})

    return export
