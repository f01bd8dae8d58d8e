import json
from collections.abc import Mapping
from math import log2
from typing import Any, NamedTuple

import polars as pl
import pytest

from pipelines.match.model import PRIORS
from pipelines.match.score import score
from schemas.project import Matching

MOBILE = "+4915123456789"
LONG, SHORT = "+5511985550143", "+551185550143"  # one Brazilian subscriber, with the ninth digit and without


class Side(NamedTuple):
    """One record of a pair. `near` are variants of its numbers: keys to be found by that it does not state itself."""

    name: str = ""
    phone: str = ""
    email: str = ""
    thread: str = ""
    near: str = ""
    exclusive: tuple[str, ...] = ()

    def points(self, record: str) -> list[tuple[str, str, str, bool, bool]]:
        stated = [("phone", self.phone), ("email", self.email), ("channel_id", self.thread)]
        exact = [(record, field, value, True, False) for field, cell in stated for value in cell.split()]
        return exact + [(record, "phone", value, False, False) for value in self.near.split()]


def edge(
    one: Side, other: Side, states: Mapping[str, str] | None = None, matching: Matching | None = None
) -> dict[str, Any] | None:
    """The edge between two records, or None where there is nothing to keep. Blocks are plain but for `states`."""
    sides = {"a": one, "b": other}
    profiles = pl.DataFrame(
        [(record, sorted(side.name.split()), list(side.exclusive)) for record, side in sides.items()],
        schema={"record_key": pl.String, "tokens": pl.List(pl.String), "exclusive": pl.List(pl.String)},
        orient="row",
    )
    points = pl.DataFrame(
        [point for record, side in sides.items() for point in side.points(record)],
        schema={
            "record_key": pl.String,
            "field": pl.String,
            "value": pl.String,
            "exact": pl.Boolean,
            "is_role": pl.Boolean,
        },
        orient="row",
    )
    judged = pl.DataFrame(list((states or {}).items()), schema={"key": pl.String, "state": pl.String}, orient="row")
    pairs = pl.DataFrame({"record_lo": ["a"], "record_hi": ["b"]})
    found = score(pairs, profiles, points, judged, PRIORS, matching or Matching()).to_dicts()
    return found[0] if found else None


def zone(one: Side, other: Side, states: Mapping[str, str] | None = None) -> str | None:
    found = edge(one, other, states)
    return found["zone"] if found else None


def weight(one: Side, other: Side, states: Mapping[str, str] | None = None) -> float:
    found = edge(one, other, states)
    assert found is not None
    return float(found["weight"])


def levels(found: dict[str, Any] | None) -> dict[str, str]:
    assert found is not None
    return {field: each["level"] for field, each in json.loads(found["evidence"]).items() if each["level"]}


@pytest.mark.parametrize(
    ("anna", "rule"),
    [
        (Side("anna berg", email="anna@example.com"), "same_email"),
        (Side("anna berg", phone=MOBILE), "same_phone"),
        (Side("anna berg", thread="24091773560"), "same_channel_id"),
    ],
)
def test_the_same_name_at_the_same_point_merges(anna: Side, rule: str) -> None:
    found = edge(anna, anna)

    assert found is not None
    assert (found["zone"], found["rule"]) == ("merge", rule)


def test_a_record_without_a_name_merges_by_a_number_of_one_person() -> None:
    assert zone(Side("", MOBILE), Side("anna berg", MOBILE)) == "merge"


def test_a_record_without_a_name_is_shown_where_several_share_the_number() -> None:
    assert zone(Side("", MOBILE), Side("anna berg", MOBILE), {f"phone:{MOBILE}": "contested"}) == "review"


@pytest.mark.parametrize("name", ["anna", "a berg"])
def test_a_name_that_could_be_either_of_a_couple_says_no_more_than_none(name: str) -> None:
    contested = {f"phone:{MOBILE}": "contested"}

    found = edge(Side(name, MOBILE), Side("anna berg", MOBILE), contested)

    assert found is not None
    assert (found["zone"], levels(found)["name"]) == ("review", "ambiguous")


def test_one_of_a_couple_merges_with_herself_at_the_number_they_share() -> None:
    assert (
        zone(Side("claudia weber", MOBILE), Side("claudia weber", MOBILE), {f"phone:{MOBILE}": "contested"}) == "merge"
    )


def test_a_couple_that_shares_a_number_is_shown_and_never_merged() -> None:
    found = edge(Side("claudia weber", MOBILE), Side("thomas weber", MOBILE), {f"phone:{MOBILE}": "contested"})

    assert found is not None
    assert (found["zone"], found["rule"]) == ("review", "names_contradict")


def test_names_that_contradict_are_shown_however_much_else_agrees() -> None:
    claudia = Side("claudia weber", MOBILE, "weber@example.com", "24091773560")

    assert zone(claudia, claudia._replace(name="jan kroeger")) == "review"


@pytest.mark.parametrize("state", ["generic", "capped"])
def test_a_number_of_nobody_in_particular_is_nothing_by_itself(state: str) -> None:
    assert zone(Side("", MOBILE), Side("anna berg", MOBILE), {f"phone:{MOBILE}": state}) is None


def test_colleagues_at_a_switchboard_are_not_even_shown() -> None:
    assert zone(Side("jan kroeger", MOBILE), Side("fatma aydin", MOBILE), {f"phone:{MOBILE}": "generic"}) is None


def test_namesakes_at_a_switchboard_are_shown() -> None:
    assert zone(Side("anna berg", MOBILE), Side("anna berg", MOBILE), {f"phone:{MOBILE}": "generic"}) == "review"


def test_namesakes_without_a_point_in_common_do_not_merge() -> None:
    assert zone(Side("anna berg", email="anna@example.com"), Side("anna berg", MOBILE)) in ("review", None)


def test_a_name_alone_never_merges_however_little_is_asked_for() -> None:
    found = edge(Side("anna berg"), Side("anna berg"), matching=Matching(auto=0.6, review=0.5))
    assert found is not None
    assert (found["zone"], found["probability"] > 0.6) == ("review", True)


@pytest.mark.parametrize("state", ["common", "capped"])
def test_a_name_that_many_bear_is_weaker_evidence(state: str) -> None:
    same = Side("anna berg", MOBILE)

    assert levels(edge(same, same, {"name:anna berg": state}))["name"] == "common"
    assert weight(same, same, {"name:anna berg": state}) < weight(same, same)


def test_namesakes_at_different_points_are_left_alone() -> None:
    one, other = Side("anna berg", MOBILE, "anna@example.com"), Side("anna berg", "+4930901820", "ab@example.org")

    assert zone(one, other) is None


def test_a_variant_of_a_number_weighs_less_than_the_number() -> None:
    same, variant = Side("ana silva", LONG, near=SHORT), Side("ana silva", SHORT, near=LONG)

    assert weight(same, variant) < weight(same, same)


def test_a_variant_of_a_number_is_named_as_the_rule() -> None:
    found = edge(Side("ana silva", LONG, near=SHORT), Side("ana silva", SHORT, near=LONG))

    assert found is not None
    assert found["rule"] == "phone_variant"


def test_the_best_of_several_shared_numbers_counts() -> None:
    both = f"{MOBILE} +4930901820"
    found = edge(Side("", both), Side("anna berg", both), {"phone:+4930901820": "generic"})

    assert levels(found)["phone"] == "exact"


def test_a_number_of_one_person_counts_before_a_contested_one() -> None:
    both = f"{MOBILE} +4930901820"

    assert zone(Side("", both), Side("anna berg", both), {"phone:+4930901820": "contested"}) == "merge"


def test_different_values_of_an_exclusive_attribute_never_merge_but_are_shown() -> None:
    one, other = (Side("anna berg", MOBILE, exclusive=(f"account_id={value}",)) for value in ("A1", "A2"))

    found = edge(one, other)

    assert found is not None
    assert (found["zone"], found["rule"]) == ("review", "exclusive_conflict")


def test_different_values_of_an_exclusive_attribute_and_contradictory_names_are_nothing_to_show() -> None:
    claudia = Side("claudia weber", MOBILE, exclusive=("account_id=A1",))
    thomas = Side("thomas weber", MOBILE, exclusive=("account_id=A2",))

    assert zone(claudia, thomas) is None


def test_the_same_value_of_an_exclusive_attribute_does_not_part() -> None:
    same = Side("anna berg", MOBILE, exclusive=("account_id=A=1",))

    assert zone(same, same) == "merge"


def test_values_of_two_exclusive_attributes_do_not_part() -> None:
    one, other = Side("anna berg", MOBILE, exclusive=("account_id=1",)), Side("anna berg", MOBILE, exclusive=("vat=2",))

    assert zone(one, other) == "merge"


@pytest.mark.parametrize("slip", ["ana.berg@example.com", "annna.berg@example.com", "nana.berg@example.com"])
def test_an_address_one_slip_away_is_near(slip: str) -> None:
    found = edge(Side("anna berg", email="anna.berg@example.com"), Side("anna berg", email=slip))

    assert levels(found)["email"] == "near"


@pytest.mark.parametrize(
    "other", ["an.berg@example.com", "anna.berg@example.org", "anna.berg@example.co", "anna.berg2@example.com"]
)
def test_an_address_two_slips_a_domain_or_a_digit_away_is_different(other: str) -> None:
    one = Side("anna berg", MOBILE, "anna.berg@example.com")

    assert levels(edge(one, Side("anna berg", MOBILE, other)))["email"] == "different"


def test_a_field_that_is_missing_on_a_side_weighs_nothing() -> None:
    found = edge(Side("anna berg", MOBILE, "anna@example.com"), Side("anna berg", MOBILE))

    assert set(levels(found)) == {"name", "phone"}


def test_the_weight_is_the_sum_of_its_levels_over_the_prior() -> None:
    m, u, prior = 0, 1, log2(PRIORS.prior / (1 - PRIORS.prior))
    chosen = [PRIORS.levels["name"]["nickname"], PRIORS.levels["phone"]["exact"], PRIORS.levels["email"]["different"]]

    found = weight(Side("tom weber", MOBILE, "tom@example.com"), Side("thomas weber", MOBILE, "weber@example.com"))

    assert found == pytest.approx(prior + sum(log2(level[m] / level[u]) for level in chosen), abs=1e-5)


def test_the_probability_is_the_weight_as_odds() -> None:
    found = edge(Side("anna berg", "", "anna.berg@example.com"), Side("anna berg", "", "ana.berg@example.com"))

    assert found is not None
    assert found["probability"] == pytest.approx(1 / (1 + 2 ** -found["weight"]), abs=1e-6)


def test_evidence_says_the_level_and_weight_of_each_field() -> None:
    found = edge(Side("anna berg", MOBILE, "anna@example.com"), Side("anna berg", MOBILE))

    assert found is not None
    assert json.loads(found["evidence"]) == {
        "name": {"level": "exact", "weight": round(PRIORS.weights("name")["exact"], 2)},
        "channel_id": {"level": None, "weight": None},
        "email": {"level": None, "weight": None},
        "phone": {"level": "exact", "weight": round(PRIORS.weights("phone")["exact"], 2)},
    }


def test_evidence_holds_no_value_of_a_person() -> None:
    same = Side("anna berg", MOBILE, "anna.berg@example.com", exclusive=("account_id=A1",))

    found = edge(same, same)

    assert found is not None
    assert not any(value in found["evidence"] for value in ("anna", "berg", MOBILE, "example", "A1"))


@pytest.mark.parametrize(
    ("field", "best_first"),
    [
        ("name", ["exact", "nickname", "similar", "subset", "initial", "partial", "different"]),
        ("phone", ["exact", "variant", "generic", "different"]),
        ("email", ["exact", "near", "generic", "different"]),
        ("channel_id", ["exact", "different"]),
    ],
)
def test_better_agreement_weighs_more(field: str, best_first: list[str]) -> None:
    weights = [PRIORS.weights(field)[level] for level in best_first]

    assert weights == sorted(set(weights), reverse=True)
