import json

import pytest

from pipelines.match.blocks import CAP
from pipelines.match.model import PRIORS
from pipelines.steps import match as step
from pipelines.steps.match import Matched
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


def states(project: SmallProject) -> dict[str, str]:
    return {each["key"]: each["state"] for each in project.rows("FROM match_block WHERE key LIKE 'phone:%'")}


def test_records_of_two_sources_are_matched(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("helpdesk", "2026-01-05", "id,name,email,phone_number\n7,Berg,anna.berg@example.com,")

    assert matched(project) == Matched(records=2, pairs=1, merge=1, review=0)
    assert edges(project) == {("crm:1", "helpdesk:7"): ("merge", "same_email")}


def test_an_edge_says_which_model_and_run_made_it_and_why(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    matched(project)

    [edge] = project.rows("FROM match_edge")

    assert (edge["model"], edge["run_id"]) == (PRIORS.version, "run1")
    assert json.loads(edge["evidence"])["email"]["level"] == "exact"


def test_without_anything_new_nothing_is_looked_at(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    matched(project)

    assert matched(project) == Matched()
    assert len(edges(project)) == 1


def test_only_what_changed_is_compared(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone\n2,Karl Otto,0151 23456780")

    assert matched(project) == Matched(records=1, pairs=0)


def test_an_edge_is_withdrawn_when_the_number_it_rested_on_changes(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna,0151 23456789")
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone\n1,Anna,0151 23456780")

    matched(project)

    assert edges(project) == {}


def test_an_edge_is_withdrawn_when_the_number_it_rested_on_is_cleared(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna,0151 23456789")
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone\n1,Anna,\\N")

    matched(project)

    assert edges(project) == {}


def test_a_blank_number_does_not_withdraw_an_edge(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna,0151 23456789")
    matched(project)
    project.deliver("shop", "2026-01-06", "id,name,phone,tags\n1,Anna,,vip")

    matched(project)

    assert edges(project) == {("crm:1", "shop:1"): ("merge", "same_phone")}


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
    assert states(project) == {"phone:+4915123456789": "contested"}
    assert edges(project) == {
        ("crm:1", "crm:2"): ("review", "names_contradict"),
        ("crm:1", "shop:1"): ("review", "same_phone"),
        ("crm:2", "shop:1"): ("review", "same_phone"),
    }


def test_a_number_that_turns_out_to_be_a_switchboards_withdraws_what_rested_on_it(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Jan Kroeger,030 901820\n2,,030 901820")
    matched(project)
    before = edges(project)
    later = "id,name,phone\n1,Fatma Aydin,030 901820\n2,Ruben Castro,030 901820\n3,Svenja Ohlsen,030 901820"
    project.deliver("shop", "2026-01-06", later)

    matched(project)

    assert before == {("crm:1", "crm:2"): ("merge", "same_phone")}
    assert states(project) == {"phone:+4930901820": "generic"}
    assert edges(project) == {}


def test_a_number_that_is_a_couples_no_longer_merges_again(project: SmallProject) -> None:
    rows = "1,Claudia Weber,0151 23456789\n2,,0151 23456789\n3,Thomas Weber"
    project.deliver("crm", "2026-01-05", f"id,name,phone\n{rows},0151 23456789")
    matched(project)
    project.deliver("crm", "2026-01-06", f"id,name,phone\n{rows},0151 23456780")

    matched(project)

    assert states(project) == {"phone:+4915123456789": "plain"}
    assert edges(project) == {("crm:1", "crm:2"): ("merge", "same_phone")}


def test_a_number_that_crosses_the_cap_makes_no_pairs_any_more(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,030 901820\n2,,030 901820")
    matched(project)
    before = edges(project)
    crowd = "\n".join(f"{nth},,030 901820" for nth in range(CAP - 1))
    project.deliver("shop", "2026-01-06", f"id,name,phone\n{crowd}")

    assert matched(project) == Matched(records=CAP - 1, pairs=0)
    assert len(before) == 1
    assert states(project) == {"phone:+4930901820": "capped"}
    assert edges(project) == {}


def test_another_threshold_judges_every_pair_anew(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,+55 11 98555-0143")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,,+55 11 8555-0143")
    matched(project)
    before = edges(project)
    project.configure(matching={"auto": 0.75, "review": 0.7})

    matched(project)

    assert before == {("crm:1", "shop:1"): ("review", "phone_variant")}
    assert edges(project) == {("crm:1", "shop:1"): ("merge", "phone_variant")}


def test_an_attribute_that_becomes_exclusive_withdraws_merges(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone,tier\n1,Anna Berg,0151 23456789,gold")
    project.deliver("shop", "2026-01-05", "id,name,phone,tier\n1,Anna Berg,0151 23456789,silver")
    matched(project)
    before = edges(project)
    project.configure(attributes={"tier": {"type": "dropdown", "values": ["gold", "silver"], "exclusive": True}})

    matched(project)

    assert before == {("crm:1", "shop:1"): ("merge", "same_phone")}
    assert edges(project) == {("crm:1", "shop:1"): ("review", "exclusive_conflict")}


def test_a_step_that_fails_has_done_nothing_and_is_done_again(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", ANNA)
    with monkeypatch.context() as broken:
        broken.setattr(step, "settle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            matched(project)

    assert project.rows("FROM match_key") == []
    assert project.match() == Matched(records=2, pairs=1, merge=1)
