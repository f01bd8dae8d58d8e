import pickle

import polars as pl

from pipelines.match.configuration import Configuration
from pipelines.match.model.model import SHARES, unfitted
from schemas.project import Matching

CONFIGURATION = Configuration(unfitted(50), Matching())


def test_equal_configurations_have_one_version() -> None:
    assert Configuration(unfitted(50), Matching()).version == CONFIGURATION.version


def test_whatever_decides_is_part_of_the_version() -> None:
    model = unfitted(50)
    shares = {"city": pl.DataFrame({"value": ["bath"], "share": [0.5]}, schema=SHARES)}
    others = [
        Configuration(unfitted(51), Matching()),
        Configuration(unfitted(50, "organisations"), Matching()),
        Configuration(model, Matching(auto=0.9)),
        Configuration(model._replace(m={**model.m, "city": {**model.m["city"], "exact": 0.5}}), Matching()),
        Configuration(model._replace(shares=shares), Matching()),
    ]
    assert len({CONFIGURATION.version, *(other.version for other in others)}) == 6


def test_the_order_of_what_was_counted_is_not() -> None:
    values = pl.DataFrame({"value": ["bath", "ulm"], "share": [0.5, 0.1]}, schema=SHARES)
    versions = [
        Configuration(unfitted(50)._replace(shares={"city": each}), Matching()).version
        for each in (values, values.reverse())
    ]
    assert versions[0] == versions[1]


def test_it_travels() -> None:
    assert pickle.loads(pickle.dumps(CONFIGURATION)).version == CONFIGURATION.version  # noqa: S301  # our own
