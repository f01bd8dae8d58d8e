from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.store.ingest.threads import connected_conversations, keep_topics, link_conversations
from tests.pipelines.store.ingest.made_deliveries import ID
from tests.small_project import SmallProject

IDS = st.sampled_from("abcdefgh")
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
TIES = {"conversation_id": pl.String, "other_id": pl.String}


def of_one_topic(project: SmallProject, *mails: tuple[int, timedelta, bool]) -> set[frozenset[str]]:
    """Keep mails of one topic (number of the conversation, time since Monday, alone); which conversations are one."""
    topics = pl.DataFrame(
        [(ID.format(9), MONDAY + since, ID.format(number), alone) for number, since, alone in mails],
        schema=["topic_id", "sent_at", "conversation_id", "alone"],
        orient="row",
    )
    return {frozenset(each[-1] for each in pair) for pair in keep_topics(project.connection, topics).iter_rows()}


def tied(project: SmallProject, *pairs: tuple[int, int], seen: str) -> dict[str, str]:
    """Tie conversations by number, of which those of `seen` are there; by which id each of these goes."""
    for number in seen:
        project.connection.execute(
            """INSERT INTO conversation BY NAME
               SELECT ?::UUID AS conversation_id, 'mail' AS source, 'email' AS channel, false AS is_group,
                      ?::UUID AS delivery_id
               EXCEPT SELECT conversation_id, source, channel, is_group, delivery_id FROM conversation""",
            [ID.format(number), ID.format(0)],
        )
    ties = pl.DataFrame([tuple(map(ID.format, pair)) for pair in pairs], schema=TIES, orient="row")
    link_conversations(project.connection, ties, pl.Series([ID.format(number) for number in seen], dtype=pl.String))
    found = project.rows("SELECT conversation_id::VARCHAR AS one, canonical_id::VARCHAR AS whole FROM mail_thread")
    return {each["one"][-1]: each["whole"][-1] for each in found if each["whole"]}


@pytest.mark.parametrize(
    ("gap", "together"),
    [(timedelta(days=30), {frozenset("12")}), (timedelta(days=30, microseconds=1), set())],
)
def test_an_answer_belongs_to_a_mail_of_its_topic_within_thirty_days(
    project: SmallProject, gap: timedelta, together: set[frozenset[str]]
) -> None:
    assert of_one_topic(project, (1, timedelta(), False), (2, gap, True)) == together


def test_mails_between_a_mail_and_an_answer_are_tied_to_both(project: SmallProject) -> None:
    days = [timedelta(days=day) for day in range(3)]
    asked = of_one_topic(project, (1, days[0], False), (2, days[1], False), (3, days[2], True))
    assert asked == {frozenset("12"), frozenset("23")}


def test_a_mail_behind_the_last_answer_is_tied_to_nothing(project: SmallProject) -> None:
    assert of_one_topic(project, (1, timedelta(), True), (2, timedelta(days=1), False)) == set()


def test_mails_of_a_topic_that_came_before_are_looked_at_again(project: SmallProject) -> None:
    first = (1, timedelta(), False)
    assert of_one_topic(project, first) == set()
    assert of_one_topic(project, first, (2, timedelta(days=1), True)) == {frozenset("12")}
    assert project.rows("SELECT count(*) AS n FROM mail_topic") == [{"n": 2}]


def test_a_thread_goes_by_the_smallest_id_that_is_there_and_by_a_smaller_one_that_comes(project: SmallProject) -> None:
    assert tied(project, (5, 3), (3, 4), seen="54") == {"5": "4", "4": "4", "3": "4"}
    assert tied(project, seen="3") == {"5": "3", "4": "3", "3": "3"}
    assert tied(project, (5, 7), seen="7") == {"5": "3", "4": "3", "3": "3", "7": "3"}


def test_whoever_is_in_a_thread_that_changed_is_pending_and_nobody_else(project: SmallProject) -> None:
    for conversation, record in ((1, 6), (2, 7), (3, 8)):
        project.connection.execute(
            "INSERT INTO conversation_stats VALUES (?, ?, 1, NULL, true)", [ID.format(conversation), ID.format(record)]
        )
    tied(project, (1, 2), seen="123")
    pending = project.rows("SELECT step, record_key::VARCHAR AS record FROM work_queue ORDER BY ALL")
    assert [(each["step"], each["record"][-1]) for each in pending] == [("contacts", "6"), ("contacts", "7")]


@settings(deadline=None)
@given(st.lists(st.tuples(IDS, IDS)))
def test_what_hangs_together_goes_by_its_smallest_id_whatever_the_order(pairs: list[tuple[str, str]]) -> None:
    def parts(some: list[tuple[str, str]]) -> dict[str, str]:
        frame = pl.DataFrame(some, schema={"one": pl.String, "other": pl.String}, orient="row")
        return dict(connected_conversations(frame).iter_rows())

    found = parts(pairs)
    assert parts([(b, a) for a, b in reversed(pairs)]) == found
    assert all(found[a] == found[b] for a, b in pairs)
    assert all(smallest <= each and found[smallest] == smallest for each, smallest in found.items())
