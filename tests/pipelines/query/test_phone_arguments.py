from typing import Any

import pytest

from pipelines.errors import FilterFault
from pipelines.query.phone_arguments import dialled
from schemas.filter import Condition

WHOLE = ("eq", "ne", "in", "not_in", "has_any", "has_all", "has_none")
PART = ("contains", "not_contains", "starts_with", "ends_with")


def asked(op: str, value: Any, region: str | None = None) -> Any:
    """What phone numbers are compared with."""
    return dialled(Condition.model_validate({"field": "phone", "op": op, "value": value}), region, "where.value").value


@pytest.mark.parametrize("op", WHOLE)
def test_a_whole_number_is_asked_for_in_e164(op: str) -> None:
    assert asked(op, "+49 (30) 90/18-20.") == "+4930901820"
    assert asked(op, ["030 901820", "+1 202 555 0123"], "DE") == ("+4930901820", "+12025550123")


@pytest.mark.parametrize("op", PART)
def test_of_a_part_of_a_number_the_digits_count(op: str) -> None:
    assert [asked(op, "90 18-20"), asked(op, "+49 30"), asked(op, 901)] == ["901820", "+4930", "901"]


@pytest.mark.parametrize(
    ("op", "value", "region", "digits"),
    [
        # how a number begins is known with the code of its country
        ("starts_with", "0049 30", "US", "+4930"),
        ("starts_with", "0049 30", None, "+4930"),
        ("starts_with", "030", "DE", "+4930"),
        ("starts_with", "030", None, "030"),
        ("starts_with", "30", "DE", "30"),
        # within a number there are no zeros that stand before one
        ("contains", "0030", "DE", "30"),
        ("not_contains", "030", "DE", "30"),
        ("contains", "00", "DE", "00"),
        ("ends_with", "0018", "DE", "0018"),
        ("ends_with", "018", "DE", "018"),
    ],
)
def test_a_zero_that_stands_before_a_number_is_no_part_of_it(
    op: str, value: str, region: str | None, digits: str
) -> None:
    assert asked(op, value, region) == digits


@pytest.mark.parametrize("op", ["matches", "gt"])
def test_what_does_not_ask_for_numbers_is_left_alone(op: str) -> None:
    assert asked(op, "030 90") == "030 90"


@pytest.mark.parametrize("op", [*WHOLE, *PART])
def test_a_question_without_a_value_is_left_alone(op: str) -> None:
    assert asked(op, None, "DE") is None


@pytest.mark.parametrize(("op", "value"), [("eq", "030 901820"), ("in", ["+4930901820", "anna"]), ("eq", "+4930")])
def test_what_is_no_number_without_a_region_is_told(op: str, value: Any) -> None:
    with pytest.raises(
        FilterFault, match=r"^where\.value: phone is compared with a phone number such as \+4930901820$"
    ):
        asked(op, value)


@pytest.mark.parametrize(("op", "value"), [("contains", "anna"), ("starts_with", "+"), ("ends_with", "18 x 20")])
def test_what_are_no_digits_is_told(op: str, value: Any) -> None:
    with pytest.raises(FilterFault, match=r"^where\.value: phone is compared with digits of a phone number$"):
        asked(op, value)
