import polars as pl

from benchmarks.zones import Linkable, Zone, linkable, true_pairs, zones
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode

ROLES = {"given": "given_name", "family": "family_name", "email": "email"}
RECORDS = encode(
    4,
    *prepare_list(
        pl.DataFrame(
            [
                ("Anna", "Berg", "anna@example.com"),
                (None, None, "anna@example.com"),
                ("Anna", "Berg", None),
                ("Otto", "Kern", None),
            ],
            schema=[*ROLES],
            orient="row",
        ),
        ROLES,
    ),
)
TRUE = true_pairs(pl.Series(["anna", "anna", "anna", "otto"]))


def pairs(*listed: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(listed, schema={"lo": pl.UInt32, "hi": pl.UInt32}, orient="row")


def test_true_pairs_are_those_of_one_cluster() -> None:
    assert TRUE.rows() == [(0, 1), (0, 2), (1, 2)]


def test_records_that_nobody_knows_of_are_in_no_true_pair() -> None:
    assert true_pairs(pl.Series([None, None, "anna"], dtype=pl.String)).is_empty()


def test_a_zone_tells_how_many_of_its_pairs_are_true() -> None:
    edges = pairs((0, 1), (0, 2), (0, 3)).with_columns(zone=pl.Series(["merge", "review", "review"]))
    assert zones(edges, TRUE) == [Zone("merge", 1, 1), Zone("review", 2, 1)]


def test_true_pairs_are_told_by_what_they_have_in_common() -> None:
    address, name, *_, everything = linkable(RECORDS, TRUE, pairs((0, 1), (0, 2)), pairs((0, 1)))
    assert address == Linkable("an address, a number or an id", 1, 1, 1, 1, 1)
    assert name == Linkable("or the full name", 2, 2, 1, 3, 1)
    assert everything == Linkable("or nothing of these", 3, 2, 1, 3, 1)


def test_edges_by_way_of_a_third_record_count_as_linked() -> None:
    *_, everything = linkable(RECORDS, TRUE, pairs((0, 1), (0, 2)), pairs((0, 1), (0, 2)))
    assert (everything.held, everything.held_linked) == (2, 3)
