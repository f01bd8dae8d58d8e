"""What a format makes of a few lines, as one batch."""

from pathlib import Path
from typing import Any

from pipelines.read.core.batch import Batch, Format


def one_batch(form: Format, folder: Path, content: str | bytes, **options: Any) -> Batch:
    """Read a file of this content, which is UTF-8 if it is a text, in one batch."""
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    [batch] = form.read(path, form.options(path="*", **options))
    return batch


def points(batch: Batch) -> list[tuple[int, str, str]]:
    """Row, type and text of the identifiers of a batch."""
    return batch.identifiers.select("row", "type", "raw").rows()


def attributes(batch: Batch) -> dict[str, str]:
    """The attributes of a batch by name; of several rows, those of the last."""
    return dict(batch.attributes.select("attribute", "raw").rows())


def skipped(batch: Batch) -> list[tuple[int, str, str]]:
    """Row, outcome and code of what a batch does not take in."""
    return batch.refused.select("row", "outcome", "code").rows()
