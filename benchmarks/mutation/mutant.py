"""One small fault in one file, and how it reads."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """A replacement of part of a source text.

    `start`, `stop`: offsets in characters. `lines`: first and last line of the statement it is in, from 1.
    `at_import`: it is outside of functions, so that it takes effect when the module is imported.
    """

    path: str  # of the module, relative to the root of the tree
    start: int
    stop: int
    text: str
    operator: str
    line: int
    lines: tuple[int, int]
    at_import: bool

    def applied(self, source: str) -> str:
        """The source text with the fault in it."""
        return source[: self.start] + self.text + source[self.stop :]

    def diff(self, source: str) -> tuple[str, str]:
        """The lines that change, before and after, each as one line without indentation."""
        begin = source.rfind("\n", 0, self.start) + 1
        end = source.find("\n", self.stop)
        end = len(source) if end < 0 else end
        before = source[begin:end]
        after = source[begin : self.start] + self.text + source[self.stop : end]
        return " ".join(before.split()), " ".join(after.split())
