from collections.abc import Hashable

import polars as pl
import pytest

from pipelines.match.clusters.name_conflicts import NameBits
from pipelines.match.clusters.rivals import CLOSE, are_several, contested_last, rivals

NOBODY = pl.DataFrame(schema={"record_lo": pl.String, "record_hi": pl.String})
ALICE, ARTHUR = NameBits(own=1, against=2), NameBits(own=2, against=1)


def edges(*rows: tuple[str, str, float]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["record_lo", "record_hi", "weight"], orient="row")
    return frame.with_columns(vague=pl.lit(value=True))


def test_two_people_that_fit_an_initial_about_equally_are_rivals() -> None:
    merges = edges(("alice", "initial", 9.0), ("arthur", "initial", 8.0))
    found = rivals(merges, {"alice": ALICE, "arthur": ARTHUR}, NOBODY)

    assert found == {"initial": ["alice", "arthur"]}


def test_who_fits_much_better_has_no_rival() -> None:
    merges = edges(("alice", "initial", 9.0), ("arthur", "initial", 8.9 - CLOSE))
    found = rivals(merges, {"alice": ALICE, "arthur": ARTHUR}, NOBODY)

    assert found == {}


def test_two_records_of_one_person_are_no_rivals() -> None:
    found = rivals(
        edges(("alice", "initial", 9.0), ("again", "initial", 9.0)), {"alice": ALICE, "again": ALICE}, NOBODY
    )

    assert found == {}


def test_a_short_form_of_two_names_has_rivals_though_these_look_alike() -> None:
    merges = edges(("christian", "chris", 9.0), ("christine", "chris", 9.0))
    contradicted = pl.DataFrame({"record_lo": ["christian"], "record_hi": ["christine"]})

    assert rivals(merges, {}, contradicted) == {"chris": ["christian", "christine"]}


@pytest.mark.parametrize(("behind", "found"), [(CLOSE, {"initial": ["alice", "arthur"]}), (CLOSE + 0.01, {})])
def test_who_fits_worse_by_so_many_bits_is_a_rival_still(behind: float, found: dict[str, list[str]]) -> None:
    merges = edges(("alice", "initial", 9.0), ("arthur", "initial", 9.0 - behind))

    assert rivals(merges, {"alice": ALICE, "arthur": ARTHUR}, NOBODY) == found


def test_an_edge_that_says_who_is_meant_makes_no_rival() -> None:
    merges = edges(("alice", "initial", 9.0), ("arthur", "initial", 9.0)).with_columns(vague=pl.Series([True, False]))

    assert rivals(merges, {"alice": ALICE, "arthur": ARTHUR}, NOBODY) == {}


def test_vague_edges_of_contested_records_come_last_and_all_others_stay_in_their_order() -> None:
    merges = edges(*((f"r{nth:04}", "a" if nth % 3 else "b", 1.0) for nth in range(3000)))
    merges = merges.with_columns(vague=pl.int_range(pl.len()) % 2 == 0)
    late = (pl.col("record_hi") == "b") & pl.col("vague")

    found = contested_last(merges, {"b": ["x", "y"]})
    assert found.equals(pl.concat([merges.filter(~late), merges.filter(late)]))


def test_records_are_several_unless_one_cluster_has_them() -> None:
    one, other = object(), object()
    held: dict[Hashable, object] = {"a": one, "b": one, "c": other}

    assert [are_several(each, held) for each in ("ab", "abc", "ax", "xx", "")] == [False, True, True, False, False]
