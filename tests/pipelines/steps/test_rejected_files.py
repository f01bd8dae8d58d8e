import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from pipelines.steps.rejected_files import write_rejected_files
from pipelines.store.ingest import rejected_rows
from tests.small_project import SETTINGS, SmallProject

LIST = """id,Name,Phone,E-Mail
    1,Jane Doe,call me,
    2,Joe Bloggs,0151 23456789,joe@example.com
    3,"Jim ""J;"" Roe",,jim(at)example.com
    4,Ann Other
    5,Ben,0151 23456780,ben@example.com,more
    ,,,"""


def given(project: SmallProject) -> list[str]:
    return write_rejected_files(project.project, project.connection)


def returned(project: SmallProject) -> Path:
    """The one file of refused rows that was given back."""
    files = (project.project.folder / "rejected").glob("*.csv")
    [path] = (each for each in files if not each.name.endswith(".errors.csv"))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def refused(project: SmallProject) -> Path:
    """The file that holds the refused rows of LIST."""
    project.deliver("crm", "2026-06-01", LIST)
    project.receive()
    given(project)
    return returned(project)


def test_refused_rows_come_back_in_their_own_columns_and_values(project: SmallProject) -> None:
    back = rows(refused(project))
    assert [[row[column] for column in ("id", "Name", "Phone", "E-Mail")] for row in back] == [
        ["1", "Jane Doe", "call me", ""],
        ["3", 'Jim "J;" Roe', "", "jim(at)example.com"],
        ["4", "Ann Other", "", ""],
        ["5", "Ben", "0151 23456780", "ben@example.com"],
    ]


def test_each_row_comes_back_with_its_reasons(project: SmallProject) -> None:
    back = rows(refused(project))
    assert [(row["_row_number"], row["_error_codes"]) for row in back] == [
        ("1", "NO_IDENTIFIER PHONE_UNPARSEABLE"),
        ("3", "NO_IDENTIFIER EMAIL_SYNTAX"),
        ("4", "ROW_TOO_FEW_FIELDS"),
        ("5", "ROW_TOO_MANY_FIELDS"),
    ]
    assert back[0]["_errors"] == (
        "needs a phone, e-mail or channel id that works; or, with these blank, a record id and a name; "
        "Phone: one phone number, such as +49 30 901820"
    )
    assert [row["_extra"] for row in back] == ["", "", "", '["more"]']


def test_the_file_is_named_for_its_source_and_delivery_and_nobody_else_may_read_it(project: SmallProject) -> None:
    path = refused(project)
    [delivery] = project.rows("SELECT delivery_id, rejected_file FROM delivery")
    assert path.name == f"crm-{delivery['delivery_id'].replace('-', '')[:12]}.csv" == delivery["rejected_file"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_rows_are_given_back_once(project: SmallProject) -> None:
    path = refused(project)
    path.rename(path.with_name("moved away"))
    assert given(project) == []
    project.receive()
    assert given(project) == []
    assert not path.exists()


def test_a_delivery_without_refused_rows_gives_nothing_back(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,Name\n1,Jane Doe\n,")
    project.receive()
    assert given(project) == []
    assert not (project.project.folder / "rejected").exists()


def test_conversations_give_nothing_back(project: SmallProject) -> None:
    project.chat("+44 7700 900123", "2026-06-13 10:00 Jane: hello")
    assert [each.state for each in project.receive()] == ["accepted"]
    assert given(project) == []


def test_a_run_that_dies_before_it_has_noted_the_file_writes_it_again(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    project.deliver("crm", "2026-06-01", LIST)
    project.receive()
    with monkeypatch.context() as patched:
        patched.setattr(rejected_rows, "keep_file_names", killed)
        with pytest.raises(KeyboardInterrupt):
            given(project)
    before = returned(project).read_bytes()
    assert given(project) == [returned(project).name]
    assert returned(project).read_bytes() == before


# What was wrong, and in counts


def reports(project: SmallProject) -> dict[str, Path]:
    """Files of rejected/ by what they end in."""
    return {path.name.partition(".")[2]: path for path in (project.project.folder / "rejected").iterdir()}


def test_beside_the_rows_lies_every_problem_with_its_place_and_without_a_value(project: SmallProject) -> None:
    refused(project)
    found = reports(project)
    assert set(found) == {"csv", "errors.csv", "summary.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.values()} == {0o600}
    [delivery] = project.rows("FROM delivery")
    told = rows(found["errors.csv"])
    assert {(each["import_id"], each["file_digest"]) for each in told} == {
        (str(delivery["delivery_id"]), delivery["file_digest"])
    }
    assert [
        (each["row_number"], each["line_number"], each["column_name"], each["error_code"]) for each in told[:2]
    ] == [
        ("1", "2", "", "NO_IDENTIFIER"),
        ("1", "2", "Phone", "PHONE_UNPARSEABLE"),
    ]
    assert {each["stage"] for each in told} == {"identity", "normalize", "parse"}
    text = found["errors.csv"].read_text("utf-8") + found["summary.json"].read_text("utf-8")
    assert not any(value in text for value in ("Jane", "call me", "jim(at)", "Ann Other", "crm-2026"))


def test_the_counts_add_up_to_the_rows_read(project: SmallProject) -> None:
    refused(project)
    told = json.loads(reports(project)["summary.json"].read_text("utf-8"))
    assert told["rows_read"] == sum(told["outcomes"].values()) == 6
    assert (told["outcomes"]["rejected"], told["outcomes"]["skipped"], told["state"]) == (4, 1, "accepted")
    assert {each["code"] for each in told["codes"]} >= {"NO_IDENTIFIER", "ROW_BLANK"}


def test_fields_that_were_dropped_are_told_of_without_a_row_to_correct(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,tier\n1,Jane Doe,iron")
    project.receive()
    assert given(project) == []
    assert set(reports(project)) == {"errors.csv", "summary.json"}
    assert given(project) == []


def test_what_is_only_for_information_makes_no_file(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,Name,mood\n1,Jane Doe,good\n,,")
    project.receive()
    assert given(project) == []
    assert not (project.project.folder / "rejected").exists()


# The way back


def test_a_corrected_file_that_is_dropped_in_again_brings_its_rows_once(project: SmallProject) -> None:
    path = refused(project)
    corrected = path.read_text(encoding="utf-8-sig").replace("call me", "0151 23456781").replace("(at)", "@")
    corrected = corrected.replace('"[""more""]"', "")
    (project.project.folder / "landing" / "crm" / path.name).write_text(corrected, encoding="utf-8")
    _, again = project.receive()
    assert dict(again.outcomes) == {"created": 4}
    found = project.rows("SELECT record_id FROM record ORDER BY record_id")
    assert [each["record_id"] for each in found] == ["1", "2", "3", "4", "5"]
    assert all(each.known for each in project.receive())


@pytest.mark.heavy
def test_the_reasons_that_come_back_with_a_file_are_not_read(project: SmallProject) -> None:
    path = refused(project)
    path.rename(project.project.folder / "landing" / "crm" / path.name)
    project.receive()
    assert project.rows("FROM problem WHERE code = 'HEADER_UNKNOWN'") == []


@pytest.mark.heavy
def test_a_file_that_is_refused_a_second_time_comes_back_with_its_reasons_once(project: SmallProject) -> None:
    path = refused(project)
    path.rename(project.project.folder / "landing" / "crm" / path.name)
    project.receive()
    given(project)
    with returned(project).open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    assert header[4:] == ["_delivery", "_row_number", "_error_codes", "_errors", "_suggestion", "_extra"]


def test_a_file_in_another_encoding_and_with_another_delimiter_finds_its_way_back(project: SmallProject) -> None:
    crm = SETTINGS["sources"]["crm"] | {"encoding": "windows-1252"}
    project.configure(sources={"crm": crm})
    path = project.deliver("crm", "2026-06-01", "")
    path.write_bytes('id;"Name, vorn";Name;Tel\n7;Zoë;;anrufen\n'.encode("windows-1252"))
    project.receive()
    given(project)
    back = returned(project)
    corrected = back.read_text(encoding="utf-8-sig").replace("anrufen", "0151 23456781")
    back.with_name("corrected.csv").write_text(corrected, encoding="utf-8-sig")
    back.with_name("corrected.csv").rename(path.with_name("corrected.csv"))
    assert {str(outcome) for each in project.receive() for outcome in each.outcomes} == {"created"}


# Files that somebody works on


def stopped(project: SmallProject, **settings: Any) -> None:
    """Read LIST under a limit that stops it, and these settings."""
    crm = SETTINGS["sources"]["crm"] | {"on_reject": "all_or_nothing"}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm | settings})
    project.receive()


@pytest.mark.heavy
def test_a_file_that_is_being_corrected_is_not_replaced_when_the_same_rows_are_read_again(
    project: SmallProject,
) -> None:
    project.deliver("crm", "2026-06-01", LIST)
    stopped(project)
    given(project)
    returned(project).write_text("half corrected", encoding="utf-8")
    stopped(project, priority=7)
    assert given(project) == []
    assert returned(project).read_text(encoding="utf-8") == "half corrected"
    assert project.rows("SELECT rejected_file FROM delivery") == [{"rejected_file": returned(project).name}]


@pytest.mark.heavy
@pytest.mark.parametrize("edited", [True, False])
def test_other_rows_go_into_another_file_if_the_first_is_being_corrected(project: SmallProject, edited: bool) -> None:
    project.deliver("crm", "2026-06-01", LIST)
    stopped(project)
    [name] = given(project)
    path = returned(project)
    if edited:
        path.write_text("half corrected", encoding="utf-8")
    stopped(project, on_reject="continue")
    assert given(project) == [name.replace(".csv", "-2.csv") if edited else name]
    assert path.read_text(encoding="utf-8").startswith("half corrected") == edited


def test_the_same_bytes_of_two_days_come_back_in_two_files(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", LIST)
    project.deliver("crm", "2026-06-02", LIST)
    project.receive()
    assert len(set(given(project))) == 2


@pytest.mark.heavy
def test_rows_that_have_arrived_since_are_not_given_back(project: SmallProject) -> None:
    path = refused(project)
    corrected = path.read_text(encoding="utf-8-sig").replace("call me", "0151 23456781")
    (project.project.folder / "landing" / "crm" / "mended.csv").write_text(corrected, encoding="utf-8")
    project.receive()
    [delivery] = project.rows("SELECT delivery_id FROM delivery WHERE retry_of IS NULL")
    left = [
        batch["row_number"].to_list() for batch in rejected_rows.rows(project.connection, str(delivery["delivery_id"]))
    ]
    assert left == [[3, 5]]
