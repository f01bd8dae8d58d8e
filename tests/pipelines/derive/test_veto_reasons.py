import pytest

from pipelines.derive.veto_reasons import veto_reasons
from tests.small_project import SmallProject, starting_point

MANY = "\n".join(
    ["id,name,phone,email", *(f"{n},Anna Berg,+49 30 90182011,anna{n}x@mail{n}.example" for n in range(6))]
)


@starting_point
def contacts(project: SmallProject) -> None:
    """Anna with six addresses on one number, Otto with another name and number."""
    project.deliver("crm", "2026-01-05", MANY)
    project.deliver("shop", "2026-01-05", "id,name,phone,account_id\n1,Otto Kern,+49 30 90182012,A-1")
    project.deliver("helpdesk", "2026-01-05", "id,name,phone_number\n1,Ottilie Kern,+493090182013")
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
