"""The invented customers: who exists, and what each source knows of them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

OWNER = "Nordlicht Räder"  # the shop, as its own chats and profile name it

Row = dict[str, str]  # the filled cells of a contact list, by short column name


class Person(NamedTuple):
    """Somebody who exists once, however many records there are. `note` says what is hard about it."""

    key: str
    note: str
    crm: dict[str, Row]  # by Record ID
    crm_later: dict[str, Row]  # as the second export has it
    chatwoot: dict[str, Row]  # by id
    whatsapp: list[str]  # names of chats
    mail: list[str]  # addresses
    facebook: list[str]  # folders of threads


def load(name: str) -> dict[str, Any]:
    """The content of a TOML file of this folder."""
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def people() -> list[Person]:
    """Everybody, the hard ones first."""
    everybody = load("traps.toml") | load("regulars.toml")
    return [person(key, facts) for key, facts in everybody.items()]


def person(key: str, facts: dict[str, Any]) -> Person:
    """One person of the TOML files. The second CRM export repeats what it does not change."""
    crm = {record_id: cells(groups) for record_id, groups in facts.get("crm", {}).items()}
    later = facts.get("crm_later", {})
    return Person(
        key=key,
        note=facts["note"],
        crm=crm,
        crm_later={record_id: crm.get(record_id, {}) | cells(groups) for record_id, groups in later.items()},
        chatwoot=facts.get("chatwoot", {}),
        whatsapp=facts.get("whatsapp", []),
        mail=facts.get("mail", []),
        facebook=facts.get("facebook", []),
    )


def cells(groups: dict[str, Row]) -> Row:
    """A CRM row from its groups of cells (who, reach, terms, about)."""
    return {column: value for group in groups.values() for column, value in group.items()}


def records_of(person: Person) -> Iterator[tuple[str, str]]:
    """Yield (source, record_id) of every record of a person, named as the readers of onecontact name them."""
    for record_id in person.crm | person.crm_later:
        yield "crm", record_id
    for contact_id in person.chatwoot:
        yield "chatwoot", contact_id
    for chat in person.whatsapp:
        yield "whatsapp", chat_id(chat)
    for address in person.mail:
        yield "mailbox", f"mailto:{address}"
    for folder in person.facebook:
        yield "facebook", f"thread:{folder}"


def chat_id(chat: str) -> str:
    """The digits of a chat with a number that is in nobody's address book, else the saved name."""
    if chat.startswith("+"):
        return "wa:" + "".join(filter(str.isdigit, chat))
    return f"chat:{chat.casefold()}"
