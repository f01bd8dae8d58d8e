from pathlib import Path

import pytest

from pipelines.errors import DeliveryHeld
from pipelines.read.whatsapp_chat.participants import clean, counted_title, title_in
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
