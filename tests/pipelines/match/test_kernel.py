"""The kernel asked of some records of many: their numbers have gaps, and are told as they were asked."""

import polars as pl
import pytest

from pipelines.match import kernel
from pipelines.match.blocking.shared_identifiers import CROWDS
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.configuration import Configuration
from pipelines.match.model.model import unfitted
from schemas.project import Matching

ANNA = {"given": "Anna", "family": "Berg", "email": "anna.berg@a.example"}
OTTO = {"given": "Otto", "family": "Lund", "email": "otto@b.example"}
ROLES = {"given": "given_name", "family": "family_name", "email": "email"}
NUMBERS = [3, 7, 20, 21]  # of Anna twice, and of Otto twice
PAIRS = {"lo": pl.UInt32, "hi": pl.UInt32}


def edges(exclusive: dict[int, str] | None = None, *, explain_below: float = kernel.ALL) -> pl.DataFrame:
    """Edges of Anna with Anna, Otto with Otto, and both with each other; attributes by the number of a record."""
    names, facts = prepare_list(pl.DataFrame([ANNA, ANNA, OTTO, OTTO]), ROLES)
    numbered = [
        frame.with_columns(record=pl.Series(NUMBERS, dtype=pl.UInt32).gather(frame["record"]))
        for frame in (names, facts)
    ]
    pairs = pl.DataFrame([(3, 7), (7, 20), (20, 21)], schema=PAIRS, orient="row")
    held = None
    if exclusive is not None:
        rows = [(record, [each]) for record, each in exclusive.items()]
        held = pl.DataFrame(rows, schema={"record": pl.UInt32, "exclusive": pl.List(pl.String)}, orient="row")
    configuration = Configuration(unfitted(), Matching())
    own_names, own_facts = numbered
    found = kernel.score(
        pairs,
        own_names,
        own_facts,
        pl.DataFrame(schema=CROWDS),
        held,
        configuration=configuration,
        explain_below=explain_below,
    )
    assert found.schema == kernel.EDGES
    return found.sort("lo")


@pytest.mark.parametrize("exclusive", [None, {}, {3: "account=1", 7: "account=1"}, {3: "account=1", 20: "account=2"}])
def test_edges_are_told_by_the_numbers_of_their_records(exclusive: dict[int, str] | None) -> None:
    assert edges(exclusive).select("lo", "hi", "zone").rows() == [(3, 7, "merge"), (20, 21, "merge")]


def test_a_pair_of_two_values_of_an_exclusive_attribute_does_not_merge() -> None:
    found = edges({3: "account=1", 7: "account=2"}).filter(zone="merge")
    assert found.select("lo", "hi").rows() == [(20, 21)]


@pytest.mark.parametrize(("below", "explained"), [(kernel.ALL, 2), (0.0, 0)])
def test_edges_of_a_lower_probability_are_explained(below: float, explained: int) -> None:
    assert edges(explain_below=below)["evidence"].drop_nulls().len() == explained
