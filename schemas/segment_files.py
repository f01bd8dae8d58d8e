"""Loading segments/*.yaml: what is wrong with one is told of it, and leaves the others as they are."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from schemas.configuration import ConfigurationInvalid, Fault, located, parse, validated
from schemas.segment import Segment

SEGMENTS = "segments"  # their folder


class BrokenSegment(NamedTuple):
    """A segment that cannot be published, and why: a line for each fault, with its place."""

    segment: str
    faults: str


class SegmentFiles(NamedTuple):
    """The segments of a project, sorted by their names, and those that cannot be read."""

    segments: list[Segment]
    broken: list[BrokenSegment]


def load_segments(folder: Path) -> SegmentFiles:
    """Read every `segments/*.yaml` of a project folder.

    A broken one has the name that its file states, or else that of its file. Of a segment that two files define nobody
    knows which one is meant, so neither is there.
    """
    segments: list[Segment] = []
    broken: list[BrokenSegment] = []
    for path in sorted((folder / SEGMENTS).glob("*.yaml")):
        stated: Any = None
        try:
            data, document = parse(path)
        except ConfigurationInvalid as invalid:
            faults = [str(invalid)]
        else:
            stated = data.get("segment")
            read = validated(Segment, data)
            if isinstance(read, Segment):
                if all(each.segment != read.segment for each in segments):
                    segments.append(read)
                    continue
                read = [Fault(("segment",), "another file defines this segment already")]
            faults = located(path, document, read)
        broken.append(BrokenSegment(named(stated, path), "\n".join(faults)))
    twice = {each.segment for each in broken}
    return SegmentFiles(
        sorted((each for each in segments if each.segment not in twice), key=lambda each: each.segment), merged(broken)
    )


def named(stated: Any, path: Path) -> str:
    """The name of a broken segment, fit for a path."""
    name = stated if isinstance(stated, str) and stated else path.stem
    return re.sub(r"[^a-z0-9_]", "_", name.lower()).lstrip("_") or "segment"


def merged(broken: list[BrokenSegment]) -> list[BrokenSegment]:
    """Broken segments, one for each name."""
    names = Counter(each.segment for each in broken)
    return [
        BrokenSegment(name, "\n".join(each.faults for each in broken if each.segment == name)) for name in sorted(names)
    ]
