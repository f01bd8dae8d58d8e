"""What tells one change request from another, and how answers to them read; nothing here needs a warehouse."""

import polars as pl

from pipelines.decide import deliveries as step
from pipelines.decide.deliveries import Answer
from pipelines.errors import RequestRefused
from pipelines.normalise.problems import PROBLEMS
from pipelines.read.change_requests.change_requests import Requests
from pipelines.read.core.batch import Batch
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome


def requested(*rows: dict[str, object]) -> list[str]:
    """What tells each request that says the same again, here the text it is made of."""
    schema = pl.Schema([("row", pl.UInt32), ("line", pl.UInt32), ("by", pl.String), ("value", pl.String)])
    schema["others"] = pl.List(pl.String)
    batch = Requests(pl.DataFrame(list(rows), schema=schema), Batch())
    made = step.with_request_id(batch, lambda kind, text: pl.format("{}:{}", pl.lit(kind), text))
    return made["request"].to_list()


def test_a_request_is_known_by_what_it_says_and_not_by_where_it_stands() -> None:
    one, again, other = requested(
        {"row": 1, "line": 2, "by": "Ina", "value": "x", "others": ["a", "b"]},
        {"row": 2, "line": 3, "by": "Ina", "value": "x", "others": ["a", "b"]},
        {"row": 3, "line": 4, "by": "Ina", "value": None, "others": []},
    )
    assert one == again == "request:by=Ina\x1fothers=a\x1eb\x1fvalue=x"
    assert other == "request:by=Ina"


REFUSED = Answer(
    2, 3, Outcome.REJECTED, RequestRefused(ErrorCode.CONTACT_UNKNOWN, "contact", "somebody", "anna@example.com")
)


def test_a_refusal_names_the_header_that_the_file_has_for_its_column() -> None:
    granted = Answer(1, 2, Outcome.CREATED)
    found = step.refused({"Kunde": "contact", "Wert": "value"}, [granted, REFUSED])
    assert found.rows() == [
        (2, 3, "Kunde", "CONTACT_UNKNOWN", "error", "row_rejected", "somebody", "anna@example.com"),
    ]
    assert step.refused({}, [REFUSED])["field"].to_list() == ["contact"]
    assert step.refused({}, [granted]).schema == PROBLEMS


def test_a_row_of_which_another_correction_came_before_is_told_of() -> None:
    late = pl.DataFrame({"row": [4], "line": [5]}, schema={"row": pl.UInt32, "line": pl.UInt32})
    [row] = step.superseded(late).rows(named=True)
    assert (row["row"], row["line"], row["field"], row["code"]) == (4, 5, "", "ROW_CORRECTED")
    assert (row["severity"], row["action"], row["suggestion"]) == ("info", "row_skipped", None)
    assert step.superseded(late).schema == PROBLEMS


def test_a_request_that_says_nothing_of_corrections_asks_for_all_its_rows() -> None:
    asked = pl.DataFrame({"row": [1], "line": [2], "request": ["x"]})
    claims = pl.DataFrame({"row": [1], "retry_of": [None], "place": [None]}, schema_overrides={"retry_of": pl.String})
    all_of_them, late = step.without_corrected(None, asked, claims)  # type: ignore[arg-type]
    assert all_of_them.equals(asked)
    assert (late.columns, late.height) == (["row", "line"], 0)
