"""What came of rewriting a file, and what all who rewrite one are given."""

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, NamedTuple, cast

from pipelines.privacy.needles import Needles

ERASED = "erased"  # stands where a name or an identifier was
MOST_IN_MEMORY = 8 << 20  # bytes of a member; a larger one is spooled to disk


class Fate(StrEnum):
    """What a file needs."""

    UNTOUCHED = "untouched"  # holds nothing of the person, or only mentions
    REWRITTEN = "rewritten"  # another one takes its place
    EMPTIED = "emptied"  # held nobody else: it has to go
    UNREACHABLE = "unreachable"  # cannot be rewritten


class Rewrite(NamedTuple):
    """What came of a file.

    `removed`: rows, messages, cards, elements and members that are gone. `erased`: places at which a name or an
    identifier was replaced. `mentions`: what others wrote that holds the person, or only somebody of the same name;
    it was left, for somebody to review. `why`: of a file that is unreachable, without any value. `beside`: the new
    file, of one that is rewritten, complete and on disk, but not yet in its place.
    """

    fate: Fate
    removed: int = 0
    erased: int = 0
    mentions: int = 0
    why: str = ""
    beside: Path | None = None


class Unreachable(Exception):
    """A file, or a member of one, that cannot be rewritten. Its text says why, without any value."""


class Wanted(NamedTuple):
    """Who is to be taken out of a file, and what is known of the file.

    `format`: its name in `pipelines.read.catalogue.registry`, if it has one. `encoding`: as its source states it.
    `names_are_theirs`: the warehouse knows that the person is in this file, so that whoever is called so in it is them.
    `scratch`: the folder for members too large for memory, in which they have no name.
    """

    needles: Needles
    format: str | None = None
    encoding: str | None = None
    names_are_theirs: bool = False
    scratch: Path | None = None

    def spool(self) -> IO[bytes]:
        """A file to write to and read from, which is gone once closed."""
        return SpooledTemporaryFile(MOST_IN_MEMORY, dir=str(self.scratch) if self.scratch else None)

    def spooled(self, stream: BinaryIO) -> BinaryIO:
        """What is left of a stream, as one that can seek."""
        held = self.spool()
        try:
            shutil.copyfileobj(stream, held)
        except BaseException:
            held.close()
            raise
        held.seek(0)
        return cast("BinaryIO", held)


class Item(NamedTuple):
    """A file, or the member of one: its path, the names of what it lies in, and its content from the beginning.

    The stream of `open` can seek.
    """

    path: str
    within: tuple[str, ...]
    open: Callable[[], BinaryIO]

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.replace("\\", "/").rstrip("/").rpartition("/")[2]

    @property
    def stem(self) -> str:
        """Its name without its ending."""
        name, dot, _ = self.name.rpartition(".")
        return name if dot and name else self.name

    @property
    def ending(self) -> str:
        """The ending of its name with its dot, in small letters."""
        return self.name[len(self.stem) :].lower()


class Done(NamedTuple):
    """What was written of an item; counts as in Rewrite. `kept`: how many entries are left.

    `files`: names of files that what was removed refers to. `is_talk`: it was a conversation with the person alone,
    and what was attached lies beside it.
    """

    removed: int = 0
    erased: int = 0
    mentions: int = 0
    kept: int = 0
    files: frozenset[str] = frozenset()
    is_talk: bool = False

    @property
    def fate(self) -> Fate:
        """What the item needs."""
        if self.removed and not self.kept:
            return Fate.EMPTIED
        return Fate.REWRITTEN if self.removed or self.erased else Fate.UNTOUCHED

    def with_(self, other: "Done") -> "Done":
        """The counts of both together; what is left of the other counts as one entry."""
        return Done(
            self.removed + other.removed,
            self.erased + other.erased,
            self.mentions + other.mentions,
            self.kept + bool(other.kept),
            self.files | other.files,
            self.is_talk or other.is_talk,
        )


Rewriter = Callable[[Item, BinaryIO, Wanted], Done]
