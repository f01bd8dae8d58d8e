import polars as pl

from assets.metadata import bars, columns_of, table
from schemas.contact import Contact


def test_columns_carry_their_meaning_and_how_closely_they_point_at_a_person() -> None:
    columns = {each.name: each for each in columns_of(Contact)["dagster/column_schema"].columns}
    assert columns["email"].tags == {"pii": "direct"}
    assert columns["contact_id"].constraints.unique
    assert columns["name"].constraints.nullable
    assert all(each.description for each in columns.values())


def test_an_empty_table_is_still_a_table() -> None:
    shown = table(pl.DataFrame(schema={"rule": pl.String, "rows": pl.Int64}))
    assert [column.name for column in shown.schema.columns] == ["rule", "rows"]
    assert shown.records == []


def test_bars_are_as_long_as_their_numbers() -> None:
    lines = (bars(pl.DataFrame({"records": [1, 2], "contacts": [40, 10]}), "records", "contacts").md_str or "").split(
        "\n"
    )
    assert lines[2].count("█") == 4 * lines[3].count("█")
    assert lines[2].endswith("40 |")
