"""Identity: which records are the same person, which pairs a person has to look at."""

import dagster as dg

from assets.boundary import without_values
from assets.metadata import bars, signed_bars, stacked, table
from assets.resources import Workspace
from pipelines.steps.match import match
from pipelines.steps.match_report import weights_in_use
from pipelines.store import health, match_numbers

GROUP = "identity"


@dg.asset(
    group_name=GROUP,
    deps=["source_records"],
    kinds={"duckdb", "polars"},
    tags={"pii": "keyed"},
    description="Pairs of records worth merging or showing to a person, each with the evidence that says so",
)
@without_values
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
            "scores": stacked(match_numbers.score_histogram(connection), "bits", "zone", "pairs"),
            "rules": table(health.edge_rules(connection)),
            "shared_values": table(health.shared_values(connection)),
            "dagster/row_count": health.count(connection, "match_edge"),
        }
    )


@dg.asset(
    group_name=GROUP,
    deps=["contacts"],
    kinds={"duckdb"},
    tags={"pii": "keyed"},
    description="Pairs of contacts that may be one person, for a person to decide",
)
@without_values
def review_queue(workspace: Workspace) -> dg.MaterializeResult:
    """Count what waits for a decision."""
    return dg.MaterializeResult(
        metadata={"dagster/row_count": health.count(workspace.opened().connection, "review_queue")}
    )


@dg.asset(
    group_name=GROUP,
    deps=["contacts"],
    kinds={"duckdb"},
    description="How large clusters are and what holds them together",
)
@without_values
def cluster_health(workspace: Workspace) -> dg.MaterializeResult:
    """Numbers by which a data engineer sees that matching has gone wrong."""
    connection = workspace.opened().connection
    sizes = health.cluster_sizes(connection)
    return dg.MaterializeResult(
        metadata={
            "sizes": bars(sizes, "records", "contacts"),
            "largest": max(sizes["records"].to_list(), default=0),
            "scores": stacked(match_numbers.score_histogram(connection), "bits", "zone", "pairs"),
            "vetoes": table(match_numbers.vetoes(connection)),
            "rules": table(health.edge_rules(connection)),
        }
    )
