"""A chat never ends, so a block ends what is said in it; a ticket and a thread of mails end by themselves."""

from collections.abc import Callable

import pytest

from pipelines.decide.block import block, unblock
from pipelines.decide.commit import Attribution
from pipelines.decide.merge import merge
from pipelines.steps.rebuild import compare
from pipelines.store.decisions.decisions import blocked_conversations
from pipelines.store.reads.timeline import length
from pipelines.store.runs.rule_changes import RULES, announce_rules
from pipelines.store.runs.runs import begin_run
from pipelines.store.warehouse.migrate import migrate
from tests.chat_deliveries import NUMBER, SOURCES, by_mail, on_cloud, on_sms
from tests.deciding import day, ruling
from tests.older_warehouse import undo_since_24
from tests.small_project import SmallProject, starting_point

pytestmark = pytest.mark.heavy

AS_BEFORE = """
    DROP TABLE chat_format;
    DROP TABLE conversation_gap;
    ALTER TABLE suppressed_conversation DROP COLUMN blocked_from;
    DELETE FROM suppressed_conversation;
    ALTER TABLE export_check DROP COLUMN inputs;
    ALTER TABLE export_check DROP COLUMN suppressed;
    ALTER TABLE export_check DROP COLUMN suppressed_included;
    DELETE FROM schema_migration WHERE version >= 22;
    UPDATE contact SET name = 'Anna B.', last_inbound_at = TIMESTAMPTZ '2026-06-20 10:00:00Z'"""
Says = Callable[..., None]
CHATS = [on_cloud, on_sms]
PERSON = f"wa:{NUMBER[1:]}"


@starting_point
def anna(project: SmallProject) -> None:
    """Anna Berg, who is on a list."""
    project.configure(sources=SOURCES)
    crm = f"id,name,phone,email\n1,Anna Berg,{NUMBER},anna@b.example"
    project.deliver("crm", "2026-01-05", crm)
    project.run()


def heard(project: SmallProject) -> list[str]:
    """What her timeline holds of what she wrote: the days on which she did."""
    assert length(project.connection) == len(project.rows("FROM timeline"))
    return [each["text"] for each in project.rows("SELECT text FROM timeline WHERE channel IS NOT NULL ORDER BY text")]


def aside(project: SmallProject) -> list[tuple[str, int]]:
    """Conversations that are set aside: on which day they began, and how many messages they have."""
    found = blocked_conversations(project.connection).sort("started_at")
    return [(f"{at:%Y-%m-%d}", number) for at, number in found["started_at", "messages"].rows()]


def last_heard(project: SmallProject) -> str:
    return f"{project.contact('crm:1')['last_inbound_at']:%Y-%m-%d}"


def blocked(project: SmallProject, until: int | None = None) -> None:
    expires = day(until) if until else None
    block(
        project.project,
        project.connection,
        project.contact_of("crm:1"),
        Attribution("Ina", "spam", day(15), None, expires),
    )


@pytest.mark.parametrize("says", CHATS)
def test_what_is_written_in_a_chat_after_a_block_is_set_aside_and_comes_back(anna: SmallProject, says: Says) -> None:
    says(anna, "Anna Berg", "2026-06-10")
    anna.run()
    before = anna.contact("crm:1")
    blocked(anna)
    says(anna, "Anna B.", "2026-06-10", "2026-06-20", "2026-06-21")
    anna.run()
    assert (heard(anna), aside(anna)) == (["2026-06-10"], [("2026-06-20", 2)])
    changed = ("status", "status_reason", "status_since", "run_id")
    now = anna.contact("crm:1")
    assert {key: now[key] for key in now if key not in changed} == {
        key: before[key] for key in now if key not in changed
    }
    assert compare(anna.project, anna.connection).is_equal

    unblock(anna.project, anna.connection, anna.contact_of("crm:1"), ruling(25))
    assert (heard(anna), aside(anna)) == (["2026-06-10", "2026-06-20", "2026-06-21"], [])
    assert last_heard(anna) == "2026-06-21"
    assert compare(anna.project, anna.connection).is_equal


def test_a_block_that_ends_by_itself_brings_everything_back(anna: SmallProject) -> None:
    on_sms(anna, "Anna Berg", "2026-06-10", "2026-06-20")
    anna.run()
    blocked(anna, until=40)
    anna.run(as_of=day(39))
    assert heard(anna) == ["2026-06-10"]
    assert last_heard(anna) == "2026-06-10"
    anna.run(as_of=day(40))
    assert (heard(anna), last_heard(anna)) == (["2026-06-10", "2026-06-20"], "2026-06-20")


def test_a_silence_parts_conversations_as_long_as_the_channel_says(anna: SmallProject) -> None:
    blocked(anna)
    on_sms(anna, "Anna Berg", "2026-06-16", "2026-07-15", "2026-08-14")
    on_cloud(anna, "Anna Berg", "2026-06-17", "2026-06-18")
    anna.run(as_of=day(100))
    assert aside(anna) == [("2026-06-16", 2), ("2026-06-17", 2), ("2026-08-14", 1)]
    anna.configure(sources=SOURCES, conversation_gap={"whatsapp": 1})
    anna.run(as_of=day(100))
    assert aside(anna) == [("2026-06-16", 2), ("2026-06-17", 1), ("2026-06-18", 1), ("2026-08-14", 1)]


def test_a_mail_thread_that_was_open_stays_open_and_a_new_one_is_set_aside(anna: SmallProject) -> None:
    by_mail(anna, "anna@b.example", "2026-06-10")
    anna.run()
    blocked(anna)
    by_mail(anna, "anna@b.example", "2026-06-10", "2026-06-20")
    by_mail(anna, "anna@b.example", "2026-06-22")
    anna.run()
    assert (heard(anna), aside(anna)) == (["2026-06-10", "2026-06-20"], [("2026-06-22", 1)])
    assert last_heard(anna) == "2026-06-20"


@pytest.mark.parametrize(
    "days", [("2026-06-10", "2026-06-20", "2026-06-22"), ("2026-06-22", "2026-06-20", "2026-06-10")]
)
def test_it_does_not_matter_in_which_order_deliveries_come(anna: SmallProject, days: tuple[str, ...]) -> None:
    blocked(anna)
    for each in days:
        on_cloud(anna, f"Anna {each}", each)
        anna.run()
    assert (heard(anna), aside(anna)) == (["2026-06-10"], [("2026-06-20", 2)])
    assert (anna.contact("crm:1")["name"], last_heard(anna)) == ("Anna Berg", "2026-06-10")
    assert compare(anna.project, anna.connection).is_equal


def test_a_warehouse_of_an_earlier_version_follows_and_its_next_run_says_so_once(anna: SmallProject) -> None:
    on_sms(anna, "Anna B.", "2026-06-10", "2026-06-20")
    anna.run()
    blocked(anna)
    anna.connection.execute(AS_BEFORE)
    undo_since_24(anna.connection)
    assert last_heard(anna) == "2026-06-20"
    begin_run(anna.connection, "before", day(29), day(29))
    assert migrate(anna.connection)[0] == "0022_chats.sql"
    anna.run()
    begin_run(anna.connection, "upgrade", day(30), day(30))
    told = [RULES[name].of_one for name in ("blocks_end_conversations", "display_names_give_way")]
    assert announce_rules(anna.connection, "upgrade") == dict.fromkeys(told, 1)
    assert announce_rules(anna.connection, "next") == {}
    assert (heard(anna), last_heard(anna)) == (["2026-06-10"], "2026-06-10")
    assert compare(anna.project, anna.connection).is_equal


def test_somebody_known_by_a_chat_alone_keeps_the_name_of_before_the_block(project: SmallProject) -> None:
    project.configure(sources=SOURCES)
    on_cloud(project, "Anna B", "2026-06-10")
    project.run()
    block(project.project, project.connection, project.contact_of(f"cloud:{PERSON}"), ruling(15))
    on_cloud(project, "Somebody else", "2026-06-20")
    project.run()
    assert project.contact(f"cloud:{PERSON}")["name"] == "Anna B"
    assert compare(project.project, project.connection).is_equal
    unblock(project.project, project.connection, project.contact_of(f"cloud:{PERSON}"), ruling(25))
    assert project.contact(f"cloud:{PERSON}")["name"] == "Somebody else"


def test_a_number_that_is_first_said_after_a_block_is_known_and_never_the_primary_one(project: SmallProject) -> None:
    project.configure(sources=SOURCES)
    project.deliver("crm", "2026-01-05", "id,email\n1,anna@b.example")
    project.run()
    blocked(project)
    on_cloud(project, "Anna B", "2026-06-20")
    project.run()
    chat = project.contact_of(f"cloud:{PERSON}")
    merge(project.project, project.connection, [project.contact_of("crm:1"), chat], ruling(22))
    found = project.contact("crm:1")
    assert [found[each] for each in ("name", "phone", "last_interaction_at", "channels")] == [None, None, None, []]
    known = project.rows("SELECT type, value, is_primary FROM contact_identifier WHERE type = 'phone'")
    assert known == [{"type": "phone", "value": NUMBER, "is_primary": False}]
