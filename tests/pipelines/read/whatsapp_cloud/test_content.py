from typing import Any

import pytest

from pipelines.read.core.frames import File
from pipelines.read.whatsapp_cloud.content import content, fields_in, objects_in, text_in


def said(kind: Any, value: Any = None) -> tuple[str, str | None]:
    """Kind and words of a message of a type, which has no files."""
    told, words, files = content({"type": kind, kind if isinstance(kind, str) else "x": value})
    assert files == ()
    return told.value, words


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document", "sticker"])
def test_media_have_a_caption_and_a_file(kind: str) -> None:
    media = {"caption": "red", "filename": "a.x", "mime_type": "x/y", "sha256": "00"}
    assert content({"type": kind, kind: media}) == ("media", "red", (File("a.x", "x/y", "00"),))
    assert content({"type": kind, kind: {"sha256": "00"}}) == ("media", None, (File(None, None, "00"),))
    assert content({"type": kind, kind: {"id": "1"}}) == content({"type": kind}) == ("media", None, ())


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", {"body": "hi"}, ("text", "hi")),
        ("text", {"body": ""}, ("text", None)),
        ("text", "hi", ("text", None)),
        ("media_placeholder", None, ("media", None)),
        ("button", {"text": "Yes", "payload": "Y"}, ("interactive", "Yes")),
        ("interactive", {"button_reply": {"title": "Yes"}}, ("interactive", "Yes")),
        ("interactive", {"list_reply": {"title": "Blue", "description": "M"}}, ("interactive", "Blue\nM")),
        ("interactive", {}, ("interactive", None)),
        ("interactive", {"nfm_reply": {"response_json": "[]", "body": "Sent"}}, ("interactive", "Sent")),
        ("interactive", {"nfm_reply": {"response_json": "{}", "body": "Sent"}}, ("interactive", "Sent")),
        ("interactive", {"nfm_reply": {"body": "Sent"}}, ("interactive", "Sent")),
        ("interactive", {"nfm_reply": {"response_json": '{"a":[1],"b":2,"c":1.5}'}}, ("interactive", "b: 2\nc: 1.5")),
        ("location", {"name": "Office", "latitude": 1, "longitude": 2}, ("location", "Office")),
        ("location", {"address": "1 Main St"}, ("location", "1 Main St")),
        ("location", {"latitude": 1, "longitude": 2.5}, ("location", "1, 2.5")),
        ("location", {"latitude": 1}, ("location", None)),
        ("reaction", {"emoji": "👍"}, ("reaction", "👍")),
        ("contacts", [{"name": {"formatted_name": "Ben"}}, {}, "x"], ("other", "Ben")),
        ("contacts", [], ("other", None)),
        (
            "order",
            {"text": "soon", "product_items": [{"quantity": 2, "product_retailer_id": "TEA"}, {"quantity": 1}]},
            ("other", "soon\n2 × TEA"),
        ),
        ("order", {"product_items": [{"quantity": "2", "product_retailer_id": "TEA"}]}, ("other", None)),
        ("poll", {"body": "x"}, ("other", None)),
        (5, None, ("other", None)),
    ],
)
def test_a_message_is_what_it_is_made_of(kind: Any, value: Any, expected: tuple[str, str | None]) -> None:
    assert said(kind, value) == expected


def test_what_lies_under_a_key_is_of_the_type_that_is_asked_for_or_nothing() -> None:
    assert (fields_in({"a": {"b": 1}}, "a"), fields_in({"a": []}, "a"), fields_in({}, "a")) == ({"b": 1}, {}, {})
    assert objects_in({"a": [{"b": 1}, 2, {}]}, "a") == [{"b": 1}, {}]
    assert objects_in({"a": [{}]}, "a") == [{}]
    assert objects_in({"a": [1]}, "a") == objects_in({"a": {}}, "a") == objects_in({}, "a") == []
    assert (text_in({"a": "x"}, "a"), text_in({"a": ""}, "a"), text_in({"a": 5}, "a")) == ("x", None, None)
    assert text_in({"a": "ü\ud800"}, "a") == "ü\ufffd"
