import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.core.batch import Batch, Sample
from pipelines.read.helpdesk.zendesk_tickets import FORMAT
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.helpdesk_export import checked, export, spoiled, survives
from tests.read_conversations import outcomes

AT = "2026-03-02T10:00:00Z"
ANNA = {"id": 7, "name": "Anna Weber", "email": "anna@example.com", "phone": "+49 30 90182012", "role": "end-user"}
BEN = {"id": 8, "name": "Ben Agent", "email": "ben@acme.example", "role": "agent"}


def comment(key: int, author: int, body: str, at: str = AT, **more: Any) -> dict[str, Any]:
    return {"id": key, "author_id": author, "body": body, "public": True, "created_at": at, **more}


def ticket(*comments: dict[str, Any], **more: Any) -> dict[str, Any]:
    own = {"id": 1, "via": {"channel": "email"}, "created_at": AT, "subject": "Printer", "status": "hold"}
    who = {"requester_id": 7, "submitter_id": 7, "assignee_id": 8, "tags": ["vip"], "description": "Help"}
    return {**own, **who, "comments": list(comments), **more}


def read(folder: Path, *values: Any) -> Batch:
    return checked(FORMAT, export(folder, *values))


def test_a_ticket_is_a_thread_with_state_labels_and_assignee(tmp_path: Path) -> None:
    batch = read(tmp_path, {"users": [ANNA, BEN], "tickets": [ticket(recipient="help@acme.example")]})
    thread = batch.conversations.row(0, named=True)
    assert (thread["key"], thread["channel"], thread["title"]) == ("zendesk:ticket:1", "email", "Printer")
    assert (thread["status"], thread["labels"], thread["assignee"]) == ("snoozed", ["vip"], "Ben Agent")
    assert (thread["inbox"], thread["started_at"]) == ("help@acme.example", datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("word", "status"),
    [("new", "open"), ("open", "open"), ("pending", "pending"), ("solved", "resolved"), ("deleted", None)],
)
def test_states_that_have_no_counterpart_stay_empty(tmp_path: Path, word: str, status: str | None) -> None:
    assert read(tmp_path, ticket(status=word)).conversations["status"].to_list() == [status]


def test_comments_of_the_requester_came_in_and_all_others_went_out(tmp_path: Path) -> None:
    said = ticket(comment(10, 7, "Help"), comment(11, 8, "Restart it"), comment(12, 8, "Grumpy", public=False))
    messages = read(tmp_path, said).messages
    assert messages.select("direction", "author", "kind", "text").rows() == [
        ("inbound", "contact", "text", "Help"),
        ("outbound", "agent", "text", "Restart it"),
        ("outbound", "agent", "note", "Grumpy"),
    ]
    assert messages["person"].unique().to_list() == ["zendesk:user:7"]


def test_another_end_user_is_a_person_of_their_own(tmp_path: Path) -> None:
    eve = {"id": 9, "name": "Eve", "role": "end-user"}
    batch = read(tmp_path, eve, ticket(comment(10, 7, "Help"), comment(11, 9, "Me too")))
    assert batch.messages.select("person", "direction").row(1) == ("zendesk:user:9", "inbound")


def test_users_and_tickets_of_two_files_meet_by_record_id(tmp_path: Path) -> None:
    tickets = read(tmp_path, ticket(comment(10, 7, "Help"))).contacts
    users = checked(FORMAT, export(tmp_path, ANNA, BEN, name="users.json"))
    assert tickets.select("record_id", "name").rows() == [("zendesk:user:7", None)]
    assert users.contacts.select("record_id", "name").rows() == [("zendesk:user:7", "Anna Weber")]
    assert users.identifiers.select("type", "raw").rows() == [
        ("email", "anna@example.com"),
        ("phone", "+49 30 90182012"),
    ]


def test_agents_are_no_persons_even_as_requesters(tmp_path: Path) -> None:
    batch = read(tmp_path, BEN, ticket(comment(10, 8, "Help"), requester_id=8))
    assert batch.contacts.is_empty()
    assert batch.identifiers.is_empty()
    assert batch.messages.select("person", "direction", "sender").row(0) == (None, "outbound", "Ben Agent")


def test_the_description_is_the_first_message_once(tmp_path: Path) -> None:
    alone = read(tmp_path, ticket()).messages
    whole = read(tmp_path, ticket(comment(11, 7, "Help", "2026-03-03T10:00:00Z"), comment(10, 7, "Help"))).messages
    assert alone["key"].to_list() == ["zendesk:ticket:1:description"]
    assert whole["key"].to_list() == ["zendesk:comment:11", "zendesk:ticket:1:description"]


def test_audits_tell_who_was_assigned_and_what_was_changed(tmp_path: Path) -> None:
    def change(key: int, field: str, before: Any, after: Any) -> dict[str, Any]:
        return {"id": key, "type": "Change", "field_name": field, "previous_value": before, "value": after}

    events = [
        change(1, "status", "open", "solved"),
        change(2, "assignee_id", None, "8"),
        change(3, "tags", ["a", "b"], ["b", "c"]),
        change(4, "priority", "low", "high"),
        {"id": 5, "type": "Notification"},
    ]
    audit = {"id": 20, "ticket_id": 1, "created_at": AT, "author_id": 8, "events": events}
    happened = read(tmp_path, BEN, ticket(audits=[audit])).events
    assert happened.select("key", "kind", "actor", "before", "after", "inferred").rows() == [
        ("zendesk:event:1", "status_changed", "Ben Agent", "open", "resolved", False),
        ("zendesk:event:2", "assigned", "Ben Agent", None, "Ben Agent", False),
        ("zendesk:event:3:c", "label_added", "Ben Agent", None, "c", False),
        ("zendesk:event:3:a", "label_removed", "Ben Agent", "a", None, False),
    ]


def test_a_comment_told_by_an_audit_is_the_same_message(tmp_path: Path) -> None:
    told = {"id": 11, "type": "Comment", "author_id": 8, "body": "Restart it", "public": True}
    audit = {"id": 20, "ticket_id": 1, "created_at": AT, "author_id": 8, "events": [told], "via": {"channel": "web"}}
    assert read(tmp_path, audit).messages.select("key", "conversation", "text").rows() == [
        ("zendesk:comment:11", "zendesk:ticket:1", "Restart it")
    ]


def test_what_a_ticket_says_of_its_sender_identifies_the_requester(tmp_path: Path) -> None:
    origin = {"channel": "whatsapp", "source": {"from": {"phone": "4930901820", "name": "Anna"}}}
    batch = read(tmp_path, ticket(via=origin))
    assert batch.identifiers.select("type", "raw").rows() == [("wa_id", "4930901820")]
    assert batch.contacts["name"].to_list() == ["Anna"]


def test_what_an_agent_entered_identifies_nobody(tmp_path: Path) -> None:
    origin = {"channel": "email", "source": {"from": {"address": "ben@acme.example"}}}
    assert read(tmp_path, ticket(via=origin, submitter_id=8)).identifiers.is_empty()


def test_a_made_up_address_of_facebook_is_no_address(tmp_path: Path) -> None:
    assert read(tmp_path, {**ANNA, "email": "1234@facebook.com", "phone": None}).identifiers.is_empty()


def test_a_user_counts_as_of_the_time_it_was_changed(tmp_path: Path) -> None:
    user = {**ANNA, "updated_at": "2019-01-01T00:00:00Z"}
    for values in ([user], [user, ticket()], [ticket(), user]):
        assert read(tmp_path, *values).contacts["observed_at"].to_list() == ["2019-01-01T00:00:00+00:00"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"active": False}, "ROW_DELETED"),
        ({"name": "Permanently Deleted User"}, "ROW_DELETED"),
        ({"merged_into_id": 9}, "ROW_DELETED"),
        ({"suspended": True}, "ENTRY_SKIPPED"),
        ({"id": -1}, "ENTRY_SKIPPED"),
    ],
)
def test_users_who_are_no_contacts_are_left_out_with_a_code(tmp_path: Path, fields: dict[str, Any], code: str) -> None:
    batch = read(tmp_path, {**ANNA, **fields}, {**ANNA, "id": 70, "name": "Ben Kay"})
    assert batch.refused.select("outcome", "code").rows() == [("skipped", code)]
    assert batch.contacts["record_id"].to_list() == ["zendesk:user:70"]


def test_what_somebody_left_out_wrote_stays_and_makes_nobody_a_contact(tmp_path: Path) -> None:
    batch = read(tmp_path, {**ANNA, "suspended": True}, ticket(comment(10, 7, "Help")))
    assert batch.messages.select("direction", "text", "person").rows() == [("inbound", "Help", None)]
    assert batch.contacts.is_empty()


def test_html_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    said = {"id": 10, "author_id": 7, "html_body": "<p>Hello<br>you</p>", "created_at": AT}
    assert read(tmp_path, ticket(said)).messages["text"].to_list() == ["Hello\nyou"]


def test_attached_files_are_listed(tmp_path: Path) -> None:
    file = {"file_name": "a.pdf", "content_type": "application/pdf", "content_url": "https://acme.example/a"}
    assert read(tmp_path, ticket(comment(10, 7, "Help", attachments=[file]))).messages["attachments"].to_list() == [
        [{"name": "a.pdf", "type": "application/pdf", "sha256": None}]
    ]


def test_entries_without_sense_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "tickets.json"
    good = export(tmp_path, ticket(comment(10, 7, "Help"), comment(11, 7, "No time", at="soon"))).read_text()
    path.write_text(good + '\n{"id": 2, "requester_id"\n[1]\n{"id": 5}\n')
    batch = checked(FORMAT, path)
    assert batch.messages.height == 1
    assert batch.refused.select("line", "code").rows() == [(line, "MESSAGE_UNREADABLE") for line in (1, 2, 3, 4)]


def test_a_message_that_is_too_long_is_refused(tmp_path: Path) -> None:
    batch = read(tmp_path, ticket(comment(10, 7, "x" * (MAX_TEXT + 1))))
    assert batch.refused["code"].to_list() == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", ErrorCode.FILE_EMPTY),
        ("id,subject\n1,Hi\n", ErrorCode.FILE_FORMAT),
        ('{"foo": 1}', ErrorCode.FILE_FORMAT),
        ('[{"id": 1, "requester_id": 7', ErrorCode.FILE_FORMAT),
        ("[" * 100_000, ErrorCode.FILE_FORMAT),
    ],
)
def test_other_files_are_refused_as_a_whole(tmp_path: Path, content: str, code: ErrorCode) -> None:
    path = tmp_path / "tickets.json"
    path.write_text(content)
    with pytest.raises(DeliveryRefused) as refused:
        checked(FORMAT, path)
    assert refused.value.code is code


def test_an_empty_page_holds_nothing_and_is_no_error(tmp_path: Path) -> None:
    assert read(tmp_path, {"tickets": [], "next_page": None}).messages.is_empty()


def test_tickets_and_users_are_recognised_by_their_keys(tmp_path: Path) -> None:
    for value, sure in ((ticket(), 0.95), ({"requester": 1}, 0.0)):
        assert FORMAT.detects(Sample("x.json", export(tmp_path, value).read_bytes())) == sure


WHOLE = {
    "users": [ANNA, BEN],
    "tickets": [
        ticket(comment(10, 7, "Help"), audits=[{"id": 20, "created_at": AT, "author_id": 8, "events": [{"id": 1}]}])
    ],
}


@pytest.mark.heavy
@settings(max_examples=examples(60, light=12), deadline=None)
@given(value=spoiled(WHOLE))
def test_whatever_a_value_is_the_reader_goes_on_or_says_what_is_wrong(value: Any) -> None:
    survives(FORMAT, value, WHOLE)


@settings(max_examples=examples(20, light=4), deadline=None)
@given(content=st.binary(max_size=300))
def test_whatever_the_bytes_the_reader_says_what_is_wrong(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_bytes(b"{" + content)
        with pytest.raises(DeliveryError):
            checked(FORMAT, path)


EITHER: list[Any] = [
    comment(1, 7, "Hi"),
    comment(2, 8, "Yes"),
    comment(3, 7, "x", at="soon"),
    {"author_id": 7},
    None,
    5,
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_go_in(comments: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), ticket(*comments))) == len(comments)


def test_comments_are_read_in_the_page_they_came_in(tmp_path: Path) -> None:
    batch = read(tmp_path, {"ticket": ticket(), "comments": {"comments": [comment(1, 7, "Hi")], "count": 1}})
    assert batch.messages["text"].to_list() == ["Hi"]


@pytest.mark.parametrize(
    ("value", "sure"),
    [
        ({"requester_id": 7, "via": {}}, 0.95),
        ({"requester_id": 7, "submitter_id": 7}, 0.95),
        ({"requester_id": 7}, 0.0),
        ({"ticket_id": 1, "events": [], "via": {}}, 0.9),
        ({"ticket_id": 1, "events": []}, 0.0),
        ({"author_id": 7, "html_body": "x", "via": {}}, 0.9),
        ({"author_id": 7, "html_body": "x"}, 0.0),
        ({"role": "end-user", "time_zone": "x", "organization_id": 1}, 0.9),
        ({"role": "agent", "time_zone": "x", "organization_id": 1}, 0.7),
        ({"role": "end-user", "user_fields": {}}, 0.9),
        ({"role": "end-user", "time_zone": "x"}, 0.0),
    ],
)
def test_each_kind_of_object_is_told_by_keys_that_only_zendesk_gives(value: Any, sure: float) -> None:
    assert FORMAT.detects(Sample("x.json", json.dumps([value]).encode())) == sure


def test_a_user_has_all_addresses_numbers_and_ids(tmp_path: Path) -> None:
    identities = [
        {"type": "email", "value": "b@x.example"},
        {"type": "phone_number", "value": "030 2"},
        {"type": "twitter", "value": "anna"},
        "odd",
    ]
    whole = {**ANNA, "identities": identities, "external_id": "K-7"}
    told = ("type", "raw", "field")
    assert read(tmp_path, whole).identifiers.select(told).rows() == [
        ("email", "anna@example.com", "email"),
        ("phone", "+49 30 90182012", "phone"),
        ("email", "b@x.example", "identities"),
        ("phone", "030 2", "identities"),
        ("external_id", "K-7", "external_id"),
    ]
    shared = read(tmp_path, {**ANNA, "shared_phone_number": True}).identifiers
    assert shared["type"].to_list() == ["email"]


@pytest.mark.parametrize("role", ["agent", "admin"])
def test_agents_and_teams_are_called_by_name(tmp_path: Path, role: str) -> None:
    ben, team = {**BEN, "role": role}, {"groups": [{"id": 5, "name": "Support"}]}
    found = read(tmp_path, ben, team, ticket(), ticket(id=2, assignee_id=None, group_id=5)).conversations
    assert found["assignee"].to_list() == ["Ben Agent", "Support"]


def test_users_who_lie_in_a_ticket_are_read_with_it(tmp_path: Path) -> None:
    batch = read(tmp_path, {"ticket": ticket(comment(10, 7, "Help"), comment(11, 8, "Sure")), "users": [ANNA, BEN]})
    assert batch.contacts.select("record_id", "name").rows() == [("zendesk:user:7", "Anna Weber")]
    assert batch.messages.select("sender", "direction").rows() == [(None, "inbound"), ("Ben Agent", "outbound")]


def test_a_comment_or_audit_alone_opens_its_thread_once(tmp_path: Path) -> None:
    alone = [
        comment(10, 7, "Help") | {"ticket_id": 1, "via": {"channel": "email"}},
        comment(11, 7, "Please") | {"ticket_id": 1, "via": {"channel": "sms"}},
        comment(12, 7, "Lost"),
    ]
    batch = read(tmp_path, *alone)
    assert batch.conversations.select("key", "channel").rows() == [("zendesk:ticket:1", "email")]
    assert batch.messages["text"].to_list() == ["Help", "Please"]
    assert batch.refused["expected"].to_list() == ["the comment of a ticket, with its ticket_id"]


@pytest.mark.parametrize("broken", [ticket(id=None), {**ANNA, "id": None}])
def test_a_ticket_and_a_user_need_an_id(tmp_path: Path, broken: dict[str, Any]) -> None:
    batch = read(tmp_path, broken, ticket(comment(10, 7, "Help")))
    assert batch.messages.height == 1
    assert batch.refused["code"].to_list() == ["MESSAGE_UNREADABLE"]
