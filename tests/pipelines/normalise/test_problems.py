import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.normalise.problems import PROBLEMS, RULINGS, problems
from schemas.error_codes import ErrorCode


def fields(**columns: object) -> pl.DataFrame:
    return pl.DataFrame(
        {"row": [7], "field": ["Handy"]} | columns, schema_overrides={"row": pl.UInt32, "code": pl.String}
    )


def test_fields_without_a_code_are_no_problem() -> None:
    assert_frame_equal(problems(fields(code=[None])), PROBLEMS.to_frame())


def test_a_code_brings_its_severity_its_action_and_what_would_have_been_right() -> None:
    found = problems(fields(code=["EMAIL_SYNTAX"]))
    assert found.schema == PROBLEMS
    assert found.rows() == [
        (
            *(7, None, "Handy", "EMAIL_SYNTAX", "warning", "field_dropped"),
            *("one e-mail address, such as jane@example.com", None),
        )
    ]


def test_what_is_known_more_exactly_goes_before_what_a_code_says() -> None:
    found = problems(fields(code=["ATTR_TYPE"], line=[9], expected=["a number of seats"], suggestion=["12"]))
    assert found.select("line", "expected", "suggestion").rows() == [(9, "a number of seats", "12")]


def test_a_number_that_is_merely_possible_is_kept() -> None:
    assert problems(fields(code=["PHONE_POSSIBLE_NOT_VALID"]))["action"].to_list() == ["kept_with_warning"]


@pytest.mark.parametrize("code", list(RULINGS))
def test_every_code_a_field_can_have_has_its_ruling(code: ErrorCode) -> None:
    assert problems(fields(code=[code.value]))["expected"].item()


def test_a_code_without_a_ruling_is_a_defect() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        problems(fields(code=["NO_SUCH_CODE"]))
