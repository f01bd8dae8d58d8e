from operator import eq, ge, gt, le, lt, ne

import pytest

from pipelines.query.operators import COMPARISONS, COUNTED, OPERATORS, OTHERWISE, RECENT
from schemas.filter import Operator

SIGNS = {"=": eq, "<>": ne, ">": gt, ">=": ge, "<": lt, "<=": le}


def test_every_operator_has_a_rule() -> None:
    assert set(OPERATORS) == set(Operator)


def test_what_time_alone_changes_is_what_looks_back() -> None:
    assert {Operator.WITHIN_LAST, Operator.NOT_WITHIN_LAST} == RECENT


def test_numbers_are_asked_whatever_can_be_compared() -> None:
    assert set(COUNTED) == set(COMPARISONS) == set(OTHERWISE)


@pytest.mark.parametrize("op", COUNTED)
def test_a_comparison_means_its_sign_and_the_opposite_of_another_one(op: Operator) -> None:
    sign, compares = COMPARISONS[op]
    _, otherwise = COMPARISONS[OTHERWISE[op]]
    for number in (1, 2, 3):
        assert compares(number, 2) is SIGNS[sign](number, 2) is not otherwise(number, 2)
