import polars as pl
import pytest

from pipelines.publish.match_report import Report, in_bits, page, table

REPORT = Report(
    project="small",
    model="fit-1",
    fitted_on=1200,
    duplicates=0.9,
    auto=0.8,
    review=0.3,
    records=1200,
    contacts=900,
    findings=["postcode: strangers agree as `typo` 21 times as often as in most lists"],
    weights=pl.DataFrame(
        {"field": ["phone"] * 2, "level": ["exact", "different"], "m": [0.7, 0.3], "u": [0.1, 0.9], "bits": [2.8, -1.6]}
    ),
    histogram=pl.DataFrame({"bits": [-2, 4], "zone": ["review", "merge"], "pairs": [10, 300]}),
    zones={"merge": 300, "review": 10},
    rules=pl.DataFrame({"zone": ["merge"], "rule": ["same_phone"], "pairs": [300]}),
    vetoes=pl.DataFrame(schema={"reason": pl.String, "pairs": pl.Int64}),
    sizes=pl.DataFrame({"records": [1, 2], "contacts": [600, 300]}),
    reach=0.9456,
    capped=pl.DataFrame({"key": ["name"], "cap": [40], "blocks": [1], "records": [41], "largest": [41]}),
    shared=pl.DataFrame({"field": ["phone"], "people": [6], "identifiers": [1], "records": [7]}),
)


def test_a_page_needs_nothing_beside_it() -> None:
    said = page(REPORT, None).decode()
    assert "http" not in said
    assert "<script" not in said
    assert said.count("<svg") == 2
    assert "fitted on 1,200 records" in said
    assert "Not known here." in said
    assert "<p>postcode: strangers agree as `typo` 21 times as often as in most lists.</p>" in said


def test_a_page_says_what_share_of_the_matches_can_be_found() -> None:
    assert "an estimated 94.6% of the pairs" in page(REPORT, None).decode()
    assert "estimated" not in page(REPORT._replace(reach=None), None).decode()


def test_the_zones_are_given_in_bits() -> None:
    assert in_bits(0.8) == pytest.approx(2.0)
    assert "review begins at -1.2, merging at +2.0" in page(REPORT, None).decode()


def test_what_the_last_run_took_is_shown_where_it_is_known() -> None:
    cost = {"records_compared": 12, "candidate_pairs": 3400, "pairs_per_record": 283.3, "seconds": {"contacts": 1.5}}
    said = page(REPORT, cost).decode()
    assert "3,400" in said
    assert "seconds of contacts" in said


def test_what_there_is_none_of_is_said() -> None:
    assert "Vetoed pairs</h2><p>None.</p>" in page(REPORT, None).decode()


def test_columns_of_numbers_stand_to_the_right() -> None:
    found = table(["name", "pairs", "share", "mixed"], [["same_email", 1200, 0.5, 1], ["other", 3, 1.0, "none"]])
    assert '<th>name</th><th class="number">pairs</th><th class="number">share</th><th>mixed</th>' in found
    assert '<td>same email</td><td class="number">1,200</td><td class="number">0.5</td><td>1</td>' in found
