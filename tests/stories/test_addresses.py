"""Who said no is not reached under the same number or address by another name."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.decide.block import block, unblock
from pipelines.decide.edit import edit
from pipelines.steps.publish import Published, publish
from pipelines.steps.rebuild import compare
from pipelines.store.reads.suppressed_addresses import refusals_of_others
from schemas.segment import Segment
from tests.deciding import ruling
from tests.small_project import AS_OF, SETTINGS, SmallProject, starting_point

pytestmark = pytest.mark.heavy  # whole runs of a project

CONSENT = {"newsletter": {"type": "boolean", "merge": "most_restrictive"}, "tier": SETTINGS["attributes"]["tier"]}
YES = {"field": "attr.newsletter", "op": "eq", "value": True}
EVERYBODY: dict[str, Any] = {"all": []}


@starting_point
def shared(project: SmallProject) -> None:
    """Bert says no in the CRM; Bernd, who says yes in the shop, has his address. Ida chats from the number of Jonas."""
    project.configure(attributes=CONSENT)
    project.deliver("crm", "2026-01-05", "id,name,email,newsletter\n1,Bert Wolf,bert@b.example,no")
    project.deliver(
        "shop",
        "2026-01-06",
        """id,name,email,phone,newsletter,tier
           1,Bernd W.,bert@b.example,,yes,gold
           2,Mia Toivo,mia@b.example,,yes,
           3,Jonas Reuter,jonas@b.example,+4915123456789,yes,""",
    )
    project.chat("+49 151 23456789", "2026-01-07 10:00 Ida Brandt: Hello", "2026-01-07 10:01 Small Shop: Hi")
    project.run()
    assert len(project.people()) == 5


def published(project: SmallProject, where: dict[str, Any], *columns: str, **more: Any) -> Published:
    stated = {"segment": "letter", "where": where, "columns": ["name", *columns], "order_by": ["name"], **more}
    segment = Segment.model_validate(stated)
    return publish(project.project, project.connection, segment, project.run_id, AS_OF)


def names(project: SmallProject, where: dict[str, Any], *columns: str, **more: Any) -> list[str | None]:
    """Names in the file of a segment."""
    published(project, where, *columns, **more)
    return [row["name"] for row in rows(project)]


def rows(project: SmallProject) -> list[dict[str, str]]:
    path = Path(project.project.folder) / "exports" / "letter" / "contacts.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def manifest(project: SmallProject) -> dict[str, Any]:
    path = Path(project.project.folder) / "exports" / "letter" / "manifest.json"
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return said


def test_a_letter_does_not_go_to_an_address_whose_bearer_said_no(shared: SmallProject) -> None:
    told = published(shared, YES, "email")
    assert [row["name"] for row in rows(shared)] == ["Jonas Reuter", "Mia Toivo"]
    assert (told.rows, told.suppressed, manifest(shared)["suppressed"]) == (2, 1, 1)
    assert (told.suppressed_included, manifest(shared)["suppressed_included"]) == (0, 0)
    assert len(shared.people()) == 5


def test_a_file_that_reaches_nobody_and_one_that_asks_for_them_hold_everybody(shared: SmallProject) -> None:
    assert names(shared, YES) == ["Bernd W.", "Jonas Reuter", "Mia Toivo"]
    asked = names(shared, YES, "email", "status_reason", include_suppressed=True)
    assert asked == ["Bernd W.", "Jonas Reuter", "Mia Toivo"]
    assert [row["status_reason"] for row in rows(shared)] == [
        "address_suppressed",
        "never_interacted",
        "never_interacted",
    ]
    told = manifest(shared)
    assert (told["include_suppressed"], told["suppressed"], told["suppressed_included"]) == (True, 0, 1)


@pytest.mark.parametrize(
    "where",
    [
        YES,
        {"not": {"field": "attr.newsletter", "op": "eq", "value": False}},
        {"field": "attr.newsletter", "op": "ne", "value": False},
        {"all": [{"field": "email", "op": "is_set"}, {"any": [YES]}]},
    ],
)
def test_it_does_not_matter_how_a_filter_asks_for_the_consent(shared: SmallProject, where: dict[str, Any]) -> None:
    assert "Bernd W." not in names(shared, where, "emails")


def test_whoever_is_chosen_for_another_reason_than_the_consent_stays(shared: SmallProject) -> None:
    gold = {"field": "attr.tier", "op": "eq", "value": "gold"}
    assert names(shared, {"any": [YES, gold]}, "email") == ["Bernd W.", "Jonas Reuter", "Mia Toivo"]
    assert names(shared, EVERYBODY, "email") == ["Bernd W.", "Bert Wolf", "Ida Brandt", "Jonas Reuter", "Mia Toivo"]


def test_who_never_answered_has_not_said_no(shared: SmallProject) -> None:
    shared.deliver("crm", "2026-02-05", "id,name,email,newsletter\n2,Petra Kunz,mia@b.example,")
    shared.run()
    assert "Mia Toivo" in names(shared, YES, "email")


def test_a_number_that_is_blocked_in_a_chat_is_not_exported_from_a_list(shared: SmallProject) -> None:
    ida = shared.rows("SELECT contact_id FROM contact WHERE name = 'Ida Brandt'")[0]["contact_id"]
    block(shared.project, shared.connection, str(ida), ruling(1))
    assert names(shared, EVERYBODY, "phone") == ["Bernd W.", "Bert Wolf", "Mia Toivo"]
    assert manifest(shared)["suppressed"] == 1
    assert "Jonas Reuter" in names(shared, EVERYBODY, "email")  # which reaches another mailbox
    assert names(shared, EVERYBODY, "phone", include_blocked=True) == [
        "Bernd W.", "Bert Wolf", "Ida Brandt", "Mia Toivo",
    ]  # fmt: skip
    unblock(shared.project, shared.connection, str(ida), ruling(2))
    assert "Jonas Reuter" in names(shared, EVERYBODY, "phone")
    assert compare(shared.project, shared.connection).is_equal


def test_a_secondary_address_counts_where_the_file_holds_all_of_them(shared: SmallProject) -> None:
    shared.deliver("crm", "2026-02-05", "id,name,email,newsletter\n3,Otto Krohn,otto@b.example;bert@b.example,yes")
    shared.run()
    assert shared.contact("crm:3")["email"] == "otto@b.example"
    assert "Otto Krohn" in names(shared, YES, "email")
    assert "Otto Krohn" not in names(shared, YES, "emails")


def test_two_spellings_of_one_number_are_one_address(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Bruna Lima,+55 11 96123 4567")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Caio Prado,+55 11 6123 4567")
    project.run()
    block(project.project, project.connection, project.contact_of("crm:1"), ruling(1))
    assert names(project, EVERYBODY, "phone") == []


def test_a_new_address_does_not_let_the_old_one_out_again(shared: SmallProject) -> None:
    shared.deliver("crm", "2026-02-05", "id,name,email,newsletter\n1,Bert Wolf,bert@new.example,")
    shared.run()
    assert names(shared, YES, "email") == ["Jonas Reuter", "Mia Toivo"]
    [said] = refusals_of_others(shared.connection, shared.contact_of("shop:1"), ["newsletter"]).to_dicts()
    assert (said["value"], said["because_of"]) == ("bert@b.example", shared.contact_of("crm:1"))


def test_a_blocked_number_that_was_edited_in_is_known_in_every_spelling(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Bruna Lima,bruna@b.example")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Caio Prado,+54 11 2345 6789")
    project.run()
    edit(project.project, project.connection, project.contact_of("crm:1"), "phone", "+54 9 11 2345 6789", ruling(2))
    block(project.project, project.connection, project.contact_of("crm:1"), ruling(3))
    project.run()
    assert names(project, EVERYBODY, "phone") == []
