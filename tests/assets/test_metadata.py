import polars as pl

from assets.metadata import bars, column_schema, signed_bars, stacked, table
from schemas.contact import Contact


def test_columns_carry_their_meaning_and_how_closely_they_point_at_a_person() -> None:
    columns = {each.name: each for each in column_schema(Contact)["dagster/column_schema"].columns}
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


def test_bars_below_zero_go_to_the_left() -> None:
    frame = pl.DataFrame({"field": ["phone", "phone"], "level": ["exact", "different"], "bits": [8.0, -8.0]})
    lines = (signed_bars(frame, ["field", "level"], "bits").md_str or "").split("\n")
    assert lines[2].startswith("| phone exact | +8.0 |")
    assert lines[2].index("│") < lines[2].index("█")
    assert lines[3].index("█") < lines[3].index("│")


def test_a_count_by_two_names_is_a_bar_each() -> None:
    frame = pl.DataFrame({"bits": [2, 2], "zone": ["merge", "review"], "pairs": [4, 2]})
    assert "| 2 review |" in (stacked(frame, "bits", "zone", "pairs").md_str or "")
