from pathlib import Path

import pytest

from console.running.open_work import ignored_columns, open_work
from tests.small_project import SETTINGS, SmallProject


def lines(project: SmallProject, *, names: bool = False) -> list[str]:
    """What waits, but for the sources that this test has no files for."""
    told = open_work(project.project, project.connection, names=names)
    return [line for line in told if "no file matches" not in line]


def test_a_refused_file_waits_as_long_as_it_lies_there(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-01-05", "id,city\n1,Berlin")
    project.run()
    assert ["refused: crm, delivery" in line for line in lines(project)] == [True]
    assert ["refused: crm, crm-2026-01-05.csv: " in line for line in lines(project, names=True)] == [True]
    path.unlink()
    assert lines(project) == []


@pytest.mark.heavy
def test_rows_wait_until_they_are_corrected_wherever_their_file_is(project: SmallProject) -> None:
    from pipelines.steps.rejected_files import write_rejected_files

    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,4.9E+11")
    project.run()
    (name,) = write_rejected_files(project.project, project.connection)
    (line,) = lines(project)
    assert f"1 row of crm refused: correct rejected/{name}" in line
    assert line.endswith("and move it into landing/crm/")
    mended = (project.project.folder / "rejected" / name).read_text().replace("4.9E+11", "0151 23456781")
    (project.project.folder / "rejected" / name).unlink()
    assert lines(project) == [
        (
            "1 row of crm refused, 0 of them corrected since; the file with the others is no longer in rejected/: "
            "move it into landing/crm/ once it is corrected"
        )
    ]
    project.deliver("crm", "", mended, name)
    project.run()
    assert lines(project) == []


@pytest.mark.heavy
def test_a_file_that_was_stopped_names_the_file_of_all_its_rows(project: SmallProject) -> None:
    from pipelines.steps.rejected_files import write_rejected_files

    crm = SETTINGS["sources"]["crm"] | {"on_reject": "all_or_nothing"}
    project.configure(sources={"crm": crm})
    path = project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,4.9E+11\n2,Ben Tal,")
    project.run()
    (name,) = write_rejected_files(project.project, project.connection)
    (line,) = lines(project, names=True)
    assert line.startswith("refused: crm, crm-2026-01-05.csv: 1 of 2 rows were refused")
    assert line.endswith(f" (rejected/{name})")
    path.unlink()
    assert len(lines(project)) == 1


@pytest.mark.heavy
def test_rows_that_were_corrected_are_told_of_and_what_is_still_wrong_waits_once(project: SmallProject) -> None:
    from pipelines.steps.rejected_files import write_rejected_files

    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,4.9E+11\n2,Ben Tal,call me")
    project.run()
    (name,) = write_rejected_files(project.project, project.connection)
    back = (project.project.folder / "rejected" / name).read_text(encoding="utf-8-sig")
    first = "\n".join(back.splitlines()[:2]).replace("4.9E+11", "0151 23456789")
    project.deliver("crm", "", first, "first.csv")
    project.run()
    (line,) = lines(project)
    assert f"2 rows of crm refused, 1 of them corrected since: correct rejected/{name}" in line
    project.deliver("crm", "", back, "again.csv")
    project.run()
    (again,) = write_rejected_files(project.project, project.connection)
    (line,) = lines(project)
    assert f"2 rows of crm refused, 1 of them corrected since: correct rejected/{again}" in line
    project.deliver("crm", "", back.replace("4.9E+11", "0151 23456789").replace("call me", "0151 23456781"), "all.csv")
    project.run()
    assert lines(project) == []


def test_a_source_without_a_file_is_named_with_its_path(project: SmallProject) -> None:
    assert "crm: no file matches landing/crm/*.csv" in list(open_work(project.project, project.connection, names=False))


def test_an_export_without_a_segment_is_named(project: SmallProject) -> None:
    for name in ("old", "id_changes"):
        Path(project.project.folder / "exports" / name).mkdir(parents=True)
    assert lines(project) == ["exports/old has no segment any more: `onecontact exports remove old` if nobody needs it"]


@pytest.mark.heavy
def test_what_was_left_out_is_counted_by_reason_and_not_named(project: SmallProject) -> None:
    project.deliver(
        "crm", "2026-01-05", "id,name,phone,tier,city\n1,Anna Berg,nonsense,gold,Berlin\n2,Ben Tal,,iron,Bonn"
    )
    project.run()
    (line,) = ignored_columns(project.connection, names=False)
    assert "crm: fields left out, by reason: " in line
    assert "ATTR_NOT_IN_LIST 1" in line
    assert "HEADER_UNKNOWN 1" in line
    assert "city" not in line


@pytest.mark.heavy
def test_columns_that_mean_nothing_are_named_where_names_may_be_shown_five_at_most(project: SmallProject) -> None:
    project.deliver(
        "crm", "2026-01-05", "id,name,phone,email,tags,notes,a,b,c,d,e,f\n1,Anna Berg,,anna@example.com,,,1,2,3,4,5,6"
    )
    project.run()
    (line,) = ignored_columns(project.connection, names=True)
    assert line.endswith("; ignored columns: a, b, c, d, e and 1 more")


@pytest.mark.heavy
def test_what_was_taken_in_with_a_warning_is_told_as_well(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    project.deliver("crm", "2026-01-06", "id,name,email\n1,Zoe Tal,zoe@example.com")
    project.run()
    (line,) = ignored_columns(project.connection, names=False)
    assert line.startswith("crm: taken in with a warning, by reason: ID_REUSED 1")


@pytest.mark.heavy
def test_records_that_changed_to_a_contradicting_name_are_counted(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    project.deliver("crm", "2026-01-06", "id,name,email\n1,Zoe Tal,anna@example.com")
    project.run()
    (_, line) = ignored_columns(project.connection, names=False)
    assert line == (
        "crm: 1 record changed to a contradicting name, with the same number or address: somebody who married, or "
        "another person"
    )
