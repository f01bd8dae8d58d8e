"""Direct messages in a download of Instagram: the .zip, or one of its JSON files."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pydantic import Field

from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import batches
from pipelines.read.core.unread_files import unread
from pipelines.read.meta.download import (
    EXPECTED,
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
from pipelines.read.meta.messenger_participant import inside, items, words
from schemas.source import Source
from schemas.vocabulary import Channel

PROFILE = "personal_information.json"
ACTIVITY = "your_instagram_activity"

GUIDE = """\
On Instagram: *Settings*, *Accounts Center*, *Your information and permissions*, *Export your information*, only
*Messages*, and as the format **JSON**, not HTML. Drop the `.zip` as it comes, or one of the JSON files in it.

A download that was **unpacked** is one source with the path `landing/instagram/**/messages/**/*_[0-9]*.json`; set
`owner`, as each file is then read on its own. Photos and other files of the download that a wider path finds are
counted as *skipped*.

**What is read**: every message with sender, time and kind, names of attached files, calls, and what Instagram writes
into a thread when somebody likes a message or reacts to it. The text that it writes with its letters garbled is mended.

**What is not**: the photos and files themselves, and everything in the download that is no message. A person of a
thread has the name shown and the id of the thread, nothing else: the name may be a username or not, and the folder's
name is made of it with letters left out, so neither is taken for a username.

The company is the one whose download it is; where the download does not say it, set `owner` to the name shown in the
threads.
"""


class InstagramDownload(Source):
    """Options of Instagram downloads."""

    owner: str | None = Field(
        default=None,
        description="The name whose download it is; otherwise taken from the download itself",
        examples=["acme.store"],
    )


def read(path: Path, source: InstagramDownload, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a download as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    if is_beside(path):
        yield from batches([unread(EXPECTED)], rows)
        return
    with ExitStack() as stack:
        download = opened(path, stack)
        owner = source.owner or _profile_name(download) or most_frequent(download)
        yield from batches(thread_entries(download, owner, Channel.INSTAGRAM), rows)


def detects(sample: Sample) -> float:
    """Threads at the places Instagram gives them; HTML too, to be told what to request instead."""
    if sample.members:
        threads = [name for name in sample.members if IN_FOLDER.fullmatch(name) or HTML.fullmatch(name)]
        return 1.0 if any(ACTIVITY in name for name in threads) else 0.0
    if ACTIVITY not in sample.folders:
        return 0.0
    if sample.name.lower().endswith(".html"):
        return 0.5 if IN_DOWNLOAD.fullmatch(place_of((*sample.folders, sample.name))) else 0.0
    if not sample.name.lower().endswith(".json"):
        return 0.0
    return 1.0 if THREAD.match(sample.start.decode("utf-8-sig", errors="replace")) else 0.0


FORMAT = Format(
    "instagram_download",
    "Direct messages of an Instagram download, as JSON",
    InstagramDownload,
    read,
    detects=detects,
    guide=GUIDE,
    unpacked=UNPACKED,
    is_chat=True,
)


def _profile_name(download: Download) -> str | None:
    """The name shown for the account, if the download tells it; else its username, which then is what is shown."""
    facts = inside(next(iter(items(inside(download.load_named(PROFILE), "profile_user"))), None), "string_map_data")
    return words(inside(facts, "Name", "value")) or words(inside(facts, "Username", "value"))
