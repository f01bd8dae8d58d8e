import polars as pl
import pytest

from pipelines.ingest.two_systems import are_of_two_systems, known_as
from pipelines.read.core.batch import Batch
from schemas import received

Row = tuple[str | None, str | None, str]  # record id, name, and what is known of it, blank-separated


def listed(*rows: Row) -> Batch:
    contacts, points = received.empty(received.ContactRow), received.empty(received.IdentifierRow)
    people = pl.DataFrame(
        [{"row": nth, "record_id": key, "name": name} for nth, (key, name, _) in enumerate(rows, 1)],
        schema={name: contacts.schema[name] for name in ("row", "record_id", "name")},
    )
    known = [(nth, "phone", raw) for nth, (*_, told) in enumerate(rows, 1) for raw in told.split()]
    stated = pl.DataFrame(known, schema={name: points.schema[name] for name in ("row", "type", "raw")}, orient="row")
    return Batch(
        contacts=pl.concat([contacts, people], how="diagonal"), identifiers=pl.concat([points, stated], how="diagonal")
    )


@pytest.mark.parametrize(
    ("one", "other", "are_two"),
    [
        (("1", "Ann Berg", "a1"), ("1", "Zoe Tal", "z1"), True),
        (("1", "Ann Berg", "a1"), ("1", "Zoe Tal", "A-1"), False),
        (("1", "Ann Berg", "a1"), ("1", "Ann Berg", "z1"), False),
        (("1", "Ann Berg", "a1"), ("2", "Zoe Tal", "z1"), False),
        (("1", "Ann Berg", "a1"), ("1", "Ann Tal", "z1"), True),
        (("1", "Ann Berg", "a1"), ("1", "Ann Tal", ""), False),
        (("1", "Ann Berg", ""), ("1", "Ann Tal", "z1"), False),
        (("1", None, "a1"), ("1", None, "z1"), True),
        (("1", None, "a1"), ("1", None, ""), False),
        (("1", None, ""), ("1", None, "z1"), False),
        (("1", None, "a1"), ("1", "Ann Berg", "z1"), False),
        ((None, "Ann Berg", "a1"), (None, "Zoe Tal", "z1"), False),
    ],
)
def test_lists_are_of_two_systems_if_they_know_other_people_under_one_id(one: Row, other: Row, are_two: bool) -> None:
    assert are_of_two_systems(listed(one), listed(other)) is are_two


def test_of_an_id_that_comes_twice_the_last_row_counts_and_identifiers_are_letters_and_digits() -> None:
    found = known_as(listed(("1", "Ann Berg", "a"), ("1", "Zoe Tal", "Z-1 --- z(2)"), (None, "Ben", "b")))
    assert found.select("record_id", "row").rows() == [("1", 2)]
    assert sorted(found["points"].item()) == ["z1", "z2"]
    assert set(found["name_tokens"].item()) == {"tal", "zoe"}
