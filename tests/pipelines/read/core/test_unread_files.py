from pathlib import PurePath

import pytest

from pipelines.read.core.unread_files import is_attached, unread


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.JPEG", "voice.opus", "a.b.pdf", "contact.vcf", "list.xlsx", "old.xls", "a.m4a"]
)
def test_photos_documents_and_voices_are_attached(name: str) -> None:
    assert is_attached(PurePath("media") / name)


@pytest.mark.parametrize("name", ["messages.json", "chat.txt", "jpg", "a.jpgx", "a.html", ".pdf"])
def test_what_may_hold_messages_is_none(name: str) -> None:
    assert not is_attached(PurePath("media") / name)


def test_a_file_that_is_left_unread_is_one_entry_and_says_nothing_of_what_is_in_it() -> None:
    found = unread("a chat")
    assert (found.line, found.code, found.expected, found.raw, found.outcome) == (
        *(None, "ENTRY_SKIPPED", "a chat", "", "skipped"),
    )
