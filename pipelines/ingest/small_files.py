"""Small files of one source in groups that are stored together: a statement costs for one row what it does for many.

A group is read whole before anything of it is stored, so it is bounded in bytes, and a file that is larger is read
batch by batch, alone.
"""

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from pipelines.ingest.chunk import alike
from pipelines.landing.arrivals import LandedFile
from pipelines.read.core.batch import Batch, Format
from pipelines.store.ingest.deliveries import Delivery
from schemas.source import Source

FILE_BYTES = 1 << 20  # of a file as it lies there
FILE_ENTRIES = 2_000
GROUP_BYTES = 32 << 20  # of what was read, in memory


class Incoming(NamedTuple):
    """A file to be taken in, with all there is in it if it is small enough to be stored together with others."""

    file: LandedFile
    delivery: Delivery
    batch: Batch | None = None


def grouped(
    files: Iterable[Incoming], apart: Container[str], form: Format, options: Source
) -> Iterator[list[Incoming]]:
    """Files in groups, in their order, whose batches have the same columns.

    One that was not read is alone, as are the deliveries that are to be `apart`.
    """
    group: list[Incoming] = []
    room = float(GROUP_BYTES)
    for each in files:
        batch = None if each.delivery.delivery_id in apart else read_whole(each.file, form, options)
        size = sum(frame.estimated_size() for frame in batch.frames().values()) if batch else 0
        if group and (batch is None or size > room or not alike(batch, group[0].batch or batch)):
            yield group
            group, room = [], GROUP_BYTES
        if batch is None:
            yield [each]
        else:
            group.append(each._replace(batch=batch))
            room -= size
    if group:
        yield group


def read_whole(file: LandedFile, form: Format, options: Source) -> Batch | None:
    """All there is in a small file; None for one that is not, or cannot be read as what it should be."""
    if file.size > FILE_BYTES:
        return None
    try:
        batches = form.read(file.path, options, rows=FILE_ENTRIES)
        whole = next(batches, Batch())
        return whole if next(batches, None) is None else None
    except Exception:  # noqa: BLE001 -- it is read once more, alone, where each way to fail has its own consequence
        return None
