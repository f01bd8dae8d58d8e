import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.catalogue.detect import best, confidence, encoding_of, sample
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.batch import SAMPLE_BYTES, Sample
from pipelines.read.csv.code_pages import CODE_PAGES
from tests.examples import examples

STARTS = (
    b"",
    b"PK\x03\x04",
    b"From ",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"name,email\n",
    b"BEGIN:VCARD\r\n",
    b'{"messages"',
)
ENDINGS = (".csv", ".tsv", ".txt", ".zip", ".json", ".mbox", ".vcf", ".xlsx", "")


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # the same bytes at any time: tests are called by them
    return buffer.getvalue()


def test_a_sample_is_the_beginning_of_a_file_with_its_name_and_folders(tmp_path: Path) -> None:
    seen = sample(written(tmp_path, "a.bin", b"\0" + b"x" * SAMPLE_BYTES))
    assert (seen.name, len(seen.start), seen.header, seen.members) == ("a.bin", SAMPLE_BYTES, (), ())
    assert seen.folders[-1] == tmp_path.name


def test_the_header_of_a_table_is_folded(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "First-Name;E_Mail;Größe\n".encode("windows-1252"))
    assert sample(path).header == ("first name", "e mail", "grösse")


def test_the_header_of_a_wide_encoding_is_seen(tmp_path: Path) -> None:
    assert sample(written(tmp_path, "a.csv", "id\tName\n".encode("utf-16"))).header == ("id", "name")


def test_the_members_of_a_zip_are_seen_and_no_header(tmp_path: Path) -> None:
    seen = sample(written(tmp_path, "a.zip", zipped(one="1", two="2")))
    assert (seen.members, seen.header) == (("one", "two"), ())


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", zipped(**{"../a.txt": "x"})])
def test_a_zip_that_is_broken_or_hostile_shows_nothing(tmp_path: Path, content: bytes) -> None:
    assert sample(written(tmp_path, "a.zip", content)).members == ()


def test_a_file_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    assert best(sample(tmp_path / "gone.csv")) == []
    assert best(sample(tmp_path)) == []


def test_an_empty_file_is_unknown(tmp_path: Path) -> None:
    assert best(sample(written(tmp_path, "a.csv", b""))) == []


def test_the_likeliest_format_comes_first(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", b"id,name,email,phone_number\n1,Jane,jane@example.com,\n")
    likely = best(sample(path))
    assert [form.name for form, _ in likely][:2] == ["chatwoot_contacts", "contacts_csv"]
    assert [sure for _, sure in likely] == sorted((sure for _, sure in likely), reverse=True)


@pytest.mark.parametrize(("said", "taken"), [(0.4, 0.4), (7, 1.0), (-1, 0.0), (float("nan"), 0.0)])
def test_a_confidence_is_between_0_and_1(said: float, taken: float) -> None:
    form = FORMATS["mbox"]._replace(detects=lambda _: said)
    assert confidence(form, Sample("a", b"")) == taken


def test_a_format_that_fails_over_a_file_has_not_recognised_it() -> None:
    def failing(_: Sample) -> float:
        raise ValueError("jane@example.com")

    assert confidence(FORMATS["mbox"]._replace(detects=failing), Sample("a", b"x")) == 0.0


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        (b"plain", None),
        ("Größe".encode(), None),
        ("\ufeffGröße".encode(), None),
        ("Größe".encode("utf-16"), None),
        ("Größe".encode("windows-1252"), "windows-1252"),
        ("Größe\nÄpfel\n".encode() + b"\xfc", None),  # one line is broken, the others say what it is
        ("Größe".encode("windows-1252") + b"\x81", None),  # a byte that windows-1252 does not have
        (b"PK\x03\x04\0\xe4", None),
        (("x" * (SAMPLE_BYTES - 3) + "\nä").encode()[: SAMPLE_BYTES - 1] + b"\xc3", None),  # cut within a letter
    ],
)
def test_an_encoding_is_named_only_where_the_bytes_say_so(start: bytes, encoding: str | None) -> None:
    assert encoding_of(start) == encoding


@settings(max_examples=examples(60, light=12), deadline=None)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=300), ending=st.sampled_from(ENDINGS))
def test_no_bytes_make_it_raise(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes, ending: str
) -> None:
    path = written(tmp_path_factory.getbasetemp(), f"fuzzed{ending}", start + rest)
    seen = sample(path)
    assert all(0 < sure <= 1 for _, sure in best(seen))
    assert encoding_of(seen.start) in (None, "utf-16-le", "utf-16-be", *CODE_PAGES)


# The formats, each on files of its own and on those that only look like it

THREAD = b'{"participants": [{"name": "Jane Doe"}, {"name": "Acme"}], "messages": []}'
E2EE = b'{"participants": ["Jane Doe", "Acme"], "threadName": "Jane Doe", "messages": []}'
INBOX = "your_activity_across_facebook/messages/inbox/jane_7/message_1.json"


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("a.txt", b"[04.01.26, 11:53:57] Jane: hello", "whatsapp_chat"),
        ("a.txt", "\ufeff\n\u200e4/1/26, 11:53\u202fPM - Jane: hello".encode(), "whatsapp_chat"),
        ("WhatsApp Chat with Jane.txt", "3 มกราคม 2569 - Jane: hello".encode(), "whatsapp_chat"),
        ("a.zip", zipped(**{"_chat.txt": "x", "photo.jpg": "x"}), "whatsapp_chat"),
        ("a.zip", zipped(**{"WhatsApp Chat with Jane.txt": "x"}), "whatsapp_chat"),
        ("a.zip", zipped(**{"readme.txt": "x"}), None),
        ("a.txt", b"Dear Jane,\n\n[04.01.26, 11:53:57] is when it was", None),
        ("notes.txt", b"hello", None),
        ("a.mbox", b"From jane@example.com Mon Sep 15 09:53:20 2025\nSubject: x\n\nhello", "mbox"),
        ("Inbox", b"\xef\xbb\xbf\n\nFrom - Mon Sep 15 09:53:20 2025\r\nX-Mozilla-Status: 0001\r\n", "mbox"),
        ("a.txt", b"From Jane with love\nand more of it", None),
        ("a.eml", b"From jane@example.com Mon Sep 15 09:53:20 2025\nSubject: x\n\nhello", "eml"),
        ("message_1.json", THREAD, "messenger_download"),
        ("message_1.json", b"\xef\xbb\xbf" + THREAD, "messenger_download"),
        ("JaneDoe_1.json", E2EE, "messenger_download"),
        ("a.json", b'{"messages": [{"text": "x"}]}', None),
        ("a.zip", zipped(**{INBOX: "{}"}), "messenger_download"),
        ("a.zip", zipped(**{"messages/JaneDoe_1.json": "{}"}), "messenger_download"),
        ("a.zip", zipped(**{"messages/inbox/jane_7/message_1.html": ""}), "messenger_download"),
        (
            "a.zip",
            zipped(**{"your_instagram_activity/messages/inbox/jane_7/message_1.json": "{}"}),
            "instagram_download",
        ),
        ("a.csv", b"id,name,email,phone_number\n", "chatwoot_contacts"),
        ("a.csv", b"id,name,email,identifier,phone_number,ip_address,tier\n", "chatwoot_contacts"),
        ("a.csv", b"id,name,email,Phone Number\n", "contacts_csv"),
        ("a.txt", b"Name;E-Mail;Telefon\n", "contacts_csv"),
        ("a.csv", b"Wer;Wo\nJane;Berlin\n", "contacts_csv"),
        ("a.txt", b"Wer;Wo\nJane;Berlin\n", None),
        ("a.json", b'{"name": "Jane", "email": "jane@example.com"}', None),
    ],
)
def test_a_file_is_recognised_as_what_it_is(tmp_path: Path, name: str, content: bytes, format_: str | None) -> None:
    likely = best(sample(written(tmp_path, name, content)))
    assert (likely[0][0].name if likely else None) == format_


def test_a_thread_of_instagram_is_none_of_messenger(tmp_path: Path) -> None:
    folder = tmp_path / "your_instagram_activity" / "messages"
    folder.mkdir(parents=True)
    assert [form.name for form, _ in best(sample(written(folder, "message_1.json", THREAD)))] == ["instagram_download"]
