"""docs/published.md: the published views, made of their contract in `schemas.published`.

`python -m console.looking.published FILE` writes the page; `make docs` calls it.
"""

import sys
from pathlib import Path

from schemas.published.contract import Column, View
from schemas.published.views import VIEWS

INTRODUCTION = """\
# The published views

Made by `make docs` of `schemas/published`. These views are the one read interface of a warehouse: names, types and
meanings are kept from version to version. They are views of the schema `published` in the warehouse, and tables of the
same names in the [snapshot of a role](roles.md), which holds only what the role may see.

- Every id is a UUID, every time is UTC, every list may be empty but is never null.
- A *folded* column is the text beside it in lower case, with compatibility forms (wide letters, ligatures) levelled
  and accents kept. Compare folded with folded: DuckDB has no function that folds text like this.
- A *typed* value of an attribute (`value_number`, `value_date`, `value_boolean`) is null where the attribute has
  another type. Do not cast `value_text`: engines differ in what they take for a number or a date.
- *PII* says how closely a column points at a person: `direct` (names, numbers, words they wrote), `quasi` (narrows a
  person down), `keyed` (an id derived with the project's secret), `none`.
- *Derives from*: the column repeats that one in another form. A role that may not see the one does not get the other.

| view | a row is |
|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    index = "".join(f"| [{view.name}](#{view.name}) | {view.description} |\n" for view in VIEWS.values())
    return INTRODUCTION + index + "".join(section(view) for view in VIEWS.values())


def section(view: View) -> str:
    """What the page says of a view."""
    rows = "".join(row(column) for column in view.columns)
    return (
        f"\n## {view.name}\n\n{view.description}.\n\n| column | type | PII | what it holds |\n|---|---|---|---|\n{rows}"
    )


def row(column: Column) -> str:
    """What the page says of a column."""
    origin = f" Derives from {', '.join(f'`{each}`' for each in column.derives_from)}." if column.derives_from else ""
    return f"| `{column.name}` | `{column.type}` | {column.pii} | {column.description}.{origin} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
