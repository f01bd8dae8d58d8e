"""Splink at work: it trains, predicts and clusters, on any list."""

import logging
from collections.abc import Sequence
from typing import Any

import polars as pl

from benchmarks.peer.configurations import (
    Configuration,
    Rule,
    blocking_rules,
    certain_rules,
    comparisons,
    training_rules,
    with_both_names,
)

THRESHOLD = 0.95
KEPT = 0.5
PRIOR = 1e-4  # what Splink starts from
FEW = 0.2  # the same as a share of records with a duplicate, over the size of the list: one in ten
RECALL = 0.7  # of what is certain

log = logging.getLogger(__name__)


def link(frame: pl.DataFrame, configuration: Configuration) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clusters at THRESHOLD (record_id, contact_id), and pairs from KEPT on (lo, hi, probability)."""
    linker = trained(with_both_names(frame) if configuration.tuned else frame, configuration)
    predicted: Any = linker.inference.predict(threshold_match_probability=KEPT)
    clusters: Any = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, THRESHOLD)
    found, pairs = pl.from_arrow(clusters.as_pyarrow_table()), pl.from_arrow(predicted.as_pyarrow_table())
    assert isinstance(found, pl.DataFrame)
    assert isinstance(pairs, pl.DataFrame)
    return (
        found.select(record_id="unique_id", contact_id="cluster_id"),
        pairs.select(lo="unique_id_l", hi="unique_id_r", probability="match_probability"),
    )


def trained(frame: pl.DataFrame, configuration: Configuration) -> Any:
    """A linker with the parameters that could be estimated; the others stay what Splink starts from."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.logging import disable

    disable()
    logging.getLogger("splink").setLevel(logging.ERROR)
    engine = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=FEW / frame.height if configuration.tuned else PRIOR,
        comparisons=comparisons(configuration, frame),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in blocking_rules(configuration, frame)],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(engine.register(frame.to_arrow()), settings, log_level=logging.ERROR)
    estimate_prior(linker, certain_rules(configuration, frame))
    linker.training.estimate_u_using_random_sampling(max_pairs=configuration.pairs, seed=1)
    for rule in training_rules(configuration, frame):
        train(linker, rule)
    return linker


def estimate_prior(linker: Any, certain: Sequence[Rule]) -> None:
    """How likely two records are one; where nothing tells, it stays what Splink starts from."""
    from splink import block_on

    if not certain:
        return
    try:
        linker.training.estimate_probability_two_random_records_match([block_on(*rule) for rule in certain], RECALL)
    except ValueError as error:
        log.warning("the prior was not estimated: %s", error)


def train(linker: Any, rule: Rule) -> None:
    """Learn m from the pairs of a block; a block without enough of them teaches nothing."""
    from splink import block_on
    from splink.internals.exceptions import EMTrainingException

    try:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    except (EMTrainingException, ValueError, IndexError) as error:
        log.warning("not trained on %s: %s", ", ".join(rule), error)


def counted(frame: pl.DataFrame, configuration: Configuration) -> int:
    """How many pairs the blocking rules give."""
    from splink import DuckDBAPI, block_on
    from splink.blocking_analysis import count_comparisons_from_blocking_rules

    each = count_comparisons_from_blocking_rules(
        DuckDBAPI().register(frame.to_arrow()),
        blocking_rules=[block_on(*rule) for rule in blocking_rules(configuration, frame)],
        link_type="dedupe_only",
        record_sample_proportion=1.0,
    )
    return int(each[-1]["cumulative_comparison_count"])
