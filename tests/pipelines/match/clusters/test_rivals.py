import polars as pl

from pipelines.match.clusters.name_conflicts import NameBits
from pipelines.match.clusters.rivals import CLOSE, rivals

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
