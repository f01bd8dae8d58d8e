"""Snapshots of roles: written when everything else of a run is done."""

import dagster as dg

from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.resources import Workspace
from pipelines.steps.roles.snapshots import write_snapshots
from schemas.segment import ID_CHANGES, Segment

KEY = "role_snapshots"


def snapshots_asset(segments: list[Segment]) -> dg.AssetsDefinition:
    """The asset that writes the snapshots of roles, after the exports of these segments, which they tell of."""

    @dg.asset(
        key=KEY,
        group_name="exports",
        deps=[
            "contacts",
            "timeline",
            "cluster_health",
            *(["exports", each.segment] for each in segments),
            ["exports", ID_CHANGES],
        ],
        kinds={"duckdb"},
        tags={"pii": "direct"},
        description="One encrypted file per role that somebody was granted, with the rows and columns it may see",
    )
    @without_values
    @with_cpu_seconds
    def role_snapshots(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
        project, connection, moment = workspace.opened()
        written = write_snapshots(project, connection, context.run.run_id, moment)
        contacts = {f"{each.role}_contacts": each.contacts for each in written}
        changed = sum(each.changed for each in written)
        return dg.MaterializeResult(metadata={"snapshots": len(written), "changed": changed, **contacts})

    return role_snapshots
