"""Contacts as filters ask about them, and the values that relations have."""

from pipelines.store.reads.fitting_contacts import existing_values, fitting_contacts
from schemas.filter import Relation
from tests.small_project import SmallProject, starting_point

COLUMNS = (
    "contact_id, name_folded, first_name_folded, last_name_folded, phone, email, email_folded, source, first_seen_at, "
    "last_interaction_at, last_inbound_at, last_outbound_at, status, status_reason, status_since, status_as_of, "
    "tags, tags_folded, channels, records"
)


@starting_point
def talked(project: SmallProject) -> None:
    """Two contacts, one of whom has written."""
    project.deliver("crm", "2026-06-01", "id,name,email,tags\n1,Jane DOE,Jane@Example.COM,VIP\n2,Joe,joe@example.com,")
    project.chat("+49 1512 3456789", "2026-06-02 10:00 Jane: hello")
    project.run()


def test_contacts_as_filters_ask_about_them_are_the_published_ones(talked: SmallProject) -> None:
    lean = talked.rows(f"SELECT {COLUMNS} FROM folded_contact ORDER BY contact_id")
    assert len(lean) > 1
    assert lean == talked.rows(f"SELECT {COLUMNS} FROM published.contacts ORDER BY contact_id")


def test_a_condition_finds_those_of_whom_it_is_true(talked: SmallProject) -> None:
    found = fitting_contacts(talked.connection, "list_contains(c.tags_folded, ?)", ["vip"])
    assert found.to_list() == [talked.contact_of("crm:1")]


def test_relations_have_the_values_that_stand_in_them(talked: SmallProject) -> None:
    values = existing_values(talked.connection)
    assert [*values(Relation.CONVERSATIONS, "inbox"), *values(Relation.CONVERSATIONS, "labels")] == []
    assert [*values(Relation.IDENTIFIERS, "type"), *values(None, "tags")] == ["email", "phone", "VIP"]
