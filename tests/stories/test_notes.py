"""What was noted about somebody is not lost when the next export says something else."""

from typing import Any

import pytest

from pipelines.decide.annotate import note
from pipelines.decide.revoke import revoke
from pipelines.store.reads.notes import notes
from tests.deciding import ruling
from tests.small_project import SETTINGS, SmallProject

pytestmark = pytest.mark.heavy  # whole runs of a project

CRM = "id,name,email,notes\n1,Anna Berg,anna@example.com,{}"
CARD = "BEGIN:VCARD\nVERSION:3.0\nUID:7\nFN:Anna Berg\nEMAIL:anna@example.com\nNOTE:{}\nEND:VCARD"


@pytest.fixture
def anna(project: SmallProject) -> SmallProject:
    """Anna, in the CRM and in an address book."""
    cards = {"format": "vcard", "path": "landing/cards/*.vcf", "priority": 30}
    project.configure(sources=SETTINGS["sources"] | {"cards": cards})
    return project


def noted(project: SmallProject) -> list[tuple[str, str, bool]]:
    """Day, text and whether it holds, of each note about Anna."""
    found: list[dict[str, Any]] = notes(project.connection, project.contact_of("crm:1")).to_dicts()
    timeline = [
        each["text"] for each in project.rows("SELECT text FROM timeline WHERE kind = 'note' ORDER BY happened_at")
    ]
    assert [each["text"] for each in found] == timeline
    return [(f"{each['happened_at']:%m-%d}", each["text"], each["is_current"]) for each in found]


def test_a_newer_export_adds_its_note_and_says_which_one_holds(anna: SmallProject) -> None:
    anna.deliver("crm", "2026-01-05", CRM.format("asked us never to call"))
    anna.deliver("cards", "2026-01-06", CARD.format("plays the cello"), "cards-2026-01-06.vcf")
    anna.run()
    anna.deliver("crm", "2026-02-05", CRM.format("likes mails"))
    anna.deliver("cards", "2026-02-06", CARD.format("sold the cello"), "cards-2026-02-06.vcf")
    anna.run()
    assert noted(anna) == [
        ("01-05", "asked us never to call", False),
        ("01-06", "plays the cello", False),
        ("02-05", "likes mails", True),
        ("02-06", "sold the cello", True),
    ]


def test_a_repeated_note_is_one_entry_and_holds_again_when_it_comes_back(anna: SmallProject) -> None:
    for day, text in (("01-05", "vegan"), ("01-06", "vegan"), ("01-07", "allergic"), ("01-08", "vegan")):
        anna.deliver("crm", f"2026-{day}", CRM.format(text))
    anna.run()
    assert noted(anna) == [("01-05", "vegan", True), ("01-07", "allergic", False)]


def test_a_cleared_note_stays_in_the_history(anna: SmallProject) -> None:
    anna.deliver("crm", "2026-01-05", CRM.format("vegan"))
    anna.deliver("crm", "2026-01-06", CRM.format(r"\N"))
    anna.run()
    assert noted(anna) == [("01-05", "vegan", False)]


def test_a_colleagues_note_holds_until_it_is_revoked(anna: SmallProject) -> None:
    anna.deliver("crm", "2026-01-05", CRM.format("vegan"))
    anna.run()
    decided = note(anna.project, anna.connection, anna.contact_of("crm:1"), "calls back", ruling(3))
    anna.deliver("crm", "2026-06-09", CRM.format("moved"))
    anna.run()
    assert noted(anna) == [("01-05", "vegan", False), ("06-03", "calls back", True), ("06-09", "moved", True)]
    revoke(anna.project, anna.connection, decided.decision_id, ruling(20))
    assert noted(anna) == [("01-05", "vegan", False), ("06-09", "moved", True)]
