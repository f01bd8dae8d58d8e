"""Files that are stored together become what they would have if they had come one after the other."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.ingest import small_files
from pipelines.ingest.store_delivery import StoredDelivery, keep_together
from pipelines.landing import arrivals
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.batch import Batch
from pipelines.store.ingest import deliveries
from pipelines.store.ingest.file_problems import file_problems
from tests.small_project import SETTINGS, SmallProject, small_project

SOURCES = {
    "crm": SETTINGS["sources"]["crm"],
    "new": {"format": "contacts_csv", "path": "landing/new/*.csv", "key": "id", "mode": "add_only"},
    "strict": {"format": "contacts_csv", "path": "landing/strict/*.csv", "key": "id", "on_reject": "all_or_nothing"},
    "salesforce": {"format": "salesforce_contacts", "path": "landing/salesforce/*.csv"},
    "mails": {"format": "eml", "path": "landing/mails/*.eml", "own_addresses": ["shop@shop.example"]},
    "webhooks": {"format": "whatsapp_cloud", "path": "landing/webhooks/*.json"},
}
TABLES = {
    "delivery": "* EXCLUDE (received_at, run_id)",
    "record": "* REPLACE (row_number() OVER (ORDER BY ingest_seq) AS ingest_seq)",
    "source_record": "*",
    "identifier": "*",
    "record_field": "*",
    "problem": "*",
    "rejected_row": "*",
    "source_merge": "*",
    "conversation": "*",
    "message": "*",
    "receipt": "*",
    "receipt_only_message": "*",
    "mail_thread": "*",
    "conversation_stats": "*",
}


def kept(project: SmallProject) -> dict[str, list[dict[str, Any]]]:
    """What is stored, whenever it was."""
    return {table: project.rows(f"SELECT {columns} FROM {table} ORDER BY ALL") for table, columns in TABLES.items()}


def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_files, "FILE_BYTES", -1)


def row(chance: Random) -> str:
    """A row of few people, who change their names and numbers, or of nobody."""
    name = chance.choice(["Jane Doe", "Jane Doe", "June Doe", "Max Orth", ""])
    phone = chance.choice(["", "030 901820", "0151 23456789", "call me"])
    changed = chance.choice(["", "2026-05-01", "2026-05-02", "2027-01-01"])
    return f"{chance.randint(1, 4)},{name},{phone},{changed}"


def table(chance: Random) -> str:
    """A list of one to three rows; some say more than others in their header."""
    header = chance.choice(["id,name,phone,last modified"] * 4 + ["id,name,phone,mood"])
    return "\n".join([header, *(row(chance) for _ in range(chance.randint(1, 3)))])


def merged(chance: Random) -> str:
    """Contacts of which some went into others."""
    lines = [
        f"{number},{'Jane' if kept else ''},Doe,{'false' if kept else 'true'},{'' if kept else chance.randint(1, 2)}"
        for number in (1, 2, 3)
        for kept in [chance.random() < 0.6]
    ]
    return "\n".join(["Id,FirstName,LastName,IsDeleted,MasterRecordId", *lines])


def mail(chance: Random) -> str:
    """One of few mails, some of which say less, and answer each other."""
    number, answered = chance.randint(1, 5), chance.randint(1, 5)
    return "\n".join(
        [
            f"From: Person <person{number % 2}@example.com>",
            "To: shop@shop.example",
            f"Date: Thu, 0{number} Jan 2026 10:00:00 +0000",
            f"Message-ID: <{number}@example.com>",
            *([f"In-Reply-To: <{answered}@example.com>"] if chance.random() < 0.5 else []),
            f"Subject: {chance.choice(['', 'Re: '])}Order",
            "",
            chance.choice(["", f"Where is it? {number}"]),
        ]
    )


def webhook(chance: Random) -> str:
    """A message, or word of how far one has come."""
    number = chance.randint(1, 4)
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "4930901820", "phone_number_id": "1"},
    }
    stamp = str(1_767_225_600 + chance.randint(0, 3))
    if chance.random() < 0.5:
        state = chance.choice(["sent", "delivered", "read"])
        value["statuses"] = [{"id": f"w{number}", "status": state, "timestamp": stamp, "recipient_id": "4915123456789"}]
    else:
        text = {"body": "Hello"}
        value["messages"] = [
            {"from": "4915123456789", "id": f"w{number}", "timestamp": stamp, "type": "text", "text": text}
        ]
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]})


MADE = {
    "crm": (table, "csv"),
    "new": (table, "csv"),
    "strict": (table, "csv"),
    "salesforce": (merged, "csv"),
    "mails": (mail, "eml"),
    "webhooks": (webhook, "json"),
}


def deliver_some(project: SmallProject, chance: Random) -> None:
    """Six files a source, on few days."""
    for source, (made, suffix) in MADE.items():
        for number in range(6):
            day = f"2026-06-0{chance.randint(1, 3)}"
            project.deliver(source, day, made(chance), f"{number}-{day}.{suffix}")


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.heavy) for seed in (1, 2))])
def test_whatever_comes_together_is_kept_as_if_it_had_come_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    with small_project(tmp_path / "together", sources=SOURCES) as together:
        deliver_some(together, Random(seed))
        taken = together.receive()
        deliver_some(together, Random(seed + 100))
        taken += together.receive()
        found = kept(together)
    one_by_one(monkeypatch)
    with small_project(tmp_path / "alone", sources=SOURCES) as alone:
        deliver_some(alone, Random(seed))
        expected = alone.receive()
        deliver_some(alone, Random(seed + 100))
        expected += alone.receive()
        for name, rows in kept(alone).items():
            assert found[name] == rows, name
    assert taken == expected
    assert {"accepted", "refused"} <= {each.state for each in taken}


def outcomes(project: SmallProject) -> list[dict[str, int]]:
    return [{outcome.value: rows for outcome, rows in each.outcomes.items()} for each in project.receive()]


def deliver(project: SmallProject, *people: str, start: int = 1) -> list[Path]:
    """A list of one row for each, on days that follow each other."""
    return [
        project.deliver("crm", f"2026-06-{day:02}", f"id,name,email\n{day},{name},{day}@example.com")
        for day, name in enumerate(people, start)
    ]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files were stored in each transaction that small files were stored in."""
    stored: list[int] = []

    def noted(*arguments: Any) -> list[StoredDelivery]:
        kept = keep_together(*arguments)
        stored.append(len(kept))
        return kept

    monkeypatch.setattr("pipelines.ingest.ingest_files.keep_together", noted)
    return stored


def test_small_files_of_a_source_are_stored_in_one_transaction(project: SmallProject, commits: list[int]) -> None:
    deliver(project, "Jane Doe", "Max Orth", "Ada Berg")
    assert outcomes(project) == [{"created": 1}] * 3
    assert commits == [3]


def test_a_group_is_bounded_by_what_it_holds(
    project: SmallProject, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_files, "GROUP_BYTES", 1)
    deliver(project, "Jane Doe", "Max Orth", "Ada Berg")
    assert outcomes(project) == [{"created": 1}] * 3
    assert commits == [1, 1, 1]


def test_tables_with_other_columns_are_stored_apart(project: SmallProject, commits: list[int]) -> None:
    deliver(project, "Jane Doe", "Max Orth")
    project.deliver("crm", "2026-06-03", "id,name,mood\n3,Ada Berg,fine")
    outcomes(project)
    assert commits == [2, 1]


@pytest.mark.heavy
def test_a_file_that_is_refused_leaves_no_trace_in_the_others(project: SmallProject, commits: list[int]) -> None:
    project.configure(sources={"crm": SETTINGS["sources"]["crm"] | {"on_reject": "all_or_nothing"}})
    paths = deliver(project, "Jane Doe", "Max Orth", "Ada Berg", "Eva Otto")
    paths[2].write_text("id,name,email\n3,Ada Berg,3@example.com\n4,,nobody\n", encoding="utf-8")
    assert [each.state for each in project.receive()] == ["accepted", "accepted", "refused", "accepted"]
    assert commits[-1] == 1
    assert [each["record_id"] for each in project.rows("SELECT record_id FROM record ORDER BY ALL")] == ["1", "2", "4"]


def test_a_reader_that_fails_costs_its_file_alone(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = deliver(project, "Jane Doe", "Max Orth", "Ada Berg")
    whole = FORMATS["contacts_csv"]

    def failing(path: Path, source: Any, *, rows: int = 0) -> Iterator[Batch]:
        if path == paths[1]:
            raise ValueError("bad luck")
        yield from whole.read(path, source, rows=rows)

    monkeypatch.setitem(FORMATS, "contacts_csv", whole._replace(read=failing))
    found = project.receive()
    assert [(each.state, each.code) for each in found] == [
        ("accepted", None),
        ("refused", "READER_FAILED"),
        ("accepted", None),
    ]


@pytest.mark.heavy
def test_a_run_that_is_killed_keeps_whole_groups_and_the_next_goes_on(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_files, "GROUP_BYTES", 1)
    deliver(project, "Jane Doe", "Max Orth", "Ada Berg")
    whole = deliveries.finish
    finished: list[int] = []

    def killed(*arguments: Any) -> None:
        if len(finished) == 1:
            raise KeyboardInterrupt
        finished.append(1)
        whole(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            project.receive()
    assert len(project.rows("FROM record")) == len(project.rows("FROM delivery")) == 1
    assert [each.known for each in project.receive()] == [True, False, False]


@pytest.mark.heavy
@pytest.mark.parametrize("is_small", [True, False])
def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, is_small: bool
) -> None:
    if not is_small:
        one_by_one(monkeypatch)
    first, second = deliver(project, "Jane Doe", "Max Orth")
    whole = FORMATS["contacts_csv"]

    def growing(path: Path, source: Any, *, rows: int = 0) -> Iterator[Batch]:
        yield from whole.read(path, source, rows=rows)
        if path == first:
            path.write_text(path.read_text() + "3,Ada Berg,3@example.com\n", encoding="utf-8")

    with monkeypatch.context() as patched:
        patched.setitem(FORMATS, "contacts_csv", whole._replace(read=growing))
        assert outcomes(project) == [{"created": 1}]
    assert [each["file_name"] for each in project.rows("SELECT file_name FROM delivery")] == [second.name]
    assert outcomes(project) == [{"created": 2}, {}]


@pytest.mark.parametrize(("error", "told"), [(FileNotFoundError, 0), (PermissionError, 1)])
def test_a_file_that_can_no_longer_be_read_does_not_keep_the_others_waiting(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, error: type[OSError], told: int
) -> None:
    first, _ = deliver(project, "Jane Doe", "Max Orth")
    whole = FORMATS["contacts_csv"]

    def lost(path: Path, source: Any, *, rows: int = 0) -> Iterator[Batch]:
        if path == first:
            raise error(2, "no", str(path))
        yield from whole.read(path, source, rows=rows)

    monkeypatch.setitem(FORMATS, "contacts_csv", whole._replace(read=lost))
    assert outcomes(project) == [{"created": 1}]
    assert [each.file_name for each in file_problems(project.connection)] == [first.name] * told


@pytest.mark.parametrize("is_small", [True, False])
def test_a_name_that_states_a_time_to_come_is_warned_of_and_wins_over_nothing(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, is_small: bool
) -> None:
    if not is_small:
        one_by_one(monkeypatch)
    path = project.deliver("crm", "2099-01-01", "id,name\n1,June Doe")
    os.utime(path, (1_767_225_600, 1_767_225_600))
    project.deliver("crm", "2026-06-01", "id,name\n1,Jane Doe")
    project.receive()
    assert project.rows(
        "SELECT d.file_name, p.row_number, p.code FROM problem p JOIN delivery d USING (delivery_id)"
    ) == [{"file_name": path.name, "row_number": None, "code": "DATE_IN_FUTURE"}]
    [name] = project.rows("SELECT s.name FROM record_field f JOIN source_record s USING (record_key, version)")
    assert name == {"name": "Jane Doe"}


def test_known_files_are_looked_up_at_once(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(project, "Jane Doe", "Max Orth", "Ada Berg")
    project.receive()
    asked: list[int] = []
    whole = deliveries.earlier_delivery

    def noted(connection: Any, ids: Sequence[str]) -> dict[str, deliveries.EarlierDelivery]:
        asked.append(len(ids))
        return whole(connection, ids)

    monkeypatch.setattr(deliveries, "earlier_delivery", noted)
    monkeypatch.setattr(arrivals, "sha256_of", None)
    assert [each.known for each in project.receive()] == [True] * 3
    assert asked == [3]


def test_of_two_copies_the_first_gives_the_delivery_its_name(project: SmallProject) -> None:
    for name in ("1-2026-06-01.csv", "2-2026-06-01.csv"):
        project.deliver("crm", "2026-06-01", "id,name,phone\n1,Anna Berg,0151 23456781", name)
    project.receive()
    assert project.rows("SELECT file_name FROM delivery") == [{"file_name": "1-2026-06-01.csv"}]


def test_a_shapeless_correction_that_comes_with_its_original_is_known_as_one(
    project: SmallProject, tmp_path: Path
) -> None:
    header = "id,name,phone,email,_delivery,_row_number"  # of both, so that they could be stored together
    original = f"{header}\n1,Anna Berg,nobody,,,"
    with small_project(tmp_path / "before") as before:  # of the same keys, so of the same ids
        before.deliver("crm", "2026-06-01", original)
        before.receive()
        [first] = before.rows("SELECT delivery_id::VARCHAR AS id FROM delivery")
    correction = f"{header}\n1,Anna Berg,0151 23456781,,{first['id']},1,one more"
    project.deliver("crm", "2026-06-01", original)
    project.deliver("crm", "2026-06-02", correction)
    project.receive()
    assert project.rows("SELECT retry_of::VARCHAR AS retry_of FROM delivery ORDER BY declared_at") == [
        {"retry_of": None},
        {"retry_of": first["id"]},
    ]
