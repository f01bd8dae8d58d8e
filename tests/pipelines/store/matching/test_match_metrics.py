import polars as pl
import pytest

from pipelines.match.blocking.rules import CAPS
from pipelines.steps.match_report import named, report
from pipelines.store.matching import match_metrics, models
from tests.small_project import SmallProject

PEOPLE = "id,name,email\n1,Anna Berg,anna@example.com\n2,Otto Kern,otto@example.com"


@pytest.mark.heavy
def test_scores_are_counted_by_weight_and_zone(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.deliver("shop", "2026-01-05", PEOPLE)
    project.run()
    shown = match_metrics.score_histogram(project.connection)
    assert shown["pairs"].sum() == len(project.rows("FROM match_edge"))
    assert shown["bits"].is_sorted()


@pytest.mark.heavy
def test_blocks_over_their_cap_are_counted_by_what_they_have_in_common(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.deliver("shop", "2026-01-05", PEOPLE)
    project.run()
    assert match_metrics.capped_blocks(project.connection, CAPS).is_empty()
    found = named(match_metrics.capped_blocks(project.connection, CAPS.with_columns(cap=pl.lit(1, pl.UInt32))))
    assert "email" in found["key"].to_list()
    assert set(found["largest"]) == {2}


@pytest.mark.heavy
def test_blocks_are_sampled_by_record_with_whether_they_make_pairs(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.deliver("shop", "2026-01-05", PEOPLE + "\n3,Ida,")
    project.run()
    narrow = CAPS.with_columns(cap=pl.lit(1, pl.UInt32))
    wide, closed = (match_metrics.sampled_blocks(project.connection, caps) for caps in (CAPS, narrow))
    assert wide["record"].unique().to_list() == [0, 1, 2, 3, 4]
    assert wide["usable"].all()
    assert closed.drop("usable").equals(wide.drop("usable"))
    assert closed["usable"].sum() == closed.group_by("record").len().filter(pl.col("len") == 1).height


@pytest.mark.heavy
def test_a_sample_of_blocks_has_no_more_records_than_asked_for(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.run()
    assert match_metrics.sampled_blocks(project.connection, CAPS, most=1)["record"].unique().to_list() == [0]


def test_how_likely_strangers_share_a_value_is_known_once_values_are_counted(project: SmallProject) -> None:
    assert models.chances(project.connection) == {}
    assert models.current_parameters(project.connection)[0] == models.SHIPPED


@pytest.mark.heavy
def test_a_report_counts_what_is_there(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.deliver("shop", "2026-01-05", PEOPLE)
    project.run()
    shown = report(project.project.settings, project.connection)
    assert (shown.model, shown.fitted_on, shown.records) == ("shipped", None, 4)
    assert set(shown.weights["field"]) >= {"given_name", "family_name", "email", "email_domain"}
    assert "phone" not in set(shown.weights["field"])
    assert shown.reach is not None
    assert 0.5 < shown.reach <= 1
    assert sum(shown.zones.values()) == shown.rules["pairs"].sum()
