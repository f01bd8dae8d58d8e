from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.errors import ContractBroken
from pipelines.normalise.attribute import VALUES, missing, values
from pipelines.normalise.number import spelt
from pipelines.normalise.problems import PROBLEMS
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType

ATTRIBUTES = {
    "region": Attribute(type=AttributeType.TEXT),
    "seats": Attribute(type=AttributeType.NUMBER),
    "signup": Attribute(type=AttributeType.DATE),
    "tier": Attribute(type=AttributeType.DROPDOWN, values=("Gold", "Silver", "Große Stufe", "bronze")),
    "newsletter": Attribute(type=AttributeType.BOOLEAN),
}


def cells(*written: tuple[str, str | None]) -> pl.DataFrame:
    rows = [(row, attribute, raw, attribute.title()) for row, (attribute, raw) in enumerate(written, start=1)]
    return pl.DataFrame(
        rows,
        schema={"row": pl.UInt32, "attribute": pl.String, "raw": pl.String, "field": pl.String},
        orient="row",
    )


def value(attribute: str, raw: str) -> str | None:
    kept = values(cells((attribute, raw)), ATTRIBUTES).kept["value"].to_list()
    return kept[0] if kept else None


def code(attribute: str, raw: str) -> str:
    (only,) = values(cells((attribute, raw)), ATTRIBUTES).problems["code"]
    return str(only)


@pytest.mark.parametrize(
    ("attribute", "raw", "canonical"),
    [
        ("region", "  Upper\tBavaria ", "Upper Bavaria"),
        ("seats", "12", "12"),
        ("seats", "+007.50", "7.5"),
        ("seats", "-0.0", "0"),
        ("seats", "-.5", "-0.5"),
        ("seats", "100", "100"),
        ("seats", "1,234.56", "1234.56"),
        ("seats", "1.234.567,80", "1234567.8"),
        ("seats", "1.2340", "1.234"),
        ("seats", "12,5", "12.5"),
        ("signup", "13.4.2025", "2025-04-13"),
        ("signup", "2025-04-13T23:59:00Z", "2025-04-13"),
        ("tier", " gold ", "Gold"),
        ("tier", "GROSSE  STUFE", "Große Stufe"),
        ("newsletter", "Yes", "true"),
        ("newsletter", "ja", "true"),
        ("newsletter", "1", "true"),
        ("newsletter", "x", "true"),
        ("newsletter", "OFF", "false"),
        ("newsletter", "Nein", "false"),
    ],
)
def test_a_value_of_its_type_is_kept_in_canonical_text(attribute: str, raw: str, canonical: str) -> None:
    assert value(attribute, raw) == canonical


@pytest.mark.parametrize(
    ("attribute", "raw", "problem"),
    [
        ("seats", "many", "ATTR_TYPE"),
        ("seats", "1,234", "NUMBER_AMBIGUOUS"),
        ("seats", "1e5", "ATTR_TYPE"),
        ("seats", "NaN", "ATTR_TYPE"),
        ("seats", "9" * 39, "ATTR_TYPE"),
        ("signup", "03/04/2025", "DATE_AMBIGUOUS"),
        ("signup", "spring", "DATE_UNPARSEABLE"),
        ("tier", "platinum", "ATTR_NOT_IN_LIST"),
        ("newsletter", "perhaps", "BOOL_UNKNOWN"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_dropped_and_told(attribute: str, raw: str, problem: str) -> None:
    assert value(attribute, raw) is None
    assert code(attribute, raw) == problem


def test_a_problem_says_where_and_what_was_done() -> None:
    problem = values(cells(("seats", "many")), ATTRIBUTES).problems.row(0, named=True)
    assert (problem["row"], problem["line"], problem["field"]) == (1, None, "Seats")
    assert (problem["severity"], problem["action"]) == ("warning", "field_dropped")


def test_the_line_of_a_problem_is_told_where_it_is_known() -> None:
    frame = cells(("seats", "many")).with_columns(line=pl.lit(4, pl.UInt32))
    assert values(frame, ATTRIBUTES).problems["line"].to_list() == [4]


def test_what_misses_a_list_is_shown_the_nearest_values_and_offered_a_close_one() -> None:
    problem = values(cells(("tier", "sliver")), ATTRIBUTES).problems.row(0, named=True)
    assert problem["expected"].startswith("a value of the list, such as Silver, ")
    assert problem["suggestion"] == "Silver"


def test_what_is_far_from_a_list_is_offered_nothing() -> None:
    assert values(cells(("tier", "platinum")), ATTRIBUTES).problems["suggestion"].to_list() == [None]


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("raw", [None, "", " \u200b "])
def test_a_blank_cell_is_neither_a_value_nor_a_problem(attribute: str, raw: str | None) -> None:
    read = values(cells((attribute, raw)), ATTRIBUTES)
    assert_frame_equal(read.kept, VALUES.to_frame())
    assert_frame_equal(read.problems, PROBLEMS.to_frame())


def test_values_come_by_row_then_attribute() -> None:
    frame = cells(("seats", "1"), ("tier", "gold"), ("region", "North")).with_columns(
        row=pl.Series([2, 1, 1], dtype=pl.UInt32)
    )
    assert values(frame, ATTRIBUTES).kept.rows() == [(1, "region", "North"), (1, "tier", "Gold"), (2, "seats", "1")]


def test_an_attribute_nobody_has_defined_is_a_defect() -> None:
    with pytest.raises(ContractBroken, match="attribute shoe_size is not defined"):
        values(cells(("shoe_size", "44")), ATTRIBUTES)


NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)


@given(
    st.one_of(
        st.tuples(st.just("region"), st.text()),
        st.tuples(st.just("seats"), NUMBER.map(lambda number: format(number, ",f"))),
        st.tuples(st.just("signup"), st.dates().map(lambda day: f"{day.day}.{day.month}.{day.year}")),
        st.tuples(st.just("tier"), st.sampled_from(["GOLD", "silver", "grosse stufe", "Bronze"])),
        st.tuples(st.just("newsletter"), st.sampled_from(["Ja", "no", "Y", "0"])),
    )
)
@settings(deadline=None)
def test_canonical_text_is_read_as_itself(cell: tuple[str, str]) -> None:
    attribute, raw = cell
    canonical = value(attribute, raw)
    if canonical and attribute == "seats":
        canonical = pl.DataFrame({"value": [canonical]}).select(spelt(pl.col("value"))).item()
        assert Decimal(value(attribute, canonical) or "nothing") == Decimal(canonical)
    else:
        assert canonical is None or value(attribute, canonical) == canonical


@given(NUMBER)
@settings(deadline=None)
def test_a_number_is_worth_what_was_written(number: Decimal) -> None:
    canonical = value("seats", f"{number:f}0")
    assert canonical is not None
    assert Decimal(canonical) == number


@pytest.mark.parametrize(("raw", "number", "day"), [("1.234", "1234", "2025-04-03"), ("1,234", "1.234", "2025-04-03")])
def test_a_locale_settles_what_is_left_open(raw: str, number: str, day: str) -> None:
    kept = values(cells(("seats", raw), ("signup", "03/04/2025")), ATTRIBUTES, "de_DE").kept
    assert kept["value"].to_list() == [number, day]


# Patterns and what has to be there

CODED = {"account": Attribute(type=AttributeType.TEXT, pattern="C-[0-9]+|none", required=True)}


@pytest.mark.parametrize("raw", ["C-1042", " C-1042 ", "none"])
def test_a_text_that_matches_its_pattern_as_a_whole_is_kept(raw: str) -> None:
    assert values(cells(("account", raw)), CODED).kept["value"].to_list() == [raw.strip()]


@pytest.mark.parametrize("raw", ["c-1042", "C-1042, C-1043", "C-", "nonesuch"])
def test_a_text_that_does_not_match_its_pattern_is_dropped_and_told_what_was_expected(raw: str) -> None:
    read = values(cells(("account", raw)), CODED)
    assert read.kept.is_empty()
    [problem] = read.problems.select("code", "action", "expected").rows()
    assert problem == ("ATTR_PATTERN", "field_dropped", "a text that matches C-[0-9]+|none")


def rows(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"row": numbers}, schema={"row": pl.UInt32})


def test_a_row_without_a_value_that_is_required_is_given_back() -> None:
    kept = values(cells(("account", "C-1"), ("account", "broken"), ("account", None)), CODED).kept
    lacking = missing(rows(1, 2, 3), kept, CODED, {"account": "Customer no"})
    assert lacking.select("row", "field", "code", "severity", "action").rows() == [
        (row, "Customer no", "ATTR_REQUIRED", "error", "row_rejected") for row in (2, 3)
    ]


@pytest.mark.parametrize("offered", [{}, {"region": "Region"}, {"shoe_size": "Shoe size"}])
def test_a_file_without_the_column_lacks_nothing(offered: dict[str, str]) -> None:
    assert_frame_equal(missing(rows(1), VALUES.to_frame(), ATTRIBUTES | CODED, offered), PROBLEMS.to_frame())


def test_a_column_of_floats_is_read_as_what_its_pattern_or_list_has() -> None:
    attributes = {
        "account": Attribute(type=AttributeType.TEXT, pattern="[0-9]{4}"),
        "release": Attribute(type=AttributeType.TEXT, pattern=r"[0-9]+\.[0-9]"),
        "level": Attribute(type=AttributeType.DROPDOWN, values=("1", "2")),
        "edition": Attribute(type=AttributeType.DROPDOWN, values=("1.0", "2.0")),
    }
    written = cells(("account", "1001.0"), ("release", "2026.0"), ("level", "2.0"), ("edition", "2.0"))
    assert values(written, attributes).kept["value"].to_list() == ["1001", "2026.0", "2", "2.0"]
