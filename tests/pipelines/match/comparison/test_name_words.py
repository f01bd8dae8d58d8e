import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.comparison.name_words import AMBIGUOUS, judged_words, known_aliases, known_given_names
from pipelines.match.priors import FAMILY, GIVEN
from tests.examples import examples


def level(lo: str, hi: str, part: str = "family_name") -> str:
    return str(judged_words(part, pl.DataFrame({"lo": [lo], "hi": [hi]})).item())


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("bill", "william", "nickname"),
        ("j", "john", "initial"),
        ("j", "maria", "different"),
        ("a", "b", "different"),
        ("jonh", "john", "typo"),
        ("muller", "mueller", "exact"),
        ("suss", "suess", "exact"),
        ("manul", "manuel", "typo"),
        ("manuel samuel", "manul samul", "typo"),
        ("goergi", "georgi", "typo"),
        ("quint", "quint ober", "part"),
        ("quint", "ober quint", "part"),
        ("gwendo", "gwendoline", "short"),
        ("katherina", "catherine", "typo"),
        ("garcia", "okafor", "different"),
        ("bo", "ba", "different"),
    ],
)
def test_two_words_agree_at_a_level(lo: str, hi: str, expected: str) -> None:
    assert level(lo, hi) == expected


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("abc", "abd", "typo"),  # one slip from three letters on
        ("ab", "ac", "different"),
        ("abcdefg", "abcxyfg", "similar"),  # two slips from seven on
        ("abcdef", "abcxyf", "distant"),
        ("abcdefgh", "abcxyzgh", "distant"),  # three are no slips
        ("qui", "quint", "short"),  # a beginning of three letters
        ("qu", "quint", "different"),
        ("martens", "martinsen", "similar"),
        ("dvorak", "dworschak", "similar"),
        ("jorgensen", "jensen", "distant"),  # half of the letters
        ("okafor", "okonkwo", "different"),
        ("q", "quint", "initial"),
        ("quint", "q", "initial"),
        ("o", "quint", "different"),
        ("li wu", "li", "different"),  # a word of two letters is too little to share
        ("anna", "quint ober anna", "part"),
        ("quint ober", "ober quint anna", "different"),
        ("mama", "anna", "different"),  # a family may be called so
    ],
)
def test_how_much_may_differ_depends_on_how_long_a_word_is(lo: str, hi: str, expected: str) -> None:
    assert level(lo, hi) == level(hi, lo) == expected


@pytest.mark.parametrize(("lo", "hi"), [("mama", "anna"), ("otto", "papa"), ("mama", "papa")])
def test_a_word_for_a_relative_says_nothing_of_a_given_name(lo: str, hi: str) -> None:
    assert level(lo, hi, "given_name") == "not comparable"


@pytest.mark.parametrize(
    ("part", "expected"), [("given_name", "different"), ("middle_name", "different"), ("family_name", "typo")]
)
def test_the_male_and_the_female_form_are_two_given_names_and_may_be_one_family(part: str, expected: str) -> None:
    assert level("martin", "martina", part) == expected


@pytest.mark.parametrize(
    ("part", "expected"), [("given_name", "short"), ("middle_name", "typo"), ("family_name", "part")]
)
def test_names_that_share_a_word_agree_in_part(part: str, expected: str) -> None:
    assert level("ana lucia", "lucia", part) == expected


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("josef", "sepp"),
        ("elisabeth", "sissi"),
        ("francisco", "paco"),
        ("jose", "ze"),
        ("giuseppe", "beppe"),
        ("guillaume", "guigui"),
        ("malgorzata", "gosia"),
        ("lukasz", "lukaszek"),
        ("cornelis", "kees"),
        ("aleksandr", "sasha"),
        ("ibrahim", "ibo"),
        ("venkatesh", "venky"),
    ],
)
def test_short_forms_of_many_languages_are_known(name: str, alias: str) -> None:
    assert level(name, alias) == "nickname"


def test_two_short_forms_of_one_name_are_aliases_of_each_other() -> None:
    assert ("bob", "rob") in known_aliases()
    assert ("fritz", "friedl") in known_aliases()


def test_a_short_form_of_many_names_joins_none_of_them() -> None:
    aliases = known_aliases()
    assert len({name for name, alias in aliases if alias == "al"}) > AMBIGUOUS
    assert ("alan", "alfred") not in aliases
    assert ("al", "fred") not in aliases


def test_a_short_form_of_three_names_joins_them_and_one_of_four_none() -> None:
    aliases = known_aliases()
    assert ("anke", "anni") in aliases
    assert ("anni", "mia") in aliases
    assert ("andy", "drew") not in aliases
    assert ("anderl", "andy") not in aliases


def test_aliases_hold_both_ways_and_never_for_a_name_and_itself() -> None:
    aliases = known_aliases()
    assert ("bill", "william") in aliases
    assert all((alias, name) in aliases and name != alias for name, alias in aliases)


def test_words_are_compared_by_their_beginning_only() -> None:
    assert level("q" * 100 + "mara", "q" * 100 + "otto") != "different"


def test_no_pairs_are_no_levels() -> None:
    assert judged_words("given_name", pl.DataFrame(schema={"lo": pl.String, "hi": pl.String})).to_list() == []


@settings(deadline=None, max_examples=examples(50, light=10))
@given(st.text("abcdeo ", min_size=1, max_size=12), st.text("abcdeo ", min_size=1, max_size=12))
def test_it_makes_no_difference_which_word_comes_first(one: str, other: str) -> None:
    assert level(one, other) == level(other, one)


@settings(deadline=None, max_examples=examples(50, light=10))
@given(st.text("abcdeo", min_size=1, max_size=12), st.text("abcdeo", min_size=1, max_size=12))
def test_every_level_has_its_prior(one: str, other: str) -> None:
    assert level(one, other) in GIVEN.keys() | FAMILY.keys()


def test_names_that_look_alike_as_a_whole_are_similar_though_they_are_more_than_two_slips_apart() -> None:
    assert level("johann", "johansson") == "similar"
    assert level("joha", "johansson") == "short"


def test_given_names_are_known_by_their_short_forms_and_by_lists() -> None:
    known = set(known_given_names().item())
    assert {"bob", "robert", "bill"} <= known
    assert "northwind" not in known
    assert list(known_given_names().item()) == sorted(known)
