from pathlib import Path

import pytest

from pipelines.errors import ConfigurationError, NeverMatched
from pipelines.project import open_project
from pipelines.steps.what_if import what_if
from tests.small_project import SmallProject, small_project, starting_point

LIST = """
    id,name,phone,email
    1,Anna Berg,+49 30 90182011,anna.berg@example.com
    2,Otto Kern,+49 30 90182012,
"""
OTHERS = """
    id,name,phone,email
    1,Anna Berg,,anna.berg@example.com
    2,,+49 30 90182012,
"""
EVERYBODY = "segment: everybody\nwhere: {all: []}\ncolumns: [contact_id]\n"


@starting_point
def matched(project: SmallProject) -> None:
    (project.project.folder / "segments").mkdir()
    (project.project.folder / "segments" / "everybody.yaml").write_text(EVERYBODY, encoding="utf-8")
    project.configure(matching={"auto": 0.8, "review": 0.3})
    project.deliver("crm", "2026-01-05", LIST)
    project.deliver("shop", "2026-01-05", OTHERS)
    project.run()


def everything(project: SmallProject) -> list[list[dict[str, object]]]:
    tables = ("match_edge", "membership", "contact_field", "vetoed_edge", "id_changes", "work_queue", "step_state")
    return [project.rows(f"FROM {table} ORDER BY ALL") for table in tables]


def probabilities(project: SmallProject) -> list[float]:
    found = project.rows("SELECT probability FROM match_edge ORDER BY probability")
    return [float(each["probability"]) for each in found]


@pytest.mark.heavy
def test_the_thresholds_there_are_change_nothing(matched: SmallProject) -> None:
    settings = matched.project.settings.matching
    found = what_if(matched.project, matched.connection, settings.auto, settings.review)
    assert (found.merged, found.split) == (0, 0)
    assert found.contacts[0] == found.contacts[1]


def test_a_threshold_above_a_merge_splits_its_contact_and_moves_the_segment(matched: SmallProject) -> None:
    least = probabilities(matched)[0]
    found = what_if(matched.project, matched.connection, min(least + 1e-4, 0.999999))
    assert found.split == 1
    assert found.contacts == (2, 3)
    [segment] = found.segments
    assert (segment.segment, segment.before, segment.after, segment.joining, segment.leaving) == (
        "everybody", 2, 3, 1, 0,
    )  # fmt: skip


@pytest.mark.heavy
def test_what_would_be_is_what_a_run_with_these_thresholds_makes(matched: SmallProject, tmp_path: Path) -> None:
    auto = min(probabilities(matched)[0] + 1e-4, 0.999999)
    found = what_if(matched.project, matched.connection, auto)
    with small_project(tmp_path / "other", matching={"auto": auto, "review": 0.3}) as other:
        other.deliver("crm", "2026-01-05", LIST)
        other.deliver("shop", "2026-01-05", OTHERS)
        other.run()
        zones = {
            each["zone"]: each["n"] for each in other.rows("SELECT zone, count(*) AS n FROM match_edge GROUP BY 1")
        }
        assert found.contacts[1] == len(other.people())
        assert {zone: after for zone, (_, after) in found.pairs.items() if after} == zones


def test_nothing_is_changed(matched: SmallProject) -> None:
    before = everything(matched)
    what_if(matched.project, matched.connection, 0.999)
    assert everything(matched) == before


def test_below_the_review_that_pairs_were_kept_from_nothing_is_known(matched: SmallProject) -> None:
    with pytest.raises(ConfigurationError, match=r"pairs below `review` \(0\.3\) were not kept"):
        what_if(matched.project, matched.connection, 0.8, 0.2)


@pytest.mark.heavy
def test_a_review_that_was_lowered_since_the_last_run_is_not_known_before_the_next(matched: SmallProject) -> None:
    matched.configure(matching={"auto": 0.8, "review": 0.1})
    with pytest.raises(ConfigurationError, match=r"`review` \(0\.3\) were not kept in the last run.*onecontact run"):
        what_if(matched.project, matched.connection, 0.9)
    matched.run()
    assert what_if(matched.project, matched.connection, 0.9).contacts[0] == len(matched.people())


def test_a_review_that_was_raised_since_the_last_run_does_not_hide_what_was_kept(matched: SmallProject) -> None:
    kept = len(probabilities(matched))
    matched.configure(matching={"auto": 0.8, "review": 0.7})
    found = what_if(matched.project, matched.connection, 0.8, 0.3)
    assert sum(after for _, after in found.pairs.values()) == kept


def test_a_warehouse_that_does_not_tell_what_it_kept_is_taken_at_its_configuration(matched: SmallProject) -> None:
    matched.connection.execute("DELETE FROM step_state WHERE step = 'match.review'")
    with pytest.raises(ConfigurationError, match=r"pairs below `review` \(0\.3\) were not kept"):
        what_if(matched.project, matched.connection, 0.8, 0.2)


@pytest.mark.parametrize(("auto", "review"), [(0.4, None), (1.0, None), (0.8, 0.9), (0.8, 0.0)])
def test_what_is_no_threshold_is_refused(matched: SmallProject, auto: float, review: float | None) -> None:
    with pytest.raises(ConfigurationError, match="must be a probability"):
        what_if(matched.project, matched.connection, auto, review)


def test_before_the_first_match_nothing_could_change(project: SmallProject) -> None:
    with pytest.raises(NeverMatched):
        what_if(open_project(project.project.folder), project.connection, 0.9)
