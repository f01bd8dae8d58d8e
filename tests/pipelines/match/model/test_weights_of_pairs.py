"""What pairs weigh, number by number: a change of the model that nobody meant shows here."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison.compare import compare
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode
from pipelines.match.model.model import unfitted
from pipelines.match.model.weigh import RELATIONS, Weighed, frequencies, weigh

ROLES = {
    "given": "given_name",
    "family": "family_name",
    "phone": "phone",
    "email": "email",
    "dob": "date_of_birth",
    "city": "city",
    "id": "exact_id",
    "company": "company",
}
Row = dict[str, str]
Bits = dict[str, float]
Weight = tuple[str, Row, Row, float, tuple[float, float, float], Bits]


def shares(values: Mapping[str, float]) -> pl.DataFrame:
    return pl.DataFrame({"value": list(values), "share": list(values.values())})


NAMES = {"mara": 0.01, "otto": 0.02, "quint": 0.002, "elisabeth": 0.03}
COUNTED = unfitted(5_000)._replace(
    shares={
        "given_name": shares(NAMES),
        "family_name": shares(NAMES),
        "city": shares({"bath": 0.3, "hull": 0.01}),
        "email_domain": shares({"gmail.com": 0.4, "quint.example": 0.01}),
        "company": shares({"northwind": 0.02}),
    },
    names=pl.DataFrame({"value": ["mara quint"], "records": [4]}, schema={"value": pl.String, "records": pl.UInt32}),
)
LINE, BOX = "+44 20 7946 0111", "quint@example.com"
MARA = {"given": "Mara", "family": "Quint"}
AT_HOME, AT_WORK = {"phone": LINE, "city": "Bath"}, {"company": "Northwind", "phone": LINE}

# The two records, what the pair weighs in bits, how much likelier than strangers two people of a household, on one line
# and of a firm are, and what each field weighs that weighs anything.
WEIGHTS: list[Weight] = [
    ("a full name that four records bear", MARA, MARA,
        0.181064, (-6.964367, -9.286295, -12.287712),
        {"given_name": 6.52492, "family_name": 8.693487, "name_bearers": -2.583545},
    ),
    ("a full name that two records bear", MARA | {"family": "Otto"}, MARA | {"family": "Otto"},
        0.918856, (-6.217291, -8.539219, -12.287712),
        {"given_name": 6.52492, "family_name": 5.371559, "name_bearers": 1.485459},
    ),
    ("names that nobody else has", {"given": "Vera", "family": "Sol"}, {"given": "Vera", "family": "Sol"},
        6.717546, (2.658132, 0.336204, -12.287712),
        {"given_name": 13.168777, "family_name": 13.015415, "name_bearers": -3.92683},
    ),
    ("names in each other's place", MARA, {"given": "Quint", "family": "Mara"},
        0.109641, (-4.301402, -6.62333, -12.287712),
        {"given_name": 3.861955, "family_name": 8.693487, "name_bearers": 0.07942},
    ),
    ("one number", MARA | AT_HOME, MARA | AT_HOME,
        8.773059, (7.974581, 8.112085, 0.510457),
        {"given_name": 6.52492, "family_name": 8.693487, "city": -0.116814, "country": 0.329308, "phone": 17.416995,
         "name_bearers": -2.583545},
    ),
    ("an initial and one address", {"given": "M.", "family": "Quint", "email": BOX}, MARA | {"email": BOX},
        8.293409, (8.491853, 10.228819, 2.584963),
        {"given_name": 3.399931, "family_name": 8.693487, "email": 19.253497},
    ),
    ("spouses", MARA | AT_HOME, {"given": "Otto", "family": "Quint"} | AT_HOME,
        -3.53849, (8.380588, 8.518092, 0.510457),
        {"given_name": -7.965784, "family_name": 8.693487, "city": -0.116814, "country": 0.329308, "phone": 17.416995},
    ),
    ("colleagues",
        MARA | AT_WORK | {"email": "mara@quint.example"},
        {"given": "Otto", "family": "Ober"} | AT_WORK | {"email": "otto@quint.example"},
        -17.112119, (-7.36508, -7.227577, 8.263903),
        {"given_name": -7.965784, "family_name": -4.984893, "company": 3.824428, "country": 0.329308,
         "email": -1.70044, "phone": 11.773139, "email_domain": 2.320486},
    ),
    ("a slip in an address of a provider", MARA | {"email": "mara@gmail.com"}, MARA | {"email": "marq@gmail.com"},
        4.82492, (-6.964367, -9.286295, -12.287712),
        {"given_name": 6.52492, "family_name": 8.693487, "email": 4.643856, "name_bearers": -2.583545},
    ),
    ("mailboxes of one provider", {"email": "mara@gmail.com"}, {"email": "otto@gmail.com"},
        -15.877181, (-16.140155, -18.462083, -15.287712),
        {"email": -1.70044, "email_domain": -1.736966},
    ),
    ("a family name and one number", {"family": "Quint"} | AT_HOME, {"family": "Quint"} | AT_HOME,
        4.250333, (8.558126, 8.69563, 0.510457),
        {"family_name": 8.693487, "city": -0.116814, "country": 0.329308, "phone": 17.416995},
    ),
    ("one customer number", {"id": "A-100"}, {"id": "A-100"},
        7.381684, (-8.380822, -10.70275, -12.287712),
        {"exact_id": 19.826871},
    ),
    ("one date of birth, and all else another",
        MARA | {"dob": "1980-03-04", "city": "Bath"},
        {"given": "Mara", "family": "Ober", "dob": "1980-03-04", "city": "Hull"},
        -3.615269, (-17.009571, -19.331499, -13.256004),
        {"given_name": 6.52492, "family_name": -4.984893, "city": -3.491853, "date_of_birth": 10.776433},
    ),
    ("nothing that both state", MARA, {"city": "Bath"},
        -12.440056, (-15.024678, -17.346606, -12.287712),
        {},
    ),
]  # fmt: skip


def weighed(one: Row, other: Row) -> Weighed:
    names, facts = prepare_list(pl.DataFrame([one, other], schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    records, (lo, hi) = encode(2, names, facts), np.array([[0], [1]], np.uint32)
    known = frequencies(records, COUNTED, count_shared_identifiers(names, facts))
    return weigh(compare(records, lo, hi), known, COUNTED, lo, hi)


@pytest.mark.parametrize(
    ("one", "other", "weight", "relations", "fields"), [row[1:] for row in WEIGHTS], ids=[row[0] for row in WEIGHTS]
)
def test_a_pair_weighs_what_it_weighed(
    one: Row, other: Row, weight: float, relations: tuple[float, float, float], fields: Bits
) -> None:
    found = weighed(one, other)

    assert float(found.weight[0]) == pytest.approx(weight, abs=2e-6)
    assert float(found.probability[0]) == pytest.approx(1 / (1 + 2**-weight), abs=2e-6)
    assert [float(found.relations[name][0]) for name in RELATIONS] == pytest.approx(relations, abs=2e-6)
    said = {name: float(bits[0]) for name, bits in found.fields.items()}
    assert said == pytest.approx(dict.fromkeys(said, 0.0) | fields, abs=2e-6)
    assert found.weight[0] == pytest.approx(found.prior + sum(said.values()) + found.relation[0])
