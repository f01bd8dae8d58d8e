from typing import Any

import pytest

from pipelines.read.chats.slack_people import Member, people
from pipelines.read.chats.slack_text import files, said
from pipelines.read.core.frames import File, Identifier
from schemas.vocabulary import IdentifierType


def user(key: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "team_id": "T1", "profile": {"real_name": key.title()}} | more


def customers(*users: Any, team: str | None = "T1", own: str | None = None) -> list[str]:
    owns = (lambda email: email.endswith(own)) if own else None
    return [each.user for each in people(list(users), team, owns).members.values() if each.is_customer]


@pytest.mark.parametrize(
    ("more", "is_customer"),
    [
        ({}, False),
        *(({flag: True}, True) for flag in ("is_stranger", "is_restricted", "is_ultra_restricted")),
        ({"is_restricted": "yes"}, False),
        ({"team_id": "T2"}, True),
        ({"team_id": None}, False),
        ({"team_id": "T2", "is_bot": True}, False),
        ({"team_id": "T2", "is_app_user": True}, False),
        ({"team_id": "T2", "id": "USLACKBOT"}, False),
    ],
)
def test_a_guest_and_who_is_of_another_workspace_is_a_customer(more: dict[str, Any], is_customer: bool) -> None:
    assert bool(customers(user("anna", **more))) is is_customer


def test_where_addresses_of_the_company_are_known_they_tell() -> None:
    anna = user("anna", team_id="T2", profile={"email": "anna@acme.example"})
    ben = user("ben", profile={"email": "ben@x.example"})
    assert customers(anna, ben, user("cleo", team_id="T2"), own="@acme.example") == ["ben", "cleo"]
    assert customers(anna, ben) == ["anna"]


def test_the_workspace_is_the_one_most_users_are_of() -> None:
    some = [user("a", team_id="T2"), user("b", team_id="T2"), user("c", team_id="T1")]
    assert people(some, None, None).team == "T2"
    assert people([*some, user("d", team_id="T1")], None, None).team == "T1"
    strangers = [user(each, team_id="T3", is_stranger=True) for each in "xyz"]
    assert people([*some, *strangers], None, None).team == "T2"
    assert people([], None, None).team == ""
    assert people(some, "T9", None).team == "T9"
    assert customers(*some, team=None) == ["c"]


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"profile": {"real_name": "A", "display_name": "C"}, "real_name": "B", "name": "d"}, "A"),
        ({"profile": {"display_name": "C"}, "real_name": "B", "name": "d"}, "B"),
        ({"profile": {"display_name": "C"}, "name": "d"}, "C"),
        ({"profile": None, "name": "d"}, "d"),
        ({"profile": {"real_name": " "}}, None),
    ],
)
def test_a_user_is_called_by_the_first_name_there_is(more: dict[str, Any], name: str | None) -> None:
    found = people([user("u") | more, "text", {"id": None}], "T1", None)
    assert list(found.members) == ["u"]
    assert found.name("u") == name
    assert found.name(None) is found.name("nobody") is None


def test_what_a_user_writes_goes_in_or_out() -> None:
    found = people([user("anna", is_restricted=True), user("ina"), user("bot", is_bot=True)], "T1", None)
    assert [found.author(each) for each in ("anna", "ina", "bot", "nobody", None)] == [
        ("inbound", "contact"),
        ("outbound", "agent"),
        ("outbound", "bot"),
        *[("outbound", "agent")] * 2,
    ]


def test_a_customer_is_known_by_id_and_address() -> None:
    found = people([], "T1", None)
    anna = found.person(Member("u", "Anna", "a@x.example", is_customer=True, is_bot=False))
    assert (anna.record_id, anna.channel, anna.name) == ("slack:T1:u", "slack", "Anna")
    assert anna.identifiers == (
        Identifier(IdentifierType.SLACK_ID, "u", "id", "T1"),
        Identifier(IdentifierType.EMAIL, "a@x.example", "email"),
    )
    assert len(found.person(Member("u", "Anna", None, is_customer=True, is_bot=False)).identifiers) == 1


# words and files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("hi <@anna> &amp; <@ben|Ben> <@who>", "hi @Anna & @Ben @who"),
        ("<#C1|fair> <#C2>", "#fair #C2"),
        ("<!here> <!subteam^S1|@team> <!date^17^x>", "@here @team @date"),
        ("<https://a.example|A> <https://a.example>", "A (https://a.example) https://a.example"),
        ("<mailto:a@x.example|a@x.example> <tel:+4930|+4930>", "a@x.example +4930"),
        ("<https://a.example|a.example>", "https://a.example"),
        ("&lt;b&gt;", "<b>"),
        (" ", None),
        (None, None),
    ],
)
def test_words_have_no_markup(text: str | None, plain: str | None) -> None:
    assert said({"text": text}, people([user("anna")], "T1", None)) == plain


def test_a_message_without_words_says_those_of_what_is_attached() -> None:
    nobody = people([], "T1", None)
    attached = [{"fallback": "one", "text": "no"}, {"text": "two"}, {}, "text"]
    assert said({"attachments": attached}, nobody) == "one\ntwo"
    assert said({"text": "own", "attachments": attached}, nobody) == "own"


def test_files_are_called_by_name_else_by_title_and_those_that_are_gone_left_out() -> None:
    some = [{"name": "a", "mimetype": "x/y"}, {"title": "b"}, {"name": "c", "mode": "tombstone"}, "text"]
    assert files({"file": {"name": "old"}, "files": some}) == [File("old"), File("a", "x/y"), File("b")]
    assert files({"text": "hi"}) == []
