from collections import defaultdict
from itertools import chain

import phonenumbers
import pytest

from examples.build_demo import DEMO, files
from examples.nordlicht.mailbox import mail_texts
from examples.nordlicht.people import Person, load, people, records_of
from examples.nordlicht.whatsapp import chats

RESERVED_DOMAINS = ("@example.com", "@example.org", "@example.net", ".example")
KEPT_FOR_FILMS = "+447700900461"  # possible, not valid: kept with a warning
SHARED_ON_PURPOSE = {
    "+494066969210": {"claudia_weber", "thomas_weber"},
    "+494066969330": {"karl_brinkmann_senior", "karl_brinkmann_junior"},
    "+494066969100": {"jan_kroeger", "fatma_aydin", "ruben_castro", "svenja_ohlsen", "dominik_krause", "mehtap_celik"},
    "info@radclub-elbe.example": {"sabine_krueger", "volker_timm", "anke_rosenthal", "radclub_elbe"},
}


def contact_points(person: Person) -> set[str]:
    """E-mail addresses and E.164 numbers anybody knows of a person."""
    rows = [*person.crm.values(), *person.crm_later.values(), *person.chatwoot.values()]
    phones = [row[cell] for row in rows for cell in ("phone", "handy") if cell in row]
    emails = [row["email"].lower() for row in rows if row.get("email")]
    return {e164(phone) for phone in phones} | set(emails) | set(person.mail)


def e164(phone: str) -> str:
    number = phonenumbers.parse(phone, "DE")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize("path", files())
def test_a_committed_delivery_is_exactly_what_the_builder_makes(path: str) -> None:
    assert (DEMO / path).read_bytes() == files()[path]


def test_nothing_is_in_the_landing_area_that_the_builder_does_not_make() -> None:
    landed = {path.relative_to(DEMO).as_posix() for path in (DEMO / "landing").rglob("*") if path.is_file()}

    assert landed == {path for path in files() if path.startswith("landing/")}


def test_every_record_belongs_to_one_person() -> None:
    records = list(chain.from_iterable(map(records_of, people())))

    assert len(records) == len(set(records))


def test_truth_names_all_who_talked_but_in_the_held_chat_the_group_spam_and_bounces() -> None:
    everybody = people()
    mails = [mail for mail in mail_texts() if "Spam" not in mail.get("labels", "") and "bounced" not in mail]
    addresses = {part.split("<")[-1].strip(">").lower() for mail in mails for part in (mail["sender"], mail["to"])}
    threads = {thread["folder"] for thread in load("messenger.toml")["thread"] if len(thread["others"]) == 1}

    assert {name for p in everybody for name in p.whatsapp} == {c["name"] for c in chats()} - {"+49 171 3920058"}
    assert {address for p in everybody for address in p.mail} == {
        address for address in addresses if not address.endswith("@nordlicht.example")
    }
    assert {folder for p in everybody for folder in p.facebook} == threads


def test_only_the_named_traps_share_a_phone_or_an_address() -> None:
    owners = defaultdict(set)
    for person in people():
        for point in contact_points(person):
            owners[point].add(person.key)

    assert {point: keys for point, keys in owners.items() if len(keys) > 1} == SHARED_ON_PURPOSE


def test_every_phone_is_valid_but_the_one_that_shows_what_happens_otherwise() -> None:
    phones = {point for person in people() for point in contact_points(person) if point.startswith("+")}

    invalid = {phone for phone in phones if not phonenumbers.is_valid_number(phonenumbers.parse(phone))}

    assert invalid == {KEPT_FOR_FILMS}


def test_no_address_could_be_anybodys() -> None:
    addresses = {point for person in people() for point in contact_points(person) if "@" in point}

    assert [address for address in addresses if not address.endswith(RESERVED_DOMAINS)] == []
