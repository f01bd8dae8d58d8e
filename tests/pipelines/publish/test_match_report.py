import re

import polars as pl
import pytest

from pipelines.publish.chart import Bar
from pipelines.publish.match_report import Report, cost_section, in_bits, page, score_bars, table, weight_bars

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
    cost = {
        "records_compared": 12,
        "candidate_pairs": 3400,
        "pairs_per_record": 283.3,
        "cpu_seconds": {"contacts": 1.5},
    }
    said = page(REPORT, cost).decode()
    assert "3,400" in said
    assert "seconds of contacts" in said


def test_what_there_is_none_of_is_said() -> None:
    assert "Vetoed pairs</h2><p>None.</p>" in page(REPORT, None).decode()


def test_columns_of_numbers_stand_to_the_right() -> None:
    found = table(["name", "pairs", "share", "mixed"], [["same_email", 1200, 0.5, 1], ["other", 3, 1.0, "none"]])
    assert '<th>name</th><th class="number">pairs</th><th class="number">share</th><th>mixed</th>' in found
    assert '<td>same email</td><td class="number">1,200</td><td class="number">0.5</td><td>1</td>' in found


def test_weights_are_bars_to_the_right_where_they_speak_for_one_person() -> None:
    assert weight_bars(REPORT.weights) == [
        Bar("phone exact", 2.8, "+2.8", "for"),
        Bar("phone different", -1.6, "-1.6", "against"),
    ]
    nothing = REPORT.weights.head(1).with_columns(bits=pl.lit(0.0))
    assert [bar.kind for bar in weight_bars(nothing)] == ["against"]


def test_scores_are_bars_of_pairs_by_weight_and_zone() -> None:
    assert score_bars(REPORT.histogram.with_columns(pairs=pl.Series([10, 3000]))) == [
        Bar("-2 review", 10, "10", "review"),
        Bar("+4 merge", 3000, "3,000", "merge"),
    ]


def test_a_page_has_its_parts_in_this_order() -> None:
    said = page(REPORT, None).decode()
    assert re.findall(r"<h[12]>(.*?)</h[12]>", said) == [
        *("Matching of small", "Weights of the model", "Scores of the pairs that were kept"),
        *("What speaks for pairs", "Vetoed pairs", "Sizes of contacts", "Blocks over their cap, which make no pairs"),
        *("Identifiers that several people share", "Cost of the last run"),
    ]
    assert "<p>1,200 records are 900 contacts. Model fit-1, fitted on 1,200 records.</p>" in said
    assert "<p>Pairs merge from 0.8 on, and are shown to a person from 0.3 on.</p>" in said
    assert "<title>Matching of small</title>" in said


def test_a_model_that_was_not_fitted_here_was_shipped() -> None:
    assert "shipped with onecontact" in page(REPORT._replace(fitted_on=None), None).decode()


def test_names_of_the_project_are_text_in_a_page() -> None:
    said = page(REPORT._replace(project="a<b", model="<i>", findings=["<u>"]), None).decode()
    assert not {"a<b", "<i>", "<u>"} & set(re.findall(r"a<b|<i>|<u>", said))


def test_what_a_run_took_is_told_once_and_its_seconds_for_each_stage() -> None:
    [_, told] = cost_section({"candidate_pairs": 3400, "cpu_seconds": {"contacts": 1.5}})
    assert re.findall(r"<td[^>]*>(.*?)</td>", told) == ["candidate pairs", "3,400", "CPU seconds of contacts", "1.5"]
