"""Messenger in a "Download your information" of Facebook: the .zip, or one of its JSON files."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pydantic import Field

from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import batches
from pipelines.read.core.unread_files import unread
from pipelines.read.meta.download import (
    EXPECTED,
    FLAT,
    HTML,
    IN_DOWNLOAD,
    IN_FOLDER,
    THREAD,
    UNPACKED,
    Download,
    is_beside,
    most_frequent,
    opened,
    place_of,
    thread_entries,
)
from pipelines.read.meta.messenger_participant import inside, words
from schemas.source import Source
from schemas.vocabulary import Channel

PROFILE = "profile_information.json"
INSTAGRAM = "your_instagram_activity"

GUIDE = """\
On Facebook: *Settings*, *Download your information*, only *Messages*, and as the format **JSON**, not HTML. Drop the
`.zip` as it comes, or one of the JSON files in it. Chats with end-to-end encryption are a download of their own
([messenger.com/secure_storage/dyi](https://www.messenger.com/secure_storage/dyi)), which is read too.

A download that was **unpacked** is one source with the path `landing/facebook/**/messages/**/*_[0-9]*.json`; set
`owner`, as each file is then read on its own. Photos and other files of the download that a wider path finds are
counted as *skipped*.

**What is read**: every message with sender, time and kind, names of attached files, calls, and who joined or left a
group. The text that Facebook writes with its letters garbled is mended.

**What is not**: the photos and files themselves, reactions, and everything in the download that is no message. A
person of a chat has a name and the id of the thread, nothing else: Facebook gives neither address nor number.

The company is the one whose download it is; where the download does not say it, set `owner`. Instagram's download
looks the same and is [a format of its own](instagram_download.md).
"""


class MessengerDownload(Source):
    """Options of Messenger downloads."""

    owner: str | None = Field(
        default=None,
        description="The name whose download it is; otherwise taken from the download itself",
        examples=["Acme Support"],
    )


def read(path: Path, source: MessengerDownload, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a download as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    if is_beside(path):
        yield from batches([unread(EXPECTED)], rows)
        return
    with ExitStack() as stack:
        download = opened(path, stack)
        owner = source.owner or _profile_name(download) or most_frequent(download)
        yield from batches(thread_entries(download, owner, Channel.FACEBOOK), rows)


def detects(sample: Sample) -> float:
    """A thread, or a zip with some at the places Facebook gives them; HTML too, to be told what to request instead."""
    if any(INSTAGRAM in place for place in (*sample.folders, *sample.members)):
        return 0.0
    if sample.members:
        if any(map(IN_FOLDER.fullmatch, sample.members)):
            return 1.0
        return 0.5 if any(map(FLAT.fullmatch, sample.members)) or any(map(HTML.fullmatch, sample.members)) else 0.0
    if sample.name.lower().endswith(".html"):
        return 0.5 if IN_DOWNLOAD.fullmatch(place_of((*sample.folders, sample.name))) else 0.0
    if not sample.name.lower().endswith(".json"):
        return 0.0
    return 0.9 if THREAD.match(sample.start.decode("utf-8-sig", errors="replace")) else 0.0


FORMAT = Format(
    "messenger_download",
    "Messenger threads of a Facebook download, as JSON",
    MessengerDownload,
    read,
    detects=detects,
    guide=GUIDE,
    unpacked=UNPACKED,
    is_chat=True,
)


def _profile_name(download: Download) -> str | None:
    """Name of the profile, if the download tells it."""
    profile = download.load_named(PROFILE)
    names = (words(inside(profile, version, "name", "full_name")) for version in ("profile_v2", "profile"))
    return next(filter(None, names), None)
