"""Messenger in a "Download your information" of Facebook: the .zip, or one of its JSON files."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydantic import Field

from pipelines.errors import DeliveryHeld, DeliveryRefused
from pipelines.read import archive
from pipelines.read.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.frames import Entry, Identifier, Occurrences, Person, Thread, batches
from pipelines.read.messenger_thread import entries, is_thread, mended, participants, talk, title_of
from schemas.source import Source
from schemas.vocabulary import Channel, ErrorCode, IdentifierType

MAX_JSON = 64 << 20  # bytes of one file; Meta begins another after 10,000 messages
PROFILE = "profile_information.json"
INSTAGRAM = "your_instagram_activity"

GUIDE = """\
On Facebook: *Settings*, *Download your information*, only *Messages*, and as the format **JSON**, not HTML. Drop the
`.zip` as it comes, or one of the JSON files in it. Chats with end-to-end encryption are a download of their own
([messenger.com/secure_storage/dyi](https://www.messenger.com/secure_storage/dyi)), which is read too.

**What is read**: every message with sender, time and kind, names of attached files, calls, and who joined or left a
group. The text that Facebook writes with its letters garbled is mended.

**What is not**: the photos and files themselves, reactions, and everything in the download that is no message. A
person of a chat has a name and the id of the thread, nothing else: Facebook gives neither address nor number.

The company is the one whose download it is; where the download does not say it, set `owner`. Instagram's download
looks the same and is another channel: it is not proposed as this format.
"""

_SECTIONS = "inbox|archived_threads|filtered_threads|message_requests|e2ee_cutover"
_IN_FOLDER = re.compile(rf"(?:.*/)?messages/(?:{_SECTIONS})/(?P<name>[^/]+)/message_(?P<number>\d{{1,9}})\.json")
_FLAT = re.compile(r"(?:(?:.*/)?messages/)?(?P<name>[^/]+)_(?P<number>\d{1,9})\.json")
_THREAD = re.compile(r'\s*\{\s*"participants"\s*:\s*\[[^\]]*\]\s*,\s*"(?:threadName|messages|title)"')
_HTML = re.compile(r"(?:.*/)?message_\d+\.html|(?:.*/)?messages/[^/]+\.html")


class MessengerDownload(Source):
    """Options of Messenger downloads."""

    owner: str | None = Field(
        default=None,
        description="The name whose download it is; otherwise taken from the download itself",
        examples=["Acme Support"],
    )


class Part(NamedTuple):
    """One JSON file of a thread. `folder` is the thread's directory, if it has one: its name ends in an id."""

    name: str
    number: int
    path: str
    folder: bool


class Download(NamedTuple):
    """What was delivered: its parts in order, and how to load one by its path."""

    parts: list[Part]
    files: archive.Archive | None
    single: Path

    def load(self, path: str) -> Any:
        """The JSON value of one file, with its strings mended."""
        with ExitStack() as stack:
            stream: BinaryIO
            if self.files:
                stream = stack.enter_context(archive.member(self.files, path, MAX_JSON))
            else:
                stream = stack.enter_context(self.single.open("rb"))
            return _json(stream)


def read(path: Path, source: MessengerDownload, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a download as batches of at most `rows` entries; see `pipelines.read.batch.Read`."""
    with ExitStack() as stack:
        if path.suffix.lower() == ".zip":
            files = stack.enter_context(archive.opened(path))
            download = Download(_parts(list(files.members)), files, path)
        else:
            download = _single(path)
        owner = source.owner or _profile_name(download) or _most_frequent(download)
        yield from batches(_entries(download, owner), rows)


def detects(sample: Sample) -> float:
    """A thread, or a zip with some at the places Facebook gives them; HTML too, to be told what to request instead."""
    if any(INSTAGRAM in place for place in (*sample.folders, *sample.members)):
        return 0.0
    if sample.members:
        if any(map(_IN_FOLDER.fullmatch, sample.members)):
            return 1.0
        return 0.5 if any(map(_FLAT.fullmatch, sample.members)) or any(map(_HTML.fullmatch, sample.members)) else 0.0
    if not sample.name.lower().endswith(".json"):
        return 0.0
    return 0.9 if _THREAD.match(sample.start.decode("utf-8-sig", errors="replace")) else 0.0


FORMAT = Format(
    "messenger_download",
    "Messenger threads of a Facebook download, as JSON",
    MessengerDownload,
    read,
    detects=detects,
    guide=GUIDE,
)


def _entries(download: Download, owner: str) -> Iterator[Entry]:
    occurrences = Occurrences()
    who = None
    for part, thread in _threads(download):
        key = f"thread:{part.name}"
        if who is None or who.key != key:
            who = talk(thread, key, owner)
            yield Thread(key, Channel.FACEBOOK, who.title, who.is_group)
            if who.counterpart:
                number = part.name.rpartition("_")[2]
                known = Identifier(IdentifierType.MESSENGER_THREAD, number, "thread") if part.folder else None
                yield Person(key, Channel.FACEBOOK, who.counterpart, known)
        yield from entries(thread, who, occurrences)


def _parts(names: list[str]) -> list[Part]:
    in_folders = [(found, True) for name in names if (found := _IN_FOLDER.fullmatch(name))]
    flat = [(found, False) for name in names if (found := _FLAT.fullmatch(name))]
    parts = [Part(found["name"], int(found["number"]), found[0], folder) for found, folder in in_folders + flat]
    if not parts and any(_HTML.fullmatch(name) for name in names):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "this is the HTML form: request the download in JSON format")
    return sorted(parts)


def _single(path: Path) -> Download:
    """A JSON file on its own. The name message_1.json says nothing of its thread; what it holds does."""
    if path.suffix.lower() in (".html", ".htm"):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "this is the HTML form: request the download in JSON format")
    found = _FLAT.fullmatch(path.name)
    part = Part(found["name"] if found else path.stem, int(found["number"]) if found else 0, path.name, folder=False)
    download = Download([part], None, path)
    value = download.load(part.path)
    place = value.get("thread_path") if isinstance(value, dict) else None
    if isinstance(place, str) and place.strip("/"):
        part = part._replace(name=place.strip("/").rpartition("/")[2], folder=True)
    elif part.name == "message":
        part = part._replace(name=path.parent.name, folder=True)
    return download._replace(parts=[part])


def _threads(download: Download) -> Iterator[tuple[Part, dict[str, Any]]]:
    """The threads, loaded one file at a time. Beside flat ones lie files of other things that are named alike."""
    found = False
    for part in download.parts:
        value = download.load(part.path)
        if is_thread(value):
            found = True
            yield part, value
        elif part.folder:
            raise DeliveryRefused(ErrorCode.FILE_FORMAT, "a file of messages holds no thread: request it again")
    if not found:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "no messages in it: request a download that includes Messages")


def _profile_name(download: Download) -> str | None:
    """Name of the profile, if the download tells it."""
    for path in download.files.members if download.files else ():
        if path.rpartition("/")[2] == PROFILE:
            value = download.load(path)
            for version in ("profile_v2", "profile"):
                profile = value.get(version) if isinstance(value, dict) else None
                name = profile.get("name") if isinstance(profile, dict) else None
                full = name.get("full_name") if isinstance(name, dict) else None
                if isinstance(full, str) and full:
                    return full
    return None


def _most_frequent(download: Download) -> str:
    """The participant in most threads; of several, the one that no thread is called after."""
    met: Counter[str] = Counter()
    titles: set[str | None] = set()
    last = None
    for part, thread in _threads(download):
        if part.name != last:
            met.update(participants(thread))
            titles.add(title_of(thread))
        last = part.name
    most = max(met.values(), default=0)
    leaders = [name for name, count in met.items() if count == most]
    if len(leaders) > 1:
        leaders = [name for name in leaders if name not in titles]
    if len(leaders) == 1:
        return leaders[0]
    raise DeliveryHeld(
        ErrorCode.PARTIES_UNKNOWN,
        "cannot tell customer from company: set owner (the name whose download it is) in onecontact.yaml",
    )


def _json(stream: BinaryIO) -> Any:
    data = stream.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"a JSON file of messages is larger than {MAX_JSON >> 20} MB")
    if not data.strip():
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: request the download again")
    try:
        return mended(json.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise DeliveryRefused(ErrorCode.FILE_ENCODING, "not UTF-8: request the download again") from None
    except (ValueError, RecursionError):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "not complete JSON: request the download again") from None
