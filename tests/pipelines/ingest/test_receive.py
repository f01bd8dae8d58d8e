import csv
import errno
import shutil
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import WrongIdentityKey
from pipelines.ingest.ingest_files import DeliveryResult
from pipelines.ingest.receive import should_retry
from pipelines.progress import listening
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.contact_lists import contacts_csv
from pipelines.read.core.batch import Batch
from pipelines.store.ingest import deliveries
from schemas.vocabulary import Outcome
from tests.examples import examples
from tests.pipelines.ingest.batches import batched
from tests.small_project import SETTINGS, SmallProject, small_project

TWO = """id,name,email
    1,Jane Doe,jane@example.com
    2,Joe Bloggs,joe@example.com"""


def outcomes(taken: list[DeliveryResult]) -> list[dict[str, int]]:
    return [{str(outcome): count for outcome, count in each.outcomes.items()} for each in taken]


def delivery(project: SmallProject) -> dict[str, Any]:
    """The one delivery there is."""
    [found] = project.rows("FROM delivery")
    return found


def contents(project: SmallProject) -> list[dict[str, Any]]:
    """What the source records hold and where each comes from, whatever the ids."""
    return project.rows(
        """SELECT r.record_id, s.name, s.first_seen_at, s.last_seen_at, s.last_row, d.file_name, s.row_number,
                  s.line_number
           FROM source_record s JOIN record r USING (record_key) JOIN delivery d USING (delivery_id)
           ORDER BY ALL"""
    )


# Outcomes


def test_rows_that_were_not_known_are_created(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    assert outcomes(project.receive()) == [{"created": 2}]
    assert project.rows("SELECT record_id FROM record ORDER BY ingest_seq") == [{"record_id": "1"}, {"record_id": "2"}]


@pytest.mark.heavy
def test_a_row_that_says_what_is_known_is_unchanged_and_one_that_says_more_is_updated(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    project.deliver("crm", "2026-06-02", TWO.replace("Joe", "Joseph"))
    assert outcomes(project.receive())[1] == {"unchanged": 1, "updated": 1}


@pytest.mark.heavy
def test_a_row_that_goes_back_to_what_was_said_before_is_updated(project: SmallProject) -> None:
    for day, name in (("2026-06-01", "Jane"), ("2026-06-02", "June"), ("2026-06-03", "Jane")):
        project.deliver("crm", day, f"id,name\n1,{name}\nx{day},Joe")
    assert outcomes(project.receive())[2] == {"updated": 1, "created": 1}


def test_a_row_that_repeats_an_earlier_one_of_its_file_is_a_duplicate(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name\n1,Jane\n1,Jane\n1,June\n1,Jane")
    assert outcomes(project.receive()) == [{"created": 1, "duplicate_in_file": 2, "updated": 1}]


def test_refused_and_blank_rows_are_counted_and_kept(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,phone\n1,Jane,call me\n2,Joe\n,,\n4,Jim,")
    assert outcomes(project.receive()) == [{"created": 1, "rejected": 2, "skipped": 1}]
    assert project.rows("SELECT row_number, line_number, outcome FROM rejected_row ORDER BY ALL") == [
        {"row_number": 1, "line_number": 2, "outcome": "rejected"},
        {"row_number": 2, "line_number": 3, "outcome": "rejected"},
        {"row_number": 3, "line_number": 4, "outcome": "skipped"},
    ]


def test_outcomes_of_a_delivery_add_up_to_the_rows_that_were_read(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,phone\n1,Jane,\n1,Jane,\n1,June,\n2,Joe,call me\n,,\n3,Jim")
    project.receive()
    kept = delivery(project)
    assert kept["rows_read"] == sum(kept[outcome] for outcome in Outcome) == 6


@pytest.mark.heavy
@pytest.mark.parametrize("size", [1, 3])
def test_the_size_of_a_batch_changes_nothing(
    project: SmallProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    text = """id,name,last modified
        1,Jane,2026-05-03
        2,Joe,2026-05-02
        1,Jane,2026-05-01
        2,Joseph,2026-05-04
        1,June,2026-05-02
        2,Joe,2026-05-05
        1,Jane,2026-05-01
        1,Jane,2026-05-02"""
    project.deliver("crm", "2026-06-01", text)
    whole = project.receive(), contents(project)
    batched(monkeypatch, size)
    with small_project(tmp_path / "batched") as other:
        other.deliver("crm", "2026-06-01", text)
        assert (other.receive(), contents(other)) == whole


def test_columns_that_mean_nothing_are_reported_once_a_file(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    batched(monkeypatch, 1)
    project.deliver("crm", "2026-06-01", "id,name,mood\n1,Jane,good\n2,Joe,bad")
    project.receive()
    assert project.rows("SELECT row_number, field, code, severity FROM problem") == [
        {"row_number": None, "field": "mood", "code": "HEADER_UNKNOWN", "severity": "info"}
    ]


CELL = st.sampled_from(["", " ", "1", "2", "Jane Doe", "jane@example.com", "call me", "\\N", "a\nb"])


@pytest.mark.heavy
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=8))
@settings(
    max_examples=examples(15, light=3), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_outcomes_always_add_up(project: SmallProject, rows: list[list[str]]) -> None:
    path = project.project.folder / "landing" / "crm" / "list.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "name", "email", "tier"], *rows])
    [taken] = project.receive()
    [kept] = project.rows("FROM delivery WHERE delivery_id = ?", taken.delivery_id)
    assert kept["state"] == "accepted"
    assert kept["rows_read"] == sum(kept[outcome] for outcome in Outcome) == len(rows)
    assert taken.known or taken.outcomes.total() == len(rows)


# Files that were seen before


def test_a_file_that_was_taken_in_is_known_the_next_time(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    [first] = project.receive()
    before = project.rows("FROM source_record")
    [second] = project.receive()
    assert (second.known, second.state, second.delivery_id, second.outcomes) == (
        True,
        "accepted",
        first.delivery_id,
        {},
    )
    assert project.rows("FROM source_record") == before


def test_a_file_that_was_taken_in_is_known_under_another_name(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    project.receive()
    project.deliver("crm", "2026-06-01", TWO, "crm-2026-06-01 (1).csv")
    assert [each.known for each in project.receive()] == [True, True]
    assert len(project.rows("FROM delivery")) == 1


def test_the_same_bytes_declared_for_another_day_are_another_delivery(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    project.deliver("crm", "2026-06-02", TWO)
    assert outcomes(project.receive()) == [{"created": 2}, {"unchanged": 2}]
    assert {each["last_seen_at"].day for each in contents(project)} == {2}


def test_two_sources_may_deliver_the_same_file(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    project.deliver("shop", "2026-06-01", TWO)
    assert outcomes(project.receive()) == [{"created": 2}, {"created": 2}]


def test_an_accepted_file_is_not_read_again_when_its_source_changes(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    project.receive()
    project.configure(default_region="US")
    assert [(each.known, each.outdated) for each in project.receive()] == [(True, True)]


MOOD = {"mood": {"type": "text"}}


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("attributes", "outdated"),
    [
        ({"tier": {"type": "dropdown", "values": ["gold"]}}, ["crm"]),
        ({"tier": {"type": "text"}}, ["crm"]),
        ({"tier": {"type": "dropdown", "values": ["gold", "silver"], "required": True}}, ["crm"]),
        ({"tier": {"type": "dropdown", "values": ["gold", "silver"], "merge": "union", "role": "category"}}, []),
        ({"seats": {"type": "number", "merge": "min"}}, []),
        (MOOD, ["shop"]),
        ({"unheard_of": {"type": "text"}}, []),
    ],
)
def test_another_definition_of_an_attribute_makes_those_files_outdated_that_speak_of_it(
    project: SmallProject, attributes: dict[str, Any], outdated: list[str]
) -> None:
    project.deliver("crm", "2026-06-01", "id,name,tier\n1,Anna Berg,gold")
    project.deliver("shop", "2026-06-01", "id,name,mood\n1,Jan Kroeger,merry")
    project.chat("+49 151 23456789", "2026-06-01 10:00 Small Shop: hi")
    project.receive()

    project.configure(attributes=SETTINGS["attributes"] | attributes)

    assert [each.source for each in project.receive() if each.outdated] == outdated


def test_a_new_attribute_without_a_column_for_it_is_no_reason_to_try_a_refused_file_again(
    project: SmallProject,
) -> None:
    project.deliver("crm", "2026-06-01", TWO.replace("id,", "number,"))
    project.receive()
    project.configure(attributes=SETTINGS["attributes"] | MOOD)
    assert [each.known for each in project.receive()] == [True]


@pytest.mark.heavy
def test_a_file_that_too_many_bad_values_stopped_is_tried_again_when_they_are_good(project: SmallProject) -> None:
    stopping = {"crm": SETTINGS["sources"]["crm"] | {"on_reject": "all_or_nothing"}}
    needed = SETTINGS["attributes"] | {"tier": {"type": "dropdown", "values": ["gold"], "required": True}}
    project.configure(sources=stopping, attributes=needed)
    project.deliver("crm", "2026-06-01", "id,name,phone,tier\n1,Anna Berg,0151 23456789,bronze")
    assert [each.code for each in project.receive()] == ["REJECT_LIMIT"]
    project.configure(sources=stopping, attributes=needed | {"tier": {"type": "text", "required": True}})
    assert outcomes(project.receive()) == [{"created": 1}]


def test_another_priority_or_place_of_a_source_makes_no_file_outdated(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    project.receive()
    project.configure(sources={"crm": SETTINGS["sources"]["crm"] | {"priority": 99, "path": "landing/crm/*"}})
    assert [(each.known, each.outdated) for each in project.receive()] == [(True, False)]


def test_a_refused_file_is_tried_again_only_when_its_source_changes(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO.replace("id,", "number,"))
    [refused] = project.receive()
    assert (refused.state, refused.code, refused.known) == ("refused", "HEADER_MISSING", False)
    [again] = project.receive()
    assert (again.state, again.code, again.known) == ("refused", "HEADER_MISSING", True)
    project.configure(sources={"crm": SETTINGS["sources"]["crm"] | {"key": "number"}})
    assert outcomes(project.receive()) == [{"created": 2}]
    assert (delivery(project)["state"], delivery(project)["code"]) == ("accepted", None)


def test_a_held_file_is_taken_in_once_a_person_has_settled_it(project: SmallProject) -> None:
    chat = "03/04/2026, 10:00 - Jane: hello\n03/04/2026, 10:01 - Small Shop: hi"
    project.deliver("whatsapp", "2026-06-01", chat, "WhatsApp Chat with Jane.txt")
    [held] = project.receive()
    assert (held.state, held.code) == ("held", "DATE_AMBIGUOUS")
    project.configure(sources={"whatsapp": SETTINGS["sources"]["whatsapp"] | {"date_order": "day_first"}})
    assert [(each.state, each.code) for each in project.receive()] == [("accepted", None)]


def test_a_mended_file_is_another_delivery(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-06-01", "Jane,Doe")
    project.receive()
    path.write_text("id,name\n1,Jane\n", encoding="utf-8")
    assert outcomes(project.receive()) == [{"created": 1}]


@pytest.mark.heavy
def test_files_are_taken_in_in_one_order_whatever_their_names(project: SmallProject) -> None:
    project.deliver("shop", "2026-06-01", "id,name\n1,Joe", "a-2026-06-01.csv")
    project.deliver("crm", "2026-06-03", "id,name\n1,Jim", "a-2026-06-03.csv")
    project.deliver("crm", "2026-06-02", "id,name\n1,Jane", "b-2026-06-02.csv")
    project.receive()
    files = project.rows("SELECT file_name FROM delivery ORDER BY received_at")
    assert [each["file_name"] for each in files] == ["b-2026-06-02.csv", "a-2026-06-03.csv", "a-2026-06-01.csv"]


# What goes wrong


def failing(path: Path, source: object, *, rows: int = 0) -> Iterator[Batch]:
    """A reader that breaks over a value in the middle of a file."""
    yield from contacts_csv.read(path, contacts_csv.ContactsCsv(path="*.csv"), rows=1)
    raise ValueError(f"cannot read {path.read_text(encoding='utf-8')}")


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "chatwoot_contacts", FORMATS["chatwoot_contacts"]._replace(read=failing))


@pytest.mark.heavy
def test_a_reader_that_fails_costs_its_file_and_no_other(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    project.deliver("helpdesk", "2026-06-01", TWO)
    project.deliver("crm", "2026-06-01", TWO)
    project.deliver("shop", "2026-06-01", TWO)
    taken = {each.source: (each.state, each.code) for each in project.receive()}
    assert taken == {"crm": ("accepted", None), "helpdesk": ("refused", "READER_FAILED"), "shop": ("accepted", None)}


def test_what_a_reader_failed_over_is_told_without_a_value(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    project.deliver("helpdesk", "2026-06-01", TWO)
    assert "jane" not in str(project.receive()).lower()
    assert delivery(project)["remediation"].startswith("the reader chatwoot_contacts failed with ValueError")


def test_somebody_who_stops_a_run_has_not_found_a_fault_of_the_reader(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> Iterator[Batch]:
        raise RuntimeError("Query interrupted") from KeyboardInterrupt()

    monkeypatch.setitem(FORMATS, "chatwoot_contacts", FORMATS["chatwoot_contacts"]._replace(read=stopped))
    project.deliver("helpdesk", "2026-06-01", TWO)
    with pytest.raises(KeyboardInterrupt):
        project.receive()
    assert project.rows("FROM delivery") == []


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "no space left"), MemoryError()])
def test_what_the_machine_lacks_ends_the_run_and_is_not_noted_as_a_fault_of_the_file(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def unreadable(*_: object, **__: object) -> Iterator[Batch]:
        raise failure

    monkeypatch.setitem(FORMATS, "chatwoot_contacts", FORMATS["chatwoot_contacts"]._replace(read=unreadable))
    project.deliver("helpdesk", "2026-06-01", TWO)
    with pytest.raises(type(failure)):
        project.receive()
    assert project.rows("FROM delivery") == []


@pytest.mark.heavy
def test_a_file_that_a_reader_failed_over_is_tried_again_by_the_next_run(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deliver("helpdesk", "2026-06-01", TWO)
    with monkeypatch.context() as patched:
        broken(patched)
        project.receive()
    assert outcomes(project.receive()) == [{"created": 2}]


def test_nothing_stays_of_a_file_that_failed_in_the_middle(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    project.deliver("helpdesk", "2026-06-01", TWO + "\n,,\n")
    project.receive()
    tables = ("record", "source_record", "identifier", "record_field", "problem", "rejected_row", "work_queue")
    assert [project.rows(f"FROM {table}") for table in tables] == [[]] * len(tables)
    assert delivery(project)["rows_read"] == 0


def test_a_file_with_a_wrong_encoding_in_the_middle_leaves_nothing(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-06-01", TWO)
    path.write_bytes((path.read_text() * 2_000).encode("utf-16")[:-1])
    assert [each.code for each in project.receive()] == ["FILE_ENCODING"]
    assert project.rows("FROM record") == []


def test_a_store_that_fails_ends_the_run_and_undoes_the_file(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise duckdb.IOException("no space left")

    project.deliver("crm", "2026-06-01", TWO)
    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "keep_problems", full)
        with pytest.raises(duckdb.IOException):
            project.receive()
    assert project.rows("FROM record") == project.rows("FROM delivery") == []
    assert outcomes(project.receive()) == [{"created": 2}]


def test_two_columns_that_mean_one_attribute_do_not_end_the_run(project: SmallProject) -> None:
    columns = {"Level": "tier"}
    project.configure(sources={"crm": SETTINGS["sources"]["crm"] | {"columns": columns}})
    project.deliver("crm", "2026-06-01", "id,name,tier,level\n1,Jane,gold,silver")
    assert outcomes(project.receive()) == [{"created": 1}]


def test_a_file_whose_name_is_not_unicode_is_taken_in(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-06-01", TWO)
    path.rename(path.with_name("M\udcfcller.csv"))
    assert outcomes(project.receive()) == [{"created": 2}]


def test_whoever_listens_hears_of_files_and_rows_but_not_of_names(project: SmallProject) -> None:
    heard: list[tuple[str, int, int | None]] = []
    project.deliver("crm", "2026-06-01", TWO, "Jane Doe.csv")
    with listening(lambda *said: heard.append(said)):
        project.receive()
    assert [each for each in heard if each[0] == "reading crm"][:2] == [("reading crm", 0, 1), ("reading crm", 2, None)]
    assert "Jane" not in str(heard)


# Order of arrival


LATER = """id,name,last modified
    1,Jane,2026-05-01
    2,Joe,
    3,Jim,2026-05-05"""
EARLIER = """id,last modified,name
    3,2026-05-05,Jim
    2,,Joe
    1,2026-05-01,Jane
    1,2026-05-03,June"""
LAST = """name,id
    June,1
    Joe,2"""


@pytest.mark.heavy
def test_whichever_delivery_arrives_first_the_records_are_the_same(tmp_path: Path) -> None:
    found = []
    days = {"2026-06-01": EARLIER, "2026-06-02": LATER, "2026-06-03": LAST}
    for number, order in enumerate([*permutations(days)][::2]):
        with small_project(tmp_path / str(number)) as project:
            for day in order:
                project.deliver("crm", day, days[day])
                project.receive()
            fields = project.rows("SELECT * FROM record_field ORDER BY ALL")
            found.append((contents(project), fields))
    assert found == [found[0]] * len(found)


@pytest.mark.parametrize("days", [("2026-06-01", "2026-06-02"), ("2026-06-02", "2026-06-01")])
def test_a_content_comes_from_the_earliest_delivery_that_holds_it(project: SmallProject, days: tuple[str, str]) -> None:
    for day in days:
        project.deliver("crm", day, f"id,name,last modified\nx{day},Joe,\n1,Jane,2026-05-01")
        project.receive()
    [jane] = [each for each in contents(project) if each["record_id"] == "1"]
    assert (jane["file_name"], jane["line_number"]) == ("crm-2026-06-01.csv", 3)


@pytest.mark.heavy
def test_a_content_that_turns_out_to_come_from_elsewhere_is_derived_anew(project: SmallProject) -> None:
    for day in ("2026-06-02", "2026-06-01"):
        project.deliver("crm", day, f"id,name,last modified\nx{day},Joe,\n1,Jane,2026-05-01")
    later = project.project.folder / "landing" / "crm" / "crm-2026-06-01.csv"
    shutil.move(later, project.project.folder / "aside.csv")
    project.run()
    shutil.move(project.project.folder / "aside.csv", later)
    project.run()
    [name] = project.rows(
        """SELECT d.file_name FROM contact_field f JOIN delivery d USING (delivery_id)
           WHERE f.contact_id = ? AND f.field = 'name'""",
        project.contact_of("crm:1"),
    )
    assert name["file_name"] == "crm-2026-06-01.csv"


# Conversations


@pytest.mark.heavy
def test_a_message_that_two_exports_hold_is_there_once(project: SmallProject) -> None:
    first = ("2026-06-13 10:00 Jane: hello", "2026-06-13 10:01 Small Shop: hi")
    project.chat("+44 7700 900123", *first)
    assert outcomes(project.receive()) == [{"created": 2}]
    path = project.chat("+44 7700 900123", *first, "2026-06-13 10:02 Jane: bye")
    path.rename(path.with_name("2026-06-14 " + path.name))
    [again] = outcomes(project.receive())
    assert again == {"unchanged": 2, "created": 1}
    assert len(project.rows("FROM message")) == 3


@pytest.mark.heavy
@pytest.mark.parametrize("days", [("2026-06-20", "2026-06-21"), ("2026-06-21", "2026-06-20")])
def test_a_message_comes_from_the_earliest_export_that_holds_it(project: SmallProject, days: tuple[str, str]) -> None:
    for day in days:
        path = project.chat("+44 7700 900123", "2026-06-13 10:00 Jane: hello", f"{day} 10:00 Jane: later")
        path.rename(path.with_name(f"{day} {path.name}"))
        project.receive()
    [origin] = project.rows(
        "SELECT d.file_name FROM message m JOIN delivery d USING (delivery_id) WHERE m.text = 'hello'"
    )
    assert origin["file_name"].startswith("2026-06-20")


def test_the_entries_of_a_conversation_are_what_is_counted(project: SmallProject) -> None:
    project.chat("+44 7700 900123", "2026-06-13 10:00 Jane: hello", "2026-06-13 10:01 Small Shop: hi")
    project.receive()
    kept = delivery(project)
    assert (kept["rows_read"], kept["created"]) == (2, 2)
    assert project.rows("SELECT count(*) AS people FROM record") == [{"people": 1}]


@pytest.mark.parametrize(
    ("state", "code", "open_rows", "digest", "outdated", "again"),
    [
        ("accepted", None, 0, "one", True, False),
        ("accepted", None, 0, "", False, False),
        ("refused", "HEADER_MISSING", 0, "one", False, False),
        ("refused", "HEADER_MISSING", 0, "one", True, True),
        ("refused", "HEADER_MISSING", 0, "", False, True),  # taken back into the work of the next run
        ("refused", "READER_FAILED", 0, "one", False, True),
        ("held", "OWNER_UNKNOWN", 0, "one", False, False),
        ("refused", "REJECT_LIMIT", 2, "one", True, True),
        ("refused", "REJECT_LIMIT", 1, "one", True, True),
        ("refused", "REJECT_LIMIT", 0, "one", True, False),  # all of its rows have come in, corrected
    ],
)
def test_a_file_is_read_again_where_that_may_end_otherwise(
    state: str, code: str | None, open_rows: int, digest: str, outdated: bool, again: bool
) -> None:
    before = deliveries.EarlierDelivery(state, code, digest, None, open_rows, {})
    assert should_retry(before, outdated=outdated) is again


def test_of_copies_the_first_tells_what_became_of_them(project: SmallProject) -> None:
    for source in ("crm", "shop"):
        for copy in ("a", "b", "c"):
            project.deliver(source, "2026-06-01", TWO, f"{source} {copy}.csv")
    taken = project.receive()
    assert outcomes(taken) == [{"created": 2}, {}, {}] * 2
    assert [(each.source, each.known, each.outdated) for each in taken] == [
        (source, known, False) for source in ("crm", "shop") for known in (False, True, True)
    ]


def test_another_identity_key_is_refused_before_it_makes_every_record_a_second_time(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", TWO)
    project.receive()
    (project.project.folder / ".onecontact" / "keys" / "identity.key").write_text("ab" * 32)
    with pytest.raises(WrongIdentityKey, match="identity"):
        project.receive()
    assert len(project.rows("FROM record")) == 2
