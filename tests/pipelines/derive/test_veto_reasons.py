import pytest

from pipelines.decide.merge import dismiss, unmerge
from pipelines.derive.veto_reasons import veto_reasons
from tests.deciding import ruling
from tests.small_project import SmallProject, starting_point

MANY = "\n".join(
    ["id,name,phone,email", *(f"{n},Anna Berg,+49 30 90182011,anna{n}x@mail{n}.example" for n in range(6))]
)


@starting_point
def contacts(project: SmallProject) -> None:
    """Anna with six addresses on one number, and four others with names and numbers of their own."""
    project.deliver("crm", "2026-01-05", MANY)
    shop = """id,name,phone,email,account_id
        1,Otto Kern,+49 30 90182012,,A-1
        2,Zoe Tal,+49 30 90182016,,A-2
        3,Mia Roth,,mia@roth.example,
        4,Mia Roth,,mia@roth.example,
        5,Mia Roth,+49 30 90182017,mia@roth.example,"""
    project.deliver("shop", "2026-01-05", shop)
    helpdesk = ["id,name,phone_number", "1,Ottilie Kern,+493090182013"]
    helpdesk += [f"{number},Ludmilla Kern,+493090182015" for number in range(10, 16)]
    project.deliver("helpdesk", "2026-01-05", "\n".join(helpdesk))
    project.run()


def told(project: SmallProject, veto: str, one: str, other: str) -> list[str]:
    return veto_reasons(
        project.project, project.connection, veto, project.contact_of(one), project.contact_of(other)
    )  # fmt: skip


@pytest.mark.heavy
def test_too_many_addresses_are_counted(contacts: SmallProject) -> None:
    [vetoed] = contacts.rows("""
        SELECT DISTINCT lo.source || ':' || lo.record_id AS lo, hi.source || ':' || hi.record_id AS hi
        FROM vetoed_edge JOIN record lo ON lo.record_key = record_lo JOIN record hi ON hi.record_key = record_hi
        WHERE reason = 'veto:cardinality' LIMIT 1""")
    assert told(contacts, "veto:cardinality", vetoed["lo"], vetoed["hi"]) == [
        "together they have 6 email values, and 5 are the most"
    ]


def test_names_that_contradict_each_other_are_named_with_their_records(contacts: SmallProject) -> None:
    lines = told(contacts, "veto:names", "crm:0", "shop:1")
    assert lines
    assert all("given names" in line and "anna" in line and "otto" in line for line in lines)


def test_without_a_conflict_there_is_nothing_to_tell(contacts: SmallProject) -> None:
    assert told(contacts, "veto:exclusive", "crm:0", "shop:1") == []


def test_a_bridge_is_told_by_the_pairs_that_would_merge(contacts: SmallProject) -> None:
    [line] = told(contacts, "bridge", "shop:1", "helpdesk:1")
    assert line.startswith("of 1 pairs of their records, 0 reach `auto`")


@pytest.mark.heavy
def test_every_pair_of_records_is_told_up_to_five(contacts: SmallProject) -> None:
    lines = told(contacts, "veto:names", "shop:1", "helpdesk:10")
    assert len(lines) == len({line.split(":")[2] for line in lines}) == 5
    assert all(line.startswith("shop:1 and helpdesk:1") for line in lines)
    assert all(line.endswith(": given names otto and ludmilla") for line in lines)


def test_two_people_who_fit_one_record_are_told_by_their_names(contacts: SmallProject) -> None:
    assert told(contacts, "veto:rivals", "shop:1", "helpdesk:1") == [
        "shop:1 and helpdesk:1: given names otto and ottilie"
    ]


def test_two_values_of_what_one_person_has_once_are_told_with_their_records(contacts: SmallProject) -> None:
    assert told(contacts, "veto:exclusive", "shop:1", "shop:2") == ["shop:1 and shop:2: account_id A-1 and A-2"]


@pytest.mark.heavy
def test_a_decision_that_keeps_two_apart_is_told_with_how_to_take_it_back(contacts: SmallProject) -> None:
    where = contacts.project, contacts.connection
    made = dismiss(*where, contacts.contact_of("shop:1"), contacts.contact_of("helpdesk:1"), ruling(15))
    assert told(contacts, "veto:decision", "shop:1", "helpdesk:1") == [
        f"`onecontact revoke {made.decision_id}` takes back the decision"
    ]
    assert told(contacts, "veto:decision", "shop:1", "crm:0") == []


@pytest.mark.heavy
def test_pairs_that_reach_auto_are_counted_across_two_contacts_and_not_within_them(contacts: SmallProject) -> None:
    assert told(contacts, "bridge", "shop:3", "shop:1") == ["of 3 pairs of their records, 0 reach `auto` (0.8)"]
    unmerge(contacts.project, contacts.connection, contacts.contact_of("shop:3"), ruling(15), ["shop:5"])
    assert told(contacts, "bridge", "shop:3", "shop:5") == ["of 2 pairs of their records, 2 reach `auto` (0.8)"]
