"""What has to hold of contacts whatever a list says: laws of the kernel, for a given model."""

from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.blocking.rules import candidate_pairs, paired_keys
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.clusters.cluster import cluster
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import POINTS, encode
from pipelines.match.engines.polars import PolarsEngine
from pipelines.match.model.model import unfitted
from pipelines.match.model.weigh import frequencies
from pipelines.match.priors import SURE
from pipelines.match.score import conflicting, score
from schemas.project import Matching
from tests.examples import examples
from tests.resolved import resolve

ROLES = {"given": "given_name", "family": "family_name", "phone": "phone", "email": "email", "city": "city"}
MODEL = unfitted()
many = settings(max_examples=examples(30, light=6), deadline=None)


class Row(NamedTuple):
    """What a record says; `account` is an exclusive attribute: nobody has two."""

    given: str | None = None
    family: str | None = None
    phone: str | None = None
    email: str | None = None
    city: str | None = None
    account: str | None = None

    def __repr__(self) -> str:
        stated = (f"{name}={value!r}" for name, value in self._asdict().items() if value is not None)
        return f"Row({', '.join(stated)})"


# A family with one line, a namesake, a switchboard and info@, nicknames, slips: much that could be one person, or not.
# What fails is shrunk to the fewest rows, and each of them to what stands first here.
rows = st.tuples(
    st.sampled_from((None, "Anna", "Tom", "Thomas", "Ana", "A.", "Claudia")),
    st.sampled_from((None, "Berg", "Weber", "Bergh", "Vogt")),
    st.sampled_from((None, "0151 23456781", "+49 151 23456781", "0151 23456782", "030 901820")),
    st.sampled_from((None, "anna.berg@example.com", "berg@example.com", "t.weber@example.org", "info@example.com")),
    st.sampled_from((None, "Ulm", "Köln")),
    st.sampled_from((None, None, "A1", "A2")),
).map(lambda said: Row(*said))
lists = st.lists(rows, min_size=1, max_size=12)
telling = rows.filter(lambda row: bool(row.given and row.family and (row.phone or row.email)))
STRANGER = Row("Zora", "Quimby", "+1 202-555-0143", "zora@quimby.example", "Leeds", "A9")


def frame(listed: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(listed, schema=dict.fromkeys(Row._fields, pl.String), orient="row")


def contacts(listed: dict[int, Row]) -> set[frozenset[int]]:
    """The contacts of records, each as the keys of its members; keys are theirs wherever in the list they stand."""
    stated = list(listed.values())
    names, facts = prepare_list(frame(stated), ROLES)
    records, crowded = encode(len(stated), names, facts), count_shared_identifiers(names, facts)
    pairs = candidate_pairs(paired_keys(names, facts))
    held = [[f"account={row.account}"] if row.account else [] for row in stated]
    exclusive = pl.DataFrame({"record": names["record"], "exclusive": pl.Series(held, dtype=pl.List(pl.String))})
    known, conflicts = frequencies(records, MODEL, crowded), conflicting(pairs, exclusive)
    edges = score(records, known, MODEL, pairs, Matching(), conflicts, explain_below=SURE)
    key = pl.Series(list(listed), dtype=pl.Int64)
    points = facts.filter(pl.col("field").is_in(POINTS))
    ends = pl.DataFrame({end: key.gather(edges[end]) for end in ("lo", "hi")})
    found = cluster(
        edges.with_columns(
            ends.select(record_lo=pl.min_horizontal("lo", "hi"), record_hi=pl.max_horizontal("lo", "hi"))
        ),
        names.with_columns(exclusive["exclusive"], record_key=key.gather(names["record"])),
        points.with_columns(record_key=key.gather(points["record"])),
        Matching().auto,
    )
    members = found.clusters.group_by("cluster").agg("record_key")
    return {frozenset(each) for each in members["record_key"].to_list()}


def numbered(listed: list[Row]) -> dict[int, Row]:
    return dict(enumerate(listed))


@pytest.mark.heavy
@many
@given(lists, st.data())
def test_the_order_of_records_decides_nothing(listed: list[Row], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(enumerate(listed)))))

    assert contacts(shuffled) == contacts(numbered(listed))


@pytest.mark.heavy
@settings(max_examples=examples(10, light=3), deadline=None)  # a batch costs what a whole list does
@given(lists, st.integers(1, 5))
def test_batches_decide_nothing(listed: list[Row], at_once: int) -> None:
    stated = frame(listed).with_row_index("record_id")

    assert resolve(stated, ROLES, engine=PolarsEngine(at_once)).equals(resolve(stated, ROLES))


@pytest.mark.heavy
@many
@given(lists, st.integers(0, 12))
def test_an_unrelated_record_changes_no_other_contact(listed: list[Row], place: int) -> None:
    known = list(enumerate(listed))
    more = dict([*known[:place], (99, STRANGER), *known[place:]])

    assert contacts(more) == contacts(dict(known)) | {frozenset({99})}


@pytest.mark.heavy
@many
@given(lists)
def test_two_values_of_an_exclusive_attribute_are_never_in_one_contact(listed: list[Row]) -> None:
    for members in contacts(numbered(listed)):
        assert len({listed[each].account for each in members} - {None}) <= 1


@pytest.mark.heavy
@many
@given(st.lists(rows, max_size=10), telling, st.permutations(range(12)))
def test_a_duplicate_joins_the_record_it_repeats(others: list[Row], row: Row, keys: list[int]) -> None:
    listed = dict(zip(keys, [row, row, *others], strict=False))

    assert any(set(keys[:2]) <= members for members in contacts(listed))


@many
@given(lists)
def test_every_record_is_in_one_contact(listed: list[Row]) -> None:
    assert sorted(each for members in contacts(numbered(listed)) for each in members) == list(range(len(listed)))
