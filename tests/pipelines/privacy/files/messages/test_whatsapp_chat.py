import pytest

from pipelines.privacy.files.messages.whatsapp_chat import is_chat, rewrite
from pipelines.privacy.files.outcome import Fate, Unreachable
from tests.pipelines.privacy.files.items import rewritten

ANDROID = "12.03.24, 14:05 - "
GROUP = (
    "12.03.24, 14:00 - Messages are end-to-end encrypted.\n"
    "12.03.24, 14:01 - Bob created group “Move”\n"
    "12.03.24, 14:02 - Bob added +49 171 3920017\n"
    "12.03.24, 14:03 - Bob: Who has keys?\n"
    "12.03.24, 14:04 - +49 171 3920017: I have\ntwo of them\n\n"
    "12.03.24, 14:05 - Carla: Thanks, 0171 3920017!\n"
    "12.03.24, 14:06 - +49 171 3920017: IMG-20240312-WA0007.jpg (file attached)\n"
    "12.03.24, 14:07 - Bob: bye\n"
)


def test_a_group_loses_what_the_person_wrote_and_their_number_in_notices() -> None:
    data, done = rewritten(rewrite, GROUP.encode(), "WhatsApp Chat with Move.txt")
    assert data.decode() == (
        "12.03.24, 14:00 - Messages are end-to-end encrypted.\n"
        "12.03.24, 14:01 - Bob created group “Move”\n"
        "12.03.24, 14:02 - Bob added erased\n"
        "12.03.24, 14:03 - Bob: Who has keys?\n"
        "12.03.24, 14:05 - Carla: Thanks, 0171 3920017!\n"
        "12.03.24, 14:07 - Bob: bye\n"
    )
    assert (done.removed, done.erased, done.mentions) == (2, 1, 1)
    assert "IMG-20240312-WA0007.jpg" in done.files


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_lines_of_others_stay_byte_for_byte(end: str) -> None:
    ios = "\ufeff[12.03.24, 14:05:01] ~\u202fBob: \u200ehi{0}[12.03.24, 14:06:01] \u202a+49 171 3920017\u202c: x{0}y{0}"
    ios += "[12.03.24, 14:07:01] Carla: z"
    data, done = rewritten(rewrite, ios.format(end).encode(), "_chat.txt", within=("WhatsApp Chat - Move",))
    assert data.decode() == f"\ufeff[12.03.24, 14:05:01] ~\u202fBob: \u200ehi{end}[12.03.24, 14:07:01] Carla: z"
    assert done.removed == 1


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("WhatsApp Chat with +49 171 3920017.txt", ()),
        ("WhatsApp Chat with Anna Kowalska.txt", ()),  # by the record's id
        ("_chat.txt", ("WhatsApp Chat - Anna Kowalska",)),
    ],
)
def test_a_chat_called_after_the_person_is_emptied(name: str, within: tuple[str, ...]) -> None:
    chat = f"{ANDROID}Acme: Hello\n{ANDROID}Anna Kowalska: Hi\n"
    _, done = rewritten(rewrite, chat.encode(), name, within=within)
    assert (done.fate, done.removed, done.is_talk) == (Fate.EMPTIED, 2, True)


def test_a_renamed_chat_with_one_other_is_emptied() -> None:
    chat = f"{ANDROID}Acme: Hello\n{ANDROID}+49 171 3920017: Hi\n"
    assert rewritten(rewrite, chat.encode(), "export.txt")[1].fate is Fate.EMPTIED


def test_a_namesake_in_a_group_stays() -> None:
    chat = "".join(f"{ANDROID}{name}: Hi\n" for name in ("Bob", "Anna Kowalska", "Carla", "Dora"))
    data, done = rewritten(rewrite, chat.encode(), "WhatsApp Chat with Move.txt")
    assert data.decode() == chat
    assert (done.fate, done.mentions) == (Fate.UNTOUCHED, 1)


@pytest.mark.parametrize(("says", "theirs"), [("My parcel has not come yet.", False), ("Hi", True)])
def test_a_name_is_theirs_with_a_text_of_theirs_or_where_that_is_known(says: str, theirs: bool) -> None:
    chat = f"{ANDROID}Anna Kowalska joined\n{ANDROID}Bob: Hi\n{ANDROID}Anna Kowalska: {says}\n{ANDROID}Carla: Hi\n"
    data, done = rewritten(rewrite, chat.encode(), "WhatsApp Chat with Move.txt", theirs=theirs)
    assert data.decode() == f"{ANDROID}erased joined\n{ANDROID}Bob: Hi\n{ANDROID}Carla: Hi\n"
    assert (done.removed, done.erased, done.mentions) == (1, 1, 0)


def test_a_group_in_which_nobody_else_wrote_is_emptied() -> None:
    chat = f"{ANDROID}+49 171 3920017: Hi\n"
    assert rewritten(rewrite, chat.encode(), "WhatsApp Chat with Move.txt")[1].fate is Fate.EMPTIED


def test_a_chat_in_another_encoding_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        rewritten(rewrite, f"{ANDROID}Jörg: Hi\n".encode("latin-1"))


def test_a_chat_is_told_from_other_texts() -> None:
    assert is_chat(GROUP.encode())
    assert not is_chat(b"Dear all,\nwe meet on 12.03.24, 14:05 - as always\n")
