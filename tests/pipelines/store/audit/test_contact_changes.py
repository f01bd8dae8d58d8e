from typing import Any

import polars as pl

from pipelines.audit.commitments import commitment, contact_commitment
from pipelines.decide.annotate import tag
from pipelines.decide.create import create
from pipelines.decide.merge import merge, unmerge
from pipelines.decide.revoke import revoke
from pipelines.store.audit.salts import unlink
from pipelines.store.warehouse.database import rolled_back
from tests.deciding import ruling
from tests.pipelines.store.audit.trails import JONAS, LENA, deliver_change, deliver_two
from tests.small_project import AS_OF, SmallProject, starting_point


@starting_point
def two(project: SmallProject) -> None:
    """Two contacts."""
    deliver_two(project)
    project.run()


def events(project: SmallProject, *actions: str) -> list[dict[str, Any]]:
    found = project.rows("FROM audit_event ORDER BY seq")
    return [each for each in found if each["action"] in actions or not actions]


def salt(project: SmallProject, object_id: str) -> bytes:
    [found] = project.rows("SELECT salt FROM audit_salt WHERE object_id = ?", object_id)
    return bytes(found["salt"])


def test_a_contact_that_is_derived_first_is_one_event_with_its_fields(two: SmallProject) -> None:
    created = {each["object_id"]: each for each in events(two, "contact.created")}
    assert created.keys() == {two.contact_of("crm:1"), two.contact_of("crm:2")}
    one = created[two.contact_of("crm:1")]
    assert one["fields"] == ["email", "first_name", "first_seen_at", "last_name", "name", "phone", "source",
                             "identifier.email", "identifier.phone", "status"]  # fmt: skip
    assert (one["before"], len(one["after"]), one["run_id"]) == ([], 1, "run1")
    assert two.rows("FROM audit_value") == []


def test_a_created_contact_is_committed_as_a_whole(two: SmallProject) -> None:
    contact = two.contact_of("crm:1")
    cells = [(each["field"], each["value"]) for each in two.rows("FROM contact_field WHERE contact_id = ?", contact)]
    cells += [("status", "inactive"), ("identifier.phone", LENA), ("identifier.email", "lena@example.com")]
    [one] = [each for each in events(two, "contact.created") if each["object_id"] == contact]
    assert one["after"] == [contact_commitment(salt(two, contact), cells)]


def test_a_change_is_an_event_with_each_field_and_commitments_to_both_values(two: SmallProject) -> None:
    deliver_change(two)
    two.run()
    contact = two.contact_of("crm:1")
    [changed] = events(two, "contact.updated")
    own = salt(two, contact)
    assert changed["object_id"] == contact
    assert changed["fields"] == ["identifier.phone", "phone"]
    assert changed["before"] == [commitment(own, name, [LENA]) for name in changed["fields"]]
    assert changed["after"] == [commitment(own, name, ["+491713920019"]) for name in changed["fields"]]


def test_values_of_a_change_stay_where_they_can_be_erased_with_the_delivery_they_came_in(two: SmallProject) -> None:
    deliver_change(two)
    two.run()
    [value] = two.rows("FROM audit_value WHERE field = 'phone'")
    [delivery] = two.rows("SELECT delivery_id FROM delivery ORDER BY declared_at DESC LIMIT 1")
    assert (value["before"], value["after"]) == ([LENA], ["+491713920019"])
    assert value["delivery_id"] == delivery["delivery_id"]


def test_what_is_derived_anew_and_stays_the_same_is_no_event(two: SmallProject) -> None:
    before = len(events(two))
    two.configure(matching={"auto": 0.81})
    two.run()
    assert len(events(two)) == before


def test_an_edit_is_a_decision_with_committed_words_and_the_change_it_makes(two: SmallProject) -> None:
    contact = two.contact_of("crm:1")
    decision = tag(two.project, two.connection, contact, "vip", ruling(1))
    [decided, changed] = events(two, "decision.created", "contact.updated")
    own = salt(two, decision.decision_id)
    assert (decided["object_id"], decided["related"]) == (decision.decision_id, [contact])
    assert dict(zip(decided["fields"], decided["after"], strict=True)) == {
        "reason": commitment(own, "reason", [decision.reason]),
        "value": commitment(own, "value", ["vip"]),
    }
    assert {"name": "kind", "value": "tag"} in decided["details"]
    assert decided["on_behalf_of"] == decision.actor
    assert (changed["fields"], changed["run_id"]) == (["tags"], f"decision:{decision.decision_id}")


def test_merging_and_parting_say_where_ids_went_and_keep_what_was_there(two: SmallProject) -> None:
    one, other = two.contact_of("crm:1"), two.contact_of("crm:2")
    merge(two.project, two.connection, [one, other], ruling(1), primary=one)
    removed, merged = events(two, "contact.removed", "contact.merged")[::-1]
    if removed["action"] == "contact.merged":
        removed, merged = merged, removed
    gone, left = merged["object_id"], merged["related"]
    assert ({gone, *left}, removed["object_id"]) == ({one, other}, gone)
    kept = {each["field"]: each["before"] for each in two.rows("FROM audit_value WHERE seq = ?", removed["seq"])}
    assert kept["email"] in ([JONAS], ["lena@example.com"])
    unmerge(two.project, two.connection, left[0], ruling(2), [])
    assert [each["object_id"] for each in events(two, "contact.restored")] == left
    assert [each["related"] for each in events(two, "contact.restored")] == [[gone]]


def test_a_status_that_changes_because_time_passes_is_an_event(two: SmallProject) -> None:
    two.chat("+49 171 3920017", "2026-06-01 10:00 Lena: hello")
    two.run()
    before = len(events(two, "contact.updated"))
    two.run(AS_OF.replace(year=2027))
    [turned] = events(two, "contact.updated")[before:]
    [value] = two.rows("FROM audit_value WHERE seq = ?", turned["seq"])
    assert (value["field"], value["before"], value["after"]) == ("status", ["active"], ["inactive"])


def test_a_contact_whose_addition_is_revoked_is_an_event(two: SmallProject) -> None:
    decision, *_ = create(two.project, two.connection, {"name": "Ann Other"}, ruling(1))
    revoke(two.project, two.connection, decision.decision_id, ruling(2))
    [removed], [withdrawn] = events(two, "contact.removed"), events(two, "contact.withdrawn")
    assert removed["object_id"] == withdrawn["object_id"]
    assert [each["before"] for each in two.rows("FROM audit_value WHERE field = 'name'")] == [["Ann Other"]]


def test_what_is_only_tried_leaves_no_event(two: SmallProject) -> None:
    before = events(two)
    with rolled_back(two.connection):
        tag(two.project, two.connection, two.contact_of("crm:1"), "vip", ruling(1))
    assert events(two) == before


def test_a_contact_that_is_removed_is_committed_as_a_whole_as_one_that_is_created(two: SmallProject) -> None:
    one, other = two.contact_of("crm:1"), two.contact_of("crm:2")
    merge(two.project, two.connection, [one, other], ruling(1), primary=one)
    [removed] = events(two, "contact.removed")
    [created] = [each for each in events(two, "contact.created") if each["object_id"] == removed["object_id"]]
    assert (removed["before"], removed["fields"]) == (created["after"], created["fields"])


def test_what_is_unlinked_of_one_contact_stays_of_the_others(two: SmallProject) -> None:
    deliver_change(two)
    two.run()
    one, other = two.contact_of("crm:1"), two.contact_of("crm:2")
    unlink(two.connection, pl.Series([one]))
    assert two.rows("FROM audit_value") == []
    assert two.rows("FROM audit_salt WHERE object_id = ?", one) == []
    assert len(salt(two, other)) == 16
    assert [each["object_id"] for each in events(two, "contact.updated")] == [one]


def test_without_its_salt_no_commitment_can_be_made_again(two: SmallProject) -> None:
    contact = two.contact_of("crm:1")
    before = salt(two, contact)
    two.connection.execute("DELETE FROM audit_salt")
    deliver_change(two)
    two.run()
    assert salt(two, contact) != before
