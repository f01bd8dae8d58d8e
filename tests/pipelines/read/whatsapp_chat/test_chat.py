import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryHeld, DeliveryRefused
from pipelines.read.core import lines
from pipelines.read.core.batch import Batch
from pipelines.read.whatsapp_chat import first_pass
from pipelines.read.whatsapp_chat.chat import FORMAT, WhatsappChat
from pipelines.read.whatsapp_chat.participants import title_in
from schemas import received
from schemas.error_codes import ErrorCode
from tests.examples import examples
from tests.joined import joined

NAMED = "WhatsApp Chat with Anna Weber.txt"
CHAT = """13/09/25, 09:00 - Messages and calls are end-to-end encrypted.
13/09/25, 09:53 - Anna Weber: Hi: is it in stock?
second line
13/09/25, 09:54 - Acme Support: Yes
"""


def read(path: Path, *, rows: int = 20_000, **options: Any) -> Batch:
    source = WhatsappChat(**{"format": "whatsapp_chat", "path": "x", "timezone": "Europe/Berlin"} | options)
    batches = list(FORMAT.read(path, source, rows=rows))
    for batch in batches:
        received.ContactRow.validate(batch.contacts)
        received.IdentifierRow.validate(batch.identifiers)
        received.Conversation.validate(batch.conversations)
        received.Message.validate(batch.messages)
        received.Event.validate(batch.events)
        received.Refusal.validate(batch.refused)
    return joined(batches)


def written(folder: Path, text: str | bytes, name: str = NAMED) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_messages_and_notices_of_a_chat_are_read(tmp_path: Path) -> None:
    batch = read(written(tmp_path, CHAT))
    assert batch.messages.select("row", "line", "direction", "sender", "text").rows() == [
        (2, 2, "inbound", "Anna Weber", "Hi: is it in stock?\nsecond line"),
        (3, 4, "outbound", "Acme Support", "Yes"),
    ]
    assert batch.events.select("row", "kind").rows() == [(1, "system")]


def test_wall_clock_times_are_of_the_sources_zone(tmp_path: Path) -> None:
    message = read(written(tmp_path, CHAT)).messages.row(0, named=True)
    assert message["sent_at"] == datetime(2025, 9, 13, 7, 53, tzinfo=UTC)
    assert (message["precision"], message["zone_source"]) == ("minute", "assumed")


def test_times_the_clock_change_skips_or_repeats_are_read_the_same_each_time(tmp_path: Path) -> None:
    chat = "30/03/25, 02:30 - Anna Weber: skipped\n26/10/25, 02:30 - Anna Weber: repeated\n"
    sent = read(written(tmp_path, chat)).messages["sent_at"].to_list()
    assert sent == [datetime(2025, 3, 30, 1, 30, tzinfo=UTC), datetime(2025, 10, 26, 0, 30, tzinfo=UTC)]


def test_seconds_make_the_time_exact_to_the_second(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "[13/09/25, 09:53:20] Anna Weber: Hi\r\n"))
    assert batch.messages["precision"].to_list() == ["second"]


def test_a_saved_name_is_a_person_without_identifier(tmp_path: Path) -> None:
    batch = read(written(tmp_path, CHAT))
    row = batch.contacts.row(0, named=True)
    assert (row["row"], row["record_id"], row["channel"], row["name"]) == (
        1,
        "chat:anna weber",
        "whatsapp",
        "Anna Weber",
    )
    assert batch.identifiers.is_empty()
    assert batch.conversations.select("key", "channel", "title", "is_group", "status", "inbox").row(0) == (
        "chat:anna weber",
        "whatsapp",
        "Anna Weber",
        False,
        None,
        None,
    )
    assert set(batch.messages["person"]) == {"chat:anna weber"}


def test_a_number_is_a_person_known_by_it(tmp_path: Path) -> None:
    chat = "13/09/25, 09:53 - \u202a+44 7700\u00a0900123\u202c: Hi\n13/09/25, 09:54 - Acme Support: Yes\n"
    batch = read(written(tmp_path, chat, "WhatsApp Chat with +44 7700 900123.txt"))
    assert batch.contacts.select("record_id", "name").row(0) == ("wa:447700900123", None)
    assert batch.identifiers.row(0) == (1, "wa_id", "", "+44 7700 900123", "chat")
    assert batch.messages["direction"].to_list() == ["inbound", "outbound"]


def test_a_chosen_name_is_shown_for_a_number(tmp_path: Path) -> None:
    chat = "[13/09/25, 09:53:00] ~\u202fAnna: Hi\n[13/09/25, 09:54:00] Acme Support: Yes\n"
    batch = read(written(tmp_path, chat, "WhatsApp Chat - +44 7700 900123.txt"), owner="Acme Support")
    assert batch.contacts.select("record_id", "name").row(0) == ("wa:447700900123", "Anna")
    assert batch.messages["direction"].to_list() == ["inbound", "outbound"]


def test_without_a_title_the_one_who_is_not_the_owner_is_the_customer(tmp_path: Path) -> None:
    batch = read(written(tmp_path, CHAT, "export.txt"), owner=["Acme Support", "Acme"])
    assert batch.messages.select("person", "direction").rows() == [
        ("chat:anna weber", "inbound"),
        ("chat:anna weber", "outbound"),
    ]


def test_without_title_and_owner_the_delivery_is_held(tmp_path: Path) -> None:
    with pytest.raises(DeliveryHeld, match="set owner") as held:
        read(written(tmp_path, CHAT, "export.txt"))
    assert held.value.code == ErrorCode.PARTIES_UNKNOWN


def test_a_customer_who_never_wrote_is_the_title(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "13/09/25, 09:54 - Acme Support: Hello?\n"))
    assert batch.messages.select("person", "direction").rows() == [("chat:anna weber", "outbound")]


def test_a_group_has_no_person(tmp_path: Path) -> None:
    chat = CHAT + "13/09/25, 09:55 - Ben: Me too\n"
    batch = read(written(tmp_path, chat, "WhatsApp Chat with Team Berlin.txt"), owner="Acme Support")
    assert batch.contacts.is_empty()
    assert batch.conversations.select("key", "is_group").row(0) == ("group:team berlin", True)
    assert batch.messages["person"].null_count() == 3
    assert batch.messages["direction"].to_list() == ["inbound", "outbound", "inbound"]


def test_a_quoted_title_tells_a_group_in_which_only_the_company_wrote(tmp_path: Path) -> None:
    chat = '13/09/25, 09:00 - You created group "Team Berlin"\n13/09/25, 09:54 - Acme Support: Hello\n'
    batch = read(written(tmp_path, chat, "WhatsApp Chat with Team Berlin.txt"))
    assert batch.conversations["is_group"].to_list() == [True]


def test_a_stranger_in_a_chat_of_two_is_not_taken_for_the_customer(tmp_path: Path) -> None:
    chat = CHAT + "13/09/25, 09:55 - Mallory: I am Anna\n"
    batch = read(written(tmp_path, chat), owner="Acme Support")
    assert batch.messages["person"].to_list() == ["chat:anna weber", "chat:anna weber", None]


def test_names_may_hold_a_colon(tmp_path: Path) -> None:
    chat = "13/09/25, 09:53 - Anna: Acme: one\n13/09/25, 09:54 - Anna: Acme: two\n13/09/25, 09:55 - Ben: three: 3\n"
    batch = read(written(tmp_path, chat, "WhatsApp Chat with Team.txt"))
    assert batch.messages.select("sender", "text").rows() == [
        ("Anna: Acme", "one"),
        ("Anna: Acme", "two"),
        ("Ben", "three: 3"),
    ]


def test_notices_of_ios_are_events_and_its_media_messages(tmp_path: Path) -> None:
    chat = (
        "[13/09/25, 09:53:20] Anna Weber: \u200eMessages and calls are end-to-end encrypted.\r\n"
        "\u200e[13/09/25, 09:54:01] Anna Weber: \u200eimage omitted\r\n"
    )
    batch = read(written(tmp_path, chat))
    assert batch.events["text"].to_list() == ["Messages and calls are end-to-end encrypted."]
    assert batch.messages["kind"].to_list() == ["media"]


def test_equal_messages_have_keys_of_their_own(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "13/09/25, 09:53 - Anna Weber: Hi\n" * 2))
    base = "chat:anna weber|2025-09-13T07:53:00+00:00|Anna Weber|Hi"
    assert batch.messages["key"].to_list() == [f"{base}|0", f"{base}|1"]


def test_a_later_export_that_begins_within_a_minute_brings_nothing_twice(tmp_path: Path) -> None:
    line = "13/09/25, 09:53 - Anna Weber: {}\n"
    early = read(written(tmp_path, "".join(map(line.format, ["Ok", "Hi", "Ok", "Ok"])))).messages["key"].to_list()
    late = read(written(tmp_path, "".join(map(line.format, ["Ok", "Ok", "Bye"])))).messages["key"].to_list()
    assert len({*early, *late}) == 5
    assert set(late) - set(early) == {"chat:anna weber|2025-09-13T07:53:00+00:00|Anna Weber|Bye|0"}


def test_with_media_and_without_a_message_has_the_same_key(tmp_path: Path) -> None:
    line = "13/09/25, 09:53 - Anna Weber: {}\n"
    keys = [
        read(written(tmp_path, line.format(words))).messages["key"].to_list()
        for words in ("<Media omitted>", "IMG-20250913-WA0001.jpg (file attached)")
    ]
    assert keys[0] == keys[1]


def test_exports_of_two_phones_agree_when_each_says_its_zone(tmp_path: Path) -> None:
    berlin = read(written(tmp_path, "30/03/25, 01:30 - Anna Weber: Hi\n30/03/25, 03:30 - Anna Weber: Yes\n"))
    london = read(
        written(tmp_path, "[30/03/25, 00:30:00] Anna Weber: Hi\n[30/03/25, 02:30:00] Anna Weber: Yes\n"),
        timezone="Europe/London",
    )
    assert berlin.messages["sent_at"].to_list() == london.messages["sent_at"].to_list()
    assert berlin.messages["key"].to_list() == london.messages["key"].to_list()


def test_contact_and_agent_are_told_apart_as_authors(tmp_path: Path) -> None:
    assert read(written(tmp_path, CHAT)).messages["author"].to_list() == ["contact", "agent"]


def test_attached_files_are_listed_by_name(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "13/09/25, 09:53 - Anna Weber: IMG-1.jpg (file attached)\nthe red one\n"))
    message = batch.messages.row(0, named=True)
    assert message["attachments"] == [{"name": "IMG-1.jpg", "type": None, "sha256": None}]
    assert (message["kind"], message["text"]) == ("media", "the red one")


@pytest.mark.parametrize(
    ("notice", "before", "after"),
    [
        ("Anna Weber changed their phone number to a new number. Tap to add it.", None, None),
        ("Anna Weber hat eine neue Telefonnummer. Tippe, um sie hinzuzufügen.", None, None),
        ("+44 20 7946 0001 changed to +44 20 7946 0002", "+44 20 7946 0001", "+44 20 7946 0002"),
    ],
)
def test_a_new_number_is_an_event_read_out_of_its_notice(
    tmp_path: Path, notice: str, before: str | None, after: str | None
) -> None:
    event = read(written(tmp_path, f"{CHAT}13/09/25, 09:55 - {notice}\n")).events.row(1, named=True)
    assert (event["kind"], event["inferred"]) == ("number_changed", True)
    assert (event["before"], event["after"], event["text"]) == (before, after, notice)


@pytest.mark.parametrize(
    "line",
    [
        "13/09/25, 09:56 - +44 20 7946 0001 changed to +44 20 7946 0002",
        "13/09/25, 09:56 - +44 20 7946 0001 changed their phone number to +44 20 7946 0002",
        "13/09/25, 09:56 - TITLE: \u200e+44 20 7946 0001 changed to \u200e+44 20 7946 0002",
    ],
)
@pytest.mark.parametrize("title", ["+44 20 7946 0001", "+44 20 7946 0002"])
def test_a_new_number_and_the_old_one_are_of_one_record(tmp_path: Path, line: str, title: str) -> None:
    line = line.replace("TITLE", title)
    chat = CHAT.replace("Anna Weber", title) + f"{line}\n{line}\n"
    path = written(tmp_path, chat, f"WhatsApp Chat with {title}.txt")
    whole, cut = read(path, owner="Acme Support"), read(path, owner="Acme Support", rows=1)
    link = whole.contacts.row(1, named=True)
    assert whole.contacts.height == 2
    assert (link["record_id"], link["name"], link["line"]) == ("changed:wa:442079460001:wa:442079460002", None, 5)
    linked = whole.identifiers.filter(pl.col("row") == link["row"])
    assert linked.select("type", "raw").rows() == [("wa_id", "+44 20 7946 0001"), ("wa_id", "+44 20 7946 0002")]
    assert cut.contacts.equals(whole.contacts)
    assert cut.identifiers.equals(whole.identifiers)


@pytest.mark.parametrize(
    ("title", "notice"),
    [
        ("+44 20 7946 0003", "+44 20 7946 0001 changed to +44 20 7946 0002"),
        ("+44 20 7946 0001", "+44 20 7946 0001 changed to +44 20 79460001"),
        ("Anna Weber", "+44 20 7946 0001 changed to +44 20 7946 0002"),
        ("Team Berlin", "+44 20 7946 0001 changed to +44 20 7946 0002"),
    ],
)
def test_numbers_of_others_and_of_groups_are_not_linked(tmp_path: Path, title: str, notice: str) -> None:
    chat = f"{CHAT}13/09/25, 09:55 - Ben: Hi\n13/09/25, 09:56 - {notice}\n"
    batch = read(written(tmp_path, chat, f"WhatsApp Chat with {title}.txt"), owner="Acme Support")
    assert batch.events["kind"].to_list()[-1] == "number_changed"
    assert not [key for key in batch.contacts["record_id"] if key.startswith("changed:")]


@pytest.mark.parametrize(
    ("customer", "owner", "told"),
    [
        ("John Doe 🤓", "John Doe", ["John Doe", "John Doe 🤓"]),
        ("John Doe", "John Doe 🤓", ["John Doe", "John Doe 🤓"]),
        ("John Doe 🤓", "\u200eJohn Doe", ["~\u202fJohn Doe", "John Doe 🤓"]),
        ("Anna Weber", "John Doe", ["Anna Weber", "John Doe 🤓"]),
        ("John Doe 🤓", "John Doe", ["John Doe 🤓"]),
    ],
)
def test_a_name_to_the_letter_goes_before_one_like_it(
    tmp_path: Path, customer: str, owner: str, told: list[str]
) -> None:
    chat = "".join(f"13/09/25, 09:5{nth} - {name}: Hi\n" for nth, name in enumerate(told))
    batch = read(written(tmp_path, chat, f"WhatsApp Chat with {customer}.txt"), owner=owner)
    expected = ["inbound" if title_in(f"WhatsApp Chat with {name}") == customer else "outbound" for name in told]
    assert batch.messages["direction"].to_list() == expected
    assert batch.contacts["name"].to_list() == [customer]


def test_in_a_group_only_the_owner_to_the_letter_is_the_company(tmp_path: Path) -> None:
    chat = "".join(f"13/09/25, 09:5{nth} - {name}: Hi\n" for nth, name in enumerate(("John Doe 🤓", "John Doe", "Ben")))
    batch = read(written(tmp_path, chat, "WhatsApp Chat with Team.txt"), owner="John Doe")
    assert batch.messages["direction"].to_list() == ["inbound", "outbound", "inbound"]


@pytest.mark.parametrize(
    "notice",
    [
        "+49 30 90182001 created this group",
        "Anna hat diese Gruppe erstellt",
        "Anna ha creato questo gruppo",
        "Anna creó este grupo",
        "Anna a créé ce groupe",
        "Anna criou este grupo",
        "Ben left",
    ],
)
def test_what_stands_under_the_name_of_a_group_is_said_by_nobody(tmp_path: Path, notice: str) -> None:
    chat = (
        "[13/09/25, 09:50:00] Club: Messages and calls are end-to-end encrypted.\n"
        f"[13/09/25, 09:51:00] Club: {notice}\n"
        "[13/09/25, 09:52:00] +49 30 90182001: hello\n"
        "[13/09/25, 09:53:00] Small Shop: welcome\n"
    )
    for owner in (None, "Small Shop"):
        batch = read(written(tmp_path, chat, "WhatsApp Chat - Club.txt"), owner=owner)
        assert batch.conversations.select("key", "is_group").row(0) == ("group:club", True)
        assert batch.contacts.is_empty()
        assert batch.messages["sender"].to_list() == ["+49 30 90182001", "Small Shop"]
        assert batch.events.select("kind", "text").row(1) == ("system", notice)


@pytest.mark.parametrize("words", ["Hi: is it in stock?", "ok", "Ben is late"])
def test_one_who_says_something_is_no_group(tmp_path: Path, words: str) -> None:
    chat = f"{CHAT.replace('second line', 'x')}13/09/25, 09:55 - Anna Weber: Ben left\n13/09/25, 09:56 - Ben: Hi\n"
    batch = read(written(tmp_path, chat.replace("Hi: is it in stock?", words)), owner="Acme Support")
    assert batch.conversations["key"].to_list() == ["chat:anna weber"]
    assert batch.messages["sender"].to_list()[0] == "Anna Weber"


@pytest.mark.heavy
def test_where_the_blocks_of_a_file_end_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "lost\n" + CHAT * 4)
    whole = read(path)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 50)
    monkeypatch.setattr(first_pass, "HELD_BLOCKS", 2)
    cut = read(path)
    assert whole.messages.equals(cut.messages)
    assert whole.events.equals(cut.events)
    assert whole.refused.equals(cut.refused)
    assert whole.contacts.equals(cut.contacts)


@pytest.mark.heavy
def test_a_message_of_endless_lines_is_refused_without_being_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", 30_000)
    batch = read(written(tmp_path, "13/09/25, 09:53 - Anna Weber: Hi\n" + "more and more\n" * 50_000 + CHAT))
    assert batch.refused["code"].to_list() == ["LIMIT_EXCEEDED"]
    assert batch.messages.height == 2


def test_clocks_that_jump_back_change_neither_order_nor_rows(tmp_path: Path) -> None:
    chat = "13/09/25, 09:53 - Anna Weber: b\n13/09/20, 09:53 - Anna Weber: a\n14/09/25, 09:53 - Anna Weber: c\n"
    batch = read(written(tmp_path, chat))
    assert batch.messages["text"].to_list() == ["b", "a", "c"]
    assert batch.messages["sent_at"].dt.year().to_list() == [2025, 2020, 2025]


def test_lines_before_the_first_header_are_refused_one_by_one(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "\ufefflost\n\n" + CHAT))
    assert batch.refused.select("row", "line", "outcome", "code", "raw").rows() == [
        (1, 1, "rejected", "MESSAGE_UNREADABLE", "lost")
    ]
    assert batch.events["row"].to_list() == [2]


def test_an_overlong_message_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    huge = "13/09/25, 09:53 - Anna Weber: " + "x" * 3_000_000 + "\n"
    many = "13/09/25, 09:53 - Anna Weber: " + "y" * 60_000 + "\n" + "z" * 60_000 + "\n"
    batch = read(written(tmp_path, huge + many + CHAT))
    assert batch.refused.select("row", "line", "code").rows() == [(1, 1, "LIMIT_EXCEEDED"), (2, 2, "LIMIT_EXCEEDED")]
    assert batch.refused["raw"].str.len_chars().max() == received.MAX_TEXT
    assert batch.messages.height == 2


def test_lines_of_another_shape_continue_the_message(tmp_path: Path) -> None:
    batch = read(written(tmp_path, CHAT + "[13/09/25, 09:53:20] Mallory: pasted\n"))
    assert batch.messages["text"].to_list()[-1] == "Yes\n[13/09/25, 09:53:20] Mallory: pasted"


def test_an_open_order_of_dates_is_held_until_configured(tmp_path: Path) -> None:
    path = written(tmp_path, "01/02/25, 09:53 - Anna Weber: Hi\n")
    with pytest.raises(DeliveryHeld, match="date_order"):
        read(path)
    assert read(path, date_order="day_first").messages["sent_at"].dt.month().to_list() == [2]
    assert read(path, date_order="month_first").messages["sent_at"].dt.month().to_list() == [1]


def test_entries_add_up_over_batches(tmp_path: Path) -> None:
    path = written(tmp_path, "lost\n" + CHAT * 5)
    whole, cut = read(path), read(path, rows=2)
    assert whole.messages.equals(cut.messages)
    assert whole.events.equals(cut.events)
    rows = [*whole.messages["row"], *whole.events["row"], *whole.refused["row"]]
    assert sorted(rows) == list(range(1, 17))


def test_a_zip_of_ios_takes_its_title_from_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Anna Weber (1).zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("_chat.txt", "[13/09/25, 09:53:20] Anna Weber: Hi\r\n")
        file.writestr("00000003-PHOTO.jpg", b"\xff\xd8")
    assert read(path).conversations["key"].to_list() == ["chat:anna weber"]


def test_a_zip_of_android_takes_its_title_from_the_text_in_it(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(NAMED, CHAT)
        file.writestr("notes.txt", "a document somebody sent")
    assert read(path).conversations["key"].to_list() == ["chat:anna weber"]


def test_a_zip_without_a_chat_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("photo.jpg", b"")
    with pytest.raises(DeliveryRefused, match="one chat"):
        read(path)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b"13/09/25, 09:53 - Anna: \xff\n", ErrorCode.FILE_ENCODING),
        (CHAT.encode("utf-16"), ErrorCode.FILE_ENCODING),
        (b"name,phone\nAnna,1\n", ErrorCode.FILE_FORMAT),
        (b"15 Sep 2025, 09:53 - Anna: Hi\n", ErrorCode.FILE_FORMAT),
    ],
)
def test_files_that_are_no_chat_are_refused(tmp_path: Path, data: bytes, code: ErrorCode) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(written(tmp_path, data))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "stem",
    [
        "WhatsApp Chat with Anna Weber",
        "WhatsApp Chat - Anna Weber",
        "WhatsApp Chat mit Anna Weber",
        "WhatsApp-Chat mit Anna Weber (2)",
        "Chat de WhatsApp con Anna Weber",
        "Discussion WhatsApp avec Anna Weber",
        "Conversa do WhatsApp com Anna Weber",
        "Chat WhatsApp con Anna Weber",
        "Chat WhatsApp s uživatelem Anna Weber",
        "Чат WhatsApp с контактом Anna Weber",
        "Anna Weber ile WhatsApp Sohbeti",
    ],
)
def test_titles_are_found_in_file_names_of_many_languages(stem: str) -> None:
    assert title_in(stem) == "Anna Weber"


def test_other_file_names_hold_no_title() -> None:
    assert title_in("_chat") is None


@pytest.mark.heavy
@given(st.lists(st.sampled_from(["Anna Weber: Hi", "Acme Support: Yes", "You blocked this contact", "more", ""])))
def test_every_line_with_a_header_is_one_outcome(bodies: list[str]) -> None:
    lines = ["13/09/25, 09:52 - Acme Support: Hello", *(body and f"13/09/25, 09:53 - {body}" for body in bodies)]
    with tempfile.TemporaryDirectory() as folder:
        batch = read(written(Path(folder), "\n".join(lines)), rows=3, owner="Acme Support")
    said = [line for line in lines if ": " in line]
    assert batch.messages.height == len(said)
    assert batch.events.height == len([line for line in lines if line and ": " not in line])
    assert batch.refused.is_empty()


HEADS = [
    "1/2/25, 9:53 - ",
    "[13/02/25, 9:53:20] ",
    "\u200e",
    "A: ",
    "B:",
    "\n",
    "\r\n",
    "<Media omitted>",
    "+49 30 901820",
]


@settings(max_examples=examples(60, light=12), deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(HEADS) | st.text(max_size=9)).map("".join)))
def test_whatever_the_bytes_only_delivery_errors_come_and_contracts_hold(data: bytes | str) -> None:
    content = data if isinstance(data, bytes) else data.encode(errors="replace")
    with tempfile.TemporaryDirectory() as folder:
        for name in (NAMED, "chat.zip"):
            try:
                batch = read(written(Path(folder), content, name), rows=3, owner="A", date_order="day_first")
            except DeliveryError:
                continue
            rows = [*batch.messages["row"], *batch.events["row"], *batch.refused["row"]]
            assert sorted(rows) == list(range(1, len(rows) + 1))


def test_an_unpacked_zip_is_called_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "WhatsApp Chat - Anna Weber"
    folder.mkdir()
    lines = "[13/09/25, 09:52:20] Anna Weber: Hi\n[13/09/25, 09:53:20] Acme Support: Yes"
    batch = read(written(folder, lines, "_chat.txt"), owner="Acme Support")
    assert batch.conversations["title"].to_list() == ["Anna Weber"]


def test_media_beside_an_unpacked_chat_are_skipped(tmp_path: Path) -> None:
    photo = tmp_path / "00000012-PHOTO-2025-09-13-09-52-20.jpg"
    photo.write_bytes(b"\xff\xd8")
    assert read(photo).refused.select("outcome", "code").rows() == [("skipped", "ENTRY_SKIPPED")]
