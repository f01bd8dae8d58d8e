import csv
import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import ConfigurationError, WarehouseOlder
from pipelines.project import open_project
from pipelines.steps.check import check, source_of
from pipelines.store.reads import health
from schemas.vocabulary import Outcome
from tests.examples import examples
from tests.small_project import SETTINGS, SmallProject, small_project

LIST = "id,name,phone,tier\n1,Anna Berg,0151 23456781,gold\n2,Ben Tal,call me,\n3,Cleo Ott,,iron\n,,,\n4,Dan"
FILES = {
    "crm-2026-06-02.csv": LIST,
    "no header.csv": "1,Anna Berg\n",
    "empty.csv": "",
    "torn.csv": 'id,name\n1,"Anna Berg\n2,Ben Tal\n',
}


def counted(project: SmallProject, path: Path) -> tuple[str, str | None, dict[Outcome, int]]:
    found = check(project.project, project.connection, path, "crm").taken
    return found.state, found.code, dict(found.outcomes)


@pytest.mark.heavy
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "options", [{}, {"mode": "add_only"}, {"mode": "update_only"}, {"on_reject": "all_or_nothing"}]
)
def test_a_check_says_what_the_run_then_does(project: SmallProject, name: str, options: dict[str, Any]) -> None:
    project.deliver("crm", "2026-06-01", "id,name,phone\n1,Anna Berg,0151 23456781\n5,Eva Lux,")
    project.receive()
    project.configure(sources=SETTINGS["sources"] | {"crm": SETTINGS["sources"]["crm"] | options})
    path = project.project.folder / "landing" / "crm" / name
    path.write_text(FILES[name], encoding="utf-8")
    said = counted(project, path)
    [taken] = (each for each in project.receive() if not each.known)
    assert said == (taken.state, taken.code, dict(taken.outcomes))


CELL = st.sampled_from(["", " ", "1", "2", "Jane Doe", "jane@example.com", "call me", "\\N", "a\nb", "gold"])
LINES = st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=8)


@pytest.mark.heavy
@given(first=LINES, second=LINES, limit=st.sampled_from(["continue", "all_or_nothing", {"abort_if_pct": 40}]))
@settings(max_examples=examples(5, light=3), deadline=None)
def test_outcomes_add_up_and_are_what_was_said_before(first: Any, second: Any, limit: Any) -> None:
    crm = SETTINGS["sources"]["crm"] | {"on_reject": limit}
    with TemporaryDirectory() as folder, small_project(Path(folder), sources={"crm": crm}) as project:
        for day, lines in (("2026-06-01", first), ("2026-06-02", second)):
            path = Path(folder) / "landing" / "crm" / f"{day}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([["id", "name", "email", "tier"], *lines])
            said = counted(project, path)
            [taken] = (each for each in project.receive() if not each.known)
            assert said == (taken.state, taken.code, dict(taken.outcomes))
            assert taken.outcomes.total() == len(lines)
        assert health.rows_conserved(project.connection).broken == 0


@pytest.mark.heavy
def test_nothing_is_written(tmp_path: Path) -> None:
    with small_project(tmp_path / "p") as made:
        made.deliver("crm", "2026-06-01", "id,name\n9,Zoe Alt")
        made.run()
    folder = tmp_path / "p"
    path = tmp_path / "anywhere.csv"
    path.write_text(LIST, encoding="utf-8")
    before = contents(folder)
    with (project := open_project(folder)).warehouse() as connection:
        assert check(project, connection, path, "crm").taken.outcomes.total() == 5
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_file_that_was_taken_in_is_known_and_read_anew_all_the_same(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-06-01", "id,name\n1,Anna Berg\n2,Ben Tal")
    project.receive()
    found = check(project.project, project.connection, path, "crm")
    assert (found.known, found.taken.outcomes) == (True, {"unchanged": 2})


def test_problems_come_with_their_place_the_worst_first(project: SmallProject, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    found = check(project.project, project.connection, path, "crm")
    assert found.problems.select("row_number", "line_number", "field", "code").rows() == [
        (2, 3, "", "NO_IDENTIFIER"),
        (2, 3, "phone", "PHONE_UNPARSEABLE"),
        (5, 6, "", "ROW_TOO_FEW_FIELDS"),
        (3, 4, "tier", "ATTR_NOT_IN_LIST"),
        (4, 5, "", "ROW_BLANK"),
    ]
    assert dict(found.codes.select("code", "problems").rows())["NO_IDENTIFIER"] == 1


def test_why_nothing_of_a_file_would_be_taken_in_is_told(project: SmallProject, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name\nAnna Berg", encoding="utf-8")
    found = check(project.project, project.connection, path, "crm")
    assert found.taken.code == "HEADER_MISSING"
    assert found.way_out == "no column `id`, which the source names as its key"


# Which source


def test_a_file_belongs_to_the_source_that_looks_for_it_there(project: SmallProject) -> None:
    path = project.deliver("shop", "2026-06-01", LIST)
    assert source_of(project.project, path) == "shop"


def test_a_file_from_elsewhere_belongs_to_the_one_list_that_can_read_it(tmp_path: Path) -> None:
    sources = {name: SETTINGS["sources"][name] for name in ("crm", "helpdesk", "whatsapp")}
    path = tmp_path / "list.csv"
    path.write_text("name,email\nAnna Berg,anna@example.com", encoding="utf-8")
    with small_project(tmp_path / "p", sources=sources) as project:
        assert source_of(project.project, path) == "helpdesk"


def test_where_it_is_not_clear_the_sources_are_listed(project: SmallProject, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,name\n1,Anna Berg", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="--source, one of crm, helpdesk, shop"):
        source_of(project.project, path)


# What became of it before


@pytest.mark.heavy
def test_a_file_that_was_refused_before_is_not_known_and_says_what_was_wrong(project: SmallProject) -> None:
    crm = SETTINGS["sources"]["crm"] | {"on_reject": "all_or_nothing"}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm})
    path = project.deliver("crm", "2026-06-01", LIST)
    project.receive()
    found = check(project.project, project.connection, path, "crm")
    assert (found.known, found.before and found.before.code) == (False, "REJECT_LIMIT")
    project.configure(sources=SETTINGS["sources"])
    found = check(project.project, project.connection, path, "crm")
    assert (found.known, found.before, found.taken.state) == (False, None, "accepted")


def test_a_check_changes_no_older_warehouse(tmp_path: Path) -> None:
    with small_project(tmp_path / "p") as made:
        made.connection.execute("DELETE FROM schema_migration WHERE version > 1")
    project = open_project(tmp_path / "p")
    with pytest.raises(WarehouseOlder, match="onecontact run"), project.warehouse(as_it_is=True):
        pass
