from collections.abc import Mapping
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.blocking.rules import (
    KEYS,
    PAIRS,
    RULES,
    blocking_keys,
    candidate_pairs,
    fields_of,
    in_blocks,
    paired_keys,
)
from pipelines.match.comparison.listed import prepare_list
from tests.examples import examples

ROLES = {
    "given": "given_name",
    "family": "family_name",
    "phone": "phone",
    "email": "email",
    "dob": "date_of_birth",
    "city": "city",
    "company": "company",
    "street": "street",
    "zip": "postcode",
}
Row = dict[str, str | None]


def keys_of(*rows: Mapping[str, str | None]) -> pl.DataFrame:
    return blocking_keys(*prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES))


def pairs_of(*rows: Mapping[str, str | None]) -> list[tuple[int, int]]:
    return candidate_pairs(in_blocks(keys_of(*rows))).rows()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"phone": "+44 20 7946 0111"}, {"phone": "020 7946 0111"}),
        ({"email": "m.quint@example.com"}, {"email": "mquint@example.net"}),
        ({"given": "Mara", "family": "Quint"}, {"given": "Quint", "family": "Mara"}),
        ({"given": "Mara", "family": "Quint"}, {"given": "M.", "family": "Quint"}),
        ({"given": "Mara", "family": "Quint", "city": "Bath"}, {"given": "Marah", "family": "Quintt", "city": "Bath"}),
        ({"given": "Mara", "dob": "1980-03-04"}, {"family": "Ober", "dob": "1980-03-04"}),
        ({"company": "Northwind Traders", "zip": "20095"}, {"company": "The Northwind", "zip": "20095"}),
        ({"company": "Northwind", "street": "12 Oak Street"}, {"company": "Contoso", "street": "12 Oak St Flat 2"}),
    ],
)
def test_records_that_may_be_one_share_a_key(one: Row, other: Row) -> None:
    assert pairs_of(one, other) == [(0, 1)]


def test_records_that_have_nothing_in_common_share_none() -> None:
    one = {"given": "Mara", "family": "Quint", "email": "mara@example.com", "city": "Bath"}
    other = {"given": "Otto", "family": "Ober", "email": "otto@example.com", "city": "York"}
    assert pairs_of(one, other) == []


def test_people_do_not_meet_by_the_firm_they_work_for() -> None:
    one: Row = {"given": "Mara", "family": "Quint", "company": "Northwind"}
    assert pairs_of(one, {"given": "Otto", "family": "Ober", "company": "Northwind"}) == []


def test_a_block_beyond_its_cap_makes_no_pairs() -> None:
    cap = next(rule.cap for rule in RULES if rule.parts == ("phone",))
    row: Row = {"phone": "+44 20 7946 0111"}
    assert len(pairs_of(*[row] * cap)) == cap * (cap - 1) // 2
    assert pairs_of(*[row] * (cap + 1)) == []


def test_a_key_tells_nothing_of_the_values_it_is_made_of() -> None:
    assert keys_of({"given": "Mara", "family": "Quint"}).schema == KEYS


def test_a_record_has_each_key_once() -> None:
    assert not keys_of({"company": "northwind northwind", "zip": "20095"}).is_duplicated().any()


def test_a_rule_names_the_fields_its_records_agree_on() -> None:
    rule = next(rule for rule in RULES if rule.parts == ("family_initial", "date_of_birth"))
    assert fields_of(rule) == {"given_name", "family_name", "date_of_birth"}


def test_without_keys_there_are_no_pairs() -> None:
    assert candidate_pairs(in_blocks(pl.DataFrame(schema=KEYS))).equals(pl.DataFrame(schema=PAIRS))


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "given": st.sampled_from([None, "Mara", "Otto"]),
            "family": st.sampled_from([None, "Quint", "Ober"]),
            "phone": st.sampled_from([None, "+44 20 7946 0111", "+1 202 555 0134"]),
            "city": st.sampled_from([None, "Bath", "York"]),
            "company": st.sampled_from([None, "Northwind Traders"]),
            "street": st.sampled_from([None, "12 Oak Street", "12 Oak Alley"]),
        }
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=examples(30, light=6))
@given(ROWS, st.integers(0, 7))
def test_the_keys_of_a_record_do_not_depend_on_the_order_of_the_rows(rows: list[Row], begin: int) -> None:
    order = [*range(len(rows))[begin:], *range(len(rows))[:begin]]
    straight, shuffled = keys_of(*rows), keys_of(*[rows[nth] for nth in order])
    places = pl.DataFrame({"record": range(len(rows)), "was": order}, schema={"record": pl.UInt32, "was": pl.UInt32})
    back = shuffled.join(places, on="record").select("rule", "key", record="was")
    assert back.sort(back.columns).equals(straight.sort(straight.columns))


@settings(deadline=None, max_examples=examples(30, light=6))
@given(ROWS)
def test_rule_by_rule_gives_what_all_keys_at_once_give(rows: list[Row]) -> None:
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    found, expected = paired_keys(names, facts), in_blocks(blocking_keys(names, facts))
    assert found.sort(found.columns).equals(expected.sort(found.columns))


@settings(deadline=None, max_examples=examples(30, light=6))
@given(ROWS, st.integers(0, 8))
def test_the_keys_of_a_record_do_not_depend_on_the_rows_beside_it(rows: list[Row], end: int) -> None:
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    one, other = pl.col("record") < end, pl.col("record") >= end
    halves = pl.concat([blocking_keys(names.filter(half), facts.filter(half)) for half in (one, other)])
    whole = blocking_keys(names, facts)
    assert halves.sort(halves.columns).equals(whole.sort(whole.columns))


def test_pairs_are_sorted_however_many_there_are() -> None:
    records = [*range(0, 120, 2), *range(119, 0, -2)]
    keys = pl.DataFrame([(rule, rule, record) for rule in (7, 3) for record in records], schema=KEYS, orient="row")
    pairs = candidate_pairs(keys)

    assert pairs.equals(pairs.sort("lo", "hi"))
    assert pairs.height == 120 * 119 // 2


KEYED = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 12)), unique=True)


@settings(deadline=None, max_examples=examples(30, light=6))
@given(KEYED)
def test_pairs_are_those_of_records_that_share_a_key(rows: list[tuple[int, int, int]]) -> None:
    keys = pl.DataFrame(rows, schema=KEYS, orient="row")
    blocks: dict[tuple[int, int], set[int]] = {}
    for rule, key, record in rows:
        blocks.setdefault((rule, key), set()).add(record)
    expected = {pair for block in blocks.values() for pair in combinations(sorted(block), 2)}
    assert candidate_pairs(keys).rows() == sorted(expected)


@settings(deadline=None, max_examples=examples(30, light=6))
@given(KEYED)
def test_blocks_that_make_no_pairs_are_left_out(rows: list[tuple[int, int, int]]) -> None:
    keys = pl.DataFrame(rows, schema=KEYS, orient="row")
    sizes = keys.group_by("rule", "key").agg(size=pl.len())
    expected = keys.join(sizes.filter(pl.col("size") > 1), on=["rule", "key"], how="semi")
    assert in_blocks(keys).sort(keys.columns).equals(expected.sort(keys.columns))
