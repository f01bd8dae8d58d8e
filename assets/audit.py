"""Audit: what was done is on record, and the record is what it was."""

from datetime import UTC, datetime

import dagster as dg

from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.resources import Workspace
from pipelines.steps.audit.verify import verify

GROUP = "audit"
SHOWN = 10  # faults


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
@with_cpu_seconds
@without_values
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
