"""Somebody is taken out of every table, and everybody else stays as they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.decide.annotate import note
from pipelines.steps.rebuild import compare
from pipelines.store.privacy import requests
from pipelines.store.reads.health import rows_conserved
from tests.deciding import ruling
from tests.erasing import LISTED, erased, left_of_ina
from tests.small_project import SmallProject, small_project

ALONE = {"privacy": {"second_person": False}}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[SmallProject]:
    """A small project in which one person may do everything."""
    with small_project(tmp_path / "small", **ALONE) as made:
        yield made


def test_nothing_is_left_of_somebody_and_everything_of_others(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    alone.deliver("shop", "2026-05-02", "id,name,phone\na,I. Sommer,+49 171 39200 17")
    alone.chat("+49 171 3920017", "2026-05-03 10:00 +49 171 3920017: Hello", "2026-05-03 10:01 Small Shop: Hi")
    alone.run()
    olaf = alone.contact("crm:2")
    assert left_of_ina(alone).keys() >= {"identifier", "contact", "conversation", "delivery", "message"}
    erased(alone, ("email", "INA@example.com"))
    assert left_of_ina(alone) == {}
    assert alone.people() == {frozenset({"crm:2"})}
    assert alone.contact("crm:2") == olaf
    assert alone.rows("FROM message") == []


def test_a_refused_row_goes_by_what_it_says(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    refused = "id,name,phone,note\n,,12,of 0171/39200 17\n,,13,of 0171/39200 18"
    alone.deliver("shop", "2026-05-02", refused)
    alone.run()
    assert len(alone.rows("FROM rejected_row")) == 2
    erased(alone, ("phone", "0171 3920017"))
    [left] = alone.rows("SELECT raw FROM rejected_row")
    assert "39200 18" in left["raw"]


def test_what_others_said_stays_and_what_names_somebody_is_listed(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    alone.chat("+49 171 3920018", "2026-05-03 10:00 +49 171 3920018: Say hello to Ina Sommer")
    alone.run()
    number = erased(alone, ("email", "ina@example.com"))
    [message] = alone.rows("SELECT message_id, text FROM message")
    assert message["text"] == "Say hello to Ina Sommer"
    assert requests.mentions_of(alone.connection, number)["object_id"].to_list() == [message["message_id"]]


def test_a_neighbour_with_the_same_number_stays(alone: SmallProject) -> None:
    alone.deliver(
        "crm",
        "2026-05-01",
        """id,name,phone,email,account_id
        1,Ina Sommer,040 1234567,ina@example.com,A1
        2,Uwe Sommer,040 1234567,uwe@example.com,A2""",
    )
    alone.run()
    assert alone.people() == {frozenset({"crm:1"}), frozenset({"crm:2"})}
    uwe = alone.contact("crm:2")
    erased(alone, ("email", "ina@example.com"))
    assert alone.contact("crm:2") == uwe
    alone.deliver("crm", "2026-06-01", "id,name,phone,email,account_id\n3,Uta Sommer,040 1234567,uta@example.com,A3")
    alone.run()
    assert {frozenset({"crm:2"}), frozenset({"crm:3"})} == alone.people()


def test_the_id_of_somebody_leads_nowhere_and_is_nobody_elses(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    alone.run()
    ina = alone.contact_of("crm:1")
    number = erased(alone, ("contact", ina))
    assert alone.rows("SELECT kind, new_id FROM id_changes WHERE old_id = ?", ina) == [
        {"kind": "erased", "new_id": None}
    ]
    assert alone.rows("FROM audit_salt WHERE object_id = ?", ina) == []
    alone.connection.execute("DELETE FROM suppression")
    alone.connection.execute("DELETE FROM suppressed_key")
    alone.deliver("crm", "2026-06-02", LISTED.replace("Ina Sommer", "Ina  Sommer"))
    alone.run()
    assert alone.contact_of("crm:1") != ina
    assert requests.steps_of(alone.connection, number)["tables"]["contacts"] == 1


def test_a_merge_with_somebody_leaves_the_others_value(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    alone.deliver("shop", "2026-05-02", "id,name,phone,email\nx,Ina Sommer,,ina@example.com")
    alone.run()
    erased(alone, ("email", "ina@example.com"))
    assert alone.rows("SELECT count(*) AS n FROM record")[0]["n"] == 1
    assert alone.rows("SELECT count(*) AS n FROM record_field f ANTI JOIN record USING (record_key)")[0]["n"] == 0


def test_what_somebody_wrote_in_a_group_goes_and_a_name_there_is_taken_out(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    alone.deliver(
        "whatsapp",
        "2026-05-03",
        """[2026-05-03, 10:00:00] +49 171 3920017: I am in
        [2026-05-03, 10:01:00] +49 171 3920018: me too
        [2026-05-03, 10:02:00] Ina Sommer: from my other phone
        [2026-05-03, 10:03:00] Small Shop: fine""",
        "WhatsApp Chat with Tour.txt",
    )
    alone.run()
    erased(alone, ("email", "ina@example.com"))
    said = {each["text"]: each["sender"] for each in alone.rows("SELECT text, sender FROM message")}
    assert said.keys() == {"me too", "from my other phone", "fine"}
    assert "Ina" not in str(said["from my other phone"])


def test_somebody_named_in_the_notes_of_another_stays_for_review(alone: SmallProject) -> None:
    listed = LISTED.replace("id,name,phone,email", "id,name,phone,email,notes")
    alone.deliver("crm", "2026-05-01", listed + ",partner of ina@example.com")
    alone.run()
    number = erased(alone, ("phone", "0171 3920017"))
    assert left_of_ina(alone) == {}
    assert requests.mentions_of(alone.connection, number)["place"].to_list() == ["source_record"]
    assert alone.people() == {frozenset({"crm:2"})}


def test_outcomes_of_a_delivery_still_add_up(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    alone.deliver("shop", "2026-05-02", "id,name,phone,note\n,,12,of 0171/39200 17\n,,13,other")
    alone.run()
    erased(alone, ("phone", "0171 3920017"))
    assert rows_conserved(alone.connection).broken == 0


def test_a_contact_whose_note_named_somebody_is_derived_anew(alone: SmallProject) -> None:
    alone.deliver("crm", "2026-05-01", LISTED)
    alone.run()
    olaf = alone.contact_of("crm:2")
    note(alone.project, alone.connection, olaf, "ask Ina Sommer first", ruling(1, "she said so"))
    erased(alone, ("email", "ina@example.com"))
    assert alone.rows("FROM contact_search WHERE text LIKE '%sommer%'") == []
    assert compare(alone.project, alone.connection).is_equal
