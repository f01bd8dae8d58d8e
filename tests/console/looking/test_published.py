"""The page of the published views is what their contract says."""

from pathlib import Path

from console.looking.published import page
from schemas.published.views import VIEWS

PAGE = Path(__file__).parents[3] / "docs" / "published.md"


def test_the_page_is_what_the_contract_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/published.md is not what schemas say: run `make docs`"


def test_the_page_names_every_column_with_its_type_and_class() -> None:
    missing = [
        f"{view.name}.{column.name}"
        for view in VIEWS.values()
        for column in view.columns
        if f"| `{column.name}` | `{column.type}` | {column.pii} | {column.description}." not in page()
    ]
    assert missing == []
