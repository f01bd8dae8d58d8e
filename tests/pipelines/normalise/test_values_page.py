"""docs/values.md says what becomes of every spelling: its tables are read and tried."""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.normalise.attribute import FALSE, TRUE, values
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType

PAGE = (Path(__file__).parents[3] / "docs" / "values.md").read_text(encoding="utf-8")
ATTRIBUTES = {
    "Number": Attribute(type=AttributeType.NUMBER),
    "Date": Attribute(type=AttributeType.DATE),
    "Boolean": Attribute(type=AttributeType.BOOLEAN),
    "Dropdown": Attribute(type=AttributeType.DROPDOWN, values=("gold", "silver", "Große Stufe")),
    "Text": Attribute(type=AttributeType.TEXT, pattern="C-[0-9]+"),
}


def promises() -> Iterator[tuple[str, str, str | None, str]]:
    """What the page promises: heading, cell as written, locale, and the value or code it becomes."""
    for section in PAGE.split("\n## ")[1:]:
        heading = section.splitlines()[0]
        locales: list[str | None] = []
        for line in section.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[0] in ("written", "refused"):
                locales = [_locale(cell) for cell in cells[1:]] if cells[0] == "written" else [None]
            elif line.startswith("| `") and heading in ATTRIBUTES:
                for locale, told in zip(locales, cells[1:], strict=False):
                    yield heading, cells[0][1:-1], locale, told[1:-1]


def _locale(cell: str) -> str | None:
    named = re.search(r"locale: (\w+)", cell)
    return named[1] if named else None


PROMISES = list(promises())


@pytest.mark.parametrize(("heading", "raw", "locale", "told"), PROMISES)
def test_a_cell_becomes_what_the_page_says(heading: str, raw: str, locale: str | None, told: str) -> None:
    frame = pl.DataFrame(
        {"row": [1], "attribute": ["it"], "raw": [raw], "field": ["it"]}, schema_overrides={"row": pl.UInt32}
    )
    read = values(frame, {"it": ATTRIBUTES[heading]}, locale)
    assert [*read.kept["value"], *read.problems["code"]] == [told]


def test_the_page_has_every_type() -> None:
    assert {heading for heading, *_ in PROMISES} == ATTRIBUTES.keys()


def test_the_page_names_every_word_for_yes_and_no() -> None:
    said = PAGE[PAGE.index("Yes: ") : PAGE.index("Case does not matter")].partition("No: ")
    assert (tuple(re.findall("`(.+?)`", said[0])), tuple(re.findall("`(.+?)`", said[2]))) == (TRUE, FALSE)
