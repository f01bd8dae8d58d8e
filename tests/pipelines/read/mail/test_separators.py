"""Where one mail of a mailbox ends and the next begins, in the ways in which programs write it."""

import io
import tempfile
from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.core.batch import Batch, Sample
from pipelines.read.mail import mbox
from pipelines.read.mail.entry import Piece
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


# where a mail begins and ends, byte by byte -----------------------------------------------------------------------

HEAD = "From: a@x.example\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n"
DATED = "From anna Mon Mar  2 10:00:00 2026"


def cut(text: str | bytes) -> list[Piece]:
    """The mails of a mailbox."""
    return list(mbox._pieces(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def test_each_mail_has_its_line_its_opening_and_its_bytes() -> None:
    first, second = cut(f"{DATED}\n{HEAD}\none\n\n{DATED}\n{HEAD}\ntwo")
    assert (first.line, second.line) == (1, 7)
    assert first.envelope == second.envelope == f"{DATED}\n".encode()
    assert first.data == f"{HEAD}\none\n\n".encode()
    assert second.data == f"{HEAD}\ntwo".encode()
    assert (first.overlong, first.labels, first.dropped) == (False, frozenset(), False)


@pytest.mark.parametrize("before", ["", "\n \r\n", "\ufeff", "\ufeff\n\n"])
def test_blank_lines_and_a_mark_before_the_first_mail_are_passed_over(before: str) -> None:
    [only] = cut(f"{before}{DATED}\n{HEAD}\none")
    assert only.line == 1 + before.count("\n")


@pytest.mark.parametrize(
    ("between", "mails"),
    [
        (f"\n{DATED}\n{HEAD}", 2),
        (f"{DATED}\n{HEAD}", 2),
        (f"\n{DATED}\nno header\n", 2),
        (f"{DATED}\nno header\n", 1),
        (f"\nFrom - 2026\n{HEAD}", 2),
        (f"From - 2026\n{HEAD}", 1),
        (f"\nFrom ben@example.com\n{HEAD}", 2),
        (f"\nFrom\n{HEAD}", 2),
        (f"\nFrom -\n{HEAD}", 2),
        (f"\nFrom now on\n{HEAD}", 1),
        ("\nFrom ben@example.com\nX: 1\nY: 2\n", 1),
        ("\nFrom ben@example.com\nTo: a\nTO: b\n", 1),
        (f"\nFrom: ben@example.com\n{HEAD}", 1),
        (f"\nFromage 2026\n{HEAD}", 1),
        (f"\r\nFrom ben@example.com\r\n{HEAD}", 2),
    ],
)
def test_a_line_opens_a_mail_by_its_date_or_by_what_stands_around_it(between: str, mails: int) -> None:
    assert len(cut(f"{DATED}\n{HEAD}\none\n{between}\ntwo\n")) == mails


@pytest.mark.parametrize(
    ("length", "mails"),
    [(len("one\n\n" + DATED + "\nX: 1\n\n"), 2), (3, 3), (10_000, 3), (len("one\n"), 3)],
)
def test_a_length_counts_where_another_mail_or_the_end_is_there(length: int, mails: int) -> None:
    text = f"{DATED}\n{HEAD}Content-Length: {length}\n\none\n\n{DATED}\nX: 1\n\n{DATED}\n{HEAD}\ntwo\n"
    assert len(cut(text)) == mails


def test_a_length_that_leads_to_the_end_counts() -> None:
    body = f"one\n\n{DATED}\n{HEAD}\ntwo"
    assert len(cut(f"{DATED}\n{HEAD}Content-Length: {len(body)}\n\n{body}")) == 1
    assert len(cut(f"{DATED}\n{HEAD}Content-Length: {len(body)}\n\n{body}\n\n")) == 1


def test_quoted_openings_are_words_again_but_for_those_of_a_mail_that_quotes_none() -> None:
    [only] = cut(f"{DATED}\n{HEAD}\n>From one\n>>From two\nx >From three\n")
    assert only.data.endswith(b"\nFrom one\n>From two\nx >From three\n")
    body = "From here\n>From there\n"
    [stated] = cut(f"{DATED}\n{HEAD}Content-Length: {len(body)}\n\n{body}")
    assert stated.data.endswith(body.encode())
    quoted = ">From there\n"
    [undone] = cut(f"{DATED}\n{HEAD}Content-Length: {len(quoted)}\n\n{quoted}")
    assert undone.data.endswith(b"\nFrom there\n")


def test_of_a_mail_too_large_the_start_is_kept_and_the_next_is_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "MAX_MAIL", 200)
    monkeypatch.setattr(mbox, "BLOCK", 64)
    large = "From x\n" * 100
    first, second = cut(f"{DATED}\n{HEAD}\n{large}\n{DATED}\n{HEAD}\ntwo\n")
    assert (len(first.data), first.overlong, second.overlong) == (200, True, False)
    assert second.line == 1 + 3 + 100 + 2
    [fits] = cut(f"{DATED}\n{HEAD}\n{'x' * (200 - len(HEAD) - 1)}")
    assert (len(fits.data), fits.overlong) == (200, False)


def test_a_line_that_opens_a_mail_is_kept_up_to_a_length() -> None:
    [only] = cut(f"{DATED} {'x' * (1 << 17)}\n{HEAD}\none")
    assert len(only.envelope) == 1 << 16


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("Takeout/Mail/Sent.mbox", {"Sent", "Sent.mbox"}),
        ("Mail/Sent.mbox/mbox", {"Sent", "mbox"}),
        ("Mail/Archive.sbd/2026", {"Archive", "2026"}),
        ("Mail/Inbox", {"Inbox"}),
    ],
)
def test_a_mailbox_is_called_by_its_file_and_its_folder(path: str, names: set[str]) -> None:
    assert mbox.folders(PurePath(path)) == names


@pytest.mark.parametrize(
    ("name", "start", "sure"),
    [
        ("a", f"{DATED}\n{HEAD}", 1.0),
        ("a", f"\ufeff\n{DATED}\n{HEAD}", 1.0),
        ("a", f"From\r\n{HEAD}", 1.0),
        ("a", f"{DATED}\n>From x\n", 1.0),
        ("a", f"{DATED}\nno header", 0.0),
        ("a", HEAD, 0.0),
        ("a.EML", f"{DATED}\n{HEAD}", 0.0),
    ],
)
def test_a_mailbox_is_known_by_its_first_lines(name: str, start: str, sure: float) -> None:
    assert mbox.detects(Sample(name, start.encode())) == sure
