import os
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.decide.block import block, unblock
from pipelines.decide.commit import Attribution
from pipelines.decide.merge import merge, unmerge
from pipelines.derive.merge import Merged
from pipelines.errors import DecisionRefused
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decision_log import list_decisions
from pipelines.store.runs.work_queue import CONTACTS, enqueue_all
from tests.deciding import ruling
from tests.examples import examples
from tests.small_project import AS_OF, SETTINGS, SmallProject, small_project, starting_point

ANNA = "id,name,phone,email\n1,Anna Berg,0151 23456789,anna@example.com"
NUMBER, RECORD = "+49 151 23456789", "whatsapp:wa:4915123456789"
OTHER, OTHER_RECORD = "+49 30 90182001", "whatsapp:wa:493090182001"
BEFORE = f"2026-06-10 10:00 {NUMBER}: hello"
DERIVED = {
    "contact": "SELECT * EXCLUDE (run_id) FROM contact ORDER BY ALL",
    "contact_field": "FROM contact_field ORDER BY ALL",
    "timeline": "SELECT * FROM timeline WHERE kind NOT IN ('blocked', 'unblocked') ORDER BY entry_id",
    "set_aside": "FROM blocked_conversation ORDER BY ALL",
}


def day(number: int) -> datetime:
    """Noon of a day of June 2026."""
    return datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(days=number - 1)


def blocked(project: SmallProject, record: str, on: int, until: int | None = None) -> None:
    block(
        project.project,
        project.connection,
        project.contact_of(record),
        Attribution("Ina", "asked us to stop", day(on), expires_at=None if until is None else day(until)),
    )


def unblocked(project: SmallProject, record: str, on: int) -> None:
    contact = project.contact_of(record)
    unblock(project.project, project.connection, contact, Attribution("Ina", "came back", day(on)))


def derived(project: SmallProject) -> dict[str, list[dict[str, Any]]]:
    """What contacts are and what happened with them, but for the decisions themselves."""
    return {name: project.rows(sql) for name, sql in DERIVED.items()}


def state(project: SmallProject, record: str) -> tuple[str, str, datetime]:
    found = project.contact(record)
    return found["status"], found["status_reason"], found["status_since"]


def rebuilt(project: SmallProject) -> dict[str, list[dict[str, Any]]]:
    """What a run derives anew from what was received and decided."""
    records = pl.Series([each["record_key"] for each in project.rows("SELECT record_key FROM record")], dtype=pl.String)
    enqueue_all(project.connection, CONTACTS, records)
    project.run()
    return derived(project)


@starting_point
def anna(project: SmallProject) -> None:
    """Anna Berg, known to the CRM, who wrote on the tenth of June."""
    project.deliver("crm", "2026-01-05", ANNA)
    project.chat(NUMBER, BEFORE)
    project.run()


def wrote_later(project: SmallProject, phone: str = OTHER) -> None:
    """Somebody begins a conversation on the twentieth of June, which her list says is Anna Berg."""
    project.deliver("crm", "2026-01-06", f"id,name,phone,email\n1,Anna Berg,{NUMBER};{OTHER},anna@example.com")
    project.chat(phone, f"2026-06-20 10:00 {phone}: hello again")


def in_a_helpdesk(project: SmallProject) -> None:
    """Let all that was said have been said in tickets, and run."""
    project.connection.execute("UPDATE delivery SET format = 'zendesk_tickets' WHERE source = 'whatsapp'")
    project.run()


# in force at once -------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_blocked_contact_is_blocked_at_once_and_says_since_when(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)

    assert state(anna, "crm:1") == ("blocked", "blocked_by_decision", day(15))


def test_a_block_is_kept_with_actor_reason_and_time_and_with_every_record(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15, until=40)

    [decision] = anna.rows("SELECT kind, actor, reason, decided_at, expires_at, revoked_at FROM decision")

    assert decision == {
        "kind": "block",
        "actor": "Ina",
        "reason": "asked us to stop",
        "decided_at": day(15),
        "expires_at": day(40),
        "revoked_at": None,
    }
    assert len(anna.rows("FROM decision_record")) == 2


@pytest.mark.heavy
def test_a_run_replays_a_block_and_changes_nothing(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    before = derived(anna)

    assert anna.run() == Merged()
    assert derived(anna) == before == rebuilt(anna)


@pytest.mark.heavy
def test_a_block_and_its_end_are_entries_of_the_timeline(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    unblocked(anna, "crm:1", on=16)

    told = anna.rows("SELECT kind, actor, text FROM timeline WHERE channel IS NULL ORDER BY happened_at")

    assert [tuple(each.values()) for each in told] == [
        ("blocked", "Ina", "asked us to stop"),
        ("unblocked", "Ina", "came back"),
    ]


# conversations set aside ------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_conversation_that_begins_after_the_block_is_set_aside(anna: SmallProject) -> None:
    before = anna.contact("crm:1")["last_inbound_at"]
    blocked(anna, "crm:1", on=15)
    wrote_later(anna)
    anna.run()

    [aside] = decisions.blocked_conversations(anna.connection).to_dicts()

    assert (aside["contact_id"], aside["channel"], aside["messages"]) == (anna.contact_of("crm:1"), "whatsapp", 1)
    assert aside["started_at"] == datetime(2026, 6, 20, 10, tzinfo=UTC)
    assert anna.contact("crm:1")["last_inbound_at"] == before
    assert anna.rows("FROM timeline WHERE text = 'hello again'") == []
    assert derived(anna) == rebuilt(anna)


@pytest.mark.heavy
def test_a_conversation_that_was_going_on_stays_in_the_history_where_it_has_an_end_of_its_own(
    anna: SmallProject,
) -> None:
    blocked(anna, "crm:1", on=15)
    anna.chat(NUMBER, BEFORE, f"2026-06-20 10:00 {NUMBER}: hello again")
    anna.run()
    assert decisions.blocked_conversations(anna.connection)["messages"].to_list() == [1]
    assert anna.contact("crm:1")["last_inbound_at"] < day(15)

    in_a_helpdesk(anna)

    assert decisions.blocked_conversations(anna.connection).is_empty()
    assert anna.contact("crm:1")["last_inbound_at"] == datetime(2026, 6, 20, 10, tzinfo=UTC)
    assert anna.contact("crm:1")["status"] == "blocked"


@pytest.mark.heavy
def test_what_is_set_aside_is_no_open_conversation_and_no_channel(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.run()
    blocked(project, "crm:1", on=15)
    project.chat(NUMBER, f"2026-06-20 10:00 {NUMBER}: hello")
    project.receive()
    project.connection.execute("UPDATE conversation SET status = 'open'")
    project.run()

    found = project.contact("crm:1")

    assert (found["channels"], found["source"], found["last_interaction_at"]) == ([], "import:crm", None)


@pytest.mark.heavy
def test_when_a_conversation_turns_out_to_have_begun_before_the_block_it_is_back(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    wrote_later(anna)
    anna.run()
    anna.connection.execute("UPDATE conversation SET started_at = TIMESTAMPTZ '2026-06-02 00:00:00Z'")
    in_a_helpdesk(anna)

    assert decisions.blocked_conversations(anna.connection).is_empty()
    assert anna.contact("crm:1")["last_inbound_at"] == datetime(2026, 6, 20, 10, tzinfo=UTC)


@pytest.mark.heavy
def test_a_mail_that_turns_out_to_answer_one_from_before_the_block_is_back(project: SmallProject) -> None:
    mails = {"format": "eml", "path": "landing/mail/*.eml", "own_addresses": ["@acme.example"]}
    project.configure(sources=SETTINGS["sources"] | {"mail": mails})
    record = "mail:mailto:anna@example.com"

    def mailed(day: int, answers: str = "") -> None:
        parties = "From: anna@example.com\nTo: support@acme.example\n"
        place = f"Message-ID: <{day}@example.com>\nDate: {day} Jun 2026 10:00:00 +0000\n"
        project.deliver("mail", f"2026-06-{day}", f"{parties}{place}{answers}\nhello {day}", f"2026-06-{day}.eml")
        project.run()

    mailed(10)
    blocked(project, record, on=15)
    mailed(20, "In-Reply-To: <12@example.com>\n")
    assert project.contact(record)["last_inbound_at"] == datetime(2026, 6, 10, 10, tzinfo=UTC)

    mailed(12, "In-Reply-To: <10@example.com>\n")
    assert project.contact(record)["last_inbound_at"] == datetime(2026, 6, 20, 10, tzinfo=UTC)


@pytest.mark.heavy
def test_a_block_lifted_brings_back_everything(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    wrote_later(anna)
    anna.run()
    unblocked(anna, "crm:1", on=25)

    assert decisions.blocked_conversations(anna.connection).is_empty()
    assert anna.contact("crm:1")["last_inbound_at"] == datetime(2026, 6, 20, 10, tzinfo=UTC)
    assert state(anna, "crm:1")[0] == "active"
    assert derived(anna) == rebuilt(anna)


@pytest.mark.heavy
def test_a_block_that_was_renewed_has_lasted_since_the_first(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    blocked(anna, "crm:1", on=22, until=60)
    wrote_later(anna)
    anna.run()

    assert state(anna, "crm:1")[2] == day(15)
    assert decisions.blocked_conversations(anna.connection).height == 1


# the end of a block -----------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_block_ends_with_its_last_day_and_not_before(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15, until=40)
    wrote_later(anna)
    anna.run(as_of=day(40) - timedelta(microseconds=1))
    still = state(anna, "crm:1")[0], decisions.blocked_conversations(anna.connection).height
    anna.run(as_of=day(40))

    assert still == ("blocked", 1)
    assert (state(anna, "crm:1")[0], decisions.blocked_conversations(anna.connection).height) == ("active", 0)
    assert anna.contact("crm:1")["last_inbound_at"] == datetime(2026, 6, 20, 10, tzinfo=UTC)


@pytest.mark.heavy
def test_a_run_as_of_a_time_before_a_block_ended_has_it_again(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15, until=40)
    anna.run(as_of=day(41))
    anna.run()

    assert state(anna, "crm:1") == ("blocked", "blocked_by_decision", day(15))


@pytest.mark.heavy
def test_a_block_after_one_that_had_ended_begins_anew(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15, until=40)
    anna.run(as_of=day(45))
    blocked(anna, "crm:1", on=46)

    assert state(anna, "crm:1")[2] == day(46)


@pytest.mark.heavy
def test_a_short_block_cuts_a_longer_one_not_short(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    blocked(anna, "crm:1", on=16, until=40)
    anna.run(as_of=day(41))

    assert state(anna, "crm:1") == ("blocked", "blocked_by_decision", day(15))


@pytest.mark.heavy
def test_an_unblock_lifts_every_block_before_it(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    blocked(anna, "crm:1", on=16, until=40)
    unblock(anna.project, anna.connection, anna.contact_of("crm:1"), ruling(17))

    assert state(anna, "crm:1")[0] != "blocked"
    stands = list_decisions(anna.connection, anna.contact_of("crm:1"))
    assert stands.filter(kind="block")["standing"].to_list() == ["lifted", "lifted"]


@pytest.mark.heavy
def test_a_block_that_was_lifted_of_one_half_of_a_contact_stands_for_the_other(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,Tom Falk,tom@example.com")
    project.run()
    both = [project.contact_of("crm:1"), project.contact_of("crm:2")]
    merge(project.project, project.connection, both, ruling(15))
    blocked(project, "crm:1", on=16)
    unmerge(project.project, project.connection, project.contact_of("crm:1"), ruling(17))
    unblock(project.project, project.connection, project.contact_of("crm:2"), ruling(18))

    assert (state(project, "crm:1")[0], state(project, "crm:2")[0]) == ("blocked", "inactive")
    assert {
        of: list_decisions(project.connection, of and project.contact_of(of)).filter(kind="block")["standing"].item()
        for of in (None, "crm:1", "crm:2")
    } == {None: "lifted_in_part", "crm:1": None, "crm:2": "lifted"}


# merges and splits ------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_blocked_record_blocks_whatever_contact_it_is_merged_into(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    project.deliver("shop", "2026-01-05", "id,name\n1,A. Berg")
    project.run()
    blocked(project, "shop:1", on=15)
    project.deliver("shop", "2026-01-06", "id,name,email\n1,A. Berg,anna@example.com")
    project.run()

    assert project.contact_of("crm:1") == project.contact_of("shop:1")
    assert state(project, "crm:1") == ("blocked", "blocked_by_decision", day(15))


@pytest.mark.heavy
def test_a_split_leaves_the_block_with_the_record_that_has_it(project: SmallProject) -> None:
    test_a_blocked_record_blocks_whatever_contact_it_is_merged_into(project)
    project.deliver("shop", "2026-01-07", "id,name,email\n1,A. Berg,\\N")
    project.run()

    assert (project.contact("crm:1")["status"], project.contact("shop:1")["status"]) == ("inactive", "blocked")


@pytest.mark.heavy
def test_lifting_the_block_of_a_contact_lifts_it_of_all_its_records(project: SmallProject) -> None:
    test_a_blocked_record_blocks_whatever_contact_it_is_merged_into(project)
    unblocked(project, "crm:1", on=20)
    project.deliver("shop", "2026-01-07", "id,name,email\n1,A. Berg,\\N")
    project.run()

    assert (project.contact("crm:1")["status"], project.contact("shop:1")["status"]) == ("inactive", "inactive")


# what is refused --------------------------------------------------------------------------------------------------


def test_lifting_no_block_is_refused_and_leaves_nothing(anna: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="not blocked"):
        unblocked(anna, "crm:1", on=15)
    assert anna.rows("FROM decision") == []


@pytest.mark.parametrize("until", [14, 15, 29])
def test_a_block_that_would_be_over_already_is_refused(anna: SmallProject, until: int) -> None:
    with pytest.raises(DecisionRefused, match="over already"):
        blocked(anna, "crm:1", on=15, until=until)
    assert anna.rows("FROM decision") == []


@pytest.mark.parametrize(
    ("said", "complaint"), [({"reason": " "}, "reason"), ({"reason": "x" * 2_001}, "2,000"), ({"actor": ""}, "--by")]
)
def test_a_decision_without_reason_or_actor_is_refused(
    anna: SmallProject, said: dict[str, str], complaint: str
) -> None:
    stated = {"actor": "Ina", "reason": "asked us to stop"} | said
    with pytest.raises(DecisionRefused, match=complaint):
        block(
            anna.project,
            anna.connection,
            anna.contact_of("crm:1"),
            Attribution(stated["actor"], stated["reason"], day(15)),
        )


def test_a_decision_dated_before_another_is_refused(anna: SmallProject) -> None:
    blocked(anna, "crm:1", on=15)
    with pytest.raises(DecisionRefused, match="clock"):
        unblocked(anna, "crm:1", on=14)
    assert state(anna, "crm:1")[0] == "blocked"


# the laws ---------------------------------------------------------------------------------------------------------

CHATS = {
    "2026-06-10": (NUMBER, BEFORE),
    "2026-06-20": (OTHER, f"2026-06-20 10:00 {OTHER}: hello again"),
    "2026-06-25": (f"{NUMBER} (1)", f"2026-06-25 10:00 {NUMBER}: one more thing"),
}
arrivals = st.permutations(sorted(CHATS))
cuts = st.sets(st.integers(1, 2))
days = st.lists(st.integers(5, 29), min_size=1, max_size=4, unique=True).map(sorted)
few = settings(max_examples=examples(2, light=1), deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def history(folder: Path, arrival: list[str], ends: list[int], decided: list[int]) -> dict[str, list[dict[str, Any]]]:
    """What is derived when chats arrive in this order, in these runs, and Anna is blocked and unblocked in turn."""
    with small_project(folder) as project:
        project.deliver("crm", "2026-01-05", f"id,name,phone\n1,Anna Berg,{NUMBER};{OTHER}")
        project.run()
        for number, on in enumerate(decided):
            (unblocked if number % 2 else blocked)(project, "crm:1", on=on)
        for begin, end in pairwise(ends):
            for each in arrival[begin:end]:
                name, line = CHATS[each]
                declared = datetime.fromisoformat(each).timestamp()
                os.utime(project.chat(name, line), (declared, declared))
            project.run()
        found = derived(project)
        return found | {"contact": [each | {"status_as_of": AS_OF} for each in found["contact"]]}


@pytest.mark.heavy
@few
@given(arrivals, cuts, days)
def test_what_is_set_aside_depends_on_no_order_of_arrival(
    arrival: list[str], cut: set[int], decided: list[int]
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        ends = [0, *sorted(cut), len(arrival)]
        assert history(Path(one) / "a", arrival, ends, decided) == history(
            Path(other) / "b", sorted(CHATS), [0, 3], decided
        )


@pytest.mark.heavy
@few
@given(arrivals, st.integers(5, 28))
def test_a_block_and_its_end_leave_what_there_would_be_without(arrival: list[str], on: int) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert history(Path(one) / "a", arrival, [0, 3], [on, on + 1]) == history(
            Path(other) / "b", arrival, [0, 3], []
        )
