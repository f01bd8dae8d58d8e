"""What a message of the WhatsApp Business Cloud API is made of: its kind, its words, its files."""

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.read.containers.json_lines import parsed
from pipelines.read.core.frames import File
from pipelines.read.core.lines import well_formed
from schemas.vocabulary import MessageKind

Fields = Mapping[str, Any]
NONE: Fields = {}
MEDIA = ("image", "video", "audio", "voice", "document", "sticker")
TEXT = MessageKind.TEXT

Content = tuple[MessageKind, str | None, tuple[File, ...]]  # kind, words and files of a message


def content(message: Fields) -> Content:
    """The content of a message, by what it says of its type; what has no words of its own has no text."""
    kind = message.get("type")
    if kind == "text":
        return TEXT, text_in(fields_in(message, "text"), "body"), ()
    if kind in MEDIA:
        media = fields_in(message, kind)
        file = File(text_in(media, "filename"), text_in(media, "mime_type"), text_in(media, "sha256"))
        return MessageKind.MEDIA, text_in(media, "caption"), (file,) if any(file) else ()
    if kind == "media_placeholder":
        return MessageKind.MEDIA, None, ()
    worded = WORDS.get(kind) if isinstance(kind, str) else None
    if worded is None:
        return MessageKind.OTHER, None, ()
    told, words = worded
    return told, words(message) or None, ()


def fields_in(fields: Fields, key: str) -> Fields:
    """The object under a key, empty for anything else."""
    value = fields.get(key)
    return value if isinstance(value, dict) else NONE


def objects_in(fields: Fields, key: str) -> list[Fields]:
    """The objects of the list under a key, without whatever else is in it."""
    value = fields.get(key)
    if not isinstance(value, list):
        return []
    return value if len(value) == 1 and isinstance(value[0], dict) else [v for v in value if isinstance(v, dict)]


def items_in(fields: Fields, key: str) -> list[Any]:
    """Whatever is in the list under a key; what stands there and is no list is one thing, and nothing is none."""
    value = fields.get(key)
    if isinstance(value, list):
        return value
    return [] if value is None else [[value]]  # within a list, an object is not what it seems


def text_in(fields: Fields, key: str) -> str | None:
    """The text under a key; None for an empty one and for anything else."""
    return text_of(fields.get(key))


def text_of(value: Any) -> str | None:
    """A text; None for an empty one and for anything else."""
    if not isinstance(value, str) or not value:
        return None
    return value if value.isascii() else well_formed(value)


def _button(message: Fields) -> str | None:
    return text_in(fields_in(message, "button"), "text")


def _interactive(message: Fields) -> str | None:
    """The title of what was chosen, or the answers of a form."""
    chosen = fields_in(message, "interactive")
    form = fields_in(chosen, "nfm_reply")
    if form:
        return _answers(form) or text_in(form, "body")
    reply = fields_in(chosen, "button_reply") or fields_in(chosen, "list_reply")
    return "\n".join(filter(None, (text_in(reply, "title"), text_in(reply, "description"))))


def _answers(form: Fields) -> str | None:
    try:
        answers = parsed(text_in(form, "response_json") or "")
    except ValueError:
        return None
    if not isinstance(answers, dict):
        return None
    told = {
        key: value for key, value in answers.items() if key != "flow_token" and isinstance(value, str | int | float)
    }
    return well_formed("\n".join(f"{key}: {value}" for key, value in told.items()))


def _location(message: Fields) -> str | None:
    place = fields_in(message, "location")
    named = ", ".join(filter(None, (text_in(place, "name"), text_in(place, "address"))))
    point = [place.get("latitude"), place.get("longitude")]
    return named or (", ".join(map(str, point)) if all(isinstance(each, int | float) for each in point) else None)


def _reaction(message: Fields) -> str | None:
    return text_in(fields_in(message, "reaction"), "emoji")


def _contacts(message: Fields) -> str | None:
    names = (text_in(fields_in(card, "name"), "formatted_name") for card in objects_in(message, "contacts"))
    return ", ".join(filter(None, names))


def _order(message: Fields) -> str | None:
    order = fields_in(message, "order")
    items = [
        (item.get("quantity"), text_in(item, "product_retailer_id")) for item in objects_in(order, "product_items")
    ]
    lines = [f"{quantity} × {item}" for quantity, item in items if item and isinstance(quantity, int | float)]
    return "\n".join(filter(None, [text_in(order, "text"), *lines]))


WORDS: dict[str, tuple[MessageKind, Callable[[Fields], str | None]]] = {
    "button": (MessageKind.INTERACTIVE, _button),
    "interactive": (MessageKind.INTERACTIVE, _interactive),
    "location": (MessageKind.LOCATION, _location),
    "reaction": (MessageKind.REACTION, _reaction),
    "contacts": (MessageKind.OTHER, _contacts),
    "order": (MessageKind.OTHER, _order),
}
