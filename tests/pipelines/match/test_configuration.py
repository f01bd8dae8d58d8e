import pickle

from pipelines.match.configuration import Configuration
from pipelines.match.model.model import unfitted
from schemas.project import Matching


def test_it_travels_to_wherever_an_engine_runs_the_kernel() -> None:
    there = pickle.loads(pickle.dumps(Configuration(unfitted(50), Matching(auto=0.9))))  # noqa: S301  # our own
    assert there.matching.auto == 0.9
    assert there.model.m == unfitted(50).m
