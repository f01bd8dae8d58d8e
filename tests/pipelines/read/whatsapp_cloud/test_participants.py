from typing import Any

import pytest

from pipelines.read.core.frames import Identifier, Thread
from pipelines.read.whatsapp_cloud import participants as module
from pipelines.read.whatsapp_cloud.participants import NOTHING_TOLD, Inbox, Met, Party, digits, person, told_of
from schemas.vocabulary import Channel, IdentifierType

SHOP = Inbox("49 30 901820", "2000", "4930901820", "1000")
ANNA = {"wa_id": "49151", "user_id": "DE.1", "profile": {"name": "Anna", "username": "anna.b"}}


@pytest.mark.parametrize(
    ("shown", "key", "expected"),
    [
        ("49 30 901820", "2000", SHOP),
        ("49 30 901820", None, SHOP._replace(key="4930901820")),
        (None, "2000", Inbox("2000", "2000", None, "1000")),
        ("Shop", "", Inbox("Shop", "Shop", None, "1000")),
        ("", None, None),
        (["49"], {}, None),
        ([], "2000", Inbox("2000", "2000", None, "1000")),
    ],
)
def test_an_inbox_is_known_by_its_number_or_its_id(shown: Any, key: Any, expected: Inbox | None) -> None:
    met = Met()
    assert met.inbox("1000", shown, key) == met.inbox("1000", shown, key) == expected


@pytest.mark.parametrize(
    ("number", "user_id", "told", "record"),
    [
        ("49151", None, NOTHING_TOLD, "wa:49151"),
        ("+49 (151)", None, NOTHING_TOLD, "wa:49151"),
        (None, "DE.1", NOTHING_TOLD, "wa_user:1000:DE.1"),
        ("49151", "DE.1", NOTHING_TOLD, "wa:49151"),
        (None, None, ("49151", "DE.1", "Anna", None), "wa:49151"),
        (None, None, (None, "DE.1", "Anna", None), "wa_user:1000:DE.1"),
        ([], {}, (None, "DE.1", 5, []), "wa_user:1000:DE.1"),
    ],
)
def test_a_party_is_known_by_its_number_else_by_its_id_in_the_account(
    number: Any, user_id: Any, told: Any, record: str
) -> None:
    talk, news = Met().talk(SHOP, number, user_id, told, 3)
    assert talk is not None
    assert (talk.key, talk.person) == (f"2000|{record}", record)
    assert news[0] == Thread(talk.key, Channel.WHATSAPP, None, inbox="49 30 901820")
    assert talk.party is not None
    assert news[1] == person(talk.party, 3)


def test_without_a_number_and_an_id_there_is_no_conversation() -> None:
    assert Met().talk(SHOP, None, "", (None, None, "Anna", None), 1) == (None, ())


def test_what_is_known_is_not_told_again_until_something_else_is_said() -> None:
    met = Met()
    first = met.talk(SHOP, "49151", None, NOTHING_TOLD, 1)
    again = met.talk(SHOP, "49151", None, NOTHING_TOLD, 2)
    named = met.talk(SHOP, "49151", None, (None, None, "Anna", None), 3)
    assert [len(news) for _, news in (first, again, named)] == [2, 0, 2]
    assert first[0] == again[0]


def test_what_is_known_is_forgotten_when_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    met = Met()
    told = [len(met.talk(SHOP, number, None, NOTHING_TOLD, 1)[1]) for number in ("1", "2", "1", "3", "1", "3")]
    assert told == [2, 2, 0, 2, 2, 0]
    assert [met.inbox("1000", number, None) for number in ("1", "2", "3", "1")][3] == met.inbox("1000", "1", None)


def test_a_group_has_no_other_party_but_the_name_of_who_wrote() -> None:
    talk, [thread] = Met().group(SHOP, "g1", (None, None, "Anna", None))
    assert talk is not None
    assert talk.party is not None
    assert (talk.key, talk.person, talk.party.name) == ("2000|group:g1", None, "Anna")
    assert thread == Thread("2000|group:g1", Channel.WHATSAPP, None, is_group=True, inbox="49 30 901820")


def test_a_change_tells_of_the_party_that_is_meant() -> None:
    told = ("49151", "DE.1", "Anna", "anna.b")
    value = {"contacts": [{"wa_id": "49170"}, ANNA]}
    assert told_of(value, "49151", None) == told_of(value, None, "DE.1") == told_of(value, "other", "DE.1") == told
    assert told_of(value, "49199", None) == told_of(value, None, None) == told_of({}, None, None) == NOTHING_TOLD
    assert told_of({"contacts": [ANNA]}, None, None) == told
    assert told_of({"contacts": [ANNA]}, "49170", None) == told_of({"contacts": [ANNA]}, None, "x") == NOTHING_TOLD
    assert told_of({"contacts": [{"user_id": None}, ANNA]}, "49151", None) == told


@pytest.mark.parametrize(
    ("number", "bare"),
    [
        ("+49 (30) 90-18", "49309018"),
        ("1" * 15, "1" * 15),
        ("1" * 16, None),
        ("g1", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_its_digits(number: str | None, bare: str | None) -> None:
    assert digits(number) == bare


def test_a_party_is_a_person_with_all_it_is_known_by() -> None:
    found = person(Party("1000", "49151", "DE.1", "Anna", "anna.b"), 3)
    assert (found.record_id, found.channel, found.name, found.line) == ("wa:49151", "whatsapp", "Anna", 3)
    assert found.identifiers == (
        Identifier(IdentifierType.WA_ID, "49151", "wa_id"),
        Identifier(IdentifierType.WA_USER_ID, "DE.1", "user_id", "1000"),
        Identifier(IdentifierType.USERNAME, "anna.b", "username", "whatsapp"),
    )
    assert [each.type for each in person(Party("1000", None, "DE.1"), None).identifiers] == ["wa_user_id"]
