from typing import Any

import polars as pl
import pytest

from pipelines.ingest.reading_settings import attributes_in_batch, definitions
from pipelines.read.core.batch import Batch
from schemas import received
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType

TEXT = Attribute(type=AttributeType.TEXT)


def test_a_file_speaks_of_the_attributes_it_has_columns_or_values_for() -> None:
    said = received.empty(received.AttributeRow)
    rows = pl.DataFrame({"row": [1], "attribute": ["tier"], "raw": ["gold"], "field": ["Tier"]})
    told = pl.concat([said, rows.select(pl.col(name).cast(kind) for name, kind in said.schema.items())])
    batch = Batch(attributes=told, meanings={"A": "attr.mood", "B": "name", "C": "ignore"})
    assert attributes_in_batch(batch) == {"mood", "tier"}
    assert attributes_in_batch(Batch()) == set()


def test_what_is_not_defined_has_no_fingerprint() -> None:
    found = definitions(["b", "a"], {"a": TEXT, "c": TEXT})
    assert list(found) == ["a", "b"]
    assert found["a"]
    assert found["b"] is None


@pytest.mark.parametrize(
    ("other", "is_read_otherwise"),
    [
        ({"pattern": "[A-Z]+"}, True),
        ({"required": True}, True),
        ({"exclusive": True}, True),
        ({"type": AttributeType.DATE}, True),
        ({"type": AttributeType.DROPDOWN, "values": ("gold",)}, True),
        ({"merge": AttributeMerge.UNION}, False),
    ],
)
def test_a_definition_counts_as_far_as_reading_takes_something_from_it(
    other: dict[str, Any], is_read_otherwise: bool
) -> None:
    changed = TEXT.model_copy(update=other)
    assert (definitions(["a"], {"a": TEXT}) != definitions(["a"], {"a": changed})) is is_read_otherwise
