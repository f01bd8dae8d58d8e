"""Facebook's "Download your information" in JSON, with the broken letters it really has."""

import json
from datetime import datetime
from typing import Any

from examples.nordlicht.archive import SMALLEST_JPEG, zipped
from examples.nordlicht.people import OWNER, load

INBOX = "your_activity_across_facebook/messages/inbox"
PROFILE = "personal_information/profile_information/profile_information.json"


def download() -> bytes:
    """The zip of the whole profile."""
    names = {"full_name": OWNER, "first_name": "Nordlicht", "middle_name": "", "last_name": "Räder"}
    members = {PROFILE: facebook_json({"profile_v2": {"name": names}})}
    for thread in load("messenger.toml")["thread"]:
        folder = f"{INBOX}/{thread['folder']}"
        members[f"{folder}/message_1.json"] = facebook_json(conversation(thread, folder))
        members |= {f"{folder}/photos/{m['photo']}": SMALLEST_JPEG for m in thread["messages"] if "photo" in m}
    return zipped(members)


def conversation(thread: dict[str, Any], folder: str) -> dict[str, Any]:
    """A thread in Facebook's words, newest message first."""
    return {
        "participants": [{"name": name} for name in [*thread["others"], OWNER]],
        "messages": [message(entry, folder) for entry in reversed(thread["messages"])],
        "title": thread["title"],
        "is_still_participant": True,
        "thread_path": f"inbox/{thread['folder']}",
        "magic_words": [],
    }


def message(entry: dict[str, Any], folder: str) -> dict[str, Any]:
    """One message: words, a picture or a missed call."""
    moment = datetime.fromisoformat(entry["at"])
    sender = OWNER if entry["who"] == "us" else entry["who"]
    written: dict[str, Any] = {"sender_name": sender, "timestamp_ms": int(moment.timestamp()) * 1000}
    if "text" in entry:
        written["content"] = entry["text"]
    if "photo" in entry:
        uri = f"{folder}/photos/{entry['photo']}"
        written["photos"] = [{"uri": uri, "creation_timestamp": int(moment.timestamp())}]
    if "call" in entry:
        written |= {"content": f"{sender} missed your call.", "call_duration": entry["call"]}
    if "reaction" in entry:
        written["reactions"] = [{"reaction": entry["reaction"], "actor": OWNER}]
    return written | {"is_geoblocked_for_viewer": False}


def facebook_json(content: dict[str, Any]) -> bytes:
    """JSON whose strings are the UTF-8 bytes of the words, each byte taken for a Latin-1 letter."""
    letters = json.dumps(content, ensure_ascii=False, indent=2).encode().decode("latin-1")
    return "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in letters).encode("ascii")
