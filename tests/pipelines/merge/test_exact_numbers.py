"""Exact arithmetic over numbers in canonical text."""

from decimal import Context, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.merge.exact_numbers import is_number, ranks, totals

LARGEST = "9" * 38
SMALLEST = "0." + "0" * 35 + "1"
WIDE = Context(prec=120)


def sum_of(*values: str) -> str:
    return str(totals(pl.DataFrame({"key": "a", "value": values}), ["key"])["value"].item())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("100000000000000000000000000000", "1"), "100000000000000000000000000001"),
        (("0.00000000049", "0.00000000049"), "0.00000000098"),
        ((LARGEST, "1"), "1" + "0" * 38),
        ((LARGEST, SMALLEST), LARGEST + SMALLEST[1:]),
        (("1", "-" + SMALLEST), "0." + "9" * 36),
        (("-1", "0.25"), "-0.75"),
        (("-2", "2"), "0"),
        (("7.50", "0.5"), "8"),
    ],
)
def test_a_sum_is_exact_however_large_and_small_its_numbers_are(values: tuple[str, ...], expected: str) -> None:
    assert sum_of(*values) == expected


CANONICAL = st.decimals(min_value=-(10**18), max_value=10**18, places=12).map(lambda number: f"{number:f}")


@given(st.lists(CANONICAL, min_size=1, max_size=8))
def test_a_sum_is_that_of_decimals_without_a_limit(values: list[str]) -> None:
    expected = Decimal(0)
    for value in values:
        expected = WIDE.add(expected, Decimal(value))

    found = sum_of(*values)

    assert Decimal(found) == expected
    assert found == (f"{expected.normalize(WIDE):f}" if expected else "0")


def test_sums_of_groups_are_apart() -> None:
    frame = pl.DataFrame({"key": ["a", "b", "a"], "value": ["1", "-5", "2"]})

    found = totals(frame, ["key"])

    assert sorted(found.rows()) == [("a", "3"), ("b", "-5")]


def test_ranks_order_numbers_that_floats_take_for_equal() -> None:
    values = ["9007199254740993", "9007199254740992", "-9007199254740993", "-0.5", "0.50", "0.5"]

    found = pl.DataFrame({"value": values}).select(ranks()).to_series().to_list()

    assert found == [5, 4, 1, 2, 3, 3]


@pytest.mark.parametrize("text", ["1e5", "inf", "NaN", "", "-", "1.", ".5", "1" * 39, "1." + "1" * 37, "+1"])
def test_what_is_not_a_number_in_canonical_text_is_none(text: str) -> None:
    assert pl.DataFrame({"value": [text]}).select(is_number(pl.col("value"))).item() is False


@pytest.mark.parametrize("text", ["0", "-12.5", LARGEST, SMALLEST, "-" + LARGEST])
def test_numbers_in_canonical_text_are_numbers(text: str) -> None:
    assert pl.DataFrame({"value": [text]}).select(is_number(pl.col("value"))).item() is True
