"""Identity: which records are the same person, which pairs a person has to look at, and whether that looks right."""

import dagster as dg

from assets.boundary import without_values
from assets.cpu_seconds import with_cpu_seconds
from assets.metadata import bars, signed_bars, stacked, table, verdict
from assets.resources import Workspace
from pipelines.derive.match import match
from pipelines.steps.health.contact_count import ContactCounts, count
from pipelines.steps.match_report import weights_in_use
from pipelines.store.contacts.id_changes import kinds_of
from pipelines.store.matching import cluster_metrics as clusters
from pipelines.store.matching import match_metrics
from pipelines.store.reads import health

GROUP = "identity"


@dg.asset(
    group_name=GROUP,
    deps=["source_records"],
    kinds={"duckdb", "polars"},
    tags={"pii": "keyed"},
    description="Pairs of records worth merging or showing to a person, each with the evidence that says so",
)
@without_values
@with_cpu_seconds
def match_edges(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """Compare what changed with whatever shares a blocking key with it."""
    project, connection, _ = workspace.opened()
    matched = match(project, connection, context.run.run_id)
    return dg.MaterializeResult(
        metadata={
            "records_compared": matched.records,
            "candidate_pairs": matched.pairs,
            "merge": matched.merge,
            "review": matched.review,
            "weights": signed_bars(weights_in_use(project.settings, connection), ["field", "level"], "bits"),
            "scores": stacked(match_metrics.score_histogram(connection), "bits", "zone", "pairs"),
            "rules": table(health.edge_rules(connection)),
            "shared_values": table(health.shared_values(connection)),
            "dagster/row_count": health.count(connection, "match_edge"),
        }
    )


@dg.asset(
    group_name=GROUP,
    deps=["contacts", "decisions"],
    kinds={"duckdb"},
    tags={"pii": "keyed"},
    description="Pairs of contacts that may be one person, for a person to decide",
)
@without_values
@with_cpu_seconds
def review_queue(workspace: Workspace) -> dg.MaterializeResult:
    """Count what waits for a decision."""
    return dg.MaterializeResult(
        metadata={"dagster/row_count": health.count(workspace.opened().connection, "review_queue")}
    )


@dg.asset(
    group_name=GROUP,
    deps=["contacts", "decisions"],
    kinds={"duckdb"},
    tags={"pii": "keyed"},
    description="How large clusters are, what holds them together, and how many contacts there are beside the last run",
    check_specs=[
        dg.AssetCheckSpec(
            "contacts_moved",
            asset="cluster_health",
            blocking=True,
            description="The number of contacts has moved by no more than `health: max_change` since the last accepted "
            "run; nothing is published otherwise",
        ),
        dg.AssetCheckSpec(
            "no_oversized_contact",
            asset="cluster_health",
            description=f"No contact is made of more than {clusters.OVERSIZED} records: hardly anybody is",
        ),
    ],
)
@without_values
@with_cpu_seconds
def cluster_health(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """Numbers by which a data engineer sees that matching has gone wrong."""
    project, connection, _ = workspace.opened()
    counted = count(project, connection, context.run.run_id, accept=workspace.accept_change)
    sizes, large = health.cluster_sizes(connection), clusters.oversized(connection)
    records, contacts = counted.now
    return dg.MaterializeResult(
        metadata={
            "records": records,
            "contacts": contacts,
            "records_per_contact": round(records / contacts, 3) if contacts else 0.0,
            "largest": max(sizes["records"].to_list(), default=0),
            "sizes": bars(sizes, "records", "contacts"),
            "largest_contacts": table(clusters.largest(connection)),
            "tied_by": table(clusters.ties(connection)),
            "id_changes": table(kinds_of(connection, context.run.run_id)),
            "scores": stacked(match_metrics.score_histogram(connection), "bits", "zone", "pairs"),
            "vetoes": table(match_metrics.vetoes(connection)),
            "rules": table(health.edge_rules(connection)),
        },
        check_results=[moved(counted), verdict("no_oversized_contact", large, dg.AssetCheckSeverity.WARN)],
    )


def moved(counted: ContactCounts) -> dg.AssetCheckResult:
    """Whether the number of contacts is accepted, with the way out if it is not."""
    before = counted.before
    return dg.AssetCheckResult(
        check_name="contacts_moved",
        passed=counted.is_accepted,
        description=counted.verdict,
        metadata={
            "contacts": counted.now.contacts,
            "contacts_before": before.contacts if before else 0,
            "share": round(counted.share, 4),
            "max_change": counted.allowed,
        },
    )
