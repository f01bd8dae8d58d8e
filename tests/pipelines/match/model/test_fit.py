import itertools
from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
import polars as pl
import pytest

from pipelines.match.blocking.rules import RULES, blocking_keys, candidate_pairs, in_blocks
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison.compare import compare
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode
from pipelines.match.engines.polars import IN_MEMORY, lazy
from pipelines.match.model import fit as fit_module
from pipelines.match.model import sample as module
from pipelines.match.model.fit import fit, model_from_counts
from pipelines.match.model.model import Model, shipped_m
from pipelines.match.model.sample import content_hashes, sampled_pairs
from pipelines.match.model.term_frequency import count_terms
from pipelines.match.model.weigh import frequencies, weigh
from pipelines.match.people import PEOPLE
from pipelines.match.priors import COLLEAGUES, HOUSEHOLD, LEVELS, ONE_LINE

ROLES = {"given": "given_name", "family": "family_name", "phone": "phone", "email": "email", "city": "city"}
Row = dict[str, str | None]

GIVEN = ("Mara", "Otto", "Ines", "Paul", "Ruth", "Hugo", "Lena", "Emil", "Vera", "Karl", "Olga", "Ivan", "Nora", "Axel")
FAMILY = (
    "Quint",
    "Ober",
    "Sol",
    "Rast",
    "Fenn",
    "Lund",
    "Moor",
    "Tarn",
    "Webb",
    "York",
    "Zink",
    "Alder",
    "Birk",
    "Dorn",
)


def people(count: int) -> list[Row]:
    """People of whom every second one has a second record with the family name cut short and another city."""
    rows: list[Row] = []
    for nth in range(count):
        given, family = GIVEN[nth % 14], FAMILY[(nth * 3 + nth // 14) % 14]
        row: Row = {
            "given": given,
            "family": family,
            "phone": f"+44 20 7946 {nth:04}",
            "email": f"{given}.{family}{nth}@example.com".lower(),
            "city": "Bath" if nth % 3 else "York",
        }
        rows.append(row)
        if nth % 2:
            rows.append(row | {"family": family[:3], "city": "Hull", "email": None})
    return rows


def fitted(rows: Sequence[Mapping[str, str | None]]) -> Model:
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    keys = in_blocks(blocking_keys(names, facts))
    people = names.select("record", person="record")
    return fit(names, facts, keys, count_shared_identifiers(names, facts), people)


def same(one: Model, other: Model) -> bool:
    return (
        one[:6] == other[:6]
        and one.m == other.m
        and all(table.equals(other.shares[field]) for field, table in one.shares.items())
        and one.names.equals(other.names)
    )


def test_a_list_is_always_fitted_alike() -> None:
    assert same(fitted(people(40)), fitted(people(40)))


@pytest.mark.heavy
@pytest.mark.parametrize("sample", [module.SAMPLE, 200], ids=["every pair", "a sample"])
def test_the_order_of_rows_decides_nothing(sample: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", sample)
    rows = people(400)
    for seed in range(3):
        assert same(fitted(rows), fitted(Random(seed).sample(rows, len(rows))))


def test_a_sample_is_of_one_record_in_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 200)
    names, facts = prepare_list(pl.DataFrame(people(400), schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    keys = in_blocks(blocking_keys(names, facts))
    pairs, every = sampled_pairs(IN_MEMORY, lazy(content_hashes(names, facts)), lazy(keys), ["city"])
    assert every > 1
    assert pairs.height < candidate_pairs(keys).height
    ends = pairs.select(low=pl.min_horizontal("lo", "hi"), high=pl.max_horizontal("lo", "hi"))
    assert ends.n_unique() == pairs.height


@pytest.mark.heavy
def test_without_evidence_the_priors_stay() -> None:
    alone: list[Row] = [
        {"given": given, "family": family, "city": city}
        for given, family, city in zip(GIVEN, FAMILY, "abcdefghijklmn", strict=True)
    ]
    for field, levels in shipped_m("people").items():
        assert fitted(alone).m[field] == pytest.approx(levels)


def test_a_field_moves_towards_what_true_pairs_show() -> None:
    few, many = fitted(people(40)).m, fitted(people(400)).m
    prior = shipped_m("people")
    assert many["city"]["different"] > few["city"]["different"] > prior["city"]["different"]


def test_no_list_moves_a_level_beyond_its_bound() -> None:
    home: Row = {"family": "Quint", "phone": "+44 20 7946 0111", "email": "quint@example.com", "city": "Bath"}
    alike = [home | {"given": given} for given in GIVEN] * 10

    model = fitted([*people(40), *alike])

    for field, levels in LEVELS.items():
        assert all(model.m[field][name] <= levels[name].most + 1e-12 for name in list(levels)[1:]), field


def test_copies_of_one_person_teach_nothing_of_names_that_differ() -> None:
    one: Row = {
        "given": "Mara",
        "family": "Quint",
        "phone": "+44 20 7946 9999",
        "email": "mq@example.com",
        "city": "Bath",
    }
    before, after = fitted(people(200)).m, fitted([*people(200), *[one] * 60]).m

    for field in ("given_name", "family_name", "phone"):
        assert after[field]["different"] <= before[field]["different"] + 0.01


def test_a_list_without_duplicates_has_none() -> None:
    rows = [
        {"given": given, "family": f"{family}{nth}", "city": "Bath"}
        for nth in range(8)
        for given, family in itertools.product(GIVEN, FAMILY)
    ]

    assert fitted(rows).duplicates < 0.01


def test_shares_are_of_the_records_that_say_anything() -> None:
    mara: Row = {"given": "Mara", "city": "Bath"}
    rows: list[Row] = [mara, mara, mara, {"given": "Otto", "city": "York"}, {"given": "Ines"}]
    shares = fitted(rows).shares
    assert dict(shares["city"].iter_rows()) == {"bath": 3 / 4}
    assert dict(shares["given_name"].iter_rows()) == pytest.approx({"mara": 3 / 5})


def test_a_name_is_as_frequent_as_in_the_place_where_it_is_most_frequent() -> None:
    rows = [{"given": "Mara", "family": "Quint"}] * 3 + [{"given": "Quint", "family": "Mara"}]
    shares = dict(fitted(rows).shares["family_name"].iter_rows())
    assert shares == {"mara": 0.75, "quint": 0.75}


def test_names_that_three_people_bear_are_counted() -> None:
    rows = [{"given": "Mara", "family": "Quint"}] * 3 + [{"given": "Otto", "family": "Ober"}] * 2
    assert fitted(rows).names.rows() == [("mara quint", 3)]


def test_what_fewer_than_three_people_have_is_not_kept() -> None:
    rows = [{"given": "Mara", "family": "Quint", "city": "Bath"}] * 3 + [{"given": "Mara", "family": "Sol"}]
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    keys, crowds = in_blocks(blocking_keys(names, facts)), count_shared_identifiers(names, facts)

    def kept(*people: int) -> list[list[tuple[str, float]]]:
        persons = pl.DataFrame({"record": range(4), "person": people}, schema=dict.fromkeys(PEOPLE, pl.UInt32))
        model = fit(names, facts, keys, crowds, persons)
        return [model.shares[field].rows() for field in ("given_name", "city")] + [model.names.rows()]

    assert kept(0, 1, 2, 3) == [[("mara", 1.0), ("quint", 0.75)], [("bath", 1.0)], [("mara quint", 3)]]
    assert kept(0, 1, 1, 3) == [[("mara", 1.0)], [], []]
    assert kept(0, 1, 1, 1) == [[], [], []]


def test_a_list_without_names_is_one_of_organisations() -> None:
    columns = pl.DataFrame({"firm": ["Northwind", "Contoso"]})
    names, facts = prepare_list(columns, {"firm": "company"})
    terms = count_terms(encode(2, names, facts), np.arange(2, dtype=np.uint32))
    assert model_from_counts(terms, 2).kind == "organisations"


def test_a_field_is_learnt_from_pairs_that_were_found_without_it() -> None:
    rows = people(40)
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    by_phone = in_blocks(blocking_keys(names, facts)).filter(pl.col("rule") == RULES.index((("phone",), 100)))
    pairs, every = sampled_pairs(IN_MEMORY, lazy(content_hashes(names, facts)), lazy(by_phone), ["city", "phone"])
    assert every == 1
    assert pairs["without city"].all()
    assert not pairs["without phone"].any()


def test_fifty_records_are_enough() -> None:
    rows = people(34)
    assert len(rows) == 51
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    records, crowded = encode(len(rows), names, facts), count_shared_identifiers(names, facts)
    lo, hi = (side.astype(np.uint32) for side in np.triu_indices(len(rows), 1))
    model = fitted(rows)
    found = weigh(compare(records, lo, hi), frequencies(records, model, crowded), model, lo, hi).probability > 0.8
    truth = [rows[one]["phone"] == rows[other]["phone"] for one, other in zip(lo, hi, strict=True)]
    assert found.tolist() == truth


FITTED = {
    "given_name": [0.803623, 0.071932, 0.028773, 0.043159, 0.007193, 0.035966, 0.007193, 0.002159],
    "family_name": [0.635068, 0.001438, 0.014383, 0.02, 0.289301, 0.007191, 0.003596, 0.007192, 0.021831],
    "phone": [0.784, 0.014383, 0.010787, 0.19083],
    "email": [0.624999, 0.015, 0.015, 0.015, 0.02, 0.04, 0.03, 0.040002, 0.2],
    "email_domain": [0.050001, 0.12, 0.829999],
    "city": [0.596983, 0.057531, 0.007191, 0.338294],
}


def rates(model: Model) -> list[float]:
    """Other records that a record has: of its person, of its household, of those on its line, of its firm."""
    return [model.duplicates, model.household, model.one_line, model.colleagues]


def test_a_list_teaches_what_it_taught() -> None:
    model = fitted(people(40))

    assert {field: list(model.m[field].values()) for field in FITTED} == {
        field: pytest.approx(shares, abs=1e-6) for field, shares in FITTED.items()
    }
    assert rates(model) == pytest.approx([0.684502, HOUSEHOLD, ONE_LINE, COLLEAGUES], abs=1e-6)


def test_relations_are_counted_and_never_rarer_than_lists_mostly_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for rate in ("HOUSEHOLD", "ONE_LINE", "COLLEAGUES"):
        monkeypatch.setattr(fit_module, rate, 1e-6)

    monkeypatch.setattr(fit_module, "ROUNDS", 1)

    assert rates(fitted(people(40))) == pytest.approx([0.676498, 0.032229, 0.003067, 0.039488], abs=1e-6)


def test_two_records_are_mostly_told_by_what_is_known_of_lists() -> None:
    row: Row = {"given": "Mara", "family": "Quint", "phone": "+44 20 7946 0111"}

    assert fitted([row, row]).duplicates == pytest.approx((0.9 * 5 + 2) / (5 + 2), abs=1e-2)
