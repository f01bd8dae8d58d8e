"""What becomes of each member of a packed file: rewritten, renamed, left out."""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, NamedTuple, cast

from pipelines.privacy.files.outcome import Done, Fate, Item, Rewriter, Wanted
from pipelines.privacy.redact import redacted_path
from pipelines.read.core.unread_files import is_attached

DEEPEST = 3  # packed files within each other


class Plan(NamedTuple):
    """By the place of a member: which are left out, the new content and the new path of others; and what it amounts to.

    Paths hold those of all members that stay.
    """

    gone: set[int]
    fresh: dict[int, IO[bytes]]
    paths: dict[int, str]
    done: Done


def plan(members: Sequence[Item], wanted: Wanted, rewrite: Rewriter, stack: ExitStack) -> Plan:
    """Rewrite each member, and decide what becomes of it.

    A member that held nobody else is left out; so are the files that were attached to what was removed, or that lie
    beside a conversation with the person alone. Paths that hold an identifier lose it, and a name where the person is
    known to be in there. What is opened is closed with the stack.
    """
    fresh: dict[int, IO[bytes]] = {}
    gone: set[int] = set()
    told: dict[int, Done] = {}
    for place, member in enumerate(members):
        out = stack.enter_context(wanted.spool())
        with member.open() as content:
            told[place] = rewrite(member._replace(open=partial(again, content)), cast("BinaryIO", out), wanted)
        if told[place].fate is Fate.EMPTIED:
            gone.add(place)
        if told[place].fate is Fate.REWRITTEN:
            fresh[place] = out
        else:
            out.close()
    attached = set(_attached(members, told)) - gone
    left = [place for place in range(len(members)) if place not in gone | attached]
    whole = Done(removed=len(attached))
    for each in told.values():
        whole = whole.with_(each)
    names = wanted.names_are_theirs or whole.removed > 0
    paths = _renamed(members, left, wanted, names=names)
    renamed = sum(paths[place] != members[place].path for place in left)
    return Plan(gone | attached, fresh, paths, whole._replace(erased=whole.erased + renamed, kept=len(left)))


def inside(item: Item, path: str) -> tuple[str, ...]:
    """The names of what a member lies in."""
    return (*item.within, item.stem, *PurePosixPath(path.replace("\\", "/")).parts[:-1])


class _Content(io.RawIOBase):
    """A member that is inflated once and read several times, one after the other."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._content.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()


def again(content: BinaryIO) -> BinaryIO:
    """A stream from its beginning, which stays open when this one is closed."""
    content.seek(0)
    return io.BufferedReader(_Content(content))


def _attached(members: Sequence[Item], told: dict[int, Done]) -> Iterator[int]:
    """Places of files that were attached to what was removed of a text that lies in the same folder or above."""
    for place, done in told.items():
        if not done.removed or not (done.files or done.is_talk):
            continue
        folder = PurePosixPath(members[place].path).parent
        for other, member in enumerate(members):
            path = PurePosixPath(member.path)
            is_theirs = path.name in done.files or (done.is_talk and done.fate is Fate.EMPTIED)
            if is_theirs and other != place and is_attached(path) and path.is_relative_to(folder):
                yield other


def _renamed(members: Sequence[Item], left: Sequence[int], wanted: Wanted, *, names: bool) -> dict[int, str]:
    """The paths of what is left, no two of them equal where they were not."""
    paths: dict[int, str] = {}
    taken = {members[place].path for place in left}
    for place in left:
        old = members[place].path
        new = bare = redacted_path(wanted.needles, old, names=names)
        number = 1
        while new != old and new in taken:
            number += 1
            path = PurePosixPath(bare)
            new = str(path.with_name(f"{path.stem} {number}{path.suffix}"))
        taken.add(new)
        paths[place] = new
    return paths
