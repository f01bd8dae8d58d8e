"""What came of rewriting a file, and what all who rewrite one are given."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipelines.privacy.needles import Needles

ERASED = "erased"  # stands where a name or an identifier was


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
    """

    needles: Needles
    format: str | None = None
    encoding: str | None = None
    names_are_theirs: bool = False


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


Rewriter = Callable[[Item, BinaryIO, Wanted], Done]
