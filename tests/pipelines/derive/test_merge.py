import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipelines.derive import merge as step
from pipelines.derive.merge import Merged
from pipelines.errors import ContractBroken
from pipelines.ids import contact_id
from pipelines.merge.golden_record import golden_records
from pipelines.progress import listening
from pipelines.store.reads import health
from pipelines.store.runs.work_queue import CONTACTS, enqueue_all
from tests.small_project import AS_OF, SETTINGS, SmallProject

ANNA = "id,name,phone,email\n1,Anna Berg,0151 23456789,anna@example.com"
COUPLE = "id,name,phone\n1,Claudia Weber,0151 23456789\n2,Thomas Weber,0151 23456789"
NUMBER = "+49 151 23456789"


def alone(*records: str) -> set[frozenset[str]]:
    return {frozenset([record]) for record in records}


def aliases(project: SmallProject) -> list[tuple[str, str, str]]:
    return [(each["old_id"], each["new_id"], each["kind"]) for each in project.rows("FROM id_changes ORDER BY ALL")]


def anchored(project: SmallProject, record: str) -> str:
    """The id of a contact whose anchor is this record."""
    [found] = project.rows("SELECT record_key FROM record WHERE source || ':' || record_id = ?", record)
    return contact_id(found["record_key"])


# who is who -----------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_records_that_match_become_one_contact(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("helpdesk", "2026-01-05", "id,name,email,phone_number\n7,Berg,anna@example.com,")

    assert project.run() == Merged(created=1)
    assert project.people() == {frozenset({"crm:1", "helpdesk:7"})}


@pytest.mark.heavy
def test_a_couple_stays_two_contacts_and_nobody_is_asked(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", COUPLE)
    project.run()

    assert project.people() == alone("crm:1", "crm:2")
    assert project.rows("FROM review_queue") == []


@pytest.mark.heavy
def test_two_whose_names_are_a_letter_apart_stay_two_contacts_and_are_shown_to_a_person(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", COUPLE.replace("Claudia", "Lena").replace("Thomas", "Lea"))
    project.run()

    [item] = project.rows("FROM review_queue")

    assert project.people() == alone("crm:1", "crm:2")
    assert item["reason"] == "names_contradict"
    assert {item["contact_lo"], item["contact_hi"]} == {project.contact_of("crm:1"), project.contact_of("crm:2")}


@pytest.mark.heavy
def test_a_contact_that_no_pair_makes_alone_is_kept_with_what_all_of_them_weigh(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", f"{ANNA}\n2,Anna Berg,,anna@example.com\n3,Tom Lund,,")
    project.run()
    keys = {each["record_id"]: each["record_key"] for each in project.rows("FROM record")}
    for one, field, bits in (("1", "city", 2.0), ("2", "company", 3.5)):
        said = {"given_name": 4.0, "family_name": 5.0, field: bits}
        weight = sum(said.values()) - 10
        evidence = json.dumps({name: {"level": "exact", "weight": each} for name, each in said.items()})
        project.connection.execute(
            "INSERT INTO match_edge BY NAME SELECT least($1::UUID, $2::UUID) AS record_lo, model, "
            "greatest($1::UUID, $2::UUID) AS record_hi, 'review' AS zone, $3 AS weight, $4 AS probability, "
            "false AS ambiguous_given_name, $5 AS evidence, '' AS rule, run_id FROM match_edge LIMIT 1",
            [keys[one], keys["3"], weight, 1 / (1 + 2**-weight), evidence],
        )
    enqueue_all(project.connection, CONTACTS, pl.Series([keys["3"]]))
    project.merge()

    assert project.people() == {frozenset({"crm:1", "crm:2", "crm:3"})}
    [pooled] = project.rows("SELECT weight, pairs FROM pooled_join")
    assert (round(pooled["weight"], 2), pooled["pairs"]) == (4.5, 2)


@pytest.mark.heavy
def test_a_merge_that_a_veto_has_stopped_is_shown_with_the_veto(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone,account_id\n1,Anna Berg,0151 23456789,A1")
    project.deliver("shop", "2026-01-05", "id,name,email,account_id\n1,Anna Berg,anna@example.com,A2")
    project.deliver("helpdesk", "2026-01-05", "id,name,email,phone_number\n7,Anna Berg,anna@example.com,+4915123456789")
    project.run()

    assert len(project.people()) == 2
    assert [item["reason"] for item in project.rows("FROM review_queue")] == ["veto:exclusive"]


@pytest.mark.heavy
def test_a_contact_has_the_id_of_the_record_that_came_first(project: SmallProject) -> None:
    project.deliver("shop", "2026-01-05", ANNA)
    project.run()
    project.deliver("crm", "2026-01-05", ANNA)
    project.run()

    assert project.contact_of("crm:1") == anchored(project, "shop:1")


@pytest.mark.heavy
def test_a_merge_keeps_the_older_id_and_says_where_the_other_went(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name\n1,A. Berg")
    project.run()
    project.deliver("shop", "2026-01-06", "id,name,email\n1,A. Berg,anna@example.com")

    assert project.run() == Merged(changed=1, merged=1)
    assert aliases(project) == [(anchored(project, "shop:1"), anchored(project, "crm:1"), "merged")]


@pytest.mark.heavy
def test_a_split_brings_back_the_id_there_was_before_the_merge(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name\n1,A. Berg")
    project.run()
    before = project.contact_of("shop:1")
    project.deliver("shop", "2026-01-06", "id,name,email\n1,A. Berg,anna@example.com")
    project.run()
    project.deliver("shop", "2026-01-07", "id,name,email\n1,A. Berg,\\N")

    assert project.run() == Merged(changed=1, split=1)
    assert project.contact_of("shop:1") == before


@pytest.mark.heavy
def test_a_record_that_moves_to_another_contact_creates_none(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,email\n1,anna@example.com\n2,karl@example.com")
    project.deliver("shop", "2026-01-05", "id,email\n1,anna@example.com")
    project.run()
    project.deliver("shop", "2026-01-06", "id,email\n1,karl@example.com")

    assert project.run() == Merged(changed=2)
    assert project.people() == {frozenset({"crm:1"}), frozenset({"crm:2", "shop:1"})}
    assert aliases(project) == [(anchored(project, "crm:1"), anchored(project, "crm:2"), "split")]


@pytest.mark.heavy
def test_where_an_anchor_moves_those_it_leaves_are_split_off(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,email\n1,karl@example.com\n2,anna@example.com")
    project.deliver("shop", "2026-01-05", "id,email\n1,anna@example.com")
    project.run()
    project.deliver("crm", "2026-01-06", "id,email\n2,karl@example.com")

    assert project.run() == Merged(changed=1, merged=1, split=1)
    assert project.people() == {frozenset({"crm:1", "crm:2"}), frozenset({"shop:1"})}


@pytest.mark.heavy
def test_a_merge_falls_apart_when_it_turns_out_that_several_share_the_number(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Claudia Weber,0151 23456789")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,,0151 23456789")
    project.run()
    before = project.people()
    project.deliver("crm", "2026-01-06", "id,name,phone\n2,Thomas Weber,0151 23456789")
    project.run()

    assert before == {frozenset({"crm:1", "shop:1"})}
    assert project.people() == alone("crm:1", "crm:2", "shop:1")


@pytest.mark.heavy
def test_a_merge_falls_apart_when_the_number_changes(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna,0151 23456789")
    project.run()
    project.deliver("shop", "2026-01-06", "id,name,phone\n1,Anna,0151 23456780")
    project.run()

    assert project.people() == alone("crm:1", "shop:1")
    assert project.contact("crm:1")["phone"] == "+4915123456789"
    assert project.contact("shop:1")["phone"] == "+4915123456780"


@pytest.mark.heavy
def test_a_member_says_that_it_is_one_by_a_match_even_if_it_was_there_first(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.run()
    project.deliver("shop", "2026-01-05", ANNA)
    project.run()

    reasons = project.rows("SELECT reason, run_to FROM membership JOIN record USING (record_key) ORDER BY ALL")

    assert [(each["reason"], each["run_to"]) for each in reasons] == [
        ("match", None),
        ("match", None),
        ("single", "run2"),
    ]


# what happened when -----------------------------------------------------------------------------------------------


def chatted(project: SmallProject, *lines: str) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.chat(NUMBER, *lines)


@pytest.mark.heavy
def test_messages_make_a_contact_active_and_say_where_it_comes_from(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello", "2026-06-20 10:05 Small Shop: Good morning")
    project.run()

    found = project.contact("crm:1")

    assert (found["source"], found["channels"], found["status"]) == ("whatsapp", ["whatsapp"], "active")
    assert found["last_inbound_at"] == datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
    assert found["last_outbound_at"] == found["last_interaction_at"] == datetime(2026, 6, 20, 10, 5, tzinfo=UTC)


@pytest.mark.heavy
def test_as_of_a_moment_in_the_past_later_messages_have_not_happened(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello", "2026-06-25 10:00 Anna Berg: Hello again")
    project.run(as_of=datetime(2026, 6, 21, tzinfo=UTC))

    assert project.contact("crm:1")["last_inbound_at"] == datetime(2026, 6, 20, 10, tzinfo=UTC)


@pytest.mark.heavy
def test_as_of_a_moment_before_the_first_message_nobody_has_talked(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello")
    project.run(as_of=datetime(2026, 6, 1, tzinfo=UTC))

    found = project.contact("crm:1")

    assert (found["status_reason"], found["source"], found["channels"]) == ("never_interacted", "import:crm", [])


@pytest.mark.heavy
def test_messages_happen_when_their_moment_has_come(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello")
    project.run(as_of=datetime(2026, 6, 1, tzinfo=UTC))
    project.run()

    assert project.contact("crm:1")["status"] == "active"


@pytest.mark.heavy
def test_a_run_as_of_the_past_and_back_changes_nothing(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello", "2026-06-25 10:00 Anna Berg: Hello again")
    project.run()
    before = project.contact("crm:1")
    project.run(as_of=datetime(2026, 6, 1, tzinfo=UTC))
    project.run()

    assert project.contact("crm:1") == before | {"run_id": "run3"}


@pytest.mark.heavy
def test_a_contact_becomes_inactive_as_time_passes(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello")
    project.run()

    assert project.run(as_of=AS_OF + timedelta(days=90)) == Merged(status_changed=1)
    found = project.contact("crm:1")
    assert (found["status"], found["status_reason"]) == ("inactive", "no_interaction_since")


@pytest.mark.heavy
def test_a_day_that_changes_no_status_changes_no_contact(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello")
    project.run()
    before = project.contact("crm:1")

    assert project.run(as_of=AS_OF + timedelta(days=1)) == Merged()
    assert project.contact("crm:1") == before


@pytest.mark.heavy
def test_an_open_conversation_keeps_a_contact_active_when_its_window_ends(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello")
    project.receive()
    project.connection.execute("UPDATE conversation SET status = 'open'")  # no reader states it yet
    project.run()
    project.run(as_of=AS_OF + timedelta(days=90))

    found = project.contact("crm:1")
    assert (found["status"], found["status_reason"]) == ("active", "open_conversation")


# what a run reaches -----------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_run_leaves_alone_what_nothing_new_can_reach(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.run()
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Karl Otto,0151 23456780")

    assert project.run() == Merged(created=1)
    assert project.contact("crm:1")["run_id"] == "run1"


def test_an_empty_project_has_no_contacts(project: SmallProject) -> None:
    assert project.run() == Merged()
    assert project.people() == set()


@pytest.mark.heavy
def test_every_value_of_a_contact_has_a_provenance(project: SmallProject) -> None:
    chatted(project, "2026-06-20 10:00 Anna Berg: Hello", "2026-06-20 10:05 Small Shop: Good morning")
    project.run()

    assert health.provenance_complete(project.connection).broken == 0
    assert health.one_contact_each(project.connection).broken == 0


@pytest.mark.heavy
def test_a_contact_keeps_its_values_when_its_source_is_no_longer_configured(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    project.run()
    project.configure(sources={name: source for name, source in SETTINGS["sources"].items() if name != "crm"})
    project.run()
    assert project.contact("crm:1")["email"] == "anna@example.com"


@pytest.mark.heavy
def test_a_contact_known_before_it_wrote_was_first_seen_then(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.chat(NUMBER, f"2026-02-02 09:04 {NUMBER}: hello")
    project.run()
    assert project.contact("crm:1")["first_seen_at"] == datetime(2026, 1, 5, tzinfo=UTC)
    assert project.contact("crm:1")["source"] == "whatsapp"


@pytest.mark.heavy
def test_a_contact_that_is_what_it_was_keeps_the_run_that_last_changed_it(project: SmallProject) -> None:
    project.chat(NUMBER, f"2026-02-02 09:04 {NUMBER}: hello")
    project.run()
    project.chat(NUMBER, f"2026-02-02 09:04 {NUMBER}: hello", "2026-02-02 09:05 Small Shop: hi")
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    project.run()
    project.deliver("crm", "2026-01-09", "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com")
    assert project.run() == Merged(created=1)
    assert project.contact("crm:1")["run_id"] == "run2"


@pytest.mark.heavy
def test_merging_says_how_far_it_is(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", COUPLE)
    project.receive()
    project.match()
    heard: list[tuple[str, int, int | None]] = []
    with listening(lambda *said: heard.append(said)):
        assert tuple(project.merge()) == (2, 0, 0, 0, 0, 0)
        assert heard == [("merging", 0, 2), ("merging", 2, 2)]
        assert tuple(project.merge()) == (0, 0, 0, 0, 0, 0)
    assert heard[2:] == [("merging", 0, 0)]


@pytest.mark.heavy
def test_a_contact_that_breaks_its_contract_is_not_kept(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        step, "golden_records", lambda *said: golden_records(*said).with_columns(status=pl.lit("asleep"))
    )
    project.deliver("crm", "2026-01-05", ANNA)
    with pytest.raises(ContractBroken, match="status"):
        project.run()
    assert project.rows("FROM contact") == []


@pytest.mark.heavy
def test_values_lie_in_the_order_of_their_contacts_and_fields(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", COUPLE)
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Claudia Weber,0151 23456789\n2,Claudia Weber,0151 23456789")
    project.run()
    kept = [
        tuple(each.values()) for each in project.rows("SELECT contact_id, field, value, record_key FROM contact_field")
    ]
    assert kept == sorted(kept)
