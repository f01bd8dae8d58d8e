import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.decide.annotate import tag, untag
from pipelines.decide.block import block, unblock
from pipelines.decide.create import create
from pipelines.decide.edit import clear, edit, pin
from pipelines.decide.merge import dismiss, merge, unmerge
from pipelines.decide.revoke import revoke
from pipelines.derive.merge import Merged
from pipelines.errors import DecisionRefused, NeverMatched
from pipelines.steps.rebuild import Comparison, compare, rebuild
from pipelines.steps.refit import refit_now
from pipelines.store.runs.rebuild import DERIVED
from tests.deciding import ruling
from tests.small_project import AS_OF, SmallProject, small_project, starting_point

# Lists and decisions alone are held to this law many at a time in tests/laws; here chats are among them, and decisions
# with no run between. An example takes seconds, so a few have to do. Before a release: LAW_EXAMPLES=200
few = settings(
    max_examples=int(os.environ.get("LAW_EXAMPLES", "2")),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

LIST = """
    id,name,phone,email,account_id,seats,tags
    1,Anna Berg,0151 23456781,anna.berg@example.com,A1,2,vip
    2,Otto Kern,0151 23456782,otto.kern@example.com,,10,
    3,Lena Weber,030 901820,,,,b2b
"""
OTHERS = """
    id,name,phone,email,account_id,seats,tags
    1,A. Berg,,anna.berg@example.com,,5,
    2,Otto Kern,0151 23456782,,,,b2b;vip
    3,Lea Weber,030 901820,,,,
"""
NOBODY = "00000000-0000-0000-0000-000000000009"
EVERYTHING = (*DERIVED, "membership", "id_changes", "work_queue", "step_state", "run", "as_of_time", "match_model")


@starting_point
def filled(project: SmallProject) -> None:
    """Two lists, and a chat, after a run."""
    project.deliver("crm", "2026-01-05", LIST)
    project.deliver("shop", "2026-01-05", OTHERS)
    project.chat("+49 151 23456782", "2026-06-01 10:00 Otto Kern: Is it ready?", "2026-06-01 10:05 Small Shop: Yes.")
    project.run()


def compared(project: SmallProject) -> Comparison:
    return compare(project.project, project.connection)


def everything(project: SmallProject) -> dict[str, list[str]]:
    return {table: sorted(str(row) for row in project.rows(f"FROM {table}")) for table in EVERYTHING}


def differing(found: Comparison) -> dict[str, tuple[int, int]]:
    """Tables that differ, with the rows that are missing and those too many."""
    return {
        table: (missing, surplus)
        for table, _, _, missing, surplus in found.tables.iter_rows()
        if (missing, surplus) != (0, 0)
    }


# proving --------------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_what_a_run_has_made_is_what_a_rebuild_makes(filled: SmallProject) -> None:
    found = compared(filled)
    assert (found.is_equal, found.rows, found.contacts_that_differ, found.pending) == (True, 0, [], 0)
    assert (found.records, found.contacts) == (7, 4)
    assert dict(found.tables.select("table", "stored").iter_rows())["contact"] == 4


@pytest.mark.heavy
def test_comparing_changes_nothing(filled: SmallProject) -> None:
    before = everything(filled)
    compared(filled)
    assert everything(filled) == before


@pytest.mark.heavy
def test_a_value_that_was_changed_behind_our_back_is_found_with_its_contact(filled: SmallProject) -> None:
    contact = filled.contact_of("crm:3")
    filled.connection.execute("UPDATE contact SET name = 'Somebody' WHERE contact_id = ?", [contact])
    found = compared(filled)
    assert differing(found) == {"contact": (1, 1)}
    assert found.contacts_that_differ == [contact]


@pytest.mark.heavy
def test_edges_that_are_gone_are_counted(filled: SmallProject) -> None:
    filled.connection.execute("DELETE FROM match_edge WHERE zone = 'merge'")
    [(_, stored, rebuilt_, missing, surplus)] = compared(filled).tables.filter(table="match_edge").rows()
    assert (stored, rebuilt_, missing, surplus) == (1, 5, 0, 4)


@pytest.mark.heavy
def test_a_row_that_stands_twice_is_found(filled: SmallProject) -> None:
    filled.connection.execute("INSERT INTO compared_identifier SELECT * FROM compared_identifier LIMIT 1")
    assert differing(compared(filled)) == {"compared_identifier": (1, 0)}


@pytest.mark.heavy
def test_a_contact_that_nothing_is_known_of_is_found(filled: SmallProject) -> None:
    filled.connection.execute("INSERT INTO contact SELECT * REPLACE (? AS contact_id) FROM contact LIMIT 1", [NOBODY])
    found = compared(filled)
    assert differing(found) == {"contact": (1, 0)}
    assert found.contacts_that_differ == [NOBODY]


@pytest.mark.heavy
def test_what_waits_for_the_next_run_is_no_difference(filled: SmallProject) -> None:
    filled.deliver("shop", "2026-01-06", "id,name,phone,email\n4,Lena Vogt,0151 23456783,\n3,Lea Weber,030 901821,")
    filled.receive()
    found = compared(filled)
    assert (found.is_equal, found.pending, found.records) == (True, 2, 8)


@pytest.mark.heavy
def test_another_configuration_waits_for_the_next_run_as_well(filled: SmallProject) -> None:
    filled.configure(matching={"auto": 0.999999, "review": 0.3})
    found = compared(filled)
    assert (found.is_equal, found.pending) == (True, 7)


@pytest.mark.heavy
def test_time_that_has_passed_between_runs_is_no_difference(filled: SmallProject) -> None:
    filled.run(AS_OF + timedelta(days=200))
    assert compared(filled).is_equal


def test_before_the_first_run_there_is_nothing_to_compare(project: SmallProject) -> None:
    with pytest.raises(NeverMatched, match="nothing has been matched yet"):
        compared(project)
    with pytest.raises(NeverMatched):
        rebuild(project.project, project.connection, "rebuild:1")


# rebuilding -----------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_rebuild_of_what_is_right_changes_nothing_but_the_runs_of_edges(filled: SmallProject) -> None:
    before = everything(filled)
    made = rebuild(filled.project, filled.connection, "rebuild:1")
    after = everything(filled)
    assert made.changes == Merged()
    assert (made.records, made.contacts, made.model) == (7, 4, "shipped")
    assert {table for table in EVERYTHING if before[table] != after[table]} == {"match_edge"}


@pytest.mark.heavy
def test_a_rebuild_puts_right_what_was_wrong(filled: SmallProject) -> None:
    right = {table: filled.rows(f"FROM ({sql}) ORDER BY ALL") for table, sql in DERIVED.items()}
    filled.connection.execute("UPDATE contact SET name = 'Somebody'")
    for table in (
        "match_edge",
        "blocking_key",
        "shared_identifier",
        "record_field",
        "conversation_stats",
        "contact_identifier",
    ):
        filled.connection.execute(f"DELETE FROM {table}")
    made = rebuild(filled.project, filled.connection, "rebuild:1")
    assert made.changes.changed == 4
    assert {table: filled.rows(f"FROM ({sql}) ORDER BY ALL") for table, sql in DERIVED.items()} == right
    assert compared(filled).is_equal


def test_contacts_that_are_others_now_are_told_in_the_feed_of_ids(filled: SmallProject) -> None:
    anna = filled.contact_of("crm:1")
    apart = "(SELECT anchor_id FROM record WHERE record.record_key = membership.record_key)"
    filled.connection.execute(f"UPDATE membership SET contact_id = {apart}")
    rebuild(filled.project, filled.connection, "rebuild:1")
    assert filled.contact_of("shop:1") == anna
    assert {each["kind"] for each in filled.rows("FROM id_changes WHERE run_id = 'rebuild:1'")} == {"merged"}


@pytest.mark.heavy
def test_a_rebuild_takes_the_model_as_it_is(filled: SmallProject) -> None:
    refit_now(filled.project, filled.connection, "fit")
    rebuild(filled.project, filled.connection, "rebuild:1")
    assert [each["number"] for each in filled.rows("FROM match_model")] == [1]
    assert {each["model"] for each in filled.rows("SELECT DISTINCT model FROM match_edge")} == {"fit-1"}
    assert filled.match().records == 0


# laws -----------------------------------------------------------------------------------------------------------------

NAMES = ("Anna Berg", "A. Berg", "Berg", "Thomas Berg", "Karl Otto", "Lena Vogt", "")
PHONES = ("0151 23456781", "0151 23456782", "+55 11 98555-0143", "+55 11 8555-0143", "", "\\N")
EMAILS = ("anna@example.com", "karl.otto@example.com", "info@example.com", "", "\\N")
Step = tuple[str, int, str]  # what is done, on which day or to which contact, with which words

rows = st.tuples(
    st.sampled_from("1234"),
    st.sampled_from(NAMES),
    st.sampled_from(PHONES),
    st.sampled_from(EMAILS),
    st.sampled_from(["", "A1", "A2"]),
    st.sampled_from(["", "vip", "b2b;vip", "\\N"]),
).map(",".join)
lists: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(["crm", "shop"]), st.integers(1, 6), st.lists(rows, min_size=1, max_size=4).map("\n".join)
)
lines: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(["+49 151 23456781", "+49 151 23456782"]),
    st.integers(1, 9),
    st.sampled_from(["Anna Berg", "Karl Otto", "Small Shop"]),
)
runs: st.SearchStrategy[Step] = st.just(("run", 0, ""))
acts: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(["merge", "part", "unmerge", "dismiss", "revoke", "create", "block", "unblock", "tag", "untag"]),
    st.integers(0, 9),
    st.just("vip"),
)
values: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(["edit", "pin", "clear"]),
    st.integers(0, 9),
    st.sampled_from(["name=Anna Vogt", "phone=0151 23456782", "email=anna@example.com", "attr.tier=gold"]),
)


def drop(project: SmallProject, number: int, delivery: Step) -> None:
    """Put a list, or a chat of one line, into the landing area."""
    where, on, what = delivery
    if where.startswith("+"):
        stamped = f"[2026-06-0{on}, 10:00:00] {what}: hello"
        project.deliver("whatsapp", "", stamped, f"WhatsApp Chat with {where} ({number}).txt")
    else:
        header = "id,name,phone,email,account_id,tags"
        project.deliver(where, "", f"{header}\n{what}", f"{where}-2026-01-0{on}-{number}.csv")


def decide(project: SmallProject, number: int, step: Step) -> None:
    """Decide something about a contact there is, as far as that can be decided."""
    act, which, words = step
    contacts = [each["contact_id"] for each in project.rows("SELECT contact_id FROM contact ORDER BY contact_id")]
    taken = [each["decision_id"] for each in project.rows("SELECT decision_id FROM decision ORDER BY decided_at")]
    if not (taken if act == "revoke" else contacts or act == "create"):
        return
    one, other = (contacts[(which + more) % len(contacts)] if contacts else "" for more in (0, 1))
    [record] = project.rows(
        """SELECT min(r.source || ':' || r.record_id) AS named FROM membership m JOIN record r USING (record_key)
           WHERE m.run_to IS NULL AND m.contact_id = ?""",
        one or None,
    )
    field, _, value = words.partition("=")
    at = (project.project, project.connection)
    said = ruling(number + 10)
    acts: dict[str, Callable[[], object]] = {
        "merge": lambda: merge(*at, [one, other], said),
        "part": lambda: unmerge(*at, one, said, every=True),
        "unmerge": lambda: unmerge(*at, one, said, [record["named"]]),
        "dismiss": lambda: dismiss(*at, one, other, said),
        "revoke": lambda: revoke(*at, taken[which % len(taken)], said),
        "create": lambda: create(*at, {"name": "Lena Vogt", "phone": "0151 23456781"}, said),
        "block": lambda: block(*at, one, said),
        "unblock": lambda: unblock(*at, one, said),
        "tag": lambda: tag(*at, one, words, said),
        "untag": lambda: untag(*at, one, words, said),
        "edit": lambda: edit(*at, one, field, value, said),
        "pin": lambda: pin(*at, one, field, value, said),
        "clear": lambda: clear(*at, one, field, said),
    }
    with suppress(DecisionRefused):
        acts[act]()


def play(project: SmallProject, history: Sequence[Step]) -> None:
    """Go through a history, which begins with a run of its own and need not end with one."""
    for number, step in enumerate(history):
        if step[0] == "run":
            project.run()
        elif step[0] in ("crm", "shop") or step[0].startswith("+"):
            drop(project, number, step)
        else:
            decide(project, number, step)


@pytest.mark.heavy
@few
@given(
    st.lists(lists, min_size=1, max_size=3),
    st.lists(st.one_of(acts, values, acts, lists, lines, runs), min_size=2, max_size=8),
)
def test_after_any_decisions_and_deliveries_a_rebuild_finds_nothing(first: list[Step], history: list[Step]) -> None:
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        play(project, [*first, ("run", 0, ""), *history])
        assert differing(compared(project)) == {}
