import polars as pl
import pytest

from pipelines.match.blocking import rules
from pipelines.match.engines.polars import IN_MEMORY, lazy
from pipelines.match.model import sample
from pipelines.match.model.sample import content_hashes, pairs_of_blocks, sampled_pairs

NAMES = {"record": pl.UInt32, "given_name": pl.String, "middle_name": pl.String, "family_name": pl.String}
FACTS = {"record": pl.UInt32, "field": pl.String, "value": pl.String}
KEYS = {"rule": pl.UInt8, "key": pl.UInt64, "record": pl.UInt32}
SAID = {"record": pl.UInt32, "said": pl.UInt64}


def said(names: list[tuple[str | None, ...]], facts: list[tuple[int, str, str]]) -> list[int]:
    """The hash of what each record says, whose names are given in order."""
    rows = [(nth, *each) for nth, each in enumerate(names)]
    found = content_hashes(
        pl.DataFrame(rows, schema=NAMES, orient="row"), pl.DataFrame(facts, schema=FACTS, orient="row")
    )
    assert found["record"].to_list() == list(range(len(names)))
    return found["said"].to_list()


def test_records_that_say_the_same_have_the_same_hash_whatever_the_order_of_their_facts() -> None:
    one, other = said(
        [("anna", None, "berg")] * 2,
        [(0, "phone", "1"), (0, "city", "bath"), (1, "city", "bath"), (1, "phone", "1")],
    )
    assert one == other


def test_records_that_say_something_else_or_in_another_field_have_another() -> None:
    some = said(
        [("anna", None, "berg"), ("berg", None, "anna"), ("anna", "berg", None), ("anna", None, "berg"), (None,) * 3],
        [(3, "phone", "1")],
    )
    assert len(set(some)) == 5
    assert some[4] == 0
    two = said([(None,) * 3] * 2, [(0, "phone", "1"), (1, "email", "1")])
    assert len(set(two)) == 2


def test_blocks_make_as_many_pairs_as_two_of_them_can_be_taken() -> None:
    keys = [(0, 7, 1), (0, 7, 2), (0, 7, 3), (0, 8, 4), (1, 7, 1), (1, 7, 2)]
    found = pairs_of_blocks(pl.DataFrame(keys, schema=KEYS, orient="row"))
    assert sorted(found["pairs"]) == [1, 3]


def sampled(
    keys: list[tuple[int, int, int]], hashes: list[int], fields: tuple[str, ...] = ()
) -> tuple[pl.DataFrame, int]:
    content = pl.DataFrame(list(enumerate(hashes)), schema=SAID, orient="row")
    return sampled_pairs(IN_MEMORY, lazy(content), lazy(pl.DataFrame(keys, schema=KEYS, orient="row")), fields)


def test_all_pairs_of_blocks_are_taken_where_they_are_few_each_once_and_in_the_order_of_what_they_say() -> None:
    found, every = sampled([(0, 7, 0), (0, 7, 1), (0, 7, 2), (1, 9, 0), (1, 9, 1), (1, 8, 2)], [30, 10, 20])
    assert every == 1
    assert found.select("lo", "hi").rows() == [(1, 2), (1, 0), (2, 0)]


def test_of_records_that_say_the_same_the_first_comes_first() -> None:
    found, _ = sampled([(0, 7, 1), (0, 7, 0)], [5, 5])
    assert found.select("lo", "hi").rows() == [(0, 1)]


def test_of_many_pairs_those_of_one_record_in_so_many_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE", 1)
    found, every = sampled([(0, 7, 0), (0, 7, 1), (0, 7, 2)], [3, 4, 5])
    assert every == 3
    assert found.select("lo", "hi").rows() == [(0, 1), (0, 2)]
    monkeypatch.setattr(sample, "SAMPLE", 2)
    assert sampled([(0, 7, 0), (0, 7, 1), (0, 7, 2)], [3, 4, 5])[1] == 2
    assert sampled([], [])[1] == 1


def test_a_pair_is_without_a_field_that_some_rule_it_was_found_by_leaves_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", ["by name", "by phone"])
    monkeypatch.setattr(rules, "fields_of", lambda rule: {"by name": {"name"}, "by phone": {"phone"}}[rule])
    keys = [(0, 7, 0), (0, 7, 1), (1, 8, 1), (1, 8, 2), (0, 9, 1), (0, 9, 2)]
    found, _ = sampled(keys, [1, 2, 3], ("name", "phone"))
    assert found.rows(named=True) == [
        {"lo": 0, "hi": 1, "without name": False, "without phone": True},
        {"lo": 1, "hi": 2, "without name": True, "without phone": True},
    ]


def test_about_so_many_pairs_are_looked_at() -> None:
    assert sample.SAMPLE == 150_000
