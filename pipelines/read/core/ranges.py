"""Ranges of a text, named instead of cut out."""

from typing import NamedTuple

from schemas.vocabulary import QuotedKind


class Range(NamedTuple):
    """A range of a text that is not new, in characters."""

    start: int
    length: int
    kind: QuotedKind
