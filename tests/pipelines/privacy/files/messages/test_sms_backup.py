import pytest

from pipelines.privacy.files.kinds import rewrite
from pipelines.privacy.files.messages import sms_backup
from pipelines.privacy.files.outcome import Fate
from tests.pipelines.privacy.files.items import rewritten

HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!-- x -->\n<smses count=\"3\">\n"
BOB = '  <sms address="+12125550123" date="1" type="1" body="Hi &amp; bye" contact_name="Bob" />\n'
ANNA = '  <sms address="0171 3920017" date="1" type="2" body="Hi" contact_name="(Unknown)" />\n'


def mms(addresses: str, sender: str, text: str = "Hi") -> str:
    parts = f'<parts><part ct="image/jpeg" data="AAAA" /><part ct="text/plain" text="{text}" /></parts>'
    addrs = f'<addrs><addr address="{sender}" type="137" /><addr address="insert-address-token" type="151" /></addrs>'
    return f'  <mms address="{addresses}" contact_name="Anna Kowalska, Bob" date="1">{parts}{addrs}</mms>\n'


def backup(*elements: str) -> bytes:
    return f"{HEAD}{''.join(elements)}</smses>".encode()


@pytest.mark.parametrize(
    "theirs",
    [
        ANNA,
        mms("+491713920017", "insert-address-token"),
        mms("+491713920017~+12125550123", "+491713920017"),
        BOB.replace("Hi &amp; bye", "My parcel has not come yet."),
        '<call number="+491713920017" duration="3" />',
    ],
)
def test_messages_and_calls_with_the_person_go(theirs: str) -> None:
    data, done = rewritten(rewrite, backup(BOB, theirs, BOB), "sms.xml")
    assert data == backup(BOB, theirs[: len(theirs) - len(theirs.lstrip())] + "\n" * theirs.endswith("\n"), BOB)
    assert (done.removed, done.kept) == (1, 2)


def test_in_a_group_of_others_number_and_name_are_replaced() -> None:
    data, done = rewritten(rewrite, backup(mms("+491713920017~+12125550123", "+12125550123")), "sms.xml")
    group = mms("erased~+12125550123", "+12125550123").replace("Anna Kowalska, Bob", "erased, Bob")
    assert data == backup(group)
    assert (done.removed, done.erased) == (0, 2)


def test_a_namesake_and_what_others_wrote_stay() -> None:
    others = backup(BOB.replace("Bob", "Anna Kowalska"), BOB.replace("Hi &amp; bye", "Call 0171&#32;3920017"), BOB)
    data, done = rewritten(rewrite, others, "sms.xml")
    assert data == others
    assert (done.fate, done.mentions) == (Fate.UNTOUCHED, 2)


def test_a_backup_of_nobody_else_is_emptied() -> None:
    assert rewritten(rewrite, backup(ANNA), "sms.xml")[1].fate is Fate.EMPTIED


def test_a_message_longer_than_a_chunk_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_backup, "CHUNK", 16)
    data, _ = rewritten(rewrite, backup(BOB, mms("+491713920017", "+491713920017"), BOB), "sms.xml")
    assert data == backup(BOB, "  \n", BOB)
