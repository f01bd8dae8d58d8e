from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison.compare import Compared, Comparison, compare
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode
from pipelines.match.model.model import Model, unfitted
from pipelines.match.model.weigh import Frequencies, Weighed, frequencies, full_names, unrelated, weigh
from pipelines.match.priors import SWAPPED, levels_of
from tests.examples import examples

ROLES = {
    "given": "given_name",
    "family": "family_name",
    "phone": "phone",
    "email": "email",
    "dob": "date_of_birth",
    "city": "city",
}
Row = dict[str, str | None]
Rows = Sequence[Mapping[str, str | None]]
AUTO = 0.8
LINE, BOX = "+44 20 7946 0111", "quint@example.com"


def weighed(
    rows: Rows,
    model: Model | None = None,
    lo: Sequence[int] = (0,),
    hi: Sequence[int] = (1,),
) -> Weighed:
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    records, model = encode(len(rows), names, facts), model or unfitted()
    one, other = np.array(lo, np.uint32), np.array(hi, np.uint32)
    known = frequencies(records, model, count_shared_identifiers(names, facts))
    return weigh(compare(records, one, other), known, model, one, other)


def probability(*rows: Mapping[str, str | None], model: Model | None = None) -> float:
    return float(weighed(rows, model).probability[0])


def shares(**values: float) -> pl.DataFrame:
    return pl.DataFrame({"value": list(values), "share": list(values.values())})


@pytest.mark.parametrize("size", [1_000, 100_000, 10_000_000])
def test_spouses_who_share_a_line_and_a_mailbox_stay_two(size: int) -> None:
    spouses = [{"given": given, "family": "Quint", "phone": LINE, "email": BOX} for given in ("Mara", "Otto")]
    assert probability(*spouses, model=unfitted(size)) < AUTO


def test_one_person_with_a_line_and_a_mailbox_is_one() -> None:
    row: Row = {"given": "Mara", "family": "Quint", "phone": LINE, "email": BOX}
    assert probability(row, row) > 0.99


def test_another_date_of_birth_speaks_against_a_junior() -> None:
    row: Row = {"given": "Otto", "family": "Quint", "phone": LINE}
    elder, junior = row | {"dob": "1950-02-03"}, row | {"dob": "1981-07-19"}
    assert probability(elder, junior) < probability(row, row) < probability(elder, elder)


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_two_fields_are_enough(size: int) -> None:
    row: Row = {"given": "Mara", "family": "Quint", "email": "mara@example.com"}
    assert probability(row, row, model=unfitted(size)) > AUTO


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_name_alone_is_not_where_nothing_has_been_counted(size: int) -> None:
    row: Row = {"given": "Mara", "family": "Quint"}
    assert probability(row, row, model=unfitted(size)) < AUTO


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"given": "Mara", "family": "Quint"}, {"given": "Quint", "family": "Mara"}),
        ({"given": "Mara", "family": "Quint"}, {"given": "M.", "family": "Quint"}),
        ({"given": "Mara", "family": "Quint-Ober"}, {"given": "Mara", "family": "Quint"}),
        ({"given": "Jörg", "family": "Müller"}, {"given": "Joerg", "family": "Mueller"}),
        ({"given": "Elizabeth", "family": "Quint"}, {"given": "Liz"}),
    ],
)
def test_a_name_written_otherwise_with_the_same_number_is_one_person(one: Row, other: Row) -> None:
    assert probability(one | {"phone": LINE}, other | {"phone": LINE}) > AUTO


def test_the_same_numbered_mailbox_elsewhere_says_more_than_the_same_name_elsewhere() -> None:
    row: Row = {"given": "Mara", "family": "Quint"}
    numbered = [row | {"email": f"mquint84@{domain}"} for domain in ("example.com", "example.net")]
    plain = [row | {"email": f"mquint@{domain}"} for domain in ("example.com", "example.net")]
    assert probability(*numbered) > AUTO
    assert probability(*plain) < probability(*numbered)


def test_a_switchboard_shared_by_ten_names_makes_nobody_one() -> None:
    given = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon"]
    family = ["Ames", "Bell", "Cole", "Dunn", "East", "Ford", "Gray", "Hull", "Ince", "Jolt"]
    staff: list[Row] = [{"given": g, "family": f, "phone": LINE} for g, f in zip(given, family, strict=True)]
    own = weighed([staff[0], staff[0]]).fields["phone"][0]
    shared = weighed([*staff, staff[0]]).fields["phone"][0]
    assert shared < own / 2
    assert probability(*staff) < 0.1
    assert probability({"given": "Ada", "phone": LINE}, {"given": "Ada", "phone": LINE}, *staff) < AUTO


def test_a_frequent_name_says_less_than_a_rare_one() -> None:
    model = unfitted(10_000)._replace(
        shares={
            part: shares(smith=0.02, anna=0.02, quisling=1e-4, vidkun=1e-4) for part in ("given_name", "family_name")
        }
    )
    common: Row = {"given": "Anna", "family": "Smith"}
    rare: Row = {"given": "Vidkun", "family": "Quisling"}
    assert probability(common, common, model=model) < AUTO < probability(rare, rare, model=model)


def test_a_name_that_many_records_bear_says_less() -> None:
    row: Row = {"given": "Vidkun", "family": "Quisling"}
    borne = pl.DataFrame(
        {"value": ["quisling vidkun"], "records": [40]}, schema={"value": pl.String, "records": pl.UInt32}
    )
    assert probability(row, row, model=unfitted()._replace(names=borne)) < probability(row, row)


def test_weights_of_fields_the_prior_and_relations_add_up() -> None:
    row: Row = {"given": "Mara", "family": "Quint", "phone": LINE, "city": "Bath"}
    found = weighed([row, row | {"city": "York"}])
    assert found.weight[0] == pytest.approx(
        found.prior + sum(bits[0] for bits in found.fields.values()) + found.relation[0]
    )


@pytest.mark.parametrize("part", ["given", "family"])
def test_only_a_full_name_that_is_the_same_weighs_as_one(part: str) -> None:
    row: Row = {"given": "Vidkun", "family": "Quisling"}
    same, other = weighed([row, row]), weighed([row, row | {part: "Bartholomew"}])

    assert same.fields["name_bearers"][0] != 0
    assert other.fields["name_bearers"][0] == 0


def test_names_in_each_others_place_weigh_less_by_how_seldom_that_is() -> None:
    row: Row = {"given": "Mara", "family": "Quint"}
    swapped = weighed([row, {"given": "Quint", "family": "Mara"}])
    straight = weighed([row, row])

    less = np.log2((1 - SWAPPED) / 0.75) - np.log2(SWAPPED / 0.25)
    assert straight.fields["given_name"][0] - swapped.fields["given_name"][0] == pytest.approx(less)


def test_a_field_that_a_side_lacks_weighs_nothing() -> None:
    found = weighed([{"given": "Mara", "city": "Bath"}, {"given": "Mara"}])
    assert found.fields["city"].tolist() == [0.0]


@pytest.mark.parametrize("field", ["given_name", "company", "city", "postcode"])
def test_strangers_agree_by_chance_as_often_as_their_values_are_frequent(field: str) -> None:
    of_field = levels_of("people")[field]
    numbers = np.arange(1, len(of_field) + 1, dtype=np.uint8)
    often, seldom = np.zeros(len(numbers), np.int32), np.ones(len(numbers), np.int32)
    chance = {level: 0.5 + nth / 10 for nth, level in enumerate(of_field)}  # of each level a factor of its own
    known = Frequencies({field: np.array([0.2, 0.01])}, {}, np.zeros(0, np.int64), np.zeros(0, bool), counted=True)
    model = unfitted()._replace(chance={field: chance})

    expected = [
        np.log2(min(0.95, chance[name] * (level.common * 0.2 + level.rare * 0.01 + level.base)))
        for name, level in of_field.items()
    ]
    for lo, hi in ((often, seldom), (seldom, often)):
        comparison = Comparison({field: Compared(numbers, lo, hi)}, np.zeros(len(numbers), bool))
        assert unrelated(comparison, known, model).strangers[field].tolist() == pytest.approx(expected)


def test_full_names_are_the_same_either_way_round() -> None:
    rows = [{"given": "Mara", "family": "Quint"}, {"given": "Quint", "family": "Mara"}, {"given": "Mara"}]
    roles = {"given": "given_name", "family": "family_name"}
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(roles, pl.String)), roles)
    assert full_names(encode(3, names, facts))["name"].to_list() == ["mara quint", "mara quint", None]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "given": st.sampled_from([None, "Mara", "M", "Otto", "Quint"]),
            "family": st.sampled_from([None, "Quint", "Ober", "Mara"]),
            "phone": st.sampled_from([None, LINE, "+44 20 7946 0112"]),
            "email": st.sampled_from([None, BOX, "info@quint.example", "mara84@gmail.com"]),
            "dob": st.sampled_from([None, "1980-03-04", "1980"]),
            "city": st.sampled_from([None, "Bath"]),
        }
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.heavy
@settings(deadline=None, max_examples=examples(30, light=6))
@given(ROWS, st.sampled_from([1, 1_000, 10_000_000]))
def test_weights_are_finite_and_the_same_both_ways_round(rows: list[Row], size: int) -> None:
    lo, hi = (side.tolist() for side in np.triu_indices(len(rows), 1))
    one, other = weighed(rows, unfitted(size), lo, hi), weighed(rows, unfitted(size), hi, lo)
    assert np.isfinite(one.weight).all()
    assert ((one.probability >= 0) & (one.probability <= 1)).all()
    assert one.weight.tolist() == pytest.approx(other.weight.tolist())


@pytest.mark.heavy
@settings(deadline=None, max_examples=examples(30, light=6))
@given(st.floats(1e-6, 0.5), st.floats(1e-6, 0.5))
def test_the_more_frequent_a_value_the_less_it_weighs(one: float, other: float) -> None:
    few, many = sorted([one, other])
    row: Row = {"given": "Mara", "city": "Bath"}
    bits = [
        weighed([row, row], unfitted()._replace(shares={"given_name": shares(mara=0.1), "city": shares(bath=share)}))
        for share in (few, many)
    ]
    assert bits[0].fields["city"][0] >= bits[1].fields["city"][0]
