"""What a person writes in chats and mails, dropped into a small project by hand: on some days at ten o'clock."""

import json
from datetime import UTC, datetime

from tests.small_project import SETTINGS, SmallProject

NUMBER = "+4915123456789"
SOURCES = SETTINGS["sources"] | {
    "cloud": {"format": "whatsapp_cloud", "path": "landing/cloud/*.json", "priority": 50},
    "sms": {"format": "sms_backup", "path": "landing/sms/*.xml", "priority": 50},
    "mail": {"format": "eml", "path": "landing/mail/*.eml", "own_addresses": ["@acme.example"], "priority": 50},
}


def on_cloud(project: SmallProject, name: str, *days: str) -> None:
    """Messages to the company's WhatsApp number, as Meta tells them on the last of these days."""
    told = [
        {
            "from": NUMBER[1:],
            "id": f"wamid.{day}",
            "timestamp": str(_seconds(day)),
            "type": "text",
            "text": {"body": day},
        }
        for day in days
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49 30 901820", "phone_number_id": "2"},
        "contacts": [{"profile": {"name": name}, "wa_id": NUMBER[1:]}],
        "messages": told,
    }
    hook = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }
    project.deliver("cloud", days[-1], json.dumps(hook), f"hooks-{days[-1]}.json")


def on_sms(project: SmallProject, name: str, *days: str) -> None:
    """Messages as a phone keeps them, under the name it knows the number by."""
    who = f'address="{NUMBER}" contact_name="{name}" type="1" subject="null"'
    told = "".join(f'<sms {who} date="{_seconds(day)}000" body="{day}" />' for day in days)
    text = f"<?xml version='1.0' encoding='UTF-8'?>\n<smses count=\"{len(days)}\">{told}</smses>"
    project.deliver("sms", days[-1], text, f"sms-{days[-1]}.xml")


def by_mail(project: SmallProject, address: str, *days: str) -> None:
    """A thread of mails, of which each answers the one before; the last one is delivered."""
    *before, last = days
    head = f"From: {address}\nTo: support@acme.example\nMessage-ID: <{last}@b.example>\n"
    answers = f"In-Reply-To: <{before[-1]}@b.example>\n" if before else ""
    date = datetime.fromisoformat(last).strftime("%d %b %Y 10:00:00 +0000")
    project.deliver("mail", last, f"{head}{answers}Date: {date}\n\n{last}", f"{last}.eml")


def _seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC).timestamp())
