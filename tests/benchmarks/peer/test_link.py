"""Splink on tiny lists of every kind, where it is installed."""

import polars as pl
import pytest

from benchmarks.peer.configurations import CONFIGURATIONS
from benchmarks.peer.link import counted, link

PEOPLE = 40


def people(**columns: str) -> pl.DataFrame:
    """A list without duplicates; what a column holds is written with the number of the person."""
    numbers = range(PEOPLE)
    return pl.DataFrame(
        {
            "unique_id": numbers,
            **{name: [text.format(nth, nth % 5) for nth in numbers] for name, text in columns.items()},
        }
    )


NAMES_ALONE = people(given_name="given{0}", family_name="family{1}", postcode="4320{1}")
BIRTHS = people(given_name="given{0}", family_name="family{1}", date_of_birth="19{0:02}-01-0{1}", category="{1}")
FIRMS = people(company="firm {0}", street="{0} oak st", postcode="4320{1}")


@pytest.mark.parametrize("frame", [NAMES_ALONE, BIRTHS, FIRMS], ids=["names", "births", "firms"])
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_list_without_duplicates_or_identifiers_is_linked_all_the_same(name: str, frame: pl.DataFrame) -> None:
    pytest.importorskip("splink")
    clusters, pairs = link(frame, CONFIGURATIONS[name])
    assert sorted(clusters["record_id"]) == list(range(PEOPLE))
    assert pairs.columns == ["lo", "hi", "probability"]


def test_the_pairs_of_the_blocking_rules_are_counted() -> None:
    pytest.importorskip("splink")
    assert counted(NAMES_ALONE, CONFIGURATIONS["docs"]) == 5 * (8 * 7 // 2)
