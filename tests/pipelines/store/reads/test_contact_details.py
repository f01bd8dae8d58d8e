import pytest

from pipelines.decide.resolve_contact import contacts_meant
from pipelines.store.contacts import id_history
from pipelines.store.reads import contact_details, search
from tests.small_project import SmallProject

ANNA = "id,name,phone,email,account_id\n1,Anna Müller-Berg,0151 23456789,anna@example.com,K-7"
SAME = "id,name,phone,email\n1,Anna Müller-Berg,0151 23456789,"


@pytest.mark.heavy
@pytest.mark.parametrize("words", ["muller", "ANNA M", "anna@EXAMPLE", "0151 234 567", "k-7", "+49151"])
def test_a_contact_is_found_by_part_of_what_is_known_of_it(project: SmallProject, words: str) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.run()
    assert search.find(project.connection, words).to_list() == [project.contact_of("crm:1")]


@pytest.mark.heavy
@pytest.mark.parametrize("words", ["", "  ", "bernd", "999"])
def test_nothing_is_found_by_what_is_not_known(project: SmallProject, words: str) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.run()
    assert search.find(project.connection, words).is_empty()


@pytest.mark.heavy
def test_the_id_of_a_merged_contact_leads_to_the_one_it_is_in(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.run()
    shop = project.contact_of("shop:1")
    project.deliver("crm", "2026-01-06", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.run()
    assert id_history.resolve_id(project.connection, shop) == project.contact_of("crm:1") != shop
    assert search.find(project.connection, shop[:8]).to_list() == [project.contact_of("crm:1")]


@pytest.mark.heavy
def test_an_id_that_came_back_leads_to_itself_alone(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.run()
    project.deliver("shop", "2026-01-06", "id,name,phone\n1,Anna Berg,0151 99999999")
    project.run()
    shop = project.contact_of("shop:1")
    assert shop != project.contact_of("crm:1")
    assert id_history.resolve_id(project.connection, shop) is None
    assert search.find(project.connection, shop).to_list() == [shop]


@pytest.mark.heavy
def test_a_record_names_what_ties_it_to_the_others(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.deliver("shop", "2026-01-05", SAME)
    project.run()
    members = contact_details.member_records(project.connection, project.contact_of("crm:1"))
    assert members.select("source", "rule").rows() == [("crm", "same_phone"), ("shop", "same_phone")]


@pytest.mark.heavy
def test_whoever_has_precisely_this_name_is_meant_and_no_other(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,a@example.com\n2,Anna Bergmann,b@example.com")
    project.run()
    assert search.best_match(project.connection, "anna berg").to_list() == [project.contact_of("crm:1")]
    assert search.best_match(project.connection, "anna ber").len() == 2


def test_what_waits_for_somebody_is_named_with_the_way_out(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,4.91E+11")
    project.deliver("shop", "2026-01-05", "id,two\n1,2")
    project.run()
    found = {row["source"]: row for row in contact_details.open_deliveries(project.connection).to_dicts()}
    assert found["crm"]["rows"] == 1
    assert found["shop"]["state"] == "refused"
    assert "columns:" in found["shop"]["remediation"]


@pytest.mark.heavy
@pytest.mark.parametrize("words", ["berg anna", "Müller-Berg, Anna", "mueller", "MÜLLER"])
def test_a_name_is_found_by_its_words_in_any_order_and_spelling(project: SmallProject, words: str) -> None:
    project.deliver("crm", "2026-01-05", ANNA)
    project.run()
    assert search.find(project.connection, words).to_list() == [project.contact_of("crm:1")]


@pytest.mark.heavy
def test_a_contact_names_those_that_may_be_the_same_person(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.run()
    (twin,) = contact_details.possible_duplicates(project.connection, project.contact_of("crm:1")).to_dicts()
    assert (twin["contact_id"], twin["reason"]) == (project.contact_of("shop:1"), "score")
    assert contact_details.review_queue(project.connection).height == 1


@pytest.mark.heavy
def test_a_number_that_was_changed_still_finds_its_contact_and_says_until_when(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.run()
    project.deliver("crm", "2026-02-05", "id,name,phone\n1,Anna Berg,0151 99999999")
    project.run()
    anna = project.contact_of("crm:1")
    assert contacts_meant(project.connection, ["0151 23456789"], "DE") == {"0151 23456789": [anna]}
    assert search.find(project.connection, "0151 23456789").to_list() == [anna]
    (former,) = contact_details.former_identifiers(project.connection, anna).to_dicts()
    assert (former["value"], former["last_seen_at"].month, former["line_number"]) == ("+4915123456789", 1, 2)
