import io
import json
import zipfile
from pathlib import Path

import pytest

from pipelines.privacy.files.kinds import rewrite
from pipelines.privacy.files.outcome import Done, Fate, Unreachable
from tests.pipelines.privacy.files.items import rewritten

PEOPLE = b"name,email\nBob,bob@example.org\nAnna,anna.kowalska@example.org\n"
BOB = b"name,email\nBob,bob@example.org\n"
ANNAS = b"name,email\nAnna,anna.kowalska@example.org\n"
CHAT = "12.03.24, 14:05 - {}: {}\n"
PHOTO = bytes(range(256)) * 4


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2026, 3, 4, 5, 6, 8))
            info.external_attr = 0o640 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, data)
    return out.getvalue()


def bare(members: dict[str, bytes], path: str = "people.zip", *, theirs: bool = False) -> tuple[dict[str, bytes], Done]:
    data, done = rewritten(rewrite, packed(members), path, theirs=theirs)
    if not data:
        return {}, done
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {info.filename: file.read(info) for info in file.infolist()}, done


def test_members_are_rewritten_and_others_hold_what_they_held() -> None:
    members, done = bare({"a/people.csv": PEOPLE, "b.bin": PHOTO, "hers.csv": ANNAS, "c.csv": BOB})
    assert members == {"a/people.csv": BOB, "b.bin": PHOTO, "c.csv": BOB}
    assert (done.fate, done.removed, done.kept) == (Fate.REWRITTEN, 2, 3)


def test_what_a_zip_says_of_its_members_stays() -> None:
    data, _ = rewritten(rewrite, packed({"a.csv": PEOPLE, "b.csv": BOB}), "people.zip")
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for info in file.infolist():
            assert info.date_time == (2026, 3, 4, 5, 6, 8)
            assert info.external_attr == 0o640 << 16
            assert info.compress_type == zipfile.ZIP_DEFLATED


def test_a_zip_within_a_zip_is_rewritten() -> None:
    members, _ = bare({"inner.zip": packed({"people.csv": PEOPLE, "x.csv": BOB}), "y.csv": BOB})
    with zipfile.ZipFile(io.BytesIO(members["inner.zip"])) as inner:
        assert inner.read("people.csv") == BOB


def test_names_of_members_lose_the_person() -> None:
    members, done = bare({"anna.kowalska@example.org/a.csv": BOB, "erased/a.csv": ANNAS, "x.csv": BOB})
    assert sorted(members) == ["erased/a.csv", "x.csv"]
    assert done.erased == 1


def test_two_members_do_not_get_one_name() -> None:
    members, _ = bare({"+491713920017.csv": BOB, "01713920017.csv": PEOPLE})
    assert sorted(members) == ["erased 2.csv", "erased.csv"]


def test_a_zip_of_nobody_else_is_emptied() -> None:
    assert bare({"a.csv": ANNAS})[1].fate is Fate.EMPTIED


def test_a_chat_with_the_person_goes_with_its_photos() -> None:
    chat = (CHAT.format("Anna Kowalska", "Hi") + CHAT.format("Acme", "IMG-1.jpg (file attached)")).encode()
    members = {"_chat.txt": chat, "IMG-1.jpg": PHOTO, "IMG-2.jpg": PHOTO}
    assert bare(members, "WhatsApp Chat - +49 171 3920017.zip")[1].fate is Fate.EMPTIED


def test_of_a_group_the_photos_of_the_person_go() -> None:
    chat = "".join(CHAT.format(f"+49 171 392001{n}", f"IMG-{n}.jpg (file attached)") for n in range(6, 9)).encode()
    members, _ = bare({"_chat.txt": chat, "IMG-6.jpg": PHOTO, "IMG-7.jpg": PHOTO}, "WhatsApp Chat - Move.zip")
    assert sorted(members) == ["IMG-6.jpg", "_chat.txt"]
    assert b"3920017" not in members["_chat.txt"]


def test_a_thread_of_a_download_goes_with_its_folder() -> None:
    folder = "messages/inbox/annakowalska_7788990011223344"
    thread = {"participants": [], "messages": [{"content": "x"}], "thread_path": folder.removeprefix("messages/")}
    other = {"participants": [], "messages": [{"content": "x"}], "thread_path": "inbox/bob_5"}
    members, _ = bare(
        {
            f"{folder}/message_1.json": json.dumps(thread).encode(),
            f"{folder}/photos/7.jpg": PHOTO,
            "messages/inbox/bob_5/message_1.json": json.dumps(other).encode(),
            "messages/inbox/bob_5/photos/8.jpg": PHOTO,
        }
    )
    assert sorted(members) == ["messages/inbox/bob_5/message_1.json", "messages/inbox/bob_5/photos/8.jpg"]


def test_a_bomb_and_a_damaged_zip_are_unreachable() -> None:
    bomb = packed({"a.csv": b"\n" * (8 << 20)})
    for data in (bomb, packed({"a.csv": PEOPLE})[:-30], b"PK\x03\x04"):
        with pytest.raises(Unreachable):
            rewritten(rewrite, data, "a.zip")


def test_a_member_that_cannot_be_rewritten_makes_the_zip_unreachable() -> None:
    with pytest.raises(Unreachable):
        bare({"a.bin": b"\0anna.kowalska@example.org", "b.csv": PEOPLE})


def test_a_large_member_is_spooled_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.privacy.files import outcome

    monkeypatch.setattr(outcome, "MOST_IN_MEMORY", 8)
    members, _ = bare({"people.csv": PEOPLE, "b.csv": BOB})
    assert members == {"people.csv": BOB, "b.csv": BOB}
    assert list(tmp_path.iterdir()) == []
