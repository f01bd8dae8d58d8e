"""What a reader of conversations makes of a file, held against every contract."""

from pathlib import Path
from typing import Any

from pipelines.read.core.batch import Batch, Format
from schemas import received
from tests.joined import joined


def read_conversations(form: Format, path: Path, *, rows: int = 20_000, **options: Any) -> Batch:
    """All batches of a file as one; entries are numbered from 1 without a gap, and whoever is meant is there."""
    source = form.options.model_validate({"format": form.name, "path": "x", **options})
    whole = joined(form.read(path, source, rows=rows))
    received.ContactRow.validate(whole.contacts)
    received.IdentifierRow.validate(whole.identifiers)
    received.Conversation.validate(whole.conversations)
    received.Message.validate(whole.messages)
    received.Receipt.validate(whole.receipts)
    received.Event.validate(whole.events)
    received.Refusal.validate(whole.refused)
    entries = (whole.messages, whole.receipts, whole.events, whole.refused)
    numbers = sorted(row for frame in entries for row in frame["row"])
    assert numbers == list(range(1, len(numbers) + 1))
    for frame in entries[:2]:
        assert set(frame["person"].drop_nulls()) <= set(whole.contacts["record_id"])
    for frame in entries[:3]:
        assert set(frame["conversation"]) <= set(whole.conversations["key"])
    return whole


def outcomes(batch: Batch) -> int:
    """How many entries came out of a file, those refused among them."""
    return batch.messages.height + batch.receipts.height + batch.events.height + batch.refused.height
