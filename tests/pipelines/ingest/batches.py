"""Contact lists read in small batches, for tests of what must not depend on them."""

from functools import partial

import pytest

from pipelines.read.catalogue.registry import FORMATS


def batched(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Read contact lists in batches of so many rows."""
    whole = FORMATS["contacts_csv"]
    monkeypatch.setitem(FORMATS, "contacts_csv", whole._replace(read=partial(whole.read, rows=size)))
