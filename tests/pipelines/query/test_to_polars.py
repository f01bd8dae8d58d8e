import polars as pl
import pytest

from pipelines.normalise.search_words import search_words
from pipelines.query.bind import Found
from pipelines.query.to_polars import Frames

IDS = ["12ab0000-0000", "000012ab-0000", "ffff0000-12ab"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ann", [0, 2]),
        ("ann berg", [2]),
        ("12ab", [0]),  # an id by its beginning
        ("12ab ann", [0]),
        ("0000", [1]),
        ("zoe", []),
    ],
)
def test_words_hit_a_text_anywhere_and_an_id_by_its_beginning(text: str, found: list[int]) -> None:
    search = pl.DataFrame({"contact_id": IDS, "text": [" ann ", None, " hannah berg "]})
    fitting = Frames({}, search).fitting(Found(search_words(text)))
    assert fitting.to_list() == [IDS[nth] for nth in found]
