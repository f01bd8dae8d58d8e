"""Who becomes a contact by talking with the company, and what ties a channel's person to one of the lists."""

import json
from typing import Any

import pytest

from tests.small_project import SETTINGS, SmallProject

PAGE, ANNA_THERE = "100000000000001", "6899200000000001"
SOURCES = SETTINGS["sources"] | {
    "mail": {"format": "eml", "path": "landing/mail/*.eml", "own_addresses": ["@acme.example"]},
    "graph": {"format": "messenger_graph", "path": "landing/graph/*.json", "page_id": PAGE},
    "cloud": {"format": "whatsapp_cloud", "path": "landing/cloud/*.jsonl"},
    "leads": {"format": "facebook_leads", "path": "landing/leads/*.csv"},
}
NUMBER = "+49 151 23456789"
CRM = "id,name,phone,email\n1,Anna Berg,0151 23456789,anna@example.com"


@pytest.fixture
def shop(project: SmallProject) -> SmallProject:
    """A project that hears of its customers in many ways."""
    project.configure(sources=SOURCES)
    return project


def mailed(project: SmallProject, *headers: str, day: int = 10) -> None:
    lines = [*headers, f"Date: {day} Jun 2026 12:00:00 +0000", f"Message-ID: <{day}@mail.example>", "", "Hello"]
    project.deliver("mail", "", "\n".join(lines), f"2026-06-30-{day}.eml")


def messaged(project: SmallProject, sender: str = "Anna Berg") -> None:
    """Anna writes to the page on Messenger, which dresses up her id there as an address."""

    def party(key: str, name: str) -> dict[str, str]:
        return {"id": key, "name": name, "email": f"{key}@facebook.com"}

    anna, page = party(ANNA_THERE, sender), party(PAGE, "Acme")
    message = {"id": "m_1", "created_time": "2026-06-10T12:00:00+0000", "message": "Hi", "from": anna}
    thread = {"id": "t_1", "participants": {"data": [anna, page]}, "messages": {"data": [message]}}
    project.deliver("graph", "", json.dumps({"data": [thread]}), "2026-06-30.json")


def hook(*messages: dict[str, Any], number: str = "4915123456789") -> str:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49 30 901820", "phone_number_id": "2000000002"},
        "contacts": [{"profile": {"name": "Anna"}, "wa_id": number}],
        "messages": [{"from": number, "timestamp": "1781092800", **message} for message in messages],
    }
    entry = {"id": "1000000001", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]})


def interactions(project: SmallProject, record: str) -> tuple[bool, bool]:
    """Whether a contact has written, and whether it was written to."""
    contact = project.contact(record)
    return contact["last_inbound_at"] is not None, contact["last_outbound_at"] is not None


# who becomes a contact --------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_whoever_writes_becomes_a_contact_of_that_channel(shop: SmallProject) -> None:
    mailed(shop, "From: Anna Berg <anna@example.com>", "To: support@acme.example")
    shop.run()

    contact = shop.contact("mail:mailto:anna@example.com")

    assert (contact["name"], contact["email"], contact["source"]) == ("Anna Berg", "anna@example.com", "email")
    assert (contact["status"], contact["status_reason"]) == ("active", "recent_inbound")


@pytest.mark.heavy
def test_whoever_is_written_to_first_becomes_a_contact_that_has_not_written(shop: SmallProject) -> None:
    mailed(shop, "From: support@acme.example", "To: Anna Berg <anna@example.com>")
    shop.chat("+49 30 90182001", "2026-06-20 10:00 Small Shop: hello")
    shop.run()

    for record in ("mail:mailto:anna@example.com", "whatsapp:wa:493090182001"):
        assert interactions(shop, record) == (False, True)
        assert shop.contact(record)["status"] == "inactive"  # nothing was heard of them


@pytest.mark.heavy
def test_the_source_is_the_channel_of_whichever_interaction_was_first(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-01-05", CRM)
    shop.chat(NUMBER, f"2026-06-12 10:00 {NUMBER}: hello")
    mailed(shop, "From: support@acme.example", "To: anna@example.com", day=11)
    shop.run()

    assert shop.contact("crm:1")["source"] == "email"


def test_groups_are_kept_and_make_no_contacts(shop: SmallProject) -> None:
    shop.deliver(
        "whatsapp",
        "2026-06-20",
        f"""[2026-06-20, 10:00:00] Club: \u200e{NUMBER} created this group
            [2026-06-20, 10:01:00] {NUMBER}: hello
            [2026-06-20, 10:02:00] ~ Ben: hi
            [2026-06-20, 10:03:00] Small Shop: welcome""",
        "WhatsApp Chat with Club.txt",
    )
    mailed(shop, "From: Ben <ben@example.com>", "To: news@club.example", "List-Id: <news.club.example>")
    shop.run()

    assert shop.rows("FROM contact") == []
    assert {row["is_group"] for row in shop.rows("FROM conversation")} == {True}
    assert len(shop.rows("FROM message")) == 4


# what ties them to records of a list ------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_whatsapp_number_ties_a_chat_to_the_list(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-01-05", CRM)
    shop.chat(NUMBER, f"2026-06-10 10:00 {NUMBER}: hello")
    shop.run()

    assert shop.people() == {frozenset({"crm:1", "whatsapp:wa:4915123456789"})}


@pytest.mark.heavy
def test_an_address_ties_a_mail_to_the_list(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-01-05", CRM)
    mailed(shop, "From: A. Berg <Anna@Example.com>", "To: support@acme.example")
    shop.run()

    assert shop.people() == {frozenset({"crm:1", "mail:mailto:anna@example.com"})}


@pytest.mark.heavy
def test_a_lead_form_ties_what_it_holds_to_the_list(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-01-05", CRM)
    header = "id,created_time,platform,full_name,email,phone_number"
    row = "l:900000000000001,2026-06-10T12:00:00+00:00,fb,Anna Berg,anna@example.com,p:+4915123456789"
    shop.deliver("leads", "", f"{header}\n{row}", "leads-2026-06-30.csv")
    shop.run()

    [together] = shop.people()
    assert {record.partition(":")[0] for record in together} == {"crm", "leads"}


@pytest.mark.heavy
def test_a_name_alone_ties_nobody_to_anybody(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-01-05", CRM)
    messaged(shop)
    shop.chat("Anna Berg", "2026-06-10 10:00 Anna Berg: hello")
    shop.run()

    assert all(len(records) == 1 for records in shop.people())
    assert len(shop.people()) == 3


@pytest.mark.heavy
def test_what_facebook_dresses_up_as_an_address_is_none(shop: SmallProject) -> None:
    dressed_up = f"{ANNA_THERE}@facebook.com"
    shop.deliver("crm", "2026-01-05", f"id,name,phone,email\n1,Anna Berg,0151 23456789,{dressed_up}")
    messaged(shop)
    mailed(shop, f"From: Anna Berg <{dressed_up}>", "To: support@acme.example")
    shop.run()

    found = shop.rows("SELECT i.type FROM identifier i JOIN record r USING (record_key) WHERE r.source <> 'crm'")
    assert [row["type"] for row in found] == ["psid"]
    assert all(len(records) == 1 for records in shop.people())


@pytest.mark.heavy
def test_a_number_that_changes_links_the_old_one_and_the_new_one(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-01-05", CRM)
    system = {"type": "user_changed_number", "body": "Anna changed", "wa_id": "4915123456780"}
    hooks = [
        hook({"id": "wamid.1", "type": "text", "text": {"body": "Hi"}}),
        hook({"id": "wamid.2", "type": "system", "system": system}),
        hook({"id": "wamid.3", "type": "text", "text": {"body": "It is me"}}, number="4915123456780"),
    ]
    shop.deliver("cloud", "", "\n".join(hooks), "2026-06-30.jsonl")
    shop.run()

    [together] = shop.people()
    assert {"crm:1", "cloud:wa:4915123456789", "cloud:wa:4915123456780"} < together
    said = shop.rows("SELECT text FROM timeline WHERE kind = 'text' ORDER BY entry_id")
    assert {row["text"] for row in said} == {"Hi", "It is me"}


@pytest.mark.heavy
def test_a_notice_of_a_new_number_links_the_chats_of_both(shop: SmallProject) -> None:
    old, new = "+49 30 90182001", "+49 30 90182002"
    shop.chat(old, f"2026-06-10 10:00 {old}: hello", f"2026-06-10 11:00 {old}: \u200e{old} changed to {new}")
    shop.chat(new, f"2026-06-12 10:00 {new}: it is me")
    shop.run()

    [together] = shop.people()
    assert {"whatsapp:wa:493090182001", "whatsapp:wa:493090182002"} < together
