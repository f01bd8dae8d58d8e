import pytest

from pipelines.match import priors
from pipelines.match.comparison.records import POINTS
from pipelines.match.priors import LEVELS, ORGANISATIONS, TYPICAL, Level, levels_of
from schemas.match_fields import role_of
from tests.golden.matching_rules import golden

EVERY = [(kind, field) for kind in ("people", "organisations") for field in LEVELS]


@pytest.mark.parametrize(("kind", "field"), EVERY)
def test_the_levels_of_true_pairs_add_up_to_all_of_them(kind: str, field: str) -> None:
    assert sum(level.m for level in levels_of(kind)[field].values()) == pytest.approx(1)


@pytest.mark.parametrize(("kind", "field"), EVERY)
def test_every_field_begins_with_equal_values_and_ends_with_different_ones(kind: str, field: str) -> None:
    names = list(levels_of(kind)[field])
    assert (names[0], names[-1]) == ("exact", "different")


@pytest.mark.parametrize(("kind", "field"), EVERY)
def test_people_of_one_household_or_firm_show_some_level(kind: str, field: str) -> None:
    for share in ("household", "one_line", "colleague"):
        shown = [getattr(level, share) for level in levels_of(kind)[field].values()]
        assert all(each is None or 0 <= each <= 1 for each in shown)
        assert sum(each or 0 for each in shown) <= 1.25


def test_lists_of_organisations_have_the_same_levels_as_lists_of_people() -> None:
    assert {field: list(levels) for field, levels in ORGANISATIONS.items()} == {
        field: list(levels) for field, levels in LEVELS.items()
    }


def test_agreeing_on_a_rare_value_speaks_for_a_pair() -> None:
    rare = 1e-4
    assert {"given_name", "family_name", "phone", "email"} <= set(LEVELS)
    for field, levels in LEVELS.items():
        exact = levels["exact"]
        assert exact.m > exact.common * rare + exact.rare * rare + exact.base, field


def test_a_level_is_met_by_strangers_as_often_as_its_base_unless_it_says_more() -> None:
    assert Level(0.5, base=0.25) == Level(0.5, 0.0, 0.0, 0.25, 0.0, None, None, None)


def test_no_list_teaches_an_m_beyond_what_is_plausible() -> None:
    assert Level(0.03).most == pytest.approx(0.12)
    assert Level(0.03, bound=0.2).most == 0.2
    for field, levels in LEVELS.items():
        assert all(level.m <= level.most <= 1 for name, level in levels.items() if name != "exact"), field


def test_a_typical_share_is_known_for_every_field_that_does_not_identify() -> None:
    assert set(TYPICAL) == {role_of(field) for field in LEVELS} - set(POINTS)


def test_priors_are_those_of_the_version_of_matching() -> None:
    kept = golden("matching")["results"]["priors"]
    now = {name: repr(value) for name, value in sorted(vars(priors).items()) if name.isupper()}
    changed = [name for name in {*kept, *now} if kept.get(name) != now.get(name)]
    assert not changed, f"{', '.join(changed)}: what a level is worth changes with MATCHING in derive/code_version.py"
