import numpy as np
import polars as pl
import pytest

from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode
from pipelines.match.evidence import Item, Weights, items, relation_between, weights
from pipelines.match.model.model import SHARES, unfitted
from pipelines.match.model.weigh import Weighed

ROLES = {"given": "given_name", "family": "family_name", "phone": "phone", "email": "email", "city": "city"}
LINE = "+44 20 7946 0111"
ROWS = [
    {"given": "Mara", "family": "Quint", "phone": LINE, "email": "mara@quint.example", "city": "Bath"},
    {"given": "Otto", "family": "Ober", "phone": LINE, "email": "otto@quint.example", "city": "Bath"},
    {"given": "Mara", "family": "Quint", "phone": LINE},
    {"given": "Otto", "family": "Quint", "phone": LINE, "city": "Bath"},
    {"city": "Hull"},
]
PAIRS = pl.DataFrame({"lo": [0, 0, 0, 0], "hi": [1, 2, 3, 4]}, schema={"lo": pl.UInt32, "hi": pl.UInt32})
SHARED = {"city": pl.DataFrame({"value": ["bath"], "share": [0.25]}, schema=SHARES)}


@pytest.fixture(scope="module")
def found() -> Weights:
    names, facts = prepare_list(pl.DataFrame(ROWS, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    model = unfitted(1_000)._replace(shares=SHARED)
    return weights(encode(len(ROWS), names, facts), PAIRS, model, count_shared_identifiers(names, facts))


def told(found: Weights, row: int) -> dict[str, Item]:
    return {each.field: each for each in items(found, row, int(PAIRS["lo"][row]), int(PAIRS["hi"][row]))}


def test_an_item_has_the_values_that_were_compared_and_what_they_weigh(found: Weights) -> None:
    phone, city = told(found, 0)["phone"], told(found, 0)["city"]

    assert phone[:5] == ("phone", ["442079460111"], ["442079460111"], "exact", 0.7)
    assert phone.weight == pytest.approx(float(found.weighed.fields["phone"][0]))
    assert (phone.share, phone.people) == (None, 2)
    assert (city.one, city.other, city.share, city.people) == (["bath"], ["bath"], 0.25, None)


def test_different_values_are_shared_by_nobody(found: Weights) -> None:
    given, email = told(found, 0)["given_name"], told(found, 0)["email"]

    assert (given.one, given.other, given.level, given.share) == (["mara"], ["otto"], "different", None)
    assert (email.level, email.share, email.people) == ("different", None, None)


def test_what_one_side_lacks_is_told_with_what_the_other_has(found: Weights) -> None:
    city, email = told(found, 1)["city"], told(found, 1)["email"]

    assert city == Item("city", ["bath"], [], None, None, 0.0, None, None, None)
    assert (email.one, email.other, email.level) == (["mara@quint.example"], [], None)
    assert "email" in told(found, 3)


def test_what_is_told_does_not_depend_on_which_record_comes_first(found: Weights) -> None:
    turned = weights(found.records, PAIRS.select(lo="hi", hi="lo"), found.model, found.crowds)
    for row, (lo, hi) in enumerate(PAIRS.iter_rows()):
        here = {each.field: each._replace(one=each.other, other=each.one) for each in items(turned, row, hi, lo)}
        assert here == told(found, row)


def test_an_identifier_is_told_with_the_records_that_have_it_where_they_were_counted(found: Weights) -> None:
    counted = found._replace(crowds=found.crowds.with_columns(records=pl.lit(4, pl.UInt32)))
    assert told(counted, 0)["phone"][-2:] == (2, 4)
    assert told(found, 0)["phone"][-2:] == (2, None)
    nowhere = found._replace(crowds=found.crowds.clear().with_columns(records=pl.lit(4, pl.UInt32)))
    assert told(nowhere, 0)["phone"][-2:] == (1, None)


def test_a_domain_is_told_where_addresses_differ(found: Weights) -> None:
    assert told(found, 0)["email_domain"][:4] == ("email_domain", ["quint.example"], ["quint.example"], "exact")
    assert "email_domain" not in told(found, 1)


def test_what_neither_states_is_left_out_and_a_full_name_that_weighs_something_is_not(found: Weights) -> None:
    assert set(told(found, 2)) == {"given_name", "family_name", "phone", "email", "city", "country"}
    assert "name_bearers" not in told(found, 0)
    name = told(found, 1)["name_bearers"]
    assert (name.one, name.other, name.level) == ([], [], None)
    assert name.weight == pytest.approx(float(found.weighed.fields["name_bearers"][1]))


def test_the_likeliest_relation_is_named_where_it_explains_more_than_a_bit() -> None:
    relations = {"household": np.array([3.0, 1.0, 3.0]), "colleagues": np.array([1.0, 3.0, 1.0])}
    weighed = Weighed(np.zeros(3), 0.0, {}, np.array([-1.1, -4.0, -1.0]), relations)

    assert [relation_between(weighed, row) for row in range(3)] == ["household", "colleagues", None]
