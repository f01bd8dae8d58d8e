import numpy as np
import polars as pl

from pipelines.match.comparison.records import encode
from pipelines.match.engines.polars import PolarsEngine, lazy
from pipelines.match.model.term_frequency import count_terms, count_terms_on

NAMES = pl.DataFrame(
    [
        (0, "mara", "lou", "quint"),
        (1, "quint", None, "mara"),
        (2, "mara", None, None),
        (3, None, None, "ober"),
        (4, None, None, None),
    ],
    schema={"record": pl.UInt32, "given_name": pl.String, "middle_name": pl.String, "family_name": pl.String},
    orient="row",
)
FACTS = pl.DataFrame(
    [
        (0, "city", "bath"),
        (1, "city", "bath"),
        (1, "city", "york"),
        (0, "email", "mara@quint.example"),
        (0, "email", "m@quint.example"),
        (2, "email", "otto@quint.example"),
        (3, "email", "nobody"),
        (0, "phone", "442079460111"),
        (1, "exact_id", "a 1"),
        (1, "channel_id", "tg:1"),
        (4, "company", "bath"),
    ],
    schema={"record": pl.UInt32, "field": pl.String, "value": pl.String},
    orient="row",
)
PEOPLE = pl.DataFrame(
    {"record": range(5), "person": [0, 0, 2, 3, 4]}, schema={"record": pl.UInt32, "person": pl.UInt32}
)
COUNTED = {
    ("given_name", "mara"): (2, 2),
    ("given_name", "quint"): (1, 1),
    ("middle_name", "lou"): (1, 1),
    ("family_name", "mara"): (1, 1),
    ("family_name", "quint"): (1, 1),
    ("family_name", "ober"): (1, 1),
    ("full_name", "mara quint"): (2, 1),
    ("city", "bath"): (2, 1),
    ("city", "york"): (1, 1),
    ("company", "bath"): (1, 1),
    ("email_domain", "quint.example"): (2, 2),
}


def counted(found: pl.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    assert found.select("field", "value").is_duplicated().sum() == 0
    return {(field, value): (records, people) for field, value, records, people in found.iter_rows()}


def test_values_are_counted_by_record_and_person_and_what_identifies_is_not() -> None:
    people = PEOPLE["person"].to_numpy().astype(np.uint32)
    assert counted(count_terms(encode(5, NAMES, FACTS), people)) == COUNTED


def test_batches_are_added_up() -> None:
    assert counted(count_terms_on(PolarsEngine(2), lazy(NAMES), lazy(FACTS), lazy(PEOPLE))) == COUNTED
