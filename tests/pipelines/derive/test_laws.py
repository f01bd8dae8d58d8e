"""What has to hold however deliveries arrive: contacts are a function of the set of deliveries, and of nothing else."""

import hashlib
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.derive.match import Matched
from pipelines.derive.merge import Merged
from pipelines.store.reads import health
from pipelines.store.runs.work_queue import CONTACTS, MATCH, enqueue_all
from tests.examples import examples
from tests.small_project import SETTINGS, SmallProject, small_project

# An example takes two seconds, so a few have to do, and a failing one is shown as it was found. Before a release:
# LAW_EXAMPLES=200 pytest tests/pipelines/derive/test_laws.py
few = settings(
    max_examples=int(os.environ.get("LAW_EXAMPLES", examples(3, light=1))),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

NAMES = ("Anna Berg", "Anna Maria Berg", "A. Berg", "Berg", "Thomas Berg", "Tom Berg", "Karl Otto", "Lena Vogt", "")
PHONES = ("0151 23456781", "0151 23456782", "+55 11 98555-0143", "+55 11 8555-0143", "", "\\N")
EMAILS = ("anna@example.com", "ana@example.com", "karl.otto@example.com", "info@example.com", "", "\\N")
HEADERS = {
    "crm": "id,name,phone,email,account_id,seats,tags,updated at",
    "shop": "id,name,phone,email,account_id,seats,tags,updated at",
    "helpdesk": "id,name,phone_number,email,account_id,seats,labels,updated at",
}
DERIVED = {
    "match_edge": "SELECT * EXCLUDE run_id FROM match_edge",
    "shared_identifier": "FROM shared_identifier",
    "blocking_key": "FROM blocking_key",
    "membership": "SELECT record_key, contact_id, reason FROM membership WHERE run_to IS NULL",
    "contact": "SELECT * EXCLUDE run_id FROM contact",
    "contact_field": "FROM contact_field",
    "contact_identifier": "FROM contact_identifier",
    "vetoed_edge": "FROM vetoed_edge",
    "review_queue": "FROM review_queue",
}
FILLED = dict.fromkeys(("name", "phone", "account_id", "seats", "tags"), "fill_blank")
FILLING = SETTINGS["sources"] | {"crm": SETTINGS["sources"]["crm"] | {"update": FILLED}}
Tables = dict[str, list[str]]


class Delivery(NamedTuple):
    """A contact list that a source declares for a day of January 2026."""

    source: str
    day: int
    text: str

    @property
    def place(self) -> tuple[str, int, str]:
        """Where a run that finds all deliveries at once takes this one in."""
        return self.source, self.day, hashlib.sha256(self.text.encode()).hexdigest()


def delivery(source: str, day: int, *rows: str) -> Delivery:
    """A delivery of these rows; what a row leaves out at its end is blank."""
    width = HEADERS[source].count(",")
    lines = [row + "," * (width - row.count(",")) for row in rows]
    return Delivery(source, day, "\n".join([HEADERS[source], *lines]) + "\n")


rows = st.tuples(
    st.sampled_from("1234"),
    st.sampled_from(NAMES),
    st.sampled_from(PHONES),
    st.sampled_from(EMAILS),
    st.sampled_from(["", "", "A1", "A2", "\\N"]),
    st.sampled_from(["", "2", "10"]),
    st.sampled_from(["", "vip", "b2b;vip", "\\N"]),
    st.sampled_from(["", "", "2026-01-03"]),
).map(",".join)
deliveries = st.builds(
    lambda source, day, lines: delivery(source, day, *lines),
    st.sampled_from(sorted(HEADERS)),
    st.integers(1, 6),
    st.lists(rows, min_size=1, max_size=5),
)
histories = st.lists(deliveries, min_size=2, max_size=4, unique=True).map(
    lambda found: sorted(found, key=lambda each: each.place)
)

CLAUDIA = delivery("crm", 1, "1,Claudia Weber,0151 23456781")
NAMELESS = delivery("helpdesk", 1, "1,,+4915123456781")
THOMAS = delivery("shop", 2, "1,Thomas Weber,0151 23456781")
OFFICE = delivery("shop", 3, "2,Jan Kroeger,0151 23456781", "3,Ruben Castro,0151 23456781")
MOVED = delivery("shop", 4, "1,Thomas Weber,0151 23456782", "2,Jan Kroeger,\\N", "3,Ruben Castro,\\N")
CHANGED_NUMBER = [CLAUDIA, delivery("crm", 2, "1,Claudia Weber,0151 23456782"), NAMELESS]
LONGEST = [CLAUDIA, NAMELESS, THOMAS, OFFICE, MOVED]
HISTORIES = {
    "a number turns out to be a couple's": [CLAUDIA, NAMELESS, THOMAS],
    "a number turns out to be a switchboard's": [CLAUDIA, NAMELESS, THOMAS, OFFICE],
    "a number is nobody else's any more": LONGEST,
    "a number changes and a merge falls apart": CHANGED_NUMBER,
}


def run_all(project: SmallProject, batches: Sequence[Sequence[Delivery]]) -> None:
    """Deliver and run batch by batch."""
    for batch in batches:
        for source, day, text in batch:
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            project.deliver(source, "", text, f"{source}-2026-01-0{day}-x{sha256[:6]}x.csv")
        project.run()


def derived(project: SmallProject) -> Tables:
    """Everything that is derived from what was received, but for the runs that did it."""
    return {table: sorted(str(row) for row in project.rows(sql)) for table, sql in DERIVED.items()}


def derived_up_to_ids(project: SmallProject) -> Tables:
    """The same, with each contact called by its smallest record."""
    members = "SELECT contact_id, min(record_key) AS name FROM membership WHERE run_to IS NULL GROUP BY contact_id"
    names = {each["contact_id"]: each["name"] for each in project.rows(members)}
    return {table: sorted(str(renamed(row, names)) for row in project.rows(sql)) for table, sql in DERIVED.items()}


def renamed(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A row with names instead of contact ids; which contact of a pair is called the lower one depends on them."""
    ids = [column for column in row if column in ("contact_id", "contact_lo", "contact_hi")]
    return row | dict(zip(ids, sorted(names[row[column]] for column in ids), strict=True))


def rebuild(project: SmallProject) -> None:
    """Derive everything anew from what was received."""
    records = pl.Series([each["record_key"] for each in project.rows("SELECT record_key FROM record")], dtype=pl.String)
    for step in (MATCH, CONTACTS):
        enqueue_all(project.connection, step, records)
    project.run()


def of_one_run(history: Sequence[Delivery], *, up_to_ids: bool = False, **configured: Any) -> Tables:
    """What a project derives that finds all deliveries at once."""
    with TemporaryDirectory() as folder, small_project(Path(folder), **configured) as project:
        run_all(project, [history])
        return derived_up_to_ids(project) if up_to_ids else derived(project)


@pytest.mark.heavy
@few
@given(histories, st.sets(st.integers(1, 3)))
def test_any_batching_of_deliveries_gives_what_one_run_gives(history: list[Delivery], cuts: set[int]) -> None:
    ends = [0, *(cut for cut in sorted(cuts) if cut < len(history)), len(history)]
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        run_all(project, [history[begin:end] for begin, end in pairwise(ends)])

        assert derived(project) == of_one_run(history)


@pytest.mark.heavy
@few
@given(histories, st.data())
def test_any_order_of_arrival_gives_the_same_but_for_ids(history: list[Delivery], data: st.DataObject) -> None:
    arrival = data.draw(st.permutations(history))
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        run_all(project, [[each] for each in arrival])

        assert derived_up_to_ids(project) == of_one_run(history, up_to_ids=True)


@pytest.mark.heavy
@few
@given(histories, st.data())
def test_columns_that_only_fill_blanks_depend_on_no_order_either(history: list[Delivery], data: st.DataObject) -> None:
    arrival = data.draw(st.permutations(history))
    with TemporaryDirectory() as folder, small_project(Path(folder), sources=FILLING) as project:
        run_all(project, [[each] for each in arrival])

        assert derived_up_to_ids(project) == of_one_run(history, up_to_ids=True, sources=FILLING)


@pytest.mark.heavy
@few
@given(histories, st.data())
def test_what_runs_add_up_to_is_what_a_rebuild_gives(history: list[Delivery], data: st.DataObject) -> None:
    arrival = data.draw(st.permutations(history))
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        run_all(project, [[each] for each in arrival])
        added_up = derived(project)
        rebuild(project)

        assert derived(project) == added_up


@pytest.mark.heavy
@few
@given(histories)
def test_every_record_is_in_one_contact_that_holds_no_contradiction(history: list[Delivery]) -> None:
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        run_all(project, [history])

        assert health.one_contact_each(project.connection).broken == 0
        assert health.provenance_complete(project.connection).broken == 0
        assert health.exclusive_kept(project.connection, ["account_id"]).broken == 0


@pytest.mark.heavy
@few
@given(histories)
def test_adding_an_unrelated_record_changes_no_other_contact(history: list[Delivery]) -> None:
    stranger = delivery("shop", 7, "9,Zora Quimby,030 901820,zora@quimby.example")
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        run_all(project, [history])
        people, before = project.people(), derived(project)

        run_all(project, [[stranger]])

        assert project.people() == people | {frozenset({"shop:9"})}
        assert derived(project)["match_edge"] == before["match_edge"]


names_and_points = st.tuples(
    st.sampled_from([name for name in NAMES if " " in name and "." not in name]),
    st.sampled_from([phone for phone in PHONES if phone != "\\N"]),
    st.sampled_from([email for email in EMAILS if email != "\\N" and not email.startswith("info@")]),
).filter(lambda said: any(said[1:]))


@pytest.mark.heavy
@few
@given(histories, names_and_points)
def test_a_duplicate_of_a_record_with_name_and_identifier_joins_it(
    history: list[Delivery], said: tuple[str, str, str]
) -> None:
    twice = [delivery(source, 7, ",".join((record, *said))) for source, record in (("crm", "7"), ("shop", "8"))]
    with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
        run_all(project, [[*history, *twice]])

        assert project.contact_of("crm:7") == project.contact_of("shop:8")


@pytest.mark.heavy
@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_what_turns_out_later_gives_what_is_known_at_once(project: SmallProject, history: list[Delivery]) -> None:
    run_all(project, [[each] for each in history])

    assert derived_up_to_ids(project) == of_one_run(history, up_to_ids=True)


@pytest.mark.heavy
def test_what_is_known_first_gives_what_is_known_at_once(project: SmallProject) -> None:
    run_all(project, [[each] for each in reversed(LONGEST)])

    assert derived_up_to_ids(project) == of_one_run(LONGEST, up_to_ids=True)


@pytest.mark.heavy
def test_a_run_with_nothing_new_changes_nothing(project: SmallProject) -> None:
    run_all(project, [LONGEST])
    tables = (*DERIVED, "membership", "id_changes")
    before = [project.rows(f"FROM {table} ORDER BY ALL") for table in tables]

    project.runs += 1

    assert all(taken.known for taken in project.receive())
    assert (project.match(), project.merge()) == (Matched(), Merged())
    assert [project.rows(f"FROM {table} ORDER BY ALL") for table in tables] == before
