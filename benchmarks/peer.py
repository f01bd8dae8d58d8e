"""Splink 5, set up the way a user who knows it would: one set of rules for any list, out of the roles of its columns.

`python -m benchmarks.peer RECORDS --roles ROLES --out CLUSTERS --pairs PAIRS` trains, scores and clusters at .95, and
keeps the pairs from .5 on, so that other thresholds can be tried. With `--count` it only counts the pairs its blocking
rules give.
"""

import argparse
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.crowd.truth import without_accents
from benchmarks.resolve import read_records

THRESHOLD = 0.95
KEPT = 0.5
COMMON = 20
RULES = [  # what two records must share to be compared, as far as the list has it
    *(("email",), ("phone",), ("exact_id",), ("channel_id",), ("company", "postcode"), ("company", "city")),
    *(("given_name", "family_name"), ("full_name",), ("family_name", "date_of_birth"), ("given_name", "date_of_birth")),
    *(("family_name", "city"), ("family_name", "postcode"), ("given_name", "postcode"), ("given_name", "street")),
]
SMALL = 50_000  # records, up to which one can afford to compare all that share one of these
BROAD = [("date_of_birth",), ("given_name", "city"), ("family_name", "region"), ("postcode",)]
NAMELESS = [("company",), ("street",)]  # for lists of organisations
TRAINED = [("given_name", "family_name"), ("full_name",), ("email",), ("date_of_birth",), ("phone",), ("company",)]
CERTAIN = [("email",), ("phone",), ("exact_id",), ("given_name", "family_name", "date_of_birth"), ("company", "street")]


def cleaned(records: pl.DataFrame, roles: dict[str, str]) -> pl.DataFrame:
    """One column a role, its first value that is there, in small letters without accents; the last 9 digits of phones.

    A full name is left out where it is also given in parts, and an address or a number that more than COMMON records
    have, which is nobody's own.
    """
    wanted = set(roles.values())
    if wanted >= {"given_name", "family_name"}:
        wanted.discard("full_name")
    frame = records.select(
        pl.col("record_id").alias("unique_id"),
        *(_clean(pl.coalesce([name for name, each in roles.items() if each == role]), role) for role in sorted(wanted)),
    )
    return frame.with_columns(
        pl.when(pl.len().over(role) <= COMMON).then(role).alias(role) for role in ("email", "phone") if role in wanted
    )


def _clean(value: pl.Expr, role: str) -> pl.Expr:
    text = without_accents(value).str.to_lowercase().str.strip_chars()
    if role in ("phone", "exact_id", "postcode"):
        text = text.str.replace_all(r"[^a-z0-9]", "")
    if role == "phone":
        text = text.str.replace_all(r"\D", "").str.tail(9)
    return pl.when(text != "").then(text).alias(role)


def rules(frame: pl.DataFrame) -> list[tuple[str, ...]]:
    """The blocking rules for this list."""
    named = {"given_name", "family_name", "full_name"} & set(frame.columns)
    wanted = RULES + ([] if named else NAMELESS) + (BROAD if frame.height <= SMALL else [])
    return [rule for rule in wanted if set(rule) <= set(frame.columns)]


def comparisons(columns: list[str]) -> list[Any]:
    """How each column is compared, as Splink's own examples do."""
    import splink.comparison_library as compare

    def frequent(comparison: Any) -> Any:
        return comparison.configure(term_frequency_adjustments=True)

    ways: dict[str, Callable[[], Any]] = {
        "given_name": lambda: frequent(compare.JaroWinklerAtThresholds("given_name", [0.92, 0.8])),
        "middle_name": lambda: compare.JaroWinklerAtThresholds("middle_name", [0.9]),
        "family_name": lambda: frequent(compare.JaroWinklerAtThresholds("family_name", [0.92, 0.8])),
        "full_name": lambda: frequent(compare.JaroWinklerAtThresholds("full_name", [0.95, 0.88, 0.8])),
        "email": lambda: compare.EmailComparison("email"),
        "phone": lambda: compare.LevenshteinAtThresholds("phone", [1, 2]),
        "channel_id": lambda: compare.ExactMatch("channel_id"),
        "exact_id": lambda: compare.LevenshteinAtThresholds("exact_id", [1, 2]),
        "date_of_birth": lambda: compare.LevenshteinAtThresholds("date_of_birth", [1, 2]),
        "postcode": lambda: frequent(compare.LevenshteinAtThresholds("postcode", [1, 2])),
        "city": lambda: frequent(compare.JaroWinklerAtThresholds("city", [0.9])),
        "street": lambda: frequent(compare.JaroWinklerAtThresholds("street", [0.9, 0.8])),
        "region": lambda: frequent(compare.ExactMatch("region")),
        "country": lambda: compare.ExactMatch("country"),
        "company": lambda: frequent(compare.JaroWinklerAtThresholds("company", [0.95, 0.88, 0.8])),
        "category": lambda: compare.ExactMatch("category"),
    }
    return [way() for column, way in ways.items() if column in columns]


def link(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clusters at THRESHOLD (record_id, contact_id), and pairs from KEPT on (lo, hi, probability)."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.internals.exceptions import EMTrainingException
    from splink.logging import disable

    disable()
    logging.getLogger("splink").setLevel(logging.ERROR)
    engine = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons(frame.columns),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules(frame)],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(engine.register(frame.to_arrow()), settings)
    has = [[rule for rule in each if set(rule) <= set(frame.columns)] for each in (CERTAIN, TRAINED)]
    linker.training.estimate_probability_two_random_records_match([block_on(*rule) for rule in has[0]], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in has[1][:3]:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
        except (EMTrainingException, ValueError) as error:
            logging.getLogger(__name__).warning("not trained on %s: %s", ", ".join(rule), error)
    predicted: Any = linker.inference.predict(threshold_match_probability=KEPT)
    clusters: Any = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, THRESHOLD)
    found, pairs = pl.from_arrow(clusters.as_pyarrow_table()), pl.from_arrow(predicted.as_pyarrow_table())
    assert isinstance(found, pl.DataFrame)
    assert isinstance(pairs, pl.DataFrame)
    return (
        found.select(record_id="unique_id", contact_id="cluster_id"),
        pairs.select(lo="unique_id_l", hi="unique_id_r", probability="match_probability"),
    )


def counted(frame: pl.DataFrame) -> int:
    """How many pairs the blocking rules give."""
    from splink import DuckDBAPI, block_on
    from splink.blocking_analysis import count_comparisons_from_blocking_rules

    each = count_comparisons_from_blocking_rules(
        DuckDBAPI().register(frame.to_arrow()),
        blocking_rules=[block_on(*rule) for rule in rules(frame)],
        link_type="dedupe_only",
        record_sample_proportion=1.0,
    )
    return int(each[-1]["cumulative_comparison_count"])


def main() -> None:
    """Read, link, write; or count."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peer", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--roles", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--count", action="store_true")
    given = parser.parse_args()
    frame = cleaned(*read_records(given.records, given.roles))
    if given.count:
        print(counted(frame))
        return
    clusters, pairs = link(frame)
    clusters.write_parquet(given.out)
    pairs.write_parquet(given.pairs)


if __name__ == "__main__":
    main()
