import polars as pl

from pipelines.match.comparison.subset import subset_for_pairs

NAMES = pl.DataFrame(
    [(9, "otto", None, "ober"), (4, "mara", None, "quint"), (7, None, None, "sol")],
    schema={"record": pl.UInt32, "given_name": pl.String, "middle_name": pl.String, "family_name": pl.String},
    orient="row",
)
FACTS = pl.DataFrame(
    {"record": [9, 4], "field": "city", "value": ["york", "bath"]}, schema_overrides={"record": pl.UInt32}
)


def test_records_are_numbered_from_0_in_their_order_and_keep_what_they_were_called() -> None:
    pairs = pl.DataFrame({"lo": [4, 7], "hi": [9, 9]}, schema={"lo": pl.UInt32, "hi": pl.UInt32})

    own = subset_for_pairs(pairs, NAMES, FACTS)

    assert own.number.tolist() == [4, 7, 9]
    assert (own.lo.tolist(), own.hi.tolist()) == ([0, 1], [2, 2])
    assert own.records.count == 3
    city, family = own.records.fields["city"], own.records.fields["family_name"]
    assert [city.values[code] if code >= 0 else None for code in city.first.tolist()] == ["bath", None, "york"]
    assert [family.values[code] for code in family.first.tolist()] == ["quint", "sol", "ober"]


def test_without_records_there_is_nothing_to_compare() -> None:
    none = pl.DataFrame(schema={"lo": pl.UInt32, "hi": pl.UInt32})

    assert subset_for_pairs(none, NAMES.clear(), FACTS.clear()).records.count == 0
