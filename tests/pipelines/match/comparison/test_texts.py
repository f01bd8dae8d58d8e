import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.comparison.foreign_words import UNKNOWN
from pipelines.match.comparison.records import TEXTS
from pipelines.match.comparison.texts import judged_texts
from pipelines.match.priors import LEVELS
from tests.examples import examples


def level(field: str, lo: str, hi: str) -> str:
    return str(judged_texts(field, pl.DataFrame({"lo": [lo], "hi": [hi]})).item())


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("19800304", "19800403", "typo"),
        ("19800304", "19800305", "typo"),
        ("19800304", "19801104", "part"),
        ("19800304", "19810921", "near"),
        ("19800304", "19820921", "different"),
        ("19800304", "19811204", "near"),  # the day alone
        ("19800304", "19950921", "different"),
        ("19800304", "19811321", "near"),  # months that end alike are two
        ("19800304", "19951304", "different"),
        ("19800304", "19950304", "part"),
        ("19800304", "19950309", "different"),
        ("19800304", "1980", "near"),
        ("1980", "1981", "near"),
        ("1980", "1990", "different"),
        ("19800304", "19990921", "different"),
        ("19800304", "19810403", "near"),  # day and month turned, but another year
        ("19800304", "198003", "part"),
        ("19800304", "198004", "near"),
        ("198003", "198004", "typo"),  # a month is enough for a slip, a year is not
        ("1980", "19820101", "different"),
        ("19801231", "19790101", "near"),
        ("19800304", "19800924", "near"),
    ],
)
def test_dates_agree_by_their_parts(lo: str, hi: str, expected: str) -> None:
    assert level("date_of_birth", lo, hi) == expected


@pytest.mark.parametrize(
    ("field", "lo", "hi", "expected"),
    [
        ("city", "hamburg", "hambrug", "typo"),
        ("city", "frankfurt", "frankfurt am main", "part"),
        ("city", "bath", "york", "different"),
        ("city", "москва", "moskva", UNKNOWN),
        ("city", "москва", "минск", "different"),
        ("postcode", "20095", "20096", "typo"),
        ("postcode", "20095", "80331", "different"),
        ("exact_id", "c12345", "c12354", "typo"),
        ("exact_id", "a1", "a2", "different"),
        ("company", "northwind traders", "traders northwind", "typo"),
        ("company", "northwind", "northwind traders", "part"),
        ("company", "northwind", "contoso", "different"),
        ("street", "12 oak st", "oak st 12", "typo"),
        ("street", "12 oak st", "14 oak st", "different"),
        ("street", "12 oak st", "12 oak st flat b", "part"),
        ("country", "de", "at", "different"),
        ("category", "male", "mala", "different"),
        ("text", "blue van with a dent", "a blue van with dent", "typo"),
        ("city", "bath", "path", "typo"),  # one slip from four letters on
        ("city", "ulm", "uln", "different"),
        ("city", "saarbruecken", "saarbruckenn", "typo"),  # two slips in a long one
        ("city", "frankfurt am main", "frankfurt", "part"),
        ("city", "new york", "york", "different"),  # only the beginning stands for the whole
        ("region", "nordhausen", "nordhausen kreis", "part"),
        ("postcode", "2000", "2001", "typo"),
        ("postcode", "200", "201", "different"),
        ("exact_id", "abcd", "abce", "typo"),
        ("exact_id", "c12345", "c12453", "different"),
        ("company", "acme", "acmo", "typo"),
        ("company", "ace", "acf", "different"),
        ("company", "northwind trading", "northwint tradign", "typo"),
        ("company", "northwind limited", "northwind ltd", "typo"),
        ("company", "international machines", "intl machines", "different"),
        ("street", "12 oak st 4", "4 oak st 12", "typo"),
        ("street", "12 oak st", "21 oak st", "different"),
        ("street", "high street 12", "12 high street 12", "different"),  # two numbers are not one
        ("street", "5 elm", "5 elms", "typo"),
        ("street", "5 elm", "5 pine", "different"),
        ("text", "blue van", "bleu van", "typo"),
        ("text", "van", "ban", "different"),
        ("text", "red car", "red car large", "part"),
        ("text", "northwind", "nordwind", "different"),
    ],
)
def test_two_texts_agree_at_a_level(field: str, lo: str, hi: str, expected: str) -> None:
    assert level(field, lo, hi) == expected


@settings(deadline=None, max_examples=examples(50, light=10))
@given(st.sampled_from(TEXTS), st.text("ab 19", min_size=1, max_size=10), st.text("ab 19", min_size=1, max_size=10))
def test_it_makes_no_difference_which_text_comes_first_and_every_level_has_its_prior(
    field: str, one: str, other: str
) -> None:
    found = level(field, one, other)
    assert found == level(field, other, one)
    assert found in {*LEVELS[field], UNKNOWN}


@pytest.mark.parametrize("field", TEXTS)
def test_without_pairs_there_are_no_levels(field: str) -> None:
    assert judged_texts(field, pl.DataFrame(schema={"lo": pl.String, "hi": pl.String})).to_list() == []
