from collections.abc import Sequence
from typing import Any

import polars as pl

from pipelines.merge.choice import CANDIDATES, choose, keep_all

CRITERIA = ("priority", "position", "record_key")


def said(record: str, value: str, priority: int = 0, **more: Any) -> dict[str, Any]:
    """A value that a record of contact `c` states of its e-mail addresses."""
    plain = {"silenced": False, "only_fills": False, "position": 0, "delivery_id": f"of {record}", "row_number": 7}
    known = {"contact_id": "c", "record_key": record, "field": "email", "value": value, "priority": priority}
    return known | plain | more


def of(candidates: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(candidates, schema=CANDIDATES)


def chosen(*candidates: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Value, record, rule and number of candidates of each contact and field."""
    return choose(of(candidates), CRITERIA).select("value", "record_key", "rule", "candidates").rows()


def lost(*candidates: dict[str, Any]) -> list[list[str] | None]:
    told = choose(of(candidates), CRITERIA)["lost"].to_list()
    return [each and [f"{one['value']} of {one['record_key']}" for one in each] for each in told]


def kept(*candidates: dict[str, Any], per: str = "value") -> list[tuple[Any, ...]]:
    found = keep_all(of(candidates), "union", ("priority", "record_key"), per)
    return found.select("value", "record_key", "rule", "candidates").rows()


def test_the_rule_is_the_first_criterion_that_parts_the_winner_from_its_best_rival() -> None:
    assert chosen(said("b", "x"), said("a", "y", 1)) == [("x", "b", "priority", 2)]
    assert chosen(said("b", "x"), said("a", "y", position=1), said("c", "z", 1)) == [("x", "b", "position", 3)]
    assert chosen(said("b", "x"), said("a", "y")) == [("y", "a", "record_key", 2)]


def test_each_field_of_each_contact_has_its_own_winner() -> None:
    beside = (said("d", "z", contact_id="d"), said("a", "+49301", field="phone"))
    found = choose(of([said("a", "x"), said("b", "y", 1), *beside]), CRITERIA)
    assert found.select("contact_id", "field", "value", "rule").rows() == [
        ("c", "email", "x", "priority"),
        ("c", "phone", "+49301", "only_value"),
        ("d", "email", "z", "only_value"),
    ]


def test_what_is_silenced_does_not_win_and_is_told_among_what_lost() -> None:
    overruled = said("a", "old", silenced=True)
    assert chosen(overruled, said("b", "new", 9)) == [("new", "b", "only_value", 2)]
    assert lost(overruled, said("b", "new", 9)) == [["old of a"]]
    assert chosen(overruled) == []


def test_a_silenced_value_does_not_say_which_rule_decided() -> None:
    found = chosen(said("a", "old", silenced=True), said("b", "new", 5), said("c", "other", 5, position=1))
    assert found == [("new", "b", "position", 3)]


def test_the_rule_of_a_value_that_somebody_decided_says_so() -> None:
    assert chosen(said("a", "x", decided="edited"), said("b", "y", 1)) == [("x", "a", "edited", 2)]


def test_what_lost_is_told_once_by_its_best_record_and_in_order() -> None:
    assert lost(said("a", "x"), said("c", "y", 2), said("b", "y", 1), said("d", "z", 3)) == [["y of b", "z of d"]]
    assert lost(said("a", "x"), said("b", "x", 1)) == [None]


def test_a_choice_says_where_its_value_stands() -> None:
    row = choose(of([said("a", "x", line_number=3)]), CRITERIA).row(0, named=True)
    assert (row["delivery_id"], row["row_number"], row["line_number"]) == ("of a", 7, 3)


def test_of_values_that_all_survive_each_is_kept_once_from_its_best_record() -> None:
    assert kept(said("b", "x"), said("a", "x", 1), said("c", "y", 2)) == [
        ("x", "b", "union", 2),
        ("y", "c", "union", 2),
    ]


def test_where_each_record_counts_its_best_value_is_kept() -> None:
    assert kept(said("a", "x"), said("b", "x"), per="record_key") == [("x", "a", "union", 2), ("x", "b", "union", 2)]


def test_what_survives_beside_others_is_counted_for_each_contact_and_field() -> None:
    beside = (said("a", "vip", field="tags"), said("d", "x", contact_id="d"))
    assert {row[-1] for row in kept(said("a", "x"), *beside)} == {1}


def test_of_values_that_only_fill_none_survives_beside_another() -> None:
    filling = said("a", "x", only_fills=True)
    assert kept(filling) == [("x", "a", "union", 1)]
    assert kept(filling, said("b", "y", 1)) == [("y", "b", "union", 1)]
    assert len(kept(filling, said("b", "y", 1, contact_id="d"), said("b", "y", 1, field="tags"))) == 3


def test_what_somebody_added_by_hand_keeps_no_value_from_filling_a_blank() -> None:
    found = kept(said("a", "x", only_fills=True), said("b", "y", 1, decided="tagged"))
    assert found == [("x", "a", "union", 2), ("y", "b", "tagged", 2)]


def test_where_all_else_is_silenced_a_value_that_only_fills_does() -> None:
    silenced = said("a", "x", silenced=True)
    assert kept(silenced, said("b", "y")) == [("y", "b", "union", 1)]
    assert kept(silenced, said("b", "y", only_fills=True)) == [("y", "b", "union", 1)]
