"""Decisions: files of change requests are taken in once contacts are there, so that they can speak of new ones."""

from datetime import UTC, datetime

import dagster as dg

from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.metadata import verdict
from assets.received import outcomes, states
from assets.resources import Workspace
from pipelines.decide.deliveries import decide
from pipelines.steps.health.contact_checks import check_contacts
from pipelines.steps.rejected_files import write_rejected_files
from pipelines.store.decisions.change_requests import effects
from pipelines.store.reads import health

GROUP = "identity"


@dg.asset(
    group_name=GROUP,
    deps=["contacts"],
    kinds={"duckdb"},
    tags={"pii": "direct"},
    description="What people have decided about contacts, and what became of requests in landing/decisions",
    check_specs=[
        dg.AssetCheckSpec(
            "requests_conserved",
            asset="decisions",
            blocking=True,
            description="Outcomes add up to the rows read, and every refused row is kept",
        ),
        dg.AssetCheckSpec(
            "contacts_hold",
            asset="decisions",
            blocking=True,
            description="With what was decided, every record is still in one contact, every value has a provenance, "
            "and no contact holds two values of an exclusive attribute, or records of people decided to be two",
        ),
    ],
)
@without_values
@with_cpu_seconds
def decisions(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """Grant or refuse what is asked for, give back what was refused, count."""
    project, connection, _ = workspace.opened()
    taken = decide(project, connection, context.run.run_id, workspace.arrived())
    files = write_rejected_files(project, connection)
    held = health.Finding(0, 0)
    if any(each.outcomes for each in taken):
        findings = check_contacts(project, connection, datetime.now(UTC)).values()
        held = health.Finding(sum(each.broken for each in findings), sum(each.checked for each in findings))
    did = effects(connection, context.run.run_id)
    return dg.MaterializeResult(
        metadata={
            **states(taken),
            **outcomes(taken),
            "applied": sum(did.kinds.values()),
            **{f"applied_{kind}": number for kind, number in did.kinds.items()},
            "contacts": did.contacts,
            "merged": did.merged,
            "split": did.split,
            "given_back": len(files),
            "dagster/row_count": health.count(connection, "decision"),
        },
        check_results=[
            verdict("requests_conserved", health.rows_conserved(connection)),
            verdict("contacts_hold", held),
        ],
    )
