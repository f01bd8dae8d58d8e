from pathlib import Path

from console.waiting import lost, waiting
from tests.small_project import SmallProject


def lines(project: SmallProject) -> list[str]:
    """What waits, but for the sources that this test has no files for."""
    return [line for line in waiting(project.project, project.connection) if "no file matches" not in line]


def test_a_refused_file_waits_as_long_as_it_lies_there(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-01-05", "id,city\n1,Berlin")
    project.run()
    assert ["refused: crm, delivery" in line for line in lines(project)] == [True]
    path.unlink()
    assert lines(project) == []


def test_rows_wait_until_their_file_is_moved_away(project: SmallProject) -> None:
    from pipelines.steps.give_back import give_back

    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,4.9E+11")
    project.run()
    (name,) = give_back(project.project, project.connection)
    (line,) = lines(project)
    assert f"1 row of crm refused: correct rejected/{name}" in line
    assert "landing/crm/*.csv" in line
    (project.project.folder / "rejected" / name).unlink()
    assert lines(project) == []


def test_rows_that_were_corrected_are_told_of_and_what_is_still_wrong_waits_once(project: SmallProject) -> None:
    from pipelines.steps.give_back import give_back

    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,4.9E+11\n2,Ben Tal,call me")
    project.run()
    (name,) = give_back(project.project, project.connection)
    back = (project.project.folder / "rejected" / name).read_text(encoding="utf-8-sig")
    first = "\n".join(back.splitlines()[:2]).replace("4.9E+11", "0151 23456789")
    project.deliver("crm", "", first, "first.csv")
    project.run()
    (line,) = lines(project)
    assert f"2 rows of crm refused, 1 of them corrected since: correct rejected/{name}" in line
    project.deliver("crm", "", back, "again.csv")
    project.run()
    (again,) = give_back(project.project, project.connection)
    (line,) = lines(project)
    assert f"2 rows of crm refused: correct rejected/{again}" in line
    project.deliver("crm", "", back.replace("4.9E+11", "0151 23456789").replace("call me", "0151 23456781"), "all.csv")
    project.run()
    assert lines(project) == []


def test_a_source_without_a_file_is_named_with_its_path(project: SmallProject) -> None:
    assert "crm: no file matches landing/crm/*.csv" in list(waiting(project.project, project.connection))


def test_an_export_without_a_segment_is_named(project: SmallProject) -> None:
    Path(project.project.folder / "exports" / "old").mkdir(parents=True)
    assert lines(project) == ["exports/old has no segment any more: delete it if nobody needs it"]


def test_what_was_left_out_is_counted_by_reason_and_not_named(project: SmallProject) -> None:
    project.deliver(
        "crm", "2026-01-05", "id,name,phone,tier,city\n1,Anna Berg,nonsense,gold,Berlin\n2,Ben Tal,,iron,Bonn"
    )
    project.run()
    (line,) = lost(project.connection)
    assert "crm: fields left out, by reason: " in line
    assert "ATTR_NOT_IN_LIST 1" in line
    assert "HEADER_UNKNOWN 1" in line
    assert "city" not in line
