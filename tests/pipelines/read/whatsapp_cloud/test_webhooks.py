import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.core.batch import Batch, Sample
from pipelines.read.whatsapp_cloud.webhooks import FORMAT, WhatsappCloud
from schemas import received
from schemas.error_codes import ErrorCode
from tests.examples import examples
from tests.joined import joined

ACCOUNT = "1000000001"
INBOX = {"display_phone_number": "49 30 901820", "phone_number_id": "2000000002"}
OWN = "4930901820"
ANNA = "12025550123"
CONTACT = {"profile": {"name": "Anna Weber"}, "wa_id": ANNA, "user_id": "US.1"}


def hook(field: str = "messages", **value: Any) -> dict[str, Any]:
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": INBOX, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": [change]}]}


def message(key: str = "wamid.1", kind: str = "text", **more: Any) -> dict[str, Any]:
    content = {"text": {"body": "Hi"}} if kind == "text" and "text" not in more else {}
    return {"from": ANNA, "id": key, "timestamp": "1739230955", "type": kind, **content, **more}


def incoming(*messages: dict[str, Any]) -> dict[str, Any]:
    return hook(contacts=[CONTACT], messages=list(messages))


def status(key: str, state: str, **more: Any) -> dict[str, Any]:
    return hook(statuses=[{"id": key, "status": state, "timestamp": "1739230960", "recipient_id": ANNA, **more}])


def read_text(text: str | bytes, *, rows: int = 20_000) -> Batch:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hooks.jsonl"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(errors="surrogatepass"))
        batches = list(FORMAT.read(path, WhatsappCloud(format="whatsapp_cloud", path="x"), rows=rows))
    for batch in batches:
        received.ContactRow.validate(batch.contacts)
        received.IdentifierRow.validate(batch.identifiers)
        received.Conversation.validate(batch.conversations)
        received.Message.validate(batch.messages)
        received.Receipt.validate(batch.receipts)
        received.Event.validate(batch.events)
        received.Refusal.validate(batch.refused)
    return joined(batches)


def read(*hooks: Any) -> Batch:
    return read_text("\n".join(map(json.dumps, hooks)))


def test_a_message_is_read_with_its_person_thread_and_inbox() -> None:
    batch = read(incoming(message()))
    row = batch.messages.row(0, named=True)
    assert (row["key"], row["conversation"], row["person"]) == ("wamid.1", f"2000000002|wa:{ANNA}", f"wa:{ANNA}")
    assert (row["direction"], row["author"], row["sender"], row["kind"], row["text"], row["line"]) == (
        "inbound",
        "contact",
        "Anna Weber",
        "text",
        "Hi",
        1,
    )
    assert (row["sent_at"], row["precision"], row["zone_source"]) == (
        datetime(2025, 2, 10, 23, 42, 35, tzinfo=UTC),
        "second",
        "stated",
    )
    assert batch.conversations.select("channel", "inbox", "is_group").row(0) == ("whatsapp", "49 30 901820", False)
    assert batch.contacts.select("record_id", "name", "line").row(0) == (f"wa:{ANNA}", "Anna Weber", 1)
    assert batch.identifiers.select("type", "scope", "raw").rows() == [
        ("wa_id", "", ANNA),
        ("wa_user_id", ACCOUNT, "US.1"),
    ]


def test_somebody_whose_number_is_withheld_is_known_by_their_id_in_the_account() -> None:
    contact = {"profile": {"name": "Anna", "username": "anna.w"}, "user_id": "US.1"}
    withheld = {key: value for key, value in message().items() if key != "from"}
    batch = read(hook(contacts=[contact], messages=[{**withheld, "from_user_id": "US.1"}]))
    assert batch.messages["person"].to_list() == [f"wa_user:{ACCOUNT}:US.1"]
    assert batch.identifiers.select("type", "scope", "raw").rows() == [
        ("wa_user_id", ACCOUNT, "US.1"),
        ("username", "whatsapp", "anna.w"),
    ]


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("image", {"caption": "red", "mime_type": "image/jpeg", "sha256": "abc=", "id": "1"}, ("media", "red")),
        ("location", {"name": "Office", "address": "1 Main St"}, ("location", "Office, 1 Main St")),
        ("location", {"latitude": 1.5, "longitude": 2}, ("location", "1.5, 2")),
        ("contacts", [{"name": {"formatted_name": "Ben"}}, {"name": {"formatted_name": "Cy"}}], ("other", "Ben, Cy")),
        ("button", {"payload": "p", "text": "Yes"}, ("interactive", "Yes")),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}}, ("interactive", "Yes")),
        ("interactive", {"list_reply": {"title": "Blue", "description": "M"}}, ("interactive", "Blue\nM")),
        (
            "interactive",
            {"nfm_reply": {"response_json": '{"size": "M", "flow_token": "t"}', "body": "Sent"}},
            ("interactive", "size: M"),
        ),
        ("interactive", {"nfm_reply": {"response_json": "{", "body": "Sent"}}, ("interactive", "Sent")),
        ("reaction", {"message_id": "wamid.0", "emoji": "👍"}, ("reaction", "👍")),
        ("reaction", {"message_id": "wamid.0"}, ("reaction", None)),
        ("order", {"product_items": [{"product_retailer_id": "TEA", "quantity": 2}]}, ("other", "2 × TEA")),
        ("unsupported", {"type": "poll"}, ("other", None)),
        ("media_placeholder", {}, ("media", None)),
    ],
)
def test_messages_have_their_kinds_and_words(kind: str, content: Any, expected: tuple[str, str | None]) -> None:
    row = read(incoming(message(kind=kind, **{kind: content}))).messages.row(0, named=True)
    assert (row["kind"], row["text"]) == expected


def test_files_are_listed_as_stated() -> None:
    document = {"filename": "offer.pdf", "mime_type": "application/pdf", "sha256": "abc=", "id": "1"}
    (files,) = read(incoming(message(kind="document", document=document))).messages["attachments"]
    assert list(files) == [{"name": "offer.pdf", "type": "application/pdf", "sha256": "abc="}]


def test_states_are_receipts_of_messages_whose_words_are_unknown() -> None:
    batch = read(*(status("wamid.9", state) for state in ("read", "sent", "played", "failed")))
    assert batch.messages.is_empty()
    assert batch.receipts["state"].to_list() == ["read", "sent", "read", "failed"]
    assert set(batch.receipts["message"]) == {"wamid.9"}
    assert set(batch.receipts["person"]) == {f"wa:{ANNA}"}


def test_a_state_nobody_knows_is_refused() -> None:
    assert read(status("wamid.9", "teleported")).refused["code"].to_list() == ["MESSAGE_UNREADABLE"]


def test_what_was_sent_from_the_business_app_is_the_agents() -> None:
    echo = {
        "from": OWN,
        "to": ANNA,
        "id": "wamid.2",
        "timestamp": "1739230956",
        "type": "text",
        "text": {"body": "Yes"},
    }
    row = read(hook("smb_message_echoes", message_echoes=[echo])).messages.row(0, named=True)
    assert (row["direction"], row["author"], row["text"], row["person"]) == ("outbound", "agent", "Yes", f"wa:{ANNA}")


def chunk(*messages: dict[str, Any]) -> dict[str, Any]:
    return hook("history", history=[{"metadata": {"phase": 0}, "threads": [{"id": ANNA, "messages": list(messages)}]}])


def test_history_tells_both_sides_and_how_far_the_companys_came() -> None:
    batch = read(
        chunk(
            message("wamid.3", history_context={"status": "READ"}),
            message("wamid.4", history_context={"status": "DELIVERED"}) | {"from": OWN, "to": ANNA},
        )
    )
    assert batch.messages.select("key", "direction").rows() == [("wamid.3", "inbound"), ("wamid.4", "outbound")]
    assert batch.receipts.select("message", "state").rows() == [("wamid.4", "delivered")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_media_message_of_history_wins_over_its_placeholder(order: Sequence[int]) -> None:
    image = {"caption": "red", "mime_type": "image/jpeg", "id": "1"}
    hooks = [
        chunk(message(kind="media_placeholder")),
        chunk(message(kind="image", image=image)),
        incoming(message("2")),
    ]
    kept = read(*[hooks[nth] for nth in order]).messages.unique("key", keep="first", maintain_order=True)
    assert sorted(kept.select("key", "text").rows()) == [("2", "Hi"), ("wamid.1", "red")]


def test_a_refusal_to_share_history_is_skipped() -> None:
    batch = read(hook("history", errors=[{"code": 2593109}]))
    assert batch.refused["outcome"].to_list() == ["skipped"]


def test_the_address_book_tells_names_and_forgets_nobody() -> None:
    def entry(number: str, action: str) -> dict[str, Any]:
        return {"type": "contact", "contact": {"full_name": "Anna Weber", "phone_number": number}, "action": action}

    batch = read(hook("smb_app_state_sync", state_sync=[entry(ANNA, "add"), entry("12025550199", "remove")]))
    assert batch.contacts.select("record_id", "name").rows() == [(f"wa:{ANNA}", "Anna Weber")]


def test_a_new_number_ties_both_to_one_person() -> None:
    system = {"body": "User changed", "wa_id": "12025550177", "type": "user_changed_number"}
    batch = read(incoming(message()), hook(messages=[message("wamid.5", "system", system=system)]))
    event = batch.events.row(0, named=True)
    assert (event["kind"], event["before"], event["after"]) == ("number_changed", ANNA, "12025550177")
    tie = batch.contacts.filter(batch.contacts["record_id"].str.starts_with("changed:"))
    of_tie = batch.identifiers.filter(batch.identifiers["row"] == tie["row"][0])
    assert of_tie.filter(of_tie["type"] == "wa_id")["raw"].to_list() == [ANNA, "12025550177"]


def test_a_new_id_ties_both_to_one_person() -> None:
    system = {"user_id": "MX.2", "previous_user_id": "CO.1", "type": "user_changed_user_id"}
    nameless = {key: value for key, value in message("wamid.5", "system", system=system).items() if key != "from"}
    batch = read(hook(messages=[nameless]))
    assert batch.events["kind"].to_list() == ["number_changed"]
    assert {"CO.1", "MX.2"} <= set(batch.identifiers["raw"])


def test_edits_and_deletions_are_events() -> None:
    new = {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "Hello"}}}
    edited = message("wamid.6", "edit", edit=new)
    deleted = message("wamid.7", "revoke", revoke={"original_message_id": "wamid.1"})
    batch = read(incoming(edited, deleted))
    assert batch.events.select("kind", "after", "actor").rows() == [
        ("message_edited", "Hello", "Anna Weber"),
        ("message_deleted", None, "Anna Weber"),
    ]
    assert batch.messages.is_empty()


def test_a_group_is_a_thread_without_person() -> None:
    batch = read(incoming(message(group_id="G1")), status("wamid.8", "read", recipient_type="group", recipient_id="G1"))
    assert batch.conversations.select("key", "is_group").rows() == [("2000000002|group:G1", True)]
    assert batch.contacts.is_empty()
    assert (batch.messages["person"][0], batch.messages["sender"][0], batch.receipts["person"][0]) == (
        None,
        "Anna Weber",
        None,
    )


def test_a_call_that_ended_is_a_message() -> None:
    call = {
        "id": "wacid.1",
        "from": ANNA,
        "to": OWN,
        "event": "terminate",
        "status": "COMPLETED",
        "timestamp": "1739230955",
    }
    batch = read(hook("calls", calls=[{**call, "event": "connect"}, {**call, "direction": "USER_INITIATED"}]))
    assert batch.messages.select("kind", "direction", "text").rows() == [("call", "inbound", "completed")]


def test_neither_order_nor_redelivery_changes_what_is_known() -> None:
    hooks = [
        incoming(message()),
        status("wamid.4", "delivered"),
        chunk(message(), message("wamid.4", history_context={"status": "READ"}) | {"from": OWN}),
    ]

    def known(order: Sequence[Any]) -> tuple[frozenset[Any], ...]:
        batch = read(*order, *order)
        return (
            frozenset(batch.messages.select("key", "conversation", "person", "text", "direction").rows()),
            frozenset(batch.receipts.select("message", "state", "conversation").rows()),
            frozenset(batch.contacts["record_id"]),
        )

    assert len({known(order) for order in permutations(hooks)}) == 1


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([incoming(message())]),
        json.dumps(incoming(message()), indent=2),
        json.dumps([{"body": incoming(message())}], indent=1),
        json.dumps({"body": incoming(message())}),
        json.dumps({"received": 1, "body": json.dumps(incoming(message()))}),
        "\ufeff" + json.dumps(incoming(message())) + "\r\n",
    ],
)
def test_webhooks_may_be_in_an_array_alone_or_wrapped(text: str) -> None:
    assert read_text(text).messages["key"].to_list() == ["wamid.1"]


def test_one_bad_line_costs_only_itself() -> None:
    lines = [json.dumps(incoming(message())), "{", "[" * 100_000, "7", json.dumps(incoming(message("wamid.2")))]
    batch = read_text("\n".join(lines))
    assert batch.messages["key"].to_list() == ["wamid.1", "wamid.2"]
    assert batch.refused["line"].to_list() == [2, 3, 4]


def test_lone_surrogates_are_replaced() -> None:
    text = json.dumps(incoming(message(text={"body": "a"}))).replace('"a"', '"a\\ud83d"')
    assert read_text(text).messages["text"].to_list() == ["a\ufffd"]


def test_an_overlong_message_is_refused() -> None:
    batch = read(incoming(message(text={"body": "x" * (received.MAX_TEXT + 1)})))
    assert batch.refused["code"].to_list() == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize("stamp", [None, "", "soon", "99999999999999999999", [], 1e400, "-1"])
def test_a_time_that_is_none_costs_no_message(stamp: Any) -> None:
    assert read(incoming(message(timestamp=stamp))).messages.height == 1


def test_changes_of_other_things_are_skipped() -> None:
    batch = read(incoming(message()), hook("message_template_status_update", event="APPROVED"))
    assert batch.refused.select("outcome", "line").rows() == [("skipped", 2)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.FILE_EMPTY),
        ("hello\n", ErrorCode.FILE_FORMAT),
        ('{"object": "page", "entry": []}\n', ErrorCode.FILE_FORMAT),
        ("[1, 2]", ErrorCode.FILE_FORMAT),
    ],
)
def test_files_that_hold_no_webhook_are_refused(text: str, code: ErrorCode) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_text(text)
    assert refused.value.code == code


def test_the_format_is_known_by_its_object() -> None:
    assert FORMAT.detects(Sample("hooks.log", json.dumps(incoming(message())).encode())) == 1.0
    assert FORMAT.detects(Sample("hooks.log", b'{"object": "page"}')) == 0.0


KEYS = ["id", "from", "type", "timestamp", "text", "body", "contacts", "profile", "name", "wa_id", "status", "system"]
KEYS += ["messages", "statuses", "history", "threads", "state_sync", "contact", "metadata", "group_id", "recipient_id"]
KEY = st.sampled_from(KEYS)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | KEY | st.sampled_from([ANNA, "edit", "\ud83d"])
JUNK = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=4), max_leaves=9
)


@pytest.mark.heavy
@settings(max_examples=examples(80, light=16), deadline=None)
@given(st.lists(st.dictionaries(KEY, JUNK, max_size=5), max_size=3), st.binary(max_size=20))
def test_whatever_the_values_only_delivery_errors_come_and_contracts_hold(values: list[Any], junk: bytes) -> None:
    hooks = [hook(**value) for value in values] + [incoming(message(**value)) for value in values if "id" not in value]
    text = "\n".join(map(json.dumps, hooks)).encode() + b"\n" + junk
    try:
        batch = read_text(text, rows=2)
    except DeliveryError:
        return
    frames = (batch.messages, batch.receipts, batch.events, batch.refused)
    rows = [row for frame in frames for row in frame["row"]]
    assert sorted(rows) == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    "refused",
    [
        incoming(message(text={"body": "x" * (received.MAX_TEXT + 1)})),
        incoming({**message(), "id": None}),
        hook(contacts=[CONTACT], statuses=[{"id": "wamid.0", "status": "?", "recipient_id": ANNA}]),
        hook(contacts=[CONTACT], calls=[{"event": "terminate", "direction": "USER_INITIATED", "from": ANNA}]),
    ],
)
def test_a_party_whose_first_entry_is_refused_is_told_all_the_same(refused: dict[str, Any]) -> None:
    batch = read(refused, incoming(message("wamid.2")))
    assert batch.refused.height == 1
    assert batch.messages["key"].to_list() == ["wamid.2"]
    assert batch.contacts["record_id"].to_list() == [f"wa:{ANNA}"]
    assert batch.conversations["key"].to_list() == batch.messages["conversation"].to_list()
