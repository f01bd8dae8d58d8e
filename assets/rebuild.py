"""Proving, every week if that is turned on, that what runs have added up to is what a rebuild gives."""

import dagster as dg

from assets.boundary import without_values
from assets.metadata import table
from assets.resources import Workspace
from pipelines.steps.rebuild import compare

REBUILD_COMPARE = "rebuild_compare"
SUNDAY_NIGHT = "0 3 * * 0"


@dg.asset_check(
    asset="contacts",
    blocking=True,
    description="Everything that is derived equals what a rebuild from what was received and decided gives",
)
@without_values
def equals_a_rebuild(workspace: Workspace) -> dg.AssetCheckResult:
    """Rebuild in a transaction that is undone, and count what differs."""
    project, connection, _ = workspace.looked_into("onecontact rebuild --compare")
    found = compare(project, connection)
    return dg.AssetCheckResult(
        passed=found.is_equal,
        description=found.verdict,
        metadata={
            "records": found.records,
            "contacts": found.contacts,
            "waiting_for_a_run": found.pending,
            "rows_that_differ": found.rows,
            "contacts_that_differ": len(found.contacts_that_differ),
            "tables": table(found.tables),
        },
    )


def rebuild_schedule(timezone: str) -> dg.ScheduleDefinition:
    """Sundays at three in the morning; off until somebody turns it on, on Dagster's page or with its command."""
    return dg.ScheduleDefinition(
        job_name=REBUILD_COMPARE,
        cron_schedule=SUNDAY_NIGHT,
        execution_timezone=timezone,
        description="Off until it is turned on: on Dagster's page (`onecontact dev`), which has to run for it",
    )
