import polars as pl
import pytest

from pipelines.normalise.country import USUAL, regions_by_name, stated_regions
from schemas import received
from tests.golden.country_names import country_names


def regions(*cells: tuple[int, str, str]) -> list[tuple[int, str]]:
    """The regions of rows, by cells: row, attribute, raw."""
    stated = [(row, name, raw, name) for row, name, raw in cells]
    frame = pl.DataFrame(stated, schema=received.column_types(received.AttributeRow), orient="row")
    return stated_regions(frame).rows()


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        *(("AT", "AT"), ("at", "AT"), ("AUT", "AT"), ("Austria", "AT"), ("Österreich", "AT"), ("Autriche", "AT")),
        *(("USA", "US"), ("United States", "US"), ("UK", "GB"), ("England", "GB"), ("Deutschland", "DE")),
        *(("Schweiz", "CH"), ("México", "MX"), ("Россия", "RU"), ("日本", "JP"), ("Türkiye", "TR"), ("NA", "NA")),
    ],
)
def test_a_country_is_known_by_code_and_in_many_languages(raw: str, region: str) -> None:
    assert regions((1, "country", raw)) == [(1, region)]


def test_the_column_of_the_person_is_asked_before_that_of_the_bill() -> None:
    assert regions((1, "billing_country", "AT"), (1, "country", "CH"), (2, "billing_country", "AT")) == [
        (1, "CH"),
        (2, "AT"),
    ]


def test_what_is_no_country_says_nothing() -> None:
    assert regions((1, "country", "Nowhere"), (2, "city", "Austria"), (3, "country", "")) == []


def test_names_are_those_that_unicode_has_for_countries() -> None:
    meant = dict(country_names().iter_rows()) | USUAL
    assert regions_by_name() == meant, "write the names anew with `python -m tests.golden.country_names`"
