"""The mailbox as Gmail Takeout gives it: one mbox with Gmail's own labels and thread numbers."""

import base64
import quopri
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from examples.nordlicht.archive import SMALLEST_JPEG
from examples.nordlicht.people import load

FIRST_THREAD = 1846000000000000000
BOUNDARY = "000000000000nordlicht"
MARKED = f'boundary="{BOUNDARY}"'


def takeout() -> bytes:
    """All mails in one file."""
    mails = mail_texts()
    answered = {mail["id"]: mail.get("answers", "") for mail in mails}
    return b"".join(mbox_entry(mail, ancestors(mail, answered)) for mail in mails)


def mail_texts() -> list[dict[str, Any]]:
    """The mails as mail.toml tells them."""
    return list(load("mail.toml")["mail"])


def ancestors(mail: dict[str, Any], answered: dict[str, str]) -> list[str]:
    """The ids a mail goes back to, oldest first."""
    chain: list[str] = []
    parent = mail.get("answers", "")
    while parent:
        chain.insert(0, f"<{parent}@mail.example>")
        parent = answered[parent]
    return chain


def mbox_entry(mail: dict[str, Any], references: list[str]) -> bytes:
    """One mail with its `From ` line; lines of the body that look like one are escaped."""
    moment = datetime.fromisoformat(mail["at"])
    number = FIRST_THREAD + mail["thread"]
    content_type, transfer, body = encoded_body(mail)
    headers = {
        "X-GM-THRID": str(number),
        "X-Gmail-Labels": words(mail.get("labels", "Sent" if is_ours(mail) else "Inbox,Opened")),
        "Message-ID": f"<{mail['id']}@mail.example>" if mail["id"] else "",
        "In-Reply-To": references[-1] if references else "",
        "References": "\n ".join(references),
        "Date": format_datetime(moment),
        "From": address(mail["sender"]),
        "To": address(mail["to"]),
        "Subject": words(mail["subject"]),
        "MIME-Version": "1.0",
        "Content-Type": content_type,
        "Content-Transfer-Encoding": transfer,
    }
    stated = [f"{name}: {value}" for name, value in headers.items() if value] + mail.get("headers", [])
    separator = f"From {number}@xxx {moment.astimezone(UTC):%a %b %d %H:%M:%S +0000 %Y}"
    escaped = re.sub(rb"^(>*From )", rb">\1", body, flags=re.MULTILINE)
    return "\n".join([separator, *stated, "", ""]).encode("ascii") + escaped + b"\n"


def is_ours(mail: dict[str, Any]) -> bool:
    """Whether the shop wrote it."""
    return "@nordlicht.example" in mail["sender"]


def encoded_body(mail: dict[str, Any]) -> tuple[str, str, bytes]:
    """Content type, transfer encoding and bytes of a body."""
    text = mail["body"].removeprefix("\n")
    if "bounced" in mail:
        return f"multipart/report; report-type=delivery-status; {MARKED}", "", bounce(text, mail["bounced"])
    if "attachment" in mail:
        return f"multipart/mixed; {MARKED}", "", with_picture(text, mail["attachment"])
    match mail.get("encoding"):
        case "base64":
            return 'text/plain; charset="UTF-8"', "base64", base64.encodebytes(text.encode())
        case "latin-1":
            return 'text/plain; charset="iso-8859-1"', "quoted-printable", quopri.encodestring(text.encode("latin-1"))
        case _:
            return 'text/plain; charset="UTF-8"', "8bit", text.encode()


def with_picture(text: str, name: str) -> bytes:
    """A body of words and one attached picture."""
    return parts(
        f'Content-Type: text/plain; charset="UTF-8"\nContent-Transfer-Encoding: 8bit\n\n{text}',
        f'Content-Type: image/jpeg; name="{name}"\nContent-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(SMALLEST_JPEG).decode()}",
    )


def bounce(text: str, recipient: str) -> bytes:
    """The report of a mail server that could not deliver."""
    return parts(
        f'Content-Type: text/plain; charset="UTF-8"\n\n{text}',
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.2.2\n",
    )


def parts(*sections: str) -> bytes:
    """A multipart body."""
    return ("".join(f"--{BOUNDARY}\n{section}\n" for section in sections) + f"--{BOUNDARY}--\n").encode()


def address(text: str) -> str:
    """An address whose name is written so that a header can carry it."""
    name, _, rest = text.rpartition(" <")
    return f"{words(name)} <{rest}" if name else text


def words(text: str) -> str:
    """Text for a header; what is not ASCII becomes encoded words of at most 75 characters."""
    if text.isascii():
        return text
    pieces = [text[at : at + 20] for at in range(0, len(text), 20)]
    return "\n ".join(f"=?UTF-8?B?{base64.b64encode(piece.encode()).decode()}?=" for piece in pieces)
