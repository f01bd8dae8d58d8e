import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.names import name_levels


def level(one: str, other: str) -> str | None:
    """Level of two names given as folded words in any order."""
    sides = pl.DataFrame(
        {"tokens_lo": [sorted(one.split())], "tokens_hi": [sorted(other.split())]},
        schema=dict.fromkeys(["tokens_lo", "tokens_hi"], pl.List(pl.String)),
    )
    found: str | None = name_levels(sides)["name"].item()
    return found


def test_the_same_name_is_exact_whichever_part_comes_first() -> None:
    assert level("anna berg", "berg anna") == "exact"


@pytest.mark.parametrize(("full", "short"), [("elizabeth", "liz"), ("thomas", "tom"), ("robert", "bob")])
def test_a_common_short_form_is_a_nickname(full: str, short: str) -> None:
    assert level(f"{full} morgan", f"{short} morgan") == "nickname"


def test_a_slip_of_the_keyboard_is_similar() -> None:
    assert level("svenja ohlsen", "svenja olhsen") == "similar"


def test_the_weakest_word_decides_the_level_of_a_whole_name() -> None:
    assert level("thomas ohlsen", "tom olhsen") == "similar"


@pytest.mark.parametrize(
    ("one", "other"),
    [("andreas", "andrea"), ("christian", "christina"), ("daniel", "daniela"), ("alexander", "alexandra")],
)
def test_names_that_differ_in_their_ending_are_two_peoples(one: str, other: str) -> None:
    assert level(f"{one} berg", f"{other} berg") == "conflict"


@pytest.mark.parametrize(("one", "other"), [("hoffmann", "hoffman"), ("schmidt", "schmitt"), ("petersen", "peterson")])
def test_a_family_name_in_another_spelling_is_similar(one: str, other: str) -> None:
    assert level(f"anna {one}", f"anna {other}") == "similar"


def test_maria_and_mario_are_two_people() -> None:
    assert level("maria rossi", "mario rossi") == "conflict"


def test_a_slip_in_a_short_word_makes_another_name() -> None:
    assert level("jan berg", "jana berg") == "conflict"


def test_one_letter_stands_for_a_word_that_begins_with_it() -> None:
    assert level("w archer", "william archer") == "initial"


def test_a_name_with_a_word_more_is_a_subset() -> None:
    assert level("anna maria berg", "anna berg") == "subset"


def test_one_word_that_is_part_of_a_name_is_partial() -> None:
    assert level("anna", "anna berg") == "partial"


def test_one_and_the_same_word_is_no_more_than_partial() -> None:
    assert level("anna", "anna") == "partial"


def test_one_family_name_under_two_given_names_is_a_conflict() -> None:
    assert level("claudia weber", "thomas weber") == "conflict"


def test_names_without_a_word_in_common_are_different() -> None:
    assert level("claudia weber", "jan kroeger") == "different"


@pytest.mark.parametrize(("one", "other"), [("", "anna berg"), ("anna berg", ""), ("", "")])
def test_nothing_is_said_of_somebody_without_a_name(one: str, other: str) -> None:
    assert level(one, other) is None


@pytest.mark.parametrize(("one", "other"), [("hans hansen", "hans berg"), ("mark m", "mark jones")])
def test_a_word_that_meets_two_of_the_other_side_makes_up_for_one_only(one: str, other: str) -> None:
    assert level(one, other) == "conflict"


def test_every_pair_keeps_its_row_and_its_order() -> None:
    lo = [["anna", "berg"], [], ["anna", "berg"], ["karl"]]
    hi = [["anna", "berg"], ["karl"], ["otto"], ["karl", "otto"]]
    pairs = pl.DataFrame({"nth": range(4), "tokens_lo": lo, "tokens_hi": hi})

    levels = name_levels(pairs)

    assert levels.select("nth", "name").rows() == [(0, "exact"), (1, None), (2, "different"), (3, "partial")]


words = st.lists(
    st.sampled_from(["a", "anna", "ann", "hanna", "hannah", "berg", "berger", "bergner", "tom", "thomas", "t"])
    | st.text("abn", min_size=1, max_size=7),
    max_size=4,
    unique=True,
)


@settings(max_examples=60, deadline=None)
@given(words, words)
def test_which_side_a_name_stands_on_does_not_matter(one: list[str], other: list[str]) -> None:
    assert level(" ".join(one), " ".join(other)) == level(" ".join(other), " ".join(one))


@settings(max_examples=30, deadline=None)
@given(words)
def test_no_name_contradicts_itself(name: list[str]) -> None:
    assert level(" ".join(name), " ".join(name)) in ("exact", "partial", None)


@pytest.mark.parametrize(("one", "other"), [("jurgen muller", "juergen mueller"), ("goran goetz", "goran gotz")])
def test_an_umlaut_that_is_spelt_out_is_no_other_name(one: str, other: str) -> None:
    assert level(one, other) == "similar"
