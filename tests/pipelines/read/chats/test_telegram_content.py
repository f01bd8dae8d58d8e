from typing import Any

import pytest

from pipelines.read.chats.telegram_content import files, kind_of, said
from pipelines.read.core.frames import File


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": " hi "}, "hi"),
        ({"text": ["hi ", {"type": "bold", "text": "you"}, {"type": "x"}, 5]}, "hi you"),
        ({"text": "", "poll": {"question": "When?"}}, "When?"),
        ({"text": "see", "poll": {"question": "When?"}}, "see"),
        ({"location_information": {"title": "Office"}}, "Office"),
        ({}, None),
        (
            {"type": "service", "action": "create_group", "title": "Club", "members": ["Anna", None]},
            "create group: Club, Anna",
        ),
        ({"type": "service", "action": "phone_call"}, "phone call"),
        ({"type": "service", "title": "Club"}, "Club"),
        ({"type": "service", "text": "said", "action": "x"}, "said"),
        ({"type": "service", "location_information": {"title": "Office"}}, None),
    ],
)
def test_a_message_says_its_words_or_what_it_is_about(message: dict[str, Any], text: str | None) -> None:
    assert said(message) == text


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        *(({"type": "service", "action": call}, "call") for call in ("phone_call", "group_call", "conference_call")),
        ({"type": "service", "action": "create_group"}, None),
        ({"location_information": {}, "photo": "a.jpg"}, "location"),
        ({"location_information": None}, "text"),
        *(({field: "x"}, "media") for field in ("photo", "file", "media_type")),
        ({"photo": " ", "file": None}, "text"),
        ({"contact_information": {}}, "other"),
        ({"poll": {}}, "other"),
        ({"text": "hi"}, "text"),
    ],
)
def test_a_message_is_what_it_is_made_of(message: dict[str, Any], kind: str | None) -> None:
    assert kind_of(message) == kind


def test_files_are_called_as_they_were_given_or_as_they_lie_there() -> None:
    assert files({"photo": "photos/p.jpg"}) == [File("p.jpg", "photo")]
    assert files({"file": "files/f.pdf", "mime_type": "x/y"}) == [File("f.pdf", "x/y")]
    assert files({"file": "files/f.pdf", "file_name": "own.pdf"}) == [File("own.pdf", None)]
    assert files({"photo": "photos/p.jpg", "file_name": "own.jpg"}) == [File("p.jpg", "photo")]
    assert files({"file": "(File not included.)", "file_name": "own.pdf"}) == [File("own.pdf", None)]
    assert files({"photo": "(File not included.)"}) == [File(None, "photo")]
    assert list(files({"photo": None})) == list(files({"text": "hi"})) == []
