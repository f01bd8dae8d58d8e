import polars as pl
import pytest

from pipelines.match.clusters import name_conflicts as module
from pipelines.match.clusters.name_conflicts import MOST_NAMES, NameBits, name_conflicts

Names = dict[str, str]


def conflicts(names: Names, *components: str, vague: str = "a") -> dict[object, NameBits]:
    """The bits of records, each of one letter; `-` stands for a name that is not known."""
    parts = [(record, *(None if part == "-" else part for part in name.split())) for record, name in names.items()]
    profiles = pl.DataFrame(parts, schema=["record_key", "given_name", "family_name"], orient="row")
    pairs = [(members[0], other) for members in components for other in members[1:]]
    edges = pl.DataFrame(pairs, schema=["record_lo", "record_hi"], orient="row")
    component = pl.DataFrame(
        [(record, members[0]) for members in components for record in members],
        schema=["record_key", "component"],
        orient="row",
    )
    stated = profiles.with_columns(middle_name=pl.lit(None, dtype=pl.String))
    return name_conflicts(edges.with_columns(vague=pl.col("record_lo").is_in(list(vague))), stated, component)


def contradicting(found: dict[object, NameBits]) -> set[str]:
    """Pairs of records of which the one is against the other."""
    return {f"{one}{other}" for one in found for other in found if found[one].own & found[other].against}


@pytest.mark.parametrize(
    ("names", "against"),
    [
        ({"a": "anna berg", "b": "thomas berg"}, {"ab", "ba"}),
        ({"a": "anna berg", "b": "ann berg", "c": "thomas berg"}, {"ac", "ca", "bc", "cb"}),
        ({"a": "anna berg", "b": "anna weber"}, set()),
        ({"a": "anna berg", "b": "berg anna"}, set()),
        ({"a": "anna berg", "b": "- berg", "c": "- -"}, set()),
        ({"a": "anna -", "b": "thomas berg"}, {"ab", "ba"}),
        ({"a": "thomas -", "b": "anna berg"}, {"ab", "ba"}),
        ({"a": "anna berg", "b": "anna berg", "c": "tom berg"}, {"ac", "ca", "bc", "cb"}),
        ({"a": "tom weber", "b": "tom -", "c": "anna weber"}, {"ac", "ca", "bc", "cb"}),
    ],
)
def test_different_given_names_contradict_each_other(names: Names, against: set[str]) -> None:
    assert contradicting(conflicts(names, "".join(names))) == against


def test_only_components_with_a_vague_edge_are_looked_at() -> None:
    names = {"a": "anna berg", "b": "tom berg", "c": "anna berg", "d": "tom berg"}

    assert set(conflicts(names, "ab", "cd", vague="c")) == {"c", "d"}
    assert conflicts(names, "ab", "cd", vague="") == {}


def test_names_of_two_components_are_not_compared() -> None:
    assert conflicts({"a": "anna berg", "b": "- -", "c": "tom berg", "d": "- -"}, "ab", "cd", vague="ac") == {}


@pytest.mark.parametrize(
    ("most", "against"), [(3, {"ac", "ca", "bc", "cb"}), (2, {f"{a}{b}" for a in "abc" for b in "abc"})]
)
def test_of_more_names_than_are_compared_each_contradicts_all(
    most: int, against: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_NAMES", most)

    found = conflicts({"a": "anna berg", "b": "ann berg", "c": "tom berg", "d": "- berg"}, "abcd")

    assert contradicting(found) == against


def test_five_hundred_names_are_compared_and_in_chunks_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"a": "anna berg", "b": "ann berg", "c": "tom berg", "d": "otto berg"}
    whole = conflicts(names, "abcd")
    monkeypatch.setattr(module, "CHUNK", 2)

    assert MOST_NAMES == 500
    assert contradicting(conflicts(names, "abcd")) == contradicting(whole) != set()
