"""A source gives the id of one person to another: who comes is not blocked, tagged or named as who went."""

import pytest

from pipelines.decide.annotate import note, tag
from pipelines.decide.block import block, unblock
from pipelines.decide.edit import pin
from pipelines.steps.rebuild import compare
from pipelines.store.contacts.id_changes import all_resolved
from pipelines.store.reads.contact_details import member_records
from tests.deciding import ruling
from tests.small_project import SETTINGS, SmallProject, starting_point

pytestmark = pytest.mark.heavy  # whole runs of a project

HEADER = "id,name,phone,email"
LATER = 400  # days after May 31, 2026: later than anything was received
ANNA = "Anna Berg,0151 23456781,anna@berg.example"
ZOE = "Zoe Tal,0151 23456792,zoe@tal.example"


def deliver(project: SmallProject, day: str, *rows: str, source: str = "crm") -> None:
    """A list of a day, and a run."""
    project.deliver(source, f"2026-{day}", "\n".join([HEADER, *rows]))
    project.run()
    assert compare(project.project, project.connection).is_equal


def changes(project: SmallProject) -> list[tuple[str, str, str]]:
    """What was said of ids: kind, former and new contact by its name, or its id where it is no more."""
    return [
        (row["kind"], row["old"], row["new"])
        for row in project.rows("""
            SELECT i.kind, coalesce(o.name, 'gone') AS old, coalesce(n.name, 'gone') AS new FROM id_changes i
            LEFT JOIN contact o ON o.contact_id = i.old_id LEFT JOIN contact n ON n.contact_id = i.new_id
            ORDER BY i.number""")
    ]


def people(project: SmallProject) -> dict[str, str]:
    """Names of contacts, with their status."""
    return {row["name"]: row["status"] for row in project.rows("SELECT name, status FROM contact")}


@starting_point
def anna(project: SmallProject) -> None:
    """Anna, of whom much was decided."""
    deliver(project, "01-05", f"1,{ANNA}")
    contact, at = project.contact_of("crm:1"), (project.project, project.connection)
    block(*at, contact, ruling(1))
    tag(*at, contact, "vip", ruling(2))
    note(*at, contact, "speaks Danish", ruling(3))
    pin(*at, contact, "email", "anna@new.example", ruling(4))


def test_what_was_decided_stays_with_whom_it_was_decided_about(anna: SmallProject) -> None:
    hers = anna.contact_of("crm:1")
    deliver(anna, "02-05", f"1,{ZOE}")
    assert people(anna) == {"Anna Berg": "blocked", "Zoe Tal": "inactive"}
    zoe = anna.contact("crm:1")
    assert (zoe["name"], zoe["email"], zoe["tags"]) == ("Zoe Tal", "zoe@tal.example", [])
    [still] = anna.rows("FROM contact WHERE contact_id = ?", hers)
    assert (still["name"], still["email"], still["tags"]) == ("Anna Berg", "anna@new.example", ["vip"])
    assert changes(anna) == [("reused", "Anna Berg", "Zoe Tal")]


def test_it_makes_no_difference_in_which_order_the_lists_arrive(project: SmallProject) -> None:
    deliver(project, "02-05", f"1,{ZOE}")
    deliver(project, "01-05", f"1,{ANNA}")
    assert people(project) == {"Anna Berg": "inactive", "Zoe Tal": "inactive"}
    assert project.contact("crm:1")["name"] == "Zoe Tal"
    assert changes(project) == []  # whoever keeps ids has heard of Zoe as 1, and of nobody else


def test_swapped_ids_swap_nothing_but_ids(anna: SmallProject) -> None:
    deliver(anna, "01-06", f"1,{ANNA}", f"2,{ZOE}")
    before = {row["name"]: row["contact_id"] for row in anna.rows("SELECT name, contact_id FROM contact")}
    deliver(anna, "02-05", f"2,{ANNA}", f"1,{ZOE}")
    assert {row["name"]: row["contact_id"] for row in anna.rows("SELECT name, contact_id FROM contact")} == before
    assert people(anna) == {"Anna Berg": "blocked", "Zoe Tal": "inactive"}
    assert [anna.contact(record)["name"] for record in ("crm:1", "crm:2")] == ["Zoe Tal", "Anna Berg"]
    assert sorted(changes(anna)) == [("reused", "Anna Berg", "Zoe Tal"), ("reused", "Zoe Tal", "Anna Berg")]


def test_an_id_that_comes_back_is_hers_again(anna: SmallProject) -> None:
    deliver(anna, "02-05", f"1,{ZOE}")
    deliver(anna, "03-05", f"1,{ANNA}")
    assert anna.contact("crm:1")["name"] == "Anna Berg"
    assert [kind for kind, *_ in changes(anna)] == ["reused", "reused"]
    unblock(anna.project, anna.connection, anna.contact_of("crm:1"), ruling(5))
    assert people(anna) == {"Anna Berg": "inactive", "Zoe Tal": "inactive"}


def test_another_source_still_knows_her(anna: SmallProject) -> None:
    deliver(anna, "01-06", f"77,{ANNA}", source="shop")
    deliver(anna, "02-05", f"1,{ZOE}")
    assert anna.contact("shop:77")["status"] == "blocked"
    deliver(anna, "02-06", "77,Zoe Tal,,zoe@tal.example", source="shop")
    assert anna.contact_of("shop:77") == anna.contact_of("crm:1")
    assert people(anna) == {"Anna Berg": "blocked", "Zoe Tal": "inactive"}


def test_two_that_turn_out_to_be_one_person_are_one_again(project: SmallProject) -> None:
    deliver(project, "01-05", "6,Dieter Lund,0151 23456701,")
    deliver(project, "01-06", "6,Quirin Voss,0151 23456702,")
    dieter, quirin = (row["contact_id"] for row in project.rows("SELECT contact_id FROM contact ORDER BY name"))
    block(project.project, project.connection, quirin, ruling(1))
    deliver(project, "01-07", "6,Quirin Voss,0151 23456701,")
    assert people(project) == {"Quirin Voss": "blocked"}
    assert project.contact_of("crm:6") == dieter
    assert all_resolved(project.connection, [quirin]) == {quirin: dieter}
    assert changes(project) == [("reused", "Quirin Voss", "gone"), ("merged", "gone", "Quirin Voss")]


def test_both_in_one_file_are_two(project: SmallProject) -> None:
    deliver(project, "01-05", f"1,{ANNA}", f"1,{ZOE}", f"2,{ANNA}")
    assert people(project) == {"Anna Berg": "inactive", "Zoe Tal": "inactive"}


@pytest.mark.parametrize(
    "row",
    [
        "1,Anna Tal,0151 23456781,",  # who has married
        "1,Anna Tal,,",  # of whom only that is known
        "1,Anne Berg,0151 23456799,",
        "1,,0151 23456799,",
    ],
)
def test_a_change_of_name_or_number_is_no_other_person(anna: SmallProject, row: str) -> None:
    deliver(anna, "02-05", row)
    assert list(people(anna).values()) == ["blocked"]
    assert changes(anna) == []


def test_the_former_one_is_marked(anna: SmallProject) -> None:
    hers = anna.contact_of("crm:1")
    deliver(anna, "02-05", f"1,{ZOE}")
    [kept] = member_records(anna.connection, hers).to_dicts()
    [given] = member_records(anna.connection, anna.contact_of("crm:1")).to_dicts()
    assert [(each["record_id"], each["is_current"]) for each in (kept, given)] == [("1", False), ("1", True)]


def test_a_row_without_a_name_leaves_the_id_with_who_has_it(project: SmallProject) -> None:
    deliver(project, "01-05", f"1,{ANNA}")
    deliver(project, "01-06", "1,,030 901820,")
    deliver(project, "01-07", f"1,{ZOE}")
    deliver(project, "01-08", "1,,030 901820,")
    assert project.contact("crm:1")["name"] == "Zoe Tal"
    assert [kind for kind, *_ in changes(project)] == ["reused"]


def test_whoever_spoke_last_is_whom_a_decision_was_about_when_two_turn_out_to_be_meant(project: SmallProject) -> None:
    deliver(project, "01-05", "1,Anna Berg,0151 23456781,")
    deliver(project, "01-07", "1,Anna Tal,,")
    block(project.project, project.connection, project.contact_of("crm:1"), ruling(LATER))
    deliver(project, "01-09", "1,Anna Tal,0151 23456700,")
    assert people(project) == {"Anna Berg": "inactive", "Anna Tal": "blocked"}


def test_a_decision_after_a_run_that_stopped_before_matching_is_taken(project: SmallProject) -> None:
    deliver(project, "01-05", "6,Dieter Lund,0151 23456701,")
    deliver(project, "01-06", "6,Quirin Voss,0151 23456702,")
    quirin = project.contact_of("crm:6")
    project.deliver("crm", "2026-01-07", f"{HEADER}\n6,Quirin Voss,0151 23456701,")
    project.receive()
    block(project.project, project.connection, quirin, ruling(1))
    project.run()
    assert people(project) == {"Quirin Voss": "blocked"}
    assert compare(project.project, project.connection).is_equal


SALESFORCE = "Id,IsDeleted,MasterRecordId,FirstName,LastName,Phone,MobilePhone,Email,LastModifiedDate"
A, B = "003000000000001AAA", "003000000000002AAA"


def test_a_merge_in_the_source_means_who_had_the_id_when_it_was_done(project: SmallProject) -> None:
    project.configure(sources={"sf": {"format": "salesforce_contacts", "path": "landing/sf/*.csv"}})
    for day, *rows in (
        ("01-05", f"{A},false,,Anna,Berg,0151 23456781,,anna@berg.example,2026-01-04T00:00:00Z"),
        (
            "02-05",
            f"{A},false,,Zoe,Tal,0151 23456792,,zoe@tal.example,2026-02-04T00:00:00Z",
            f"{B},false,,Zoe,Tal,0160 5555555,,zoe@other.example,2026-02-04T00:00:00Z",
        ),
        ("03-05", f"{A},true,{B},Zoe,Tal,,,,2026-03-04T00:00:00Z"),
    ):
        project.deliver("sf", f"2026-{day}", "\n".join([SALESFORCE, *rows]))
        project.run()
    assert people(project) == {"Anna Berg": "inactive", "Zoe Tal": "inactive"}
    assert project.contact(f"sf:{A}")["name"] == "Zoe Tal"
    assert compare(project.project, project.connection).is_equal


CARD = "BEGIN:VCARD\nVERSION:3.0\nUID:7\nFN:{}\nTEL:{}\nEMAIL:{}\nEND:VCARD"


def test_a_card_that_is_given_to_somebody_else_is_another_person(project: SmallProject) -> None:
    cards = {"format": "vcard", "path": "landing/cards/*.vcf"}
    project.configure(sources=SETTINGS["sources"] | {"cards": cards})
    project.deliver("cards", "2026-01-05", CARD.format(*ANNA.split(",")), "cards-2026-01-05.vcf")
    deliver(project, "01-06", f"1,{ANNA}")
    block(project.project, project.connection, project.contact_of("cards:7"), ruling(1))
    project.deliver("cards", "2026-02-05", CARD.format(*ZOE.split(",")), "cards-2026-02-05.vcf")
    project.run()
    assert people(project) == {"Anna Berg": "blocked", "Zoe Tal": "inactive"}
    assert project.contact("cards:7")["name"] == "Zoe Tal"
    assert changes(project) == [("reused", "Anna Berg", "Zoe Tal")]
