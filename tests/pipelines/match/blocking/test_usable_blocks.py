import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.blocking.rules import KEYS, RULES, in_blocks
from pipelines.match.blocking.usable_blocks import usable_blocks
from pipelines.match.engines.polars import IN_MEMORY, lazy
from tests.examples import examples

CAPS = pl.DataFrame(
    {"rule": range(len(RULES)), "cap": [rule.cap for rule in RULES]}, schema={"rule": pl.UInt8, "cap": pl.UInt32}
)
CAPPED = next(nth for nth, rule in enumerate(RULES) if rule.cap == 8)
MEMBERS = st.lists(st.tuples(st.sampled_from([0, CAPPED]), st.integers(0, 1), st.integers(0, 20)), unique=True)


def usable(keys: pl.DataFrame, subjects: pl.Series) -> list[tuple[int, int, int]]:
    called = keys.rename({"record": "record_key"})
    own = subjects.alias("record_key").to_frame()
    return sorted(IN_MEMORY.collect(usable_blocks(lazy(called), lazy(own), lazy(CAPS))).rows())


@settings(max_examples=examples(40, light=8), deadline=None)
@given(MEMBERS)
def test_joins_find_the_blocks_that_a_whole_list_has(members: list[tuple[int, int, int]]) -> None:
    keys = pl.DataFrame(members, schema=KEYS, orient="row")
    assert usable(keys, keys["record"].unique()) == sorted(in_blocks(keys).rows())


def test_only_blocks_of_subjects_are_found_with_all_their_members() -> None:
    keys = pl.DataFrame([(0, 1, 1), (0, 1, 2), (0, 2, 2), (0, 2, 3), (0, 3, 1)], schema=KEYS, orient="row")
    assert usable(keys, pl.Series([1], dtype=pl.UInt32)) == [(0, 1, 1), (0, 1, 2)]
