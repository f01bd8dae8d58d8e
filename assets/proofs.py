"""Proving that what is stored is what it should be: the audit trail in each run, all that is derived every week.

The second is off until it is turned on.
"""

from datetime import UTC, datetime

import dagster as dg

from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.metadata import table
from assets.resources import Workspace
from pipelines.steps.audit.verify import verify
from pipelines.steps.rebuild import compare

GROUP = "audit"
SHOWN = 10  # faults
REBUILD_COMPARE = "rebuild_compare"
SUNDAY_NIGHT = "0 3 * * 0"


@dg.asset(
    group_name=GROUP,
    deps=["contacts", "decisions"],
    kinds={"duckdb"},
    tags={"pii": "keyed"},
    description="Every change, decision, run and publication as an event without values, in a hash tree under seals",
    check_specs=[
        dg.AssetCheckSpec(
            "chain_verifies",
            asset="audit_trail",
            blocking=True,
            description="No event or seal was changed, removed, inserted or exchanged: of what came since the last run "
            "but one; once a week, of all there are",
        )
    ],
)
@without_values
@with_cpu_seconds
def audit_trail(workspace: Workspace) -> dg.MaterializeResult:
    """Verify the trail before anything is published."""
    project, connection, _ = workspace.opened()
    found = verify(project, connection, datetime.now(UTC))
    return dg.MaterializeResult(
        metadata={"verified": found.events, "seals": found.seals, "all_of_it": found.is_whole},
        check_results=[
            dg.AssetCheckResult(
                check_name="chain_verifies",
                passed=not found.faults,
                description="; ".join(found.faults[:SHOWN]) or None,
                metadata={"events": found.events, "seals": found.seals, "faults": len(found.faults)},
            )
        ],
    )


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
