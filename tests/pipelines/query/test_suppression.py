from typing import Any

import polars as pl
import pytest

from pipelines.query.suppression import IS_SUPPRESSED, asked_consents, reaching_columns, with_suppression
from schemas.attribute import Attribute
from schemas.segment import Segment
from schemas.vocabulary import AttributeMerge, AttributeType

ATTRIBUTES = {
    "news": Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.MOST_RESTRICTIVE),
    "calls": Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.MOST_RESTRICTIVE),
    "vip": Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.ANY_TRUE),
}
NEWS = {"field": "attr.news", "op": "eq", "value": True}
CALLS = {"field": "attr.calls", "op": "eq", "value": True}
PEOPLE = pl.DataFrame(
    {
        "contact_id": ["a", "b", "c"],
        "status": ["active", "active", "blocked"],
        "status_reason": ["recent_inbound", "open_conversation", "blocked_by_decision"],
        "attr.news": ["true", "true", None],
    }
)


def segment(where: dict[str, Any], *columns: str) -> Segment:
    return Segment.model_validate({"segment": "asked", "where": where, "columns": columns or ("name",)})


def reasons(predicate: pl.Expr, *refused: tuple[str, str | None]) -> list[str]:
    suppressed = pl.DataFrame(refused, schema={"contact_id": pl.String, "consent": pl.String}, orient="row")
    told = with_suppression(PEOPLE.filter(predicate), predicate, suppressed)
    assert told.drop("status_reason").equals(PEOPLE.filter(predicate).drop("status_reason"))
    assert told.filter(IS_SUPPRESSED).height == told["status_reason"].to_list().count("address_suppressed")
    return told["status_reason"].to_list()


def test_numbers_and_addresses_reach_people_and_nothing_else_does() -> None:
    columns = ("contact_id", "phones", "name", "email", "tags")
    assert reaching_columns(segment({"all": []}, *columns)) == ["phones", "email"]
    assert reaching_columns(segment({"all": []}, "contact_id")) == []


@pytest.mark.parametrize(
    ("where", "asked"),
    [
        (NEWS, ["news"]),
        ({"not": {"any": [CALLS, {"all": [NEWS]}]}}, ["calls", "news"]),
        ({"field": "attr.vip", "op": "eq", "value": True}, []),
        ({"all": []}, []),
    ],
)
def test_consents_are_found_wherever_a_filter_asks_for_them(where: dict[str, Any], asked: list[str]) -> None:
    assert asked_consents(segment(where), ATTRIBUTES) == asked


def test_whoever_would_not_fit_with_the_no_of_another_is_suppressed() -> None:
    assert reasons(pl.col("attr.news") == "true", ("b", "news")) == ["recent_inbound", "address_suppressed"]


def test_whoever_fits_with_that_no_as_well_is_not() -> None:
    either = (pl.col("attr.news") == "true") | (pl.col("status") == "active")
    assert reasons(either, ("b", "news")) == ["recent_inbound", "open_conversation"]


def test_a_blocked_address_suppresses_whoever_is_not_blocked_anyway() -> None:
    everybody = pl.col("contact_id").is_not_null()
    said = reasons(everybody, ("a", None), ("c", None), ("nobody", None))
    assert said == ["address_suppressed", "open_conversation", "blocked_by_decision"]
