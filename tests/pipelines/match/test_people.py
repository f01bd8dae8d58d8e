import polars as pl
import pytest

from pipelines.match.blocking.shared_identifiers import CROWDS
from pipelines.match.engines.engine import Engine
from pipelines.match.engines.polars import IN_MEMORY, PolarsEngine, lazy
from pipelines.match.people import CONTACTS, people_on

NAMES = pl.DataFrame({"record": range(7)}, schema={"record": pl.UInt32})
FACTS = pl.DataFrame(
    [
        (0, "phone", "1"), (1, "phone", "1"), (1, "email", "a"), (2, "email", "a"),
        (3, "phone", "2"), (4, "phone", "2"), (5, "city", "bath"), (6, "city", "bath"),
    ],
    schema={"record": pl.UInt32, "field": pl.String, "value": pl.String},
    orient="row",
)  # fmt: skip
CROWD = pl.DataFrame([("phone", "1", 1, 1), ("email", "a", 1, 2), ("phone", "2", 2, 2)], schema=CROWDS, orient="row")


def people(contacts: pl.DataFrame | None = None, engine: Engine = IN_MEMORY) -> list[int]:
    held = None if contacts is None else lazy(contacts)
    found = people_on(engine, lazy(NAMES), lazy(FACTS), lazy(CROWD), held)
    return engine.collect(found).sort("record")["person"].to_list()


@pytest.mark.parametrize("engine", [IN_MEMORY, PolarsEngine(2)])
def test_records_that_share_what_one_person_has_are_one_persons(engine: Engine) -> None:
    assert people(engine=engine) == [0, 0, 0, 3, 4, 5, 6]


def test_records_of_a_contact_are_one_persons_and_of_all_that_are_tied_to_them() -> None:
    contacts = pl.DataFrame({"record": [2, 4, 5, 6], "contact": [2, 2, 5, 6]}, schema=CONTACTS)
    assert people(contacts) == [0, 0, 0, 3, 0, 5, 6]
