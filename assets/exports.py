"""Exports: one published dataset per file in segments/, and what became of the ids of contacts."""

import dagster as dg

from assets import lineage
from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.resources import Workspace
from pipelines.steps.publish import pii_of, publish
from pipelines.steps.publish_id_changes import COLUMNS, DESCRIPTION, publish_id_changes
from schemas.segment import ID_CHANGES, Segment

GROUP = "exports"


def export_asset(segment: Segment) -> dg.AssetsDefinition:
    """The asset that publishes a segment."""
    columns = [dg.TableColumn(name, tags={"pii": pii_of(name)}) for name in segment.columns]

    @dg.asset(
        key=["exports", segment.segment],
        group_name=GROUP,
        deps=["contacts", "timeline", "cluster_health", "audit_trail"],
        kinds={"csv"},
        tags={"pii": "direct"},
        description=segment.description or f"Contacts of the segment {segment.segment}",
        metadata={
            "dagster/column_schema": dg.TableSchema(columns=columns),
            **lineage.metadata(lineage.of_export(segment.columns)),
        },
    )
    @without_values
    @with_cpu_seconds
    def export(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
        project, connection, moment = workspace.opened()
        predicate = workspace.predicates()[segment.segment]
        published = publish(project, connection, segment, context.run.run_id, moment, predicate)
        told = {
            "published": published.changed,
            "suppressed": published.suppressed,
            "suppressed_included": published.suppressed_included,
        }
        return dg.MaterializeResult(metadata={"dagster/row_count": published.rows, **told})

    return export


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
