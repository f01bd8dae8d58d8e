"""Rows that are given back keep each cell under its own column, whichever were refused and in whatever order."""

import csv
import io
import json

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.publish.rejected_rows import write_rejected
from pipelines.read.tables.spreadsheet_cells import clean_cells
from pipelines.read.tables.table import misfit
from pipelines.steps.rejected_files import write_rejected_files
from pipelines.store.ingest import rejected_rows
from tests.examples import examples
from tests.pipelines.store.ingest.made_deliveries import ID
from tests.small_project import SETTINGS, SmallProject

HEADER = ["id", "Name", "Phone", "E-Mail", "Mood"]
CELL = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=6)
WHOLE = st.lists(CELL, min_size=len(HEADER), max_size=len(HEADER)).map(
    lambda cells: json.dumps(dict(zip(HEADER, cells, strict=True)))
)
UNFIT = st.lists(CELL, max_size=len(HEADER) + 3).map(lambda cells: str(misfit(1, 2, cells, HEADER)[-1]))
CUT = st.lists(CELL, min_size=1, max_size=len(HEADER)).map(  # as rows were kept once, without the columns they lack
    lambda cells: json.dumps(dict(zip(HEADER, cells, strict=False)) | {"_extra": []})
)


def said(rows: list[dict[str, str]]) -> list[dict[str, str | None]]:
    """Rows as a reader of contact lists takes their cells."""
    return clean_cells(pl.DataFrame(rows, schema=dict.fromkeys(HEADER, pl.String)), HEADER).to_dicts()


@settings(
    max_examples=examples(60, light=15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raws=st.lists(WHOLE | UNFIT | CUT, min_size=1, max_size=6))
def test_every_cell_of_every_row_is_read_back_from_its_own_column(project: SmallProject, raws: list[str]) -> None:
    connection, delivery = project.connection, ID.format(1)
    connection.execute("DELETE FROM rejected_row")
    connection.executemany(
        "INSERT INTO rejected_row BY NAME SELECT ? AS delivery_id, ? AS row_number, 'rejected' AS outcome, ? AS raw",
        [[delivery, number, raw] for number, raw in enumerate(raws, 1)],
    )
    file = io.BytesIO()
    write_rejected(file, rejected_rows.columns(connection, delivery), rejected_rows.rows(connection, delivery))
    rows = [json.loads(raw) for raw in raws]
    back = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))
    widest = max(sum(name in row for name in HEADER) for row in rows)
    assert list(back[0])[:-6] == HEADER[:widest]
    assert said([{name: row.get(name, "") for name in HEADER} for row in back]) == said(rows)
    assert [json.loads(row["_extra"] or "[]") for row in back] == [row.get("_extra", []) for row in rows]


LIST = """id,Name,Phone,E-Mail,Tags
    1,Tom Iven
    2,Ann Berg,0151 23456789,ann@example.com,vip
    3,Ben Kohl,0151 23456780,ben@example.com,vip,more,and more
    4,Cem Arslan,0151 23456781,cem@example.com,new"""


def returned(project: SmallProject, on_reject: str) -> list[list[str]]:
    """The file in which the rows of LIST come back."""
    crm = SETTINGS["sources"]["crm"] | {"on_reject": on_reject}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm})
    project.deliver("crm", "2026-06-01", LIST)
    project.receive()
    [name] = write_rejected_files(project.project, project.connection)
    with (project.project.folder / "rejected" / name).open(encoding="utf-8-sig", newline="") as file:
        return [row[:5] + row[-1:] for row in csv.reader(file)]


def test_a_short_row_in_front_takes_no_column_from_those_behind_it(project: SmallProject) -> None:
    assert returned(project, "all_or_nothing") == [
        ["id", "Name", "Phone", "E-Mail", "Tags", "_extra"],
        ["1", "Tom Iven", "", "", "", ""],
        ["2", "Ann Berg", "0151 23456789", "ann@example.com", "vip", ""],
        ["3", "Ben Kohl", "0151 23456780", "ben@example.com", "vip", '["more", "and more"]'],
        ["4", "Cem Arslan", "0151 23456781", "cem@example.com", "new", ""],
    ]


def test_a_row_of_its_own_comes_back_with_the_columns_it_lacks(project: SmallProject) -> None:
    assert [row[0] for row in returned(project, "continue")] == ["id", "1", "3"]
    [raw] = project.rows("SELECT raw FROM rejected_row WHERE row_number = 1")
    assert list(json.loads(raw["raw"])) == ["id", "Name", "Phone", "E-Mail", "Tags", "_extra"]


def test_what_stood_in_the_column_of_cells_too_many_is_not_lost_when_there_are_too_many_again() -> None:
    raw = misfit(1, 2, ["1", "Ann", '["x"]', "", "y"], ["id", "Name", "_extra", "_errors"])[-1]
    assert json.loads(raw)["_extra"] == ['["x"]', "y"]
