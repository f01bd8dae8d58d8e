"""What records say is read for those alone whose clusters it can change."""

from itertools import combinations
from math import log2

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.clusters.cluster import cluster
from pipelines.match.clusters.in_doubt import in_doubt
from pipelines.match.score import NAMES_CONTRADICT
from tests.examples import examples

AUTO = 0.8
RECORDS = 8
CERTAIN, LIKELY, DOUBTFUL = 0.9999, 0.9, 0.6
EVIDENCE = '{"email":{"weight":9.0},"city":{"weight":4.0}}'
SAYS = {"given_name": pl.String, "middle_name": pl.String, "family_name": pl.String, "said": pl.UInt64}
Edge = tuple[int, int, float, bool, str]  # lo, hi, probability, vague, rule


def frame(edges: list[Edge]) -> pl.DataFrame:
    rows = [
        (lo, hi, "merge" if chance >= AUTO else "review", rule, log2(chance / (1 - chance)), chance, vague, EVIDENCE)
        for lo, hi, chance, vague, rule in edges
    ]
    ends = {"record_lo": pl.UInt32, "record_hi": pl.UInt32}
    says = {"zone": pl.String, "rule": pl.String, "weight": pl.Float64, "probability": pl.Float64}
    return pl.DataFrame(rows, schema=ends | says | {"vague": pl.Boolean, "evidence": pl.String}, orient="row")


def asked(
    edges: list[Edge], held: dict[int, str] | None = None, emails: dict[int, list[str]] | None = None
) -> set[int]:
    return set(in_doubt(frame(edges), exclusive(held or {}), addresses(emails or {}), AUTO))


def exclusive(held: dict[int, str]) -> pl.DataFrame:
    stated = [[held[record]] if record in held else [] for record in range(RECORDS)]
    schema = pl.Schema({"record_key": pl.UInt32(), "exclusive": pl.List(pl.String)})
    return pl.DataFrame({"record_key": range(RECORDS), "exclusive": stated}, schema=schema)


def addresses(emails: dict[int, list[str]]) -> pl.DataFrame:
    rows = [(record, "email", each) for record, values in emails.items() for each in values]
    return pl.DataFrame(rows, schema={"record_key": pl.UInt32, "field": pl.String, "value": pl.String}, orient="row")


def test_records_that_certain_edges_tie_are_not_asked_and_neither_are_those_that_none_does() -> None:
    assert asked([(0, 1, CERTAIN, False, "same_email")]) == set()


def test_two_records_that_a_likely_edge_ties_are_not_asked() -> None:
    assert asked([(0, 1, LIKELY, False, "score")]) == set()


def test_a_vague_edge_asks_for_its_component_and_for_no_other() -> None:
    edges = [(0, 1, CERTAIN, True, "score"), (1, 2, CERTAIN, False, "score"), (3, 4, CERTAIN, False, "score")]

    assert asked(edges) == {0, 1, 2}


def test_both_ends_of_an_edge_that_a_person_is_asked_about_are_asked() -> None:
    assert asked([(0, 1, CERTAIN, False, "score"), (1, 2, DOUBTFUL, False, "score")]) == {0, 1, 2}


def test_two_lone_records_that_a_person_is_asked_about_are_not_asked() -> None:
    assert asked([(0, 1, DOUBTFUL, False, "score")]) == set()


def test_contradicting_exclusive_values_and_too_many_addresses_ask_for_their_components() -> None:
    edges: list[Edge] = [(0, 1, CERTAIN, False, "score"), (2, 3, CERTAIN, False, "score")]

    assert asked(edges, held={0: "id=1", 1: "id=2"}) == {0, 1}
    assert asked(edges, emails={2: ["a", "b", "c"], 3: ["d", "e", "f"]}) == {2, 3}


edge_lists = st.lists(
    st.tuples(
        st.sampled_from([*combinations(range(RECORDS), 2)]),
        st.sampled_from([CERTAIN, CERTAIN, LIKELY, LIKELY, DOUBTFUL]),
        st.booleans(),
        st.sampled_from(["score", "same_email", NAMES_CONTRADICT]),
    ).map(lambda each: (*each[0], DOUBTFUL if each[3] == NAMES_CONTRADICT else each[1], *each[2:])),
    unique_by=lambda edge: edge[:2],
    max_size=14,
)
persons = st.lists(st.sampled_from(["Anna", "Anne", "Otto", "A", None]), min_size=RECORDS, max_size=RECORDS)
accounts = st.dictionaries(st.integers(0, RECORDS - 1), st.sampled_from(["id=1", "id=2"]), max_size=3)


@settings(max_examples=examples(200, light=30), deadline=None)
@given(edge_lists, persons, accounts)
def test_what_the_others_say_changes_nothing(edges: list[Edge], given: list[str | None], held: dict[int, str]) -> None:
    names = [(each, None, "Berg" if each else None, nth % 5) for nth, each in enumerate(given)]
    profiles = exclusive(held).hstack(pl.DataFrame(names, schema=SAYS, orient="row"))
    no_points = addresses({})
    known = pl.col("record_key").is_in(in_doubt(frame(edges), exclusive(held), no_points, AUTO).implode())
    silent = profiles.with_columns(pl.when(known).then(name).alias(name) for name in SAYS)

    assert all(
        one.equals(other)
        for one, other in zip(
            cluster(frame(edges), profiles, no_points, AUTO),
            cluster(frame(edges), silent, no_points, AUTO),
            strict=True,
        )
    )
