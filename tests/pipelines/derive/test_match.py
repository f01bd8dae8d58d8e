import json
from contextlib import AbstractContextManager

import polars as pl
import pytest

from pipelines.derive import comparison_data
from pipelines.derive import fit as fitting
from pipelines.derive import match as step
from pipelines.derive.hidden_values import with_digests
from pipelines.derive.match import Matched
from pipelines.match.blocking.rules import RULES
from pipelines.progress import listening
from pipelines.store.matching import match_tables, stated
from pipelines.store.matching.models import SHIPPED
from pipelines.store.runs.work_queue import MATCH, enqueue_all
from pipelines.store.warehouse.connection import Connection, query
from tests.small_project import SmallProject

ANNA = """
    id,name,phone,email
    1,Anna Berg,0151 23456789,anna.berg@example.com
"""


def received(project: SmallProject) -> None:
    project.runs += 1
    project.receive()


def matched(project: SmallProject) -> Matched:
    received(project)
    return project.match()


def edges(project: SmallProject) -> dict[tuple[str, str], tuple[str, str]]:
    """Zone and rule of each edge, by the ids of its records."""
    found = project.rows(
        """SELECT list_sort([lo.source || ':' || lo.record_id, hi.source || ':' || hi.record_id]) AS ends, zone, rule
           FROM match_edge JOIN record lo ON lo.record_key = record_lo JOIN record hi ON hi.record_key = record_hi"""
    )
    return {(each["ends"][0], each["ends"][1]): (each["zone"], each["rule"]) for each in found}


def shared(project: SmallProject) -> pl.DataFrame:
    """Identifiers that several records have, with how many do, and how many people: field, value, records, people."""
    known = query(project.connection, "SELECT DISTINCT field, value FROM compared_identifier")
    found = match_tables.shared_identifiers(project.connection, with_digests(project.project, known))
    return found.select("field", "value", "records", "people").sort("field", "value")


def people_behind(project: SmallProject) -> dict[str, int]:
    """How many people share each number that several records have."""
    return dict(shared(project).filter(pl.col("field") == "phone").select("value", "people").iter_rows())


@pytest.mark.heavy
def test_records_of_two_sources_are_matched(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("helpdesk", "2026-01-05", "id,name,email,phone_number\n7,Berg,anna.berg@example.com,")

    assert matched(project) == Matched(records=2, pairs=1, merge=1, review=0)
    assert edges(project) == {("crm:1", "helpdesk:7"): ("merge", "same_email")}


@pytest.mark.heavy
def test_an_edge_says_which_model_and_run_made_it_and_why(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    matched(project)

    [edge] = project.rows("FROM match_edge")

    assert (edge["model"], edge["run_id"]) == (SHIPPED, "run1")
    assert json.loads(edge["evidence"])["email"]["level"] == "exact"


@pytest.mark.heavy
def test_without_anything_new_nothing_is_looked_at(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    matched(project)

    assert matched(project) == Matched()
    assert len(edges(project)) == 1


@pytest.mark.heavy
def test_only_what_changed_is_compared(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone\n2,Karl Otto,0151 23456780")

    assert matched(project) == Matched(records=1, pairs=0)


@pytest.mark.heavy
def test_an_edge_is_withdrawn_when_the_number_it_rested_on_changes(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna,0151 23456789")
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone\n1,Anna,030 901820")

    matched(project)

    assert edges(project) == {}


@pytest.mark.heavy
def test_an_edge_is_withdrawn_when_the_number_it_rested_on_is_cleared(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna,0151 23456789")
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone\n1,Anna,\\N")

    matched(project)

    assert edges(project) == {}


@pytest.mark.heavy
def test_a_blank_number_does_not_withdraw_an_edge(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna,0151 23456789")
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone,tags\n1,Anna,,vip")

    matched(project)

    assert edges(project) == {("crm:1", "shop:1"): ("merge", "same_phone")}


@pytest.mark.heavy
def test_a_number_that_turns_out_to_be_a_couples_withdraws_the_merge_of_a_nameless_record(
    project: SmallProject,
) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Claudia Weber,0151 23456789")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,,0151 23456789")
    matched(project)
    before = edges(project)
    project.deliver("crm", "2026-01-06", "id,name,phone\n2,Thomas Weber,0151 23456789")

    matched(project)

    assert before == {("crm:1", "shop:1"): ("merge", "same_phone")}
    assert edges(project)["crm:1", "shop:1"] == edges(project)["crm:2", "shop:1"] == ("review", "same_phone")
    assert ("merge", "names_contradict") not in edges(project).values()


SWITCHBOARD = "id,name,phone\n" + "\n".join(
    f"{nth},{name},030 901820"
    for nth, name in enumerate(("Fatma Aydin", "Ruben Castro", "Svenja Ohlsen", "Bob Egger", "Ida Moser", "Leo Pohl"))
)


@pytest.mark.heavy
def test_a_number_that_turns_out_to_be_a_switchboards_withdraws_what_rested_on_it(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Jan Kroeger,030 901820\n2,,030 901820")
    matched(project)
    before = edges(project)
    project.deliver("shop", "2026-01-06", SWITCHBOARD)

    matched(project)

    assert before == {("crm:1", "crm:2"): ("merge", "same_phone")}
    assert people_behind(project) == {"4930901820": 7}
    assert edges(project) == {}


@pytest.mark.heavy
def test_a_number_that_is_nobody_elses_any_more_merges_again(project: SmallProject) -> None:
    rows = "1,Claudia Weber,0151 23456789\n2,,0151 23456789\n3,Thomas Weber"
    project.deliver("crm", "2026-01-05", f"id,name,phone\n{rows},0151 23456789")
    matched(project)
    before = edges(project)
    project.deliver("crm", "2026-01-06", f"id,name,phone\n{rows},0151 23456780")

    matched(project)

    assert before["crm:1", "crm:2"] == ("review", "same_phone")
    assert edges(project) == {("crm:1", "crm:2"): ("merge", "same_phone")}


CAP = next(rule.cap for rule in RULES if rule.parts == ("phone",))


def nameless(count: int) -> str:
    return "id,name,phone\n" + "\n".join(f"{nth},,030 901820" for nth in range(count))


@pytest.mark.heavy
def test_a_number_that_crosses_the_cap_makes_no_pairs_any_more(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,030 901820\n2,,030 901820")
    matched(project)
    before = edges(project)
    project.deliver("shop", "2026-01-06", nameless(CAP - 1))

    assert matched(project) == Matched(records=CAP - 1, pairs=0)
    assert len(before) == 1
    assert edges(project) == {}


@pytest.mark.heavy
def test_a_number_that_comes_back_under_the_cap_makes_pairs_again(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,030 901820\n2,,030 901820")
    project.deliver("shop", "2026-01-05", nameless(CAP - 1))
    matched(project)
    before = edges(project)
    project.deliver("shop", "2026-01-06", "id,name,phone\n0,,030 901821")

    matched(project)

    assert before == {}
    assert ("crm:1", "crm:2") in edges(project)


@pytest.mark.heavy
def test_another_threshold_judges_every_pair_anew(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,,0151 23456789")
    matched(project)
    before = edges(project)
    project.configure(matching={"auto": 0.99, "review": 0.3})

    assert matched(project) == Matched(records=2, pairs=1, merge=0, review=1)
    assert before == {("crm:1", "shop:1"): ("merge", "same_phone")}
    assert edges(project) == {("crm:1", "shop:1"): ("review", "same_phone")}


@pytest.mark.heavy
def test_an_attribute_that_becomes_exclusive_withdraws_merges(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone,tier\n1,Anna Berg,0151 23456789,gold")
    project.deliver("shop", "2026-01-05", "id,name,phone,tier\n1,Anna Berg,0151 23456789,silver")
    matched(project)
    before = edges(project)
    project.configure(attributes={"tier": {"type": "dropdown", "values": ["gold", "silver"], "exclusive": True}})

    matched(project)

    assert before == {("crm:1", "shop:1"): ("merge", "same_phone")}
    assert edges(project) == {("crm:1", "shop:1"): ("review", "exclusive_conflict")}


BORN = {"born": {"type": "date", "role": "date_of_birth"}, "town": {"type": "text", "role": "city"}}


@pytest.mark.heavy
def test_an_attribute_is_compared_by_its_role(project: SmallProject) -> None:
    project.configure(attributes=BORN)
    project.deliver("crm", "2026-01-05", "id,name,born,town\n1,Anna Berg,1980-03-04,Ulm\n2,Otto Kern,,Bonn")
    project.deliver("shop", "2026-01-05", "id,name,born,town\n1,Anna Berg,1980-03-04,ULM\n2,Otto Kern,,Jena")
    matched(project)

    [edge] = project.rows("FROM match_edge")

    told = json.loads(edge["evidence"])
    assert (edge["zone"], told["date_of_birth"]["level"], told["city"]["level"]) == ("merge", "exact", "exact")


@pytest.mark.heavy
def test_an_attribute_without_a_role_is_not_compared(project: SmallProject) -> None:
    project.configure(attributes={"born": {"type": "date"}, "town": {"type": "text"}})
    project.deliver("crm", "2026-01-05", "id,name,born,town\n1,Anna Berg,1980-03-04,Ulm")
    project.deliver("shop", "2026-01-05", "id,name,born,town\n1,Anna Berg,1980-03-04,Ulm")

    matched(project)

    assert ("crm:1", "shop:1") not in {ends for ends, (zone, _) in edges(project).items() if zone == "merge"}


@pytest.mark.heavy
def test_an_attribute_that_is_given_a_role_matches_every_record_anew(project: SmallProject) -> None:
    project.configure(attributes={"born": {"type": "date"}, "town": {"type": "text"}})
    project.deliver("crm", "2026-01-05", "id,name,born,town\n1,Anna Berg,1980-03-04,Ulm")
    project.deliver("shop", "2026-01-05", "id,name,born,town\n1,Anna Berg,1980-03-04,Ulm")
    matched(project)
    project.configure(attributes=BORN)

    assert matched(project).records == 2
    assert edges(project) == {("crm:1", "shop:1"): ("merge", "score")}


@pytest.mark.heavy
def test_an_exact_id_that_two_sources_know_merges(project: SmallProject) -> None:
    project.configure(attributes={"tax_id": {"type": "text", "role": "exact_id"}})
    project.deliver("crm", "2026-01-05", "id,name,tax_id\n1,Anna Berg,T-100200")
    project.deliver("shop", "2026-01-05", "id,name,tax_id\n1,A. Berg,T-100200")

    matched(project)

    assert edges(project) == {("crm:1", "shop:1"): ("merge", "same_id")}


GIVEN, FAMILY = ("Anna", "Otto", "Klara", "Emil"), ("Berg", "Kern", "Thoma", "Weiss")
EVERYBODY = [f"{given} {family}" for family in FAMILY for given in GIVEN]


def people(names: list[str], first: int = 0) -> str:
    lines = [
        f"{nth},{name},0151 234567{nth:02},{name.replace(' ', '.').lower()}@example.com"
        for nth, name in enumerate(names, first)
    ]
    return "\n".join(["id,name,phone,email", *lines])


def models_of_edges(project: SmallProject) -> set[str]:
    return {each["model"] for each in project.rows("SELECT DISTINCT model FROM match_edge")}


def models(project: SmallProject) -> list[tuple[int, int, str]]:
    """Number, records and run of each model that has been fitted."""
    found = project.rows("SELECT number, records, run_id FROM match_model ORDER BY number")
    return [(each["number"], each["records"], each["run_id"]) for each in found]


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six records are enough to fit a model to."""
    monkeypatch.setattr(fitting, "FEWEST", 6)


@pytest.mark.heavy
@pytest.mark.usefixtures("early")
def test_few_records_are_matched_by_the_shipped_model(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", people(EVERYBODY[:2]))
    project.deliver("shop", "2026-01-05", people(EVERYBODY[:3]))

    matched(project)

    assert models(project) == []
    assert models_of_edges(project) == {SHIPPED}


@pytest.mark.heavy
@pytest.mark.usefixtures("early")
def test_a_model_is_fitted_as_soon_as_there_are_enough_records(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", people(EVERYBODY[:3]))
    project.deliver("shop", "2026-01-05", people(EVERYBODY[:3]))

    matched(project)

    assert models(project) == [(1, 6, "run1")]
    assert models_of_edges(project) == {"fit-1"}


@pytest.mark.heavy
@pytest.mark.usefixtures("early")
def test_a_model_is_used_until_there_are_twice_as_many_records(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", people(EVERYBODY[:4]))
    project.deliver("shop", "2026-01-05", people(EVERYBODY[:4]))
    matched(project)
    project.deliver("shop", "2026-01-06", people(EVERYBODY[4:11], 4))

    assert matched(project).records == 7
    assert models(project) == [(1, 8, "run1")]
    assert models_of_edges(project) == {"fit-1"}


@pytest.mark.heavy
@pytest.mark.usefixtures("early")
def test_a_refit_matches_every_record_anew(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", people(EVERYBODY[:4]))
    project.deliver("shop", "2026-01-05", people(EVERYBODY[:4]))
    matched(project)
    project.deliver("shop", "2026-01-06", people(EVERYBODY[4:12], 4))

    assert matched(project).records == 16
    assert models(project) == [(1, 8, "run1"), (2, 16, "run2")]
    assert models_of_edges(project) == {"fit-2"}


@pytest.mark.heavy
@pytest.mark.usefixtures("early")
def test_a_model_says_in_all_later_runs_what_it_said_in_the_first(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", people(EVERYBODY[:8]))
    project.deliver("shop", "2026-01-05", people(EVERYBODY[:6]))
    matched(project)
    project.deliver("shop", "2026-01-06", people([f"{name[0]}. {name.split()[1]}" for name in EVERYBODY[5:10]], 5))
    matched(project)
    tables = {
        "match_edge": "SELECT * EXCLUDE run_id FROM match_edge ORDER BY ALL",
        "blocking_key": "FROM blocking_key ORDER BY ALL",
        "compared_identifier": "FROM compared_identifier ORDER BY ALL",
        "shared_identifier": "FROM shared_identifier ORDER BY ALL",
    }
    added_up = {table: project.rows(sql) for table, sql in tables.items()}
    enqueue_all(project.connection, MATCH, everybody(project))

    assert project.match().records == 18
    assert [number for number, _, _ in models(project)] == [1]
    assert {table: project.rows(sql) for table, sql in tables.items()} == added_up


def everybody(project: SmallProject) -> pl.Series:
    found = project.rows("SELECT record_key FROM record ORDER BY record_key")
    return pl.Series([each["record_key"] for each in found], dtype=pl.String)


@pytest.mark.heavy
def test_an_edge_that_is_found_again_stays_with_the_run_that_made_it(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    matched(project)
    enqueue_all(project.connection, MATCH, everybody(project))

    assert matched(project) == Matched(records=2, pairs=1, merge=1)
    assert project.rows("SELECT run_id FROM match_edge") == [{"run_id": "run1"}]


@pytest.mark.heavy
@pytest.mark.usefixtures("early")
def test_each_record_is_read_once_however_often_it_is_looked_at(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deliver("crm", "2026-01-05", people(EVERYBODY[:8]))
    project.deliver("shop", "2026-01-05", people(EVERYBODY[:8]))
    read: list[str] = []
    stated_fields = stated.stated_fields

    def counted(connection: Connection, wanted: pl.DataFrame) -> AbstractContextManager[None]:
        read.extend(wanted["record_key"])
        return stated_fields(connection, wanted)

    monkeypatch.setattr(comparison_data, "stated_fields", counted)
    matched(project)

    assert sorted(read) == everybody(project).to_list()


@pytest.mark.heavy
def test_a_pair_for_review_leaves_a_contact_of_one_record_as_it_is(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Claudia Weber,0151 23456789")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Thomas Weber,0151 23456789")
    project.run()
    project.deliver("helpdesk", "2026-01-06", "id,name,email,phone_number\n7,,,+4915123456789")
    matched(project)

    pending = project.rows(
        "SELECT DISTINCT source FROM work_queue JOIN record USING (record_key) WHERE step = 'contacts' ORDER BY source"
    )
    assert {zone for zone, _ in edges(project).values()} == {"review"}
    assert [each["source"] for each in pending] == ["helpdesk"]


@pytest.mark.heavy
def test_a_step_that_fails_has_done_nothing_and_is_done_again(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    with monkeypatch.context() as broken:
        broken.setattr(step, "dequeue", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            matched(project)

    assert project.rows("FROM blocking_key") == []
    assert project.match() == Matched(records=2, pairs=1, merge=1)


@pytest.mark.heavy
def test_matching_says_how_far_it_is_and_nothing_where_there_is_nothing_to_match(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    received(project)
    heard: list[tuple[str, int, int | None]] = []
    with listening(lambda *said: heard.append(said)):
        project.match()
        assert heard == [("matching", 0, 2), ("reading what is compared", 0, 2), ("matching", 2, 2)]
        assert tuple(project.match()) == (0, 0, 0, 0)
    assert len(heard) == 3


@pytest.mark.heavy
def test_identifiers_of_several_records_are_counted_by_the_people_behind_them(project: SmallProject) -> None:
    project.deliver(
        "crm",
        "2026-01-05",
        """id,name,phone,email
        1,Anna Berg,0151 23456789,anna@example.com
        2,Thomas Kern,0151 23456789,
        3,Anna Berg,,anna@example.com
        4,Zoe Tal,0151 23456780,zoe@example.com""",
    )
    matched(project)
    assert shared(project).filter(pl.col("field").is_in(("email", "phone"))).rows() == [
        ("email", "anna@example.com", 2, 1),
        ("phone", "4915123456789", 2, 2),
    ]


@pytest.mark.heavy
def test_nobody_is_compared_with_records_that_share_no_key(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name\n1,Anna Berg")
    assert matched(project) == Matched(records=1, pairs=0, merge=0, review=0)
    assert edges(project) == {}


def test_of_what_a_record_states_only_numbers_and_addresses_are_looked_for_in_others(project: SmallProject) -> None:
    project.deliver(
        "crm",
        "2026-01-05",
        "id,name,phone,email,birth_date,company,postcode\n"
        "1,Anna Berg,0151 23456789,anna@example.com,1990-04-03,Northwind,10117",
    )
    matched(project)
    assert {each["field"] for each in project.rows("FROM compared_identifier")} == {"phone", "email"}
