"""The code location: received → identity → contacts → exports, and the job that runs them all."""

from pathlib import Path

import dagster as dg

from assets.contacts import contacts, timeline
from assets.decisions import decisions
from assets.exports import broken_asset, export_asset, id_changes
from assets.identity import cluster_health, match_edges, review_queue
from assets.privacy.requests import requests_job
from assets.proofs import REBUILD_COMPARE, audit_trail, equals_a_rebuild, rebuild_schedule
from assets.received import receive
from assets.resources import Workspace, project_folder
from assets.roles import snapshots_asset
from pipelines.project import open_project

REFRESH = "refresh"


def definitions(folder: Path | None) -> dg.Definitions:
    """Everything Dagster needs for a project; without one, the assets every project has.

    One process runs all steps: the warehouse has a single writer, so more would only wait for each other.
    """
    project = open_project(folder) if folder else None
    return dg.Definitions(
        assets=[
            receive,
            match_edges,
            contacts,
            decisions,
            timeline,
            review_queue,
            cluster_health,
            audit_trail,
            id_changes,
            *(export_asset(segment) for segment in (project.segments if project else [])),
            snapshots_asset(project.segments if project else []),
            *(broken_asset(broken) for broken in (project.broken if project else [])),
        ],
        asset_checks=[equals_a_rebuild],
        jobs=[
            dg.define_asset_job(
                REFRESH,
                selection=dg.AssetSelection.all() - dg.AssetSelection.checks(equals_a_rebuild),
                description="Ingest new deliveries, match, merge, publish",
            ),
            dg.define_asset_job(
                REBUILD_COMPARE,
                selection=dg.AssetSelection.checks(equals_a_rebuild),
                description="Rebuild everything, undo that, and fail where it gave anything else than is stored",
            ),
            requests_job,
        ],
        schedules=[rebuild_schedule(project.settings.timezone if project else "UTC")],
        resources={"workspace": Workspace(folder=str(folder or "."))},
        executor=dg.in_process_executor,
    )


defs = definitions(project_folder())
