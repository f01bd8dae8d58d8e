"""Where one mail of a mailbox ends and the next begins, in the ways in which programs write it."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.core.batch import Batch
from pipelines.read.mail import mbox
from pipelines.read.mail.mbox import FORMAT, folders
from pipelines.read.mail.source import Mails
from tests.examples import examples
from tests.joined import joined

OPENINGS = [
    "From ",
    "From",
    "From -",
    "From - Mon Nov 16 10:00:00 2026",
    "From - 2026-11-16 10:00:00",
    "From ???@??? Mon Nov 16 10:00:00 2026",
    "From olaf@bird.example",
    "From olaf@bird.example Mon Nov 16 10:00:00 2026",
    "From olaf@bird.example Mon, 16 Nov 2026 10:00:00 +0100",
    "From olaf@bird.example 16.11.2026 10:00",
    "From olaf@bird.example lun nov 16 10:00:00 2026",
    "From olaf@bird.example  Mon Nov 16 10:00:00 2026 remote from x",
    "From 1790000000000000001@xxx Mon Nov 16 10:00:00 +0000 2026",
    "From MAILER-DAEMON Mon Nov 16 10:00:00 2026",
]
NAMES = ["Olaf", "Petra", "Quirin"]


def read(path: Path, data: str | bytes, name: str = "a.mbox") -> Batch:
    file = path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    source = Mails(format="mbox", path="x", own_addresses=["@acme.example"], timezone="UTC")
    return joined(FORMAT.read(file, source, rows=2))


def mail(name: str, words: str, more: str = "") -> str:
    return f"Message-ID: <{name}@bird.example>\nFrom: {name} Bird <{name}@bird.example>\n{more}Subject: x\n\n{words}\n"


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_three_mails_are_three_whatever_opens_them(tmp_path: Path, opening: str, end: str) -> None:
    text = "".join(f"{opening}\n{mail(name, f'I am {name}')}\n" for name in NAMES)
    batch = read(tmp_path, text.replace("\n", end))
    assert batch.messages.select("line", "text").rows() == [(1 + 7 * n, f"I am {name}") for n, name in enumerate(NAMES)]
    assert batch.contacts["name"].to_list() == [f"{name} Bird" for name in NAMES]


@pytest.mark.parametrize(
    "words",
    [
        "From Berlin\n\nFrom here on\nNote: it rains",
        "a\n\nFrom Anna Weber\nDate: Monday\nSubject: bikes",
        "a\nFrom \nFrom: anna@example.com\nDate: Monday",
        "a\n\nFrom \nhello",
        "a\n\nFrom Mon to Fri we open at 9:00",
        "a\nFrom anna@example.com Mon Nov 16 10:00:00 2026 until now",
    ],
)
def test_words_that_only_begin_like_a_separator_are_words(tmp_path: Path, words: str) -> None:
    text = "".join(f"From \n{mail(name, words)}\n" for name in NAMES)
    assert read(tmp_path, text).messages["text"].to_list() == [words] * 3


def test_quoted_separators_are_words_again(tmp_path: Path) -> None:
    text = "".join(f"From \n{mail(name, '>From Berlin' + chr(10) + '>>From afar')}\n" for name in NAMES)
    assert read(tmp_path, text).messages["text"].to_list() == ["From Berlin\n>From afar"] * 3


def stated(name: str, words: str, length: int | None = None) -> str:
    size = len(words.encode()) + 1 if length is None else length
    return f"From - Mon Nov 16 10:00:00 2026\n{mail(name, words, f'Content-Length: {size}{chr(10)}')}\n"


def test_a_length_that_is_stated_counts_before_lines_that_look_like_separators(tmp_path: Path) -> None:
    words = (
        "see below\n\nFrom anna@example.com Mon Nov 16 10:00:00 2026\nFrom: Anna <anna@example.com>\nSubject: y\n\nü"
    )
    batch = read(tmp_path, "".join(stated(name, words) for name in NAMES))
    assert batch.messages["text"].to_list() == [words] * 3
    assert batch.messages["line"].to_list() == [1, 15, 29]


@pytest.mark.parametrize("length", [0, 1, 5, 10_000, 999_999_999])
def test_a_length_that_is_wrong_does_not_count(tmp_path: Path, length: int) -> None:
    batch = read(tmp_path, "".join(stated(name, f"I am {name}", length) for name in NAMES))
    assert batch.messages["text"].to_list() == [f"I am {name}" for name in NAMES]


def test_blocks_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(stated(name, f"I am {name}") + f"From \n{mail(name, 'and I')}\n" for name in NAMES)
    whole = read(tmp_path, text).messages
    for size in (1, 2, 7, 64):
        monkeypatch.setattr(mbox, "BLOCK", size)
        assert read(tmp_path, text).messages.equals(whole)


def test_lines_are_counted_behind_a_mail_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "MAX_MAIL", 1_000)
    monkeypatch.setattr(mbox, "BLOCK", 500)
    words = "From afar\n" * 1_000
    batch = read(tmp_path, f"From \n{mail('Olaf', words)}\nFrom \n{mail('Petra', 'I am Petra')}")
    assert batch.refused.select("line", "code").rows() == [(1, "LIMIT_EXCEEDED")]
    assert batch.messages.select("line", "text").rows() == [(1_008, "I am Petra")]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Trash", False), ("Entwürfe.mbox", False), ("Papierkorb.sbd/alt", False), ("Corbeille.mbox/mbox", False),
        ("INBOX", True), ("All mail Including Spam and Trash.mbox", True),
    ],
)  # fmt: skip
def test_a_mailbox_is_a_folder_by_its_name(tmp_path: Path, name: str, kept: bool) -> None:
    batch = read(tmp_path, f"From \n{mail('Olaf', 'x')}", name)
    assert (batch.messages.height, batch.refused.height) == (kept, not kept)


def test_a_mailbox_of_what_was_sent_is_outbound(tmp_path: Path) -> None:
    for name in ("Gesendet.mbox", "Sent", "Messages envoyés.mbox", "Wysłane"):
        assert read(tmp_path, f"From \n{mail('Olaf', 'x')}", name).messages["direction"].item() == "outbound"
    assert "Sent" in folders(tmp_path / "Sent")


WORDS = st.lists(
    st.sampled_from(["From ", "From", "From: x", "", ">From a@b.example Mon Nov 16 10:00:00 2026", "a\tb", "--b", "ü"])
    | st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0\ufdd0\ufdd1", exclude_categories=["Cc", "Cs"])),
    max_size=6,
)


@settings(max_examples=examples(200, light=40), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OPENINGS), WORDS), min_size=1, max_size=6), st.sampled_from([1, 50, 1 << 20]))
def test_as_many_mails_come_out_as_went_in_with_their_words(mails: list[tuple[str, list[str]]], block: int) -> None:
    """Each mail has a person of its own; none may be lost or have the words of another."""
    bodies = ["\n".join(words) for _, words in mails]
    text = "".join(f"{opening}\n{mail(f'p{n}', bodies[n])}\n" for n, (opening, _) in enumerate(mails))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(mbox, "BLOCK", block)
        batch = read(Path(folder), text)
    assert batch.refused.is_empty()
    assert batch.messages["person"].to_list() == [f"mailto:p{n}@bird.example" for n in range(len(mails))]
    assert batch.contacts.height == len(mails)
    for found, body in zip(batch.messages["text"], bodies, strict=True):
        expected = "".join(body.replace(">From ", "From ").split())
        assert "".join((found or "").replace(">From ", "From ").split()) == expected
