"""JSON documents, and files of one JSON value a line, without a person."""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from pipelines.privacy.files.decoding import file_names, series, text_of, unescaped, with_letters
from pipelines.privacy.files.json.people import WHOLE, judged
from pipelines.privacy.files.json.tree import BrokenJson, Tree, tree_of, without
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.needles import find, find_names, mentions_id, mentions_text
from pipelines.read.containers.json_lines import LINE_BYTES, parsed

LARGEST = 512 << 20  # bytes of a document
SMALL = 1 << 20  # characters of a document of which all values are held in memory
PART = 1 << 16  # characters of a larger one that are looked at together
OVERLAP = 1 << 12  # characters that two parts share
BLOCK_BYTES = 16 << 20  # of lines that are looked at together


class _Bare(NamedTuple):
    """A text without a person, and what was done to it; `text` is None where nothing is left of it."""

    text: str | None
    done: Done


def rewrite_document(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a document without what is a person's (`people.judged`); every other value stays as it is written.

    Raises:
        Unreachable: for one that is no JSON, or larger than LARGEST.
    """
    read = text_of(item, None, LARGEST)
    if read is None:
        raise Unreachable(f"a JSON document larger than {LARGEST >> 20} MB")
    text, encoding = read
    if not _may_hold([text], wanted)[0]:
        out.write(text.encode(encoding, "surrogateescape"))
        return Done(kept=1)
    bare = _bare(text, wanted)
    if bare.text is not None:
        out.write(bare.text.encode(encoding, "surrogateescape"))
    return bare.done


def rewrite_lines(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a file of one value a line: a line of which all is a person's is left out, others lose what is.

    Raises:
        Unreachable: where a line that may hold the person is no JSON.
    """
    done = Done()
    with item.open() as stream:
        for lines in _blocks(stream):
            texts = [line.decode("utf-8", "surrogateescape") for line in lines]
            for line, text, may_hold in zip(lines, texts, _may_hold(texts, wanted), strict=True):
                if not may_hold:
                    out.write(line)
                    done = done._replace(kept=done.kept + bool(line.strip()))
                    continue
                bare = _bare(text, wanted)
                out.write((bare.text or "").encode("utf-8", "surrogateescape"))
                done = done.with_(bare.done)
    return done


def _bare(text: str, wanted: Wanted) -> _Bare:
    if not _is_json(text):
        raise Unreachable("no complete JSON")
    try:
        tree = tree_of(text, _near(text, wanted)) if len(text) > SMALL else tree_of(text)
    except BrokenJson:
        raise Unreachable("no complete JSON") from None
    told = judged(tree, wanted)
    if WHOLE in told.gone:
        return _Bare(None, Done(1, files=file_names([unescaped(text)]), is_talk=_is_talk(tree)))
    bare = without(text, tree, told.gone, told.instead)
    if _is_json(text) and not _is_json(bare):
        raise Unreachable("JSON that cannot be cut")
    removed = [text[slice(*tree.items[array][place])] for array, place in told.gone]
    done = Done(len(told.gone), len(told.instead), told.mentions, _left(tree, told.gone), file_names(removed))
    return _Bare(bare, done)


def _near(text: str, wanted: Wanted) -> Callable[[int], bool]:
    """Whether a place of a large text lies in a part that may hold the person, or beside one."""
    parts = [text[start : start + PART + OVERLAP] for start in range(0, len(text), PART)]
    holds = [False, *_may_hold(parts, wanted), False]
    near = [any(holds[place : place + 3]) for place in range(len(parts))]
    return lambda place: near[place // PART]


def _may_hold(texts: Sequence[str], wanted: Wanted) -> list[bool]:
    """Which texts have to be looked at closely."""
    plain = series(with_letters(unescaped(text)) for text in texts)
    needles = wanted.needles
    told = [ask(needles, plain) for ask in (find, find_names, mentions_id, mentions_text)]
    return [any(each) for each in zip(*told, strict=True)]


def _left(tree: Tree, gone: set[tuple[int, int]]) -> int:
    """How many objects are left in the document: in lists, or the document itself if it has no list of objects."""
    listed = [(each.parent, each.place) for each in tree.containers if each.place >= 0 and not each.is_array]
    return sum(item not in gone for item in listed) if listed else 1


def _is_talk(tree: Tree) -> bool:
    return any(each.is_array and each.key == "messages" for each in tree.containers)


def _is_json(text: str) -> bool:
    try:
        parsed(text.removeprefix("\ufeff"))
    except ValueError:
        return False
    return True


def _blocks(stream: BinaryIO) -> Iterator[list[bytes]]:
    lines: list[bytes] = []
    size = 0
    while line := stream.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES:
            raise Unreachable(f"a line of more than {LINE_BYTES >> 20} MB")
        lines.append(line)
        size += len(line)
        if size > BLOCK_BYTES:
            yield lines
            lines, size = [], 0
    yield lines
