import json
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from pipelines.match.blocking.rules import PAIRS
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode
from pipelines.match.model.model import unfitted
from pipelines.match.model.weigh import frequencies
from pipelines.match.score import score
from schemas.project import Matching

MOBILE, OTHER = "+49 1512 3456789", "+49 1512 3456780"
KEPT = {"lo", "hi", "zone", "rule", "probability", "weight", "vague"}
ROLES = {
    "given": "given_name",
    "family": "family_name",
    "phone": "phone",
    "email": "email",
    "thread": "channel_id",
    "member": "exact_id",
    "dob": "date_of_birth",
}
Row = dict[str, str | None]


def person(name: str = "", phone: str = "", email: str = "", **more: str) -> Row:
    """One record; a name is a given and a family name, `-` one that is not known."""
    given, family = (name or "- -").split()
    return {
        "given": None if given == "-" else given,
        "family": None if family == "-" else family,
        "phone": phone or None,
        "email": email or None,
        **more,
    }


def scored(
    rows: Sequence[Row],
    pairs: Sequence[tuple[int, int]],
    conflicts: Sequence[tuple[int, int]] = (),
    matching: Matching | None = None,
    *,
    explain_below: float = 1.1,
) -> pl.DataFrame:
    """Score pairs of rows, which are all there are."""
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    records, model = encode(len(rows), names, facts), unfitted()
    return score(
        records,
        frequencies(records, model, count_shared_identifiers(names, facts)),
        model,
        pl.DataFrame(list(pairs), schema=PAIRS, orient="row"),
        matching or Matching(),
        pl.DataFrame(list(conflicts), schema=PAIRS, orient="row"),
        explain_below=explain_below,
    )


def edge(one: Row, other: Row, *others: Row, conflict: bool = False) -> dict[str, Any] | None:
    """The edge between two records, or None where there is nothing to keep; `others` are there as well."""
    found = scored([one, other, *others], [(0, 1)], [(0, 1)] if conflict else []).to_dicts()
    return found[0] if found else None


def zone(one: Row, other: Row, *others: Row) -> str | None:
    found = edge(one, other, *others)
    return found["zone"] if found else None


def rule(one: Row, other: Row) -> str:
    found = edge(one, other)
    assert found is not None
    return str(found["rule"])


def is_vague(one: Row, other: Row) -> bool:
    found = edge(one, other)
    assert found is not None
    return bool(found["vague"])


@pytest.mark.parametrize(
    ("anna", "expected"),
    [
        (person("Anna Berg", email="anna@example.com"), "same_email"),
        (person("Anna Berg", MOBILE), "same_phone"),
        (person("Anna Berg", thread="24091773560"), "same_channel_id"),
        (person("Anna Berg", member="M-100200"), "same_id"),
    ],
)
def test_the_same_name_at_the_same_identifier_merges(anna: Row, expected: str) -> None:
    found = edge(anna, anna)

    assert found is not None
    assert (found["zone"], found["rule"]) == ("merge", expected)


def test_the_rule_is_what_says_most() -> None:
    anna = person("Anna Berg", MOBILE, "anna@example.com")

    assert rule(anna, anna) == "same_email"
    assert rule(anna, anna | {"email": "berg@example.org"}) == "same_phone"


def test_a_variant_of_a_number_is_named_as_the_rule() -> None:
    assert rule(person("Anna Berg", MOBILE), person("Anna Berg", "01512 3456789")) == "phone_variant"


def test_without_an_identifier_in_common_the_score_is_the_rule() -> None:
    anna = person("Anna Berg", dob="1980-03-04")

    assert rule(anna, anna) == "score"


def test_names_that_contradict_each_other_are_shown_as_such() -> None:
    claudia = person("Claudia Weber", MOBILE, "weber@example.com", member="M-100200")

    assert rule(claudia, claudia | {"given": "Thomas"}) == "names_contradict"


def test_names_in_two_scripts_that_are_not_known_to_be_one_are_shown_as_not_comparable() -> None:
    wei = person("Wei Weber", MOBILE, "weber@example.com", member="M-100200")

    assert rule(wei, wei | {"given": "محمد"}) == "names_not_comparable"


def test_a_couple_that_shares_a_number_does_not_merge() -> None:
    assert zone(person("Claudia Weber", MOBILE), person("Thomas Weber", MOBILE)) != "merge"


def test_a_nameless_record_merges_by_a_number_of_one_person() -> None:
    assert zone(person("", MOBILE), person("Claudia Weber", MOBILE)) == "merge"


def test_a_nameless_record_is_shown_where_a_couple_shares_the_number() -> None:
    assert zone(person("", MOBILE), person("Claudia Weber", MOBILE), person("Thomas Weber", MOBILE)) == "review"


def test_namesakes_without_anything_else_in_common_do_not_merge() -> None:
    assert zone(person("Anna Berg", email="anna@example.com"), person("Anna Berg", MOBILE)) != "merge"


def test_strangers_are_left_alone() -> None:
    one, other = person("Anna Berg", MOBILE, "anna@example.com"), person("Otto Kern", OTHER, "kern@example.org")

    assert zone(one, other) is None


def test_thresholds_part_the_zones() -> None:
    rows = [person("", MOBILE), person("Claudia Weber", MOBILE)]
    [chance] = scored(rows, [(0, 1)])["probability"]

    below, above = (Matching(auto=chance + step, review=chance + step) for step in (-1e-5, 1e-5))
    shown = Matching(auto=chance + 1e-5, review=chance - 1e-5)

    assert scored(rows, [(0, 1)], matching=below)["zone"].to_list() == ["merge"]
    assert scored(rows, [(0, 1)], matching=shown)["zone"].to_list() == ["review"]
    assert scored(rows, [(0, 1)], matching=above).is_empty()


def test_a_conflict_never_merges_and_is_shown() -> None:
    anna = person("Anna Berg", MOBILE, "anna@example.com")

    found = edge(anna, anna, conflict=True)

    assert found is not None
    assert (found["zone"], found["rule"]) == ("review", "exclusive_conflict")


def test_a_conflict_of_records_that_have_little_in_common_is_nothing_to_show() -> None:
    one, other = person("Anna Berg", MOBILE), person("Otto Kern", OTHER)

    assert edge(one, other, conflict=True) is None


def test_a_conflict_leaves_other_pairs_as_they_are() -> None:
    anna = person("Anna Berg", MOBILE, "anna@example.com")

    found = scored([anna] * 3, [(0, 1), (1, 2)], conflicts=[(0, 1)])

    assert found.select("lo", "hi", "zone").rows() == [(0, 1, "review"), (1, 2, "merge")]


@pytest.mark.parametrize("name", ["- -", "- Berg", "A. Berg"])
def test_an_edge_is_vague_where_the_given_name_does_not_say_who_it_is(name: str) -> None:
    assert is_vague(person("Anna Berg", MOBILE), person(name, MOBILE))


@pytest.mark.parametrize("name", ["Anna Berg", "Ana Berg", "Anna -"])
def test_an_edge_is_not_vague_where_the_given_name_is_on_both_sides(name: str) -> None:
    assert not is_vague(person("Anna Berg", MOBILE), person(name, MOBILE))


def test_the_probability_is_the_weight_as_odds() -> None:
    found = edge(person("", MOBILE), person("Claudia Weber", MOBILE))

    assert found is not None
    assert found["probability"] == pytest.approx(1 / (1 + 2 ** -found["weight"]), abs=1e-5)


def test_evidence_has_only_what_both_records_have() -> None:
    found = edge(person("Anna Berg", MOBILE, "anna@example.com"), person("Anna -", MOBILE, dob="1980-03-04"))

    assert found is not None
    told = json.loads(found["evidence"])
    assert {field for field, each in told.items() if "level" in each} == {"given_name", "phone", "country"}
    assert set(told) == {"given_name", "phone", "country", "relation", "name_bearers"}


def test_evidence_says_level_and_weight_and_adds_up_with_the_prior() -> None:
    one = person("Anna Berg", MOBILE, "anna@example.com")
    found = edge(one, one | {"email": "berg@example.org"})

    assert found is not None
    told = json.loads(found["evidence"])
    assert told["phone"]["level"] == "exact"
    assert told["email"]["weight"] < 0 < told["phone"]["weight"]
    model = unfitted()
    prior = pl.Series([model.duplicates / model.records]).log(2)[0]
    assert found["weight"] == pytest.approx(prior + sum(each["weight"] for each in told.values()), abs=0.05)


def test_evidence_holds_no_value_of_a_person() -> None:
    anna = person("Anna Berg", MOBILE, "anna.berg@example.com", member="M-100200", dob="1980-03-04")

    found = edge(anna, anna)

    assert found is not None
    assert not any(value in found["evidence"].casefold() for value in ("anna", "berg", "3456789", "m-100200", "1980"))


def test_evidence_is_only_told_of_pairs_below_what_is_asked() -> None:
    anna = person("Anna Berg", MOBILE)

    assert scored([anna, anna], [(0, 1)], explain_below=0.5)["evidence"].to_list() == [None]


def test_no_pairs_make_no_edges() -> None:
    found = scored([person("Anna Berg", MOBILE)], [])

    assert found.is_empty()
    assert set(found.columns) == KEPT | {"evidence"}


def test_how_pairs_are_cut_into_chunks_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [person("Anna Berg", MOBILE), person("A. Berg", MOBILE), person("Otto Berg", MOBILE), person("", MOBILE)]
    pairs = [(lo, hi) for lo in range(4) for hi in range(lo + 1, 4)]
    whole = scored(rows, pairs)
    monkeypatch.setattr("pipelines.match.score.CHUNK", 2)

    assert scored(rows, pairs).equals(whole)
