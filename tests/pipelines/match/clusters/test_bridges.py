import polars as pl
import pytest

from pipelines.match.clusters.bridges import votes

AUTO, SURE = 0.8, 0.98
Edge = tuple[str, str, float]
NAMED = {"a": "anna berg", "b": "anna berg", "c": "anna berg"}


def said(
    *edges: Edge, names: dict[str, str] | None = None, components: tuple[str, ...] = ("abc",)
) -> tuple[str, dict[str, int]]:
    """The records with a full name where a bridge can be, and votes by the two records of an edge."""
    frame = pl.DataFrame(edges, schema=["record_lo", "record_hi", "probability"], orient="row")
    parts = [
        (record, *(None if part == "-" else part for part in name.split()))
        for record, name in (NAMED if names is None else names).items()
    ]
    profiles = pl.DataFrame(
        parts, schema={"record_key": pl.String, "given_name": pl.String, "family_name": pl.String}, orient="row"
    )
    rows = [(record, members[0]) for members in components for record in members]
    component = pl.DataFrame(rows, schema=["record_key", "component"], orient="row")
    doubtful = frame.filter(pl.col("probability").is_between(AUTO, SURE, closed="left"))
    found = votes(frame, doubtful, profiles, component, AUTO)
    return "".join(sorted(map(str, found.named))), {f"{lo}{hi}": number for lo, hi, number in found.votes.iter_rows()}


def test_an_edge_that_would_merge_makes_up_for_a_pair_that_says_nothing() -> None:
    assert said(("a", "b", 0.99), ("b", "c", AUTO), ("a", "c", 0.79)) == ("abc", {"ab": 2, "bc": 2})


@pytest.mark.parametrize("name", ["anna -", "- berg", "- -"])
def test_without_a_full_name_the_pair_is_not_one_that_votes_against(name: str) -> None:
    edges = ("a", "b", 0.99), ("b", "c", 0.9), ("a", "c", 0.5)

    assert said(*edges, names=NAMED | {"c": name}) == ("ab", {"ab": 2, "bc": 1, "ac": -1})


def test_nobody_votes_where_no_bridge_can_be() -> None:
    assert said(("a", "b", 0.99), ("b", "c", 0.99)) == ("", {})
    assert said(("a", "b", 0.9), components=("ab",)) == ("", {})


def test_two_records_alone_have_no_say_beside_a_larger_component() -> None:
    names = dict.fromkeys("abcde", "anna berg")
    edges = ("a", "b", 0.99), ("b", "c", AUTO), ("d", "e", 0.9)

    assert said(*edges, names=names, components=("abc", "de")) == ("abc", {"ab": 2, "bc": 2})


def test_components_are_looked_at_by_themselves() -> None:
    names = dict.fromkeys("abcdef", "anna berg")
    edges = ("a", "b", 0.9), ("b", "c", 0.99), ("d", "e", 0.99), ("e", "f", 0.99), ("c", "d", 0.5), ("a", "z", 0.5)

    assert said(*edges, names=names, components=("abc", "def")) == ("abc", {"ab": 2, "bc": 2})
    both = said(*edges, ("d", "f", 0.9), names=names | {"c": "anna -"}, components=("abc", "def"))
    assert both == ("abdef", {"ab": 2, "bc": 1, "de": 2, "ef": 2, "df": 2})
