"""WhatsApp's "Export chat", as an Android phone and as an iPhone write it."""

from datetime import datetime
from typing import Any

from examples.nordlicht.archive import SMALLEST_JPEG, zipped
from examples.nordlicht.people import OWNER, load

MARK = "\u200e"  # left-to-right mark, which iPhones put before everything WhatsApp itself says


def chat_exports() -> dict[str, bytes]:
    """All chats by file name."""
    return dict(iphone_zip(chat) if chat["style"].startswith("iphone") else android_text(chat) for chat in chats())


def chats() -> list[dict[str, Any]]:
    """The chats as whatsapp.toml tells them."""
    return list(load("whatsapp.toml")["chat"])


def android_text(chat: dict[str, Any]) -> tuple[str, bytes]:
    """File name and content of one chat: minutes, no sender before what WhatsApp says, lines end in LF."""
    day = "%d/%m/%Y" if chat["style"] == "android slashes" else "%d.%m.%y"
    senders = {"system": "", "us": f"{OWNER}: ", "them": f"{chat['name']}: "}
    lines = [f"{datetime.fromisoformat(at):{day}, %H:%M} - {senders[who]}{text}\n" for at, who, text in chat["lines"]]
    return f"WhatsApp Chat with {chat['name']}.txt", "".join(lines).encode()


def iphone_zip(chat: dict[str, Any]) -> tuple[str, bytes]:
    """File name and content of one chat: seconds, brackets, invisible marks, lines end in CRLF, pictures beside it."""
    customer = shown_number(chat["name"])
    senders = {"system": customer, "us": OWNER, "them": customer}
    lines = []
    pictures = {}
    for at, who, text in chat["lines"]:
        moment = datetime.fromisoformat(at)
        stamp = f"{moment:%d/%m/%Y, %H:%M:%S}" if chat["style"] == "iphone 24 hours" else twelve_hours(moment)
        attached = text.startswith("<attached: ")
        if attached:
            pictures[text.removeprefix("<attached: ").removesuffix(">")] = SMALLEST_JPEG
        before_line = MARK if attached else ""
        before_text = MARK if attached or who == "system" else ""
        lines.append(f"{before_line}[{stamp}] {senders[who]}: {before_text}{text}\n")
    talk = "".join(lines).replace("\n", "\r\n").encode()
    return f"WhatsApp Chat - {chat['name']}.zip", zipped({"_chat.txt": talk} | pictures)


def twelve_hours(moment: datetime) -> str:
    """A time as an American iPhone writes it: 11/18/25, 9:12:48 AM, with a narrow no-break space before AM."""
    hour = moment.hour % 12 or 12
    return f"{moment.month}/{moment.day}/{moment:%y}, {hour}:{moment:%M:%S}\u202f{'AM' if moment.hour < 12 else 'PM'}"


def shown_number(name: str) -> str:
    """A number as an iPhone shows a sender it has no name for: embedded left-to-right, nothing that may break."""
    return "\u202a" + name.replace(" ", "\u00a0").replace("-", "\u2011") + "\u202c" if name.startswith("+") else name
