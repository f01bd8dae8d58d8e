"""Contacts: the golden records, their provenance, everything that happened with them."""

from datetime import UTC, datetime

import dagster as dg

from assets import lineage
from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.metadata import column_schema, verdict
from assets.resources import Workspace
from pipelines.derive.merge import merge
from pipelines.steps.health.contact_checks import check_contacts
from pipelines.steps.setting_changes import keep_settings
from pipelines.store.decisions.decisions import newly_blocked_conversations
from pipelines.store.reads import health
from pipelines.store.reads.timeline import length
from pipelines.store.runs.rule_changes import announce_rules
from schemas.contact import Contact

GROUP = "contacts"


@dg.asset(
    group_name=GROUP,
    deps=["match_edges", "conversations"],
    kinds={"duckdb", "polars", "pandera"},
    tags={"pii": "direct"},
    description="One golden record per person: surviving values, status, and the record each value came from",
    metadata={**column_schema(Contact), **lineage.metadata(lineage.of_contacts())},
    check_specs=[
        dg.AssetCheckSpec(
            "one_contact_per_record",
            asset="contacts",
            blocking=True,
            description="Every record is in exactly one contact",
        ),
        dg.AssetCheckSpec(
            "keys_unique",
            asset="contacts",
            blocking=True,
            description="No contact and no compared pair that this run has written is there twice",
        ),
        dg.AssetCheckSpec(
            "provenance_complete",
            asset="contacts",
            blocking=True,
            description="Every value has a provenance, and it is a record of its own contact; contacts that have not "
            "been derived since this last held are looked at once a week",
        ),
        dg.AssetCheckSpec(
            "exclusive_kept",
            asset="contacts",
            blocking=True,
            description="No contact holds two values of an attribute that only one person can have",
        ),
        dg.AssetCheckSpec(
            "cannot_links_kept",
            asset="contacts",
            blocking=True,
            description="No contact holds records that somebody has decided to be different people",
        ),
        dg.AssetCheckSpec(
            "no_interaction_in_future",
            asset="contacts",
            description="No message lies after the moment of the run; one that does is not counted as an interaction",
        ),
    ],
)
@without_values
@with_cpu_seconds
def contacts(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """Derive the contacts that a change can reach."""
    project, connection, moment = workspace.opened()
    merged = merge(project, connection, context.run.run_id, moment)
    keep_settings(project, connection)
    rules = announce_rules(connection, context.run.run_id)
    findings = {
        "keys_unique": health.keys_unique(connection, health.DERIVED, context.run.run_id),
        **check_contacts(project, connection, datetime.now(UTC)),
    }
    early = health.interactions_in_future(connection, moment)
    return dg.MaterializeResult(
        metadata={
            **merged._asdict(),
            "new_rules": dg.MetadataValue.json(rules),
            "newly_blocked_conversations": newly_blocked_conversations(connection, context.run.run_id),
            "blocked_conversations": health.count(connection, "blocked_conversation"),
            "dagster/row_count": health.count(connection, "contact"),
        },
        check_results=[
            *(verdict(name, finding) for name, finding in findings.items()),
            verdict("no_interaction_in_future", early, dg.AssetCheckSeverity.WARN),
        ],
    )


@dg.asset(
    group_name=GROUP,
    deps=["contacts", "decisions", "conversations"],
    kinds={"duckdb"},
    tags={"pii": "direct"},
    description="Everything that happened with each contact, over all channels in one order",
)
@without_values
@with_cpu_seconds
def timeline(workspace: Workspace) -> dg.MaterializeResult:
    """Count what can be told of contacts; interactions follow their record and are never rewritten."""
    return dg.MaterializeResult(metadata={"dagster/row_count": length(workspace.opened().connection)})
