import polars as pl

from pipelines.match.cluster import cluster
from pipelines.match.decided import with_source_merges
from pipelines.match.score import EDGES, PAIR

NO_EDGES = pl.DataFrame(schema=EDGES)
NO_POINTS = pl.DataFrame(schema={"record_key": pl.String, "field": pl.String, "value": pl.String, "exact": pl.Boolean})


def pairs(*found: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(found, schema=dict.fromkeys(PAIR, pl.String), orient="row")


def profiles(**tokens: str) -> pl.DataFrame:
    return pl.DataFrame(
        [(record, name.split(), []) for record, name in tokens.items()],
        schema={"record_key": pl.String, "tokens": pl.List(pl.String), "exclusive": pl.List(pl.String)},
        orient="row",
    )


def test_a_merge_of_the_source_is_an_edge_that_is_certain() -> None:
    edges = with_source_merges(NO_EDGES, pairs(("a", "b")))
    assert edges.schema == pl.Schema(EDGES)
    assert edges.select(*PAIR, "zone", "rule", "probability").rows() == [("a", "b", "merge", "source_merge", 1.0)]


def test_it_takes_the_place_of_what_was_found_of_the_same_pair_and_of_no_other() -> None:
    found = pl.DataFrame(
        [("a", "b", "review", "names_contradict", 0.8, 2.0, "{}"), ("b", "c", "merge", "same_email", 0.99, 9.0, "{}")],
        schema=EDGES,
        orient="row",
    )
    edges = with_source_merges(found, pairs(("a", "b")))
    assert edges.select(*PAIR, "rule").rows() == [("a", "b", "source_merge"), ("b", "c", "same_email")]


def test_names_that_contradict_each_other_do_not_part_what_the_source_has_merged() -> None:
    edges = with_source_merges(NO_EDGES, pairs(("a", "b")))
    found = cluster(edges, profiles(a="jane doe", b="john smith"), NO_POINTS, 0.95)
    assert found.clusters["cluster"].to_list() == ["a", "a"]
    assert found.vetoed.is_empty()
