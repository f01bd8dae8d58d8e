import pytest

from pipelines.errors import NeverMatched
from pipelines.match.model.model import unfitted
from pipelines.steps.refit import moved, refit_now, refit_preview
from tests.small_project import SmallProject, starting_point

PEOPLE = "\n".join(
    ["id,name,phone,email"]
    + [f"{n},{given} {family},,{given}.{family}@example.com" for n, (given, family) in enumerate(
        (given, family) for given in ("Anna", "Otto", "Klara", "Emil") for family in ("Berg", "Kern", "Thoma", "Weiss")
    )]
)  # fmt: skip


@starting_point
def matched(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.deliver("shop", "2026-01-05", PEOPLE)
    project.run()


@pytest.mark.heavy
def test_a_fit_is_kept_as_the_next_version_and_says_what_it_moved(matched: SmallProject) -> None:
    fitted = refit_now(matched.project, matched.connection, "fit")
    assert (fitted.before, fitted.version, fitted.records) == ("shipped", "fit-1", 32)
    assert fitted.is_small
    assert fitted.moved
    assert [abs(each.bits) for each in fitted.moved] == sorted((abs(each.bits) for each in fitted.moved), reverse=True)
    assert refit_now(matched.project, matched.connection, "fit").version == "fit-2"


def test_the_run_after_a_fit_matches_everything_anew(matched: SmallProject) -> None:
    refit_now(matched.project, matched.connection, "fit")
    assert matched.match().records == 32
    assert {each["model"] for each in matched.rows("SELECT DISTINCT model FROM match_edge")} == {"fit-1"}


def test_a_preview_keeps_nothing(matched: SmallProject) -> None:
    tables = ("match_edge", "membership", "match_model", "term_frequency", "contact_field")
    before = [matched.rows(f"FROM {table} ORDER BY ALL") for table in tables]
    fitted = refit_preview(matched.project, matched.connection)
    assert fitted.version is None
    assert [matched.rows(f"FROM {table} ORDER BY ALL") for table in tables] == before


@pytest.mark.heavy
def test_a_preview_says_what_the_next_run_would_find(matched: SmallProject) -> None:
    foreseen = refit_preview(matched.project, matched.connection).preview
    refit_now(matched.project, matched.connection, "fit")
    matched.run()
    edges = matched.rows("SELECT zone, count(*) AS pairs FROM match_edge GROUP BY zone")
    assert foreseen is not None
    assert foreseen.contacts[1] == len(matched.people())
    assert {zone: after for zone, (_, after) in foreseen.pairs.items() if after} == {
        each["zone"]: each["pairs"] for each in edges
    }


def test_levels_move_by_the_bits_their_weight_changes() -> None:
    old = unfitted()
    new = old._replace(m={**old.m, "phone": {**old.m["phone"], "exact": old.m["phone"]["exact"] / 2}})
    [only] = moved(old, new)
    assert (only.field, only.level, only.bits) == ("phone", "exact", -1.0)


def test_before_the_first_run_there_is_nothing_to_fit_to(project: SmallProject) -> None:
    with pytest.raises(NeverMatched):
        refit_now(project.project, project.connection, "fit")
