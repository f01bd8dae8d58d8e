from pathlib import Path

import pytest

from pipelines.errors import DeliveryHeld
from pipelines.read.whatsapp_chat import participants
from pipelines.read.whatsapp_chat.participants import (
    Names,
    OfGroup,
    Parties,
    Senders,
    clean,
    counted_title,
    parties,
    phone_digits,
    same,
    title_in,
)
from schemas.error_codes import ErrorCode
from tests.pipelines.read.whatsapp_chat.test_chat import read, written


def chat(*lines: str) -> str:
    return "".join(f"15.11.2026, 15:0{nth} - {line}\n" for nth, line in enumerate(lines))


@pytest.mark.parametrize(
    "stem",
    [
        "WhatsApp Chat with Lena Hoffmann - Copy",
        "WhatsApp Chat with Lena Hoffmann - Copy (2)",
        "WhatsApp Chat with Lena Hoffmann copy 2",
        "WhatsApp Chat with Lena Hoffmann (1)",
        "WhatsApp Chat with Lena Hoffmann (1) - Kopie",
        "Copy of WhatsApp Chat with Lena Hoffmann",
        "WhatsApp Chat mit Lena Hoffmann - Kopie",
        "Chat de WhatsApp con Lena Hoffmann - copia",
        "Discussion WhatsApp avec Lena Hoffmann - Copie",
        "Чат WhatsApp с Lena Hoffmann — копия",
        "Obrolan WhatsApp dengan Lena Hoffmann",
        "与Lena Hoffmann的 WhatsApp 聊天",
        "WhatsApp-keskustelu: Lena Hoffmann",
    ],
)
def test_renamed_and_copied_files_keep_their_title(stem: str) -> None:
    assert title_in(stem) == "Lena Hoffmann"


def test_somebody_may_be_called_as_copies_are() -> None:
    assert title_in("WhatsApp Chat with Copy") == "Copy"


def test_a_number_behind_the_title_is_one_of_a_copy_where_the_sender_has_none() -> None:
    assert counted_title("Lena Hoffmann 2", ["Lena Hoffmann", "Acme"]) == "Lena Hoffmann"
    assert counted_title("Room 2", ["Room 2", "Acme"]) == "Room 2"
    assert counted_title("Room 2", ["Acme"]) == "Room 2"


@pytest.mark.parametrize("name", ["Lena Hoffmann - Copy", "Lena Hoffmann 2", "Lena", "Lena Hoffmann"])
def test_a_chat_of_two_is_the_customers_whatever_its_file_is_called(tmp_path: Path, name: str) -> None:
    text = chat("Lena Hoffmann: Is my bike ready?", "Acme Support: Yes")
    batch = read(written(tmp_path, text, f"WhatsApp Chat with {name}.txt"), owner="Acme Support")
    assert batch.contacts.select("record_id", "name").rows() == [("chat:lena hoffmann", "Lena Hoffmann")]
    assert batch.messages["direction"].to_list() == ["inbound", "outbound"]


def test_three_who_speak_beside_the_title_are_a_group(tmp_path: Path) -> None:
    lines = [
        "Bike Club: words in a language that is not known",
        "Acme Support: Hey",
        "Brock Hill: Hey",
        "Misty Lake: Hi",
    ]
    batch = read(written(tmp_path, chat(*lines), "WhatsApp Chat with Bike Club.txt"), owner="Acme Support")
    assert batch.contacts.is_empty()
    assert batch.conversations["is_group"].to_list() == [True]
    assert batch.messages.height == 4


def test_a_group_in_which_one_other_spoke_is_known_by_its_notices(tmp_path: Path) -> None:
    lines = ["Ola utworzyła grupę", "Acme Support: Hey", "Ola: Hi"]
    batch = read(written(tmp_path, chat(*lines), "WhatsApp Chat with Klub.txt"), owner="Acme Support")
    assert batch.conversations["is_group"].to_list() == [True]


@pytest.mark.parametrize("name", ["WhatsApp Chat with Lena Hoffmann.txt", "WhatsApp Chat with Club.txt", "export.txt"])
def test_an_owner_who_is_no_sender_holds_the_file(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, chat("Lena Hoffmann: Is my bike ready?", "Acme Support: Yes"), name)
    with pytest.raises(DeliveryHeld, match="nobody in the chat is called as owner says") as held:
        read(path, owner="Acme Suport")
    assert held.value.code == ErrorCode.PARTIES_UNKNOWN


def test_an_owner_who_never_wrote_to_the_customer_holds_nothing(tmp_path: Path) -> None:
    text = chat("Lena Hoffmann: Is my bike ready?")
    batch = read(written(tmp_path, text, "WhatsApp Chat with Lena Hoffmann.txt"), owner="Acme Support")
    assert batch.messages["direction"].to_list() == ["inbound"]
    batch = read(written(tmp_path, text, "WhatsApp Chat with +44 7700 900123.txt"), owner="Acme Support")
    assert batch.contacts["record_id"].to_list() == ["wa:447700900123"]


def test_a_customer_whose_words_hold_colons_keeps_their_name(tmp_path: Path) -> None:
    text = chat("Dr: Lena: Note: one", "Dr: Lena: Note: two", "Acme Support: Yes: fine")
    batch = read(written(tmp_path, text, "WhatsApp Chat with Dr_ Lena.txt"), owner="Acme Support")
    assert batch.messages.select("sender", "text").rows() == [
        ("Dr: Lena", "Note: one"),
        ("Dr: Lena", "Note: two"),
        ("Acme Support", "Yes: fine"),
    ]


def test_places_do_not_become_part_of_a_name(tmp_path: Path) -> None:
    text = chat("Lena: location: https://maps.example/1", "Lena: location: https://maps.example/2", "Ben: a", "Eva: b")
    batch = read(written(tmp_path, text, "WhatsApp Chat with Club.txt"))
    assert batch.messages["sender"].to_list() == ["Lena", "Lena", "Ben", "Eva"]
    assert batch.messages["kind"].to_list()[:2] == ["location", "location"]


@pytest.mark.heavy
def test_lines_of_an_unknown_half_of_the_day_are_refused_with_their_place(tmp_path: Path) -> None:
    text = (
        "[18/11/26, 오후 3:12:45] Lena: one\n"
        "[18/11/26, noonish 3:12:50] Lena: two\nmore\n"
        "[18/11/26, 오후 3:13:45] Lena: three\n"
    )
    batch = read(written(tmp_path, text, "WhatsApp Chat with Lena.txt"))
    assert batch.messages["text"].to_list() == ["one", "three"]
    assert batch.refused.select("row", "line", "code").rows() == [(2, 2, "MESSAGE_UNREADABLE")]


@pytest.mark.parametrize(
    ("written", "name"),
    [("~ Lena", "Lena"), ("~\u202fLena", "Lena"), ("~Lena", "Lena"), ("Lena ~", "Lena ~"), (" \u200eLena ", "Lena")],
)
def test_a_name_its_bearer_chose_has_no_tilde(written: str, name: str) -> None:
    assert clean(written) == name


# names and numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("+49 151 234-567", "49151234567"),
        ("(030) 1234567", "0301234567"),
        ("+٤٩١٥١٢٣٤", "49151234"),
        ("123 456", None),
        ("1234567", "1234567"),
        ("1" * 31, None),
        ("Anna 1234567", None),
    ],
)
def test_a_name_may_be_a_number(name: str, digits: str | None) -> None:
    assert phone_digits(name) == digits


@pytest.mark.parametrize(
    ("name", "other", "is_one"),
    [
        ("Anna / Bob", "Anna _ Bob", True),
        ("ANNA", "~ anna", True),
        ("+49 151 234567", "+49-151-234567", True),
        ("Ａnna", "Anna", True),
        ("Anna", "Annas", False),
        ("🚲", "🚗", False),
        ("🚲", "🚲", True),
    ],
)
def test_names_are_one_as_far_as_a_file_name_can_tell(name: str, other: str, is_one: bool) -> None:
    assert same(name, other) is is_one


def test_a_name_has_no_odd_spaces_and_no_invisible_marks() -> None:
    assert clean("A\u00a0\u200enna\u202fB") == "A nna B"
    assert clean("e\u0301") == "\u00e9"
    assert clean("~~Anna") == "~Anna"


# senders ----------------------------------------------------------------------------------------------------------


def met(*bodies: str, known: tuple[str, ...] = ()) -> Senders:
    senders = Senders(known)
    for body in bodies:
        senders.add(body)
    return senders


def test_who_stands_before_the_first_colon_wrote() -> None:
    senders = met("Anna: hi", "Ben: yes: fine", "Anna: http://x", "no colon", "12:30", ": nothing")
    assert senders.names() == ["Anna", "Ben"]
    assert senders.split("Anna: hi") == ("Anna", "hi")
    assert senders.split("Ben: yes: fine") == ("Ben", "yes: fine")
    assert senders.split("Anna:") == ("Anna", "")
    assert senders.split("no colon") is senders.split("12:30") is None


def test_a_name_that_always_goes_on_behind_its_colon_is_longer() -> None:
    senders = met("Dr: Lena: one", "Dr: Lena: two", "Ben: a: b")
    assert senders.names() == ["Dr: Lena", "Ben"]
    assert senders.split("Dr: Lena: Note: x") == ("Dr: Lena", "Note: x")
    assert met("Dr: Lena: one").names() == ["Dr"]
    assert met("Dr: Lena: one", "Dr: two", "Dr: Lena: three").names() == ["Dr"]


def test_one_who_is_known_is_who_wrote() -> None:
    senders = met("Dr: Lena: one", known=("dr lena",))
    assert senders.names() == ["Dr: Lena"]
    assert senders.split("Dr: Lena: one") == ("Dr: Lena", "one")


def test_a_name_that_was_met_needs_no_blank_behind_its_colon() -> None:
    senders = met("Anna: hi")
    assert senders.split("Anna:hi") == ("Anna", "hi")
    assert senders.split("Ben:hi") is None
    assert senders.split("Anna:" + "x" * 200) == ("Anna", "x" * 200)


def test_many_lines_that_begin_alike_are_taken_in_at_once() -> None:
    senders = Senders()
    senders.add("Dr: Lena: one", 2)
    assert senders.names() == ["Dr: Lena"]


def test_so_many_names_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participants, "SENDERS", 2)
    assert met("Anna: a", "Ben: b", "Cleo: c", "Anna: d").names() == ["Anna", "Ben"]


def test_a_name_is_of_so_many_characters_at_most() -> None:
    longest = "x" * 119
    assert met(f"{longest}: hi").names() == [longest]
    assert met(f"x{longest}: hi").names() == []


# who is who -------------------------------------------------------------------------------------------------------

QUIET = OfGroup(any=False, only_notices=False)


def between(title: str | None, *senders: str, owners: tuple[str, ...] = (), seen: OfGroup = QUIET) -> Parties:
    return parties(title, "export", list(senders), list(owners), seen)


@pytest.mark.parametrize(
    ("title", "senders", "owners", "person", "name", "phone"),
    [
        ("Anna", ("Anna", "Shop"), (), "chat:anna", "Anna", None),
        ("Anna", ("Shop",), ("Shop",), "chat:anna", "Anna", None),
        ("Anna", ("Shop",), (), "chat:anna", "Anna", None),
        ("Anna", (), (), "chat:anna", "Anna", None),
        ("Renamed", ("Anna", "Shop"), ("Shop",), "chat:anna", "Anna", None),
        (None, ("Anna", "Shop"), ("Shop",), "chat:anna", "Anna", None),
        ("+49 151 234567", ("+49 151 234567", "Shop"), (), "wa:49151234567", None, "+49 151 234567"),
        ("+49 151 234567", ("Anna", "Shop"), ("Shop",), "wa:49151234567", "Anna", "+49 151 234567"),
        ("+49 151 234567", ("Shop",), (), "wa:49151234567", None, "+49 151 234567"),
        ("ANNA", ("Anna", "Shop"), (), "chat:anna", "Anna", None),
    ],
)
def test_a_chat_of_two_is_with_one_person(
    title: str | None,
    senders: tuple[str, ...],
    owners: tuple[str, ...],
    person: str,
    name: str | None,
    phone: str | None,
) -> None:
    found = between(title, *senders, owners=owners)
    assert (found.person, found.conversation, found.name, found.phone) == (person, person, name, phone)
    assert (found.is_group, found.app) == (False, None)


NOTICED = OfGroup(any=True, only_notices=False)
ONLY_NOTICES = OfGroup(any=True, only_notices=True)


@pytest.mark.parametrize(
    ("title", "senders", "owners", "seen", "is_group"),
    [
        ("Club", ("Anna", "Ben"), (), QUIET, True),
        ("Club", ("Anna",), (), NOTICED, True),
        ("Club", ("Shop",), ("Shop",), NOTICED, True),
        ("Club", ("Anna", "Shop"), ("Shop",), NOTICED, True),
        ("Club", ("Anna", "Ben", "Shop"), ("Shop",), QUIET, True),
        ("Club", ("Club", "Anna", "Ben"), (), QUIET, False),
        ("Club", ("Club", "Anna", "Ben", "Cleo"), (), QUIET, True),
        ("Club", ("Club", "Anna", "Ben"), (), ONLY_NOTICES, True),
        ("Club", ("Club", "Anna"), (), ONLY_NOTICES, False),
        (None, ("Anna", "Ben", "Shop"), ("Shop",), QUIET, True),
        (None, ("Anna", "Ben", "Cleo"), (), QUIET, True),
    ],
)
def test_a_group_is_told_by_who_speaks_and_by_its_notices(
    title: str | None, senders: tuple[str, ...], owners: tuple[str, ...], seen: OfGroup, is_group: bool
) -> None:
    found = between(title, *senders, owners=owners, seen=seen)
    assert found.is_group is is_group
    assert (found.person is None) is is_group
    assert found.conversation == f"{'group' if is_group else 'chat'}:{(title or 'export').casefold()}"
    assert found.app == ("Club" if is_group and seen.only_notices else None)


@pytest.mark.parametrize(
    ("title", "senders", "owners", "why"),
    [
        (None, ("Anna", "Shop"), (), "set owner"),
        (None, ("Shop",), ("Shop",), "nobody but the company wrote"),
        ("+49 151 234567", ("Anna", "Shop"), (), "set owner"),
        ("Anna", ("Anna", "Shop"), ("Store",), "nobody in the chat is called as owner says"),
        ("+49 151 234567", ("Anna", "Ben"), ("Store",), "nobody in the chat is called as owner says"),
        ("Club", ("Anna",), ("Store",), "nobody in the chat is called as owner says"),
    ],
)
def test_what_does_not_tell_who_is_who_is_held(
    title: str | None, senders: tuple[str, ...], owners: tuple[str, ...], why: str
) -> None:
    with pytest.raises(DeliveryHeld, match=why) as held:
        between(title, *senders, owners=owners)
    assert held.value.code == ErrorCode.PARTIES_UNKNOWN


@pytest.mark.parametrize(
    ("title", "senders", "owners", "roles"),
    [
        ("Anna", ("Anna", "Shop"), ("Shop",), {"Anna": ("inbound", True), "Shop": ("outbound", True)}),
        ("Anna", ("Anna", "Shop"), (), {"Anna": ("inbound", True), "Shop": ("outbound", True)}),
        ("Anna", ("Anna", "Shop", "Ben"), ("Shop",), {"Ben": ("inbound", False), "anna!": ("inbound", False)}),
        ("+49 151 234567", ("Anna", "Shop"), ("Shop",), {"Anna": ("inbound", True), "Ben": ("inbound", True)}),
        ("Shop", ("Shop", "shop!"), ("shop",), {"Shop": ("inbound", True), "shop!": ("outbound", True)}),
        ("shop", ("Shop", "shop"), ("Shop",), {"Shop": ("outbound", True), "shop": ("inbound", True)}),
    ],
)
def test_each_sender_has_a_side(
    title: str, senders: tuple[str, ...], owners: tuple[str, ...], roles: dict[str, tuple[str, bool]]
) -> None:
    found = between(title, *senders, owners=owners)
    told = {name: found.role(name) for name in roles}
    assert {name: (side.value, person == found.person) for name, (side, person) in told.items()} == roles


def test_in_a_group_everybody_but_the_company_is_inbound_and_nobody_is_its_person() -> None:
    found = between("Club", "Anna", "Ben", "Shop", owners=("Shop",))
    assert [found.role(name) for name in ("Anna", "Shop")] == [("inbound", None), ("outbound", None)]


def test_names_fit_to_the_letter_or_nearly_or_not() -> None:
    names = Names(frozenset({"Anna"}), ("Ben / Co",))
    assert [names.fit(name) for name in ("Anna", "anna", "Ben _ Co", "Cleo")] == [2, 0, 1, 0]
