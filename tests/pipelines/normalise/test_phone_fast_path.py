from collections.abc import Iterator
from random import Random
from typing import Any

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneMetadata,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from pipelines.normalise.numbering.library import SHORTEST
from pipelines.normalise.phone import phones, wa_ids
from pipelines.normalise.phone_fast_path import MAIN_REGION, parse_by_plan, plan

WORLD = "001"
SCHEMA = {"text": pl.String, "default_region": pl.String}
ANSWER = ("normalised", "validity", "region")
CODES = {"valid": None, "possible": "PHONE_POSSIBLE_NOT_VALID", "invalid": "PHONE_UNPARSEABLE"}
TYPES = [each for each in PhoneNumberType.values() if each != PhoneNumberType.UNKNOWN]


def library(text: str, region: str | None) -> tuple[str | None, str, str | None]:
    """What `phonenumbers` says of a number, one by one; one so short that it is an area code is none."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None, "invalid", None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    main = phonenumbers.region_code_for_country_code(number.country_code or 0)
    where = phonenumbers.region_code_for_number(number) or main
    if phonenumbers.is_valid_number(number):
        return e164, "valid", where
    is_short = len(phonenumbers.national_significant_number(number)) < SHORTEST
    if phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE and not is_short:
        again = phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.E164)
        if again == e164:
            return e164, "possible", where
    return None, "invalid", None


def examples(code: int, region: str) -> list[str]:
    """National numbers the library gives as examples, of every type."""
    if region == WORLD:
        world = phonenumbers.example_number_for_non_geo_entity(code)
        return [phonenumbers.national_significant_number(world)] if world else []
    found = [phonenumbers.example_number_for_type(region, each) for each in TYPES]
    return list(dict.fromkeys(phonenumbers.national_significant_number(each) for each in found if each))


def made_up(code: int, region: str, chance: Random) -> Iterator[str]:
    """National numbers near and far from those that exist: of lengths around the possible ones, with any digits."""
    known = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    assert known is not None
    assert known.general_desc is not None
    for example in examples(code, region):
        kept = chance.randrange(1, len(example))
        yield example[:kept] + _digits(chance, len(example) - kept)
    for length in known.general_desc.possible_length:
        for around in (length - 1, length, length + 1):
            yield _digits(chance, max(around, 3))
    if region != WORLD and (wrong := phonenumbers.invalid_example_number(region)):
        yield phonenumbers.national_significant_number(wrong)


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def spellings(code: int, region: str, national: str) -> Iterator[str]:
    """A number as it is written abroad and, where there is a region, at home."""
    yield f"+{code}{national}"
    yield f"+{code} ({national[:2]}) {national[2:5]}-{national[5:]}"
    yield f"(+{code}) (0){national[:3]}/{national[3:5]}.{national[5:]}"
    yield f"00{code}{national}"
    if region != WORLD:
        known = PhoneMetadata.metadata_for_region(region)
        assert known is not None
        yield national
        yield f"{national[:3]} {national[3:]}"
        yield f"({known.national_prefix or '0'}{national[:3]}) {national[3:]}"
        yield f"0{national}"
        yield f"{code} {national}"
        yield f"011 {code} {national}"


def written(numbers: dict[tuple[int, str], list[str]]) -> pl.DataFrame:
    """Each number in its spellings, with the region in which it is dialled."""
    rows = [
        (text, None if region == WORLD else region)
        for (code, region), nationals in numbers.items()
        for national in nationals
        for text in spellings(code, region, national)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").unique(maintain_order=True)


def answered(asked: pl.DataFrame) -> pl.DataFrame:
    """The library's answer for each."""
    answers = [library(text, region) for text, region in asked.iter_rows()]
    return asked.hstack(pl.DataFrame(answers, schema=dict.fromkeys(ANSWER, pl.String), orient="row"))


@pytest.fixture(scope="module")
def regions() -> list[tuple[int, str]]:
    return [(code, region) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() for region in regions]


@pytest.fixture(scope="module")
def from_examples(regions: list[tuple[int, str]]) -> pl.DataFrame:
    return answered(written({each: examples(*each) for each in regions}))


@pytest.fixture(scope="module")
def from_anything(regions: list[tuple[int, str]]) -> pl.DataFrame:
    chance = Random(20)
    return answered(written({each: list(made_up(*each, chance)) for each in regions}))


@pytest.fixture(scope="module")
def examples_decided(from_examples: pl.DataFrame) -> pl.DataFrame:
    return parse_by_plan(from_examples.select(*SCHEMA), fewest=1)


@pytest.fixture(scope="module")
def anything_decided(from_anything: pl.DataFrame) -> pl.DataFrame:
    return parse_by_plan(from_anything.select(*SCHEMA), fewest=1)


def differences(expected: pl.DataFrame, found: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Rows of what was found on which the library says something else."""
    both = found.join(expected, on=list(SCHEMA), how="left", nulls_equal=True, suffix="_expected")
    equal = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_expected")) for name in ANSWER)
    return both.filter(~equal).rows()


@pytest.mark.heavy
def test_example_numbers_of_every_region_and_type_are_judged_as_by_the_library(
    from_examples: pl.DataFrame, examples_decided: pl.DataFrame
) -> None:
    assert differences(from_examples, examples_decided) == []


@pytest.mark.heavy
def test_numbers_that_were_made_up_are_judged_as_by_the_library(
    from_anything: pl.DataFrame, anything_decided: pl.DataFrame
) -> None:
    assert differences(from_anything, anything_decided) == []
    assert set(anything_decided["validity"]) == set(CODES)


def test_nearly_all_numbers_are_decided_without_the_library(
    from_examples: pl.DataFrame,
    examples_decided: pl.DataFrame,
    from_anything: pl.DataFrame,
    anything_decided: pl.DataFrame,
) -> None:
    valid = pl.col("validity") == "valid"
    assert len(examples_decided.filter(valid)) >= 0.95 * len(from_examples.filter(valid))
    assert len(anything_decided) >= 0.9 * len(from_anything)


def test_valid_numbers_of_every_region_are_decided(from_examples: pl.DataFrame, examples_decided: pl.DataFrame) -> None:
    valid = pl.col("validity") == "valid"
    assert set(examples_decided.filter(valid)["region"]) == set(from_examples.filter(valid)["region"])


@pytest.mark.heavy
def test_numbers_normalised_as_a_whole_are_those_of_the_library(
    from_examples: pl.DataFrame, from_anything: pl.DataFrame
) -> None:
    expected = pl.concat([from_examples, from_anything]).unique(list(SCHEMA))
    expected = expected.filter(pl.col("default_region").is_not_null() | pl.col("text").str.contains(r"\+"))
    found = phones(expected.select("default_region", raw="text")).rename({"raw": "text"})
    renumbered = expected.filter(pl.col("validity") != "valid").join(
        found.filter(pl.col("validity") == "valid").select(list(SCHEMA)), on=list(SCHEMA), nulls_equal=True
    )
    fillers = found.filter(pl.col("code") == "PHONE_PLACEHOLDER")
    assert renumbered.height + fillers.height < 0.03 * expected.height
    for own in (renumbered, fillers, found.filter(without_plus())):
        found = found.join(own, on=list(SCHEMA), how="anti", nulls_equal=True)
    assert differences(expected, found) == []
    codes = found["validity"].replace_strict(CODES, return_dtype=pl.String)
    assert found["code"].eq_missing(codes).all()
    assert found["extension"].null_count() == len(found)


def without_plus() -> pl.Expr:
    """Whether a number begins with the country code of its region, and no plus."""
    codes = {region: str(code) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() for region in regions}
    digits = pl.col("text").str.replace_all("[^0-9]", "")
    return digits.str.starts_with(pl.col("default_region").replace_strict(codes, default=None)) & pl.col(
        "text"
    ).str.contains("^[1-9]")


def test_valid_numbers_of_every_region_are_read_without_their_plus_or_with_a_warning(
    regions: list[tuple[int, str]],
) -> None:
    numbers = [
        (f"{code}{national}", region, f"+{code}{national}")
        for code, region in regions
        if region != WORLD
        for national in examples(code, region)
    ]
    asked = pl.DataFrame(numbers, schema=["raw", "default_region", "meant"], orient="row")
    known = phones(asked).with_columns(
        valid=pl.Series([phonenumbers.is_valid_number(phonenumbers.parse(each)) for each in asked["meant"]])
    )
    other = known.filter(pl.col("normalised").ne_missing(pl.col("meant")), pl.col("valid"))
    assert other.filter(pl.col("code").is_null()).rows() == []


@pytest.mark.heavy
def test_whatsapp_ids_are_judged_among_many_as_alone() -> None:
    chance = Random(30)
    ids = [f"{code}{_digits(chance, 10)}" for code in (49, 55, 52, 1) for _ in range(200)]
    found = wa_ids(pl.DataFrame({"raw": ids}))
    alone = pl.concat([wa_ids(pl.DataFrame({"raw": [each]})) for each in ids[::20]])
    assert found.gather_every(20).equals(alone)
    assert set(found["validity"]) == {"valid", "possible"}


@given(
    st.from_regex(r"\A\(?\+?[0-9 ()./-]{3,17}[0-9]\Z"),
    st.sampled_from([None, "DE", "US", "BS", "IT", "BR", "AR", "MX", "GB", "CN", "SM", "KZ", "xx"]),
)
def test_a_number_in_any_grouping_is_judged_as_by_the_library_or_left_to_it(text: str, region: str | None) -> None:
    found = parse_by_plan(pl.DataFrame([(text, region)], schema=SCHEMA, orient="row"), fewest=1)
    assert found.select(ANSWER).rows() in ([], [library(text, region)])


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+1 202-555-0143 x12", None),
        ("1-800-FLOWERS", "US"),
        ("++49 30 901820", None),
        ("+49 30 901820 +", None),
        ("+٤٩30901820", None),
        ("030 901820", None),
        ("030 901820", "XX"),
        ("+999 123456", None),
        ("1234", "DE"),
        ("+49 30 901820 / 0151 23456789", None),
        (f"030 {'-' * 250} 901820", "DE"),
        (None, "DE"),
    ],
    ids=[
        *("extension", "letters", "two pluses", "plus behind", "other digits", "no region", "no such region"),
        *("no such country", "too few digits", "too many digits", "too long", "nothing"),
    ],
)
def test_what_is_not_plainly_a_number_of_some_country_is_left_to_the_library(
    text: str | None, region: str | None
) -> None:
    assert parse_by_plan(pl.DataFrame([(text, region)], schema=SCHEMA, orient="row"), fewest=1).is_empty()


def test_a_handful_of_numbers_is_left_to_the_library() -> None:
    asked = pl.DataFrame({"text": ["+49 30 901820", "+49 30 901821"]}).with_columns(default_region=pl.lit("DE"))
    assert parse_by_plan(asked, fewest=3).is_empty()
    assert len(parse_by_plan(asked, fewest=2)) == 2


def test_other_columns_stay() -> None:
    asked = pl.DataFrame({"text": ["+49 30 901820"], "default_region": ["DE"], "nth": [7]})
    assert parse_by_plan(asked, fewest=1).row(0) == ("+49 30 901820", "DE", 7, "+4930901820", "valid", "DE")


def test_every_country_code_has_a_plan() -> None:
    assert [plan(code, region).calling_code for code, region in MAIN_REGION.items()] == list(MAIN_REGION)


def test_a_region_without_a_plan_is_told() -> None:
    with pytest.raises(LookupError, match="no numbering plan of XX"):
        plan("49", "XX")
