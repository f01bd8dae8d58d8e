from collections.abc import Sequence

import polars as pl
import pytest

from pipelines.match.blocking.reach import SURVIVED, estimate_reach
from pipelines.match.blocking.rules import PARTS, RULES
from pipelines.match.priors import LEVELS

RECORDS = 4_000
ALWAYS = {"exact": 1.0}
NEVER = {"exact": 0.0, "different": 1.0}


def keys(*called: str, usable: bool = True, records: int = RECORDS) -> pl.DataFrame:
    """Keys of records that all have the same rules."""
    by_name: dict[str, int] = {" + ".join(rule.parts): nth for nth, rule in enumerate(RULES)}
    rules: Sequence[int | None] = [by_name[each] for each in called] or [None]
    rows = [(record, rule, usable) for record in range(records) for rule in rules]
    return pl.DataFrame(rows, schema={"record": pl.UInt32, "rule": pl.UInt8, "usable": pl.Boolean}, orient="row")


def test_matches_that_always_agree_on_a_key_are_reached() -> None:
    assert estimate_reach(keys("email"), {"email": ALWAYS}) == 1


def test_matches_that_never_agree_are_not() -> None:
    assert estimate_reach(keys("email"), {"email": NEVER}) == 0


def test_a_match_is_reached_as_often_as_its_only_key_agrees() -> None:
    assert estimate_reach(keys("email"), {"email": {"exact": 0.7, "different": 0.3}}) == pytest.approx(0.7, abs=0.03)


def test_a_second_key_reaches_what_the_first_one_misses() -> None:
    half = {"exact": 0.5, "different": 0.5}
    assert estimate_reach(keys("email", "phone"), {"email": half, "phone": half}) == pytest.approx(0.75, abs=0.03)


def test_a_key_of_two_fields_needs_both_of_them() -> None:
    half = {"exact": 0.5, "different": 0.5}
    found = estimate_reach(keys("date_of_birth + postcode"), {"date_of_birth": half, "postcode": half})
    assert found == pytest.approx(0.25, abs=0.03)


def test_a_block_over_its_cap_reaches_nothing() -> None:
    assert estimate_reach(keys("email", usable=False), {"email": ALWAYS}) == 0


def test_records_without_keys_are_not_reached() -> None:
    without = keys().with_columns(pl.col("record") + RECORDS, rule=pl.lit(None, pl.UInt8))
    found = estimate_reach(pl.concat([keys("email"), without]), {"email": ALWAYS})
    assert found == pytest.approx(0.25, abs=0.03)


def test_a_slip_leaves_half_of_an_identifier() -> None:
    assert estimate_reach(keys("id_half"), {"exact_id": {"typo": 1.0}}) == 1
    assert estimate_reach(keys("exact_id"), {"exact_id": {"typo": 1.0}}) == 0


def test_any_word_of_a_name_will_do() -> None:
    names = {"given_name": NEVER, "family_name": ALWAYS}
    assert estimate_reach(keys("city + name_word"), {**names, "city": ALWAYS}) == 1
    assert estimate_reach(keys("name + city"), {**names, "city": ALWAYS}) == 0


def test_one_record_has_no_matches() -> None:
    assert estimate_reach(keys("email", records=1), {"email": ALWAYS}) is None


def test_the_levels_that_leave_a_part_are_levels_of_its_fields() -> None:
    assert SURVIVED.keys() <= PARTS
    assert all(set(levels) <= LEVELS[field].keys() for each in SURVIVED.values() for field, levels in each.items())


def test_two_records_can_be_told_of_and_one_cannot() -> None:
    assert estimate_reach(keys("email", records=2), {"email": ALWAYS}) == 1
    assert estimate_reach(keys("email", records=1), {"email": ALWAYS}) is None
