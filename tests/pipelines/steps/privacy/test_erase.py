"""A request is carried out: files, tables, publications, a new warehouse under a new key, read back, and a receipt."""

import json
from functools import partial
from pathlib import Path

import pytest

from pipelines.audit.verification.receipts import checked_receipt
from pipelines.audit.verification.seal_chain import raw_key
from pipelines.errors import ErasuresMissing
from pipelines.project import open_project
from pipelines.steps.privacy import erase, intake
from pipelines.steps.privacy.erase import Ended, run_requests
from pipelines.steps.rejected_files import write_rejected_files
from pipelines.store.ingest.archive import restore
from pipelines.store.privacy import requests
from pipelines.store.privacy.requests import State
from tests.erasing import LISTED, asked, left_of_ina
from tests.small_project import SETTINGS, reopened, small_project

CANARIES = (b"ina@example.com", b"3920017", b"39200 17", b"Ina Sommer")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project, closed, in which Ina's request is approved."""
    place = tmp_path / "small"
    with small_project(place, privacy={"second_person": False}) as made:
        made.deliver(
            "crm",
            "2026-05-01",
            """id,name,phone,email
            1,Ina Sommer,0171 3920017,ina@example.com
            2,Olaf Winter,0171 3920018,olaf@example.com
            ,,nothing,of 0171/39200 17""",
        )
        made.chat("+49 171 3920017", "2026-05-03 10:00 +49 171 3920017: Hello there, it is me")
        made.run()
        write_rejected_files(made.project, made.connection)
        asked(made, ("email", "ina@example.com"))
    return place


def carried_out(folder: Path) -> list[Ended]:
    project = open_project(folder)
    return run_requests(project, partial(project.warehouse, replays=True))


def everything(folder: Path) -> bytes:
    """What lies in clear in a project, names of files included."""
    files = [each for each in sorted(folder.rglob("*")) if each.is_file() and each.suffix != ".duckdb"]
    return b"\n".join(str(each.name).encode() + b"\n" + each.read_bytes() for each in files)


def test_a_request_is_carried_out(folder: Path) -> None:
    before = (folder / ".onecontact/warehouse.duckdb").stat().st_ino
    key = (folder / ".onecontact/keys/warehouse.key").read_text()
    assert any(each in everything(folder) for each in CANARIES)
    assert carried_out(folder) == [Ended(1, State.COMPLETED)]
    assert not [each for each in CANARIES if each in everything(folder)]
    assert (folder / ".onecontact/warehouse.duckdb").stat().st_ino != before
    assert (folder / ".onecontact/keys/warehouse.key").read_text() != key
    assert not (folder / ".onecontact/erasing").exists()
    with reopened(folder) as made:
        assert left_of_ina(made) == {}
        assert made.people() == {frozenset({"crm:2"})}
        assert requests.subject_of(made.connection, 1) == []


def test_the_receipt_verifies_with_the_public_key_alone(folder: Path) -> None:
    carried_out(folder)
    text = (folder / "receipts/request-1.json").read_bytes()
    key = raw_key((folder / ".onecontact/keys/seal.pub").read_bytes())
    assert key is not None
    found = checked_receipt(text, key)
    assert found.faults == []
    assert found.says["stores"]["tables"]["rows"]["record"] == 2
    assert not [each for each in CANARIES if each in text]
    assert checked_receipt(text.replace(b'"record":2', b'"record":1'), key).faults


def test_files_without_somebody_bring_nothing_new(folder: Path) -> None:
    carried_out(folder)
    with reopened(folder) as made:
        assert all(each.known for each in made.receive())


@pytest.mark.heavy
def test_original_deliveries_bring_nobody_back(folder: Path) -> None:
    originals = {each: each.read_bytes() for each in (folder / "landing").rglob("*") if each.is_file()}
    carried_out(folder)
    with reopened(folder) as made:
        for path, content in originals.items():
            path.write_bytes(content)
        made.run()
        assert left_of_ina(made) == {}
        assert made.people() == {frozenset({"crm:2"})}


STEPS = ("erase_from_deliveries", "erase_tables", "republish", "verified", "give_receipt")


@pytest.mark.heavy
@pytest.mark.parametrize("step", STEPS)
def test_what_was_killed_is_gone_on_with(step: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = getattr(erase, step)

    def killed(*args: object) -> object:
        done(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erase, step, killed)
        with pytest.raises(KeyboardInterrupt):
            carried_out(folder)
    carried_out(folder)
    with reopened(folder) as made:
        assert [each.state for each in requests.requests(made.connection)] == [State.COMPLETED]
        assert left_of_ina(made) == {}
        assert made.rows("SELECT count(*) - count(DISTINCT token) AS n FROM suppression") == [{"n": 0}]
    lines = (folder / ".onecontact/erasures.jsonl").read_text().splitlines()
    assert [json.loads(each)["request"] for each in lines] == [1]
    assert (folder / "receipts/request-1.json").exists()
    assert not (folder / ".onecontact/erasing").exists()


def test_a_request_of_which_something_is_left_has_failed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase, "search_tables", lambda *_: {"message": 1})
    assert carried_out(folder) == [Ended(1, State.FAILED, "something is left in message (1)")]
    assert not (folder / "receipts").exists()
    monkeypatch.undo()
    assert carried_out(folder) == [Ended(1, State.COMPLETED)]


def test_a_hold_keeps_a_request_waiting_and_a_release_lets_it_go_on(folder: Path) -> None:
    with reopened(folder) as made:
        hold = intake.set_hold(made.project, made.connection, "request", "1", "a lawsuit", None)
    assert [each.state for each in carried_out(folder)] == [State.ON_HOLD]
    with reopened(folder) as made:
        assert left_of_ina(made)
        intake.release_hold(made.connection, hold.hold)
    assert carried_out(folder) == [Ended(1, State.COMPLETED)]


@pytest.mark.heavy
def test_a_held_record_stays_until_its_hold_is_released(folder: Path) -> None:
    with reopened(folder) as made:
        hold = intake.set_hold(made.project, made.connection, "record", "crm:1", "an invoice", None)
    assert [each.state for each in carried_out(folder)] == [State.WITH_EXEMPTIONS]
    with reopened(folder) as made:
        assert made.people() == {frozenset({"crm:1"}), frozenset({"crm:2"})}
        intake.release_hold(made.connection, hold.hold)
    assert carried_out(folder) == [Ended(1, State.COMPLETED)]
    with reopened(folder) as made:
        assert left_of_ina(made) == {}


@pytest.mark.heavy
def test_a_restored_backup_is_of_no_use_before_erasures_are_carried_out_again(folder: Path) -> None:
    kept = {name: (folder / ".onecontact" / name).read_bytes() for name in ("warehouse.duckdb", "keys/warehouse.key")}
    carried_out(folder)
    for name, content in kept.items():
        (folder / ".onecontact" / name).write_bytes(content)
    (folder / ".onecontact/audit/seals.jsonl").unlink()
    with pytest.raises(ErasuresMissing, match="older than 1 erasure"), reopened(folder):
        pass
    assert carried_out(folder) == [Ended(1, State.COMPLETED)]
    with reopened(folder) as made:
        assert left_of_ina(made) == {}
        assert made.people() == {frozenset({"crm:2"})}


@pytest.mark.heavy
def test_an_archived_delivery_is_written_anew_without_somebody(tmp_path: Path) -> None:
    archived = {**SETTINGS["sources"], "crm": {**SETTINGS["sources"]["crm"], "after_import": "archive"}}
    with small_project(tmp_path / "small", privacy={"second_person": False}, sources=archived) as made:
        made.deliver("crm", "2026-05-01", LISTED)
        made.run()
        [before] = made.rows("SELECT delivery_id, archive_key FROM post_import_action")
        asked(made, ("email", "ina@example.com"))
    assert carried_out(tmp_path / "small") == [Ended(1, State.COMPLETED)]
    with reopened(tmp_path / "small") as made:
        [after] = made.rows("SELECT archive_key FROM post_import_action")
        assert after["archive_key"] != before["archive_key"]
        kept = b"".join(restore(made.connection, made.project.archive, before["delivery_id"]))
    assert b"Olaf" in kept
    assert not [each for each in CANARIES if each in kept]


def test_what_others_wrote_of_a_number_stays_for_review(tmp_path: Path) -> None:
    with small_project(tmp_path / "small", privacy={"second_person": False}) as made:
        made.deliver("crm", "2026-05-01", LISTED)
        made.chat("+49 171 3920018", "2026-05-03 10:00 +49 171 3920018: Call Ina, 0171 3920017")
        made.run()
        asked(made, ("email", "ina@example.com"))
    assert carried_out(tmp_path / "small") == [Ended(1, State.COMPLETED)]
    with reopened(tmp_path / "small") as made:
        [message] = made.rows("SELECT message_id::VARCHAR AS id FROM message")
        assert requests.mentions_of(made.connection, 1)["object_id"].to_list() == [message["id"]]
