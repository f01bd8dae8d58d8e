import polars as pl
import pytest

from pipelines.decide.merge import merge, unmerge
from pipelines.errors import NeverMatched
from pipelines.steps.explain import Explained, explain
from pipelines.store.decisions import decisions
from pipelines.store.matching import evidence
from tests.deciding import ruling
from tests.small_project import SmallProject, starting_point

ANNA = "id,name,phone,email,account_id"


def explained(project: SmallProject, one: str, other: str) -> Explained:
    """Two records, written `source:record id`."""
    sides = [evidence.record_known_as(project.connection, each) for each in (one, other)]
    return explain(project.project, project.connection, *sides)


@starting_point
def matched(project: SmallProject) -> None:
    project.deliver(
        "crm",
        "2026-01-05",
        f"""
        {ANNA}
        1,Anna Berg,+49 30 90182011,anna.berg@example.com,
        2,Otto Kern,+49 30 90182012,,
        3,Klara Thoma,,klara.thoma@example.com,A-1
        4,Klara Thoma,,klara.thoma@example.com,A-2
        """,
    )
    project.deliver(
        "shop",
        "2026-01-05",
        f"""
        {ANNA}
        1,Berg Anna,+49 30 90182011,,
        2,Anna Berg,+49 30 90182044,anna.berg@example.com,
        3,,,klara.thoma@example.com,
        """,
    )
    project.run()


@pytest.mark.heavy
def test_a_pair_that_merged_says_what_was_compared_and_what_it_weighs(matched: SmallProject) -> None:
    found = explained(matched, "crm:1", "shop:2")
    levels = {each.field: (each.one, each.other, each.level) for each in found.items}

    assert (found.verdict, found.zone, found.rule) == ("merged", "merge", "same_email")
    assert levels["email"] == (["anna.berg@example.com"], ["anna.berg@example.com"], "exact")
    assert levels["phone"] == (["493090182011"], ["493090182044"], "different")
    assert found.one_contact
    assert found.path == []


def test_prior_items_and_relation_add_up_to_the_weight(matched: SmallProject) -> None:
    found = explained(matched, "crm:1", "shop:2")
    parts = found.prior + found.relation + sum(each.weight for each in found.items)
    assert found.weight == pytest.approx(parts)
    assert found.probability == pytest.approx(1 / (1 + 2**-found.weight))


def test_the_probability_is_that_of_the_edge_that_was_kept(matched: SmallProject) -> None:
    [edge] = matched.rows("SELECT max(probability) AS probability FROM match_edge WHERE rule = 'same_phone'")
    found = explained(matched, "crm:1", "shop:1")
    assert found.kept_probability is None
    assert found.probability == pytest.approx(edge["probability"], abs=1e-5)


@pytest.mark.heavy
def test_names_in_each_others_place_are_told(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,first_name,last_name,email\n1,Anna,Berg,a@example.com")
    project.deliver("shop", "2026-01-05", "id,first_name,last_name,email\n1,Berg,Anna,a@example.com")
    project.run()
    found = explained(project, "crm:1", "shop:1")
    assert found.swapped
    assert [each.level for each in found.items if each.field == "family_name"] == ["exact"]


def test_a_pair_without_a_common_blocking_key_says_what_each_has(matched: SmallProject) -> None:
    found = explained(matched, "crm:2", "shop:3")
    assert (found.verdict, found.keys.shared) == ("not_compared", [])
    assert "phone" in found.keys.only_one
    assert "email" in found.keys.only_other
    assert "share no blocking key" in found.why


def test_a_pair_that_only_shares_a_block_over_its_cap_says_so(
    matched: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    caps = dict.fromkeys(range(100), 1)
    monkeypatch.setattr("pipelines.derive.pair_explanation.CAPS", caps)
    monkeypatch.setattr("pipelines.steps.explain.CAPS", caps)
    matched.connection.execute("DELETE FROM match_edge")
    found = explained(matched, "crm:1", "shop:2")
    assert found.verdict == "capped"
    assert all(block.records > block.cap for block in found.keys.shared)


def test_a_conflict_of_an_exclusive_attribute_is_shown_with_both_values(matched: SmallProject) -> None:
    found = explained(matched, "crm:3", "crm:4")
    assert (found.verdict, found.zone) == ("conflict", "review")
    assert [(each.attribute, {each.one, each.other}) for each in found.conflicts] == [("account_id", {"A-1", "A-2"})]


def test_a_veto_says_what_stands_against_the_contact(matched: SmallProject) -> None:
    verdicts = {record: explained(matched, record, "shop:3") for record in ("crm:3", "crm:4")}
    [vetoed] = [each for each in verdicts.values() if each.verdict == "vetoed"]
    assert "two values of an attribute" in vetoed.why
    assert vetoed.against
    assert all("account_id A-" in line for line in vetoed.against)


def test_a_pair_in_one_contact_through_others_shows_the_way(matched: SmallProject) -> None:
    found = explained(matched, "shop:1", "shop:2")
    assert found.one_contact
    assert [each.one for each in found.path] == ["shop:1", "crm:1"]


def test_of_contacts_with_several_records_the_strongest_pair_is_explained(matched: SmallProject) -> None:
    anna = decisions.members(matched.connection, matched.contact_of("crm:1"))
    otto = evidence.record_known_as(matched.connection, "crm:2")
    found = explain(matched.project, matched.connection, anna, otto)
    assert found.other_pairs == anna.len() - 1


def test_a_record_that_changed_since_the_last_run_is_told(matched: SmallProject) -> None:
    matched.deliver("shop", "2026-02-05", f"{ANNA}\n2,Anna Berg,,berg.anna@example.org,")
    matched.runs += 1
    matched.receive()
    found = explained(matched, "crm:1", "shop:2")
    assert found.kept_probability is not None
    assert found.kept_probability > found.probability


def test_a_record_that_no_run_has_come_to_waits_for_the_next(matched: SmallProject) -> None:
    matched.deliver("crm", "2026-02-05", f"{ANNA}\n9,Anna Berg,,anna.berg@example.com,")
    matched.runs += 1
    matched.receive()
    assert explained(matched, "crm:1", "crm:9").verdict == "pending"


def test_before_the_first_match_there_is_nothing_to_explain(project: SmallProject) -> None:
    with pytest.raises(NeverMatched, match="onecontact run"):
        evidence.require_matched(project.connection)


def test_an_id_of_former_times_stands_for_the_records_it_had(matched: SmallProject) -> None:
    before = matched.contact_of("crm:2")
    matched.deliver("shop", "2026-02-05", f"{ANNA}\n7,Otto Kern,+49 30 90182012,anna.berg@example.com,")
    assert evidence.former_members(matched.connection, before).to_list() == (
        evidence.record_known_as(matched.connection, "crm:2").to_list()
    )
    assert evidence.former_members(matched.connection, "nobody").equals(pl.Series("record_key", [], pl.String))


def test_two_that_somebody_made_one_say_who_did_and_how_to_take_it_back(matched: SmallProject) -> None:
    contacts = [matched.contact_of("crm:1"), matched.contact_of("crm:2")]
    decision = merge(matched.project, matched.connection, contacts, ruling(15))
    found = explained(matched, "crm:1", "crm:2")

    assert (found.verdict, found.rule, found.one_contact) == ("merged", "decision", True)
    assert found.why == (
        "one person, as Ina decided on 2026-06-15: they told us "
        f"(`onecontact revoke {decision.decision_id}` takes it back)"
    )


def test_two_that_somebody_parted_say_who_did(matched: SmallProject) -> None:
    contact = matched.contact_of("crm:1")
    unmerge(matched.project, matched.connection, contact, ruling(15), ["shop:2"])
    found = explained(matched, "crm:1", "shop:2")

    assert (found.verdict, found.zone, found.one_contact) == ("parted", "merge", False)
    assert found.why.startswith("not one person, as Ina decided on 2026-06-15")


@pytest.mark.heavy
def test_others_that_a_decision_keeps_apart_say_which_to_take_back(matched: SmallProject) -> None:
    matched.deliver("crm", "2026-01-06", f"{ANNA}\n5,Anna Berg,+49 30 90182044,anna.berg@example.com,")
    matched.run()
    decision = unmerge(matched.project, matched.connection, matched.contact_of("crm:1"), ruling(15), ["crm:1"])
    matched.deliver("helpdesk", "2026-01-06", "id,name,email\n9,Anna Berg,anna.berg@example.com")
    matched.run()
    [vetoed] = [
        each for record in ("crm:1", "shop:2", "crm:5")
        if (each := explained(matched, "helpdesk:9", record)).verdict == "vetoed"
    ][:1]  # fmt: skip

    assert vetoed.against == [f"`onecontact revoke {decision.decision_id}` takes back the decision"]
