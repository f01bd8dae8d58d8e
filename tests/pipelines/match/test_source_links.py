import polars as pl

from pipelines.match.clusters.cluster import cluster
from pipelines.match.score import EDGES, PAIR
from pipelines.match.source_links import with_source_merges

NO_EDGES = pl.DataFrame(schema=EDGES)
NO_POINTS = pl.DataFrame(schema={"record_key": pl.String, "field": pl.String, "value": pl.String})


def pairs(*found: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(found, schema=dict.fromkeys(PAIR, pl.String), orient="row")


def test_a_merge_of_the_source_is_an_edge_that_is_certain() -> None:
    edges = with_source_merges(NO_EDGES, pairs(("a", "b")))
    assert edges.schema == pl.Schema(EDGES)
    told = edges.select(*PAIR, "zone", "rule", "probability", "vague").rows()
    assert told == [("a", "b", "merge", "source_merge", 1.0, False)]


def test_it_takes_the_place_of_what_was_found_of_the_same_pair_and_of_no_other() -> None:
    found = pl.DataFrame(
        [
            ("a", "b", "review", "names_contradict", 0.6, 0.58, False, "{}"),
            ("b", "c", "merge", "same_email", 0.99, 6.6, True, "{}"),
        ],
        schema=EDGES,
        orient="row",
    )
    edges = with_source_merges(found, pairs(("a", "b")))
    assert edges.select(*PAIR, "rule").rows() == [("a", "b", "source_merge"), ("b", "c", "same_email")]


def test_without_a_merge_of_the_source_edges_stay_what_they_are() -> None:
    found = pl.DataFrame([("b", "c", "merge", "same_email", 0.99, 6.6, True, "{}")], schema=EDGES, orient="row")
    assert with_source_merges(found, pairs()).equals(found)


def test_names_that_contradict_each_other_do_not_part_what_the_source_has_merged() -> None:
    profiles = pl.DataFrame(
        [("a", "jane", None, "doe", []), ("b", "john", None, "smith", [])],
        schema={
            "record_key": pl.String,
            "given_name": pl.String,
            "middle_name": pl.String,
            "family_name": pl.String,
            "exclusive": pl.List(pl.String),
        },
        orient="row",
    )
    found = cluster(with_source_merges(NO_EDGES, pairs(("a", "b"))), profiles, NO_POINTS, 0.95)
    assert found.clusters["cluster"].to_list() == ["a", "a"]
    assert found.vetoed.is_empty()
