"""The code location: received → identity → contacts → exports, and the job that runs them all."""

from pathlib import Path

import dagster as dg

from assets.contacts import contacts, timeline
from assets.exports import export_asset
from assets.identity import cluster_health, match_edges, review_queue
from assets.received import receive
from assets.resources import Workspace, project_folder
from pipelines.project import open_project

REFRESH = "refresh"


def definitions(folder: Path | None) -> dg.Definitions:
    """Everything Dagster needs for a project; without one, the assets every project has.

    One process runs all steps: the warehouse has a single writer, so more would only wait for each other.
    """
    segments = open_project(folder).segments if folder else []
    return dg.Definitions(
        assets=[
            receive,
            match_edges,
            contacts,
            timeline,
            review_queue,
            cluster_health,
            *(export_asset(segment) for segment in segments),
        ],
        jobs=[
            dg.define_asset_job(
                REFRESH,
                selection=dg.AssetSelection.all(),
                description="Take in what has arrived, match, merge, publish",
            )
        ],
        resources={"workspace": Workspace(folder=str(folder or "."))},
        executor=dg.in_process_executor,
    )


defs = definitions(project_folder())
