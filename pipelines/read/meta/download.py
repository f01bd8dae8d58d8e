"""The threads in a download of Facebook or Instagram: the .zip, or one of its JSON files."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pipelines.errors import DeliveryHeld, DeliveryRefused
from pipelines.read.containers import zip as archive
from pipelines.read.containers.json_lines import parsed
from pipelines.read.core.batch import Unpacked
from pipelines.read.core.frames import Entry, Identifier, Occurrences, Person, Thread
from pipelines.read.core.unread_files import is_attached
from pipelines.read.meta.messenger_participant import shown_name
from pipelines.read.meta.messenger_thread import entries, is_thread, mended, participants, talk, title_of
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Channel, IdentifierType

MAX_JSON = 64 << 20  # bytes of one file; Meta begins another after 10,000 messages
THREADS = {
    Channel.FACEBOOK: IdentifierType.MESSENGER_THREAD,
    Channel.INSTAGRAM: IdentifierType.INSTAGRAM_THREAD,
}

_SECTIONS = "inbox|archived_threads|filtered_threads|message_requests|e2ee_cutover"
IN_FOLDER = re.compile(rf"(?:.*/)?messages/(?:{_SECTIONS})/(?P<name>[^/]+)/message_(?P<number>\d{{1,9}})\.json")
FLAT = re.compile(r"(?:(?:.*/)?messages/)?(?P<name>[^/]+)_(?P<number>\d{1,9})\.json")
THREAD = re.compile(r'\s*\{\s*"participants"\s*:\s*\[[^\]]*\]\s*,\s*"(?:threadName|messages|title)"')
IN_DOWNLOAD = re.compile(  # where a file lies in a download that was unpacked
    rf"(?P<root>.+?)(?:/your_[a-z_]+)?/messages/(?:(?:{_SECTIONS})/[^/]+/message_\d{{1,9}}|[^/]+_\d{{1,9}})\.(?:json|html)"
)
_OF_DOWNLOAD = re.compile(rf"/your_[a-z_]*activity[a-z_]*/|/messages/(?:{_SECTIONS})/|/personal_information/")
UNPACKED = Unpacked(IN_DOWNLOAD, "**/messages/**/*_[0-9]*.json")
HTML = re.compile(r"(?:.*/)?message_\d+\.html|(?:.*/)?messages/[^/]+\.html")


EXPECTED = "a file of messages: photos and what else a download holds are not read"


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

    def load_named(self, name: str) -> Any:
        """The JSON value of the file in the zip that has a name, wherever it lies; None if there is none."""
        found = (path for path in (self.files.members if self.files else ()) if path.rpartition("/")[2] == name)
        path = next(found, None)
        return self.load(path) if path else None


def opened(path: Path, stack: ExitStack) -> Download:
    """The download in a file; a zip is open until `stack` is closed."""
    if path.suffix.lower() == ".zip":
        files = stack.enter_context(archive.opened(path))
        return Download(_parts(list(files.members)), files, path)
    return _single(path)


def is_beside(path: Path) -> bool:
    """Whether a file of an unpacked download holds no messages: it is attached to one, or tells of something else."""
    place = path.parent / path.name
    if is_attached(place):
        return True
    whole = place_of(place.parts)
    if not _OF_DOWNLOAD.search(whole) or IN_DOWNLOAD.fullmatch(whole) or HTML.fullmatch(whole):
        return False
    try:
        with path.open("rb") as stream:
            return not is_thread(_json(stream))
    except DeliveryRefused:
        return True


def place_of(parts: Iterable[str]) -> str:
    """A path of folders and a name as the expressions here see it."""
    return "/".join(("", *parts))


def thread_entries(download: Download, owner: str, channel: Channel) -> Iterator[Entry]:
    """The threads of a download, with the person of each that is between two."""
    occurrences = Occurrences()
    who = None
    for part, thread in threads(download):
        key = f"thread:{part.name}"
        if who is None or who.key != key:
            who = talk(thread, key, owner)
            yield Thread(key, channel, who.title, who.is_group)
            if who.counterpart:
                number = part.name.rpartition("_")[2]
                known = (Identifier(THREADS[channel], number, "thread"),) if part.folder else ()
                yield Person(key, channel, shown_name(who.counterpart), known)
        yield from entries(thread, who, occurrences)


def threads(download: Download) -> Iterator[tuple[Part, dict[str, Any]]]:
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


def most_frequent(download: Download) -> str:
    """The participant in most threads; of several, the one that no thread is called after.

    Raises:
        DeliveryHeld: PARTIES_UNKNOWN where that is not exactly one.
    """
    met: Counter[str] = Counter()
    titles: set[str | None] = set()
    last = None
    for part, thread in threads(download):
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


def _parts(names: list[str]) -> list[Part]:
    in_folders = [(found, True) for name in names if (found := IN_FOLDER.fullmatch(name))]
    flat = [(found, False) for name in names if (found := FLAT.fullmatch(name))]
    parts = [Part(found["name"], int(found["number"]), found[0], folder) for found, folder in in_folders + flat]
    if not parts and any(HTML.fullmatch(name) for name in names):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "this is the HTML form: request the download in JSON format")
    return sorted(parts)


def _single(path: Path) -> Download:
    """A JSON file on its own. The name message_1.json says nothing of its thread; what it holds does."""
    if path.suffix.lower() in (".html", ".htm"):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "this is the HTML form: request the download in JSON format")
    found = FLAT.fullmatch(path.name)
    part = Part(found["name"] if found else path.stem, int(found["number"]) if found else 0, path.name, folder=False)
    download = Download([part], None, path)
    value = download.load(part.path)
    place = value.get("thread_path") if isinstance(value, dict) else None
    if isinstance(place, str) and place.strip("/"):
        part = part._replace(name=place.strip("/").rpartition("/")[2], folder=True)
    elif part.name == "message":
        part = part._replace(name=path.parent.name, folder=True)
    return download._replace(parts=[part])


def _json(stream: BinaryIO) -> Any:
    data = stream.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"a JSON file of messages is larger than {MAX_JSON >> 20} MB")
    if not data.strip():
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: request the download again")
    try:
        return mended(parsed(data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise DeliveryRefused(ErrorCode.FILE_ENCODING, "not UTF-8: request the download again") from None
    except (ValueError, RecursionError):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "not complete JSON: request the download again") from None
