"""How matching stands: the weights of the model, scores, what was left out. Numbers only, never a value of a person."""

import polars as pl

from pipelines.match.blocking.reach import estimate_reach
from pipelines.match.blocking.rules import CAPS, RULES
from pipelines.match.comparison.records import NAMES
from pipelines.match.model.findings import findings
from pipelines.match.model.weight_table import level_weights
from pipelines.publish.match_report import Report
from pipelines.store.matching import evidence, match_metrics, models
from pipelines.store.reads import health
from pipelines.store.warehouse.connection import Connection
from schemas.match_fields import fields_by_column
from schemas.project import Project


def report(settings: Project, connection: Connection) -> Report:
    """Look at the matching there is.

    Raises:
        NeverMatched: There is none yet.
    """
    evidence.require_matched(connection)
    version, model = models.current_parameters(connection)
    histogram = match_metrics.score_histogram(connection)
    return Report(
        project=settings.project,
        model=version,
        fitted_on=None if version == models.SHIPPED else model.records,
        duplicates=model.duplicates,
        auto=settings.matching.auto,
        review=settings.matching.review,
        records=health.count(connection, "record"),
        contacts=health.count(connection, "contact"),
        findings=findings(model),
        weights=weights_in_use(settings, connection),
        histogram=histogram,
        zones=dict(histogram.group_by("zone").agg(pl.col("pairs").sum()).sort("zone").iter_rows()),
        rules=health.edge_rules(connection),
        vetoes=match_metrics.vetoes(connection),
        sizes=health.cluster_sizes(connection),
        reach=estimate_reach(match_metrics.sampled_blocks(connection, CAPS), model.m),
        capped=named(match_metrics.capped_blocks(connection, CAPS)),
        shared=health.shared_values(connection),
    )


def weights_in_use(settings: Project, connection: Connection) -> pl.DataFrame:
    """The weights of the model in use: field, level, m, u, bits."""
    _, model = models.current_parameters(connection)
    return level_weights(model, fields_compared(settings, connection), models.chances(connection))


def fields_compared(settings: Project, connection: Connection) -> frozenset[str]:
    """The fields that records of this project can be compared by."""
    points = match_metrics.identifying_fields(connection)
    domain = ["email_domain"] if "email" in points else []
    return frozenset((*NAMES, *points, *domain, "country", *fields_by_column(settings.match_roles()).values()))


def named(capped: pl.DataFrame) -> pl.DataFrame:
    """Capped blocks by what their records have in common, and the cap: key, cap, blocks, records, largest."""
    keys = [" + ".join(RULES[rule].parts) for rule in capped["rule"]]
    caps = [RULES[rule].cap for rule in capped["rule"]]
    return capped.select(
        pl.Series("key", keys, pl.String), pl.Series("cap", caps, pl.Int64), "blocks", "records", "largest"
    )
